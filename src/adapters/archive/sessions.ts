import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { monotonicFactory } from "ulid";
import type { SessionConfig } from "../../engine/config.ts";
import type { Binding } from "../../engine/stages/binding.ts";
import type { Summary } from "../../engine/summary-type.ts";
import { cleanText } from "../clean-text.ts";
import { dataFailure, EXIT, Failure, usageFailure } from "../failure.ts";
import { type Home, makePrivateFolder, readPrivateFile, requirePrivateFolder, writePrivateFile } from "../home.ts";
import { lockOwner, tryLock } from "../lock.ts";
import type { FeedIdentity } from "../ports.ts";
import { reasonOf } from "../reason.ts";

/** What is known of a session before its first event; config.json. */
export type SessionStart = {
	readonly format: 1;
	readonly sessionId: string;
	/** Wall clock, ISO 8601 UTC. */
	readonly startedWall: string;
	/** Version of Kinetra that ran it. */
	readonly version: string;
	readonly config: SessionConfig;
	readonly feed: FeedIdentity;
	readonly runKey: string;
	readonly configHash: string;
	/** The agent's record that the session started from; a repeat and a replay start from the same. */
	readonly carry: unknown;
	readonly repeatOf: string | null;
	/** What its evidence is bound to (control C03); absent in sessions of older versions, which never count. */
	readonly binding?: Binding;
	/** Why it tests the agent on what it was trained on, for people; absent when it does not. */
	readonly trainedOn?: string;
};

/** The files of one session. */
export type SessionFolder = { readonly id: string; readonly folder: string; readonly journal: string; readonly config: string; readonly summary: string };

const ID = /^[0-9A-HJKMNP-TV-Z]{26}$/;
const nextId = monotonicFactory();

/** A new session id: 26 characters that sort by time. */
export function newSessionId(wallMs: number): string {
	return nextId(wallMs);
}

export function sessionFolder(home: Home, id: string): SessionFolder {
	const folder = join(home.sessions, id);
	return { id, folder, journal: join(folder, "journal.jsonl"), config: join(folder, "config.json"), summary: join(folder, "summary.json") };
}

/** Creates the folder of a new session and locks it for the engine that runs it; throws a `Failure` when it cannot. */
export function createSession(home: Home, id: string): { files: SessionFolder; release(): void } {
	const files = sessionFolder(home, id);
	try {
		makePrivateFolder(files.folder);
		const lock = tryLock(lockOf(files));
		if (!lock.held) throw refusedBy(files, lock.owner?.pid ?? null);
		return { files, release: lock.release };
	} catch (error) {
		if (error instanceof Failure) throw error;
		throw dataFailure(`The session folder ${files.folder} cannot be created: ${reasonOf(error)}.`);
	}
}

/** The process that is running this session now, or null. */
export function runningBy(files: SessionFolder): number | null {
	return lockOwner(lockOf(files))?.pid ?? null;
}

export function writeStart(files: SessionFolder, start: SessionStart): void {
	try {
		writePrivateFile(files.config, `${JSON.stringify(start, null, "\t")}\n`);
	} catch (error) {
		throw dataFailure(`The session's configuration ${files.config} cannot be written: ${reasonOf(error)}. Free some space or choose another KINETRA_HOME.`);
	}
}

/** Stores the summary; a full disk is reported, not thrown, because the summary is printed all the same. Returns the reason or null. */
export function writeSummary(files: SessionFolder, summary: Summary): string | null {
	try {
		writePrivateFile(files.summary, `${JSON.stringify(summary, null, "\t")}\n`);
		return null;
	} catch (error) {
		return `${files.summary} cannot be written: ${reasonOf(error)}`;
	}
}

/** config.json of a session; throws a `Failure` when it is missing or damaged. */
export function readStart(files: SessionFolder): SessionStart {
	const value = readJson(files.config);
	if (value === null) throw dataFailure(`${files.config} is missing: the session cannot be replayed without its configuration.`);
	const start = value as Partial<SessionStart>;
	if (
		start.format !== 1 ||
		start.sessionId !== files.id ||
		typeof start.config !== "object" ||
		typeof start.feed !== "object" ||
		typeof start.runKey !== "string"
	) {
		throw dataFailure(`${files.config} is not the configuration of session ${files.id} (or of another version of Kinetra).`);
	}
	return start as SessionStart;
}

/** summary.json of a session, or null when it has none (it is running, or was killed). */
export function readSummary(files: SessionFolder): Summary | null {
	const value = readJson(files.summary);
	if (value === null) return null;
	if ((value as Partial<Summary>).sessionId !== files.id) throw dataFailure(`${files.summary} is not the summary of session ${files.id}.`);
	return value as Summary;
}

/** Ids of all sessions, oldest first; none when the home does not exist yet. */
export function listSessionIds(home: Home): readonly string[] {
	if (!existsSync(home.sessions)) return [];
	requirePrivateFolder(home.root);
	requirePrivateFolder(home.sessions);
	return readdirSync(home.sessions)
		.filter((name) => ID.test(name))
		.sort();
}

/** The session meant by a full id, the beginning of one, or `last`. Throws a `Failure` (exit 2) when none or several are. */
export function findSession(home: Home, asked: string): SessionFolder {
	const ids = listSessionIds(home);
	const name = cleanText(asked, 60);
	const newest = ids.at(-1);
	if (newest === undefined) throw usageFailure(`There is no session in ${home.sessions} yet. Start one with: kinetra run`);
	if (asked === "last") return checkedFolder(home, newest);
	const found = ids.filter((id) => id.startsWith(asked.toUpperCase()));
	const only = found[0];
	if (asked === "" || only === undefined) throw usageFailure(`There is no session ${name || '""'}. See them with: kinetra sessions list`);
	if (found.length > 1)
		throw usageFailure(`${found.length} sessions begin with ${name}: ${found.slice(0, 3).join(", ")}${found.length > 3 ? " ..." : ""}. Give more of the id.`);
	return checkedFolder(home, only);
}

function checkedFolder(home: Home, id: string): SessionFolder {
	const files = sessionFolder(home, id);
	requirePrivateFolder(files.folder);
	return files;
}

function readJson(path: string): object | null {
	const text = readPrivateFile(path);
	if (text === null) return null;
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
	} catch {
		// Falls through to the refusal below.
	}
	throw dataFailure(`${path} is damaged (not a JSON object). Restore it from a copy; the journal beside it is untouched.`);
}

function lockOf(files: SessionFolder): string {
	return join(files.folder, "engine.lock");
}

function refusedBy(files: SessionFolder, pid: number | null): Failure {
	return new Failure(EXIT.refused, `Session ${files.id} is already run by another engine (process ${pid ?? "unknown"}). Wait until it has ended.`);
}

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CarryRecord, loadCarry } from "../../adapters/archive/carry.ts";
import { firstRunOf, runKeyOf } from "../../adapters/archive/run-key.ts";
import {
	createSession,
	newSessionId,
	readStart,
	readSummary,
	type SessionFolder,
	type SessionStart,
	sessionFolder,
	writeStart,
} from "../../adapters/archive/sessions.ts";
import { canonicalJson, sha256Hex } from "../../adapters/canonical.ts";
import { dataFailure, Failure } from "../../adapters/failure.ts";
import { freeBytes, type Home, MONEY_BYTES_MIN, prepareHome } from "../../adapters/home.ts";
import { type JournalSink, type LineListener, openJournal } from "../../adapters/journal/writer.ts";
import { requireNoKill } from "../../adapters/kill-file.ts";
import type { FeedIdentity } from "../../adapters/ports.ts";
import { reasonOf } from "../../adapters/reason.ts";
import { buildOf } from "../../engine/agents/registry.ts";
import type { Mode, SessionConfig } from "../../engine/config.ts";
import { type ChsCarry, readCarry } from "../../engine/health/carry.ts";
import { OBSERVATION_VERSION } from "../../engine/market/observation.ts";
import { bindingOf, type StageLimits } from "../../engine/stages/binding.ts";
import { VERSION } from "../../version.ts";
import { registerBegun } from "../standing/register.ts";
import { VERSIONS } from "../standing/versions.ts";
import { isDrill } from "./no-evidence.ts";

/** A session that may start: its folder is made and locked, its configuration written, its journal open. */
export type BegunSession = {
	readonly files: SessionFolder;
	readonly start: SessionStart;
	readonly journal: JournalSink;
	readonly agentBuild: string;
	/** The agent's record as loaded, to be replaced at the end; null when this run never touches it (unlimited, repeat, drill, on training data). */
	readonly base: CarryRecord | null;
	readonly carry: ChsCarry | null;
	/** Why the session is not in the ledger and so proves nothing, or null. Where money moves it always is. */
	readonly unregistered: string | null;
	/** Gives the disk space back that was kept for the end of the session. */
	freeReserve(): void;
	/** Lets go of the session's lock, and of the reserve. */
	release(): void;
};

/**
 * What is known besides the configuration: the id that a real broker was opened for (null = a new one), the limits of all stages, and why the session
 * tests its agent on what it was trained on (null = it does not).
 */
export type BeginMore = { readonly sessionId: string | null; readonly limits: StageLimits; readonly trainedOn: string | null };

/** Disk space kept from the start, so that a session that fills the disk can still write its summary and the agent's record. */
const RESERVE_BYTES = 131_072;

/** Less than this and not even a small session fits; where money moves control C42 asks for more. */
const FREE_BYTES_MIN: Readonly<Record<Mode, number>> = { virtual: 1_048_576, demo: MONEY_BYTES_MIN, live: MONEY_BYTES_MIN };

/**
 * Prepares everything that must exist before the first event. Throws a `Failure`: exit 3 for a home, record or disk that cannot be
 * used, exit 4 for one in use and while a kill is in force (control C33).
 */
export function beginSession(
	home: Home,
	config: SessionConfig,
	feed: FeedIdentity,
	wallMs: number,
	onLine: LineListener | null,
	more: BeginMore,
): BegunSession {
	requireNoKill(home);
	prepareHome(home);
	requireSpace(home, config.mode);
	const build = buildOf(config.agent);
	const runKey = runKeyOf(config, feed);
	// Live quotes never come a second time: the same settings are no repeat there.
	const earlier = feed.kind === "bridge" ? null : earlierRun(home, runKey);
	const record = config.unlimited || earlier !== null ? null : loadCarry(home, build, config.mode);
	// What an agent knows by heart must not heal its record.
	const base = isDrill(config) || more.trainedOn !== null ? null : record;
	const carry = checkedCarry(earlier === null ? (record?.carry ?? null) : earlier.carry, build);
	const { files, release } = createSession(home, more.sessionId ?? newSessionId(wallMs));
	const start: SessionStart = {
		format: 1,
		sessionId: files.id,
		startedWall: new Date(wallMs).toISOString(),
		version: VERSION,
		config,
		feed,
		runKey,
		configHash: configHashOf(config),
		carry,
		repeatOf: earlier?.sessionId ?? null,
		binding: bindingOf(config, more.limits, VERSIONS),
		...(more.trainedOn === null ? {} : { trainedOn: more.trainedOn }),
	};
	try {
		writeStart(files, start);
		const freeReserve = reserveSpace(files);
		const releaseAll = (): void => {
			freeReserve();
			release();
		};
		const journal = journalOf(files, onLine);
		const unregistered = registered(home, start, wallMs, journal);
		return { files, start, journal, agentBuild: build, base, carry, unregistered, freeReserve, release: releaseAll };
	} catch (error) {
		release();
		throw error;
	}
}

/** The ledger has the session before its first event (control C04); one that it refuses leaves an empty journal and nothing else. */
function registered(home: Home, start: SessionStart, wallMs: number, journal: JournalSink): string | null {
	try {
		return registerBegun(home, start, wallMs);
	} catch (error) {
		journal.close();
		throw error;
	}
}

/**
 * What the journal's first line says of the session: enough to know the run again, nothing that differs between two equal runs (no
 * id, no wall clock, no place of the data).
 */
export function headerOf(start: SessionStart): unknown {
	const { config, feed } = start;
	return {
		format: 1,
		version: start.version,
		observation: OBSERVATION_VERSION,
		runKey: start.runKey,
		configHash: start.configHash,
		config: { ...config, feed: { ...config.feed, ...("file" in config.feed ? { file: null } : {}) } },
		feed: { ...feed, ...("file" in feed ? { file: null } : {}) },
		carry: start.carry,
	};
}

/** SHA-256 of the configuration, without the place of the data file and who watches: the same settings have the same hash on every machine and in the cockpit. */
export function configHashOf(config: SessionConfig): string {
	const { onLatch: _onLatch, ...settings } = config;
	return sha256Hex(canonicalJson({ ...settings, feed: { ...config.feed, file: null } }));
}

/** The session that this one repeats, when it is still there; a deleted one cannot be repeated any more. */
function earlierRun(home: Home, runKey: string): SessionStart | null {
	const id = firstRunOf(home, runKey);
	if (id === null) return null;
	const files = sessionFolder(home, id);
	try {
		return readSummary(files) === null ? null : readStart(files);
	} catch (error) {
		if (error instanceof Failure) return null;
		throw error;
	}
}

/** A record that is not one must not pass for "no record": that would heal a failing agent. */
function checkedCarry(value: unknown, build: string): ChsCarry | null {
	if (value === null) return null;
	const carry = readCarry(value);
	if (carry === null)
		throw dataFailure(
			`The record of agent ${build} does not fit this version of Kinetra. Restore it from a copy, or delete its file in the agents folder to start without a record.`,
		);
	return carry;
}

function requireSpace(home: Home, mode: Mode): void {
	const free = freeBytes(home.root);
	if (free !== null && free < FREE_BYTES_MIN[mode]) {
		throw dataFailure(
			`The disk of ${home.root} is full (${free} bytes free; a ${mode} session needs at least ${FREE_BYTES_MIN[mode]}). Free some space or choose another KINETRA_HOME.`,
		);
	}
}

function reserveSpace(files: SessionFolder): () => void {
	const path = join(files.folder, "reserve");
	try {
		writeFileSync(path, Buffer.alloc(RESERVE_BYTES), { mode: 0o600, flag: "wx" });
	} catch (error) {
		rmSync(path, { force: true });
		throw dataFailure(`The session folder ${files.folder} cannot be written: ${reasonOf(error)}. Free some space or choose another KINETRA_HOME.`);
	}
	return () => rmSync(path, { force: true });
}

function journalOf(files: SessionFolder, onLine: LineListener | null): JournalSink {
	try {
		return openJournal(files.journal, onLine);
	} catch (error) {
		throw dataFailure(`The journal ${files.journal} cannot be created: ${reasonOf(error)}.`);
	}
}

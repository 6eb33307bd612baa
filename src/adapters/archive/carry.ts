import { join } from "node:path";
import type { Mode } from "../../engine/config.ts";
import { canonicalJson, sha256Hex } from "../canonical.ts";
import { cleanText } from "../clean-text.ts";
import { dataFailure, EXIT, Failure } from "../failure.ts";
import { type Home, readPrivateFile, writePrivateFile } from "../home.ts";
import { waitForLock } from "../lock.ts";

/** The record of an agent build in one stage: what its sessions hand on to the next. */
export type CarryRecord = {
	/** Health, breaker and evidence as the engine wrote them; null before the first session. Plain JSON. */
	readonly carry: unknown;
	/** The session that wrote it last, or null. A writer must have started from exactly this one. */
	readonly updatedBy: string | null;
	/** The last sessions that count, oldest first, at most 50. */
	readonly sessions: readonly string[];
	/** What the operator has accepted, oldest first: when, and the typed reason (control C36). */
	readonly accepted: readonly Acceptance[];
	/** Market time that its sessions have traded, in the order of the sessions: the same days prove something once. */
	readonly periods: readonly Period[];
};

/** A stretch of a symbol's market, broker ms, end exclusive. The symbol of a generated market names its seed. */
export type Period = { readonly symbol: string; readonly from: number; readonly to: number };

/** The period of the record that shares market time with `period`, or null. Files do not matter: the same days in another file are the same days. */
export function overlapOf(record: CarryRecord, period: Period): Period | null {
	return record.periods.find((other) => other.symbol === period.symbol && other.from < period.to && period.from < other.to) ?? null;
}

/** An operator's word that a loss beyond the plan is accepted. */
export type Acceptance = { readonly wall: string; readonly reason: string };

/** What became of a save. */
export type CarrySave = { readonly stored: true } | { readonly stored: false; readonly because: string };

const NONE: CarryRecord = { carry: null, updatedBy: null, sessions: [], accepted: [], periods: [] };
const SESSIONS_KEPT = 50;
const PERIODS_KEPT = 1000;
/** The lock is held for one small read or write; a wait longer than this means that something is stuck. */
const LOCK_WAIT_MS = 2_000;

/** The record to start from. Throws a `Failure` (exit 3) when the file is damaged: an agent's past is never dropped in silence. */
export function loadCarry(home: Home, agentBuild: string, mode: Mode): CarryRecord {
	return locked(home, agentBuild, mode, (path) => read(path, agentBuild, mode));
}

/**
 * The record as it is now, without waiting for whoever is writing it: a write replaces the file in one step. To look only; whoever wants to
 * change it takes `loadCarry`. Throws like it.
 */
export function peekCarry(home: Home, agentBuild: string, mode: Mode): CarryRecord {
	return read(pathOf(home, agentBuild, mode), agentBuild, mode);
}

/** What a session hands on: the carry, and the market time it has traded so far (null before trading). */
export type HandOn = { readonly carry: unknown; readonly period: Period | null };

/**
 * Stores what a session hands on, at its end or on the way, unless another session of the same agent and stage stored something since
 * `base` was loaded: then nothing is stored and the reason is returned, because the two records cannot be merged. Throws system errors and,
 * for a damaged file, a `Failure`.
 */
export function saveCarry(home: Home, agentBuild: string, mode: Mode, base: CarryRecord, sessionId: string, handOn: HandOn): CarrySave {
	return locked(home, agentBuild, mode, (path) => {
		const current = read(path, agentBuild, mode);
		if (current.updatedBy !== base.updatedBy && current.updatedBy !== sessionId) {
			return { stored: false, because: `session ${current.updatedBy ?? "none"} of the same agent ended meanwhile` };
		}
		const sessions = [...current.sessions.filter((id) => id !== sessionId), sessionId].slice(-SESSIONS_KEPT);
		const periods = withPeriod(current.periods, handOn.period);
		write(path, { format: 1, agentBuild, mode, carry: handOn.carry, updatedBy: sessionId, sessions, accepted: current.accepted, periods });
		return { stored: true };
	});
}

/**
 * Replaces what is carried by `amend` of it and notes why; false when the agent has no record in this stage. Throws like `loadCarry`. A session
 * of the same agent that is running meanwhile will find its base changed and not store its own.
 */
export function amendCarry(home: Home, agentBuild: string, mode: Mode, acceptance: Acceptance, amend: (carry: unknown) => unknown): boolean {
	return locked(home, agentBuild, mode, (path) => {
		const current = read(path, agentBuild, mode);
		if (current.updatedBy === null) return false;
		const accepted = [...current.accepted, acceptance];
		const updatedBy = `accepted ${acceptance.wall}`;
		write(path, { format: 1, agentBuild, mode, carry: amend(current.carry), updatedBy, sessions: current.sessions, accepted, periods: current.periods });
		return true;
	});
}

/** A session stores its period as it grows: what began at the same time is the same one. */
function withPeriod(periods: readonly Period[], period: Period | null): readonly Period[] {
	if (period === null) return periods;
	return [...periods.filter(({ symbol, from }) => symbol !== period.symbol || from !== period.from), period].slice(-PERIODS_KEPT);
}

function write(path: string, content: CarryRecord & { readonly format: 1; readonly agentBuild: string; readonly mode: Mode }): void {
	writePrivateFile(path, `${JSON.stringify({ ...content, check: sha256Hex(canonicalJson(content)) })}\n`);
}

function locked<T>(home: Home, agentBuild: string, mode: Mode, work: (path: string) => T): T {
	const path = pathOf(home, agentBuild, mode);
	const lock = waitForLock(`${path}.lock`, LOCK_WAIT_MS);
	if (!lock.held) {
		throw new Failure(
			EXIT.refused,
			`Another Kinetra (process ${lock.owner?.pid ?? "unknown"}) holds the record of agent ${agentBuild}: ${path}. Try again when it has ended.`,
		);
	}
	try {
		return work(path);
	} finally {
		lock.release();
	}
}

function pathOf(home: Home, agentBuild: string, mode: Mode): string {
	return join(home.agents, `${fileNameOf(agentBuild)}-${mode}.json`);
}

/** Build ids are letters, digits, dots and dashes; anything else could leave the folder. */
function fileNameOf(agentBuild: string): string {
	return agentBuild
		.replace(/[^A-Za-z0-9._-]/g, "_")
		.replace(/^\.+/, "_")
		.slice(0, 200);
}

function read(path: string, agentBuild: string, mode: Mode): CarryRecord {
	const text = readPrivateFile(path);
	if (text === null) return NONE;
	const damaged = dataFailure(
		`The agent's record ${path} is damaged. Restore it from a copy, or delete it: the agent then starts without a record and earlier sessions no longer count for it.`,
	);
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw damaged;
	}
	if (!isStored(value)) throw damaged;
	const { check, ...content } = value;
	if (check !== sha256Hex(canonicalJson(content))) throw damaged;
	if (value.agentBuild !== agentBuild || value.mode !== mode)
		throw dataFailure(
			`The agent's record ${path} is of agent ${cleanText(value.agentBuild, 120)} (${cleanText(value.mode, 20)}), not of ${agentBuild} (${mode}): its file was copied or renamed. Put back the right one, or delete it.`,
		);
	return { carry: value.carry, updatedBy: value.updatedBy, sessions: value.sessions, accepted: value.accepted, periods: value.periods };
}

function isStored(value: unknown): value is {
	format: 1;
	agentBuild: string;
	mode: string;
	carry: unknown;
	updatedBy: string;
	sessions: string[];
	accepted: Acceptance[];
	periods: Period[];
	check: string;
} {
	if (typeof value !== "object" || value === null) return false;
	const stored = value as Record<string, unknown>;
	return (
		stored.format === 1 &&
		"carry" in stored &&
		typeof stored.agentBuild === "string" &&
		typeof stored.mode === "string" &&
		typeof stored.updatedBy === "string" &&
		typeof stored.check === "string" &&
		Array.isArray(stored.accepted) &&
		Array.isArray(stored.periods) &&
		Array.isArray(stored.sessions) &&
		stored.sessions.every((id) => typeof id === "string")
	);
}

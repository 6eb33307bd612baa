import { randomBytes } from "node:crypto";
import { closeSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { codeOf } from "./reason.ts";

/** Who holds a lock: enough to name it to the user and to see that it is gone. */
export type LockOwner = {
	readonly pid: number;
	/** When the process started, in the system's own unit, or null where the system does not tell: a reused pid is not the owner. */
	readonly started: string | null;
	readonly host: string;
};

export type LockResult = { readonly held: true; release(): void } | { readonly held: false; readonly owner: LockOwner | null };

/**
 * Takes the lock file `path`, at once or not at all. A lock whose process has died is taken over. The lock needs no timer, so an
 * engine that computes for minutes without a pause keeps it (a lock kept alive by a timer would be lost then). Throws system errors other than
 * "exists".
 */
export function tryLock(path: string): LockResult {
	const mine: LockOwner = { pid: process.pid, started: startOf(process.pid), host: hostname() };
	const text = JSON.stringify({ ...mine, nonce: randomBytes(8).toString("hex") });
	for (let attempt = 0; attempt < 3; attempt++) {
		if (create(path, text)) return { held: true, release: () => releaseIfMine(path, text) };
		const found = read(path);
		if (found === null) continue;
		const owner = parse(found);
		if (owner !== null && isAlive(owner)) return { held: false, owner };
		removeStale(path, found);
	}
	return { held: false, owner: parse(read(path) ?? "") };
}

/** Like `tryLock`, but tries again for up to `waitMs`; for files that are held for a moment only. */
export function waitForLock(path: string, waitMs: number): LockResult {
	const pause = new Int32Array(new SharedArrayBuffer(4));
	for (let waited = 0; ; waited += 20) {
		const result = tryLock(path);
		if (result.held || waited >= waitMs) return result;
		Atomics.wait(pause, 0, 0, 20);
	}
}

/** Who holds the lock now, or null when nobody (alive) does. */
export function lockOwner(path: string): LockOwner | null {
	const owner = parse(read(path) ?? "");
	return owner !== null && isAlive(owner) ? owner : null;
}

function create(path: string, text: string): boolean {
	// Written under another name first, so that nobody ever reads a lock that is still empty.
	const temporary = `${path}.${randomBytes(6).toString("hex")}`;
	const fd = openSync(temporary, "wx", 0o600);
	try {
		writeSync(fd, text);
	} finally {
		closeSync(fd);
	}
	try {
		linkSync(temporary, path);
		return true;
	} catch (error) {
		if (codeOf(error) === "EEXIST") return false;
		throw error;
	} finally {
		rmSync(temporary, { force: true });
	}
}

function read(path: string): string | null {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return null;
	}
}

function parse(text: string): LockOwner | null {
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value !== "object" || value === null) return null;
		const owner = value as Partial<Record<keyof LockOwner, unknown>>;
		if (typeof owner.pid !== "number" || !Number.isSafeInteger(owner.pid) || owner.pid <= 0 || typeof owner.host !== "string") return null;
		return { pid: owner.pid, host: owner.host, started: typeof owner.started === "string" ? owner.started : null };
	} catch {
		return null;
	}
}

/** Alive unless proven dead: a lock of another machine cannot be judged from here. */
function isAlive(owner: LockOwner): boolean {
	if (owner.host !== hostname()) return true;
	try {
		process.kill(owner.pid, 0);
	} catch (error) {
		if (codeOf(error) === "ESRCH") return false;
	}
	if (statFields(owner.pid)?.[0] === "Z") return false;
	const started = startOf(owner.pid);
	return owner.started === null || started === null || owner.started === started;
}

/** Start time in clock ticks since boot (field 22 of /proc/<pid>/stat) on Linux; null elsewhere. */
function startOf(pid: number): string | null {
	return statFields(pid)?.[19] ?? null;
}

/** The fields of /proc/<pid>/stat after the name, which may itself hold blanks and brackets: state first. */
function statFields(pid: number): readonly string[] | null {
	const stat = read(`/proc/${pid}/stat`);
	return stat === null ? null : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Moves the dead lock aside; when another process was faster and its fresh lock was moved, that one is put back. */
function removeStale(path: string, expected: string): void {
	const aside = `${path}.${randomBytes(6).toString("hex")}`;
	try {
		renameSync(path, aside);
		if (read(aside) !== expected) linkSync(aside, path);
	} catch {
		// Somebody else removed it first: the next attempt sees how things are.
	}
	rmSync(aside, { force: true });
}

function releaseIfMine(path: string, text: string): void {
	if (read(path) === text) rmSync(path, { force: true });
}

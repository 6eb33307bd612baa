import { appendFileSync, closeSync, constants, fstatSync, lstatSync, openSync, readSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cleanText } from "./clean-text.ts";
import { EXIT, Failure } from "./failure.ts";
import { type Home, makePrivateFolder, writePrivateFile } from "./home.ts";
import { codeOf } from "./reason.ts";

/** What the kill file of a home says (control C33): every session of this home is KILLED and none starts while it is there. */
export type KillOrder = {
	/** Wall time of the kill, ms; null when the file was made by hand and does not say. */
	readonly at: number | null;
	/** Cleaned, at most 200 characters. */
	readonly reason: string;
	/** Whether open positions are to be closed too. */
	readonly flatten: boolean;
};

/** Longer kill files are not read on; the latch holds all the same. */
const MAX_BYTES = 4096;

/** Where the kill file of a home is. */
export function killFile(home: Home): string {
	return join(home.root, "KILL");
}

/**
 * The kill that is in force, or null when there is none. Never throws, and fails closed: a file that cannot be read, is empty, was made by
 * hand (`touch KILL`, or `flatten` as its first word) or is no file at all kills too. One `lstat` when there is none, so it may be asked often.
 */
export function readKill(home: Home): KillOrder | null {
	const path = killFile(home);
	try {
		lstatSync(path);
	} catch (error) {
		// ENOENT and ENOTDIR are the two ways of not being there; whatever else keeps us from looking must not read as "no kill".
		const code = codeOf(error);
		if (code === "ENOENT" || code === "ENOTDIR") return null;
		return { at: null, reason: `the kill file cannot be looked at (${code ?? "unknown reason"})`, flatten: false };
	}
	const text = textOf(path);
	if (text === null) return { at: null, reason: "there is a kill file, and it cannot be read", flatten: false };
	return parse(text);
}

/** Throws a `Failure` (exit 4) while a kill is in force: no session of any mode starts then (control C33). */
export function requireNoKill(home: Home): void {
	const kill = readKill(home);
	if (kill === null) return;
	throw new Failure(
		EXIT.refused,
		`A kill is in force (${cleanText(killFile(home), 300)}: ${kill.reason}), so no session starts. When all is as it should be, lift it: kinetra kill --release --reason "..."`,
	);
}

/** Writes the kill file in one step, onto the disk. The first kill's time and reason are kept unless this one closes more. Throws system errors. */
export function writeKill(home: Home, order: { readonly at: number; readonly reason: string; readonly flatten: boolean }): void {
	const before = readKill(home);
	if (before !== null && (before.flatten || !order.flatten)) return;
	makePrivateFolder(home.root);
	writePrivateFile(killFile(home), `${JSON.stringify({ format: 1, ...order, reason: cleanText(order.reason) })}\n`);
}

/** Takes the kill file away; false when there was none. Starts nothing. Throws system errors. */
export function clearKill(home: Home): boolean {
	if (readKill(home) === null) return false;
	rmSync(killFile(home));
	return true;
}

/** Adds a line to the home's record of kills and releases (control C36). A line that cannot be kept stops nothing. */
export function noteKill(home: Home, note: { readonly at: number; readonly what: "kill" | "kill --flatten" | "release"; readonly reason: string }): void {
	try {
		const line = { wall: new Date(note.at).toISOString(), what: note.what, reason: cleanText(note.reason) };
		appendFileSync(join(home.root, "kills.jsonl"), `${JSON.stringify(line)}\n`, { mode: 0o600 });
	} catch {
		// The kill itself matters more than its record.
	}
}

/** The beginning of an ordinary file, or null when it cannot be had. Never waits: a named pipe would otherwise block for ever. */
function textOf(path: string): string | null {
	let fd: number | null = null;
	try {
		fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
		if (!fstatSync(fd).isFile()) return null;
		const bytes = Buffer.alloc(MAX_BYTES);
		return bytes.toString("utf8", 0, readSync(fd, bytes, 0, MAX_BYTES, 0));
	} catch {
		return null;
	} finally {
		if (fd !== null) closeSync(fd);
	}
}

function parse(text: string): KillOrder {
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value === "object" && value !== null) {
			const { at, reason, flatten } = value as { at?: unknown; reason?: unknown; flatten?: unknown };
			return {
				at: typeof at === "number" && Number.isSafeInteger(at) ? at : null,
				reason: typeof reason === "string" && reason.trim() !== "" ? cleanText(reason) : "kill file",
				flatten: flatten === true,
			};
		}
	} catch {
		// Made by hand: words.
	}
	const words = cleanText(text.trim().replace(/\s+/g, " "), 160);
	return { at: null, reason: words === "" ? "kill file made by hand" : `kill file made by hand: ${words}`, flatten: /^flatten\b/i.test(words) };
}

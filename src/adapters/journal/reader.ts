import { closeSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { dataFailure } from "../failure.ts";
import { requirePrivateFile } from "../home.ts";
import { reasonOf } from "../reason.ts";
import { chainHash, GENESIS, hashOf, type JournalRecord } from "./line.ts";

/** What reading a journal to its end found. */
export type JournalReport = {
	readonly lines: number;
	readonly bytes: number;
	/** Hash of the last whole line: the head of the chain. */
	readonly head: string;
	/** True when the file ends in the middle of a line, as after a crash or a full disk; that piece was left out. */
	readonly torn: boolean;
	/** True when the last line is the seal that an orderly end writes. */
	readonly sealed: boolean;
};

/** Longest line accepted; the longest the engine writes is far below. */
const MAX_LINE_CHARS = 16_777_216;
const CHUNK_BYTES = 1_048_576;

/** One whole line as it was read: its content and its text. */
type JournalEntry = { readonly record: JournalRecord; readonly line: string };

/**
 * Reads a journal from the first line to the last, checks every line's form, number and hash, and yields it. Memory does not grow
 * with the file. One torn last line is tolerated and reported; anything else that is wrong throws a `Failure` (exit 3) that names the line
 * and what was found there. The caller reads to the end or calls `return()`, which closes the file.
 */
function* journalEntries(path: string): Generator<JournalEntry, JournalReport, undefined> {
	const fd = openForReading(path);
	try {
		return yield* readLines(path, fd);
	} finally {
		closeSync(fd);
	}
}

/** As `journalEntries`, handing every line to `onRecord`. */
export function readJournal(path: string, onRecord: (record: JournalRecord, line: string) => void): JournalReport {
	const entries = journalEntries(path);
	for (;;) {
		const next = entries.next();
		if (next.done === true) return next.value;
		onRecord(next.value.record, next.value.line);
	}
}

/** The data of a journal's lines of one kind, read as they are asked for; checks and throws as `readJournal`. Memory does not grow with the file. */
export function* dataOfKind(path: string, kind: string): Generator<unknown, void, undefined> {
	for (const { record } of journalEntries(path)) if (record.kind === kind) yield record.data;
}

/** Checks the whole chain without looking at what the lines say. Throws like `journalEntries`. */
export function verifyJournal(path: string): JournalReport {
	return readJournal(path, () => {});
}

function openForReading(path: string): number {
	let fd: number;
	try {
		fd = openSync(path, "r");
	} catch (error) {
		throw dataFailure(`The journal ${path} cannot be read: ${reasonOf(error)}.`);
	}
	try {
		requirePrivateFile(path, fd);
	} catch (error) {
		closeSync(fd);
		throw error;
	}
	return fd;
}

function* readLines(path: string, fd: number): Generator<JournalEntry, JournalReport, undefined> {
	const decoder = new StringDecoder("utf8");
	const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
	let rest = "";
	let lines = 0;
	let bytes = 0;
	let head = GENESIS;
	let sealed = false;
	for (;;) {
		const read = readChunk(path, fd, chunk);
		if (read === 0) break;
		const pieces = (rest + decoder.write(chunk.subarray(0, read))).split("\n");
		rest = pieces.pop() ?? "";
		if (rest.length > MAX_LINE_CHARS) throw broken(path, lines + 1, "the line is too long to be one of ours");
		for (const line of pieces) {
			if (sealed) throw broken(path, lines + 1, "there is text after the seal that ends a session");
			const record = checkLine(path, line, lines + 1, head);
			yield { record, line };
			lines += 1;
			head = record.hash;
			sealed = record.kind === "sealed";
			bytes += Buffer.byteLength(line) + 1;
		}
	}
	rest += decoder.end();
	if (sealed && rest !== "") throw broken(path, lines + 1, "there is text after the seal that ends a session");
	return { lines, bytes, head, torn: rest !== "", sealed };
}

function readChunk(path: string, fd: number, chunk: Buffer): number {
	try {
		return readSync(fd, chunk, 0, chunk.length, null);
	} catch (error) {
		throw dataFailure(`The journal ${path} cannot be read: ${reasonOf(error)}.`);
	}
}

function checkLine(path: string, line: string, number: number, previous: string): JournalRecord {
	let parsed: unknown;
	try {
		parsed = JSON.parse(line);
	} catch {
		throw broken(path, number, number === 1 ? "this is not a Kinetra journal (not JSON)" : "it is not JSON");
	}
	if (!isRecord(parsed))
		throw broken(path, number, number === 1 ? "this is not a Kinetra journal (fields missing)" : "a field is missing or of the wrong type");
	if (parsed.n !== number) throw broken(path, number, `it says that it is line ${parsed.n}: lines were removed, added or moved`);
	if (hashOf(line) !== parsed.hash || chainHash(line, previous) !== parsed.hash) {
		throw broken(path, number, "its hash does not fit its text and the line before: it was changed, or the line before it was");
	}
	return parsed;
}

function isRecord(value: unknown): value is JournalRecord {
	if (typeof value !== "object" || value === null) return false;
	const record = value as Partial<Record<keyof JournalRecord, unknown>>;
	return (
		typeof record.n === "number" &&
		(typeof record.at === "number" || record.at === null) &&
		typeof record.tick === "number" &&
		typeof record.kind === "string" &&
		"data" in record &&
		typeof record.hash === "string"
	);
}

function broken(path: string, line: number, what: string): Error {
	return dataFailure(`The journal ${path} is broken at line ${line}: ${what}. It is no evidence any more; keep the file and restore it from a copy.`);
}

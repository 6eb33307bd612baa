import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { cleanText } from "../../clean-text.ts";

/** What a program writes to stderr, and its `log` lines. Bounded: what comes after the limit is counted and not kept. */
export type Complaints = {
	/** Takes bytes as they come. */
	add(bytes: Buffer): void;
	/** From now on it is kept in `agent-stderr.log` of this folder (mode 0600), with what came before. A disk that does not take it changes nothing else. */
	keepIn(folder: string): void;
	/** The last lines, made safe to show; empty when nothing was said. */
	lastLines(): readonly string[];
	close(): void;
};

/** Name of the file in the session's folder. */
export const COMPLAINTS_FILE = "agent-stderr.log";
/** Most that is kept of a session. */
export const COMPLAINTS_BYTES_MAX = 1_048_576;
const LAST_BYTES = 4096;
const LAST_LINES = 6;

/** Keeps in memory until it is told where: a program is started before the session's folder exists. */
export function createComplaints(bytesMax: number = COMPLAINTS_BYTES_MAX): Complaints {
	const early: Buffer[] = [];
	let fd: number | null = null;
	let taken = 0;
	let isCut = false;
	let last = Buffer.alloc(0);

	function write(bytes: Buffer): void {
		if (fd === null) early.push(bytes);
		else {
			try {
				writeSync(fd, bytes);
			} catch {
				// A full disk must not end a session because of somebody else's chatter.
				close();
				isCut = true;
			}
		}
	}
	function close(): void {
		if (fd !== null) closeSync(fd);
		fd = null;
		early.length = 0;
	}
	return {
		add(bytes) {
			last = Buffer.from(Buffer.concat([last, bytes]).subarray(-LAST_BYTES));
			if (isCut) return;
			const room = bytesMax - taken;
			write(Buffer.from(bytes.subarray(0, room)));
			taken += Math.min(room, bytes.length);
			if (bytes.length <= room) return;
			isCut = true;
			write(Buffer.from(`\n[Kinetra: the program has written more than ${bytesMax} bytes to stderr; the rest is not kept]\n`));
		},
		keepIn(folder) {
			try {
				fd = openSync(join(folder, COMPLAINTS_FILE), "ax", 0o600);
			} catch {
				isCut = true;
				return;
			}
			for (const bytes of early.splice(0)) write(bytes);
		},
		lastLines: () =>
			last
				.toString("utf8")
				.split("\n")
				.filter((line) => line.trim() !== "")
				.slice(-LAST_LINES)
				.map((line) => cleanText(line, 200)),
		close,
	};
}

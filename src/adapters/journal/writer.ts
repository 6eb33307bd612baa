import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import type { BrokerMs } from "../../engine/units.ts";
import { reasonOf } from "../reason.ts";
import { encodeLine, GENESIS, hashOf } from "./line.ts";

/**
 * Where a session writes what it does, before doing it. Never throws: the first failed write is kept in `failure()` and every
 * later line is refused, so that the file stays a true prefix of what happened; the session then takes no new risk (control C42).
 */
export type JournalSink = {
	/** Adds one line; it reaches the disk at the next flush or when 256 KiB have gathered. */
	append(kind: string, at: BrokerMs, tick: number, data: unknown): void;
	/** Writes what has gathered; `durable` waits until the disk confirms (fsync). A failed fsync counts as a failed write. */
	flush(durable: boolean): void;
	/** Hash of the last line that was accepted (after a failure: of the last line that is whole on disk); 64 zeros before the first. */
	head(): string;
	/** How many lines were accepted (after a failure: are whole on disk). */
	lines(): number;
	/** Bytes of those lines. */
	bytes(): number;
	/** Why writing stopped, for people, or null. */
	failure(): string | null;
	close(): void;
};

/** Called with the text of every accepted line, for `--json`. */
export type LineListener = (line: string, kind: string) => void;

/** Opens a new journal; throws when the file exists or cannot be created (the caller turns that into a message). */
export function openJournal(path: string, onLine: LineListener | null = null): JournalSink {
	return journalOver(openSync(path, "wx", 0o600), { write: writeSync, sync: fsyncSync, close: closeSync }, onLine);
}

/** The three file operations a journal needs; tests replace them to fail on purpose. */
export type JournalFile = {
	write(fd: number, buffer: Buffer, offset: number, length: number): number;
	sync(fd: number): void;
	close(fd: number): void;
};

/** Gathered characters that start a write by themselves (256 KiB). */
const BUFFER_CHARS = 262_144;

/** A journal over an open file descriptor, which it owns from now on. */
export function journalOver(fd: number, file: JournalFile, onLine: LineListener | null = null): JournalSink {
	let pending: string[] = [];
	let pendingChars = 0;
	let lines = 0;
	let head = GENESIS;
	let bytesOnDisk = 0;
	let linesOnDisk = 0;
	let headOnDisk = GENESIS;
	let failure: string | null = null;
	let open = true;

	function fail(what: string, error: unknown): void {
		failure = `${what}: ${reasonOf(error)}`;
		pending = [];
		pendingChars = 0;
		lines = linesOnDisk;
		head = headOnDisk;
	}

	function settle(line: string): void {
		bytesOnDisk += Buffer.byteLength(line) + 1;
		linesOnDisk += 1;
		headOnDisk = hashOf(line);
	}

	/** After a short write: the lines that are whole on disk still count. */
	function settleWritten(written: number): void {
		let end = 0;
		for (const line of pending) {
			end += Buffer.byteLength(line) + 1;
			if (end > written) return;
			settle(line);
		}
	}

	function writePending(): void {
		if (pending.length === 0) return;
		const buffer = Buffer.from(`${pending.join("\n")}\n`);
		let written = 0;
		try {
			while (written < buffer.length) written += file.write(fd, buffer, written, buffer.length - written);
		} catch (error) {
			settleWritten(written);
			fail("The journal could not be written", error);
			return;
		}
		bytesOnDisk += buffer.length;
		linesOnDisk = lines;
		headOnDisk = head;
		pending = [];
		pendingChars = 0;
	}

	return {
		append(kind, at, tick, data) {
			if (failure !== null || !open) return;
			let line: string;
			try {
				const encoded = encodeLine(lines + 1, at, tick, kind, data, head);
				pending.push(encoded.line);
				pendingChars += encoded.line.length + 1;
				lines += 1;
				head = encoded.hash;
				line = encoded.line;
			} catch (error) {
				writePending();
				fail(`A ${kind} record could not be written as JSON`, error);
				return;
			}
			if (pendingChars >= BUFFER_CHARS) writePending();
			if (onLine !== null && failure === null) onLine(line, kind);
		},
		flush(durable) {
			if (failure !== null || !open) return;
			writePending();
			if (!durable || failure !== null) return;
			try {
				file.sync(fd);
			} catch (error) {
				fail("The disk did not confirm the journal (fsync)", error);
			}
		},
		head: () => head,
		lines: () => lines,
		bytes: () => bytesOnDisk + pending.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0),
		failure: () => failure,
		close() {
			if (!open) return;
			this.flush(true);
			open = false;
			try {
				file.close(fd);
			} catch (error) {
				if (failure === null) fail("The journal could not be closed", error);
			}
		},
	};
}

import { dataFailure } from "../../failure.ts";
import type { TextSource } from "./source.ts";

const NEWLINE = 0x0a;
const BUFFER_BYTES = 2 ** 20;

/** A window on the text that always holds whole lines: bytes `start`..`end`, each line closed by a newline, also the file's last. */
export type LineWindow = {
	readonly bytes: Uint8Array;
	start: number;
	end: number;
	/** Bytes after `end` that belong to a line not read to its end yet. */
	filled: number;
};

/** An empty window; `fillLines` reads the first lines into it. */
export function createLineWindow(): LineWindow {
	// One byte more than is ever read: room for the newline that the last line of a file may lack.
	return { bytes: new Uint8Array(BUFFER_BYTES + 1), start: 0, end: 0, filled: 0 };
}

/** Moves on to the next whole lines; false when there are none left. Call it when `start` has reached `end`. */
export function fillLines(file: string, window: LineWindow, source: TextSource): boolean {
	const { bytes } = window;
	bytes.copyWithin(0, window.start, window.filled);
	window.filled -= window.start;
	window.start = 0;
	for (;;) {
		const room = bytes.subarray(0, BUFFER_BYTES);
		if (window.filled >= room.length)
			throw dataFailure(`${file}: has a line of more than ${BUFFER_BYTES} bytes, so it is no MT5 export. Give the bars or ticks export of MT5.`);
		const count = source.read(room, window.filled);
		const searched = window.filled;
		window.filled += count;
		if (count === 0) {
			if (window.filled > 0) bytes[window.filled++] = NEWLINE;
			window.end = window.filled;
			return window.filled > 0;
		}
		const last = bytes.lastIndexOf(NEWLINE, window.filled - 1);
		if (last >= searched) {
			window.end = last + 1;
			return true;
		}
	}
}

/** Where the line that begins at `at` ends: the index of its newline. */
export function lineEnd(window: LineWindow, at: number): number {
	return window.bytes.indexOf(NEWLINE, at);
}

/** The text of the line from `at` to its newline at `end`, without the carriage return; bytes beyond ASCII become `?`. */
export function lineText(window: LineWindow, at: number, end: number): string {
	const stop = end > at && window.bytes[end - 1] === 0x0d ? end - 1 : end;
	return Buffer.from(window.bytes.subarray(at, stop))
		.toString("latin1")
		.replace(/[\x80-\xff]/g, "?");
}

import { cleanText } from "../../adapters/clean-text.ts";
import type { LineListener } from "../../adapters/journal/writer.ts";
import type { Clock } from "../../adapters/ports.ts";
import type { Progress } from "../../engine/project.ts";
import { progressLine, progressText } from "../../print/progress.ts";
import { formatTime } from "../../print/text.ts";
import type { Terminal } from "../../terminal.ts";

/** What the user sees of a running session. */
export type Display = {
	onProgress(progress: Progress): void;
	/** Every journal line, or null when the display needs none (they cost time). */
	readonly onLine: LineListener | null;
	/** Writes out what is still held back. */
	flush(): void;
};

/** Wall time between two plain progress lines. */
const PLAIN_INTERVAL_MS = 1000;
/** Journal text gathered before it is written to the pipe. */
const JSON_CHUNK_CHARS = 65_536;

/** The journal's lines as they happen, in chunks; nothing else on stdout. */
export function jsonDisplay(terminal: Terminal): Display {
	let held = "";
	function flush(): void {
		if (held !== "") terminal.print(held.slice(0, -1));
		held = "";
	}
	return {
		onProgress: flush,
		onLine(line) {
			held += `${line}\n`;
			if (held.length >= JSON_CHUNK_CHARS) flush();
		},
		flush,
	};
}

/** One line that is redrawn, with trips of the breaker and changes of state standing above it. */
export function redrawnDisplay(terminal: Terminal): Display {
	return {
		onProgress: (progress) => terminal.redraw(progressLine(progress, terminal.columns(), terminal.palette)),
		onLine: (line, kind) => printNotable(line, kind, terminal),
		flush() {},
	};
}

/** A plain line about every second, and the same notable events. */
export function plainDisplay(terminal: Terminal, clock: Clock): Display {
	let nextAt = 0;
	return {
		onProgress(progress) {
			const now = clock.nowMs();
			if (now < nextAt && progress.phase !== "ended") return;
			nextAt = now + PLAIN_INTERVAL_MS;
			terminal.print(progressText(progress));
		},
		onLine: (line, kind) => printNotable(line, kind, terminal),
		flush() {},
	};
}

/** Breaker events are what a person must see at once; everything else waits for the progress line. */
function printNotable(line: string, kind: string, terminal: Terminal): void {
	if (kind !== "breaker") return;
	const { at, data } = JSON.parse(line) as { at: number; data: { what?: unknown; text?: unknown; score?: unknown } };
	const score = typeof data.score === "number" ? ` at CHS ${(Math.floor(data.score * 1000) / 1000).toFixed(3)}` : "";
	const why = data.what === "re-arm" ? "new risk is allowed again" : String(data.text);
	const text = cleanText(`${formatTime(at)}  breaker: ${String(data.what)}${score} (${why})`, 200);
	terminal.print(data.what === "re-arm" ? terminal.palette.good(text) : terminal.palette.warn(text));
}

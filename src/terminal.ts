import { writeSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { cleanText } from "./adapters/clean-text.ts";
import { codeOf, reasonOf } from "./adapters/reason.ts";
import { createPalette, type Palette, paletteFor } from "./print/palette.ts";

/** Standard output and error of the plain command line (the full screen has its own). */
export type Terminal = {
	/** True when stdout is a terminal that can redraw a line. */
	readonly interactive: boolean;
	readonly palette: Palette;
	/** Columns to draw on, 80 where unknown. */
	columns(): number;
	/** One or more lines on stdout. */
	print(text: string): void;
	/**
	 * Replaces the progress at the bottom, one line or several (as many as the terminal has room for), each shorter than the terminal is wide; nothing
	 * removes it. Only on an interactive terminal.
	 */
	redraw(text: string): void;
	/** Leaves the progress line standing and goes on below it. */
	endProgress(): void;
	/** A message on stderr, cleaned, each line on its own. */
	complain(message: string): void;
	/** True once nobody reads stdout any more (a closed pipe, a full disk). */
	closed(): boolean;
	/** Why stdout lost text that somebody may have wanted (a full disk), or null. A closed pipe is the reader's own wish and no loss. */
	outputLost(): string | null;
};

const CLEAR_LINE = "\r\u001b[2K";
const CLEAR_BELOW = "\u001b[0J";

/** The terminal of this process. A closed pipe is noted, never thrown. */
export function createTerminal(): Terminal {
	const { stdout, stderr } = process;
	const interactive = stdout.isTTY === true && process.env.TERM !== "dumb";
	/** Lines of the progress that stands there: the cursor is at the end of a single one, and below several. */
	let drawn: readonly string[] = [];
	let closed = false;
	let lost: string | null = null;
	const note = (error: Error): void => {
		// Any failure of stdout means that nobody can read it; EPIPE is the ordinary one (`| head`).
		const code = codeOf(error);
		if (code === null) return;
		closed = true;
		if (code !== "EPIPE") lost ??= reasonOf(error);
	};
	stdout.on("error", note);
	stderr.on("error", () => {});

	function write(text: string): void {
		if (!closed) stdout.write(text);
	}
	function endProgress(): void {
		if (drawn.length === 1) write("\n");
		drawn = [];
	}
	const terminal: Terminal = {
		interactive,
		palette: paletteFor(stdout, process.env),
		// A pseudo terminal may say 0: unknown.
		columns: () => (stdout.columns > 0 ? stdout.columns : 80),
		print(text) {
			endProgress();
			write(`${text}\n`);
		},
		redraw(text) {
			if (!interactive) return;
			const room = stdout.rows > 0 ? stdout.rows - 1 : Number.POSITIVE_INFINITY;
			const lines = text === "" ? [] : text.split("\n").slice(0, Math.max(1, room));
			const away = drawn.length > 1 ? `\u001b[${rowsOf(drawn, terminal.columns())}A\r${CLEAR_BELOW}` : CLEAR_LINE;
			write(`${away}${lines.join("\n")}${lines.length > 1 ? "\n" : ""}`);
			drawn = lines;
		},
		endProgress,
		complain(message) {
			endProgress();
			const text = message
				.split("\n")
				.map((line) => cleanText(line, 2000))
				.join("\n");
			const palette = stderr.isTTY === true ? paletteFor(stderr, process.env) : createPalette(false);
			try {
				writeSync(2, `${palette.bad("kinetra:")} ${text}\n`);
			} catch {
				// Nobody reads stderr; the exit code still tells.
			}
		},
		closed: () => closed,
		outputLost: () => lost,
	};
	return terminal;
}

/** Rows that lines take on a terminal that has become `columns` wide since: it breaks those that are longer now. */
function rowsOf(lines: readonly string[], columns: number): number {
	return lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns)), 0);
}

import type { Palette } from "./palette.ts";
import { wrap } from "./text.ts";

/**
 * One check of a checklist (`test-connection`, `doctor`, the start of a demo or live session), as it is shown line by line while it happens.
 * All texts are cleaned and hold no secret.
 */
export type CheckRow = {
	/** Stable name for `--json`: `bridge-reachable`. */
	readonly id: string;
	/** For people: `bridge reachable`. */
	readonly label: string;
	/** `skipped`: could not be asked because something before it failed. `attention` works, but the user should know. */
	readonly state: "ok" | "attention" | "failed" | "skipped";
	/** What was found: `ws://127.0.0.1:8765, 2 ms`. */
	readonly found: string;
	/** What a failure means and what to do, what to click; empty when nothing is to be done. */
	readonly advice: string;
};

/** The state of a check as a word. */
export const CHECK_WORDS = { ok: "ok", attention: "NOTE", failed: "FAILED", skipped: "--" } as const;
const WORD_COLUMNS = 6;
const LABEL_COLUMNS = 23;
/** Where the texts begin: behind mark, label and the blanks between. */
const INDENT = 2 + WORD_COLUMNS + 2 + LABEL_COLUMNS + 1;
/** Narrower than this nobody can read; lines are then longer than the terminal. */
const TEXT_COLUMNS_MIN = 24;

/** A check as lines of at most `columns`: its state as a word, not by colour alone, what was found, and below it what to do. */
export function checkRowText({ label, state, found, advice }: CheckRow, palette: Palette, columns: number): string {
	const width = Math.max(TEXT_COLUMNS_MIN, columns - INDENT);
	const tone = { ok: palette.good, attention: palette.warn, failed: palette.bad, skipped: palette.faint }[state];
	const first = `  ${tone(CHECK_WORDS[state].padEnd(WORD_COLUMNS))}  ${label.padEnd(LABEL_COLUMNS)} `;
	const [head = "", ...rest] = wrap(found, width);
	const shown = state === "skipped" ? palette.faint(head) : head;
	const below = [...rest, ...(advice === "" ? [] : wrap(advice, width - 2).map((line, index) => (index === 0 ? `> ${line}` : `  ${line}`)))];
	return [`${first}${shown}`.trimEnd(), ...below.map((line) => `${" ".repeat(INDENT)}${line}`)].join("\n");
}

/** How many rows are in which state, in a sentence: `18 checks: 16 ok, 1 to note, 1 failed`. */
export function checkCounts(rows: readonly CheckRow[]): string {
	const count = (state: CheckRow["state"]): number => rows.filter((row) => row.state === state).length;
	const parts = [
		[count("ok"), "ok"],
		[count("attention"), "to note"],
		[count("failed"), "failed"],
		[count("skipped"), "not asked"],
	] as const;
	const told = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
	return `${rows.length} checks: ${told.join(", ")}`;
}

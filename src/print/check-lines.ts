import { CHECK_WORDS, type CheckRow } from "./check-row.ts";
import { cellWidth, fitText, type Line, span, type Tone } from "./line.ts";
import { wrapped } from "./line-block.ts";

/** How a check came out: a mark and a tone; its word is in `CHECK_WORDS`. */
export const CHECK_MARKS = {
	ok: { mark: "✓", tone: "good" },
	attention: { mark: "⚠", tone: "warn" },
	failed: { mark: "✗", tone: "bad" },
	skipped: { mark: "·", tone: "faint" },
} as const satisfies Record<CheckRow["state"], { mark: string; tone: Tone }>;

const LABEL_MAX = 24;
const WORD_COLUMNS = 6;

/** A checklist as lines: mark, word, name and what was found; below a row what to do about it. Long texts are broken at blanks below their beginning. */
export function checkLines(rows: readonly CheckRow[], width: number): Line[] {
	const label = Math.min(LABEL_MAX, Math.max(0, ...rows.map((row) => cellWidth(row.label))));
	const indent = 2 + WORD_COLUMNS + 1 + label + 2;
	return rows.flatMap((row) => rowLines(row, label, indent, width));
}

function rowLines(row: CheckRow, label: number, indent: number, width: number): Line[] {
	const { mark, tone } = CHECK_MARKS[row.state];
	const [first = [], ...rest] = wrapped(row.found, Math.max(10, width - indent), row.state === "failed" ? "bad" : row.state === "skipped" ? "faint" : "plain");
	const head: Line = [span(`${mark} `, tone), span(fitText(CHECK_WORDS[row.state], WORD_COLUMNS), tone), span(` ${fitText(row.label, label)}  `, "strong")];
	const below = (lines: readonly Line[], blanks: number): Line[] => lines.map((line) => [span(" ".repeat(blanks)), ...line]);
	const advice = row.advice === "" ? [] : wrapped(row.advice, Math.max(10, width - ADVICE_INDENT), row.state === "failed" ? "warn" : "faint");
	return [[...head, ...first], ...below(rest, indent), ...below(advice, ADVICE_INDENT)];
}

const ADVICE_INDENT = 2 + WORD_COLUMNS + 1;

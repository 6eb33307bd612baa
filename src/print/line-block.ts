import { cellWidth, fitLine, type Line, lineWidth, span, type Tone, textOf } from "./line.ts";
import { wrap } from "./text.ts";

/** Text broken at blanks into lines of at most `width` columns, all of one tone. */
export function wrapped(text: string, width: number, tone: Tone = "plain"): Line[] {
	return wrap(text, Math.max(1, width)).map((row) => [span(row, tone)]);
}

/** The lines moved to the right by `blanks` columns; empty lines stay empty. */
export function indented(lines: readonly Line[], blanks: number): Line[] {
	return lines.map((row) => (row.length === 0 ? row : [span(" ".repeat(blanks)), ...row]));
}

/** A paragraph behind a dot, its further lines below its first word. */
export function bullet(text: string, width: number): Line[] {
	return wrapped(text, width - 2).map((row, index) => [span(index === 0 ? "· " : "  "), ...row]);
}

/** A heading over its lines, which are indented by two; a line that is too long is broken at blanks and gives up its tones. */
export function titled(title: string, lines: readonly Line[], width: number): Line[] {
	return [
		[span(title, "strong")],
		...indented(
			lines.flatMap((row) => fitted(row, width - 2)),
			2,
		),
	];
}

function fitted(row: Line, width: number): Line[] {
	return lineWidth(row) <= width ? [row] : wrapped(textOf(row), width);
}

/**
 * A table as lines: columns as wide as their widest cell, two blanks between, numbers to the right where `right` names the column,
 * no blanks at the end of a line.
 */
export function lineTable(rows: readonly (readonly Line[])[], right: readonly number[] = []): Line[] {
	const widths: number[] = [];
	for (const row of rows) for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, lineWidth(cell));
	return rows.map((row) => {
		const spans = row.flatMap((cell, column) => {
			const blanks = span(" ".repeat((widths[column] ?? 0) - lineWidth(cell)));
			const gap = column === 0 ? [] : [span("  ")];
			return right.includes(column) ? [...gap, blanks, ...cell] : [...gap, ...cell, blanks];
		});
		return trimmed(spans);
	});
}

/** A cell of one tone for `lineTable`. */
export function cell(text: string, tone: Tone = "plain"): Line {
	return [span(text, tone)];
}

function trimmed(row: Line): Line {
	const kept = row.filter((part) => part.text !== "");
	for (let last = kept.at(-1); last !== undefined && last.tone === "plain"; last = kept.at(-1)) {
		kept.pop();
		const text = last.text.trimEnd();
		if (text === "") continue;
		kept.push(span(text));
		break;
	}
	return kept;
}

/** Two blocks next to each other, the left one in `leftWidth` columns, `gap` blanks between. */
export function beside(left: readonly Line[], right: readonly Line[], leftWidth: number, gap = 3): Line[] {
	return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => {
		const other = right[index] ?? [];
		const own = left[index] ?? [];
		return other.length === 0 ? own : [...fitLine(own, leftWidth), span(" ".repeat(gap)), ...other];
	});
}

/** A line with blanks between its left and its right end. */
export function spread(left: Line, right: Line, width: number): Line {
	return [...left, span(" ".repeat(Math.max(1, width - lineWidth(left) - lineWidth(right)))), ...right];
}

/** A rule of `width` columns, with a title in it when there is one. */
export function ruleLine(width: number, title = ""): Line {
	if (title === "") return [span("─".repeat(Math.max(0, width)), "faint")];
	return [span("── ", "faint"), span(title, "strong"), span(` ${"─".repeat(Math.max(0, width - cellWidth(title) - 4))}`, "faint")];
}

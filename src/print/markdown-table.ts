import type { Tokens } from "marked";
import { fitLine, type Line, lineWidth, type Span, span } from "./line.ts";
import { inlineSpans, wrapSpans } from "./markdown-inline.ts";

/** Blanks between two columns. */
const GAP = 2;
/** No column is squeezed below this, unless the table has more columns than that leaves room for. */
const NARROWEST = 6;

type Cell = { readonly spans: readonly Span[]; readonly align: "center" | "left" | "right" | null };

/**
 * A table in at most `width` columns: each column as wide as its content where there is room, else the widest give way and their cells
 * are wrapped. Where that happens often the rows stand apart, so that one sees where each ends.
 */
export function tableLines(table: Tokens.Table, width: number): readonly Line[] {
	const head = table.header.map(cellOf("accent"));
	const body = table.rows.map((row) => row.map(cellOf("plain")));
	const widths = columnWidths([head, ...body], width);
	if (widths === null) return listed(head, body, width);
	const total = widths.reduce((sum, wide) => sum + wide, 0) + GAP * (widths.length - 1);
	const rows = body.map((row) => rowLines(row, widths));
	const apart = rows.filter((lines) => lines.length > 1).length * 3 > rows.length;
	return [...rowLines(head, widths), [span("─".repeat(total), "faint")], ...rows.flatMap((lines, index) => (apart && index > 0 ? [[], ...lines] : lines))];
}

function cellOf(tone: "accent" | "plain"): (cell: Tokens.TableCell) => Cell {
	return ({ tokens, align }) => ({ spans: inlineSpans(tokens, tone), align });
}

/** Columns of each table column, or null when there are too many for any table. */
function columnWidths(rows: readonly (readonly Cell[])[], width: number): readonly number[] | null {
	const natural: number[] = [];
	for (const row of rows) {
		for (const [column, { spans }] of row.entries()) {
			const wide = Math.max(1, ...wrapSpans(spans, Number.MAX_SAFE_INTEGER).map(lineWidth));
			natural[column] = Math.max(natural[column] ?? 1, wide);
		}
	}
	const room = width - GAP * (natural.length - 1);
	if (room < natural.length * NARROWEST && room < natural.reduce((sum, wide) => sum + wide, 0)) return null;
	return shared(natural, room);
}

/** The room shared out: narrow columns get all they want, the wide ones the same of what is left. */
function shared(natural: readonly number[], room: number): readonly number[] {
	const order = natural.map((wide, column) => ({ wide, column })).sort((a, b) => a.wide - b.wide);
	const widths = natural.map(() => 0);
	let left = room;
	for (const [index, { wide, column }] of order.entries()) {
		const given = Math.min(wide, Math.floor(left / (order.length - index)));
		widths[column] = given;
		left -= given;
	}
	return widths;
}

function rowLines(row: readonly Cell[], widths: readonly number[]): readonly Line[] {
	const cells = row.map(({ spans }, column) => wrapSpans(spans, widths[column] ?? 1));
	const height = Math.max(1, ...cells.map((lines) => lines.length));
	return Array.from({ length: height }, (_, index) => {
		const parts = cells.map((lines, column) => aligned(lines[index] ?? [], widths[column] ?? 1, row[column]?.align ?? null));
		return trimmed(parts.flatMap((part, column) => (column === 0 ? part : [span(" ".repeat(GAP)), ...part])));
	});
}

function aligned(row: Line, width: number, align: Cell["align"]): Line {
	const blanks = width - lineWidth(row);
	if (align === "right" && blanks > 0) return [span(" ".repeat(blanks)), ...row];
	if (align === "center" && blanks > 1) return fitLine([span(" ".repeat(Math.floor(blanks / 2))), ...row], width);
	return fitLine(row, width);
}

/** Blanks at the end of a row say nothing. */
function trimmed(row: Line): Line {
	const kept = [...row];
	for (let last = kept.at(-1); last !== undefined && last.text.trim() === ""; last = kept.at(-1)) kept.pop();
	const last = kept.at(-1);
	return last === undefined ? [] : [...kept.slice(0, -1), span(last.text.trimEnd(), last.tone)];
}

/** A table without room for its columns: every row as `head: cell` lines, a blank between rows. */
function listed(head: readonly Cell[], body: readonly (readonly Cell[])[], width: number): readonly Line[] {
	return body.flatMap((row, index) => {
		const lines = row.flatMap(({ spans }, column) => wrapSpans([...(head[column]?.spans ?? []), span(": ", "faint"), ...spans], width));
		return index === 0 ? lines : [[], ...lines];
	});
}

import type { Tokens } from "marked";
import { cellWidth, fitLine, type Line, lineWidth, type Span, span } from "./line.ts";
import { inlineSpans, wrapSpans } from "./markdown-inline.ts";

/** Blanks between two columns. */
const GAP = 2;
/** No column is squeezed below this, unless the table has more columns than that leaves room for. */
const NARROWEST = 6;
/** A word longer than this may be cut to make its column narrower. */
const LONGEST_WORD = 16;

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

/** What a column asks for, in cells: its widest cell, all its cells together, and its longest word. */
type Wants = { widest: number; total: number; word: number };

/** Columns of each table column, or null when there are too many for any table. */
function columnWidths(rows: readonly (readonly Cell[])[], width: number): readonly number[] | null {
	const columns: Wants[] = [];
	for (const row of rows) {
		for (const [column, { spans }] of row.entries()) {
			const wants = columns[column] ?? { widest: 1, total: 1, word: 1 };
			const wide = Math.max(0, ...wrapSpans(spans, Number.MAX_SAFE_INTEGER).map(lineWidth));
			wants.widest = Math.max(wants.widest, wide);
			wants.total += wide;
			for (const { text } of spans) for (const word of text.split(" ")) wants.word = Math.max(wants.word, Math.min(LONGEST_WORD, cellWidth(word)));
			columns[column] = wants;
		}
	}
	const room = width - GAP * (columns.length - 1);
	if (room < columns.length * NARROWEST && room < columns.reduce((sum, { widest }) => sum + widest, 0)) return null;
	return shared(columns, room);
}

/**
 * The room shared out: columns that need no more than an equal share get what they want, the others share the rest by how much they have
 * to say, so that the rows are about as high in each of them.
 */
function shared(columns: readonly Wants[], room: number): readonly number[] {
	const order = columns.map((wants, column) => ({ ...wants, column })).sort((a, b) => a.widest - b.widest);
	const widths = columns.map(() => 0);
	let left = room;
	for (const [index, { widest, total, word, column }] of order.entries()) {
		const others = order.slice(index + 1);
		const equal = Math.floor(left / (others.length + 1));
		const share = Math.floor((left * total) / others.reduce((sum, other) => sum + other.total, total));
		const wanted = widest <= equal ? widest : Math.min(widest, Math.max(share, Math.min(word, equal)));
		widths[column] = Math.max(1, Math.min(wanted, left - others.length * Math.min(NARROWEST, equal)));
		left -= widths[column] ?? 0;
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

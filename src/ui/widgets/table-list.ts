import { clipLine, type Line, line, span, textOf } from "../../print/line.ts";
import { formatCount } from "../../print/text.ts";
import type { Size } from "../pane.ts";
import { type Column, fitColumns, rowLine, titleLine } from "./columns.ts";
import { type ListView, windowStart } from "./list.ts";

/** A list drawn as a table: its rows after filtering, and the words around them. */
export type TableList<Row> = {
	readonly columns: readonly Column<Row>[];
	readonly rows: readonly Row[];
	/** Rows before filtering. */
	readonly all: number;
	readonly view: ListView;
	/** Above the table: what it is a list of. */
	readonly title: string;
	/** Said in place of the rows when there are none. */
	readonly empty: readonly Line[];
	/** Below the table: what there is to know about the selected row. */
	readonly foot: readonly Line[];
};

/** The mark of the selected row. */
const MARGIN = 3;
/** Title and names of the columns. */
const HEAD_ROWS = 2;

/** Rows of a list that one page shows, given the height of its pane and of what stands below the table. */
export function tablePage(height: number, footRows: number): number {
	return Math.max(1, height - HEAD_ROWS - footRows);
}

/** The row that is selected, or null when there is none: the list may have become shorter. */
export function selectedRow<Row>(rows: readonly Row[], view: ListView): Row | null {
	return rows[Math.max(0, Math.min(view.selected, rows.length - 1))] ?? null;
}

/** The visible part of the list, its selected row marked, with title and foot. */
export function paintTable<Row>(list: TableList<Row>, size: Size): readonly Line[] {
	const { rows, view } = list;
	const columns = fitColumns(list.columns, size.width - MARGIN - 1);
	const height = tablePage(size.height, list.foot.length);
	const at = Math.max(0, Math.min(view.selected, rows.length - 1));
	const from = windowStart(at, rows.length, height);
	const shown = rows.slice(from, from + height).map((row, index) => {
		const cells = rowLine(columns, row);
		return from + index === at ? line(span(" ❯ ", "accent"), span(textOf(cells), "selected")) : line("   ", ...cells);
	});
	const body = rows.length > 0 ? shown : emptyText(list).slice(0, height);
	while (body.length < height) body.push([]);
	return [topLine(list, at, size.width), [span(" ".repeat(MARGIN)), ...titleLine(columns)], ...body, ...list.foot].map((row) => clipLine(row, size.width));
}

function emptyText<Row>({ empty, view }: TableList<Row>): Line[] {
	return view.filter === "" ? [...empty] : [[], [span(`   Nothing has "${view.filter}". / changes the filter.`)]];
}

function topLine<Row>({ title, rows, all, view }: TableList<Row>, at: number, width: number): Line {
	if (view.typing)
		return clipLine(line(span(" / ", "key"), span(view.filter, "strong"), span("█", "accent"), span("  Enter keeps it, Esc clears it", "faint")), width);
	const place = rows.length === 0 ? "" : `  ${formatCount(at + 1)} of ${formatCount(rows.length)}`;
	const filtered = view.filter === "" ? "" : `  filter "${view.filter}" (of ${formatCount(all)}; / and Esc clears it)`;
	return clipLine(line(span(` ${title}`, "strong"), span(place, "faint"), span(filtered, "warn")), width);
}

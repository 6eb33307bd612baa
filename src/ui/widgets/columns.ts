import { fitText, type Line, type Span, span } from "../../print/line.ts";

/** A column of a table whose rows are of one type. */
export type Column<Row> = {
	readonly title: string;
	readonly width: number;
	readonly align: "left" | "right";
	/** Where there is no room for all, columns with the highest rank go first. */
	readonly rank: number;
	/** Takes what the other columns leave. */
	readonly grows?: boolean;
	readonly cell: (row: Row) => Span;
};

/** The columns that fit into `width` with one blank between them, the growing one as wide as there is room. */
export function fitColumns<Row>(columns: readonly Column<Row>[], width: number): readonly Column<Row>[] {
	let kept = columns;
	while (kept.length > 1 && needed(kept) > width) {
		const worst = Math.max(...kept.map(({ rank }) => rank));
		kept = kept.filter(({ rank }) => rank !== worst);
	}
	const spare = width - needed(kept);
	return kept.map((column) => (column.grows === true ? { ...column, width: Math.max(1, column.width + spare) } : column));
}

/** The row of titles. */
export function titleLine<Row>(columns: readonly Column<Row>[]): Line {
	return columns.flatMap((column, index) => [...gap(index), span(fitText(column.title, column.width, column.align), "faint")]);
}

/** A row of the table. */
export function rowLine<Row>(columns: readonly Column<Row>[], row: Row): Line {
	return columns.flatMap((column, index) => {
		const { text, tone } = column.cell(row);
		return [...gap(index), span(fitText(text, column.width, column.align), tone)];
	});
}

function gap(index: number): Line {
	return index === 0 ? [] : [span(" ")];
}

function needed<Row>(columns: readonly Column<Row>[]): number {
	return columns.reduce((sum, { width }) => sum + width, Math.max(0, columns.length - 1));
}

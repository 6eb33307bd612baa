import { dataFailure } from "../../failure.ts";
import { type Layout, readHeader } from "./layout.ts";
import { createLineWindow, fillLines, type LineWindow, lineEnd, lineText } from "./lines.ts";
import { readRow } from "./row.ts";
import { scanRow } from "./scan.ts";
import { openSource, type TextSource } from "./source.ts";
import { badRow } from "./trouble.ts";

/** A file being read row by row; the row read last is in `layout.values`. */
export type Rows = {
	readonly file: string;
	readonly source: TextSource;
	readonly window: LineWindow;
	readonly layout: Layout;
	/** Number of the line read last; the file's first is 1. */
	line: number;
	/** Where the row read last begins in the window. */
	rowAt: number;
	readonly skipBadRows: boolean;
	badRows: number;
	/** What was wrong with the first row that was left out, for the case that none is left; null while there is none. */
	firstFault: string | null;
};

/** Opens a file and reads its header. `digits` are the instrument's. Throws `Failure` for whatever cannot be an MT5 export. */
export function openRows(file: string, digits: number, skipBadRows: boolean): Rows {
	const source = openSource(file);
	try {
		const window = createLineWindow();
		let line = 0;
		while (window.start < window.end || fillLines(file, window, source)) {
			line++;
			const at = window.start;
			const end = lineEnd(window, at);
			window.start = end + 1;
			const text = lineText(window, at, end);
			if (text.trim() === "") continue;
			return { file, source, window, layout: readHeader(file, line, text, digits), line, rowAt: 0, skipBadRows, badRows: 0, firstFault: null };
		}
		throw dataFailure(`${file}: holds nothing but blank lines. Export the bars or ticks from MT5 again.`);
	} catch (cause) {
		source.close();
		throw cause;
	}
}

/**
 * Reads the next readable row into `layout.values`; false at the end of the file. Blank lines are passed over. A row that cannot be read
 * throws its `Failure`, or is counted and left out when bad rows are skipped.
 */
export function nextRow(rows: Rows): boolean {
	const { window, layout } = rows;
	for (;;) {
		if (window.start >= window.end && !fillLines(rows.file, window, rows.source)) return false;
		rows.line++;
		rows.rowAt = window.start;
		const next = scanRow(layout, window.bytes, window.start);
		if (next >= 0) {
			window.start = next;
			return true;
		}
		const end = lineEnd(window, window.start);
		const text = lineText(window, window.start, end);
		window.start = end + 1;
		if (text.trim() === "") continue;
		const reason = readRow(layout, text);
		if (reason === null) return true;
		rejectRow(rows, reason);
	}
}

/** Refuses the row read last: throws its `Failure`, or counts it when bad rows are skipped. */
export function rejectRow(rows: Rows, reason: string): void {
	const text = lineText(rows.window, rows.rowAt, rows.window.start - 1);
	if (!rows.skipBadRows) throw badRow(rows.file, rows.line, reason, text);
	rows.badRows++;
	rows.firstFault ??= `line ${rows.line}: ${reason}`;
}

/** The message for a file without a single usable row: with the first fault, because that is what to look at. */
export function nothingLeft(rows: Rows): string {
	const skipped = rows.firstFault === null ? "" : ` All ${rows.badRows} rows were left out as bad; the first at ${rows.firstFault}.`;
	return `${rows.file}: holds a header but no usable row.${skipped} Export the bars or ticks from MT5 again.`;
}

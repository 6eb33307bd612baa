import { COLUMN } from "./layout.ts";
import { lineText } from "./lines.ts";
import { nextRow, openRows } from "./rows.ts";

/** Rows that are looked at: MT5 writes every price of a file with the symbol's decimals. */
const ROWS = 1000;
/** No symbol of MT5 has more. */
const DECIMALS_MAX = 8;
const PRICES: readonly number[] = [COLUMN.open, COLUMN.high, COLUMN.low, COLUMN.close, COLUMN.bid, COLUMN.ask];

/** Decimals that the prices at the beginning of an export are written with, 0 to 8: the symbol's digits. Throws a `Failure` (exit 3) for what is no export. */
export function decimalsOf(file: string): number {
	const rows = openRows(file, DECIMALS_MAX, true);
	try {
		const { columns, delimiter } = rows.layout;
		let decimals = 0;
		for (let row = 0; row < ROWS && nextRow(rows); row++) {
			const fields = lineText(rows.window, rows.rowAt, rows.window.start - 1).split(String.fromCharCode(delimiter));
			for (const [index, field] of fields.entries()) {
				if (PRICES.includes(columns[index] as number)) decimals = Math.max(decimals, /\.(\d+)\s*$/.exec(field)?.[1]?.length ?? 0);
			}
		}
		return Math.min(DECIMALS_MAX, decimals);
	} finally {
		rows.source.close();
	}
}

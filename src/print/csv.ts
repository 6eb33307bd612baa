import { cleanText } from "../adapters/clean-text.ts";

/** One value of an export: numbers stay numbers, null is an empty cell. */
export type Cell = string | number | null;

/** What a spreadsheet would take for a formula when it stands first in a text cell (security rule S-16). */
const FORMULA = /^[=+\-@\t\r\0]/;

/** A row as RFC 4180 writes it, with its line end. Text is cleaned of control characters and cannot become a formula. */
export function csvLine(cells: readonly Cell[]): string {
	return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(cell: Cell): string {
	if (cell === null) return "";
	if (typeof cell === "number") return Number.isFinite(cell) ? String(cell) : "";
	const guarded = FORMULA.test(cell) ? `'${cell}` : cell;
	const text = cleanText(guarded, 1000);
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

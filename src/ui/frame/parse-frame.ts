import { clearGrid, type Grid, putText } from "./grid.ts";
import { applySgr, PLAIN } from "./style.ts";

const ESC = "\u001b";
/** A colour sequence; any other escape sequence with its payload, which is left out; or text up to the next escape. */
const TOKENS = new RegExp(
	`${ESC}\\[([\\d;]*)m|${ESC}\\[[0-?]*[ -/]*[@-~]?|${ESC}[\\]PX^_][^\\u0007${ESC}]*(?:\\u0007|${ESC}\\\\)?|${ESC}[ -/]*[0-~]?|([^${ESC}]+)`,
	"g",
);

/** Fills the grid with a frame of ink: rows separated by line feeds, coloured by SGR sequences. Any other control is left out. */
export function parseFrame(frame: string, grid: Grid): void {
	clearGrid(grid);
	const rows = frame.split("\n");
	let style = PLAIN;
	for (let row = 0; row < Math.min(rows.length, grid.rows); row++) {
		let column = 0;
		for (const [, sgr, text] of (rows[row] ?? "").matchAll(TOKENS)) {
			if (sgr !== undefined) style = applySgr(style, sgr);
			else if (text !== undefined) column = putText(grid, row, column, text, style);
		}
	}
}

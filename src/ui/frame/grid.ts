import type { Line } from "../../print/line.ts";
import { toneStyle } from "../theme.ts";
import { BLANK, type CellCharacter, codeOf, eachCharacter, isWide, RIGHT_HALF } from "./character.ts";
import { PLAIN, type Style } from "./style.ts";

/** A rectangle of cells, row by row in flat arrays. */
export type Grid = {
	readonly columns: number;
	readonly rows: number;
	readonly characters: Uint32Array;
	readonly styles: Uint16Array;
};

/** A blank grid. */
export function createGrid(columns: number, rows: number): Grid {
	const cells = columns * rows;
	return { columns, rows, characters: new Uint32Array(cells).fill(BLANK), styles: new Uint16Array(cells) };
}

export function clearGrid(grid: Grid): void {
	clearRows(grid, 0, grid.rows);
}

function clearRows({ columns, characters, styles }: Grid, from: number, to: number): void {
	characters.fill(BLANK, from * columns, to * columns);
	styles.fill(PLAIN, from * columns, to * columns);
}

/** Puts text into a row from `column` on; what does not fit is cut. Returns the column behind it. */
export function putText(grid: Grid, row: number, column: number, text: string, style: Style): number {
	const start = row * grid.columns;
	let at = column;
	eachCharacter(text, (character, width) => {
		// Half a wide character at the edge is a blank.
		if (at + width <= grid.columns) put(grid, start + at, character, style);
		else if (at < grid.columns) put(grid, start + at, BLANK, style);
		if (width === 2 && at + 2 <= grid.columns) put(grid, start + at + 1, RIGHT_HALF, style);
		at += width;
	});
	return at;
}

function put(grid: Grid, cell: number, character: CellCharacter, style: Style): void {
	grid.characters[cell] = character;
	grid.styles[cell] = style;
}

/** Fills the rows `from` up to `to` of the grid with those of the lines; what is missing is blank. */
export function putLines(grid: Grid, lines: readonly Line[], from: number, to: number): void {
	clearRows(grid, from, to);
	for (let row = from; row < Math.min(lines.length, to); row++) {
		let column = 0;
		for (const part of lines[row] ?? []) {
			if (column >= grid.columns) break;
			column = putText(grid, row, column, part.text, toneStyle(part.tone));
		}
	}
}

/** Copies part of a row of `from` to a row of `to`. */
export function copyRow(from: Grid, fromRow: number, fromColumn: number, to: Grid, toRow: number, toColumn: number, width: number): void {
	const start = fromRow * from.columns + fromColumn;
	const target = toRow * to.columns + toColumn;
	to.characters.set(from.characters.subarray(start, start + width), target);
	to.styles.set(from.styles.subarray(start, start + width), target);
}

/** Blanks halves of wide characters whose other half is covered. */
export function mendRow({ columns, characters }: Grid, row: number): void {
	const start = row * columns;
	for (let cell = start; cell < start + columns; cell++) {
		const character = characters[cell] ?? BLANK;
		if (character === RIGHT_HALF) {
			if (cell === start || !isWide(characters[cell - 1] ?? BLANK)) characters[cell] = BLANK;
		} else if (isWide(character) && (cell + 1 === start + columns || characters[cell + 1] !== RIGHT_HALF)) characters[cell] = BLANK;
	}
}

/** A row as text. */
export function rowText({ columns, characters }: Grid, row: number): string {
	let text = "";
	for (let cell = row * columns; cell < (row + 1) * columns; cell++) {
		const character = characters[cell] ?? BLANK;
		if (character !== RIGHT_HALF) text += String.fromCodePoint(codeOf(character));
	}
	return text;
}

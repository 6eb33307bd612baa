import { BLANK, isUnsure, isWide, RIGHT_HALF } from "./character.ts";
import type { Grid } from "./grid.ts";
import type { Pen } from "./pen.ts";
import { PLAIN } from "./style.ts";

/** Longest run of unchanged cells that is rather written again than jumped over: a jump takes four bytes. */
const SHORT_GAP = 3;
/** Shortest blank end of a row that is erased instead of written. */
const LONG_BLANK = 4;

/** No character: a cell of which nobody knows what the terminal shows. */
export const UNKNOWN = 0xffff_ffff;

/** The bytes for what differs in a row, through the pen; `shown` is brought up to `wanted`. */
export function encodeRow(pen: Pen, wanted: Grid, shown: Grid, row: number): void {
	const { columns } = wanted;
	const start = row * columns;
	let column = nextChange(wanted, shown, start, 0);
	if (column === columns) return;
	const blankFrom = blankEnd(wanted, start);
	while (column < columns) {
		if (column >= blankFrom && columns - column >= LONG_BLANK) {
			pen.moveTo(row, column);
			pen.eraseEnd();
			take(wanted, shown, start + column, start + columns);
			return;
		}
		pen.moveTo(row, column);
		column += write(pen, wanted, shown, start, column);
		column = afterGap(pen, wanted, start, column, nextChange(wanted, shown, start, column));
	}
}

/** Writes the cell, and returns its width. */
function write(pen: Pen, wanted: Grid, shown: Grid, start: number, column: number): number {
	const cell = start + column;
	const character = wanted.characters[cell] ?? BLANK;
	const width = isWide(character) ? 2 : 1;
	const isNextUnknown = pen.put(character, wanted.styles[cell] ?? PLAIN, wanted.columns - column);
	take(wanted, shown, cell, cell + width);
	if (isNextUnknown) shown.characters[cell + width] = UNKNOWN;
	return width;
}

/** Where to go on: at the next change, or before it where the cells between are cheaper to write again than to jump over. */
function afterGap(pen: Pen, wanted: Grid, start: number, from: number, next: number): number {
	if (next - from > SHORT_GAP || next === wanted.columns || pen.column() !== from) return next;
	for (let cell = start + from; cell < start + next; cell++) {
		const held = wanted.characters[cell] ?? BLANK;
		if (held === RIGHT_HALF || isUnsure(held) || !pen.hasStyle(wanted.styles[cell] ?? PLAIN)) return next;
	}
	return from;
}

/** The next column from `column` on where wanted and shown differ, or the number of columns. A wide character is one unit with its left half. */
function nextChange(wanted: Grid, shown: Grid, start: number, column: number): number {
	const { columns, characters, styles } = wanted;
	for (let at = column; at < columns; at++) {
		const cell = start + at;
		if (characters[cell] !== shown.characters[cell] || styles[cell] !== shown.styles[cell]) return characters[cell] === RIGHT_HALF ? at - 1 : at;
	}
	return columns;
}

/** The column from which the row is blank to its end. */
function blankEnd({ columns, characters, styles }: Grid, start: number): number {
	let column = columns;
	while (column > 0 && characters[start + column - 1] === BLANK && styles[start + column - 1] === PLAIN) column--;
	return column;
}

function take(wanted: Grid, shown: Grid, from: number, to: number): void {
	for (let cell = from; cell < to; cell++) {
		shown.characters[cell] = wanted.characters[cell] ?? BLANK;
		shown.styles[cell] = wanted.styles[cell] ?? PLAIN;
	}
}

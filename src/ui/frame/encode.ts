import { BLANK, codeOf, isUnsure, isWide, REPLACEMENT, RIGHT_HALF } from "./character.ts";
import { asciiOf } from "./glyphs.ts";
import type { Grid } from "./grid.ts";
import { PLAIN, type Style, sgrBetween, withoutColours } from "./style.ts";

/** What the terminal can show. */
export type EncodeOptions = { readonly colours: boolean; readonly ascii: boolean };

/** Turns differences between two grids into bytes for a terminal. */
export type Encoder = {
	/** The sequences for what differs in these rows, or an empty string; `shown` is brought up to `wanted`. */
	encode(wanted: Grid, shown: Grid, dirty: Uint8Array): string;
};

/** Longest run of unchanged cells that is rather written again than jumped over: a jump takes four bytes. */
const SHORT_GAP = 3;
/** Shortest blank end of a row that is erased instead of written. */
const LONG_BLANK = 4;

/** An encoder with its memory of SGR changes, of which there are few: styles come from the theme. */
export function createEncoder({ colours, ascii }: EncodeOptions): Encoder {
	const changes = new Map<number, string>();
	const character = (code: number): string => String.fromCodePoint(ascii && code > 0x7e ? asciiOf(code) : code);
	const look = (style: Style): Style => (colours ? style : withoutColours(style));

	function change(from: Style, to: Style): string {
		const key = from * 65_536 + to;
		let known = changes.get(key);
		if (known === undefined) {
			known = sgrBetween(from, to);
			changes.set(key, known);
		}
		return known;
	}

	return {
		encode(wanted, shown, dirty) {
			let out = "";
			let style = PLAIN;
			for (let row = 0; row < wanted.rows; row++) {
				if (dirty[row] === 0) continue;
				dirty[row] = 0;
				encodeRow(row);
			}
			return out + change(style, PLAIN);

			function encodeRow(row: number): void {
				const { columns } = wanted;
				const start = row * columns;
				/** Where the cursor is; -1 = not known in this row. */
				let cursor = -1;
				const blankFrom = blankEnd(wanted, row);
				for (let column = nextChange(wanted, shown, start, 0); column < columns; column = nextChange(wanted, shown, start, column)) {
					if (column >= blankFrom && columns - column >= LONG_BLANK) {
						out += jump(row, cursor, column) + change(style, PLAIN);
						style = PLAIN;
						out += "\u001b[K";
						take(wanted, shown, start + column, start + columns);
						return;
					}
					const gap = column - cursor;
					if (cursor >= 0 && gap > 0 && gap <= SHORT_GAP && sameLook(start + cursor, start + column)) column = cursor;
					else out += jump(row, cursor, column);
					cursor = write(row, start, column);
					column = cursor < 0 ? -cursor : cursor;
					if (cursor < 0) cursor = -1;
				}
			}

			/** True when these cells are sure characters in the present style, so that writing them again is cheap and safe. */
			function sameLook(from: number, to: number): boolean {
				for (let cell = from; cell < to; cell++) {
					const held = wanted.characters[cell] ?? BLANK;
					if (held === RIGHT_HALF || isUnsure(held) || look(wanted.styles[cell] ?? PLAIN) !== style) return false;
				}
				return true;
			}

			/** Writes the cell; returns the column behind it, negative when the cursor may be elsewhere. */
			function write(row: number, start: number, column: number): number {
				const cell = start + column;
				const held = wanted.characters[cell] ?? BLANK;
				const next = look(wanted.styles[cell] ?? PLAIN);
				out += change(style, next);
				style = next;
				const width = isWide(held) ? 2 : 1;
				take(wanted, shown, cell, cell + width);
				if (!isUnsure(held)) {
					out += character(codeOf(held));
					return column + 1;
				}
				if (ascii) {
					out += "?".repeat(width);
					return column + width;
				}
				if (column + width >= wanted.columns) {
					// At the right edge a character that is wider than we think would wrap into the next row.
					out += String.fromCodePoint(REPLACEMENT) + (width === 2 ? " " : "");
					return column + width;
				}
				// Terminals disagree here: first blank its cells, then place the cursor anew and write what follows again.
				out += " ".repeat(width) + jump(row, -1, column) + character(codeOf(held));
				shown.characters[cell + width] = UNKNOWN;
				return -(column + width);
			}
		},
	};
}

/** No character: a cell of which nobody knows what the terminal shows. */
export const UNKNOWN = 0xffff_ffff;

/** The next column from `column` on where wanted and shown differ, or the number of columns. A wide character is one unit with its left half. */
function nextChange(wanted: Grid, shown: Grid, start: number, column: number): number {
	const { columns, characters, styles } = wanted;
	for (let at = column; at < columns; at++) {
		const cell = start + at;
		if (characters[cell] !== shown.characters[cell] || styles[cell] !== shown.styles[cell]) return characters[cell] === RIGHT_HALF && at > 0 ? at - 1 : at;
	}
	return columns;
}

/** The column from which the row is blank to its end. */
function blankEnd({ columns, characters, styles }: Grid, row: number): number {
	let column = columns;
	while (column > 0) {
		const cell = row * columns + column - 1;
		if (characters[cell] !== BLANK || styles[cell] !== PLAIN) break;
		column--;
	}
	return column;
}

function take(wanted: Grid, shown: Grid, from: number, to: number): void {
	for (let cell = from; cell < to; cell++) {
		shown.characters[cell] = wanted.characters[cell] ?? BLANK;
		shown.styles[cell] = wanted.styles[cell] ?? PLAIN;
	}
}

/** Moves the cursor to a column of the row, from a known column or from anywhere (-1). */
function jump(row: number, from: number, to: number): string {
	if (from === to) return "";
	if (from >= 0 && to > from) return to === from + 1 ? "\u001b[C" : `\u001b[${to - from}C`;
	return to === 0 ? `\u001b[${row + 1}H` : `\u001b[${row + 1};${to + 1}H`;
}

import { type CellCharacter, codeOf, isUnsure, isWide, REPLACEMENT } from "./character.ts";
import { asciiOf } from "./glyphs.ts";
import { PLAIN, type Style, sgrBetween, withoutColours } from "./style.ts";

/** What the terminal can show. */
export type PenOptions = { readonly colours: boolean; readonly ascii: boolean };

/** Writes cells as a terminal understands them, with as few bytes for moves and styles as it can. */
export type Pen = {
	/** Goes to this cell of the screen. */
	moveTo(row: number, column: number): void;
	/**
	 * Writes a character where the pen is; `left` is how many cells there are from there to the right edge. True when the cell behind it has to
	 * be written too: the terminal may have taken another width for it.
	 */
	put(character: CellCharacter, style: Style, left: number): boolean;
	/** Blanks the row from here to its end. */
	eraseEnd(): void;
	/** The column behind the last cell written in this row, or -1 when that is not known. */
	column(): number;
	/** True when a character of this style needs no change of style. */
	hasStyle(style: Style): boolean;
	/** What was written, the style reset behind it; the pen starts anew. */
	take(): string;
};

/** A pen that starts anywhere, with a plain style. */
export function createPen({ colours, ascii }: PenOptions): Pen {
	// Few styles exist, all from the theme: changes between them are worth remembering.
	const changes = new Map<number, string>();
	let out = "";
	let style = PLAIN;
	let row = -1;
	let column = -1;

	const look = (wanted: Style): Style => (colours ? wanted : withoutColours(wanted));
	function setStyle(next: Style): void {
		if (next === style) return;
		const key = style * 65_536 + next;
		let change = changes.get(key);
		if (change === undefined) {
			change = sgrBetween(style, next);
			changes.set(key, change);
		}
		out += change;
		style = next;
	}
	function moveTo(toRow: number, toColumn: number): void {
		out += jump(toRow === row ? column : -1, toRow, toColumn);
		row = toRow;
		column = toColumn;
	}
	/** A character that some terminals take for wider or narrower: its cells are blanked first, and the cursor is placed anew behind it. */
	function putUnsure(code: number, width: number, left: number): boolean {
		if (ascii || left <= width) {
			// At the right edge it might wrap into the next row.
			out += ascii ? "?".repeat(width) : String.fromCodePoint(REPLACEMENT) + " ".repeat(width - 1);
			column += width;
			return false;
		}
		const at = column;
		out += " ".repeat(width) + jump(-1, row, at) + String.fromCodePoint(code);
		column = -1;
		return true;
	}
	return {
		moveTo,
		put(character, wanted, left) {
			setStyle(look(wanted));
			const code = codeOf(character);
			if (isUnsure(character)) return putUnsure(code, isWide(character) ? 2 : 1, left);
			out += String.fromCodePoint(ascii && code > 0x7e ? asciiOf(code) : code);
			column++;
			return false;
		},
		eraseEnd() {
			setStyle(PLAIN);
			out += "\u001b[K";
		},
		column: () => column,
		hasStyle: (wanted) => look(wanted) === style,
		take() {
			setStyle(PLAIN);
			const written = out;
			out = "";
			row = -1;
			column = -1;
			return written;
		},
	};
}

/** Moves the cursor to a cell, from a column of the same row or from anywhere (-1). */
function jump(from: number, row: number, to: number): string {
	if (from === to) return "";
	if (from >= 0 && to > from) return to === from + 1 ? "\u001b[C" : `\u001b[${to - from}C`;
	return to === 0 ? `\u001b[${row + 1}H` : `\u001b[${row + 1};${to + 1}H`;
}

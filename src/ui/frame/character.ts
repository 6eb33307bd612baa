import { cellWidth } from "../../print/line.ts";
import { isGlyph } from "./glyphs.ts";

/**
 * A character as a cell holds it: its code point, plus marks in the bits above. A cell only ever holds something printable: control
 * and format characters never become one, whoever painted them (security rule S-14).
 */
export type CellCharacter = number;

const CODE = 0x1f_ffff;
const WIDE = 1 << 21;
const UNSURE = 1 << 22;

export const BLANK: CellCharacter = 0x20;
/** The right half of a wide character. */
export const RIGHT_HALF: CellCharacter = 0;
/** Stands for what cannot be shown. */
export const REPLACEMENT: CellCharacter = 0xfffd;

export function codeOf(character: CellCharacter): number {
	return character & CODE;
}

/** True for the left half of a character of two cells. */
export function isWide(character: CellCharacter): boolean {
	return (character & WIDE) !== 0;
}

/** True where terminals disagree about the width: after such a character the cursor must be placed anew. */
export function isUnsure(character: CellCharacter): boolean {
	return (character & UNSURE) !== 0;
}

/** Reports each character of a text with its width in cells, 1 or 2, or null for one that takes no room and is left out. */
export type Put = (character: CellCharacter, width: 1 | 2) => void;

const SIMPLE = /^[\x20-\x7e\u{a1}-\u{ac}\u{ae}-\u{2ff}\u{2500}-\u{259f}·…⚠▲▼●■❯✓✗⏸↑↓←→–—≥≤\u{fffd}]*$/u;
/** Nothing of this may reach a terminal. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Hands the characters of a text to `put` in order. Widths add up to `cellWidth` of the text, apart from control characters. */
export function eachCharacter(text: string, put: Put): void {
	if (SIMPLE.test(text)) {
		for (let index = 0; index < text.length; index++) put(text.charCodeAt(index), 1);
		return;
	}
	// Marks are composed where Unicode has the letter, and left out where it has not: a cell is one code point.
	for (const { segment } of graphemes.segment(text.normalize("NFC"))) putGrapheme(segment, put);
}

function putGrapheme(grapheme: string, put: Put): void {
	const code = grapheme.codePointAt(0) ?? 0;
	const first = String.fromCodePoint(code);
	const width = cellWidth(grapheme);
	if (width <= 0) return;
	if (UNPRINTABLE.test(first) || cellWidth(first) !== width) {
		// Flags and the like, which only terminals that know them show in so many cells.
		for (let cell = 0; cell < width; cell++) put(REPLACEMENT, 1);
	} else if (width === 2) put(code | WIDE | UNSURE, 2);
	else put(isSure(code) ? code : code | UNSURE, 1);
}

/** Letters and signs that every terminal shows in one cell. */
function isSure(code: number): boolean {
	return (code >= 0x20 && code < 0x7f) || (code > 0xa0 && code < 0x300) || (code >= 0x370 && code < 0x530) || isGlyph(code) || code === REPLACEMENT;
}

import stringWidth from "string-width";

/**
 * What a piece of text means; colours follow from it (print/palette.ts for lines, ui/theme.ts for the screen), and never carry the
 * meaning alone. `live` is reserved for the LIVE badge, `alarm` for a tripped breaker and KILLED.
 */
export type Tone = "plain" | "strong" | "faint" | "good" | "warn" | "bad" | "accent" | "virtual" | "demo" | "live" | "alarm" | "selected" | "key";

/** A run of text of one tone, without line ends. Text from outside must have passed `cleanText` before. */
export type Span = { readonly text: string; readonly tone: Tone };

/** One row of a pane, of a dialog or of the printed summary. */
export type Line = readonly Span[];

export function span(text: string, tone: Tone = "plain"): Span {
	return { text, tone };
}

/** A line from its parts; a bare string is `plain`. */
export function line(...parts: readonly (string | Span)[]): Line {
	return parts.map((part) => (typeof part === "string" ? span(part) : part));
}

/** The text of a line without its tones. */
export function textOf(row: Line): string {
	return row.map((part) => part.text).join("");
}

/** ASCII and the cockpit's own glyphs, of one code unit and one cell each: most texts, and counting them is a hundred times cheaper. */
const NARROW = /^[\x20-\x7e⚠▲▼●■❯✓✗⏸█▏░─│╭╮╰╯┼┤├┬┴┌┐└┘╴╶↑↓←→·…]*$/;

const CHARACTERS = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Columns of a terminal that a text fills: wide characters count two, marks none. */
export function cellWidth(text: string): number {
	return NARROW.test(text) ? text.length : stringWidth(text);
}

/** Columns that a line fills. */
export function lineWidth(row: Line): number {
	let width = 0;
	for (const part of row) width += cellWidth(part.text);
	return width;
}

/** The text cut at `width` columns, with an ellipsis where something is missing. */
export function clipText(text: string, width: number): string {
	if (cellWidth(text) <= width) return text;
	if (width <= 0) return "";
	if (NARROW.test(text)) return `${text.slice(0, width - 1)}…`;
	let kept = "";
	let used = 0;
	// By what is seen as one character: a mark or selector behind a letter may change its width.
	for (const { segment } of CHARACTERS.segment(text)) {
		const wide = cellWidth(segment);
		if (used + wide > width - 1) break;
		kept += segment;
		used += wide;
	}
	return `${kept}…`;
}

/** The end of a text that fits into `width` columns: what is being typed is seen where it grows. */
export function endOfText(text: string, width: number): string {
	const characters = Array.from(CHARACTERS.segment(text), ({ segment }) => segment);
	let used = 0;
	let from = characters.length;
	while (from > 0) {
		used += cellWidth(characters[from - 1] ?? "");
		if (used > width) break;
		from--;
	}
	return characters.slice(from).join("");
}

/** The text in exactly `width` columns: cut, or filled with blanks on the other side of `align`. */
export function fitText(text: string, width: number, align: "left" | "right" = "left"): string {
	const cut = clipText(text, width);
	const blanks = " ".repeat(Math.max(0, width - cellWidth(cut)));
	return align === "left" ? cut + blanks : blanks + cut;
}

/** The line cut at `width` columns. */
export function clipLine(row: Line, width: number): Line {
	if (lineWidth(row) <= width) return row;
	const kept: Span[] = [];
	let left = width;
	for (const part of row) {
		const wide = cellWidth(part.text);
		if (wide < left) kept.push(part);
		else {
			const isLast = wide === left && part === row.at(-1);
			kept.push(isLast ? part : span(clipText(`${part.text} `, left), part.tone));
			break;
		}
		left -= wide;
	}
	return kept;
}

/** The line in exactly `width` columns. */
export function fitLine(row: Line, width: number, tone: Tone = "plain"): Line {
	const wide = lineWidth(row);
	const cut = wide > width ? clipLine(row, width) : row;
	const blanks = width - (cut === row ? wide : lineWidth(cut));
	return blanks > 0 ? [...cut, span(" ".repeat(blanks), tone)] : cut;
}

/** What `--ascii` shows instead of each glyph that the cockpit draws: one cell for one cell. Whatever is not in the table becomes `?`. */
const ASCII_OF: Readonly<Record<string, string>> = {
	"⚠": "!",
	"▲": "^",
	"▼": "v",
	"●": "*",
	"■": "#",
	"❯": ">",
	"✓": "+",
	"✗": "x",
	"⏸": "=",
	"█": "#",
	"▏": "|",
	"░": ".",
	"─": "-",
	"│": "|",
	"╭": "+",
	"╮": "+",
	"╰": "+",
	"╯": "+",
	"┼": "+",
	"┤": "|",
	"├": "|",
	"┬": "+",
	"┴": "+",
	"┌": "+",
	"┐": "+",
	"└": "+",
	"┘": "+",
	"╴": "-",
	"╶": "-",
	"↑": "^",
	"↓": "v",
	"←": "<",
	"→": ">",
	"·": ".",
	"•": "*",
	"…": "~",
	"–": "-",
	"—": "-",
	"‘": "'",
	"’": "'",
	"“": '"',
	"”": '"',
	"×": "x",
	"≥": ">",
	"≤": "<",
	"±": "~",
	"\u{a0}": " ",
};

const BY_CODE = new Map(Object.entries(ASCII_OF).map(([glyph, ascii]) => [glyph.codePointAt(0) ?? 0, ascii.charCodeAt(0)]));

/** Code point of the ASCII stand-in for a code point beyond ASCII. */
export function asciiOf(code: number): number {
	return BY_CODE.get(code) ?? 0x3f;
}

/** True for the glyphs above, on whose width of one cell terminals agree. */
export function isGlyph(code: number): boolean {
	return BY_CODE.has(code);
}

/**
 * How a cell looks, packed into a number so that grids are flat arrays: bits 0-4 the colour of the text, 5-9 that of the ground
 * (0 = the terminal's own, 1-16 = entry 0-15 of the user's palette), then bold, dim, underline and inverse.
 */
export type Style = number;

export const PLAIN: Style = 0;

const GROUND = 5;
const COLOUR = 0b11111;
const BOLD = 1 << 10;
const DIM = 1 << 11;
const UNDERLINE = 1 << 12;
const INVERSE = 1 << 13;

/** Entries of the 16-colour palette. */
const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", "grey", "", "", "", "", "", "", "bright white"] as const;

/** A colour that every terminal has; its look is the user's own choice. */
export type Colour = Exclude<(typeof COLOURS)[number], "">;

/** A look in words. */
export type Look = {
	readonly text?: Colour;
	readonly ground?: Colour;
	readonly bold?: boolean;
	readonly dim?: boolean;
	readonly underline?: boolean;
	readonly inverse?: boolean;
};

/** The packed form of a look. */
export function styleOf(look: Look): Style {
	const entry = (colour: Colour | undefined): number => (colour === undefined ? 0 : COLOURS.indexOf(colour) + 1);
	return (
		entry(look.text) |
		(entry(look.ground) << GROUND) |
		(look.bold === true ? BOLD : 0) |
		(look.dim === true ? DIM : 0) |
		(look.underline === true ? UNDERLINE : 0) |
		(look.inverse === true ? INVERSE : 0)
	);
}

/** The same emphasis without colours (`NO_COLOR`): a coloured ground becomes inverse; dim goes, since it is hard to read on many terminals. */
export function withoutColours(style: Style): Style {
	const ground = (style >> GROUND) & COLOUR;
	return (style & (BOLD | UNDERLINE | INVERSE)) | (ground === 0 ? 0 : INVERSE);
}

const SWITCHES: Readonly<Record<number, (style: Style) => Style>> = {
	0: () => PLAIN,
	1: (style) => style | BOLD,
	2: (style) => style | DIM,
	4: (style) => style | UNDERLINE,
	7: (style) => style | INVERSE,
	22: (style) => style & ~(BOLD | DIM),
	24: (style) => style & ~UNDERLINE,
	27: (style) => style & ~INVERSE,
	39: (style) => style & ~COLOUR,
	49: (style) => style & ~(COLOUR << GROUND),
};

/** The style after `ESC [ parameters m`; what a 16-colour palette does not have is passed over. */
export function applySgr(style: Style, parameters: string): Style {
	const codes = parameters.split(";").map(Number);
	let result = style;
	for (let index = 0; index < codes.length; index++) {
		const code = codes[index] ?? 0;
		const colour = paletteEntry(code);
		if (code === 38 || code === 48) index += codes[index + 1] === 2 ? 4 : 2;
		else if (colour !== null) result = (result & ~(COLOUR << colour.shift)) | (colour.entry << colour.shift);
		else result = SWITCHES[code]?.(result) ?? result;
	}
	return result;
}

function paletteEntry(code: number): { readonly entry: number; readonly shift: number } | null {
	if (code >= 30 && code <= 37) return { entry: code - 29, shift: 0 };
	if (code >= 90 && code <= 97) return { entry: code - 81, shift: 0 };
	if (code >= 40 && code <= 47) return { entry: code - 39, shift: GROUND };
	if (code >= 100 && code <= 107) return { entry: code - 91, shift: GROUND };
	return null;
}

/** The codes that turn a plain style into this one. */
export function sgrCodes(style: Style): readonly number[] {
	const text = style & COLOUR;
	const ground = (style >> GROUND) & COLOUR;
	const codes: number[] = [];
	if ((style & BOLD) !== 0) codes.push(1);
	if ((style & DIM) !== 0) codes.push(2);
	if ((style & UNDERLINE) !== 0) codes.push(4);
	if ((style & INVERSE) !== 0) codes.push(7);
	if (text > 0) codes.push(text <= 8 ? text + 29 : text + 81);
	if (ground > 0) codes.push(ground <= 8 ? ground + 39 : ground + 91);
	return codes;
}

/** The shortest sequence that changes the terminal from one style to the other; empty when they are the same. */
export function sgrBetween(from: Style, to: Style): string {
	if (from === to) return "";
	if (to === PLAIN) return "\u001b[m";
	// Adding to what is on is shorter than starting anew, but only possible when nothing goes off.
	const on = sgrCodes(from);
	const wanted = sgrCodes(to);
	const kept = on.every((code) => wanted.includes(code) || sameColourKind(code, wanted));
	const codes = kept ? wanted.filter((code) => !on.includes(code)) : [0, ...wanted];
	return `\u001b[${codes.join(";")}m`;
}

/** True when `wanted` sets another colour of the same kind (text or ground), which replaces this one. */
function sameColourKind(code: number, wanted: readonly number[]): boolean {
	const kind = paletteEntry(code)?.shift;
	return kind !== undefined && wanted.some((other) => paletteEntry(other)?.shift === kind);
}

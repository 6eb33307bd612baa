import type { Line, Tone } from "./line.ts";
import type { Palette } from "./palette.ts";

/** How the plain command line shows a tone; it has fewer styles than the screen. */
const STYLES: Readonly<Record<Tone, Exclude<keyof Palette, "colours"> | null>> = {
	plain: null,
	strong: "strong",
	faint: "faint",
	good: "good",
	warn: "warn",
	bad: "bad",
	accent: "accent",
	virtual: "accent",
	demo: "warn",
	live: "bad",
	alarm: "bad",
	selected: "strong",
	key: "accent",
};

/** A line as the plain command line prints it: coloured where the terminal has colours. */
export function colouredText(row: Line, palette: Palette): string {
	return row
		.map(({ text, tone }) => {
			const style = STYLES[tone];
			return style === null ? text : palette[style](text);
		})
		.join("");
}

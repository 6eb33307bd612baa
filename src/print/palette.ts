/** Colours by meaning. On a plain output every function returns its text as it is. */
export type Palette = {
	readonly colours: boolean;
	strong(text: string): string;
	faint(text: string): string;
	good(text: string): string;
	warn(text: string): string;
	bad(text: string): string;
	accent(text: string): string;
};

type Stream = { readonly isTTY?: boolean };

/** Colours for a terminal that shows them: not for files and pipes, `NO_COLOR`, or `TERM=dumb`. `FORCE_COLOR` (not 0) turns them on anyway. */
export function paletteFor(stream: Stream, env: Readonly<Record<string, string | undefined>>): Palette {
	if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return createPalette(false);
	if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false") return createPalette(true);
	return createPalette(stream.isTTY === true && env.TERM !== "dumb");
}

export function createPalette(colours: boolean): Palette {
	const style = (open: number, close: number) => (text: string) => (colours && text !== "" ? `\u001b[${open}m${text}\u001b[${close}m` : text);
	return { colours, strong: style(1, 22), faint: style(2, 22), good: style(32, 39), warn: style(33, 39), bad: style(31, 39), accent: style(36, 39) };
}

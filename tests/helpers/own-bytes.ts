import { SHOWS_HOSTILE } from "./hostile.ts";

const ESC = "\u001b";

/** What the program says to a terminal when it takes the screen and when it gives it back. */
export const ENTER = `${ESC}[?1049h${ESC}[?25l${ESC}[?7l${ESC}[8l${ESC}[?1000l${ESC}[?1002l${ESC}[?1003l${ESC}[?1006l${ESC}[?2004l${ESC}[m`;
export const LEAVE = `${ESC}[?2026l${ESC}[m${ESC}[8h${ESC}[?7h${ESC}[?25h${ESC}[?1049l`;

/** Where the terminal is: on the normal screen, on ours between two frames, or within a frame. */
type Place = "normal" | "screen" | "frame";

const SGR = `${ESC}\\[[\\d;]*m`;
const TEXT = `[^${ESC}\\p{Cc}]+`;

/** What may stand at a place, and where that leads; the first that fits counts. Nothing else ever reaches a terminal from us. */
const ALLOWED: Readonly<Record<Place, readonly (readonly [RegExp, Place])[]>> = {
	normal: [
		[literal(ENTER), "screen"],
		[sticky(`${SGR}|${TEXT}|\\r?\\n|\\r(?:${ESC}\\[2K)?|${ESC}\\[\\d+A\\r${ESC}\\[0J`), "normal"],
	],
	screen: [
		[literal(LEAVE), "normal"],
		[literal(ENTER), "screen"],
		[sticky("\u0007"), "screen"],
		[literal(`${ESC}[?2026h`), "frame"],
	],
	frame: [
		// A terminal that was full may have got only the beginning of a sequence before the end.
		[sticky(`(?:${ESC}(?:\\[[\\d;?]*)?)?${escaped(LEAVE)}`), "normal"],
		[literal(`${ESC}[?2026l`), "screen"],
		[sticky(`${SGR}|${TEXT}|${ESC}\\[(?:\\d+(?:;\\d+)?H|\\d*C|K|\\?25l)`), "frame"],
	],
};

/**
 * The first thing in what a terminal received that is not ours, with what stands around it; null when there is none. Ours: on the normal
 * screen text, line ends, colours, and going up over a progress of several lines to draw it anew; on the alternate screen whole frames between ?2026h and ?2026l, made of moves, colours, erasing to the
 * end of the row and text, so never a clear of the screen and never a line feed; and the two sequences that take and give back the screen.
 */
export function foreignBytes(received: string): string | null {
	let place: Place = "normal";
	let at = 0;
	while (at < received.length) {
		const step = stepFrom(place, received, at);
		if (step === null) return around(`on the ${place}`, received, at);
		place = step.to;
		at += step.length;
	}
	return null;
}

function stepFrom(place: Place, received: string, at: number): { readonly to: Place; readonly length: number } | null {
	for (const [pattern, to] of ALLOWED[place]) {
		pattern.lastIndex = at;
		const found = pattern.exec(received)?.[0] ?? "";
		if (found === "") continue;
		const isText = !/^\p{Cc}/u.test(found);
		return isText && SHOWS_HOSTILE.test(found) ? null : { to, length: found.length };
	}
	return null;
}

/** SGR sequences that choose a colour; attributes such as bold and reverse are none. */
export function coloursIn(received: string): readonly string[] {
	const all = received.match(new RegExp(SGR, "gu")) ?? [];
	return all.filter((sequence) => /(?:^|;)(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;|$)/.test(sequence.slice(2, -1)));
}

function around(where: string, received: string, at: number): string {
	return `${where}: ${JSON.stringify(received.slice(at, at + 60))} behind ${JSON.stringify(received.slice(Math.max(0, at - 60), at))}`;
}

function sticky(pattern: string): RegExp {
	return new RegExp(pattern, "uy");
}

function literal(text: string): RegExp {
	return sticky(escaped(text));
}

function escaped(text: string): string {
	return text.replace(/[[\]?*+.()|\\^$]/g, "\\$&");
}

import type { Tone } from "../print/line.ts";
import { type Look, PLAIN, type Style, sgrCodes, styleOf } from "./frame/style.ts";

/**
 * What each tone looks like, in the user's own 16 colours. Magenta belongs to LIVE alone, the red ground to alarms alone; without
 * colours a ground becomes inverse (`withoutColours`), so that badges and the selected row still stand out.
 */
const LOOKS: Readonly<Record<Tone, Look>> = {
	plain: {},
	strong: { bold: true },
	faint: { dim: true },
	good: { text: "green" },
	warn: { text: "yellow" },
	bad: { text: "red", bold: true },
	accent: { text: "cyan" },
	virtual: { text: "black", ground: "cyan" },
	demo: { text: "black", ground: "yellow" },
	live: { text: "bright white", ground: "magenta", bold: true },
	alarm: { text: "bright white", ground: "red", bold: true },
	selected: { inverse: true },
	key: { text: "cyan", bold: true },
};

const STYLES = Object.fromEntries(Object.entries(LOOKS).map(([tone, look]) => [tone, styleOf(look)])) as Readonly<Record<Tone, Style>>;

/** The style of a tone for the compositor. */
export function toneStyle(tone: Tone): Style {
	return STYLES[tone];
}

/**
 * The text in this tone for ink (`<Text>{toneText("LIVE", "live")}</Text>`). Ink's own colour properties ask the environment which colours
 * there are and may find none; these sequences always reach the compositor, which knows.
 */
export function toneText(text: string, tone: Tone): string {
	const style = toneStyle(tone);
	if (style === PLAIN || text === "") return text;
	// Single codes with their own ends: ink cuts styled text only along pairs that it knows.
	const codes = sgrCodes(style);
	const open = codes.map((code) => `\u001b[${code}m`).join("");
	const close = [...codes].reverse().map((code) => `\u001b[${endOf(code)}m`);
	return `${open}${text}${close.join("")}`;
}

function endOf(code: number): number {
	if (code === 1 || code === 2) return 22;
	if (code === 4) return 24;
	if (code === 7) return 27;
	return (code >= 40 && code < 50) || code >= 100 ? 49 : 39;
}

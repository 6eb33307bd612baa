import { describe, expect, it } from "vitest";
import type { Tone } from "../../src/print/line.ts";
import { applySgr, PLAIN, sgrCodes, withoutColours } from "../../src/ui/frame/style.ts";
import { toneStyle, toneText } from "../../src/ui/theme.ts";

const TONES: readonly Tone[] = ["plain", "strong", "faint", "good", "warn", "bad", "accent", "virtual", "demo", "live", "alarm", "selected", "key"];
const OTHERS = (tone: Tone): readonly Tone[] => TONES.filter((other) => other !== tone);

/** Palette entries of text and ground, 0 to 15. */
function coloursOf(tone: Tone): readonly number[] {
	return sgrCodes(toneStyle(tone))
		.filter((code) => code >= 30)
		.map((code) => (code >= 90 ? (code % 10) + 8 : code % 10));
}

const MAGENTA = 5;
const RED_GROUND = 41;

describe("the theme", () => {
	it("keeps the colour of LIVE for LIVE, light or dark", () => {
		expect(coloursOf("live")).toContain(MAGENTA);
		for (const tone of OTHERS("live")) expect(coloursOf(tone), tone).not.toEqual(expect.arrayContaining([MAGENTA]));
		for (const tone of OTHERS("live")) expect(coloursOf(tone), tone).not.toEqual(expect.arrayContaining([MAGENTA + 8]));
	});

	it("shows an alarm as nothing else: bold white on red", () => {
		expect(sgrCodes(toneStyle("alarm"))).toEqual([1, 97, RED_GROUND]);
		for (const tone of OTHERS("alarm")) expect(sgrCodes(toneStyle(tone)), tone).not.toContain(RED_GROUND);
	});

	it("gives every tone a look of its own", () => {
		expect(new Set(TONES.map(toneStyle)).size).toBe(TONES.length);
	});

	it.each<[Tone, readonly number[]]>([
		["plain", []],
		["strong", [1]],
		["faint", []],
		["good", []],
		["bad", [1]],
		["live", [1, 7]],
		["alarm", [1, 7]],
		["virtual", [7]],
		["demo", [7]],
		["selected", [7]],
	])("without colours %s keeps its emphasis", (tone, codes) => {
		expect(sgrCodes(withoutColours(toneStyle(tone)))).toEqual(codes);
	});

	it.each(TONES)("text for ink in %s has the style of that tone, and ends it", (tone) => {
		const text = toneText("x", tone);
		const [before = "", after = ""] = text.split("x");
		const run = (sequences: string, from: number): number =>
			sequences
				.split("\u001b[")
				.filter((sequence) => sequence !== "")
				.reduce((style, sequence) => applySgr(style, sequence.slice(0, -1)), from);
		expect(run(before, PLAIN)).toBe(toneStyle(tone));
		expect(run(after, toneStyle(tone))).toBe(PLAIN);
	});
});

import fc from "fast-check";
import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { cellWidth, clipLine, clipText, endOfText, fitLine, fitText, type Line, lineWidth, span, textOf } from "../../src/print/line.ts";

const GLYPHS = "⚠▲▼●■❯✓✗⏸█▏░─│╭╮╰╯┼┤├┬┴┌┐└┘╴╶↑↓←→·…";
const text = fc
	.array(fc.oneof(fc.string(), fc.constantFrom(...GLYPHS, "東京", "😀", "e\u0301", "⚠\ufe0f", "\u200b", "ｱ", "Ω")), { maxLength: 12 })
	.map((parts) => parts.join(""));
const lines = fc.array(
	text.map((part) => span(part)),
	{ maxLength: 5 },
);

describe("the width of text", () => {
	it.each([...GLYPHS])("%s fills one cell", (glyph) => {
		expect([cellWidth(glyph), stringWidth(glyph), glyph.length]).toEqual([1, 1, 1]);
	});

	it("is what the terminal's rules say, on the short way as on the long one", () => {
		fc.assert(
			fc.property(text, (any) => {
				expect(cellWidth(any)).toBe(stringWidth(any));
			}),
		);
	});

	it.each([
		["wide letters", "東京", 4],
		["a combining mark", "e\u0301", 1],
		["a sign made an emoji by a selector", "⚠\ufe0f", 2],
		["nothing", "", 0],
	])("%s", (_, given, width) => {
		expect(cellWidth(given)).toBe(width);
	});
});

describe("cutting and filling", () => {
	it.each<[string, string, number, string]>([
		["what fits stays", "abc", 3, "abc"],
		["what does not ends in an ellipsis", "abcd", 3, "ab…"],
		["a wide letter is not halved", "東京", 3, "東…"],
		["no room", "abc", 0, ""],
		["room for one", "abc", 1, "…"],
	])("%s", (_, given, width, expected) => {
		expect(clipText(given, width)).toBe(expected);
	});

	it("keeps numbers at the right", () => {
		expect([fitText("1.5", 6, "right"), fitText("1.5", 6)]).toEqual(["   1.5", "1.5   "]);
	});

	it("never gives a line wider than asked, and fills to the width exactly", () => {
		fc.assert(
			fc.property(lines, fc.integer({ min: 1, max: 40 }), (row: Line, width) => {
				expect(lineWidth(clipLine(row, width))).toBeLessThanOrEqual(width);
				expect(lineWidth(fitLine(row, width))).toBe(width);
			}),
		);
	});

	it("leaves a line that fits as it is", () => {
		const row = [span("ab"), span("cd", "good")];
		expect(clipLine(row, 4)).toBe(row);
		expect(textOf(clipLine(row, 3))).toBe("ab…");
	});
});

describe("the end of a text", () => {
	it.each<[string, string, number, string]>([
		["what fits stays", "abc", 3, "abc"],
		["else its end", "abcdef", 3, "def"],
		["wide letters count two", "a東京", 3, "京"],
		["a letter keeps its mark", "ae\u0301", 1, "e\u0301"],
		["no room", "abc", 0, ""],
	])("%s", (_name, given, width, end) => {
		expect(endOfText(given, width)).toBe(end);
	});
});

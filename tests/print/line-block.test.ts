import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Line, line, lineWidth, span, textOf } from "../../src/print/line.ts";
import { beside, bullet, cell, lineTable, ruleLine, spread, titled, wrapped } from "../../src/print/line-block.ts";

describe("blocks of lines", () => {
	it("aligns a table by its widest cells, numbers to the right, and keeps tones", () => {
		const rows = lineTable(
			[
				[cell("a", "faint"), cell("n")],
				[cell("long name"), cell("12.5", "bad")],
				[cell("x"), cell("")],
			],
			[1],
		);
		expect(rows.map(textOf)).toEqual(["a             n", "long name  12.5", "x"]);
		expect(rows[1]?.at(-1)).toEqual(span("12.5", "bad"));
	});

	it("counts cells, not characters", () => {
		expect(
			lineTable([
				[cell("東京"), cell("1")],
				[cell("abcd"), cell("2")],
			]).map(textOf),
		).toEqual(["東京  1", "abcd  2"]);
	});

	it("breaks what is too long for its section and gives up its tones", () => {
		expect(titled("Title", [line("short ", span("bad", "bad")), line("one two three four")], 14)).toEqual([
			[span("Title", "strong")],
			[span("  "), span("short "), span("bad", "bad")],
			[span("  "), span("one two")],
			[span("  "), span("three four")],
		]);
	});

	it("puts blocks side by side, the longer one deciding the height", () => {
		const [left, right]: [Line[], Line[]] = [
			[line("a"), line("b")],
			[line("x"), [], line("z")],
		];
		expect(beside(left, right, 4, 1).map(textOf)).toEqual(["a    x", "b", "     z"]);
	});

	it("hangs the further lines of a bullet below its first word", () => {
		expect(bullet("one two three", 9).map(textOf)).toEqual(["· one two", "  three"]);
	});

	it.each([
		[spread(line("a"), line("b"), 6), "a    b"],
		[spread(line("long"), line("text"), 5), "long text"],
		[ruleLine(5), "─────"],
		[ruleLine(12, "Here"), "── Here ────"],
		[ruleLine(0), ""],
	])("draws %#", (row, text) => {
		expect(textOf(row)).toBe(text);
	});

	it("wraps into the width whatever the text", () => {
		fc.assert(
			fc.property(fc.string(), fc.integer({ min: 1, max: 60 }), (text, width) => {
				for (const row of wrapped(text.replace(/[^\x20-\x7e]/g, "."), width)) expect(lineWidth(row)).toBeLessThanOrEqual(width);
			}),
		);
	});
});

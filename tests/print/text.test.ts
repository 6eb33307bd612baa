import { describe, expect, it } from "vitest";
import { createPalette, paletteFor } from "../../src/print/palette.ts";
import {
	clip,
	formatBytes,
	formatCount,
	formatMoney,
	formatNumber,
	formatSeconds,
	formatSigned,
	formatTime,
	table,
	visibleLength,
	wrap,
} from "../../src/print/text.ts";

describe("figures for people", () => {
	it.each([
		[formatMoney(10_012.5, "USD"), "10,012.50 USD"],
		[formatMoney(-1_234_567.891, "USD"), "-1,234,567.89 USD"],
		[formatSigned(12.5, "EUR"), "+12.50 EUR"],
		[formatSigned(-0.01, "EUR"), "-0.01 EUR"],
		[formatCount(1_040_235), "1,040,235"],
		[formatTime(1_706_693_400_000), "2024-01-31 09:30"],
		[formatTime(Number.NaN), "unknown time"],
		[formatSeconds(59.4), "59 s"],
		[formatSeconds(720), "12 min"],
		[formatSeconds(725), "12 min 5 s"],
		[formatSeconds(12_000), "3 h 20 min"],
		[formatSeconds(187_200), "2 d 4 h"],
		[formatBytes(812), "812 B"],
		[formatBytes(41_000), "41.0 kB"],
		[formatBytes(78_500_123_456), "78.5 GB"],
		[formatNumber(2.7), "2.7"],
		[formatNumber(0.55123), "0.5512"],
		[formatNumber(-3), "-3"],
		[formatNumber(123.456), "123.5"],
	])("%s", (text, expected) => {
		expect(text).toBe(expected);
	});
});

describe("lines", () => {
	it("are cut with an ellipsis", () => {
		expect(clip("abcdef", 4)).toBe("abc…");
		expect(clip("abc", 4)).toBe("abc");
	});

	it("are wrapped at blanks, long words in pieces", () => {
		expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
		expect(wrap("a /very/long/path b", 6)).toEqual(["a", "/very/", "long/p", "ath b"]);
		expect(wrap("", 10)).toEqual([]);
	});

	it("align in tables, colours aside", () => {
		const { bad } = createPalette(true);
		expect(
			table(
				[
					["a", "1"],
					[bad("bbb"), "22"],
				],
				[1],
			),
		).toEqual(["a     1", `${bad("bbb")}  22`]);
		expect(visibleLength(bad("bbb"))).toBe(3);
	});
});

describe("colours", () => {
	it.each([
		[{ isTTY: true }, {}, true],
		[{ isTTY: true }, { NO_COLOR: "1" }, false],
		[{ isTTY: true }, { NO_COLOR: "" }, true],
		[{ isTTY: true }, { TERM: "dumb" }, false],
		[{ isTTY: false }, {}, false],
		[{}, { FORCE_COLOR: "1" }, true],
		[{}, { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
	])("%j with %j: %s", (stream, env, colours) => {
		expect(paletteFor(stream, env).colours).toBe(colours);
	});
});

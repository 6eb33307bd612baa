import { describe, expect, it } from "vitest";
import { cleanText } from "../../src/adapters/clean-text.ts";

const ESC = "\u001b";

describe("outside text", () => {
	it.each([
		["plain text", "EURUSD_M15.csv", "EURUSD_M15.csv"],
		["letters of any script", "Zürich 東京 Ωμέγα", "Zürich 東京 Ωμέγα"],
		["a colour", `${ESC}[31mred${ESC}[0m`, "�red�"],
		["a cursor jump", `a${ESC}[2J${ESC}[Hb`, "a�b"],
		["a window title (OSC 0, BEL)", `${ESC}]0;pwned\u0007x`, "�x"],
		["the clipboard (OSC 52, ST)", `${ESC}]52;c;ZXZpbA==${ESC}\\x`, "�x"],
		["a link (OSC 8)", `${ESC}]8;;http://evil${ESC}\\text${ESC}]8;;${ESC}\\`, "�text�"],
		["an unfinished OSC", `${ESC}]0;never ends`, "�"],
		["a DCS", `${ESC}P+q544e${ESC}\\x`, "�x"],
		["C1 CSI", "\u009b31mred", "�red"],
		["C1 OSC", "\u009d0;title\u009cx", "�x"],
		["an escape at the end", `abc${ESC}`, "abc�"],
		["a charset switch", `${ESC}(0lqk`, "�lqk"],
		["a terminal reset", `${ESC}cx`, "�x"],
		["NUL, BEL, BS, CR, LF, TAB, DEL", "a\u0000\u0007\b\r\n\t\u007fb", "a�b"],
		["right-to-left override", "gpj.\u202eexe", "gpj.�exe"],
		["bidi isolates", "\u2066x\u2069", "�x�"],
		["zero-width characters", "EUR\u200bUSD\u200d\ufeff", "EUR�USD�"],
		["line and paragraph separators", "a\u2028b\u2029c", "a�b�c"],
		["soft hyphen and fillers", "a\u00adb\u3164c", "a�b�c"],
		["variation selectors and tags", "a\ufe0fb\u{e0041}c", "a�b�c"],
		["a lone surrogate", "a\ud800b", "a�b"],
		["many bad ones in a row as one", "\u0001\u0002\u0003", "�"],
		["nothing", "", ""],
	])("%s", (_, from, to) => {
		expect(cleanText(from)).toBe(to);
	});

	it("is cut at the length asked for, by characters and not by halves of them", () => {
		expect(cleanText("abcdef", 4)).toBe("abc…");
		expect(cleanText("😀😀😀", 2)).toBe("😀…");
		expect(cleanText("abcd", 4)).toBe("abcd");
	});

	it("is not slow on long hostile input", () => {
		expect(Array.from(cleanText(`${ESC}[`.repeat(1_000_000), 50)).length).toBeLessThanOrEqual(50);
	});
});

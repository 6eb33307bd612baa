import { describe, expect, it } from "vitest";
import { csvLine } from "../../src/print/csv.ts";

describe("a CSV row", () => {
	it.each([
		["numbers as they are", [1, -2.5, 1e-7], "1,-2.5,1e-7\r\n"],
		["nothing for null and for what is no number", [null, Number.NaN, Number.POSITIVE_INFINITY], ",,\r\n"],
		["commas and quotes quoted", ["a,b", 'say "hi"'], '"a,b","say ""hi"""\r\n'],
		["formulas as text", ["=1+1", "+cmd", "-2", "@SUM(A1)"], "'=1+1,'+cmd,'-2,'@SUM(A1)\r\n"],
		["a formula that needs quotes", ['=HYPERLINK("x","y")'], '"\'=HYPERLINK(""x"",""y"")"\r\n'],
		["a leading tab or line end as text", ["\t=1", "\r=1"], "'\u{FFFD}=1,'\u{FFFD}=1\r\n"],
		["control characters cleaned", ["a\u001b[31mb\nc"], "a\u{FFFD}b\u{FFFD}c\r\n"],
	])("%s", (_, cells, line) => {
		expect(csvLine(cells)).toBe(line);
	});
});

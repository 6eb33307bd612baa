import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applySgr, type Colour, PLAIN, sgrBetween, sgrCodes, styleOf } from "../../../src/ui/frame/style.ts";

const colour = fc.option(fc.constantFrom<Colour>("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", "grey", "bright white"), {
	nil: undefined,
});
const style = fc
	.record({ text: colour, ground: colour, bold: fc.boolean(), dim: fc.boolean(), underline: fc.boolean(), inverse: fc.boolean() })
	.map(({ text, ground, ...rest }) => styleOf({ ...rest, ...(text && { text }), ...(ground && { ground }) }));

describe("styles", () => {
	it("a change brings a terminal from any style to any other", () => {
		fc.assert(
			fc.property(style, style, (from, to) => {
				const sequence = sgrBetween(from, to);
				expect(sequence === "" ? from : applySgr(from, sequence.slice(2, -1))).toBe(to);
				expect(sequence === "").toBe(from === to);
			}),
		);
	});

	it.each<[string, string, readonly number[]]>([
		["nothing at all resets", "", []],
		["unknown codes do nothing", "1;58;99;3", [1]],
		["256 and true colours are passed over with their numbers", "38;5;31;1;48;2;4;7;31;7", [1, 7]],
		["ends", "1;4;7;31;42;22;24;27;39;49", []],
		["bright colours", "95;103", [95, 103]],
		["rubbish", "1;x;9999999999", [1]],
	])("%s", (_name, parameters, codes) => {
		expect(sgrCodes(applySgr(PLAIN, parameters))).toEqual(codes);
	});
});

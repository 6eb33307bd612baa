import { describe, expect, it } from "vitest";
import { parseArgs } from "../../src/args.ts";

const parse = (...argv: string[]) => parseArgs(["data", ...argv], "0.0.0");
const PREPARE = {
	name: "prepare",
	folder: "exports",
	split: { kind: "share", share: 0.7 },
	embargoBars: 500,
	symbols: null,
	out: null,
	force: false,
	json: false,
};

describe("kinetra data", () => {
	it.each<[string, readonly string[], object]>([
		["prepare", ["prepare", "exports"], PREPARE],
		["prepare with a share", ["prepare", "exports", "--split", "0.6"], { ...PREPARE, split: { kind: "share", share: 0.6 } }],
		["prepare until a day", ["prepare", "exports", "--train-until", "2025-01-01"], { ...PREPARE, split: { kind: "until", at: Date.UTC(2025, 0, 1) } }],
		[
			"prepare with everything else",
			["prepare", "exports", "--symbols", "EURUSD, GOLD", "--embargo", "0", "--out", "d", "--force", "--json"],
			{ ...PREPARE, symbols: ["EURUSD", "GOLD"], embargoBars: 0, out: "d", force: true, json: true },
		],
		["check", ["check", "exports", "--json"], { name: "check", folder: "exports", symbols: null, json: true }],
		["list", ["list", "--out", "d"], { name: "list", out: "d", json: false }],
		["nothing more: the list", [], { name: "list", out: null, json: false }],
	])("reads %s", (_name, argv, action) => expect(parse(...argv)).toEqual({ command: "data", action }));

	it.each<[string, readonly string[], RegExp]>([
		["an unknown word", ["prepar", "exports"], /did you mean "prepare"/],
		["no folder", ["prepare"], /argument 'DIR'/],
		["two folders", ["prepare", "a", "b"], /too many arguments/i],
		["two splits", ["prepare", "a", "--split", "0.5", "--train-until", "2025-01-01"], /Give one of them/],
		["a share of 70", ["prepare", "a", "--split", "70"], /--split: 70 is out of range. Allowed: 0.05 to 0.95/],
		["a day that is none", ["prepare", "a", "--train-until", "2025-02-30"], /--train-until: "2025-02-30" is not a date/],
		["half a bar of embargo", ["prepare", "a", "--embargo", "1.5"], /--embargo: 1.5 is not a whole number/],
		["an empty symbol", ["prepare", "a", "--symbols", "EURUSD,"], /--symbols: write names with commas/],
		["an empty path", ["prepare", ""], /DIR: give the path/],
		["an option of another command", ["prepare", "a", "--sed", "1"], /unknown option '--sed'.*kinetra help data/i],
	])("refuses %s", (_name, argv, message) => {
		expect(() => parse(...argv)).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) }));
	});
});

import { describe, expect, it } from "vitest";
import { parseArgs } from "../src/args.ts";
import { RUN_OPTIONS } from "../src/config/options.ts";
import { RULES } from "../src/engine/rules-table.ts";

function messageOf(...argv: string[]): string {
	try {
		parseArgs(argv, "1.2.3");
	} catch (error) {
		expect((error as { exitCode: number }).exitCode).toBe(2);
		return (error as Error).message;
	}
	throw new Error("it was accepted");
}

function helpOf(...argv: string[]): string {
	const request = parseArgs(argv, "1.2.3");
	if (request.command !== "help") throw new Error("not help");
	return request.text;
}

describe("the command line", () => {
	it.each([
		[[], { command: "open", options: { set: [] } }],
		[["--ascii"], { command: "open", options: { set: [], ascii: true } }],
		[["run"], { command: "run", options: { set: [] } }],
		[["run", "--ascii"], { command: "run", options: { set: [], ascii: true } }],
		[["--seed", "3"], { command: "run", options: { set: [], seed: 3 } }],
		[["run", "--max-trades", "none", "--speed", "max"], { command: "run", options: { set: [], maxTrades: null, speed: "max" } }],
		[["run", "--set", "rules.a=1", "--set", "rules.b=2"], { command: "run", options: { set: ["rules.a=1", "rules.b=2"] } }],
		[["run", "--from", "2024.01.31", "--to", "2024-02-01T12:30"], { command: "run", options: { set: [], from: 1_706_659_200_000, to: 1_706_790_600_000 } }],
		[["run", "--unlimited", "--json", "--on-exit", "keep"], { command: "run", options: { set: [], unlimited: true, json: true, onExit: "keep" } }],
		[["sessions"], { command: "sessions", action: { name: "list" }, json: false }],
		[["sessions", "--json"], { command: "sessions", action: { name: "list" }, json: true }],
		[["sessions", "list", "--json"], { command: "sessions", action: { name: "list" }, json: true }],
		[["sessions", "show", "last"], { command: "sessions", action: { name: "show", id: "last" }, json: false }],
		[["sessions", "replay", "01ABC", "--json"], { command: "sessions", action: { name: "replay", id: "01ABC" }, json: true }],
		[["sessions", "--json", "verify", "01ABC"], { command: "sessions", action: { name: "verify", id: "01ABC" }, json: true }],
		[["sessions", "export", "last", "--csv", "out"], { command: "sessions", action: { name: "export", id: "last", folder: "out" }, json: false }],
		[["status", "--json"], { command: "status", json: true }],
		[["bridge", "--token"], { command: "bridge", action: { name: "token", showPath: false } }],
		[["agents"], { command: "agents", action: { name: "list" }, json: false }],
	])("%j", (argv, request) => {
		expect(parseArgs(argv, "1.2.3")).toEqual(request);
	});

	it.each([
		[["runn"], /Unknown command "runn"; did you mean "run"\?/],
		[["run", "extra"], /Too many arguments/],
		[["run", "--sede", "3"], /^Unknown option '--sede'; did you mean "--seed"\? See: kinetra help run$/],
		[["run", "--symbol"], /argument missing/],
		[["sessions", "show"], /^Missing required argument 'ID'\. See: kinetra help sessions$/],
		[["sessions", "sho"], /Unknown sessions command "sho"; did you mean "show"\?/],
		[["sessions", "show"], /Missing required argument 'ID'/],
		[["sessions", "export", "x"], /--csv <folder>/],
		[["status", "x"], /Too many arguments/],
		[["help", "nonsense"], /Unknown command "nonsense"/],
		[["\u001b[31mred"], /Unknown command "\u{FFFD}red"/u],
	])("refuses %j", (argv, message) => {
		expect(messageOf(...argv)).toMatch(message);
	});

	it("prints the version", () => {
		expect(helpOf("--version")).toBe("1.2.3\n");
	});

	it("shows every option with its default, and every rule, under help run and --help", () => {
		for (const text of [helpOf("help", "run"), helpOf("run", "--help"), helpOf("--help")]) {
			for (const key of Object.keys(RUN_OPTIONS)) expect(text).toContain(`--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
			expect(text).toContain("(default: 0.55)");
			for (const key of Object.keys(RULES)) expect(text).toContain(`rules.${key}`);
		}
	});
});

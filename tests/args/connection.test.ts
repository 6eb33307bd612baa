import { describe, expect, it } from "vitest";
import { CONNECTION_OPTIONS } from "../../src/args/connection.ts";
import { parseArgs } from "../../src/args.ts";

const NO_WAY = { bridge: null, tokenFile: null };
const TEST = { command: "test-connection", ...NO_WAY, symbol: "EURUSD", json: false };

describe("the commands around the bridge", () => {
	it.each([
		[["test-connection"], TEST],
		[["test-connection", "--symbol", "XAUUSD.pro", "--json"], { ...TEST, symbol: "XAUUSD.pro", json: true }],
		[["test-connection", "--bridge", "ws://127.0.0.1:1", "--token-file", "t"], { ...TEST, bridge: "ws://127.0.0.1:1", tokenFile: "t" }],
		[["run", "--test-connection"], TEST],
		[["--test-connection", "--symbol", "GBPUSD", "--json"], { ...TEST, symbol: "GBPUSD", json: true }],
		[["run", "--test-connection", "--bridge", "ws://127.0.0.1:1", "--token-file", "t"], { ...TEST, bridge: "ws://127.0.0.1:1", tokenFile: "t" }],
		[["doctor"], { command: "doctor", ...NO_WAY, symbol: "EURUSD", json: false }],
		[["doctor", "--json", "--symbol", "USDJPY"], { command: "doctor", ...NO_WAY, symbol: "USDJPY", json: true }],
		[["kill"], { command: "kill", ...NO_WAY, action: { name: "kill", flatten: false, reason: "kinetra kill" } }],
		[["kill", "--flatten", "--reason", "news"], { command: "kill", ...NO_WAY, action: { name: "kill", flatten: true, reason: "news" } }],
		[["kill", "--release", "--reason", " all is closed "], { command: "kill", ...NO_WAY, action: { name: "release", reason: "all is closed" } }],
		[["gates"], { command: "gates", agent: null, json: false }],
		[["gates", "--agent", "sma", "--json"], { command: "gates", agent: "sma", json: true }],
	])("%j", (argv, request) => {
		expect(parseArgs(argv, "1")).toEqual(request);
	});

	it.each([
		[["test-connection", "--bridge", ""], /^--bridge: the address is empty/],
		[["test-connection", "--token-file", ""], /^--token-file: the file name is empty/],
		[["test-connection", "--symbol", "a b"], /^--symbol must be a symbol name/],
		[["test-connection", "extra"], /Too many arguments/],
		[["test-connection", "--flaten"], /See: kinetra help test-connection/],
		[["kill", "--flaten"], /did you mean "--flatten"\? See: kinetra help kill/],
		[["kill", "--release"], /^--release needs a reason/],
		[["kill", "--release", "--reason", "ok"], /at least three characters/],
		[["kill", "--release", "--flatten", "--reason", "why not"], /Ask for one at a time/],
		[["gates", "--agent", "No Such"], /^--agent must be an agent's name/],
		[["run", "--test-connection", "--mode", "demo"], /^--test-connection starts no session/],
		[["run", "--token-file", ""], /^--token-file: give the path of a file/],
		[["killl"], /did you mean "kill"\?/],
	])("refuses %j", (argv, message) => {
		expect(() => parseArgs(argv, "1")).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) }));
	});

	it.each(["test-connection", "doctor", "kill", "gates"])("help %s lists its options, and none for a password", (command) => {
		const request = parseArgs(["help", command], "1");
		const text = request.command === "help" ? request.text : "";
		const listed = [...text.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option = ""]) => option);
		expect(listed.length).toBeGreaterThan(1);
		for (const option of listed) expect(CONNECTION_OPTIONS).toContain(option);
		expect(text).not.toMatch(/password/i);
	});
});

describe("a token on the command line", () => {
	const SECRET = "5ecre7".repeat(8);
	it.each([
		[["test-connection", "--token", SECRET]],
		[["test-connection", `--token=${SECRET}`]],
		[["kill", "--token", SECRET]],
		[["doctor", "--token", SECRET]],
		[["run", "--token", SECRET]],
		[["--token", SECRET]],
		[["status", `--token=${SECRET}`]],
		[["bridge", "--token", SECRET]],
		[["bridge", `--token=${SECRET}`]],
	])("is refused with why, and not repeated: %#", (argv) => {
		expect(() => parseArgs(argv, "1")).toThrow(
			expect.objectContaining({ exitCode: 2, message: expect.stringMatching(/never taken from the command line.*--token-file/) }),
		);
		expect(() => parseArgs(argv, "1")).toThrow(expect.objectContaining({ message: expect.not.stringContaining(SECRET) }));
	});

	it("behind a misspelt option is not repeated either", () => {
		expect(() => parseArgs(["kill", `--tokn=${SECRET}`], "1")).toThrow(expect.objectContaining({ message: expect.not.stringContaining(SECRET) }));
	});

	it("is still what `kinetra bridge --token` makes", () => {
		expect(parseArgs(["bridge", "--token"], "1")).toMatchObject({ action: { name: "token" } });
		expect(parseArgs(["bridge", "--token", "--show-path"], "1")).toMatchObject({ action: { name: "token", showPath: true } });
	});
});

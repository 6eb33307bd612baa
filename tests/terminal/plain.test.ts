import { beforeAll, describe, expect, it } from "vitest";
import { buildProgram, newHome, runProgram } from "../helpers/cli.ts";
import { LONG, openCockpit, openRunning } from "../helpers/cockpit-terminal.ts";
import { coloursIn } from "../helpers/own-bytes.ts";
import { KEYS, type RunningTerminal } from "../helpers/terminal.ts";

let program = "";
beforeAll(() => {
	program = buildProgram();
});

const SHORT = ["run", "--seed", "3", "--duration", "20", "--speed", "max"] as const;

/** Through menus, guide and help to the end. */
async function lookAround(terminal: RunningTerminal): Promise<string> {
	terminal.press("0", "0");
	await terminal.untilText("View Live Testing Guide");
	terminal.press("4");
	await terminal.untilText("How to take a trading agent");
	terminal.press("?");
	await terminal.untilText(/Keys|keys/);
	terminal.press("K", "q");
	await terminal.untilText("Leave Kinetra?");
	terminal.press(KEYS.ctrlC);
	await terminal.ended();
	return terminal.received();
}

describe("what a terminal can show is kept to", () => {
	it.concurrent.each([
		["NO_COLOR=1", { NO_COLOR: "1" }],
		["TERM=xterm-mono NO_COLOR=yes", { NO_COLOR: "yes", TERM: "xterm-mono" }],
	])("%s: no colour", async (_, env) => {
		const received = await lookAround(await openRunning(program, newHome(), { env }));
		expect(coloursIn(received)).toEqual([]);
		expect(received).toContain("[?1049h");
	});

	it.concurrent("with colours there are some", async () => {
		expect(coloursIn(await lookAround(await openRunning(program, newHome()))).length).toBeGreaterThan(20);
	});

	it.concurrent.each([
		["--ascii", [...LONG, "--ascii"], {}],
		["LANG=C", LONG, { LANG: "C", LC_ALL: "C" }],
		["LANG=C and no LC_ALL", LONG, { LANG: "C", LC_ALL: "" }],
	] as const)("%s: no byte beyond ASCII on the screen", async (_, args, env) => {
		const received = await lookAround(await openRunning(program, newHome(), { env }, args));
		expect(/[^\p{Cc}\x20-\x7e].{0,20}/su.exec(received)?.[0] ?? null).toBeNull();
	});
});

/** What a shell does after the program, whose code it says: it stays, for what a pty holds when its last process ends is lost. */
const STAY = `echo "code=$?"; read`;

/** Everything that a program which ended with 0 has written. */
async function receivedOf(terminal: RunningTerminal): Promise<string> {
	await terminal.untilText(/^code=\d+/m);
	const [received = "", code] = terminal.received().split("code=");
	expect(code?.trim()).toBe("0");
	terminal.press(KEYS.enter);
	await terminal.ended();
	return received;
}

describe("plain lines instead of a screen", () => {
	it.concurrent.each([
		["TERM=dumb", SHORT, { TERM: "dumb" }],
		["--headless", [...SHORT, "--headless"], {}],
		["--json", [...SHORT, "--json"], {}],
	] as const)("%s on a terminal", async (name, args, env) => {
		const received = await receivedOf(openCockpit(program, newHome(), args, { env, shell: `"$@"; ${STAY}` }));
		expect(received).not.toContain("[?1049h");
		if (name === "--json") {
			const lines = received.trimEnd().split(/\r?\n/);
			expect(lines.map((line) => typeof JSON.parse(line))).toEqual(lines.map(() => "object"));
			expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ type: "summary" });
		} else expect(received).toContain("Promotion targets");
		if (name === "TERM=dumb") expect(received).not.toContain("\u001b");
	});

	it.concurrent.each([
		["stdin is no terminal", `"$@" < /dev/null; ${STAY}`],
		["stdout is no terminal", `set -o pipefail; "$@" | cat; ${STAY}`],
	])("when %s", async (_, shell) => {
		const received = await receivedOf(openCockpit(program, newHome(), SHORT, { shell }));
		expect(received).toContain("Promotion targets");
		expect(received).not.toContain("[?1049h");
	});

	it.concurrent("without arguments and without a terminal a session runs, as before", async () => {
		const { code, stdout } = await runProgram(process.execPath, [program, "--seed", "3"], newHome());
		expect([code, stdout.includes("\u001b"), stdout.includes("Promotion targets")]).toEqual([0, false, true]);
	});
});

import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildProgram, newHome } from "../helpers/cli.ts";
import { brokenProgram, onlySession, openCockpit, openRunning } from "../helpers/cockpit-terminal.ts";
import { KEYS, type RunningTerminal } from "../helpers/terminal.ts";

let program = "";
beforeAll(() => {
	program = buildProgram();
});

function kinetra(home: string, args: readonly string[] = []): RunningTerminal {
	return openCockpit(program, home, args);
}

function isAlternate({ emulator }: RunningTerminal): boolean {
	return emulator.buffer.active.type === "alternate";
}

describe("the cockpit in a terminal", () => {
	it.concurrent("goes from the menu to a session by 4, 1, Enter in one go, and back out with a summary", async () => {
		const home = newHome();
		const terminal = kinetra(home);
		await terminal.untilText("Connection & Credentials");
		expect(isAlternate(terminal)).toBe(true);
		terminal.press(`41${KEYS.enter}`);
		await terminal.untilText("trading begins");
		terminal.press("q");
		await terminal.untilText("Leave Kinetra?");
		terminal.press(KEYS.escape);
		await terminal.until((rows) => !rows.join("\n").includes("Leave Kinetra?"), "the question gone");
		terminal.press("0");
		const screen = await terminal.until((rows) => /● ACTIVE {2}EURUSD/.test(rows[3] ?? ""), "the live strip");
		expect(screen[2]).toContain("Main Menu > Live Testing > Virtual Trading");
		terminal.press(KEYS.ctrlC);
		expect((await terminal.ended()).code).toBe(130);
		expect(isAlternate(terminal)).toBe(false);
		expect(terminal.received()).toContain("Promotion targets");
		const { summary, kinds } = onlySession(home);
		expect([summary?.exitCode, kinds.at(-1)]).toEqual([130, "sealed"]);
	});

	it.concurrent("shows the session that the command line asks for, kills it from a menu and leaves by q", async () => {
		const home = newHome();
		const terminal = await openRunning(program, home);
		terminal.press("0");
		await terminal.until((rows) => /● ACTIVE/.test(rows[3] ?? ""), "the live strip");
		terminal.press("K");
		await terminal.until((rows) => /⚠ KILLED/.test(rows[3] ?? ""), "KILLED in the strip");
		terminal.press("q");
		await terminal.untilText("Leave Kinetra?");
		terminal.press("f", KEYS.enter);
		await terminal.ended();
		expect(isAlternate(terminal)).toBe(false);
		expect(onlySession(home).kinds).toContain("command");
	});

	it.concurrent.each([
		["SIGTERM", 143],
		["SIGHUP", 143],
		["SIGINT", 130],
	] as const)("ends the session orderly on %s and gives the terminal back", async (signal, code) => {
		const home = newHome();
		const terminal = await openRunning(program, home);
		terminal.kill(signal);
		expect((await terminal.ended()).code).toBe(code);
		expect(isAlternate(terminal)).toBe(false);
		const { summary, kinds } = onlySession(home);
		expect([summary?.exitCode, kinds.at(-1)]).toEqual([code, "sealed"]);
	});

	it.concurrent("ends the session orderly when the terminal is closed", async () => {
		const home = newHome();
		const terminal = await openRunning(program, home);
		terminal.close();
		await terminal.ended();
		const { summary, kinds } = onlySession(home);
		expect([summary?.exitCode, kinds.at(-1)]).toEqual([143, "sealed"]);
	});

	it.concurrent("ends the session orderly when the drawing itself fails, and says so on the normal screen", async () => {
		const home = newHome();
		const broken = brokenProgram('title: "Leave Kinetra?"', 'get title() { throw new Error("the painter is broken"); }');
		const terminal = await openRunning(broken, home, { size: [100, 60] });
		terminal.press("q");
		expect((await terminal.ended()).code).toBe(70);
		expect(isAlternate(terminal)).toBe(false);
		expect(terminal.received().split("the painter is broken").length).toBe(2);
		expect(terminal.received()).toContain("Promotion targets");
		const { summary, kinds } = onlySession(home);
		expect([summary?.endDetail, kinds.at(-1)]).toEqual(["the screen failed", "sealed"]);
	});

	it.concurrent("leaves at once without a session", async () => {
		for (const [key, code] of [
			["q", 0],
			[KEYS.ctrlC, 130],
		] as const) {
			const home = newHome();
			const terminal = kinetra(home);
			await terminal.untilText("Connection & Credentials");
			terminal.press(key);
			expect((await terminal.ended()).code).toBe(code);
			expect([isAlternate(terminal), existsSync(join(home, "sessions"))]).toEqual([false, false]);
		}
	});

	it.concurrent("follows the terminal's size down to one line and back", async () => {
		const terminal = kinetra(newHome());
		await terminal.untilText("Connection & Credentials");
		terminal.resize(60, 15);
		expect(await terminal.untilText(/^Kinetra needs 80x24, not 60x15\. K kills, q quits\./)).toHaveLength(15);
		terminal.resize(120, 40);
		await terminal.until((rows) => rows[2]?.length === 120 && /q quit *$/.test(rows[39] ?? ""), "the whole menu at 120x40");
		terminal.press("q");
		await terminal.ended();
	});

	it.concurrent("says what is wrong with options before it takes the screen", async () => {
		for (const [args, message] of [
			[["run", "--seed", "x"], "is not a number"],
			[["run", "--file", "/nowhere/EURUSD_M1.csv"], "/nowhere/EURUSD_M1.csv"],
			[["run", "--duration", "1", "--feed", "csv"], "--file"],
		] as const) {
			const terminal = kinetra(newHome(), args);
			const { code } = await terminal.ended();
			expect([code === 2 || code === 3, terminal.received().includes("[?1049h")]).toEqual([true, false]);
			expect(terminal.received()).toContain(message);
		}
	});

	it.concurrent("runs as plain lines with --headless, and draws ASCII alone with --ascii", async () => {
		const plain = kinetra(newHome(), ["run", "--headless", "--speed", "max", "--duration", "5"]);
		expect((await plain.ended()).code).toBe(0);
		expect(plain.received()).not.toContain("[?1049h");
		const ascii = kinetra(newHome(), ["--ascii"]);
		const rows = await ascii.until((screen) => /> \d Live Testing/.test(screen.join("\n")), "the menu in ASCII");
		expect(rows.join("\n")).toMatch(/^[\x20-\x7e\n]*$/);
		ascii.press("q");
		await ascii.ended();
	});
});

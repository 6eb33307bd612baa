import { beforeAll, describe, expect, it, vi } from "vitest";
import { buildProgram, newHome, runProgram } from "../helpers/cli.ts";
import { brokenProgram, childOf, isAlive, leftBehind, onlySession, openCockpit, openRunning, shellAfter } from "../helpers/cockpit-terminal.ts";
import { KEYS, type RunningTerminal } from "../helpers/terminal.ts";

let program = "";
beforeAll(() => {
	program = buildProgram();
});

const BELOW_SHELL = { shell: shellAfter(), size: [100, 60] } as const;
const SOON = { timeout: 90_000, interval: 20 };

/** A session below a shell with an open position, so slow that it stays open. */
async function trading(home: string): Promise<RunningTerminal> {
	const terminal = await openRunning(program, home, BELOW_SHELL, ["run", "--agent", "berserker", "--seed", "3", "--duration", "5000", "--speed", "200"]);
	await terminal.untilText("SELL filled");
	terminal.press("-".repeat(12));
	await terminal.untilText("0.1x");
	return terminal;
}

async function asked(home: string): Promise<RunningTerminal> {
	const terminal = await trading(home);
	terminal.press("q");
	await terminal.untilText("It has 1 open position.");
	return terminal;
}

describe("every way out gives the terminal back and ends the session orderly", () => {
	it.concurrent.each([
		["close all positions", "f", "flatten", 0],
		["leave them open", "o", "keep", 1],
	] as const)("q, then %s", async (_, key, positions, open) => {
		const home = newHome();
		const terminal = await asked(home);
		terminal.press(key);
		const { code, text } = await leftBehind(terminal);
		expect(code).toBe(130);
		expect(text).toContain("Promotion targets");
		const { summary, kinds, lines } = onlySession(home);
		expect([summary?.endReason, summary?.endDetail, summary?.openPositions, kinds.at(-1)]).toEqual(["interrupt", "the operator left", open, "sealed"]);
		expect(lines.find((line) => line.includes('"kind":"command"'))).toContain(`"positions":"${positions}"`);
	});

	it.concurrent("q, then stay: the session goes on as if nothing had been asked", async () => {
		const home = newHome();
		const terminal = await asked(home);
		terminal.press(KEYS.escape);
		await terminal.until((rows) => !rows.join("\n").includes("Leave Kinetra?"), "the question gone");
		expect(onlySession(home).kinds).not.toContain("command");
		terminal.press("+".repeat(14));
		await terminal.untilText(/max|as fast/);
		terminal.press(KEYS.ctrlC);
		expect((await leftBehind(terminal)).code).toBe(130);
	});

	it.concurrent("Ctrl-C twice leaves at once: no summary, the journal kept and its place said", async () => {
		const home = newHome();
		const slow = openCockpit(patient, home, ["run", "--seed", "3", "--duration", "5000"], BELOW_SHELL);
		await slow.untilText("trading begins");
		slow.press(KEYS.ctrlC);
		await slow.untilText("Ctrl-C leaves at once");
		// A thread that does not answer in time leaves what it had flushed: here the first Ctrl-C is to be seen in it.
		await vi.waitFor(() => expect(onlySession(home).kinds).toContain("command"), SOON);
		slow.press(KEYS.ctrlC);
		const { code, text } = await leftBehind(slow);
		const { summary, folder, kinds } = onlySession(home);
		expect([code, summary]).toEqual([130, null]);
		expect(text.replace(/\s+/g, "")).toContain(`Endedatonce,withoutasummary.Thejournaliskeptin${folder}`);
		expect(kinds.at(-1)).not.toBe("sealed");
		expect(kinds).toContain("command");
		expect((await runProgram(process.execPath, [program, "sessions", "list"], home)).stdout).toContain("not finished");
		expect(await runProgram(process.execPath, [program, "sessions", "verify", "last"], home)).toMatchObject({
			code: 3,
			stderr: expect.stringContaining("ended by force"),
		});
	});

	it.concurrent.each([
		["SIGTERM", [], 143],
		["SIGHUP", ["SIGHUP", "SIGHUP"], 143],
		["SIGINT", ["SIGINT"], 130],
		["SIGTERM", ["SIGTERM"], 143],
	] as const)("%s, then %j", async (first, more, code) => {
		const home = newHome();
		const terminal = await trading(home);
		const pid = childOf(terminal.pid);
		process.kill(pid, first);
		for (const signal of more) if (isAlive(pid)) process.kill(pid, signal);
		expect((await leftBehind(terminal)).code).toBe(code);
		const { kinds, summary } = onlySession(home);
		// A second one, except SIGHUP, may come before the end is written.
		const isHurried = more.some((signal) => signal !== "SIGHUP");
		if (!isHurried) expect([summary?.exitCode, kinds.at(-1)]).toEqual([code, "sealed"]);
		expect((await runProgram(process.execPath, [program, "sessions", "verify", "last"], home)).code).toBe(summary === null ? 3 : 0);
	});
});

/** The program whose sessions never come to their end by themselves. */
let patient = "";
beforeAll(() => {
	patient = brokenProgram(
		"interruptCode = message.interruptCode;\n        stop(message.reason, message.positions);",
		'interruptCode = message.interruptCode; commands.push({ command: "pause" });',
	);
});

describe("a hang-up", () => {
	it.concurrent("by the pty's other end going away ends the session orderly, however many signals come with it", async () => {
		const home = newHome();
		const terminal = await openRunning(program, home);
		terminal.close();
		for (;;) {
			if (!isAlive(terminal.pid)) break;
			try {
				process.kill(terminal.pid, "SIGHUP");
			} catch {
				break;
			}
			await new Promise((resolve) => setImmediate(resolve));
		}
		expect((await terminal.ended()).code).toBe(143);
		const { summary, kinds } = onlySession(home);
		expect([summary?.exitCode, kinds.at(-1)]).toEqual([143, "sealed"]);
	});
});

describe("an end by force", () => {
	it.concurrent("leaves a journal that the next start tells of", async () => {
		const home = newHome();
		const terminal = await trading(home);
		process.kill(childOf(terminal.pid), "SIGKILL");
		await terminal.untilText("code=137");
		terminal.press("\n");
		await vi.waitFor(() => expect(isAlive(terminal.pid)).toBe(false), SOON);
		expect((await runProgram(process.execPath, [program, "sessions", "verify", "last"], home)).stderr).toContain("intact");
		const next = openCockpit(program, home);
		await next.untilText("Connection & Credentials");
		next.press("5");
		await next.untilText("⚠ unfinished");
		next.press("v");
		await next.untilText(/has no seal|ended by force/);
		next.press(KEYS.escape, "q");
		expect((await next.ended()).code).toBe(0);
	});
});

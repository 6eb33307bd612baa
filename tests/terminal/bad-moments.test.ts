import { rmSync } from "node:fs";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { barsFile, buildProgram, newHome, runProgram } from "../helpers/cli.ts";
import { brokenProgram, isAlive, LONG, leftBehind, onlySession, openCockpit, openRunning, shellAfter, storedSessions } from "../helpers/cockpit-terminal.ts";
import { KEYS, type RunningTerminal } from "../helpers/terminal.ts";

let program = "";
beforeAll(() => {
	program = buildProgram();
});

const SOON = { timeout: 90_000, interval: 20 };
const BELOW_SHELL = { shell: shellAfter(), size: [100, 60] } as const;

/** Stops reading, and has the program draw everything again and again, so that the terminal is full soon. */
function stall(terminal: RunningTerminal, pid: number): void {
	terminal.pause();
	for (let count = 0; count < 200; count++) process.kill(pid, "SIGWINCH");
}

describe("a terminal that takes nothing", () => {
	it.concurrent("does not keep a session from ending, and shows its summary once it reads again", async () => {
		const home = newHome();
		const terminal = await openRunning(program, home, { size: [200, 60] }, ["run", "--agent", "berserker", "--seed", "3", "--duration", "120"]);
		stall(terminal, terminal.pid);
		terminal.press("+".repeat(14));
		await vi.waitFor(() => expect(onlySession(home).summary?.endReason).toBe("duration"), SOON);
		expect(onlySession(home).kinds.at(-1)).toBe("sealed");
		stall(terminal, terminal.pid);
		terminal.resume();
		await terminal.untilText(/> Summary [\s\S]*Ended as planned/);
		terminal.press("q");
		expect((await terminal.ended()).code).toBe(0);
	});

	it.concurrent.each(["SIGTERM", "SIGHUP", "SIGINT"] as const)("does not keep %s from ending the session orderly and the program", async (signal) => {
		const home = newHome();
		const terminal = await openRunning(program, home, { size: [200, 60] });
		stall(terminal, terminal.pid);
		terminal.kill(signal);
		await vi.waitFor(() => expect(onlySession(home).kinds.at(-1)).toBe("sealed"), SOON);
		await vi.waitFor(() => expect(isAlive(terminal.pid)).toBe(false), SOON);
		expect(onlySession(home).summary?.exitCode).toBe(signal === "SIGINT" ? 130 : 143);
		terminal.resume();
	});
});

describe("a program that is stopped", () => {
	it.concurrent("by Ctrl-Z or SIGTSTP does not stop, and says why", async () => {
		const home = newHome();
		const terminal = await openRunning(program, home);
		terminal.press(KEYS.ctrlZ);
		await terminal.untilText("Kinetra does not suspend");
		terminal.press("0");
		await terminal.until((rows) => /● ACTIVE/.test(rows[3] ?? ""), "the live strip");
		terminal.kill("SIGTSTP");
		terminal.press("?", KEYS.end);
		await terminal.untilText(/Ctrl-Z +Does not suspend/i);
		terminal.press(KEYS.ctrlC);
		expect((await terminal.ended()).code).toBe(130);
	});

	it.concurrent("by SIGSTOP draws everything anew when it goes on, and so does its session", async () => {
		const home = newHome();
		const terminal = await openRunning(program, home);
		terminal.kill("SIGSTOP");
		const before = terminal.received().length;
		terminal.kill("SIGCONT");
		await terminal.until(() => terminal.received().slice(before).includes("\u001b[?1049h"), "the screen taken again");
		await terminal.untilText("Trade log");
		terminal.press("K");
		await vi.waitFor(() => expect(onlySession(home).lines.join("\n")).toContain('"command":"kill"'), SOON);
		terminal.press(KEYS.ctrlC);
		expect((await terminal.ended()).code).not.toBe(0);
	});
});

describe("the engine's thread", () => {
	it.concurrent("that dies is told at once and at the end, its journal is kept, and the exit code is that of a bug", async () => {
		const home = newHome();
		const broken = brokenProgram("pace.speed = message.speed;", 'throw new Error("the engine is broken");');
		const terminal = openCockpit(broken, home, LONG, BELOW_SHELL);
		await terminal.untilText("trading begins");
		terminal.press("+");
		await terminal.untilText("the engine is broken");
		terminal.press("q");
		const { code, text } = await leftBehind(terminal);
		expect([code, text]).toEqual([70, expect.stringContaining("the engine is broken")]);
		expect(onlySession(home).kinds).toContain("trading");
		expect((await runProgram(process.execPath, [program, "sessions", "verify", "last"], home)).stderr).toContain("intact");
		expect((await runProgram(process.execPath, [program, "run", "--seed", "1", "--duration", "5"], home)).code).toBe(0);
	});
});

describe("a home", () => {
	it.concurrent("that cannot be made refuses the session, with the message and exit code of the plain command", async () => {
		const terminal = openCockpit(program, "/dev/null/kinetra", LONG, BELOW_SHELL);
		const { code, text } = await leftBehind(terminal);
		expect([code, text]).toEqual([3, expect.stringMatching(/kinetra: .*KINETRA_HOME=/)]);
	});

	it.concurrent("that cannot be made leaves the menus usable, and says why no session starts", async () => {
		const terminal = openCockpit(program, "/dev/null/kinetra");
		await terminal.untilText("Connection & Credentials");
		terminal.press("41", KEYS.enter);
		await terminal.untilText(/cannot be|KINETRA_HOME/);
		terminal.press("q");
		expect((await terminal.ended()).code).toBe(0);
	});

	it.concurrent("that is deleted under a session ends it with a word on what could not be kept", async () => {
		const home = newHome();
		const terminal = await openRunning(program, home, BELOW_SHELL);
		rmSync(home, { recursive: true });
		terminal.press(KEYS.ctrlC);
		const { code, text } = await leftBehind(terminal);
		expect(text).toContain("Promotion targets");
		expect(text).toMatch(/summary\.json|could not|no such file/i);
		expect(code).toBe(130);
	});

	it.concurrent("of two cockpits keeps both sessions apart", async () => {
		const home = newHome();
		const first = await openRunning(program, home);
		const second = openCockpit(program, home, LONG);
		await second.untilText("trading begins");
		second.press(KEYS.ctrlC);
		expect((await second.ended()).code).toBe(130);
		expect(storedSessions(home).map(({ summary }) => summary?.exitCode ?? null)).toEqual([null, 130]);
		first.press("K");
		await vi.waitFor(() => expect(storedSessions(home)[0]?.lines.join("\n")).toContain('"command":"kill"'), SOON);
		first.press(KEYS.ctrlC);
		await first.ended();
		expect(storedSessions(home).map(({ kinds }) => kinds.at(-1))).toEqual(["sealed", "sealed"]);
	});
});

describe("files", () => {
	it.concurrent("that may not grow end the session: the screen and the shell say so, and the journal is whole as far as it goes", async () => {
		const home = newHome();
		const file = barsFile("EURUSD_M1.csv", 4000, (line) => line, 12);
		const args = ["run", "--file", file, "--agent", "sma", "--seed", "1", "--unlimited", "--balance", "100000000", "--speed", "max"];
		const terminal = openCockpit(program, home, args, { shell: shellAfter("ulimit -f 160; trap '' XFSZ;"), size: [100, 60] });
		await terminal.untilText("The journal could not be written");
		terminal.press("q");
		const { code, text } = await leftBehind(terminal);
		expect([code, text]).toEqual([3, expect.stringContaining("journal-failure")]);
		expect((await runProgram(process.execPath, [program, "sessions", "verify", "last"], home)).stdout).toContain("not sealed");
	});

	it.concurrent("of a market that vanish do not stop the session that reads them; a replay says what is missing", async () => {
		const home = newHome();
		const file = barsFile("EURUSD_M1.csv", 400);
		const terminal = await openRunning(program, home, { size: [120, 40] }, ["run", "--file", file, "--agent", "sma", "--seed", "1", "--speed", "60"]);
		rmSync(file);
		terminal.press("+".repeat(14));
		await terminal.untilText(/> Summary [\s\S]*Ended/);
		terminal.press("R");
		await terminal.untilText(/no such file|EURUSD_M1\.csv/);
		terminal.press("q");
		await terminal.ended();
		expect(onlySession(home).kinds.at(-1)).toBe("sealed");
	});
});

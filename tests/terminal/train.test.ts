import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { readPolicyFolder } from "../../src/adapters/agent/policy-folder.ts";
import { buildProgram, newHome } from "../helpers/cli.ts";
import { brokenProgram, childOf, isAlive, openCockpit, shellAfter } from "../helpers/cockpit-terminal.ts";
import { KEYS, type RunningTerminal } from "../helpers/terminal.ts";

let program = "";
/** The program that does not heed a first Ctrl-C, and one that leaves a checkpoint after every round. */
let deaf = "";
let careful = "";
beforeAll(() => {
	program = buildProgram();
	deaf = brokenProgram("shouldStop: () => stop.code() !== null ||", "shouldStop: () =>");
	careful = brokenProgram("var CHECKPOINT_MS = 2e4;", "var CHECKPOINT_MS = 0;");
});

const SOON = { timeout: 90_000, interval: 20 };
/** Longer than any test lasts. */
const LONG = ["--steps", "5000000", "--seed", "5", "--workers", "2"] as const;

type Training = { readonly terminal: RunningTerminal; readonly home: string; readonly out: string };

/** A training below a shell that stays. */
function train(which: string, size: readonly [number, number], agent = "ppo", args: readonly string[] = LONG, place = newHome()): Training {
	const out = join(dirname(place), "mine");
	const terminal = openCockpit(which, place, ["train", "--agent", agent, "--out", out, ...args], { size, shell: shellAfter() });
	return { terminal, home: place, out };
}

/** The rows of the picture; it stands there once and whole, and no row is broken. */
function pictureOf(rows: readonly string[], columns: number): readonly string[] {
	const text = rows.join("\n");
	expect(text.match(/^\[[#.]+\] \d+%/gm)?.length, text).toBe(1);
	expect(text.match(/^held out /gm)?.length, text).toBe(1);
	expect(text.match(/mean reward a step, by round/g)?.length, text).toBe(1);
	const first = rows.findIndex((row) => row.startsWith("["));
	const picture = rows.slice(first).filter((row) => row !== "");
	expect(picture.length).toBe(12);
	for (const row of picture) expect(row.length).toBeLessThan(columns);
	return picture;
}

const drawn = (terminal: RunningTerminal): Promise<readonly string[]> => terminal.untilText(/mean reward a step, by round(\n.*[┤┼].*){6}/);

/** A picture that was drawn after now. */
async function redrawn(terminal: RunningTerminal): Promise<readonly string[]> {
	const before = steps(await terminal.screen());
	return terminal.until((rows) => steps(rows) > before && /by round(\n.*[┤┼].*){6}/.test(rows.join("\n")), "the next picture");
}

function steps(rows: readonly string[]): number {
	return Number(/ ([\d,]+) steps/.exec(rows.join("\n"))?.[1]?.replaceAll(",", "") ?? 0);
}

/** What a shell and its user find when the training is over. */
async function leftBehind(terminal: RunningTerminal): Promise<{ readonly code: number; readonly text: string }> {
	await terminal.untilText("that is all");
	const received = terminal.received();
	const after = received.slice(received.lastIndexOf("code="));
	for (const mode of ["icanon", "echo", "isig"]) expect(after).toMatch(new RegExp(`[^-]${mode}\\b`));
	expect(received).not.toContain("\u001b[?25l");
	expect(childOf(terminal.pid), "nothing runs on").toBe(0);
	terminal.press("\r");
	await terminal.ended();
	return { code: Number(/code=(\d+)/.exec(after)?.[1] ?? Number.NaN), text: received.replace(/\s+/g, " ") };
}

describe("kinetra train in a terminal", { timeout: 300_000 }, () => {
	it.concurrent("draws one picture that fits, whatever becomes of the window; Ctrl-C keeps the best and says how to go on, which works", async () => {
		const { terminal, home, out } = train(program, [80, 24]);
		pictureOf(await drawn(terminal), 80);
		const rows = await redrawn(terminal);
		expect(rows[0]).toMatch(/^TRAINING {2}mine {2}ppo/);
		pictureOf(rows, 80);
		for (const [columns, lines] of [
			[60, 20],
			[50, 20],
		] as const) {
			terminal.resize(columns, lines);
			await redrawn(terminal);
			pictureOf(await redrawn(terminal), columns);
		}
		terminal.press(KEYS.ctrlC);
		const { code, text } = await leftBehind(terminal);
		expect(code).toBe(130);
		expect(text).toContain("--resume");
		const { policy } = readPolicyFolder(out);
		expect(text).toContain(policy.sha256.slice(0, 16));
		const again = train(program, [80, 24], "ppo", [...LONG, "--resume"], home).terminal;
		await again.untilText(/goes on after \d+ of 5,?000,?000 steps/);
		await drawn(again);
		again.press(KEYS.ctrlC);
		expect((await leftBehind(again)).code).toBe(130);
		expect(readPolicyFolder(out).policy.sha256).not.toBe(policy.sha256);
	});

	it.concurrent("draws as much as there is room for in a window that is far too small", async () => {
		const { terminal } = train(program, [30, 8]);
		await terminal.untilText(/^\[#*\.+\]/m);
		const rows = await laterPicture(terminal);
		expect(rows.filter((row) => row.startsWith("[")).length, rows.join("\n")).toBe(1);
		terminal.press(KEYS.ctrlC);
		expect((await leftBehind(terminal)).code).toBe(130);
	});

	it.concurrent("ends at once at a second Ctrl-C", async () => {
		const { terminal, out } = train(deaf, [80, 24]);
		await drawn(terminal);
		terminal.press(KEYS.ctrlC);
		await redrawn(terminal);
		terminal.press(KEYS.ctrlC);
		const { code, text } = await leftBehind(terminal);
		expect(code).toBe(130);
		expect(text).toContain("Ended at once");
		expect(existsSync(out)).toBe(false);
	});

	it.concurrent("goes on from its checkpoint when it was ended by force", async () => {
		const { terminal, home, out } = train(careful, [80, 24], "dqn");
		await vi.waitFor(() => expect(existsSync(join(`${out}.checkpoint`, "state"))).toBe(true), SOON);
		process.kill(childOf(terminal.pid), "SIGKILL");
		await terminal.untilText("code=137");
		terminal.press("\r\r");
		const again = train(program, [80, 24], "dqn", [...LONG, "--resume"], home).terminal;
		await again.untilText(/goes on after [1-9]\d* of/);
		await again.untilText(/^\[/m);
		again.press(KEYS.ctrlC);
		expect((await leftBehind(again)).code).toBe(130);
		expect(existsSync(join(out, "policy.onnx"))).toBe(true);
	});

	it.concurrent("keeps the best when its window is closed", async () => {
		const home = newHome();
		const out = join(dirname(home), "mine");
		const terminal = openCockpit(program, home, ["train", "--agent", "linear", "--out", out, ...LONG], { size: [80, 24] });
		await terminal.untilText(/^\[/m);
		terminal.close();
		for (let hangups = 0; hangups < 2 && isAlive(terminal.pid); hangups++) process.kill(terminal.pid, "SIGHUP");
		expect((await terminal.ended()).code).toBe(143);
		expect(isAlive(terminal.pid)).toBe(false);
		expect(readPolicyFolder(out).policy.manifest.name).toBe("mine");
		expect(existsSync(join(`${out}.checkpoint`, "state"))).toBe(true);
	});
});

/** Where the window is too small for the whole picture: the next time that its first row is another. */
async function laterPicture(terminal: RunningTerminal): Promise<readonly string[]> {
	const bytes = terminal.bytes();
	return terminal.until(() => terminal.bytes() > bytes + 600, "three more pictures");
}

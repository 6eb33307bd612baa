import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import type { Summary } from "../../src/engine/summary-type.ts";
import { buildProgram } from "./cli.ts";
import { openTerminal, type RunningTerminal } from "./terminal.ts";

/** Size of the terminal, what is added to the environment, and whether the program runs below a shell that stays (see `shellAfter`). */
export type CockpitOptions = { readonly size?: readonly [number, number]; readonly env?: NodeJS.ProcessEnv; readonly shell?: string };

/** What is left of a run below a shell once it is over: `before` is run first. The shell stays, for what a pty holds when its last process ends is lost. */
export const shellAfter = (before = ""): string => `${before} "$@"; echo "code=$?"; stty -a; echo "that is all"; read`;

/** The cockpit of this build in a real terminal. */
export function openCockpit(program: string, home: string, args: readonly string[] = [], { size, env, shell }: CockpitOptions = {}): RunningTerminal {
	const [columns, rows] = size ?? [100, 30];
	const command = [process.execPath, program, ...args];
	const [file = "", ...rest] = shell === undefined ? command : ["bash", "-c", shell, "bash", ...command];
	return openTerminal(file, rest, { columns, rows, home, ...(env === undefined ? {} : { env }) });
}

/** Options of a session that is certain to be running for as long as a test wants. */
export const LONG = ["run", "--agent", "berserker", "--seed", "3", "--duration", "5000", "--speed", "60"] as const;

/** A session that is certain to be running for as long as the test wants, and is seen to trade. */
export async function openRunning(program: string, home: string, options: CockpitOptions = {}, args: readonly string[] = LONG): Promise<RunningTerminal> {
	const terminal = openCockpit(program, home, args, options);
	await terminal.untilText("trading begins");
	return terminal;
}

/** What is stored of a session: its summary, null when it has none, and its journal's lines, a torn last one left out. */
export type Stored = {
	readonly id: string;
	readonly folder: string;
	readonly summary: Summary | null;
	readonly lines: readonly string[];
	readonly kinds: readonly string[];
};

/** All sessions of a home, the oldest first. */
export function storedSessions(home: string): readonly Stored[] {
	return readdirSync(join(home, "sessions"))
		.sort()
		.map((id) => {
			const folder = join(home, "sessions", id);
			const summary = existsSync(join(folder, "summary.json")) ? (JSON.parse(readFileSync(join(folder, "summary.json"), "utf8")) as Summary) : null;
			const lines = readFileSync(join(folder, "journal.jsonl"), "utf8").split("\n").slice(0, -1);
			return { id, folder, summary, lines, kinds: lines.map((line) => /"kind":"([^"]+)"/.exec(line)?.[1] ?? "?") };
		});
}

/** The only session of a home. */
export function onlySession(home: string): Stored {
	const all = storedSessions(home);
	expect(all.length).toBe(1);
	return all[0] as Stored;
}

/** What a shell and its user find once the program is over: exit code and text; the terminal must be as it was. */
export async function leftBehind(terminal: RunningTerminal): Promise<{ readonly code: number; readonly text: string }> {
	const rows = await terminal.untilText("that is all");
	const received = terminal.received();
	expect(received.split("\u001b[?1049l").length - 1, "the screen is left exactly once").toBe(1);
	const { emulator } = terminal;
	expect(emulator.buffer.active.type).toBe("normal");
	expect(received.lastIndexOf("\u001b[?25h")).toBeGreaterThanOrEqual(received.lastIndexOf("\u001b[?25l"));
	expect(received.lastIndexOf("\u001b[?7h")).toBeGreaterThanOrEqual(received.lastIndexOf("\u001b[?7l"));
	const after = received.slice(received.lastIndexOf("code="));
	expect(after).toMatch(/[^-]icanon\b/);
	expect(after).toMatch(/[^-]echo\b/);
	expect(after).toMatch(/[^-]isig\b/);
	const last = rows.findIndex((row) => row.includes("that is all"));
	const cell = emulator.buffer.active.getLine(emulator.buffer.active.baseY + last)?.getCell(0);
	expect(cell?.isAttributeDefault(), "colours and attributes are as they were").toBe(true);
	const text = received.slice(Math.max(0, received.lastIndexOf("\u001b[?1049l")));
	terminal.press("\r");
	await terminal.ended();
	return { code: Number(/code=(\d+)/.exec(after)?.[1] ?? Number.NaN), text };
}

/** The process that a shell opened by `openCockpit` runs. Linux only. */
export function childOf(pid: number): number {
	const [child = ""] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
	return Number(child);
}

/** True while there is such a process. */
export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

/** The program with one place of its code changed, for what cannot be brought about from outside. */
export function brokenProgram(find: string, replace: string): string {
	const broken = buildProgram();
	const chunks = join(dirname(broken), "chunks");
	let changed = 0;
	for (const name of readdirSync(chunks)) {
		const code = readFileSync(join(chunks, name), "utf8");
		const next = code.replaceAll(find, replace);
		if (next === code) continue;
		writeFileSync(join(chunks, name), next);
		changed++;
	}
	expect(changed).toBe(1);
	return broken;
}

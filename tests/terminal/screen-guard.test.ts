import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type IPty, spawn } from "@lydell/node-pty";
import { build } from "esbuild";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { ROOT } from "../helpers/cli.ts";
import { createScreen } from "../helpers/xterm.ts";

const ENTER = "\u001b[?1049h";
const LEAVE = "\u001b[?1049l";

let program = "";
beforeAll(async () => {
	program = join(mkdtempSync(join(tmpdir(), "kinetra-guard-")), "guarded.mjs");
	await build({
		entryPoints: [join(ROOT, "tests/helpers/guarded-program.ts")],
		outfile: program,
		bundle: true,
		format: "esm",
		platform: "node",
		target: "node20.12",
	});
});

type Report = { readonly pid: number; readonly count: number; readonly frames: number; readonly code?: number };

type Run = {
	readonly pty: IPty;
	/** Everything that came to the terminal. */
	text(): string;
	/** The program's last report. */
	last(): Report;
	signal(signal: NodeJS.Signals): void;
	/** Waits for the program's end; the text then says its exit code and the modes of the terminal. */
	ended(): Promise<string>;
};

/** The shell stays until it was read: what a pty still holds when its last process ends is lost. */
const SHELL = '"$@"; echo "code=$?"; stty -a; echo "that is all"; read';
const SOON = { timeout: 20_000, interval: 20 };

/** Runs the program below a shell in a pty, until it draws. */
async function start(...args: readonly string[]): Promise<Run> {
	const report = join(mkdtempSync(join(tmpdir(), "kinetra-guard-")), "report");
	const pty = spawn("bash", ["-c", SHELL, "bash", process.execPath, program, report, ...args], { cols: 80, rows: 24, cwd: ROOT });
	let text = "";
	pty.onData((data) => {
		text += data;
	});
	const last = (): Report => {
		// What stands behind the last line end is still being written.
		const line = existsSync(report) ? readFileSync(report, "utf8").split("\n").at(-2) : undefined;
		if (line === undefined) throw new Error("no report yet");
		return JSON.parse(line);
	};
	await vi.waitFor(() => expect(last().pid > 0 && text.includes("\u001b[?2026l")).toBe(true), SOON);
	const ended = async (): Promise<string> => {
		await vi.waitFor(() => expect(text).toContain("that is all"), SOON);
		pty.write("\n");
		return text;
	};
	return { pty, text: () => text, last, ended, signal: (signal) => process.kill(last().pid, signal) };
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

/** What is left on the terminal, and that it was given back once, in cooked mode, with a cursor. */
async function expectRestored(text: string): Promise<readonly string[]> {
	expect(text.split(LEAVE).length - 1, "the screen is left exactly once").toBe(1);
	expect(text.lastIndexOf("\u001b[?25h")).toBeGreaterThan(text.lastIndexOf("\u001b[?25l"));
	expect(text.lastIndexOf("\u001b[?7h")).toBeGreaterThan(text.lastIndexOf("\u001b[?7l"));
	expect(text).toMatch(/[^-]icanon\b.*[^-]echo\b/s);
	const screen = createScreen(80, 24);
	await screen.write(text);
	expect(screen.terminal.buffer.active.type).toBe("normal");
	expect(screen.terminal.buffer.active.cursorX).toBe(0);
	return screen.rows().map((row) => row.trimEnd());
}

describe("the terminal is given back", () => {
	it.concurrent.each<[string, (run: Run) => void, string, readonly string[]]>([
		["by a key that quits, with a cleaned message", ({ pty }) => pty.write("q"), "code=0", ["bye \u{fffd}"]],
		["by process.exit", ({ pty }) => pty.write("e"), "code=5", []],
		["after an uncaught error", ({ pty }) => pty.write("x"), "code=9", ["kinetra: The screen failed: thrown. Set KINETRA_DEBUG=1 to see where."]],
		["after an unhandled rejection", ({ pty }) => pty.write("r"), "code=9", ["kinetra: The screen failed: rejected. Set KINETRA_DEBUG=1 to see where."]],
		["by Ctrl-C", ({ pty }) => pty.write("\u0003"), "code=7", ["ended by SIGINT"]],
		["by SIGINT", ({ signal }) => signal("SIGINT"), "code=7", ["ended by SIGINT"]],
		["by SIGTERM", ({ signal }) => signal("SIGTERM"), "code=7", ["ended by SIGTERM"]],
		["by SIGHUP", ({ signal }) => signal("SIGHUP"), "code=7", ["ended by SIGHUP"]],
		["by SIGQUIT", ({ signal }) => signal("SIGQUIT"), "code=7", ["ended by SIGQUIT"]],
	])("%s", async (_name, end, code, message) => {
		const run = await start();
		end(run);
		const rows = await expectRestored(await run.ended());
		expect(rows.slice(0, message.length + 1)).toEqual([...message, code]);
	});

	it.concurrent("by a second signal, where the first one's end takes long; a second SIGHUP is no hurry", async () => {
		const run = await start("patient");
		run.signal("SIGHUP");
		run.signal("SIGHUP");
		const { count } = run.last();
		await vi.waitFor(() => expect(run.last().count).toBeGreaterThan(count + 20), SOON);
		run.pty.write("\u0003");
		const rows = await expectRestored(await run.ended());
		expect(rows.slice(0, 2)).toEqual(["ended at once", "code=130"]);
	});
});

describe("a terminal that takes nothing", () => {
	it.concurrent.each<[string, NodeJS.Signals, number]>([
		["SIGTERM", "SIGTERM", 7],
		["SIGINT", "SIGINT", 7],
	])("neither stops the program nor keeps %s from ending it", async (_name, signal, code) => {
		const run = await start();
		run.pty.pause();
		// Until the kernel's buffer is full and no frame is asked for any more.
		let before = run.last();
		await vi.waitFor(() => {
			const now = run.last();
			const isStalled = now.frames === before.frames && now.count > before.count + 20;
			if (now.frames !== before.frames) before = now;
			expect(isStalled).toBe(true);
		}, SOON);
		const { pid } = run.last();
		run.signal(signal);
		await vi.waitFor(() => expect(isAlive(pid)).toBe(false), SOON);
		expect(run.last().code).toBe(code);
		run.pty.kill("SIGKILL");
	});

	it.concurrent("gets the frame's rest and the newest one once it reads again", async () => {
		const run = await start();
		run.pty.pause();
		let before = run.last();
		await vi.waitFor(() => {
			const now = run.last();
			const isStalled = now.frames === before.frames && now.count > before.count + 20;
			if (now.frames !== before.frames) before = now;
			expect(isStalled).toBe(true);
		}, SOON);
		run.pty.resume();
		await vi.waitFor(() => expect(run.last().frames).toBeGreaterThan(before.frames + 5), SOON);
		run.pty.write("q");
		expect((await expectRestored(await run.ended()))[1]).toBe("code=0");
	});
});

describe("a terminal that goes", () => {
	it.concurrent("ends the program", async () => {
		const run = await start();
		const { pid } = run.last();
		// Closes the master: the program reads the end of its input, and its writes fail.
		(run.pty as IPty & { destroy(): void }).destroy();
		await vi.waitFor(() => expect(isAlive(pid)).toBe(false), SOON);
		expect([6, 7]).toContain(run.last().code);
	});
});

describe("a window that changes", () => {
	it.concurrent("is drawn anew, also when it has its old size back before anybody could tell", async () => {
		const run = await start();
		const fresh = (): number => run.text().split("\u001b[?2026h\u001b[?25l").length - 1;
		expect(fresh()).toBe(1);
		run.signal("SIGWINCH");
		await vi.waitFor(() => expect(fresh()).toBe(2), SOON);
		run.pty.resize(100, 30);
		await vi.waitFor(() => expect(run.text()).toContain("\u001b[30H"), SOON);
		run.pty.write("q");
		await run.ended();
	});
});

describe("a program that was stopped", () => {
	it.concurrent("takes the screen again and draws all of it", async () => {
		const run = await start();
		run.signal("SIGSTOP");
		const before = run.text().length;
		run.signal("SIGCONT");
		await vi.waitFor(() => expect(run.text().slice(before)).toMatch(/1049h.*2026h/s), SOON);
		expect(run.text().split(ENTER).length - 1).toBe(2);
		run.pty.write("q");
		await expectRestored(await run.ended());
	});
});

import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildProgram, newHome } from "../helpers/cli.ts";
import { childOf, openCockpit, shellAfter } from "../helpers/cockpit-terminal.ts";
import { exportText } from "../helpers/exports.ts";
import { KEYS, type RunningTerminal } from "../helpers/terminal.ts";

let program = "";
beforeAll(() => {
	program = buildProgram();
});

/** Exit code and text of a command that was run below a shell, which finds its terminal as it was and nothing running. */
async function leftBehind(terminal: RunningTerminal): Promise<{ readonly code: number; readonly text: string }> {
	await terminal.untilText("that is all");
	const received = terminal.received();
	const after = received.slice(received.lastIndexOf("code="));
	for (const mode of ["icanon", "echo", "isig"]) expect(after).toMatch(new RegExp(`[^-]${mode}\\b`));
	expect(childOf(terminal.pid)).toBe(0);
	terminal.press("\r");
	await terminal.ended();
	return { code: Number(/code=(\d+)/.exec(after)?.[1] ?? Number.NaN), text: received };
}

const ERASED = "\u001b[2K";
const MANY = ["compare", "--agents", "sma,berserker", "--seeds", "5000", "--duration", "60", "--workers", "2"] as const;

describe("kinetra compare in a terminal", () => {
	it.concurrent.each([
		[80, 24],
		[60, 20],
		[34, 20],
	])("of %i columns: one line of progress, and at Ctrl-C the report of what was run", async (columns, rows) => {
		const terminal = openCockpit(program, newHome(), MANY, { size: [columns, rows], shell: shellAfter() });
		const screen = await terminal.untilText(/compare {2}\d\d+\/10000 runs/);
		expect(screen.filter((row) => row.includes("compare")).length, screen.join("\n")).toBe(1);
		terminal.press(KEYS.ctrlC);
		const { code, text } = await leftBehind(terminal);
		expect(code).toBe(130);
		expect(text).toMatch(/\d+ of 10,?000/);
		// The progress went away, and no line of it was left empty.
		expect(/^[\r\n]/.test(text.slice(text.lastIndexOf(ERASED) + ERASED.length))).toBe(false);
	});

	it.concurrent("ends with its window", async () => {
		const terminal = openCockpit(program, newHome(), MANY, { size: [80, 24] });
		await terminal.untilText(/compare {2}\d+\//);
		terminal.close();
		expect((await terminal.ended()).code).toBe(143);
	});
});

describe("kinetra data prepare in a terminal", () => {
	it.concurrent("shows which file it reads on one line, and leaves nothing half at Ctrl-C", async () => {
		const root = mkdtempSync(join(tmpdir(), "kinetra-prepare-"));
		const exports = join(root, "exports");
		mkdirSync(exports);
		const text = exportText("EURUSD", 26);
		// The same content is one file only to the report at the end: reading it takes as long.
		for (let index = 0; index < 400; index++) writeFileSync(join(exports, `EURUSD_H1_${index}_a_name_that_is_longer_than_the_terminal_is_wide.csv`), text);
		const out = join(root, "data");
		const terminal = openCockpit(program, newHome(), ["data", "prepare", exports, "--out", out], { size: [50, 20], shell: shellAfter() });
		const screen = await terminal.untilText(/Reading [3-9]\d* of 400/);
		expect(screen.filter((row) => row !== "").length, screen.join("\n")).toBe(1);
		terminal.press(KEYS.ctrlC);
		const { code, text: all } = await leftBehind(terminal);
		expect([code, all.includes("Nothing was changed.")]).toEqual([130, true]);
		expect(existsSync(out) ? readdirSync(out) : []).toEqual([]);
	});
});

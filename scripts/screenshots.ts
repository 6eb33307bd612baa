// Pictures of the real screen for README and guide: runs the built program in a pseudo terminal and draws what it shows.
// Run: npm run screenshots [-- FOLDER [COLUMNSxROWS ...]]   (without arguments: docs/screens at 120x40)
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";
import { buildProgram, ROOT } from "../tests/helpers/cli.ts";
import { KEYS, openTerminal, type RunningTerminal } from "../tests/helpers/terminal.ts";
import { screenAsSvg } from "./screen-picture.ts";

/** One step of a walk through the program: keys to press, then a text to wait for. */
type Step = { readonly press: readonly string[]; readonly until: string | RegExp; readonly shot?: string };
/** A walk through a program started with `args`. */
type Walk = { readonly args: readonly string[]; readonly steps: readonly Step[] };

const FONTS = fileURLToPath(import.meta.resolve("dejavu-fonts-ttf/package.json")).replace("package.json", "ttf");

/** In the order of a first visit; the sessions of the first walk are the history that the later ones show. */
const WALKS: readonly Walk[] = [
	{
		args: ["run", "--seed", "7", "--agent", "sma", "--duration", "480", "--max-trades", "none", "--speed", "200"],
		steps: [
			{ press: [], until: /[5-9] closed|trades +[5-9]/, shot: "session" },
			{ press: ["c"], until: "Equity", shot: "session-equity" },
			{ press: ["c"], until: "CHS", shot: "session-chs" },
			{ press: ["+", "+", "+", "+", "+", "+", "+", "+", "+", "+"], until: "Promotion targets", shot: "summary" },
			{ press: ["2"], until: "Equity", shot: "summary-charts" },
			{ press: ["3"], until: "R", shot: "summary-trades" },
			{ press: ["4"], until: "Health", shot: "summary-health" },
		],
	},
	{
		args: ["run", "--scenario", "crash", "--seed", "1", "--speed", "300"],
		steps: [{ press: [], until: "CIRCUIT BREAKER", shot: "breaker" }],
	},
	{
		args: [],
		steps: [
			{ press: [], until: "Live Testing", shot: "main" },
			{ press: ["4"], until: "Virtual Trading", shot: "live-testing" },
			{ press: ["1"], until: "kinetra run", shot: "form" },
			{ press: ["0", "4"], until: "Guide", shot: "guide" },
			{ press: ["0", "6"], until: "checklist", shot: "gates" },
			{ press: ["0", "0", "5"], until: "sma", shot: "sessions" },
			{ press: ["0", "6"], until: "System Status", shot: "status" },
			{ press: ["?"], until: "Keys", shot: "keys" },
		],
	},
];

const [target = join(ROOT, "docs/screens"), ...sizes] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "kinetra-screens-"));
try {
	const program = buildProgram();
	for (const size of sizes.length > 0 ? sizes : ["120x40"]) {
		const [columns = 120, rows = 40] = size.split("x").map(Number);
		const suffix = sizes.length > 1 ? `-${size}` : "";
		const home = join(scratch, size);
		for (const walk of WALKS) await take(program, walk, { columns, rows, home, suffix });
	}
} finally {
	rmSync(scratch, { recursive: true, force: true });
}

async function take(program: string, walk: Walk, at: { columns: number; rows: number; home: string; suffix: string }): Promise<void> {
	const terminal = openTerminal(process.execPath, [program, ...walk.args], at);
	for (const step of walk.steps) {
		terminal.press(...step.press);
		try {
			await terminal.untilText(step.until);
		} catch (error) {
			process.stderr.write(`${step.shot ?? ""}: ${error instanceof Error ? error.message : String(error)}\n`);
		}
		// One more look: panes that paint after the awaited text belong to the picture.
		await new Promise((resolve) => setTimeout(resolve, 400));
		if (step.shot !== undefined) await save(terminal, `${step.shot}${at.suffix}`);
	}
	terminal.press(KEYS.ctrlC);
	await new Promise((resolve) => setTimeout(resolve, 300));
	terminal.press(KEYS.ctrlC);
	await terminal.ended();
}

async function save(terminal: RunningTerminal, name: string): Promise<void> {
	await terminal.screen();
	const fontFiles = [join(FONTS, "DejaVuSansMono.ttf"), join(FONTS, "DejaVuSansMono-Bold.ttf")];
	const picture = new Resvg(screenAsSvg(terminal.emulator), { font: { fontFiles, loadSystemFonts: false, defaultFontFamily: "DejaVu Sans Mono" } });
	mkdirSync(target, { recursive: true });
	writeFileSync(join(target, `${name}.png`), picture.render().asPng());
	process.stdout.write(`${name}.png\n`);
}

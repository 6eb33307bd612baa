// Pictures of the real screen for README and guide: walks through the built program in a pseudo terminal and draws what it shows.
// Run: npm run screenshots [-- [--text] FOLDER [COLUMNSxROWS ...]]   (without arguments: docs/screens at 120x40; --text writes the rows too)
// The same tree gives the same pictures but for clocks and the names of sessions.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";
import { buildProgram, environment, ROOT, runProgram } from "../tests/helpers/cli.ts";
import { KEYS, openTerminal, type RunningTerminal } from "../tests/helpers/terminal.ts";
import { screenAsSvg } from "./screen-picture.ts";
import { BRIDGE_HISTORY, BRIDGE_WALKS, HISTORY, WALKS, type Walk } from "./screen-walks.ts";
import { smallPng } from "./small-png.ts";

/** Where the walks are taken: the program, its window and home, and where a picture goes. */
type Place = {
	readonly program: string;
	readonly columns: number;
	readonly rows: number;
	readonly home: string;
	readonly env?: NodeJS.ProcessEnv;
	file(shot: string): string;
};

/** How long a screen must stand still before it is taken; what moves by itself does so within a tenth of it. */
const STILL_MS = 300;
/** A screen that moves for longer than this shows something that a walk must wait for by name. */
const STILL_PATIENCE_MS = 20_000;
const FONTS = fileURLToPath(import.meta.resolve("dejavu-fonts-ttf/package.json")).replace("package.json", "ttf");

const withText = process.argv.includes("--text");
const [target = join(ROOT, "docs/screens"), ...sizes] = process.argv.slice(2).filter((word) => word !== "--text");
const scratch = mkdtempSync(join(tmpdir(), "kinetra-screens-"));
try {
	const program = buildProgram();
	mkdirSync(target, { recursive: true });
	for (const size of sizes.length > 0 ? sizes : ["120x40"]) {
		const [columns = 120, rows = 40] = size.split("x").map(Number);
		const suffix = sizes.length > 1 ? `-${size}` : "";
		const place = { program, columns, rows, home: join(scratch, size), file: (shot: string) => join(target, `${shot}${suffix}`) };
		await runHistory(HISTORY, place);
		for (const walk of WALKS) await take(walk, place);
		await takeWithBridge({ ...place, home: `${place.home}-demo` });
	}
} finally {
	rmSync(scratch, { recursive: true, force: true });
}

async function runHistory(sessions: readonly (readonly string[])[], { program, home }: Place): Promise<void> {
	for (const args of sessions) {
		const { code, stderr } = await runProgram(process.execPath, [program, ...args, "--headless"], home);
		if (code === null || ![0, 5].includes(code)) throw new Error(`${args.join(" ")} ended with ${code}: ${stderr}`);
	}
}

/** The walks that need the stand-in terminal: it is started for them and ended after them. */
async function takeWithBridge(place: Place): Promise<void> {
	await runHistory(BRIDGE_HISTORY, place);
	const bridge = spawn(process.execPath, [place.program, "bridge", "--sandbox", "--port", "0"], {
		env: environment(place.home),
		stdio: ["ignore", "pipe", "pipe"],
	});
	try {
		let said = "";
		const address = await new Promise<string>((resolve, reject) => {
			const hear = (text: Buffer): void => {
				said += text.toString();
				const [, found] = /listens on ([\d.]+:\d+)/.exec(said) ?? [];
				if (found !== undefined) resolve(found);
			};
			bridge.stdout.on("data", hear);
			bridge.stderr.on("data", hear);
			bridge.once("exit", (code) => reject(new Error(`the stand-in terminal ended with ${code}: ${said}`)));
		});
		for (const walk of BRIDGE_WALKS) await take(walk, { ...place, env: { KINETRA_BRIDGE: `ws://${address}` } });
	} finally {
		const ended = once(bridge, "exit");
		bridge.kill("SIGTERM");
		if (bridge.exitCode === null) await ended;
	}
}

/** Takes a walk; whatever does not come fails it with the screen that came instead. */
async function take(walk: Walk, place: Place): Promise<void> {
	const terminal = openTerminal(process.execPath, [place.program, ...walk.args], place);
	try {
		for (const step of walk.steps) {
			for (const key of step.press ?? []) terminal.press(key);
			if (step.until !== undefined) await terminal.untilText(step.until);
			if (step.at !== undefined) await driveTo(terminal, step.at);
			if (step.shot === undefined) continue;
			if (step.at === undefined && step.moves !== true) await standStill(terminal);
			await save(terminal, place.file(step.shot));
		}
		terminal.press(KEYS.ctrlC);
		await terminal.ended();
	} catch (error) {
		terminal.close();
		throw error;
	}
}

/** Resolves when nothing but clocks has changed on the screen for a while. */
async function standStill(terminal: RunningTerminal): Promise<void> {
	const started = performance.now();
	let since = started;
	let last = "";
	while (performance.now() - since < STILL_MS) {
		const now = (await terminal.screen()).join("\n").replace(/\d\d:\d\d:\d\d/g, "clock");
		if (now !== last) since = performance.now();
		last = now;
		if (since - started > STILL_PATIENCE_MS) throw new Error(`the screen does not stand still:\n${now}`);
		await new Promise((resolve) => setTimeout(resolve, STILL_MS / 10));
	}
}

/** Slows the running session down to real time until its clock shows `time`, as a train comes into a station: two seconds of the way at each speed. */
async function driveTo(terminal: RunningTerminal, time: string): Promise<void> {
	const left = (rows: readonly string[]): number => secondsOf(time) - secondsOf(/([\d:]{8}) broker/.exec(rows[0] ?? "")?.[1] ?? "");
	const speedOf = (rows: readonly string[]): number => Number(/ ([\d.]+)x +\d\d:\d\d:\d\d /.exec(rows.join("\n"))?.[1]);
	for (;;) {
		const isNear = (seen: readonly string[]): boolean => left(seen) <= 0 || (speedOf(seen) > 1 && left(seen) <= speedOf(seen) * 2);
		const rows = await terminal.until(isNear, `the running session near ${time}`);
		if (left(rows) <= 0) break;
		terminal.press("-");
		await terminal.until((seen) => speedOf(seen) < speedOf(rows), `a speed below ${speedOf(rows)}`);
	}
	// The rest of the frame; at real time the next second is far away.
	await new Promise((resolve) => setTimeout(resolve, STILL_MS));
	if (left(await terminal.screen()) !== 0) throw new Error(`${time} was missed: the machine is too busy, try again`);
}

function secondsOf(clock: string): number {
	const [hours = Number.NaN, minutes = Number.NaN, seconds = Number.NaN] = clock.split(":").map(Number);
	return (hours * 60 + minutes) * 60 + seconds;
}

async function save(terminal: RunningTerminal, file: string): Promise<void> {
	const rows = await terminal.screen();
	const fontFiles = [join(FONTS, "DejaVuSansMono.ttf"), join(FONTS, "DejaVuSansMono-Bold.ttf")];
	const drawing = new Resvg(screenAsSvg(terminal.emulator), { font: { fontFiles, loadSystemFonts: false, defaultFontFamily: "DejaVu Sans Mono" } });
	const { pixels, width, height } = drawing.render();
	writeFileSync(`${file}.png`, smallPng(pixels, width, height));
	if (withText) writeFileSync(`${file}.txt`, `${rows.join("\n")}\n`);
	process.stdout.write(`${file}.png\n`);
}

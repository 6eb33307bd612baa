// The screen on a real pseudo terminal. Run: npx tsx bench/ui.ts [seconds a size, default 30]   (docs/PERFORMANCE.md says what the figures mean)
// Beside the program, in the same run: the hand-written cell diff of bench/cell-diff.ts over the very frames that the program has shown.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KEYS, openTerminal, type RunningTerminal } from "../tests/helpers/terminal.ts";
import { createCellDiff, type Frame, frameOf } from "./cell-diff.ts";
import { figure, median, table } from "./figures.ts";
import { buildProgram, ROOT } from "./process.ts";

const SIZES = [
	[120, 40],
	[200, 60],
] as const;
/** Market seconds a second: the synthetic market has one row a market second, so this is 1,000 rows a second. */
const SPEED = 1000;
const STARTS = 7;
const KEY_PRESSES = 200;
const SYNC_END = "\u001b[?2026l";

type Measured = {
	readonly firstPaintMs: number;
	readonly menuMs: number;
	readonly framesPerSecond: number;
	readonly screenCpuPct: number;
	readonly screenMsPerFrame: number;
	readonly engineCpuPct: number;
	readonly bytesPerFrame: number;
	readonly limitBytes: number;
	readonly limitMs: number;
	readonly keyP50: number;
	readonly keyP99: number;
	readonly engineLagP99: number;
	readonly screenLagP99: number;
	readonly heapMbPerHour: number;
	readonly marketHours: number;
};

const seconds = Number(process.argv[2] ?? 30);
const folder = mkdtempSync(join(tmpdir(), "kinetra-bench-ui-"));
try {
	await buildProgram();
	const results: Measured[] = [];
	for (const [columns, rows] of SIZES) results.push(await measure(columns, rows));
	print(results);
} finally {
	rmSync(folder, { recursive: true, force: true });
}

/** Written by every thread of the program, once a second: lag of its event loop and its heap after a collection. Loaded before the program. */
function probe(): string {
	return `import{isMainThread}from"node:worker_threads";import{monitorEventLoopDelay}from"node:perf_hooks";import{writeFileSync}from"node:fs";
const delay=monitorEventLoopDelay({resolution:2});delay.enable();const heap=[];
setInterval(()=>{globalThis.gc?.();heap.push(Math.round(process.memoryUsage().heapUsed));
writeFileSync(process.env.KINETRA_BENCH_OUT+(isMainThread?"/screen.json":"/engine.json"),JSON.stringify({p99:delay.percentile(99)/1e6-2,heap}));},1000).unref();`;
}

function start(columns: number, rows: number, args: readonly string[], flags: readonly string[] = []): RunningTerminal {
	const home = mkdtempSync(join(folder, "home-"));
	return openTerminal(process.execPath, [...flags, join(ROOT, "dist/kinetra.mjs"), ...args], { columns, rows, home, env: { KINETRA_BENCH_OUT: home } });
}

async function measure(columns: number, rows: number): Promise<Measured> {
	const starts: { firstPaintMs: number; menuMs: number }[] = [];
	for (let round = 0; round < STARTS; round++) starts.push(await measureStart(columns, rows));
	const busy = await measureSession(columns, rows);
	return { firstPaintMs: median(starts.map((one) => one.firstPaintMs)), menuMs: median(starts.map((one) => one.menuMs)), ...busy };
}

async function measureStart(columns: number, rows: number): Promise<{ firstPaintMs: number; menuMs: number }> {
	const began = performance.now();
	const terminal = start(columns, rows, []);
	await terminal.untilText("KINETRA");
	const firstPaintMs = performance.now() - began;
	await terminal.untilText("Live Testing");
	const menuMs = performance.now() - began;
	terminal.press("q");
	await terminal.ended();
	return { firstPaintMs, menuMs };
}

async function measureSession(columns: number, rows: number): Promise<Omit<Measured, "firstPaintMs" | "menuMs">> {
	const flags = ["--expose-gc", "--import", `data:text/javascript,${encodeURIComponent(probe())}`];
	const args = ["run", "--unlimited", "--agent", "sma", "--duration", "100000", "--speed", String(SPEED), "--seed", "1"];
	const terminal = start(columns, rows, args, flags);
	await terminal.untilText("EURUSD");
	await pause(5000);
	const frames: Frame[] = [];
	const taker = terminal.emulator.parser.registerCsiHandler({ prefix: "?", final: "l" }, (params) => {
		if (params[0] === 2026) frames.push(frameOf(terminal.emulator));
		return false;
	});
	const before = { at: performance.now(), bytes: terminal.bytes(), cpu: threadCpu(terminal.pid), frames: framesIn(terminal) };
	await pause(seconds * 1000);
	const after = { at: performance.now(), bytes: terminal.bytes(), cpu: threadCpu(terminal.pid), frames: framesIn(terminal) };
	taker.dispose();
	const took = (after.at - before.at) / 1000;
	const count = after.frames - before.frames;
	const limit = limitOf(frames);
	const keys = await measureKeys(terminal);
	const home = readProbe(terminal);
	terminal.press("q");
	terminal.kill("SIGTERM");
	await terminal.ended();
	const screenCpu = after.cpu.screen - before.cpu.screen;
	return {
		framesPerSecond: count / took,
		screenCpuPct: (100 * screenCpu) / took,
		screenMsPerFrame: (1000 * screenCpu) / count,
		engineCpuPct: (100 * (after.cpu.rest - before.cpu.rest)) / took,
		bytesPerFrame: (after.bytes - before.bytes) / count,
		limitBytes: limit.bytes,
		limitMs: limit.ms,
		keyP50: percentile(keys, 50),
		keyP99: percentile(keys, 99),
		...home,
	};
}

function framesIn(terminal: RunningTerminal): number {
	return terminal.received().split(SYNC_END).length - 1;
}

/** The same frames through a cell diff written by hand for nothing else. */
function limitOf(frames: readonly Frame[]): { bytes: number; ms: number } {
	const diff = createCellDiff();
	let bytes = 0;
	const began = process.cpuUsage();
	for (const frame of frames) bytes += Buffer.byteLength(diff(frame));
	const used = process.cpuUsage(began);
	return { bytes: bytes / frames.length, ms: (used.user + used.system) / 1000 / frames.length };
}

/** From the key press to the frame that shows its effect: `c` changes the title of the chart. */
async function measureKeys(terminal: RunningTerminal): Promise<number[]> {
	const taken: number[] = [];
	const titles = [/Price/, /Equity/, /CHS/];
	const chartTitle = (rows: readonly string[]): string => rows.map((row) => /[─╮╭ ](Price|Equity|CHS) (?=[^│]*·|.*chart)/.exec(row)?.[1] ?? "").join("");
	for (let press = 0; press < KEY_PRESSES; press++) {
		const shown = chartTitle(await terminal.screen());
		const began = performance.now();
		terminal.press("c");
		await terminal.until((rows) => chartTitle(rows) !== shown, `the chart to change from ${shown} (${titles.length} charts)`);
		taken.push(performance.now() - began);
		await pause(17 + (press % 7) * 13);
	}
	terminal.press(KEYS.escape);
	return taken;
}

/** Processor seconds of the main thread, which draws, and of all others. */
function threadCpu(pid: number): { screen: number; rest: number } {
	let screen = 0;
	let rest = 0;
	for (const task of readdirSync(`/proc/${pid}/task`)) {
		const fields = readFileSync(`/proc/${pid}/task/${task}/stat`, "utf8")
			.replace(/^.*\) /, "")
			.split(" ");
		const used = (Number(fields[11]) + Number(fields[12])) / 100;
		if (Number(task) === pid) screen += used;
		else rest += used;
	}
	return { screen, rest };
}

function readProbe(terminal: RunningTerminal): Pick<Measured, "engineLagP99" | "screenLagP99" | "heapMbPerHour" | "marketHours"> {
	const home = homeOf(terminal);
	const read = (name: string): { p99: number; heap: number[] } => JSON.parse(readFileSync(join(home, name), "utf8"));
	const [screen, engine] = [read("screen.json"), read("engine.json")];
	// The first seconds load and compile; after them the slope of the heap of the drawing thread tells of leaks.
	const heap = screen.heap.slice(8);
	const marketHours = (heap.length * SPEED) / 3600;
	const third = Math.max(1, Math.floor(heap.length / 3));
	const grown = median(heap.slice(-third)) - median(heap.slice(0, third));
	return { engineLagP99: engine.p99, screenLagP99: screen.p99, heapMbPerHour: grown / 1e6 / ((marketHours * 2) / 3), marketHours };
}

function homeOf(terminal: RunningTerminal): string {
	const env = readFileSync(`/proc/${terminal.pid}/environ`, "utf8").split("\0");
	return env.find((one) => one.startsWith("KINETRA_BENCH_OUT="))?.slice("KINETRA_BENCH_OUT=".length) ?? folder;
}

function percentile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * share) / 100))] ?? Number.NaN;
}

function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

function print(results: readonly Measured[]): void {
	const row = (name: string, value: (one: Measured) => string): string[] => [name, ...results.map(value)];
	const rows = [
		["", ...SIZES.map(([columns, count]) => `${columns}x${count}`)],
		row("first paint after process start, ms", (one) => figure(one.firstPaintMs)),
		row("menu after process start, ms", (one) => figure(one.menuMs)),
		row("frames a second", (one) => figure(one.framesPerSecond)),
		row("screen thread, % of a core", (one) => figure(one.screenCpuPct)),
		row("screen thread, ms a frame", (one) => figure(one.screenMsPerFrame)),
		row("engine and other threads, % of a core", (one) => figure(one.engineCpuPct)),
		row("bytes a frame", (one) => figure(one.bytesPerFrame)),
		row("bytes a frame, hand-written diff", (one) => figure(one.limitBytes)),
		row("bytes: ratio", (one) => figure(one.bytesPerFrame / one.limitBytes)),
		row("CPU of the hand-written diff alone, ms a frame", (one) => figure(one.limitMs)),
		row("key to frame p50 / p99, ms", (one) => `${figure(one.keyP50)} / ${figure(one.keyP99)}`),
		row("engine loop lag p99, ms", (one) => figure(one.engineLagP99)),
		row("screen loop lag p99, ms", (one) => figure(one.screenLagP99)),
		row("heap growth of the screen, MB a market hour", (one) => `${figure(one.heapMbPerHour)} over ${figure(one.marketHours)} h`),
	];
	process.stdout.write(`${table(rows)}\n`);
}

// What one run of the built program on a pseudo terminal tells; used by ui.ts.
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import xterm from "@xterm/headless";
import { createCellDiff, type Frame, frameOf } from "../tests/helpers/cell-diff.ts";
import { openTerminal, type RunningTerminal } from "../tests/helpers/terminal.ts";
import { median } from "./figures.ts";

/** The program's file, a folder for homes, and the size of the terminal. */
export type Place = { readonly program: string; readonly folder: string; readonly columns: number; readonly rows: number };

/** From the start of the process: an empty Node, the first frame, and the menu that takes keys. */
export type Start = { readonly nodeMs: number; readonly firstPaintMs: number; readonly menuMs: number };

export type Session = {
	readonly rowsPerSecond: number;
	readonly framesPerSecond: number;
	readonly screenPct: number;
	readonly enginePct: number;
	readonly restPct: number;
	readonly screenMsPerFrame: number;
	readonly bytesPerFrame: number;
	readonly limitBytes: number;
	readonly keyP50Ms: number;
	readonly keyP99Ms: number;
	readonly keyMaxMs: number;
	/** NaN without the probe for it. */
	readonly engineLagP99Ms: number;
	readonly screenLagP99Ms: number;
};

/** Market seconds a second. The synthetic market has a row a market second, so this is 1,000 rows a second. */
const SPEED = 1000;
const SETTLE_MS = 5000;
const KEY_ROUNDS = 50;
/** Characters that are echoed in one line before it is erased again. */
const LINE = 40;
const MB = 1_048_576;
const SYNC_END = "\u001b[?2026l";
/** Of a second, in /proc. */
const CLOCK_TICKS = 100;

/**
 * Loaded before the program, by every thread of it. Always: which task of the process a thread is. `lag`: how late its loop is, over the time
 * after the start. `heap`: what is left after a collection, every two seconds.
 */
const PROBE = `import{isMainThread}from"node:worker_threads";import{monitorEventLoopDelay}from"node:perf_hooks";import{readlinkSync,writeFileSync}from"node:fs";
const out=process.env.KINETRA_BENCH_OUT+(isMainThread?"/screen-":"/engine-"),kind=process.env.KINETRA_BENCH_PROBE;
writeFileSync(out+"thread",readlinkSync("/proc/thread-self").split("/").at(-1));
if(kind==="lag"){const d=monitorEventLoopDelay({resolution:1});d.enable();setTimeout(()=>d.reset(),${SETTLE_MS}).unref();setInterval(()=>writeFileSync(out+"lag",String(d.percentile(99)/1e6-1)),1000).unref()}
if(kind==="heap"){const h=[];setInterval(()=>{globalThis.gc();h.push([process.memoryUsage().heapUsed,process.memoryUsage.rss()]);writeFileSync(out+"heap",JSON.stringify(h))},2000).unref()}`;

type Probe = "none" | "lag" | "heap";
type Opened = { readonly terminal: RunningTerminal; readonly home: string };

/** Starts the program, and an empty Node beside it for comparison. */
export async function measureStart(place: Place): Promise<Start> {
	const { columns, rows, folder } = place;
	const nodeBegan = performance.now();
	await openTerminal(process.execPath, ["-e", "0"], { columns, rows, home: folder }).ended();
	const nodeMs = performance.now() - nodeBegan;
	const began = performance.now();
	const terminal = openTerminal(process.execPath, [place.program], { columns, rows, home: mkdtempSync(join(folder, "home-")) });
	await terminal.untilText("KINETRA");
	const firstPaintMs = performance.now() - began;
	await terminal.untilText("Live Testing");
	const menuMs = performance.now() - began;
	terminal.press("q");
	await terminal.ended();
	return { nodeMs, firstPaintMs, menuMs };
}

/** A session at SPEED: processor time by thread, bytes beside those of the hand-written diff, keys. */
export async function measureSession(place: Place, seconds: number, probe: "none" | "lag" = "none"): Promise<Session> {
	const { terminal, home } = await openSession(place, probe);
	const before = sample(terminal, home);
	await pause(seconds * 1000);
	const after = sample(terminal, home);
	const keys = await measureKeys(terminal);
	const lag = (name: string): number => (probe === "lag" ? Number(readFileSync(join(home, name), "utf8")) : Number.NaN);
	const lags = { engineLagP99Ms: lag("engine-lag"), screenLagP99Ms: lag("screen-lag") };
	await end(terminal);
	const took = (after.atMs - before.atMs) / 1000;
	const frames = after.frames - before.frames;
	const used = (thread: "screen" | "engine" | "rest"): number => after.cpu[thread] - before.cpu[thread];
	return {
		rowsPerSecond: marketSeconds(before.clock, after.clock) / took,
		framesPerSecond: frames / took,
		screenPct: (100 * used("screen")) / took,
		enginePct: (100 * used("engine")) / took,
		restPct: (100 * used("rest")) / took,
		screenMsPerFrame: (1000 * used("screen")) / frames,
		bytesPerFrame: (after.bytes - before.bytes) / frames,
		limitBytes: await limitBytes(place, terminal.received(), before.frames, after.frames),
		keyP50Ms: percentile(keys, 50),
		keyP99Ms: percentile(keys, 99),
		keyMaxMs: Math.max(...keys),
		...lags,
	};
}

/** The same way without a program of ours: what `cat` on a terminal takes to show a key. What it takes is the machine's. */
export async function measureEcho({ columns, rows, folder }: Place): Promise<{ p50Ms: number; p99Ms: number }> {
	const terminal = openTerminal("/bin/cat", [], { columns, rows, home: folder });
	const count = (rows: readonly string[]): number => rows.join("").replaceAll(" ", "").length;
	const taken: number[] = [];
	for (let press = 0; press < 10 * KEY_ROUNDS; press++) {
		const began = performance.now();
		terminal.press("x");
		await terminal.until((shown) => count(shown) > press % LINE, "the echo of x");
		taken.push(performance.now() - began);
		if (press % LINE === LINE - 1) {
			terminal.press("\u0015");
			await terminal.until((shown) => count(shown) === 0, "an empty line");
		}
		await pause(17 + (press % 7) * 13);
	}
	terminal.close();
	return { p50Ms: percentile(taken, 50), p99Ms: percentile(taken, 99) };
}

/** A terminal that is not read for a while: does the market go on, and how does the screen come back. */
export async function measureStall(place: Place, seconds: number) {
	const { terminal } = await openSession(place, "none");
	const rss = rssMb(terminal);
	const before = { atMs: performance.now(), clock: clockOf(await terminal.screen()) };
	terminal.pause();
	await pause(seconds * 1000);
	const grownMb = rssMb(terminal) - rss;
	const bytes = terminal.bytes();
	const resumed = performance.now();
	terminal.resume();
	const wanted = (seconds - 0.5) * SPEED;
	const rows = await terminal.until((shown) => marketSeconds(before.clock, clockOf(shown)) >= wanted, "the market time of now");
	const recoveredMs = performance.now() - resumed;
	const recoveredBytes = terminal.bytes() - bytes;
	const took = (performance.now() - before.atMs) / 1000;
	const pacePct = (100 * marketSeconds(before.clock, clockOf(rows))) / (took * SPEED);
	await end(terminal);
	return { pacePct, recoveredMs, recoveredBytes, grownMb };
}

/** Heaps after a collection over so many market hours: the middle of the last third against that of the first one. */
export async function measureMemory(place: Place, marketHours: number) {
	const { terminal, home } = await openSession(place, "heap");
	await pause((marketHours * 3600_000) / SPEED);
	const read = (name: string): readonly (readonly [heap: number, rss: number])[] => JSON.parse(readFileSync(join(home, name), "utf8"));
	const [screen, engine] = [read("screen-heap"), read("engine-heap")];
	await end(terminal);
	// The first seconds load and compile.
	const grown = (rows: typeof screen, part: 0 | 1): number => {
		const values = rows.slice(SETTLE_MS / 2000).map((row) => row[part] / MB);
		const third = Math.max(1, Math.floor(values.length / 3));
		return (median(values.slice(-third)) - median(values.slice(0, third))) / ((2 / 3) * marketHours);
	};
	return {
		hours: marketHours,
		screenMbPerHour: grown(screen, 0),
		engineMbPerHour: grown(engine, 0),
		rssMbPerHour: grown(screen, 1),
		rssMb: (screen.at(-1)?.[1] ?? Number.NaN) / MB,
	};
}

async function openSession({ program, folder, columns, rows }: Place, probe: Probe): Promise<Opened> {
	const home = mkdtempSync(join(folder, "home-"));
	const flags = ["--expose-gc", "--import", `data:text/javascript,${encodeURIComponent(PROBE)}`];
	const args = ["run", "--unlimited", "--agent", "sma", "--duration", "100000", "--speed", String(SPEED), "--seed", "1"];
	const env = { KINETRA_BENCH_OUT: home, KINETRA_BENCH_PROBE: probe };
	const terminal = openTerminal(process.execPath, [...flags, program, ...args], { columns, rows, home, env });
	await terminal.untilText("Trade log");
	await pause(SETTLE_MS);
	return { terminal, home };
}

async function end(terminal: RunningTerminal): Promise<void> {
	terminal.kill("SIGTERM");
	await terminal.ended();
}

function sample(terminal: RunningTerminal, home: string) {
	const visible = terminal.emulator.buffer.active.getLine(0)?.translateToString() ?? "";
	return {
		atMs: performance.now(),
		bytes: terminal.bytes(),
		frames: framesIn(terminal.received()),
		cpu: threadCpu(terminal.pid, home),
		clock: clockOf([visible]),
	};
}

/** Seconds since midnight of the broker's clock in the title row. */
function clockOf(rows: readonly string[]): number {
	const [, hours, minutes, seconds] = /(\d\d):(\d\d):(\d\d) broker/.exec(rows[0] ?? "") ?? [];
	return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function marketSeconds(from: number, to: number): number {
	return (to - from + 86_400) % 86_400;
}

function framesIn(received: string): number {
	return received.split(SYNC_END).length - 1;
}

/** Bytes a frame of the hand-written diff over the very frames that the program has shown. */
async function limitBytes({ columns, rows }: Place, received: string, from: number, to: number): Promise<number> {
	const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
	let diff: ((frame: Frame) => string) | null = null;
	let bytes = 0;
	for (const [index, part] of received.split(SYNC_END).slice(0, to).entries()) {
		await new Promise<void>((resolve) => emulator.write(part + SYNC_END, resolve));
		if (index < from - 1) continue;
		const frame = frameOf(emulator);
		if (diff === null) diff = createCellDiff(frame);
		else bytes += Buffer.byteLength(diff(frame));
	}
	emulator.dispose();
	return bytes / (to - from);
}

/** From the press of a key to the frame that shows what it does: lists, charts, layouts, another screen and back. */
async function measureKeys(terminal: RunningTerminal): Promise<number[]> {
	const price = (rows: readonly string[]): boolean => rows.some((row) => /─ Price /.test(row) && !/─ (Equity|CHS) /.test(row));
	const first = (rows: readonly string[], title: string): boolean =>
		rows.findIndex((row) => row.includes(`╭─ ${title}`)) === rows.findIndex((row) => /╭─ (Price|Equity|CHS) /.test(row));
	const steps: readonly (readonly [key: string, (rows: readonly string[]) => boolean])[] = [
		["t", (rows) => rows.some((row) => row.includes("─ Trades ─"))],
		["l", (rows) => rows.some((row) => row.includes("─ Trade log ─"))],
		["c", (rows) => first(rows, "Equity")],
		["c", (rows) => first(rows, "CHS ")],
		["c", (rows) => first(rows, "Price") && price(rows)],
		["p", (rows) => !rows.some((row) => row.includes("─ Limits ─"))],
		["p", (rows) => !rows.some((row) => row.includes("─ Price "))],
		["p", (rows) => rows.some((row) => row.includes("─ Limits ─"))],
		["?", (rows) => rows[2]?.includes("Keys") === true],
		["0", (rows) => rows[2]?.includes("Keys") === false && rows.some((row) => row.includes("─ Limits ─"))],
	];
	const taken: number[] = [];
	for (let round = 0; round < KEY_ROUNDS; round++) {
		for (const [index, [key, isShown]] of steps.entries()) {
			const began = performance.now();
			terminal.press(key);
			await terminal.until(isShown, `what the key ${key} does (${index})`);
			taken.push(performance.now() - began);
			// At any moment between two frames.
			await pause(17 + ((round * steps.length + index) % 7) * 13);
		}
	}
	return taken;
}

/** Processor seconds of the thread that draws, of the engine's, and of all others (collector, compiler, files). */
function threadCpu(pid: number, home: string): { screen: number; engine: number; rest: number } {
	const used = { screen: 0, engine: 0, rest: 0 };
	const [screen, engine] = ["screen", "engine"].map((name) => readFileSync(join(home, `${name}-thread`), "utf8"));
	for (const task of readdirSync(`/proc/${pid}/task`)) {
		const fields = readFileSync(`/proc/${pid}/task/${task}/stat`, "utf8")
			.replace(/^.*\) /, "")
			.split(" ");
		const seconds = (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
		used[task === screen ? "screen" : task === engine ? "engine" : "rest"] += seconds;
	}
	return used;
}

function rssMb(terminal: RunningTerminal): number {
	const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${terminal.pid}/status`, "utf8"))?.[1];
	return Number(kb) / 1024;
}

function percentile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * share) / 100))] ?? Number.NaN;
}

function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

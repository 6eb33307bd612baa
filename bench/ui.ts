// The screen on a real pseudo terminal. Run: npx tsx bench/ui.ts [seconds a phase, default 30] [market hours for the memory, default 24]
// docs/PERFORMANCE.md says what the figures mean. Both sizes take about eight minutes. Needs Linux: what each thread used is read from /proc.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { figure, median, table } from "./figures.ts";
import { buildProgram } from "./process.ts";
import { type Drawing, measureDrawing } from "./ui-drawing-run.ts";
import { measureEcho, measureMemory, measureSession, measureStall, measureStart, type Place, type Session, type Start } from "./ui-session.ts";

const SIZES = [
	[120, 40],
	[200, 60],
] as const;
const STARTS = 9;

type Measured = {
	readonly start: Start;
	readonly session: Session;
	readonly echo: Awaited<ReturnType<typeof measureEcho>>;
	readonly lag: { readonly engineP99Ms: number; readonly screenP99Ms: number };
	readonly stall: Awaited<ReturnType<typeof measureStall>>;
	readonly memory: Awaited<ReturnType<typeof measureMemory>>;
	readonly drawing: Drawing;
};

const seconds = Number(process.argv[2] ?? 30);
const marketHours = Number(process.argv[3] ?? 24);
const folder = mkdtempSync(join(tmpdir(), "kinetra-bench-ui-"));
try {
	await main();
} finally {
	rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
	if (process.platform !== "linux") {
		process.stderr.write("bench/ui needs Linux: threads are told apart by /proc, which this system does not have.\n");
		process.exitCode = 2;
		return;
	}
	const program = await buildProgram(join(folder, "program"));
	const results: Measured[] = [];
	for (const [columns, rows] of SIZES) results.push(await measure({ program, folder, columns, rows }));
	print(results);
}

async function measure(place: Place): Promise<Measured> {
	const starts: Start[] = [];
	for (let round = 0; round < STARTS; round++) starts.push(await measureStart(place));
	const of = (read: (one: Start) => number): number => median(starts.map(read));
	const session = await measureSession(place, seconds);
	const echo = await measureEcho(place);
	const stall = await measureStall(place, 5);
	const memory = await measureMemory(place, marketHours);
	const { columns, rows } = place;
	return {
		start: { nodeMs: of((one) => one.nodeMs), firstPaintMs: of((one) => one.firstPaintMs), menuMs: of((one) => one.menuMs) },
		session,
		echo,
		lag: await measureLag(place),
		stall,
		memory,
		drawing: await measureDrawing(folder, columns, rows),
	};
}

/** Apart from the processor time: the timer that finds the lag costs some itself. */
async function measureLag(place: Place): Promise<Measured["lag"]> {
	const { engineLagP99Ms, screenLagP99Ms } = await measureSession(place, seconds, "lag");
	return { engineP99Ms: engineLagP99Ms, screenP99Ms: screenLagP99Ms };
}

function print(results: readonly Measured[]): void {
	const row = (name: string, goal: string, value: (one: Measured) => string): string[] => [name, goal, ...results.map(value)];
	const rows = [
		["", "goal", ...SIZES.map(([columns, count]) => `${columns}x${count}`)],
		row(
			"first paint after process start, ms (times `node -e 0`)",
			"350",
			({ start }) => `${figure(start.firstPaintMs)} (${figure(start.firstPaintMs / start.nodeMs)})`,
		),
		row("menu after process start, ms (times `node -e 0`)", "500", ({ start }) => `${figure(start.menuMs)} (${figure(start.menuMs / start.nodeMs)})`),
		row("rows of the market a second", "1,000", ({ session }) => figure(session.rowsPerSecond)),
		row("frames a second", "10", ({ session }) => figure(session.framesPerSecond)),
		row("screen thread, ms a frame", "5", ({ session }) => figure(session.screenMsPerFrame)),
		row("screen thread / engine thread / others, % of a core", "", ({ session }) =>
			[session.screenPct, session.enginePct, session.restPct].map(figure).join(" / "),
		),
		row("bytes a frame, program / hand-written diff", "", ({ session }) => `${figure(session.bytesPerFrame)} / ${figure(session.limitBytes)}`),
		row("bytes a frame, ratio", "1.2", ({ session }) => figure(session.bytesPerFrame / session.limitBytes)),
		row("key to frame, p50 / p99 / largest, ms", "- / 50", ({ session }) => [session.keyP50Ms, session.keyP99Ms, session.keyMaxMs].map(figure).join(" / ")),
		row("key to frame in `cat` on the same terminal, p50 / p99, ms", "", ({ echo }) => [echo.p50Ms, echo.p99Ms].map(figure).join(" / ")),
		row("engine loop lag p99, ms", "10", ({ lag }) => figure(lag.engineP99Ms)),
		row("screen loop lag p99, ms", "", ({ lag }) => figure(lag.screenP99Ms)),
		row("stalled terminal: market went on at, %", "100", ({ stall }) => figure(stall.pacePct)),
		row("stalled terminal: screen right again after, ms / bytes", "", ({ stall }) => `${figure(stall.recoveredMs)} / ${figure(stall.recoveredBytes)}`),
		row("stalled terminal: resident memory grew, MB", "0", ({ stall }) => figure(stall.grownMb)),
		row("heap growth, screen thread, MB a market hour", "1", ({ memory }) => `${figure(memory.screenMbPerHour)} over ${figure(memory.hours)} h`),
		row("heap growth, engine thread, MB a market hour", "1", ({ memory }) => figure(memory.engineMbPerHour)),
		row("resident memory growth, MB a market hour (end, MB)", "1", ({ memory }) => `${figure(memory.rssMbPerHour)} (${figure(memory.rssMb)})`),
		row("drawing alone: hot panes / painters / hand-written diff, ms a frame", "", ({ drawing }) =>
			[drawing.panesMs, drawing.paintersMs, drawing.limitMs].map(figure).join(" / "),
		),
		row("hot panes / (painters + hand-written diff)", "2", ({ drawing }) => figure(drawing.panesMs / (drawing.paintersMs + drawing.limitMs))),
		row("drawing with React, ms a frame", "", ({ drawing }) => figure(drawing.cockpitMs)),
		row("frames that ink has drawn of", "", ({ drawing }) => `${figure(drawing.inkFrames)} of ${figure(drawing.updates)}`),
		row("heap growth an hour of frames (36,000), MB", "1", ({ drawing }) => figure(drawing.hourMb)),
		row("heap growth over 2,000 keys in a menu, MB", "", ({ drawing }) => figure(drawing.menuMb)),
	];
	process.stdout.write(`${table(rows)}\n${JSON.stringify({ bench: "ui", node: process.version, seconds, marketHours, results })}\n`);
}

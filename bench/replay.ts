// The whole pipeline against the bare loop. Run: npx tsx bench/replay.ts [rounds]   (docs/PERFORMANCE.md says what the figures mean)
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { figure, median, table } from "./figures.ts";
import { findExport, readExport, writeCopies } from "./market-file.ts";
import type { Job, Measured } from "./pipeline.ts";
import { buildProgram, ROOT, runNode } from "./process.ts";

const SYNTHETIC_ROWS = 10_000_000;
const COPIES = 21;
const SEED = 1;

type Case = { readonly name: string; readonly file: string | null; readonly rows: number | null; readonly unlimited: boolean };

const rounds = Number(process.argv[2] ?? 3);
const folder = mkdtempSync(join(tmpdir(), "kinetra-bench-"));
try {
	await main();
} finally {
	rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
	await buildProgram();
	const program = join(folder, "pipeline.mjs");
	await bundle(program);
	const cases = casesOf();
	const results = cases.map((): Measured[] => []);
	const starts: { versionMs: number; firstRowsMs: number }[] = [];
	// Interleaved: a busy minute of the machine then slows every row of the table rather than one.
	for (let round = 0; round < rounds; round++) {
		starts.push(await measureStart(round));
		for (const [index, one] of cases.entries()) results[index]?.push(await measure(program, one, round));
	}
	const rows = cases.map((one, index) => summarise(one.name, results[index] ?? []));
	const start = { versionMs: median(starts.map((one) => one.versionMs)), firstRowsMs: median(starts.map((one) => one.firstRowsMs)) };
	print(rows, start);
}

/** One file with everything in it, as users run it: no loader, no helper calls of a development tool in the measured loop. */
async function bundle(outfile: string): Promise<void> {
	await build({
		absWorkingDir: ROOT,
		entryPoints: ["bench/pipeline.ts"],
		outfile,
		bundle: true,
		format: "esm",
		platform: "node",
		target: "node20.12",
		define: { __KINETRA_VERSION__: '"bench"' },
		banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
	});
}

function casesOf(): Case[] {
	// With its limits a session on this market is over long before ten million rows.
	const cases: Case[] = [{ name: "synthetic, 10 M rows, --unlimited", file: null, rows: SYNTHETIC_ROWS, unlimited: true }];
	const real = findExport();
	if (real === null) {
		process.stderr.write("The GBPUSD M15 export is not there (set KINETRA_BENCH_DATA to its folder): only the synthetic market is measured.\n");
		return cases;
	}
	const copies = join(folder, `GBPUSD_M15_${COPIES}-copies.csv`);
	writeCopies(readExport(real), COPIES, "weeks", copies);
	return [
		{ name: "csv ohlc, the file", file: real, rows: null, unlimited: false },
		{ name: `csv ohlc, ${COPIES} copies`, file: copies, rows: null, unlimited: false },
		{ name: `csv ohlc, ${COPIES} copies, --unlimited`, file: copies, rows: null, unlimited: true },
		...cases,
	];
}

async function measure(program: string, { file, rows, unlimited }: Case, round: number): Promise<Measured> {
	const job: Job = { file, rows, unlimited, seed: SEED, home: join(folder, `home-${round}`) };
	const taken = await runNode([program, JSON.stringify(job)]);
	if (taken.exitCode !== 0) throw new Error(taken.stderr);
	return JSON.parse(taken.stdout) as Measured;
}

/** `kinetra --version`, and from the start of the process to the first output of a session, which comes after its first 4,096 rows. */
async function measureStart(round: number): Promise<{ versionMs: number; firstRowsMs: number }> {
	const version = await runNode(["dist/kinetra.mjs", "--version"]);
	const home = join(folder, `start-${round}`);
	const session = await runNode(["dist/kinetra.mjs", "run", "--json", "--seed", String(SEED), "--speed", "max"], { KINETRA_HOME: home });
	rmSync(home, { recursive: true, force: true });
	return { versionMs: version.seconds * 1000, firstRowsMs: session.firstOutputMs ?? Number.NaN };
}

type Row = ReturnType<typeof summarise>;

function summarise(name: string, all: readonly Measured[]) {
	const of = (pick: (one: Measured) => number): number => median(all.map(pick));
	const last = all[all.length - 1];
	const trades = (last?.realTrades ?? 0) + (last?.shadowTrades ?? 0);
	return {
		name,
		rows: last?.rows ?? 0,
		trades,
		wallMRows: of((one) => one.rows / one.seconds / 1e6),
		cpuMRows: of((one) => one.rows / one.cpuSeconds / 1e6),
		feedMRows: of((one) => one.rows / one.feedSeconds / 1e6),
		bareMRows: of((one) => one.rows / one.bareSeconds / 1e6),
		ratio: of((one) => one.cpuSeconds / one.bareSeconds),
		quarterMb: of((one) => one.quarterMb),
		halfMb: of((one) => one.halfMb),
		endMb: of((one) => one.endMb),
		peakMb: of((one) => one.peakMb),
		journalMb: (last?.journalBytes ?? 0) / 1e6,
		journalBytesPerTrade: (last?.journalBytes ?? 0) / Math.max(1, trades),
		sameEveryRound: new Set(all.map((one) => one.fingerprint)).size === 1,
		bare: last?.bare ?? null,
	};
}

function print(rows: readonly Row[], start: { versionMs: number; firstRowsMs: number }): void {
	const head = [
		"pipeline",
		"rows",
		"M rows/s wall",
		"M rows/s cpu",
		"feed alone",
		"bare loop",
		"times the bare loop",
		"MB at 1/4, 1/2, end, peak",
		"trades",
		"journal MB",
		"bytes a trade",
	];
	const body = rows.map((row) => [
		row.name,
		row.rows.toLocaleString("en-US"),
		figure(row.wallMRows),
		figure(row.cpuMRows),
		figure(row.feedMRows),
		figure(row.bareMRows),
		figure(row.ratio),
		[row.quarterMb, row.halfMb, row.endMb, row.peakMb].map((mb) => mb.toFixed(0)).join(", "),
		row.trades.toLocaleString("en-US"),
		figure(row.journalMb),
		row.journalBytesPerTrade.toFixed(0),
	]);
	process.stdout.write(`${table([head, ...body])}\n\n`);
	process.stdout.write(`kinetra --version: ${start.versionMs.toFixed(0)} ms; a session's first output, after 4,096 rows: ${start.firstRowsMs.toFixed(0)} ms\n`);
	for (const row of rows) if (!row.sameEveryRound) process.stdout.write(`${row.name}: the fingerprint differed between rounds\n`);
	process.stdout.write(`${JSON.stringify({ bench: "replay", node: process.version, rounds, rows, start })}\n`);
}

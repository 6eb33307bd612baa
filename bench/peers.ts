// The peers' job as a whole process: SMA 20/50 cross on M15 bars. Run: npx tsx bench/peers.ts [rounds]   (docs/PERFORMANCE.md has the peers' figures)
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { arrayProgram, type Bars } from "./array-program.ts";
import { figure, median, table } from "./figures.ts";
import { findExport, type MarketFile, readExport, writeCopies } from "./market-file.ts";
import { buildProgram, runNode } from "./process.ts";

const COPIES = 21;
/** 10,000 units without stops, costs and delays other than the commission; positions are kept at the end, as the peers mark theirs. */
const OPTIONS = [
	["--agent", "sma", "--seed", "1", "--unlimited", "--ticks", "open", "--account", "netting", "--balance", "1000000", "--on-exit", "keep"],
	set("rules.requireStop", "false"),
	set("agent.stopAtr", "0"),
	set("agent.lots", "0.1"),
	set("simulator.spreadModel", "fixed"),
	set("simulator.spreadPoints", "0"),
	set("simulator.latencyMs", "0"),
	set("simulator.latencyJitterMs", "0"),
	set("simulator.slippagePoints", "0"),
	set("simulator.chargeSwap", "false"),
	set("instrument.commission", '{"kind":"percent","rate":0.002,"minimum":0,"side":"both"}'),
	// Gapless stamps run through nights and weekends.
	set("instrument.sessions", JSON.stringify(Array.from({ length: 7 }, () => [[0, 1440]]))),
	set("rules.noEntryAroundMidnightMinutes", "0"),
	set("rules.noEntryBeforeWeekendMinutes", "0"),
	set("rules.duplicateWindowMs", "0"),
].flat();

type Result = {
	readonly closed: number;
	readonly equity: number;
	readonly seconds: number;
	readonly cpuSeconds: number;
	readonly loopSeconds: number;
	readonly peakMb: number;
};

const rounds = Number(process.argv[2] ?? 3);
const real = findExport();
if (real === null) process.stderr.write("The GBPUSD M15 export is not there: set KINETRA_BENCH_DATA to its folder. Nothing to measure.\n");
else await main(real);

async function main(path: string): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), "kinetra-peers-"));
	try {
		await buildProgram();
		const market = readExport(path);
		const long = join(folder, `GBPUSD_M15_${COPIES}-copies.csv`);
		writeCopies(market, COPIES, "gapless", long);
		const jobs = [
			{ name: "the file", file: path, copies: 1, results: [] as Result[] },
			{ name: `${COPIES} copies, gapless`, file: long, copies: COPIES, results: [] as Result[] },
		];
		for (let round = 0; round < rounds; round++) for (const job of jobs) job.results.push(await run(job.file, join(folder, `home-${round}-${job.copies}`)));
		report(jobs.map((job) => summarise(job.name, barsOf(market, job.copies), job.results)));
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function set(key: string, value: string): string[] {
	return ["--set", `${key}=${value}`];
}

async function run(file: string, home: string): Promise<Result> {
	const taken = await runNode(["dist/kinetra.mjs", "run", "--file", file, ...OPTIONS], { KINETRA_HOME: home });
	if (taken.exitCode !== 0) throw new Error(taken.stderr);
	const [session = ""] = readdirSync(join(home, "sessions"));
	const summary = JSON.parse(readFileSync(join(home, "sessions", session, "summary.json"), "utf8"));
	rmSync(home, { recursive: true, force: true });
	const loopSeconds = (Date.parse(summary.end.wall) - Date.parse(summary.start.wall)) / 1000;
	const { seconds, cpuSeconds, peakMb } = taken;
	return { closed: summary.tradesClosed, equity: summary.endEquity, seconds, cpuSeconds, loopSeconds, peakMb };
}

function barsOf(market: MarketFile, copies: number): Bars {
	const columns = market.rests.map((rest) => rest.split("\t").map((price) => Math.round(Number(price) * 1e5)));
	const length = columns.length * copies;
	const column = (index: number): Int32Array => Int32Array.from({ length }, (_, bar) => columns[bar % columns.length]?.[index] ?? 0);
	return { open: column(0), close: column(3) };
}

type Row = ReturnType<typeof summarise>;

function summarise(name: string, bars: Bars, results: readonly Result[]) {
	const of = (pick: (one: Result) => number): number => median(results.map(pick));
	const expected = arrayProgram(bars);
	const agrees = results.every((one) => one.closed === expected.closed && Math.abs(one.equity - expected.equityInCents) < 0.005);
	return {
		name,
		bars: bars.close.length,
		agrees,
		expected,
		closed: results[0]?.closed ?? 0,
		equity: results[0]?.equity ?? 0,
		seconds: of((one) => one.seconds),
		cpuSeconds: of((one) => one.cpuSeconds),
		eventsPerSecond: of((one) => bars.close.length / one.loopSeconds),
		peakMb: of((one) => one.peakMb),
	};
}

function report(rows: readonly Row[]): void {
	const head = [
		"job",
		"bars",
		"process s",
		"cpu s",
		"M bars/s in the loop",
		"peak MB",
		"closed trades",
		"equity",
		"array program: exact",
		"in cents",
		"agrees",
	];
	const body = rows.map((row) => [
		row.name,
		row.bars.toLocaleString("en-US"),
		figure(row.seconds),
		figure(row.cpuSeconds),
		figure(row.eventsPerSecond / 1e6),
		row.peakMb.toFixed(0),
		`${row.closed} (${row.expected.closed})`,
		row.equity.toFixed(2),
		row.expected.equityExact.toFixed(2),
		row.expected.equityInCents.toFixed(2),
		row.agrees ? "yes" : "NO",
	]);
	process.stdout.write(`${table([head, ...body])}\n${JSON.stringify({ bench: "peers", node: process.version, rounds, rows })}\n`);
}

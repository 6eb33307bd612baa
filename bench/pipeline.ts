// One measured session in a process of its own: started by replay.ts, bundled, with its job as JSON in the first argument; prints JSON.
import { rmSync } from "node:fs";
import { wallClock } from "../src/adapters/clock/wall.ts";
import { homeAt } from "../src/adapters/home.ts";
import type { MarketData } from "../src/adapters/ports.ts";
import { parseArgs } from "../src/args.ts";
import { beginSession, headerOf } from "../src/commands/run/begin.ts";
import { finishSession } from "../src/commands/run/finish.ts";
import type { RunOptions } from "../src/config/options.ts";
import { planRun } from "../src/config.ts";
import { createMoneyTerms, pointValueOf } from "../src/engine/money.ts";
import { openAgent } from "../src/open-agent.ts";
import { paceOf } from "../src/pace.ts";
import { runSession } from "../src/session.ts";
import { openBroker, openFeed } from "../src/wiring.ts";
import { appendRows, type BareResult, bareLoop, type Columns } from "./bare-loop.ts";

/** What to run. `rows`: how many rows of the feed, null = all. `unlimited`: without breaker and limits. */
export type Job = { readonly file: string | null; readonly rows: number | null; readonly unlimited: boolean; readonly seed: number; readonly home: string };

/** What came out; speeds in rows a second of processor and of wall time. */
export type Measured = {
	readonly rows: number;
	readonly bars: number;
	readonly realTrades: number;
	readonly shadowTrades: number;
	readonly fingerprint: string;
	readonly seconds: number;
	readonly cpuSeconds: number;
	readonly journalBytes: number;
	/** Resident memory after a quarter, half and all of the rows, and the highest of the session, MB. */
	readonly quarterMb: number;
	readonly halfMb: number;
	readonly endMb: number;
	readonly peakMb: number;
	readonly feedSeconds: number;
	readonly bareSeconds: number;
	readonly bare: BareResult;
};

const MB = 1_048_576;
const BARE_ROUNDS = 5;

const job = JSON.parse(process.argv[2] ?? "null") as Job;
process.stdout.write(JSON.stringify(await measure(job)));

async function measure({ file, rows, unlimited, seed, home: root }: Job): Promise<Measured> {
	const plan = await planRun(optionsOf(file, unlimited, seed), false);
	const home = homeAt({ KINETRA_HOME: root });
	const opened = openFeed(plan);
	const total = rows ?? opened.feed.report().rows * 4;
	const marks = [total / 4, total / 2].map((at) => ({ at, mb: Number.NaN }));
	const feed = limited(opened.feed, total, (seen) => {
		for (const mark of marks) if (seen >= mark.at && Number.isNaN(mark.mb)) mark.mb = process.memoryUsage.rss() / MB;
	});
	const clock = wallClock();
	const session = beginSession(home, opened.config, feed.identity, clock.nowMs(), null, { sessionId: null, trainedOn: null, limits: plan.limits });
	const { journal, start, carry } = session;
	const broker = openBroker(start.config, feed);
	const begun = now();
	const engine = await runSession(
		start.config,
		{ feed, agent: await openAgent(plan.agent, start.config), broker, journal, clock },
		{ carry, header: headerOf(start), pace: paceOf("max"), commands: [], watch: null, inputs: null, killed: () => null, onProgress: () => {} },
	);
	const ended = now();
	const endMb = process.memoryUsage.rss() / MB;
	const peakMb = process.resourceUsage().maxRSS / 1024;
	const { summary } = finishSession(home, session, engine, { feed, wallEndMs: clock.nowMs(), interruptCode: 130 });
	session.release();
	feed.close();
	rmSync(root, { recursive: true, force: true });
	const perPoint = pointValueOf(createMoneyTerms(start.config.instrument, start.config.account, start.config.conversion), engine.bid);
	return {
		rows: engine.tick,
		bars: engine.bars.closedCount,
		realTrades: engine.tally.closed,
		shadowTrades: engine.tally.shadowClosed,
		fingerprint: summary.fingerprint,
		seconds: ended.wall - begun.wall,
		cpuSeconds: ended.cpu - begun.cpu,
		journalBytes: journal.bytes(),
		quarterMb: marks[0]?.mb ?? Number.NaN,
		halfMb: marks[1]?.mb ?? Number.NaN,
		endMb,
		peakMb,
		...measureBare(openFeed(plan).feed, engine.tick, start.config.timeframeMinutes * 60_000, perPoint),
	};
}

/** The same rows through the bare loop; beside it, what the feed alone takes to make them. Processor seconds. */
function measureBare(feed: MarketData, rows: number, barMs: number, perPoint: number): Pick<Measured, "feedSeconds" | "bareSeconds" | "bare"> {
	const columns: Columns = {
		count: rows,
		atMs: new Float64Array(rows),
		bid: new Int32Array(rows),
		ask: new Int32Array(rows),
		kind: new Uint8Array(rows),
	};
	let feedSeconds = 0;
	let count = 0;
	while (count < rows) {
		const before = now();
		const batch = feed.next();
		feedSeconds += now().cpu - before.cpu;
		if (batch === null) break;
		count = appendRows(columns, count, batch);
	}
	feed.close();
	let bare = bareLoop(columns, barMs, 10_000, perPoint);
	let bareSeconds = Number.POSITIVE_INFINITY;
	for (let round = 0; round < BARE_ROUNDS; round++) {
		const before = now();
		bare = bareLoop(columns, barMs, 10_000, perPoint);
		bareSeconds = Math.min(bareSeconds, now().cpu - before.cpu);
	}
	return { feedSeconds, bareSeconds, bare };
}

/** The feed, ending after `rows` rows (at the end of a batch); tells how many have been handed out. */
function limited(feed: MarketData, rows: number, onRows: (seen: number) => void): MarketData {
	let seen = 0;
	return {
		...feed,
		next() {
			onRows(seen);
			if (seen >= rows) return null;
			const batch = feed.next();
			seen += batch?.count ?? 0;
			return batch;
		},
	};
}

function now(): { wall: number; cpu: number } {
	const { user, system } = process.cpuUsage();
	return { wall: performance.now() / 1000, cpu: (user + system) / 1e6 };
}

/** The options of `kinetra run` for this job, checked as the command line's are. */
function optionsOf(file: string | null, unlimited: boolean, seed: number): RunOptions {
	const source = file === null ? ["--duration", "5256000"] : ["--file", file, "--ticks", "ohlc"];
	const limits = unlimited ? ["--unlimited"] : ["--max-trades", "none"];
	const request = parseArgs(["run", "--agent", "sma", "--timeframe", "M15", "--seed", String(seed), "--speed", "max", ...source, ...limits], "bench");
	if (request.command !== "run") throw new Error("not a run");
	return request.options;
}

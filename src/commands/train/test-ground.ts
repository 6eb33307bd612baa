import type { RecordedRows } from "../../adapters/feed/memory.ts";
import type { RunOptions } from "../../config/options.ts";
import { SCENARIO_TABLE } from "../../engine/market/synthetic/scenario.ts";
import { EPISODE_BARS } from "./episodes.ts";
import { WARMUP_BARS } from "./features.ts";
import { TEST_SEEDS } from "./ground.ts";

/** A session of the report, as options of `kinetra run` without an agent: what a user would get on that market. */
export type TestSession = Omit<RunOptions, "agent">;

/** A timeframe that a session may be asked for. */
export type Timeframe = NonNullable<RunOptions["timeframe"]>;

/** What a policy is tested on. `text`: for people and the manifest; no sessions = there is nothing that it has not seen. */
export type TestPlan = { readonly text: string; readonly sessions: readonly TestSession[] };

/** Seeds of every scenario; and windows of every test file, at most. */
const SEEDS_A_SCENARIO = 24;
const WINDOWS_A_FILE_MAX = 40;

/** Every option of a test session that does not depend on the market: full speed, no limit on the number of trades, warmed up as the policies are. */
const COMMON = { mode: "virtual", speed: "max", maxTrades: null, warmup: WARMUP_BARS, set: [] } as const;

/** Generated markets that no training uses: every scenario with the same seeds. */
export function syntheticTest(symbol: string, timeframe: Timeframe, timeframeMinutes: number): TestPlan {
	const sessions = SCENARIO_TABLE.flatMap(({ name: scenario }) =>
		Array.from({ length: SEEDS_A_SCENARIO }, (_, index): TestSession => {
			const seed = TEST_SEEDS.from + index;
			return { ...COMMON, feed: "synthetic", scenario, symbol, timeframe, duration: EPISODE_BARS * timeframeMinutes, seed, set: [] };
		}),
	);
	const to = TEST_SEEDS.from + SEEDS_A_SCENARIO - 1;
	return { text: `synthetic ${symbol} ${timeframe}, all scenarios, seeds ${TEST_SEEDS.from} to ${to}`, sessions };
}

/** A test file as read: its rows only say where windows begin. */
export type TestFile = {
	readonly file: string;
	readonly name: string;
	readonly symbol: string;
	/** As asked for; null = the file's own. */
	readonly timeframe: Timeframe | null;
	readonly timeframeMinutes: number;
	readonly rows: Pick<RecordedRows, "count" | "atMs">;
};

/** Windows of the test files, whose trading times do not overlap: evenly spread where there are more than are tried. */
export function recordedTest(files: readonly TestFile[]): TestPlan {
	const sessions = files.flatMap((file) => windowsOf(file));
	const names = files.map(({ name }) => name).join(", ");
	const symbols = [...new Set(files.map(({ symbol }) => symbol))].sort();
	const of = symbols.length <= 10 ? symbols.join(", ") : `${symbols.length} symbols`;
	return { text: files.length <= 2 ? names : `${files.length} test files of ${of}`, sessions };
}

function windowsOf({ file, timeframe, timeframeMinutes, rows }: TestFile): TestSession[] {
	const barMs = timeframeMinutes * 60_000;
	const bars: number[] = [];
	for (let row = 0; row < rows.count; row++) {
		const openAt = (rows.atMs[row] as number) - ((rows.atMs[row] as number) % barMs);
		if (openAt !== bars.at(-1)) bars.push(openAt);
	}
	const count = Math.floor((bars.length - WARMUP_BARS) / EPISODE_BARS);
	const tried = Math.min(count, WINDOWS_A_FILE_MAX);
	return Array.from({ length: Math.max(0, tried) }, (_, index): TestSession => {
		const first = Math.floor((index * count) / tried) * EPISODE_BARS;
		const to = bars[first + WARMUP_BARS + EPISODE_BARS];
		return {
			...COMMON,
			feed: "csv",
			file,
			ticks: "ohlc",
			from: bars[first] ?? 0,
			...(to === undefined ? {} : { to }),
			...(timeframe === null ? {} : { timeframe }),
			seed: TEST_SEEDS.from + index,
			set: [],
		};
	});
}

import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { cleanText } from "../../adapters/clean-text.ts";
import { dataFailure, usageFailure } from "../../adapters/failure.ts";
import { type RecordedRows, recordRows } from "../../adapters/feed/memory.ts";
import { SYNTHETIC_GENERATOR } from "../../adapters/feed/synthetic.ts";
import type { FeedIdentity, MarketData } from "../../adapters/ports.ts";
import { planRun } from "../../config.ts";
import type { TrainingData } from "../../engine/agents/policy/manifest.ts";
import { findInstrument } from "../../engine/instruments/built-in.ts";
import { DEFAULT_CONVERSION } from "../../engine/instruments/conversion.ts";
import { SCENARIO_TABLE } from "../../engine/market/synthetic/scenario.ts";
import { minutesOfTimeframe, timeframeName } from "../../engine/market/timeframe.ts";
import { formatBrokerTime } from "../../engine/time.ts";
import { openFeed } from "../../wiring.ts";
import { findExports } from "../data/find.ts";
import { thinToBars } from "./bar-feed.ts";
import { EPISODE_BARS } from "./episodes.ts";
import { WARMUP_BARS } from "./features.ts";
import { CHOOSING_SEEDS, type Ground, TRAINING_SEEDS, type TrainingFile } from "./ground.ts";
import { episodeTerms } from "./terms.ts";
import { recordedTest, syntheticTest, type TestFile, type TestPlan, type Timeframe } from "./test-ground.ts";

/** What to train on, as asked. */
export type DataAsk = {
	/** Folders or files of MT5 exports; none = the synthetic market. */
	readonly paths: readonly string[];
	readonly symbol: string | null;
	readonly timeframe: Timeframe | null;
};

/** What is trained on, what is tested on, and what the manifest says of it. `notes`: for the user. */
export type PreparedGround = { readonly ground: Ground; readonly data: readonly TrainingData[]; readonly test: TestPlan; readonly notes: readonly string[] };

/** Share of the bars of a training file, the last ones, that decide which network is kept. */
const CHOOSE_SHARE = 0.15;
/** Longer bars of the generated market take hours of it to make. */
const SYNTHETIC_MINUTES_MAX = 15;

/** Reads and checks what is trained and tested on. Throws a `Failure`: exit 2 for what cannot be asked, exit 3 for data that cannot be used. */
export async function prepareGround(ask: DataAsk): Promise<PreparedGround> {
	return ask.paths.length === 0 ? syntheticGround(ask) : recordedGround(ask);
}

function syntheticGround({ symbol, timeframe: asked }: DataAsk): PreparedGround {
	const timeframe = asked ?? "M1";
	const minutes = minutesOfTimeframe(timeframe) ?? 1;
	if (minutes > SYNTHETIC_MINUTES_MAX)
		throw usageFailure(`--timeframe ${timeframe}: the synthetic market is made second by second; train on it with M1, M5 or M15, or give --data.`);
	const instrument = findInstrument(symbol ?? "EURUSD");
	if (instrument === null) throw usageFailure(`--symbol ${cleanText(symbol ?? "", 40)}: the synthetic market has no such symbol. See: kinetra help run`);
	const scenarios = SCENARIO_TABLE.map((scenario) => scenario.name);
	const data: TrainingData = {
		kind: "synthetic",
		generator: SYNTHETIC_GENERATOR,
		symbol: instrument.symbol,
		scenarios,
		seedFrom: TRAINING_SEEDS.from,
		seedTo: CHOOSING_SEEDS.to,
	};
	return {
		ground: { kind: "synthetic", terms: episodeTerms(instrument, DEFAULT_CONVERSION, minutes), scenarios },
		data: [data],
		test: syntheticTest(instrument.symbol, timeframe, minutes),
		notes: [],
	};
}

async function recordedGround({ paths, symbol, timeframe }: DataAsk): Promise<PreparedGround> {
	const symbols = symbol === null ? null : [symbol];
	const places = paths.map((path) => placesOf(path));
	const training = places.flatMap(({ train }) => findExports(train, symbols));
	const test = [...new Set(places.flatMap(({ test: folder }) => (folder === null ? [] : findExports(folder, symbols))))];
	const notes: string[] = [];
	const files: TrainingFile[] = [];
	const data: TrainingData[] = [];
	for (const path of new Set(training)) {
		const read = await readFile(path, timeframe);
		if (read.file === null)
			notes.push(`${cleanText(basename(path), 120)} is too short to learn from and left out: an episode takes ${WARMUP_BARS + EPISODE_BARS} bars.`);
		else {
			files.push(read.file);
			data.push(read.data);
		}
	}
	if (files.length === 0)
		throw dataFailure(`None of the ${training.length} training files is long enough: an episode takes ${WARMUP_BARS + EPISODE_BARS} bars.`);
	const testFiles: TestFile[] = [];
	for (const path of test) {
		const { rows, timeframeMinutes } = await rowsOf(path, timeframe);
		testFiles.push({ file: path, name: cleanText(basename(path), 120), timeframe, timeframeMinutes, rows });
	}
	if (testFiles.length === 0)
		notes.push("There are no test files, so the policy will not be tested: kinetra data prepare divides exports into data/train and data/test.");
	return { ground: { kind: "files", files }, data, test: recordedTest(testFiles), notes };
}

/** A folder that `kinetra data prepare` wrote has `train` and `test` in it; of its `train` the other lies beside. */
function placesOf(path: string): { readonly train: string; readonly test: string | null } {
	const isFolder = (folder: string): boolean => existsSync(folder) && statSync(folder).isDirectory();
	const place = resolve(path);
	if (isFolder(join(place, "train"))) return { train: join(path, "train"), test: isFolder(join(place, "test")) ? join(place, "test") : null };
	const beside = join(dirname(place), "test");
	return { train: path, test: basename(place) === "train" && isFolder(beside) ? beside : null };
}

type ReadFile = { readonly file: TrainingFile; readonly data: TrainingData } | { readonly file: null };

async function readFile(path: string, timeframe: Timeframe | null): Promise<ReadFile> {
	const { rows, timeframeMinutes, plan, feed, identity } = await rowsOf(path, timeframe);
	const { instrument, conversion } = plan.config;
	const chooseFrom = Math.floor(rows.count * (1 - CHOOSE_SHARE));
	if (rows.count - chooseFrom < (WARMUP_BARS + EPISODE_BARS + 2) * 4) return { file: null };
	const [from, to] = [rows.atMs[0] ?? 0, rows.atMs[rows.count - 1] ?? 0];
	return {
		file: { terms: episodeTerms(instrument, conversion, timeframeMinutes), rows, chooseFrom, identity, traits: feed.traits },
		data: {
			kind: "file",
			name: cleanText(basename(path), 200),
			sha256: identity.sha256,
			symbol: instrument.symbol,
			timeframe: timeframeName(timeframeMinutes),
			from: minuteText(from),
			to: minuteText(to),
			rows: rows.count,
		},
	};
}

type ReadRows = {
	readonly rows: RecordedRows;
	readonly timeframeMinutes: number;
	readonly plan: Awaited<ReturnType<typeof planRun>>;
	readonly feed: Pick<MarketData, "traits">;
	readonly identity: Extract<FeedIdentity, { kind: "csv" }>;
};

/** The rows of one export, at most four a bar. */
async function rowsOf(path: string, timeframe: Timeframe | null): Promise<ReadRows> {
	const plan = await planRun({ agent: "sma", feed: "csv", file: path, ticks: "ohlc", ...(timeframe === null ? {} : { timeframe }), set: [] }, false);
	const { feed, config } = openFeed(plan);
	try {
		const { identity } = feed;
		if (identity.kind !== "csv") throw new Error("an export that is none");
		const thin = thinToBars(feed, config.timeframeMinutes);
		return { rows: recordRows(thin), timeframeMinutes: config.timeframeMinutes, plan, feed: thin, identity };
	} finally {
		feed.close();
	}
}

function minuteText(at: number): string {
	return formatBrokerTime(at).slice(0, 16).replace(" ", "T");
}

import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { cleanText } from "../../adapters/clean-text.ts";
import { dataFailure, usageFailure } from "../../adapters/failure.ts";
import { firstRowAt, type RecordedRows, recordRows } from "../../adapters/feed/memory.ts";
import { SYNTHETIC_GENERATOR } from "../../adapters/feed/synthetic.ts";
import type { FeedIdentity, MarketData } from "../../adapters/ports.ts";
import { planRun } from "../../config.ts";
import type { TrainingData } from "../../engine/agents/policy/manifest.ts";
import { findInstrument } from "../../engine/instruments/built-in.ts";
import { DEFAULT_CONVERSION } from "../../engine/instruments/conversion.ts";
import { SCENARIO_TABLE } from "../../engine/market/synthetic/scenario.ts";
import { minutesOfTimeframe, timeframeName } from "../../engine/market/timeframe.ts";
import { formatBrokerTime } from "../../engine/time.ts";
import type { BrokerMs } from "../../engine/units.ts";
import { openFeed } from "../../wiring.ts";
import { findExports } from "../data/find.ts";
import { trainingOverlap } from "../run/trained-on.ts";
import { thinToBars } from "./bar-feed.ts";
import { EPISODE_BARS, isLongEnough } from "./episodes.ts";
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

/** Share of the market time of all training files, the last of it, that decides which network is kept. */
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
	const training = [...new Set(places.flatMap(({ train }) => exportsIn(train, symbols)))];
	const test = [...new Set(places.flatMap(({ test: folder }) => (folder === null ? [] : exportsIn(folder, symbols))))];
	const notes: string[] = [];
	const read: ReadRows[] = [];
	for (const path of training) read.push(await rowsOf(path, timeframe));
	const moment = choosingMoment(read);
	const all = read.map((one) => trainingFile(one, moment));
	const used = all.filter((file) => isLongEnough(file, "learn") || isLongEnough(file, "choose"));
	for (const { identity } of all.filter((file) => !used.includes(file)))
		notes.push(`${nameOf(identity)} is too short to learn from and left out: an episode takes ${WARMUP_BARS + EPISODE_BARS} bars.`);
	if (!used.some((file) => isLongEnough(file, "learn")) || !used.some((file) => isLongEnough(file, "choose")))
		throw dataFailure(
			`None of the ${training.length} training files is long enough: an episode takes ${WARMUP_BARS + EPISODE_BARS} bars, of the last ${CHOOSE_SHARE * 100} % too.`,
		);
	const data = used.map(trainingDataOf);
	const testFiles: TestFile[] = [];
	for (const path of test) {
		const { rows, timeframeMinutes, plan, identity } = await rowsOf(path, timeframe);
		const market = { feed: identity, symbol: plan.config.instrument.symbol, from: rows.atMs[0] ?? null, to: (rows.atMs[rows.count - 1] ?? 0) + 1 };
		if (trainingOverlap(data, market) === null)
			testFiles.push({ file: path, name: nameOf(identity), symbol: market.symbol, timeframe, timeframeMinutes, rows });
		else notes.push(`${nameOf(identity)} is no test and left out: its days of ${market.symbol} are learned from.`);
	}
	if (testFiles.length === 0)
		notes.push("There are no test files, so the policy will not be tested: kinetra data prepare divides exports into data/train and data/test.");
	return { ground: { kind: "files", files: used }, data, test: recordedTest(testFiles), notes };
}

function exportsIn(folder: string, symbols: readonly string[] | null): readonly string[] {
	return findExports(folder, symbols, "--symbol");
}

/** A folder that `kinetra data prepare` wrote has `train` and `test` in it; of its `train` the other lies beside. */
function placesOf(path: string): { readonly train: string; readonly test: string | null } {
	const isFolder = (folder: string): boolean => existsSync(folder) && statSync(folder).isDirectory();
	const place = resolve(path);
	if (isFolder(join(place, "train"))) return { train: join(path, "train"), test: isFolder(join(place, "test")) ? join(place, "test") : null };
	const beside = join(dirname(place), "test");
	return { train: path, test: basename(place) === "train" && isFolder(beside) ? beside : null };
}

/** One moment for all files, for markets move together: the network is chosen on the last days of all, of which none is learned from. */
function choosingMoment(files: readonly ReadRows[]): BrokerMs {
	const marketTime = (from: BrokerMs): number =>
		files.reduce((sum, { rows, timeframeMinutes }) => sum + (rows.count - firstRowAt(rows, from)) * timeframeMinutes, 0);
	const wanted = marketTime(Number.NEGATIVE_INFINITY) * CHOOSE_SHARE;
	let early = Math.min(...files.map(({ rows }) => rows.atMs[0] ?? 0));
	let late = Math.max(...files.map(({ rows }) => rows.atMs[rows.count - 1] ?? 0));
	while (early < late) {
		const middle = Math.floor((early + late) / 2);
		if (marketTime(middle) > wanted) early = middle + 1;
		else late = middle;
	}
	return early;
}

function trainingFile({ rows, timeframeMinutes, plan, feed, identity }: ReadRows, moment: BrokerMs): TrainingFile {
	const { instrument, conversion } = plan.config;
	const terms = episodeTerms(instrument, conversion, timeframeMinutes);
	return { terms, rows, chooseFrom: firstRowAt(rows, moment), identity, traits: feed.traits };
}

/** What a manifest says of a file: every row counts, for each is learned from or chosen by. */
function trainingDataOf({ terms, rows, identity }: TrainingFile): TrainingData {
	return {
		kind: "file",
		name: cleanText(basename(identity.file), 200),
		sha256: identity.sha256,
		symbol: terms.instrument.symbol,
		timeframe: timeframeName(terms.timeframeMinutes),
		from: minuteText(rows.atMs[0] ?? 0),
		to: minuteText(rows.atMs[rows.count - 1] ?? 0),
		rows: rows.count,
	};
}

function nameOf({ file }: Pick<TrainingFile["identity"], "file">): string {
	return cleanText(basename(file), 120);
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

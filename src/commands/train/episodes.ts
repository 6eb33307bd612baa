import { openRowsFeed } from "../../adapters/feed/memory.ts";
import { DEFAULT_SESSION_START, openSyntheticFeed } from "../../adapters/feed/synthetic.ts";
import { warmupStartAt } from "../../engine/market/synthetic/warmup.ts";
import { fork, type RandomState, uniform } from "../../engine/random.ts";
import { thinToBars } from "./bar-feed.ts";
import type { Episode } from "./environment.ts";
import { CHOOSING_SEEDS, type Ground, type Part, type SeedRange, TRAINING_SEEDS, type TrainingFile } from "./ground.ts";

/** Decisions of an episode: four hours of minute bars, so that every scenario's events lie in it and the warm-up is a small part of the work. */
export const EPISODE_BARS = 240;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BATCH_ROWS = 4096;
/** Rows of a bar in memory, at most. */
const ROWS_A_BAR = 4;

/** Episodes in the order of `first`, `first` + 1 ...: scenarios or files in turn, everything else by chance of `seed`. Endless. */
export type Episodes = { next(): Episode };

/** Episodes of a part of the ground. The same arguments give the same episodes. Throws a `Failure` when the ground has none. */
export function createEpisodes(ground: Ground, part: Part, seed: number, first: number): Episodes {
	const random = fork(seed, `episodes ${part}`);
	let number = first;
	return {
		next() {
			const turn = number++;
			return ground.kind === "synthetic" ? synthetic(ground, part, random, turn) : recorded(ground.files, part, random, turn);
		},
	};
}

function synthetic({ terms, scenarios }: Extract<Ground, { kind: "synthetic" }>, part: Part, random: RandomState, turn: number): Episode {
	const seed = seedIn(part === "learn" ? TRAINING_SEEDS : CHOOSING_SEEDS, random);
	const scenario = scenarios[turn % scenarios.length] ?? "normal";
	const { instrument, timeframeMinutes, warmupBars } = terms;
	const durationMinutes = EPISODE_BARS * timeframeMinutes;
	const sessionStartAt = startAt(random, durationMinutes * MINUTE_MS);
	const feed = openSyntheticFeed({
		instrument,
		scenario,
		seed,
		startAt: warmupStartAt(instrument, sessionStartAt, warmupBars * timeframeMinutes),
		sessionStartAt,
		endAt: null,
		batchRows: BATCH_ROWS,
	});
	return { config: { ...terms, seed, durationMinutes, feed: { kind: "synthetic", scenario } }, feed: thinToBars(feed, timeframeMinutes) };
}

/**
 * Half of the episodes begin where sessions begin by default, the others at any hour from Monday on that leaves time for the whole episode before the
 * week is over, so that the hours of the day are known.
 */
function startAt(random: RandomState, durationMs: number): number {
	const usual = uniform(random) < 0.5;
	const hours = Math.max(1, Math.floor((WORKING_DAYS * DAY_MS - durationMs) / HOUR_MS));
	const hour = Math.floor(uniform(random) * hours);
	return usual ? DEFAULT_SESSION_START : MONDAY + hour * HOUR_MS;
}

const WORKING_DAYS = 5;
/** The Monday before the default start, which lies on a Tuesday. */
const MONDAY = DEFAULT_SESSION_START - (DEFAULT_SESSION_START % DAY_MS) - DAY_MS;

/** Rows between `begin` and `end` are of the part. */
function rowsOfPart({ rows, chooseFrom }: TrainingFile, part: Part): readonly [begin: number, end: number] {
	return part === "learn" ? [0, chooseFrom] : [chooseFrom, rows.count];
}

/** Whether a part of a file has room for an episode. */
export function isLongEnough(file: TrainingFile, part: Part): boolean {
	const [begin, end] = rowsOfPart(file, part);
	return end - begin >= (file.terms.warmupBars + EPISODE_BARS + 2) * ROWS_A_BAR;
}

function recorded(files: readonly TrainingFile[], part: Part, random: RandomState, turn: number): Episode {
	const long = files.filter((file) => isLongEnough(file, part));
	const file = long[turn % long.length];
	if (file === undefined) throw new Error("there is no training file");
	const { rows, terms } = file;
	const seed = seedIn(part === "learn" ? TRAINING_SEEDS : CHOOSING_SEEDS, random);
	const length = (terms.warmupBars + EPISODE_BARS + 1) * ROWS_A_BAR;
	const [begin, end] = rowsOfPart(file, part);
	const from = begin + Math.floor(uniform(random) * Math.max(1, end - begin - length));
	const to = Math.min(end, from + length);
	const fromAt = rows.atMs[from] as number;
	const toAt = to < rows.count ? (rows.atMs[to] as number) : null;
	const config = {
		...terms,
		seed,
		durationMinutes: null,
		feed: { kind: "csv", file: file.identity.file, ticks: "ohlc", from: null, to: null, skipBadRows: false },
	} as const;
	return { config, feed: openRowsFeed(rows, fromAt, toAt, { ...file.identity, from: fromAt, to: toAt }, file.traits) };
}

function seedIn({ from, to }: SeedRange, random: RandomState): number {
	return from + Math.floor(uniform(random) * (to - from + 1));
}

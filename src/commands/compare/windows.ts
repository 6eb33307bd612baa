import { basename } from "node:path";
import { cleanText } from "../../adapters/clean-text.ts";
import { dataFailure, usageFailure } from "../../adapters/failure.ts";
import type { FeedIdentity } from "../../adapters/ports.ts";
import type { RunPlan } from "../../config.ts";
import { formatTime } from "../../print/text.ts";
import { openFeed } from "../../wiring.ts";

/** One stretch of a recorded market: bars of warm-up, then the bars that are traded. `to` null = to the end of what was asked for. */
export type DataWindow = {
	readonly name: string;
	readonly file: string;
	readonly from: number;
	readonly to: number | null;
	/** What makes its quotes, and its first moment and the first one after it. */
	readonly market: { readonly feed: FeedIdentity; readonly from: number; readonly to: number };
};

/** Fewer bars than this are no session to compare on. */
export const WINDOW_BARS_MIN = 20;
const MINUTE_MS = 60_000;

/** What is known of one file: the bars that the session would build from it. */
type FileBars = {
	readonly file: string;
	readonly plan: RunPlan;
	readonly starts: readonly number[];
	readonly usable: number;
	readonly feed: FeedIdentity;
	readonly end: number;
};

/**
 * Cuts recorded markets into `count` sessions: every file into stretches of equal length in bars, side by side, each with the bars before it as its warm-up,
 * so that no bar is traded twice; longer files get more of them. Throws a `Failure` when the data is too short for that.
 */
export function cutWindows(plans: readonly RunPlan[], warmupBars: number, count: number): readonly DataWindow[] {
	if (count < plans.length) throw usageFailure(`--seeds ${count}: every file needs at least one session; there are ${plans.length} files.`);
	const files = plans.map((plan) => barsOf(plan, warmupBars));
	return shares(files, count).flatMap((windows, index) => windowsOf(files[index] as FileBars, windows, warmupBars));
}

/** Reads a file once, as a session would, and notes when its bars begin. */
function barsOf(plan: RunPlan, warmupBars: number): FileBars {
	const { feed: asked } = plan.config;
	const file = asked.kind === "csv" ? asked.file : "";
	const { feed, config } = openFeed(plan);
	const lengthMs = config.timeframeMinutes * MINUTE_MS;
	const starts: number[] = [];
	try {
		for (let batch = feed.next(); batch !== null; batch = feed.next()) {
			for (let row = 0; row < batch.count; row++) {
				const start = Math.floor((batch.atMs[row] as number) / lengthMs) * lengthMs;
				if (start !== starts.at(-1)) starts.push(start);
			}
		}
		const failure = feed.failure();
		if (failure !== null) throw dataFailure(failure.message);
	} finally {
		feed.close();
	}
	const usable = starts.length - warmupBars;
	if (usable < WINDOW_BARS_MIN)
		throw usageFailure(
			`${cleanText(file, 300)} has ${starts.length} bars; ${warmupBars} of them are the warm-up, and a session needs at least ${WINDOW_BARS_MIN} more. Give more data, or a shorter --timeframe.`,
		);
	return { file, plan, starts, usable, feed: feed.identity, end: (starts.at(-1) ?? 0) + lengthMs };
}

/** How many sessions each file gives: at least one, the others where a session would be longest. */
function shares(files: readonly FileBars[], count: number): readonly number[] {
	const given = files.map(() => 1);
	for (let left = count - files.length; left > 0; left--) {
		const lengths = files.map(({ usable }, index) => usable / ((given[index] ?? 0) + 1));
		const longest = lengths.indexOf(Math.max(...lengths));
		given[longest] = (given[longest] ?? 0) + 1;
	}
	const shortest = Math.min(...files.map(({ usable }, index) => Math.floor(usable / (given[index] ?? 1))));
	if (shortest < WINDOW_BARS_MIN) {
		const most = files.reduce((sum, { usable }) => sum + Math.floor(usable / WINDOW_BARS_MIN), 0);
		throw usageFailure(`--seeds ${count}: each session would have ${shortest} bars, at least ${WINDOW_BARS_MIN} are needed. This data gives at most ${most}.`);
	}
	return given;
}

function windowsOf({ file, plan, starts, usable, feed: identity, end: dataEnd }: FileBars, count: number, warmupBars: number): DataWindow[] {
	const length = Math.floor(usable / count);
	const { feed } = plan.config;
	const end = feed.kind === "csv" ? feed.to : null;
	return Array.from({ length: count }, (_, index) => {
		const from = starts[index * length] as number;
		// What does not divide evenly belongs to the last.
		const to = index === count - 1 ? end : (starts[warmupBars + (index + 1) * length] as number);
		return {
			name: `${cleanText(basename(file), 60)} from ${formatTime(starts[warmupBars + index * length] as number)}`,
			file,
			from,
			to,
			market: { feed: identity, from, to: to ?? dataEnd },
		};
	});
}

import { usageFailure } from "../../adapters/failure.ts";
import type { BarTable } from "../../adapters/feed/csv/bars.ts";
import type { BrokerMs } from "../../engine/units.ts";
import { formatTime } from "../../print/text.ts";
import type { UsableFile } from "./examine.ts";

/** Where training ends: before a moment, or after a share (0..1) of the market time of all files together. */
export type SplitAt = { readonly kind: "until"; readonly at: BrokerMs } | { readonly kind: "share"; readonly share: number };

/**
 * Bars left out between training and test: as many as the longest look-back of the features (engine/market/observation.ts: ranks among the last 500
 * bars), so that no feature of a test bar is computed from a bar of training, even where both are read as one.
 */
export const EMBARGO_BARS = 500;
export const EMBARGO_BARS_MAX = 100_000;
export const SPLIT_SHARE = 0.7;

/**
 * The one moment that parts all files: training is before it, test at it or later. One for all, because markets move together and files of one symbol
 * overlap: a split of its own for each would let one file's training see the time of another's test. A share ends at a broker midnight. Throws a usage
 * `Failure` when one of the sides would be empty.
 */
export function splitMoment(files: readonly Pick<UsableFile, "days" | "from" | "to">[], split: SplitAt): BrokerMs {
	const first = Math.min(...files.map(({ from }) => from));
	const last = Math.max(...files.map(({ to }) => to));
	if (split.kind === "until") {
		if (split.at > first && split.at <= last) return split.at;
		throw usageFailure(
			`--train-until ${formatTime(split.at)}: the data is from ${formatTime(first)} to ${formatTime(last)}, so ${split.at <= first ? "nothing would be left for training" : "nothing would be left for the test"}. Choose a moment between.`,
		);
	}
	const at = midnightOf(files, split.share);
	if (at !== null && at > first && at <= last) return at;
	throw usageFailure(
		`--split ${split.share}: the data is from ${formatTime(first)} to ${formatTime(last)}, too short to part at a midnight. Say when training ends with --train-until, or give more data.`,
	);
}

/** The midnight at which the share of market time before it is nearest to what was asked for. */
function midnightOf(files: readonly Pick<UsableFile, "days">[], share: number): BrokerMs | null {
	const days = new Map<BrokerMs, number>();
	for (const file of files) for (const [day, ms] of file.days) days.set(day, (days.get(day) ?? 0) + ms);
	const sorted = [...days].sort(([a], [b]) => a - b);
	const total = sorted.reduce((sum, [, ms]) => sum + ms, 0);
	let best: BrokerMs | null = null;
	let nearest = Number.POSITIVE_INFINITY;
	let before = 0;
	for (const [index, [day, ms]] of sorted.entries()) {
		const distance = Math.abs(before / total - share);
		// Neither side may be empty, however extreme the share.
		if (index > 0 && distance < nearest) [best, nearest] = [day, distance];
		before += ms;
	}
	return best;
}

/** The parts of a table: rows 0..trainEnd-1 for training, testFirst..count-1 for the test; what lies between is left out. */
export type Parts = { readonly trainEnd: number; readonly testFirst: number; readonly count: number };

/**
 * Divides a table at a moment. A bar is of training only when it ends by then, for its close is known no earlier; the test begins `embargo` bars after
 * the first one that opens at the moment or later.
 */
export function partsOf(table: Pick<BarTable, "count" | "openMs">, lengthMs: number, at: BrokerMs, embargo: number): Parts {
	let trainEnd = 0;
	while (trainEnd < table.count && (table.openMs[trainEnd] as number) + lengthMs <= at) trainEnd++;
	let testFirst = trainEnd;
	while (testFirst < table.count && (table.openMs[testFirst] as number) < at) testFirst++;
	return { trainEnd, testFirst: Math.min(table.count, testFirst + embargo), count: table.count };
}

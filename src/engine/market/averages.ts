import type { Points } from "../units.ts";
import type { Bar } from "./bars.ts";

/** A simple moving mean over the last `length` values: exact for whole points, because the sum is kept as an integer. */
export type MovingMean = { readonly length: number; readonly ring: number[]; next: number; count: number; sum: number };

/** An empty mean; the ring is allocated once. */
export function createMovingMean(length: number): MovingMean {
	return { length, ring: new Array<number>(length).fill(0), next: 0, count: 0, sum: 0 };
}

/** Adds a value and forgets the oldest. O(1). */
export function addToMean(mean: MovingMean, value: number): void {
	mean.sum += value - (mean.ring[mean.next] as number);
	mean.ring[mean.next] = value;
	mean.next = mean.next + 1 === mean.length ? 0 : mean.next + 1;
	if (mean.count < mean.length) mean.count++;
}

/** The mean, or null until `length` values have arrived. */
export function meanOf(mean: MovingMean): number | null {
	return mean.count === mean.length ? mean.sum / mean.length : null;
}

/** Average true range by Wilder's smoothing (New Concepts in Technical Trading Systems, 1978), in points. */
export type AverageTrueRange = { readonly length: number; count: number; value: Points; previousClose: Points };

/** An empty average over `length` bars. */
export function createAtr(length: number): AverageTrueRange {
	return { length, count: 0, value: 0, previousClose: 0 };
}

/** Adds a closed bar: a plain mean of the first `length` true ranges, then Wilder's recursion. O(1). */
export function addToAtr(atr: AverageTrueRange, bar: Bar): void {
	const high = atr.count === 0 ? bar.high : Math.max(bar.high, atr.previousClose);
	const low = atr.count === 0 ? bar.low : Math.min(bar.low, atr.previousClose);
	const weight = Math.min(atr.count + 1, atr.length);
	atr.value += (high - low - atr.value) / weight;
	atr.count++;
	atr.previousClose = bar.close;
}

/** The average true range in points, or null until `length` bars have closed. */
export function atrOf(atr: AverageTrueRange): Points | null {
	return atr.count >= atr.length ? atr.value : null;
}

import type { CurvePoint } from "./summary-type.ts";
import { type BrokerMs, type Money, type Points, toPrice } from "./units.ts";

const MAX_POINTS = 240;

/**
 * Equity, CHS and price over a session in at most 240 points, however long it runs: when full, every other point is dropped and the stride
 * doubles. The score of a point is the lowest since the point before, so that a trip between two bars is never smoothed away.
 */
export type Curve = { points: CurvePoint[]; stride: number; skipped: number; lowestChs: number };

/** The points with prices only if those of `stored` have them: what a summary of a version that kept no prices is compared with. */
export function pricedLike(points: readonly CurvePoint[], stored: readonly CurvePoint[]): readonly CurvePoint[] {
	return stored.some(({ bid }) => bid !== undefined) ? points : points.map(({ at, equity, chs }) => ({ at, equity, chs }));
}

/** The curve as the fingerprint covers it: without its prices, so that sessions of versions that kept none come to the same one. */
export function withoutPrices(curve: Curve): unknown {
	return { ...curve, points: curve.points.map(({ at, equity, chs }) => ({ at, equity, chs })) };
}

/** An empty curve. */
export function createCurve(): Curve {
	return { points: [], stride: 1, skipped: 0, lowestChs: 1 };
}

/** Notes a score between two points. */
export function noteChs(curve: Curve, chs: number): void {
	if (!(chs >= curve.lowestChs)) curve.lowestChs = chs;
}

/** Offers a point with its bid, a price of so many digits; every `stride`-th is kept, and only its price is worked out, which is dear. O(1) amortised. */
export function addToCurve(curve: Curve, at: BrokerMs, equity: Money, chs: number, bid: Points, digits: number): void {
	noteChs(curve, chs);
	if (++curve.skipped < curve.stride) return;
	curve.skipped = 0;
	curve.points.push({ at, equity, chs: curve.lowestChs, bid: toPrice(bid, digits) });
	curve.lowestChs = 1;
	if (curve.points.length < MAX_POINTS) return;
	const full = curve.points;
	curve.points = full.filter((_, index) => index % 2 === 0).map((point, index) => ({ ...point, chs: Math.min(point.chs, full[2 * index - 1]?.chs ?? 1) }));
	curve.lowestChs = full[full.length - 1]?.chs ?? 1;
	// The point dropped last lies one old stride after the point kept last: half of the new stride has passed.
	curve.skipped = curve.stride;
	curve.stride *= 2;
}

import type { CurvePoint } from "./summary-type.ts";
import type { BrokerMs, Money } from "./units.ts";

const MAX_POINTS = 240;

/** Equity and CHS over a session in at most 240 points, however long it runs: when full, every other point is dropped and the stride doubles. */
export type Curve = { points: CurvePoint[]; stride: number; skipped: number };

/** An empty curve. */
export function createCurve(): Curve {
	return { points: [], stride: 1, skipped: 0 };
}

/** Offers a point; every `stride`-th is kept. O(1) amortised. */
export function addToCurve(curve: Curve, at: BrokerMs, equity: Money, chs: number): void {
	if (++curve.skipped < curve.stride) return;
	curve.skipped = 0;
	curve.points.push({ at, equity, chs });
	if (curve.points.length < MAX_POINTS) return;
	curve.points = curve.points.filter((_, index) => index % 2 === 0);
	// The point dropped last lies one old stride after the point kept last: half of the new stride has passed.
	curve.skipped = curve.stride;
	curve.stride *= 2;
}

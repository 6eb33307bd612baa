import { capturedOf, clampR, releasedOf } from "./statistics.ts";

/**
 * What is known of an agent build from its own trades: plain sums over y = r clamped to -2..3, captured energy c and released
 * energy d, all in R (chs.md 3). Stored with the build and handed to its next session or stage.
 */
export type AgentRecord = { n: number; y: number; y2: number; y3: number; c: number; d: number; c2: number; cd: number; d2: number };

/** The three CUSUM arms in nats: the edge is gone, the edge is inverted, the exits leak energy (chs.md 3). All >= 0. */
export type Arms = { gone: number; inverted: number; leak: number };

/** What the arms compare trades with: half the usual edge, its step sizes, and the energy share expected of the exits. */
export type Baseline = {
	/** Mean R a trade of a healthy agent, 0.10..0.80. */
	readonly mean: number;
	/** Variance of it, >= 0.16. */
	readonly variance: number;
	/** Third cumulant. */
	readonly skew3: number;
	/** Nats per R of the arms `gone` and `inverted`. */
	readonly goneStep: number;
	readonly invertedStep: number;
	/** Three quarters of the usual energy share. */
	readonly energyReference: number;
	readonly leakMean: number;
	readonly leakVariance: number;
	/** Nats per R of the arm `leak`. */
	readonly leakStep: number;
};

/** The record may refresh the baseline at these counts and never later: a dying agent must not teach that dying is normal. */
const REFRESH_AT = [50, 100] as const;
/** Weight of the inverted arm in the edge evidence. */
const INVERTED_WEIGHT = 0.9;
/** The prior: 50 pseudo trades of y ~ N(0.5, 1.2^2), capturing 0.90 R of 1.385 R released. */
const PRIOR = { trades: 50, m1: 0.5, m2: 1.44 + 0.25, m3: 0.125 + 3 * 0.5 * 1.44, captured: 0.9, released: 1.385, leakSd: 0.75 } as const;
const LEAK_FRACTION = 0.75;
const VARIANCE_MIN = 0.16;

/** A record of no trade. */
export function emptyRecord(): AgentRecord {
	return { n: 0, y: 0, y2: 0, y3: 0, c: 0, d: 0, c2: 0, cd: 0, d2: 0 };
}

/** Adds a trade to the record; true when the baseline should be refreshed from it. */
export function addToRecord(record: AgentRecord, r: number, mfe: number, mae: number): boolean {
	const y = clampForEdge(r);
	const x = clampR(r);
	const c = capturedOf(x);
	const d = releasedOf(x, mfe, mae);
	record.n++;
	record.y += y;
	record.y2 += y * y;
	record.y3 += y * y * y;
	record.c += c;
	record.d += d;
	record.c2 += c * c;
	record.cd += c * d;
	record.d2 += d * d;
	return record.n === REFRESH_AT[0] || record.n === REFRESH_AT[1];
}

/** Prior and record together as the yardstick of the arms (chs.md 3). */
export function baselineOf(record: AgentRecord): Baseline {
	const n = PRIOR.trades + record.n;
	const m1 = (PRIOR.trades * PRIOR.m1 + record.y) / n;
	const m2 = (PRIOR.trades * PRIOR.m2 + record.y2) / n;
	const m3 = (PRIOR.trades * PRIOR.m3 + record.y3) / n;
	const mean = Math.max(0.1, Math.min(0.8, m1));
	const variance = Math.max(VARIANCE_MIN, m2 - m1 * m1);
	const skew3 = m3 - 3 * m1 * m2 + 2 * m1 * m1 * m1;
	const captured = (PRIOR.trades * PRIOR.captured + record.c) / n;
	const released = (PRIOR.trades * PRIOR.released + record.d) / n;
	const energyReference = (LEAK_FRACTION * captured) / released;
	const surplus = captured - energyReference * released;
	const priorSurplus = PRIOR.captured - energyReference * PRIOR.released;
	const ownSquares = record.c2 - 2 * energyReference * record.cd + energyReference * energyReference * record.d2;
	const squares = (PRIOR.trades * (PRIOR.leakSd * PRIOR.leakSd + priorSurplus * priorSurplus) + ownSquares) / n;
	const leakMean = Math.max(0.1, Math.min(0.8, surplus));
	const leakVariance = Math.max(VARIANCE_MIN, squares - surplus * surplus);
	return {
		mean,
		variance,
		skew3,
		goneStep: adjustment(mean / 2, variance, skew3),
		invertedStep: adjustment(mean, variance, skew3),
		energyReference,
		leakMean,
		leakVariance,
		leakStep: (2 * leakMean) / leakVariance,
	};
}

/**
 * Adjustment coefficient theta > 0 of a walk with drift `mean`: the solution of `(k3/6) t^2 - (v/2) t + mean = 0`, third-order
 * version of E[exp(-t y)] = 1 (chs.md 3). Without skew it is 2 mean / v, the coefficient of the risk of ruin.
 */
export function adjustment(mean: number, variance: number, skew3: number): number {
	if (Math.abs(skew3) < 1e-9) return (2 * mean) / variance;
	const discriminant = (variance * variance) / 4 - (2 / 3) * skew3 * mean;
	if (discriminant < 0) return (1.5 * variance) / skew3;
	return (variance / 2 - Math.sqrt(discriminant)) / (skew3 / 3);
}

/** Moves the three arms by one closed trade. */
export function stepArms(arms: Arms, baseline: Baseline, r: number, mfe: number, mae: number): void {
	const y = clampForEdge(r);
	const x = clampR(r);
	const surplus = capturedOf(x) - baseline.energyReference * releasedOf(x, mfe, mae);
	arms.gone = Math.max(0, arms.gone + baseline.goneStep * (baseline.mean / 2 - y));
	arms.inverted = Math.max(0, arms.inverted - baseline.invertedStep * y);
	arms.leak = Math.max(0, arms.leak - baseline.leakStep * surplus);
}

/** Evidence, in nats, that the edge is gone or turned against the agent (chs.md 3). */
export function edgeEvidence(arms: Arms): number {
	return Math.max(arms.gone, INVERTED_WEIGHT * arms.inverted);
}

function clampForEdge(r: number): number {
	return Math.max(-2, Math.min(3, r));
}

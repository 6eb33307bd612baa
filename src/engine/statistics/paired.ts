import { fork, uniform } from "../random.ts";
import { studentQuantile, studentTails } from "./student.ts";

/** Why there is no interval: nothing (there is one), too little known, or values that do not vary, from which nothing can be concluded. */
export type Unknown = "fewer than two values" | "all values are equal";

/** A mean with its 95 % confidence interval. */
export type MeanInterval = {
	/** Values it was computed from, and those left out because they are unknown. */
	readonly count: number;
	readonly leftOut: number;
	readonly mean: number | null;
	readonly low: number | null;
	readonly high: number | null;
	/** Why `low` and `high` are null. */
	readonly unknown: Unknown | null;
};

/** The mean of paired differences, its interval, a second interval that assumes no distribution, and how likely chance alone goes as far. */
export type PairedDifference = MeanInterval & {
	readonly bootstrapLow: number | null;
	readonly bootstrapHigh: number | null;
	/** Two-sided, of Student's paired test; null where there is no interval. */
	readonly chance: number | null;
};

/** Share outside a 95 % interval. */
export const TAILS = 0.05;
const RESAMPLES = 2000;
const BOOTSTRAP_SEED = 1;

/** The mean of the values that are known, with Student's interval (mean +- t * deviation / sqrt(n), n - 1 degrees of freedom; Student 1908). */
export function meanInterval(values: readonly (number | null)[]): MeanInterval {
	const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
	const count = known.length;
	const leftOut = values.length - count;
	const mean = meanOf(known);
	if (mean === null || count < 2) return { count, leftOut, mean, low: null, high: null, unknown: "fewer than two values" };
	const error = standardError(known, mean);
	if (error === null) return { count, leftOut, mean, low: null, high: null, unknown: "all values are equal" };
	const reach = studentQuantile(TAILS, count - 1) * error;
	return { count, leftOut, mean, low: mean - reach, high: mean + reach, unknown: null };
}

/**
 * The differences first - second of values that belong together (the same session with two agents). A pair of which either is unknown is left out and
 * counted. The second interval is the percentile bootstrap (Efron and Tibshirani 1993, chapter 13), with a fixed seed: the same values, the same interval.
 */
export function pairedDifference(first: readonly (number | null)[], second: readonly (number | null)[]): PairedDifference {
	if (first.length !== second.length) throw new Error(`${first.length} values cannot be paired with ${second.length}`);
	const differences = first.map((value, index) => {
		const other = second[index] ?? null;
		return value === null || other === null ? null : value - other;
	});
	const interval = meanInterval(differences);
	const { mean, unknown } = interval;
	const known = differences.filter((value): value is number => value !== null && Number.isFinite(value));
	const error = mean === null ? null : standardError(known, mean);
	if (unknown !== null || mean === null || error === null) return { ...interval, bootstrapLow: null, bootstrapHigh: null, chance: null };
	const { low, high } = bootstrapInterval(known);
	return { ...interval, bootstrapLow: low, bootstrapHigh: high, chance: studentTails(mean / error, known.length - 1) };
}

/**
 * Chances corrected for having looked at several differences at once (Holm 1979): whoever calls those below 0.05 real is wrong about any of them in at
 * most 5 of 100 such reports. Null ones are no tests and stay null.
 */
export function holmCorrected(chances: readonly (number | null)[]): (number | null)[] {
	const tests = chances.flatMap((chance, index) => (chance === null ? [] : [{ chance, index }])).sort((a, b) => a.chance - b.chance || a.index - b.index);
	const corrected: (number | null)[] = chances.map(() => null);
	let least = 0;
	for (const [rank, { chance, index }] of tests.entries()) {
		least = Math.min(1, Math.max(least, chance * (tests.length - rank)));
		corrected[index] = least;
	}
	return corrected;
}

function meanOf(values: readonly number[]): number | null {
	return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard error of the mean; null when the values are equal but for the dust of binary fractions, or too far apart for a number. */
function standardError(values: readonly number[], mean: number): number | null {
	if (values.length < 2) return null;
	const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
	if (values.every((value) => Math.abs(value - (values[0] ?? 0)) <= 1e-12 * largest)) return null;
	const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
	const error = Math.sqrt(squares / (values.length - 1) / values.length);
	return error > 0 && Number.isFinite(error) ? error : null;
}

function bootstrapInterval(values: readonly number[]): { readonly low: number; readonly high: number } {
	const random = fork(BOOTSTRAP_SEED, "bootstrap");
	const count = values.length;
	const means = new Float64Array(RESAMPLES);
	for (let resample = 0; resample < RESAMPLES; resample++) {
		let sum = 0;
		for (let draw = 0; draw < count; draw++) sum += values[Math.floor(uniform(random) * count)] as number;
		means[resample] = sum / count;
	}
	means.sort();
	const place = (share: number): number => means[Math.min(RESAMPLES - 1, Math.max(0, Math.round(share * RESAMPLES) - 1))] as number;
	return { low: place(TAILS / 2), high: place(1 - TAILS / 2) };
}

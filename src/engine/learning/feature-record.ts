import { QUANTILE_LEVELS } from "../agents/policy/manifest.ts";
import { fork, uniform } from "../random.ts";
import type { Experience, FeatureQuantiles, FeatureScaler, LearnerState } from "./player.ts";
import { putNumbers, putRandom, type StateBag, takeArray, takeNumber, takeNumbers, takeRandom } from "./state-bag.ts";

/** Steps that the quantiles are computed of: 4 of them lie beyond the 0.1 % level. */
const SAMPLE = 4096;
/** A feature whose spread is below this share of its mean is called constant, and is not stretched. */
const CONSTANT = 1e-6;

/** What was seen of every feature: mean and variance for the scaler, lowest, highest and a fair sample of the steps for the quantiles. */
export type FeatureRecord = {
	add(experience: Experience): void;
	scaler(): FeatureScaler;
	/** Throws before anything was seen. */
	quantiles(): FeatureQuantiles;
	save(bag: StateBag): void;
};

/** A record of `features` features: empty, or as saved. */
export function createFeatureRecord(features: number, clip: number, from: { readonly seed: number } | LearnerState): FeatureRecord {
	const saved = "numbers" in from ? from : null;
	const random = "seed" in from ? fork(from.seed, "feature-sample") : takeRandom(from, "sampleRandom");
	const mean = saved === null ? new Float64Array(features) : Float64Array.from(takeNumbers(saved, "featureMean"));
	const squares = saved === null ? new Float64Array(features) : Float64Array.from(takeNumbers(saved, "featureSquares"));
	const lowest = bounds(saved, "featureLowest", features, Number.POSITIVE_INFINITY);
	const highest = bounds(saved, "featureHighest", features, Number.NEGATIVE_INFINITY);
	const sample = saved === null ? new Float32Array(SAMPLE * features) : takeArray(saved, "featureSample", SAMPLE * features);
	let seen = saved === null ? 0 : takeNumber(saved, "featuresSeen");
	return {
		add(experience) {
			addMoments(mean, squares, seen, experience);
			for (let row = 0; row < experience.count; row++) {
				const from = row * features;
				for (let index = 0; index < features; index++) {
					const value = experience.observations[from + index] as number;
					if (value < (lowest[index] as number)) lowest[index] = value;
					if (value > (highest[index] as number)) highest[index] = value;
				}
				// Algorithm R (Vitter 1985): every step so far is in the sample with the same chance.
				const place = seen < SAMPLE ? seen : Math.floor(uniform(random) * (seen + 1));
				seen++;
				if (place < SAMPLE) sample.set(experience.observations.subarray(from, from + features), place * features);
			}
		},
		scaler: () => scalerOf(mean, squares, seen, clip),
		quantiles() {
			if (seen === 0) throw new Error("no step was played yet, so there are no quantiles of the features");
			const rows = Math.min(seen, SAMPLE);
			return Array.from({ length: features }, (_, index) => {
				const sorted = Float32Array.from({ length: rows }, (_, row) => sample[row * features + index] as number).sort();
				return QUANTILE_LEVELS.map((level) => (level === 0 ? (lowest[index] as number) : level === 1 ? (highest[index] as number) : between(sorted, level)));
			});
		},
		save(bag) {
			putRandom(bag, "sampleRandom", random);
			putNumbers(bag, "featureMean", mean);
			putNumbers(bag, "featureSquares", squares);
			// Before the first step the bounds are infinite, which JSON does not know; they are empty then and restored so.
			if (seen > 0) {
				putNumbers(bag, "featureLowest", lowest);
				putNumbers(bag, "featureHighest", highest);
			}
			bag.numbers.featuresSeen = seen;
			bag.arrays.featureSample = sample.slice();
		},
	};
}

/** Lowest or highest values as saved; as before the first step when there are none. */
function bounds(saved: LearnerState | null, name: string, features: number, before: number): Float32Array {
	const values = saved === null ? [] : takeNumbers(saved, name);
	return values.length === 0 ? new Float32Array(features).fill(before) : Float32Array.from(values);
}

/** Joins a batch's mean and sum of squared deviations with those before (Chan, Golub and LeVeque 1979). */
function addMoments(mean: Float64Array, squares: Float64Array, seen: number, { observations, count, features }: Experience): void {
	const total = seen + count;
	for (let index = 0; index < features; index++) {
		let sum = 0;
		for (let at = index; at < count * features; at += features) sum += observations[at] as number;
		const middle = sum / count;
		let spread = 0;
		for (let at = index; at < count * features; at += features) spread += ((observations[at] as number) - middle) ** 2;
		const apart = middle - (mean[index] as number);
		mean[index] = (mean[index] as number) + (apart * count) / total;
		squares[index] = (squares[index] as number) + spread + (apart * apart * seen * count) / total;
	}
}

/** Mean and standard deviation; nothing is moved or stretched before the first step, and a constant feature is only moved. */
function scalerOf(mean: Float64Array, squares: Float64Array, seen: number, clip: number): FeatureScaler {
	const scale = Float32Array.from(squares, (square, index) => {
		const deviation = Math.sqrt(square / Math.max(1, seen));
		return deviation > CONSTANT * Math.max(CONSTANT, Math.abs(mean[index] as number)) ? deviation : 1;
	});
	return { mean: Float32Array.from(mean), scale, clip };
}

/** Linear interpolation between the order statistics (Hyndman and Fan 1996, type 7). */
function between(sorted: Float32Array, level: number): number {
	const place = level * (sorted.length - 1);
	const low = sorted[Math.floor(place)] as number;
	return Math.fround(low + (place - Math.floor(place)) * ((sorted[Math.ceil(place)] as number) - low));
}

import type { Experience, LearnerState } from "./player.ts";
import { type StateBag, takeNumber } from "./state-bag.ts";

/**
 * The size of returns: the standard deviation of the discounted sum of rewards up to each step. Rewards are divided by it before values are learned, so that
 * the same learning rate suits rewards of a cent and of a hundred R (Engstrom et al. 2020 found it among what PPO stands on).
 */
export type ReturnScale = {
	add(experience: Experience): void;
	/** 1 before there is a spread. */
	scale(): number;
	save(bag: StateBag): void;
};

/** A scale for rewards that are discounted by `discount` a step: new, or as saved. */
export function createReturnScale(discount: number, saved: LearnerState | null): ReturnScale {
	let count = saved === null ? 0 : takeNumber(saved, "returnCount");
	let mean = saved === null ? 0 : takeNumber(saved, "returnMean");
	let squares = saved === null ? 0 : takeNumber(saved, "returnSquares");
	return {
		add({ rewards, ends, count: rows }) {
			let sum = 0;
			for (let row = 0; row < rows; row++) {
				sum = sum * discount + (rewards[row] as number);
				// Welford 1962.
				count++;
				const apart = sum - mean;
				mean += apart / count;
				squares += apart * (sum - mean);
				if (ends[row] !== 0) sum = 0;
			}
		},
		scale() {
			const deviation = Math.sqrt(squares / Math.max(1, count));
			return deviation > 1e-9 ? Math.fround(deviation) : 1;
		},
		save(bag) {
			bag.numbers.returnCount = count;
			bag.numbers.returnMean = mean;
			bag.numbers.returnSquares = squares;
		},
	};
}

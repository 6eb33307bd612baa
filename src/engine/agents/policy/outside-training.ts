import { fieldIndex } from "../../market/observation.ts";
import type { OutsideNote } from "../note.ts";
import type { PolicyManifest } from "./manifest.ts";

/** Holds an observation against what a policy was trained on: null inside, else what must be told (and means HOLD). */
export type OutsideCheck = (observation: readonly number[]) => OutsideNote | null;

/**
 * The check of one policy, made once. A feature is outside when it lies more than `margin` of its range in training (highest minus lowest value)
 * below its lowest or above its highest; one that never changed in training must be exactly that. Features without a distribution are not judged.
 */
export function createOutsideCheck({ observation: { features }, distribution }: PolicyManifest, margin: number): OutsideCheck {
	const judged = features.flatMap((feature, at) => {
		const quantiles = distribution[at];
		if (quantiles === null || quantiles === undefined) return [];
		const lowest = quantiles[0] as number;
		const highest = quantiles[quantiles.length - 1] as number;
		const slack = margin * (highest - lowest);
		return [{ feature, index: fieldIndex(feature), low: lowest - slack, high: highest + slack, range: highest - lowest }];
	});
	return (observation) => {
		let worst: (typeof judged)[number] | null = null;
		let farthest = -1;
		let count = 0;
		for (const row of judged) {
			const value = observation[row.index] as number;
			if (value >= row.low && value <= row.high) continue;
			count++;
			const beyond = Math.max(row.low - value, value - row.high);
			const distance = row.range > 0 && !Number.isNaN(beyond) ? beyond / row.range : Number.POSITIVE_INFINITY;
			if (distance > farthest) {
				farthest = distance;
				worst = row;
			}
		}
		if (worst === null) return null;
		return { note: "outside", feature: worst.feature, value: observation[worst.index] as number, low: worst.low, high: worst.high, others: count - 1 };
	};
}

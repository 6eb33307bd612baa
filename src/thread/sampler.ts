import type { BrokerMs } from "../engine/units.ts";
import { SAMPLES_KEPT, type Sample } from "../ui/session-view.ts";

/** Market time between the first samples; doubled every time the room is used up. */
const INTERVAL_MS = 1000;

/** Samples of a whole session in a fixed room: the longer it lasts, the further apart they are. */
export type Sampler = {
	/** Market time from which the next sample is wanted. */
	nextAt: BrokerMs;
	add(sample: Sample): void;
	/** All samples, oldest first; a new list when something was added. */
	samples(): readonly Sample[];
};

/** An empty sampler that wants its first sample at once. */
export function createSampler(): Sampler {
	let kept: readonly Sample[] = [];
	let intervalMs = INTERVAL_MS;
	return {
		nextAt: Number.NEGATIVE_INFINITY,
		add(sample) {
			if (kept.length >= SAMPLES_KEPT) {
				kept = thinned(kept);
				intervalMs *= 2;
			}
			kept = [...kept, sample];
			this.nextAt = sample.at + intervalMs;
		},
		samples: () => kept,
	};
}

/** Every second sample and the first one; each keeps the lowest score of those that it stands for, so that no dip gets lost. */
function thinned(samples: readonly Sample[]): readonly Sample[] {
	const result: Sample[] = samples.slice(0, 1);
	for (let index = 1; index < samples.length; index += 2) {
		const [left, right] = samples.slice(index, index + 2);
		if (left === undefined) continue;
		result.push(right === undefined ? left : { ...right, chs: Math.min(left.chs, right.chs) });
	}
	return result;
}

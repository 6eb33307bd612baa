import { type RandomState, uint32 } from "../random.ts";
import type { Experience, LearnerState } from "./player.ts";
import { type StateBag, takeArray, takeNumber } from "./state-bag.ts";

/** Transitions of a minibatch: places in the memory, in the order drawn. */
export type ReplayMemory = {
	readonly count: number;
	/** capacity x features each: what was acted on, and what the estimate goes on from. */
	readonly observations: Float32Array;
	readonly nexts: Float32Array;
	readonly actions: Uint8Array;
	/** Discounted sum of the rewards from the action on. */
	readonly rewards: Float32Array;
	/** What the value of `nexts` counts: discount^steps, or 0 where the episode was over. */
	readonly weights: Float32Array;
	add(experience: Experience): void;
	/** Fills `places` with transitions, each with the same chance. */
	draw(places: Uint32Array, random: RandomState): void;
	save(bag: StateBag): void;
};

/** What a memory is made of. `returnSteps`: rewards that are counted before the estimate takes over. */
export type MemoryPlan = { readonly capacity: number; readonly features: number; readonly discount: number; readonly returnSteps: number };

/**
 * Experience replay (Mnih et al. 2015) of n-step transitions: for the action at t with k = min(n, steps to the end of its episode) the rewards
 * r_t + discount r_t+1 + ... + discount^(k-1) r_t+k-1, and s_t+k to go on from: with weight discount^k, or 0 after a terminal end. After a cut it is what followed.
 */
export function createReplayMemory(plan: MemoryPlan, saved: LearnerState | null): ReplayMemory {
	const { capacity, features } = plan;
	let count = saved === null ? 0 : takeNumber(saved, "memoryCount");
	let place = saved === null ? 0 : takeNumber(saved, "memoryPlace");
	const observations = new Float32Array(capacity * features);
	const nexts = new Float32Array(capacity * features);
	const actions = new Uint8Array(capacity);
	const rewards = new Float32Array(capacity);
	const weights = new Float32Array(capacity);
	if (saved !== null) {
		observations.set(takeArray(saved, "memoryObservations", count * features));
		nexts.set(takeArray(saved, "memoryNexts", count * features));
		actions.set(takeArray(saved, "memoryActions", count));
		rewards.set(takeArray(saved, "memoryRewards", count));
		weights.set(takeArray(saved, "memoryWeights", count));
	}
	return {
		get count() {
			return count;
		},
		observations,
		nexts,
		actions,
		rewards,
		weights,
		add(experience) {
			eachTransition(experience, plan, (row, reward, weight, next, nextAt) => {
				observations.set(experience.observations.subarray(row * features, (row + 1) * features), place * features);
				nexts.set(next.subarray(nextAt * features, (nextAt + 1) * features), place * features);
				actions[place] = experience.actions[row] as number;
				rewards[place] = reward;
				weights[place] = weight;
				place = (place + 1) % capacity;
				count = Math.min(capacity, count + 1);
			});
		},
		draw(places, random) {
			for (let index = 0; index < places.length; index++) places[index] = uint32(random) % count;
		},
		save(bag) {
			bag.numbers.memoryCount = count;
			bag.numbers.memoryPlace = place;
			bag.arrays.memoryObservations = observations.slice(0, count * features);
			bag.arrays.memoryNexts = nexts.slice(0, count * features);
			bag.arrays.memoryActions = Float32Array.from(actions.subarray(0, count));
			bag.arrays.memoryRewards = rewards.slice(0, count);
			bag.arrays.memoryWeights = weights.slice(0, count);
		},
	};
}

/** Takes one transition: its row, rewards, the weight of what follows, and where that is: row `nextAt` of `next`. */
type Take = (row: number, reward: number, weight: number, next: Float32Array, nextAt: number) => void;

/** Goes through the transitions of one player's steps in order. */
function eachTransition(experience: Experience, { discount, returnSteps }: MemoryPlan, take: Take): void {
	const { count, rewards, ends, observations, cutOff } = experience;
	// Number of cuts before the row that is looked at; the cut that ends a row's own episode is the one after those.
	let cuts = 0;
	for (let row = 0; row < count; row++) {
		let reward = 0;
		let weight = 1;
		let last = row;
		for (let step = 0; ; step++) {
			last = row + step;
			reward += weight * (rewards[last] as number);
			weight *= discount;
			if (ends[last] !== 0 || step + 1 === returnSteps) break;
		}
		const end = ends[last];
		if (end === 0) take(row, reward, weight, observations, last + 1);
		else if (end === 2) take(row, reward, weight, cutOff, cuts);
		// After a terminal end nothing follows; the row itself stands there, with no weight.
		else take(row, reward, 0, observations, row);
		if (ends[row] === 2) cuts++;
	}
}

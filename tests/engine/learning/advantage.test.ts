import { describe, expect, it } from "vitest";
import { advantages } from "../../../src/engine/learning/advantage.ts";
import type { Experience } from "../../../src/engine/learning/player.ts";
import { createReplayMemory } from "../../../src/engine/learning/replay-memory.ts";

/** Steps with one feature: their number; rewards 1, 2, 3, ...; what follows the cuts: 100, 200, ... */
function steps(ends: readonly number[]): Experience {
	const count = ends.length;
	return {
		count,
		features: 1,
		observations: Float32Array.from({ length: count }, (_, index) => index),
		actions: Uint8Array.from({ length: count }, (_, index) => index),
		rewards: Float32Array.from({ length: count }, (_, index) => index + 1),
		ends: Uint8Array.from(ends),
		cutOff: Float32Array.from(ends.filter((end) => end === 2).map((_, index) => (index + 1) * 100)),
		logProbs: new Float32Array(count),
	};
}

describe("advantages", () => {
	const values = Float64Array.of(10, 20, 30);
	const options = { discount: 0.5, lambda: 0.5, rewardScale: 1 };
	it.each([
		// d2 = 3 - 30 = -27; d1 = 2 + 15 - 20 = -3, A1 = -3 - 27/4; d0 = 1 + 10 - 10 = 1, A0 = 1 + A1/4
		["a terminal end is worth nothing more", [0, 0, 1], [-1.4375, -9.75, -27]],
		// d2 = 3 + 0.5 * 100 - 30 = 23
		["a cut goes on with the value of what follows", [0, 0, 2], [1.6875, 2.75, 23]],
		// d1 = 2 + 50 - 20 = 32; d2 = 3 + 100 - 30 = 73
		["an end in the middle keeps the episodes apart, each cut with what followed it", [0, 2, 2], [9, 32, 73]],
		["terminal in the middle", [0, 1, 2], [-3.5, -18, 23]],
	])("%s", (_, ends, expected) => {
		const cuts = Float64Array.from(ends.filter((end) => end === 2).map((_, index) => (index + 1) * 100));
		expect(Array.from(advantages(steps(ends), values, cuts, options))).toEqual(expected);
	});
	it("are in units of the rewards' scale", () => {
		const [first] = advantages(steps([1]), Float64Array.of(0), new Float64Array(0), { ...options, rewardScale: 4 });
		expect(first).toBe(0.25);
	});
});

describe("the memory of transitions", () => {
	const memoryOf = (returnSteps: number, capacity: number, ...experience: readonly Experience[]) => {
		const memory = createReplayMemory({ capacity, features: 1, discount: 0.5, returnSteps }, null);
		for (const one of experience) memory.add(one);
		return memory;
	};
	it.each([
		["one step", 1, [0, 0, 1], [1, 2, 3], [0.5, 0.5, 0], [1, 2, 2]],
		["two steps, terminal: nothing follows", 2, [0, 0, 1], [2, 3.5, 3], [0.25, 0, 0], [2, 1, 2]],
		["two steps, cut: what followed counts", 2, [0, 0, 2], [2, 3.5, 3], [0.25, 0.25, 0.5], [2, 100, 100]],
		["three steps over two episodes", 3, [0, 2, 0, 2], [2, 2, 5, 4], [0.25, 0.5, 0.25, 0.5], [100, 100, 200, 200]],
	])("%s", (_, returnSteps, ends, rewards, weights, nexts) => {
		const memory = memoryOf(returnSteps, 10, steps(ends));
		expect(Array.from(memory.rewards.subarray(0, memory.count))).toEqual(rewards);
		expect(Array.from(memory.weights.subarray(0, memory.count))).toEqual(weights);
		expect(Array.from(memory.nexts.subarray(0, memory.count))).toEqual(nexts);
	});
	it("forgets the oldest", () => {
		const memory = memoryOf(1, 4, steps([0, 0, 1]), steps([0, 0, 1]));
		expect(memory.count).toBe(4);
		expect(Array.from(memory.actions)).toEqual([1, 2, 2, 0]);
	});
});

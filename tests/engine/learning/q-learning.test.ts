import { describe, expect, it } from "vitest";
import { layerPlaces } from "../../../src/engine/learning/dense-net.ts";
import { createLearner, restoreLearner } from "../../../src/engine/learning/learner.ts";
import type { Experience, Learner } from "../../../src/engine/learning/player.ts";

const SETTINGS = { learnFrom: 0, stepsPerGradient: 1, minibatch: 16, learningRate: 0.05, learningRateEnd: 1, discount: 0.5, returnSteps: 1, roundSteps: 64 };

/** Steps of nothing: one feature that says nothing, rewards of 1 and -1 by turns so that their scale is known, all of `action`, cut at the end. */
function dull(action: number): Experience {
	const count = 64;
	return {
		count,
		features: 1,
		observations: new Float32Array(count),
		actions: new Uint8Array(count).fill(action),
		rewards: Float32Array.from({ length: count }, (_, index) => (index % 2 === 0 ? 1 : -1)),
		ends: Uint8Array.from({ length: count }, (_, index) => (index === count - 1 ? 2 : 0)),
		cutOff: Float32Array.of(0),
		logProbs: new Float32Array(count),
	};
}

/** Biases of the outputs, with weights of 0: the same values everywhere. */
function constant(biases: readonly number[]): Float32Array {
	return Float32Array.from([...new Array<number>(biases.length).fill(0), ...biases]);
}

/** A linear learner at work whose networks have been given these values. */
function given(online: readonly number[], target: readonly number[]): Learner {
	const learner = createLearner("linear", { sizes: [1, 2], seed: 1, totalSteps: 1e6, settings: { ...SETTINGS, targetEvery: 1e6 } });
	learner.learn([dull(0)]);
	const state = learner.save();
	return restoreLearner({ ...state, arrays: { ...state.arrays, online: constant(online), target: constant(target) } });
}

/** Value of an action where every feature is 0. */
function learnedValue(learner: Learner, action: number): number {
	return learner.playing().weights[(layerPlaces([1, 2])[0]?.biasAt ?? 0) + action] as number;
}

describe("what a value is drawn towards", () => {
	// Rewards are 0 in the mean, discount 1/2: half of what the target network says of the action that the online network takes.
	it.each([
		["half of what the target network says of the better action", [0, 30], [0, 8], 4],
		["not of the action that the target network likes best (double selection)", [0, 30], [80, 8], 4],
		["not of what the network itself says (target network)", [0, 30], [0, 0], 0],
	])("%s", (_, online, target, expected) => {
		const learner = given(online, target);
		// Action 0 alone is learned of; action 1 stays the better one by far.
		for (let round = 0; round < 12; round++) learner.learn([dull(0)]);
		expect(Math.abs(learnedValue(learner, 0) - expected)).toBeLessThan(0.5);
		expect(learnedValue(learner, 1)).toBe(online[1]);
	});
	it("is the reward alone after a terminal end", () => {
		const learner = given([0, 30], [0, 8]);
		const ended = { ...dull(0), ends: new Uint8Array(64).fill(1), cutOff: new Float32Array(0) };
		// The steps remembered from before go on; forgetting them takes rounds enough.
		const before = learnedValue(learner, 0);
		for (let round = 0; round < 60; round++) learner.learn([ended]);
		expect(before).toBe(0);
		expect(Math.abs(learnedValue(learner, 0))).toBeLessThan(0.6);
	});
});

describe("the target network", () => {
	it("stands still between its copies, and takes the online network's weights when one is due", () => {
		const learner = createLearner("linear", { sizes: [1, 2], seed: 1, totalSteps: 1e6, settings: { ...SETTINGS, targetEvery: 100 } });
		const targetAndOnline = (): readonly (Float32Array | undefined)[] => [learner.save().arrays.target, learner.save().arrays.online];
		const rewarded = { ...dull(0), rewards: new Float32Array(64).map((_, index) => index % 3) };
		learner.learn([rewarded]);
		const [first, moved] = targetAndOnline();
		expect(Array.from(first ?? [])).toEqual([0, 0, 0, 0]);
		expect(Array.from(moved ?? [])).not.toEqual([0, 0, 0, 0]);
		learner.learn([rewarded]);
		const [second] = targetAndOnline();
		expect(Array.from(second ?? [])).not.toEqual([0, 0, 0, 0]);
	});
});

describe("exploration", () => {
	it("falls in a straight line over its share of the steps, and stays", () => {
		const learner = createLearner("dqn", {
			sizes: [1, 4, 2],
			seed: 1,
			totalSteps: 640,
			settings: { ...SETTINGS, explore: 1, exploreEnd: 0.2, exploreShare: 0.5 },
		});
		const found = [learner.playing().explore];
		for (let round = 0; round < 7; round++) found.push(learner.learn([dull(0)]).explore ?? Number.NaN);
		[1, 0.84, 0.68, 0.52, 0.36, 0.2, 0.2, 0.2].forEach((share, index) => {
			expect(found[index]).toBeCloseTo(share, 9);
		});
	});
});

describe("the loss of a round", () => {
	it("is unknown, not 0, while experience is only gathered", () => {
		const learner = createLearner("linear", { sizes: [1, 2], seed: 1, totalSteps: 1e6, settings: { ...SETTINGS, learnFrom: 100 } });
		expect(learner.learn([dull(0)]).loss).toBeNull();
		expect(learner.learn([dull(0)]).loss).toBeGreaterThan(0);
	});
});

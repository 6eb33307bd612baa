import { describe, expect, it } from "vitest";
import { greedyNetwork } from "../../../src/engine/learning/greedy-network.ts";
import { createLearner, restoreLearner } from "../../../src/engine/learning/learner.ts";
import type { Experience, Learner, LearnerState } from "../../../src/engine/learning/player.ts";
import { createRecordingPlayer } from "../../../src/engine/learning/recording-player.ts";
import { createForward } from "../../../src/engine/network/forward.ts";
import { fork } from "../../../src/engine/random.ts";
import { playToyMarket, TOY_MARKET } from "../../helpers/toy-market.ts";

const ALGORITHMS = ["ppo", "dqn", "linear"] as const;
const SMALL = {
	ppo: { roundSteps: 256, minibatch: 64 },
	dqn: { learnFrom: 200, memory: 600, targetEvery: 7 },
	linear: { learnFrom: 200, memory: 600, targetEvery: 7 },
};

function small(algorithm: Learner["algorithm"], seed = 1): Learner {
	return createLearner(algorithm, { sizes: algorithm === "linear" ? [2, 4] : [2, 8, 6, 4], seed, totalSteps: 3000, settings: SMALL[algorithm] });
}

/** A round of 300 steps in two parts, as two workers would bring them. */
function round(learner: Learner, seed: number): Experience[] {
	return [0, 1].map((worker) => {
		const player = createRecordingPlayer(learner.playing(), seed * 10 + worker);
		playToyMarket({ ...TOY_MARKET, episodeSteps: 100 }, player, 150, fork(seed, `worker ${worker}`));
		return player.take();
	});
}

/** Plays and learns rounds `from` .. `to` - 1. */
function learn(learner: Learner, from: number, to: number): Learner {
	for (let seed = from; seed < to; seed++) learner.learn(round(learner, seed));
	return learner;
}

/** A state as it comes back from a file: numbers by JSON. */
function stored(state: LearnerState): LearnerState {
	return { ...structuredClone(state), numbers: JSON.parse(JSON.stringify(state.numbers)) };
}

describe.each(ALGORITHMS)("%s", (algorithm) => {
	it("learns the same by the same seed and experience, bit for bit, and otherwise by another seed", () => {
		expect(learn(small(algorithm), 0, 3).save()).toEqual(learn(small(algorithm), 0, 3).save());
		if (algorithm !== "linear") expect(learn(small(algorithm, 2), 0, 3).playing().weights).not.toEqual(learn(small(algorithm), 0, 3).playing().weights);
	});
	it.each([0, 1, 4])("goes on bit for bit after %i rounds and a rest in a file", (rounds) => {
		const unbroken = learn(small(algorithm), 0, 6);
		const before = learn(small(algorithm), 0, rounds);
		const state = stored(before.save());
		learn(before, rounds, rounds + 1);
		const after = learn(restoreLearner(state), rounds, 6);
		expect(after.save()).toEqual(unbroken.save());
		expect(after.playing()).toEqual(unbroken.playing());
	});
	it("exports the network that it plays", () => {
		const learner = learn(small(algorithm), 0, 4);
		const { scaler, valueScale, ...playing } = learner.playing();
		const forward = createForward(greedyNetwork(learner));
		// Without exploring, the player takes what the exported network says is best.
		const player = createRecordingPlayer({ ...playing, algorithm: "dqn", scaler, valueScale, explore: 0 }, 1);
		for (let x = -3; x < 3; x += 0.17) {
			const observation = Float32Array.of(1.1 + 0.001 * x, Math.round(x) % 2);
			const outputs = forward(
				observation.map((value, index) => Math.max(-scaler.clip, Math.min(scaler.clip, (value - (scaler.mean[index] ?? 0)) / (scaler.scale[index] ?? 1)))),
			);
			const best = outputs[player.act(observation, 0)] as number;
			expect(Math.max(...outputs) - best).toBeLessThan(1e-5);
		}
		expect(valueScale).toBeGreaterThan(algorithm === "ppo" ? 0.99 : 0);
	});
	it("says what it has seen of every feature", () => {
		const learner = small(algorithm);
		expect(() => learner.quantiles()).toThrow(/no step/);
		const seen = [0, 1, 2].flatMap((seed) => {
			const played = round(learner, seed);
			learner.learn(played);
			return played.flatMap((one) => Array.from({ length: one.count }, (_, row) => one.observations[row * 2] as number));
		});
		const sorted = seen.sort((a, b) => a - b);
		const [price = [], position = []] = learner.quantiles();
		expect(price).toHaveLength(9);
		expect([price[0], price[8]]).toEqual([sorted[0], sorted[sorted.length - 1]]);
		expect(price[4]).toBeCloseTo(((sorted[449] as number) + (sorted[450] as number)) / 2, 6);
		expect([position[0], position[8]]).toEqual([-1, 1]);
		const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
		const { scaler } = learner.playing();
		expect(scaler.mean[0]).toBeCloseTo(mean, 6);
		expect(scaler.scale[0]).toBeCloseTo(Math.sqrt(seen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / seen.length), 6);
	});
	it.each([
		[
			"a feature that is not finite",
			(one: Experience) => ({ ...one, observations: one.observations.map((value, index) => (index === 3 ? Number.NaN : value)) }),
			/not a finite/,
		],
		["an action that does not exist", (one: Experience) => ({ ...one, actions: one.actions.map(() => 4) }), /an action beyond/],
		["an episode without an end", (one: Experience) => ({ ...one, ends: one.ends.map(() => 0) }), /no end/],
		["a cut without what followed", (one: Experience) => ({ ...one, cutOff: new Float32Array(0) }), /what followed/],
		["another number of features", (one: Experience) => ({ ...one, features: 3 }), /3 features/],
		["rewards that are too few", (one: Experience) => ({ ...one, rewards: one.rewards.slice(1) }), /rows/],
		["nothing", (one: Experience) => ({ ...one, count: 0 }), /no steps/],
	] as const)("refuses experience with %s", (_, spoil, words) => {
		const learner = small(algorithm);
		expect(() => learner.learn(round(learner, 1).slice(0, 1).map(spoil))).toThrow(words);
	});
	it.each([
		["version", (state: LearnerState) => ({ ...state, numbers: { ...state.numbers, version: 2 } }), /version 2/],
		[
			"a missing number",
			(state: LearnerState) => ({ ...state, numbers: { ...state.numbers, steps: undefined } as unknown as LearnerState["numbers"] }),
			/no number steps/,
		],
		["missing weights", (state: LearnerState) => ({ ...state, arrays: {} }), /missing/],
	] as const)("refuses a saved state of another kind: %s", (_, spoil, words) => expect(() => restoreLearner(spoil(small(algorithm).save()))).toThrow(words));
});

describe("a new learner", () => {
	it.each([
		["no actions", { sizes: [4] }, /sizes/],
		["half a unit", { sizes: [4, 1.5, 2] }, /4-1.5-2/],
		["a setting that is not there", { sizes: [4, 2], settings: { speed: 1 } }, /no setting speed; it has roundSteps/],
		["a setting that cannot be", { sizes: [4, 2], settings: { clip: Number.NaN } }, /clip cannot be NaN/],
	])("is not made of %s", (_, plan, words) => expect(() => createLearner("ppo", { seed: 1, totalSteps: 100, ...plan })).toThrow(words));
	it("that is linear has no hidden layers", () =>
		expect(() => createLearner("linear", { sizes: [2, 8, 4], seed: 1, totalSteps: 100 })).toThrow(/no hidden layers/));
	it("chooses evenly, whatever the features", () => {
		const player = createRecordingPlayer(small("ppo").playing(), 1);
		for (const value of [0, 1e6, -3]) player.act(Float32Array.of(value, value), 0);
		player.end(Float32Array.of(0, 0), 0, true);
		for (const logProb of player.take().logProbs) expect(logProb).toBeCloseTo(Math.log(0.25), 6);
	});
});

import { describe, expect, it } from "vitest";
import { layerPlaces, weightCount } from "../../../src/engine/learning/dense-net.ts";
import type { Playing } from "../../../src/engine/learning/player.ts";
import { createRecordingPlayer } from "../../../src/engine/learning/recording-player.ts";

/** A network without hidden layers whose outputs are its biases. */
function biased(algorithm: Playing["algorithm"], biases: readonly number[], explore = 0): Playing {
	const sizes = [2, biases.length];
	const weights = new Float32Array(weightCount(sizes));
	weights.set(biases, layerPlaces(sizes)[0]?.biasAt ?? 0);
	return { algorithm, sizes, hidden: "relu", weights, scaler: { mean: new Float32Array(2), scale: Float32Array.of(1, 1), clip: 5 }, explore, valueScale: 1 };
}

/** Shares of the actions over many steps. */
function shares(playing: Playing): number[] {
	const player = createRecordingPlayer(playing, 4);
	const counts = playing.sizes.slice(-1).flatMap((actions) => new Array<number>(actions).fill(0));
	for (let step = 0; step < 20_000; step++) {
		const action = player.act(Float32Array.of(0, 0), 0);
		counts[action] = (counts[action] ?? 0) + 1;
	}
	return counts.map((count) => count / 20_000);
}

describe("a recording player", () => {
	it("notes rewards with the action before them, ends, and what followed a cut", () => {
		const player = createRecordingPlayer(biased("ppo", [0, 50]), 1);
		const seen = Float32Array.of(1, 2);
		player.end(seen, 9, true);
		player.act(seen, 77);
		seen[0] = 3;
		player.act(seen, 0.5);
		player.end(Float32Array.of(8, 9), 0.25, false);
		player.act(seen, 77);
		player.end(seen, -1, true);
		expect(player.count).toBe(3);
		const { logProbs, ...rest } = player.take();
		expect(rest).toEqual({
			count: 3,
			features: 2,
			observations: Float32Array.of(1, 2, 3, 2, 3, 2),
			actions: Uint8Array.of(1, 1, 1),
			rewards: Float32Array.of(0.5, 0.25, -1),
			ends: Uint8Array.of(0, 2, 1),
			cutOff: Float32Array.of(8, 9),
		});
		expect(Array.from(logProbs).every((value) => Math.abs(value) < 1e-6)).toBe(true);
		expect(player.count).toBe(0);
		player.act(seen, 77);
		player.end(seen, 2, true);
		expect(player.take().rewards).toEqual(Float32Array.of(2));
	});
	it("keeps more steps than it first has room for", () => {
		const player = createRecordingPlayer(biased("ppo", [0, 50]), 1);
		for (let step = 0; step < 3000; step++) player.act(Float32Array.of(step, -step), step);
		player.end(Float32Array.of(0, 0), 3000, true);
		const { observations, rewards, count } = player.take();
		expect([count, observations[4000], observations[4001], rewards[1999], rewards[2999]]).toEqual([3000, 2000, -2000, 2000, 3000]);
	});
	it("does not hand over an episode without an end, nor take observations of another size", () => {
		const player = createRecordingPlayer(biased("ppo", [0, 0]), 1);
		player.act(Float32Array.of(0, 0), 0);
		expect(() => player.take()).toThrow(/under way/);
		expect(() => player.act(Float32Array.of(0), 0)).toThrow(/1 features/);
	});
	it("draws ppo's actions by the softmax of its outputs, and notes their probabilities", () => {
		const found = shares(biased("ppo", [Math.log(0.5), Math.log(0.2), Math.log(0.3)]));
		[0.5, 0.2, 0.3].forEach((share, action) => {
			expect(Math.abs((found[action] ?? 0) - share)).toBeLessThan(0.015);
		});
		const player = createRecordingPlayer(biased("ppo", [Math.log(0.5), Math.log(0.2), Math.log(0.3)]), 4);
		for (let step = 0; step < 50; step++) player.act(Float32Array.of(0, 0), 0);
		player.end(Float32Array.of(0, 0), 0, true);
		const { actions, logProbs } = player.take();
		actions.forEach((action, step) => {
			expect(logProbs[step]).toBeCloseTo(Math.log([0.5, 0.2, 0.3][action] ?? 0), 5);
		});
	});
	it("takes the best action but for the share that it explores", () => {
		const found = shares(biased("dqn", [1, 3, 3, 2], 0.4));
		[0.1, 0.7, 0.1, 0.1].forEach((share, action) => {
			expect(Math.abs((found[action] ?? 0) - share)).toBeLessThan(0.015);
		});
	});
	it("plays the same by the same seed, and otherwise by another", () => {
		const play = (seed: number): string => {
			const player = createRecordingPlayer(biased("ppo", [0, 0, 0]), seed);
			return Array.from({ length: 40 }, () => player.act(Float32Array.of(0, 0), 0)).join("");
		};
		expect(play(1)).toBe(play(1));
		expect(play(1)).not.toBe(play(2));
	});
});

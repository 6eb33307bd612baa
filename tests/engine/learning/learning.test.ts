import { describe, expect, it } from "vitest";
import { createLearner } from "../../../src/engine/learning/learner.ts";
import type { Learner } from "../../../src/engine/learning/player.ts";
import { bestOf, greedyPolicy, meanOf, TOY_MARKET, train } from "../../helpers/toy-market.ts";

/** What each algorithm must reach here of the optimum, in fewer steps and with smaller networks than in bench/learn.ts, where PPO and DQN must reach 0.9. */
const SHORT: readonly { readonly algorithm: Learner["algorithm"]; readonly sizes: readonly number[]; readonly steps: number; readonly least: number }[] = [
	{ algorithm: "ppo", sizes: [2, 16, 16, 4], steps: 60_000, least: 0.8 },
	{ algorithm: "dqn", sizes: [2, 16, 16, 4], steps: 30_000, least: 0.8 },
];
const EASY = { ...TOY_MARKET, cost: 0.2 };

describe("a market whose best policy is known, with smaller costs", () => {
	const best = bestOf(EASY).mean;
	it.each(SHORT)("is learned by $algorithm to $least of the optimum", ({ algorithm, sizes, steps, least }) => {
		const learner = createLearner(algorithm, { sizes, seed: 1, totalSteps: steps });
		train(learner, EASY, steps, 1);
		expect(meanOf(EASY, greedyPolicy(learner)) / best).toBeGreaterThan(least);
	});
});

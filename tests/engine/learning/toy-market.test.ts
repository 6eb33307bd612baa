import { describe, expect, it } from "vitest";
import type { Player } from "../../../src/engine/learning/player.ts";
import { fork } from "../../../src/engine/random.ts";
import { bestOf, meanOf, playToyMarket, TOY_MARKET, type ToyPolicy } from "../../helpers/toy-market.ts";

/** Mean reward a step of a policy that plays the market itself, by chance. */
function simulated(policy: ToyPolicy, steps: number): number {
	let sum = 0;
	const player: Player = {
		act(observation, reward) {
			sum += reward;
			return policy(((observation[0] as number) - 1.1) / 0.001, observation[1] as number);
		},
		end(_, reward) {
			sum += reward;
		},
	};
	playToyMarket({ ...TOY_MARKET, episodeSteps: steps }, player, steps, fork(11, "simulated"));
	return sum / steps;
}

/** Buys low, sells high, and never closes. */
const bound =
	(level: number): ToyPolicy =>
	(x) =>
		x < -level ? 1 : x > level ? 2 : 0;

describe("the toy market's optimum", () => {
	const best = bestOf(TOY_MARKET);
	it("does not depend on how fine the grid is", () => {
		expect(Math.abs(bestOf(TOY_MARKET, 321).mean / best.mean - 1)).toBeLessThan(0.005);
	});
	it("is what its policy earns, on the grid and in the market itself", () => {
		expect(meanOf(TOY_MARKET, best.policy)).toBeCloseTo(best.mean, 6);
		// Standard error of a million steps of deviation about 0.45: 0.00045.
		expect(Math.abs(simulated(best.policy, 1_000_000) - best.mean)).toBeLessThan(0.0014);
	});
	it.each([0, 0.25, 0.5, 0.75, 1, 1.5])("is not beaten by any simple rule: %f standard deviations", (level) => {
		expect(meanOf(TOY_MARKET, bound(level))).toBeLessThan(best.mean);
	});
	it("is nothing for who does nothing, and far below nothing for who trades for its own sake", () => {
		expect(meanOf(TOY_MARKET, () => 0)).toBeCloseTo(0, 9);
		expect(meanOf(TOY_MARKET, (_, position) => (position === 1 ? 2 : 1))).toBeLessThan(-0.5);
	});
	it("is known where nothing costs: be against every deviation, which earns (1 - phi) E|x|", () => {
		expect(bestOf({ ...TOY_MARKET, cost: 0 }).mean).toBeCloseTo(0.1 * Math.sqrt(2 / Math.PI), 3);
	});
});

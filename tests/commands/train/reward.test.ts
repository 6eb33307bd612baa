import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createReward } from "../../../src/commands/train/reward.ts";

const TERMS = { riskMoney: 100, drawdownWeight: 0.5 };

describe("reward", () => {
	it.each([
		["a gain counts in R", [10_050], [0.5]],
		["a loss counts, and half of the drawdown besides", [9_900], [-1.5]],
		["a gain that makes up for a loss is only a gain", [9_900, 10_000], [-1.5, 1]],
		["a second loss that is no deeper costs no drawdown again", [9_900, 10_000, 9_900], [-1.5, 1, -1]],
		["a deeper one costs the difference", [9_900, 10_000, 9_850], [-1.5, 1, -1.75]],
		["drawdown is measured from the highest equity", [10_200, 10_100], [2, -1.5]],
		["nothing happened", [10_000, 10_000], [0, 0]],
	])("%s", (_case, equities, rewards) => {
		const reward = createReward(TERMS, 10_000);
		expect(equities.map((equity) => reward.next(equity))).toEqual(rewards);
	});

	it("adds up to net profit minus the weighted largest drawdown", () => {
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 5_000, max: 20_000 }), { minLength: 1, maxLength: 60 }), (equities) => {
				const reward = createReward(TERMS, 10_000);
				const sum = equities.reduce((all, equity) => all + reward.next(equity), 0);
				let peak = 10_000;
				let deepest = 0;
				for (const equity of equities) {
					peak = Math.max(peak, equity);
					deepest = Math.max(deepest, peak - equity);
				}
				const net = ((equities.at(-1) ?? 0) - 10_000) / 100;
				expect(reward.netR).toBeCloseTo(net, 9);
				expect(reward.drawdownR).toBeCloseTo(deepest / 100, 9);
				expect(sum).toBeCloseTo(net - 0.5 * (deepest / 100), 9);
			}),
		);
	});
});

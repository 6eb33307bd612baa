import type { Money } from "../../engine/units.ts";

/** What one step is worth (docs/TRAINING.md). */
export type RewardTerms = {
	/** Money of 1 R: the planned risk of a trade on the balance at the start. */
	readonly riskMoney: Money;
	/** Lambda: what one R of drawdown costs, in R. */
	readonly drawdownWeight: number;
};

/** Default of `drawdownWeight`. */
export const DRAWDOWN_WEIGHT = 0.1;

/** Follows the equity of one episode. */
export type Reward = {
	/** The reward of the time since the last call, at this equity. */
	next(equity: Money): number;
	/** Net result and largest drawdown so far, R. */
	readonly netR: number;
	readonly drawdownR: number;
};

/**
 * reward = (change of equity - lambda x growth of the largest drawdown) / R, equity marked to the market after all costs. Both parts add up over an
 * episode, so that its undiscounted sum is net profit in R minus lambda times the largest drawdown in R: nothing is rewarded twice or on the way only.
 */
export function createReward({ riskMoney, drawdownWeight }: RewardTerms, startEquity: Money): Reward {
	let equity = startEquity;
	let peak = startEquity;
	let drawdown = 0;
	return {
		next(now) {
			const change = now - equity;
			equity = now;
			if (now > peak) peak = now;
			const growth = Math.max(0, peak - now - drawdown);
			drawdown += growth;
			return (change - drawdownWeight * growth) / riskMoney;
		},
		get netR() {
			return (equity - startEquity) / riskMoney;
		},
		get drawdownR() {
			return drawdown / riskMoney;
		},
	};
}

import { type AgentKind, param } from "./agent.ts";

type BuyAndHoldState = { readonly params: Readonly<Record<string, number>> };

/**
 * Buys once and keeps: what a learner must beat to have earned more than the market gave. No trade goes out without a stop (rules.requireStop), so there is one,
 * far away; whoever is stopped out buys again at the next bar at which he may. Never sells.
 */
export const buyAndHold: AgentKind<BuyAndHoldState> = {
	id: "buy-and-hold",
	version: 1,
	line: "buys once and keeps, with a far stop because no trade goes out without one; buys again after a stop: what the market alone gives",
	parameters: [
		{ key: "stopAtr", value: 20, min: 1, max: 100, line: "stop distance in average true ranges; far, so that it is seldom reached" },
		{ key: "lots", value: 0, min: 0, max: 100, line: "fixed volume in lots; 0 = by planned risk" },
	],
	// Average true ranges are known from the 14th bar on.
	warmupBars: () => 15,
	create: (params) => ({ params }),
	onBar: () => {},
	decide(state, view) {
		if (view.positions.length > 0 || !view.entry.mayEnter || view.atrPoints === null) return [];
		const lots = param(state.params, "lots");
		return [
			{
				kind: "open",
				side: "BUY",
				size: lots > 0 ? { kind: "lots", lots } : { kind: "risk", share: 1 },
				stopPoints: Math.ceil(param(state.params, "stopAtr") * view.atrPoints),
				targetPoints: null,
				reason: "buy and keep",
			},
		];
	},
};

import type { Money } from "./units.ts";

/**
 * What made the simulator's result of a trade differ from the broker's, account currency; positive = paper was kinder. The parts sum to the
 * whole gap. See `docs/SIMULATOR.md` and the functions below for how each is measured.
 */
export type TwinParts = {
	/** What the rest cannot explain: other exits at other prices, conversion and rounding. */
	readonly price: Money;
	/** The middle of the market moved further until the broker executed than until the simulator did. */
	readonly latency: Money;
	/** The broker's spread at execution was wider than the simulator's. */
	readonly spread: Money;
	/** The broker filled worse against the quote at execution, or against the level that fired. */
	readonly slippage: Money;
	/** Orders, or parts of them, that only one of the two filled. */
	readonly rejection: Money;
	/** Swap and commission. */
	readonly swap: Money;
};

/** One trade that both, or only one of them, made. `net` null = it did not trade. */
export type TwinTrade = {
	/** The order that opened it. */
	readonly intentId: number;
	readonly realNet: Money | null;
	readonly paperNet: Money | null;
	readonly gap: Money;
	/** The gap in planned risks (1 R) of the trade. */
	readonly gapR: number;
	readonly parts: TwinParts;
};

/** The comparison of all trades of a session: would paper have told the truth? Plain JSON. */
export type PaperTwinReport = {
	/** Trades that are over on both sides and compared; `pending` still run on one of them. */
	readonly compared: number;
	readonly pending: number;
	readonly gap: Money;
	/** Mean gap of a trade in R; null without a trade. */
	readonly meanGapR: number | null;
	readonly parts: TwinParts;
	/** Orders that only the broker refused, and that only the simulator refused. */
	readonly onlyBrokerRefused: number;
	readonly onlyPaperRefused: number;
	readonly verdict: "true" | "too-kind" | "too-harsh" | "too-few";
	/** The verdict in a sentence. */
	readonly text: string;
	/** The last twenty, oldest first. */
	readonly trades: readonly TwinTrade[];
};

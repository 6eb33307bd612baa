import type { Side } from "../order.ts";
import type { Lots, Money, Points } from "../units.ts";
import type { TwinParts, TwinTrade } from "./report.ts";

/** The quote at which one of the two executed a request; points. */
export type TwinQuote = { readonly intentId: number; readonly bid: Points; readonly ask: Points };

/** A deal of one side. `cause` names what made it: our request, or the reason and level at the server. */
export type TwinLeg = {
	readonly opens: boolean;
	readonly side: Side;
	readonly lots: Lots;
	readonly price: Points;
	readonly cause: string;
	readonly intentId: number | null;
};

/** What the broker, or the simulator, made of one trade so far. */
export type TwinHalf = {
	/** `asked`: no deal yet; `refused`: there will be none; `over`: closed again. */
	state: "asked" | "refused" | "open" | "over";
	positionId: number | null;
	openLots: Lots;
	net: Money;
	/** Swap and commission in it. */
	fees: Money;
	readonly quotes: TwinQuote[];
	readonly legs: TwinLeg[];
};

/** One trade on both sides. `intents` are the orders that opened or enlarged it, `closes` those that close it. */
export type TwinPair = { readonly intents: number[]; readonly closes: number[]; readonly riskMoney: Money; readonly real: TwinHalf; readonly paper: TwinHalf };

/** Everything that the comparison remembers; plain JSON, bounded. */
export type TwinState = {
	readonly open: TwinPair[];
	compared: number;
	gap: Money;
	gapR: number;
	parts: TwinParts;
	onlyBrokerRefused: number;
	onlyPaperRefused: number;
	readonly last: TwinTrade[];
};

/** No gap yet. */
export const NO_PARTS: TwinParts = { price: 0, latency: 0, spread: 0, slippage: 0, rejection: 0, swap: 0 };

/** Nothing compared yet. */
export function createTwin(): TwinState {
	return { open: [], compared: 0, gap: 0, gapR: 0, parts: NO_PARTS, onlyBrokerRefused: 0, onlyPaperRefused: 0, last: [] };
}

/** A half of which nothing is known but that it was asked for. */
export function createHalf(): TwinHalf {
	return { state: "asked", positionId: null, openLots: 0, net: 0, fees: 0, quotes: [], legs: [] };
}

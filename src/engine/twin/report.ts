import { type Money, roundMoney } from "../units.ts";
import type { TwinState } from "./state.ts";

/**
 * What made the simulator's result of a trade differ from the broker's, account currency; positive = paper was kinder. The parts sum to the
 * whole gap. How each is measured: compare.ts.
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

/** Trades from which the comparison says anything: a demo session has five by default. */
const TRADES_TO_JUDGE = 5;
/** A mean gap of this many planned risks a trade is a lie: twenty such trades are a whole loss that paper did not show. */
const GAP_R_MAX = 0.05;

/** What the comparison has come to so far. `currency` and its digits are the account's. */
export function twinReport(twin: TwinState, currency: string, digits: number): PaperTwinReport {
	const { compared, open, parts, onlyBrokerRefused, onlyPaperRefused } = twin;
	const rounded = Object.fromEntries(Object.entries(parts).map(([name, money]) => [name, roundMoney(money, digits)])) as TwinParts;
	const meanGapR = compared === 0 ? null : twin.gapR / compared;
	const verdict = verdictOf(compared, meanGapR);
	return {
		compared,
		pending: open.length,
		gap: roundMoney(twin.gap, digits),
		meanGapR,
		parts: rounded,
		onlyBrokerRefused,
		onlyPaperRefused,
		verdict,
		text: textOf(verdict, compared, meanGapR, largestOf(rounded), currency),
		trades: [...twin.last],
	};
}

function verdictOf(compared: number, meanGapR: number | null): PaperTwinReport["verdict"] {
	if (meanGapR === null || compared < TRADES_TO_JUDGE) return "too-few";
	if (!(meanGapR <= GAP_R_MAX)) return "too-kind";
	return meanGapR < -GAP_R_MAX ? "too-harsh" : "true";
}

function textOf(
	verdict: PaperTwinReport["verdict"],
	compared: number,
	meanGapR: number | null,
	[name, money]: readonly [string, Money],
	currency: string,
): string {
	const mean = `${Math.abs(meanGapR ?? 0).toFixed(3)} R a trade`;
	const most = money === 0 ? "" : `; most of it is ${name} (${money} ${currency})`;
	switch (verdict) {
		case "too-few":
			return `${compared === 1 ? "1 trade is" : `${compared} trades are`} compared; from ${TRADES_TO_JUDGE} on it can be said whether paper tells the truth.`;
		case "true":
			return `Paper told the truth: its results differ by ${mean} on average${most}.`;
		case "too-kind":
			return `Paper was too kind: it made ${mean} more than the broker${most}.`;
		case "too-harsh":
			return `Paper was too harsh: it made ${mean} less than the broker${most}.`;
	}
}

/** The part with the largest amount, whichever way it goes. */
function largestOf(parts: TwinParts): readonly [string, Money] {
	const rows = Object.entries(parts) as readonly (readonly [keyof TwinParts, Money])[];
	const [name, money] = rows.reduce((most, row) => (Math.abs(row[1]) > Math.abs(most[1]) ? row : most));
	return [name, money];
}

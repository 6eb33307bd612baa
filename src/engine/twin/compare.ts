import { type MoneyTerms, pointValueOf } from "../money.ts";
import type { Side } from "../order.ts";
import { type Lots, type Money, type Points, roundMoney } from "../units.ts";
import type { TwinParts, TwinTrade } from "./report.ts";
import type { TwinHalf, TwinLeg, TwinPair, TwinQuote } from "./state.ts";

/**
 * Splits what the simulator's result of a trade was better (positive) or worse than the broker's. Both legs of a trade that both executed for
 * the same order are compared at the quotes of their execution: the middle moved (latency), the half spread (spread), the fill against that
 * quote (slippage). A stop or target that fired at the same level on both sides has no such quote: its whole difference is slippage. Volume that
 * only one of them filled is rejection, swap and commission are swap, and what is left (other exits, conversion, rounding) is price, so that the
 * parts always sum to the whole.
 */
export function compareTrade({ intents, riskMoney, real, paper }: TwinPair, terms: MoneyTerms): TwinTrade {
	const digits = terms.accountDigits;
	const gap = roundMoney(paper.net - real.net, digits);
	const realLots = openedLots(real);
	const paperLots = openedLots(paper);
	const lots = Math.min(realLots, paperLots);
	const share = (part: Money, of: Lots): Money => (of > 0 ? (part * lots) / of : 0);
	const rejection = paper.net - share(paper.net, paperLots) - (real.net - share(real.net, realLots));
	const swap = share(paper.fees, paperLots) - share(real.fees, realLots);
	const legs = [legGap(real, paper, true, lots, terms), legGap(real, paper, false, lots, terms)];
	const total = (part: keyof LegGap): Money =>
		roundMoney(
			legs.reduce((money, leg) => money + leg[part], 0),
			digits,
		);
	const parts = {
		latency: total("latency"),
		spread: total("spread"),
		slippage: total("slippage"),
		rejection: roundMoney(rejection, digits),
		swap: roundMoney(swap, digits),
	};
	const price = roundMoney(gap - parts.latency - parts.spread - parts.slippage - parts.rejection - parts.swap, digits);
	return {
		intentId: intents[0] ?? 0,
		realNet: real.state === "refused" ? null : roundMoney(real.net, digits),
		paperNet: paper.state === "refused" ? null : roundMoney(paper.net, digits),
		gap,
		gapR: gap / riskMoney,
		parts: { price, ...parts },
	};
}

/** The parts of two gaps together. */
export function sumOfParts(a: TwinParts, b: TwinParts): TwinParts {
	return {
		price: a.price + b.price,
		latency: a.latency + b.latency,
		spread: a.spread + b.spread,
		slippage: a.slippage + b.slippage,
		rejection: a.rejection + b.rejection,
		swap: a.swap + b.swap,
	};
}

type LegGap = { readonly latency: Money; readonly spread: Money; readonly slippage: Money };
const NO_GAP: LegGap = { latency: 0, spread: 0, slippage: 0 };

/** One leg of a trade, entry or exit, on both sides: comparable only when one and the same cause made it. */
function legGap(real: TwinHalf, paper: TwinHalf, opens: boolean, lots: Lots, terms: MoneyTerms): LegGap {
	const [a, b] = [fillOf(real, opens), fillOf(paper, opens)];
	if (a === null || b === null || a.cause !== b.cause || !(lots > 0)) return NO_GAP;
	const value = pointValueOf(terms, a.price) * lots;
	const adverse = a.side === "BUY" ? 1 : -1;
	if (a.quote === null || b.quote === null) return { ...NO_GAP, slippage: adverse * (a.price - b.price) * value };
	const slip = (price: Points, quote: TwinQuote): Points => adverse * (price - (a.side === "BUY" ? quote.ask : quote.bid));
	return {
		latency: (adverse * (a.quote.bid + a.quote.ask - b.quote.bid - b.quote.ask) * value) / 2,
		spread: ((a.quote.ask - a.quote.bid - b.quote.ask + b.quote.bid) * value) / 2,
		slippage: (slip(a.price, a.quote) - slip(b.price, b.quote)) * value,
	};
}

type Fill = { readonly side: Side; readonly price: Points; readonly cause: string; readonly quote: TwinQuote | null };

/** All deals of a leg as one fill at their mean price, when one cause made all of them. */
function fillOf(half: TwinHalf, opens: boolean): Fill | null {
	const legs = half.legs.filter((leg) => leg.opens === opens);
	const first = legs[0];
	if (first === undefined || legs.some(({ cause }) => cause !== first.cause)) return null;
	const sum = (of: (leg: TwinLeg) => number): number => legs.reduce((total, leg) => total + of(leg), 0);
	const quote = half.quotes.find(({ intentId }) => intentId === first.intentId) ?? null;
	return { side: first.side, price: sum(({ lots, price }) => lots * price) / sum(({ lots }) => lots), cause: first.cause, quote };
}

function openedLots({ legs }: TwinHalf): Lots {
	return legs.reduce((total, { opens, lots }) => (opens ? total + lots : total), 0);
}

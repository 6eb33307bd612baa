import { type MoneyTerms, profitOf } from "./money.ts";
import type { Deal, DealReason, Side } from "./order.ts";
import type { BrokerMs, Lots, Money, Points } from "./units.ts";

/**
 * The life of one position from its first deal to its last, as the health score needs it: what was planned (1 R), how far the
 * price ran for and against it, and what came of it net of all costs (chs.md 2). Shadow trades are paper trades taken while the
 * breaker is open; they are tracked alike and never touch the account.
 */
export type Trade = {
	readonly number: number;
	readonly positionId: number;
	readonly shadow: boolean;
	readonly side: Side;
	readonly openedAt: BrokerMs;
	/** Count of closed bars when it opened. */
	readonly openedBar: number;
	/** 1 R in account currency: planned risk share of the equity at entry. */
	readonly riskMoney: Money;
	readonly entryReason: string;
	exitReason: string;
	/** What caused its last closing deal; null until there is one. */
	closedBy: DealReason | null;
	/** Lots still open, and lots ever opened. */
	lots: Lots;
	openedLots: Lots;
	openPrice: Points;
	/** Closing price of the side, best and worst since opening, points. */
	best: Points;
	worst: Points;
	/** Realised so far: profit, swap and commission of all its deals. */
	net: Money;
	/** Sum of lots times price of the closing deals, for the mean exit price. */
	closedLotsPrice: number;
	closedLots: Lots;
	/** Swap collected on the open part. */
	openSwap: Money;
	sl: Points;
	tp: Points;
};

/** What a new trade is born with. */
export type TradeBirth = {
	readonly number: number;
	readonly shadow: boolean;
	readonly openedBar: number;
	readonly riskMoney: Money;
	readonly entryReason: string;
};

/** Starts a trade with its opening deal. Written out, because a spread here costs more than the rest of a trade's birth. */
export function openTrade(deal: Pick<Deal, "at" | "positionId" | "side" | "lots" | "price" | "commission">, birth: TradeBirth): Trade {
	return {
		number: birth.number,
		positionId: deal.positionId,
		shadow: birth.shadow,
		side: deal.side,
		openedAt: deal.at,
		openedBar: birth.openedBar,
		riskMoney: birth.riskMoney,
		entryReason: birth.entryReason,
		exitReason: "",
		closedBy: null,
		lots: deal.lots,
		openedLots: deal.lots,
		openPrice: deal.price,
		best: deal.price,
		worst: deal.price,
		net: deal.commission,
		closedLotsPrice: 0,
		closedLots: 0,
		openSwap: 0,
		sl: 0,
		tp: 0,
	};
}

/** Adds volume to a trade (netting accounts): the open price becomes the volume-weighted mean (rulebook A.10). */
export function addToTrade(trade: Trade, deal: Deal): void {
	const lots = Number((trade.lots + deal.lots).toFixed(8));
	trade.openPrice = (trade.openPrice * trade.lots + deal.price * deal.lots) / lots;
	trade.lots = lots;
	trade.openedLots = Number((trade.openedLots + deal.lots).toFixed(8));
	trade.net += deal.commission;
}

/** The broker reopens at the day change what it has just closed (swap by reopening, rulebook A2.5): the same lots at the new price. */
export function reopenTrade(trade: Trade, deal: Deal): void {
	trade.lots = deal.lots;
	trade.openPrice = deal.price;
	trade.net += deal.commission;
}

/** Books a closing deal of `lots` (a reversal closes only what was open); the remaining lots stay open. */
export function reduceTrade(trade: Trade, deal: Deal, lots: Lots): void {
	trade.closedBy = deal.reason;
	trade.net += deal.profit + deal.swap + deal.commission;
	trade.closedLotsPrice += deal.price * lots;
	trade.closedLots += lots;
	trade.lots = Math.max(0, Number((trade.lots - lots).toFixed(8)));
	noteExcursion(trade, deal.price);
}

/** Moves the trade's best and worst closing price; call on every quote while it is open. */
export function noteExcursion(trade: Trade, closePrice: Points): void {
	if (trade.side === "BUY") {
		if (closePrice > trade.best) trade.best = closePrice;
		else if (closePrice < trade.worst) trade.worst = closePrice;
	} else if (closePrice < trade.best) trade.best = closePrice;
	else if (closePrice > trade.worst) trade.worst = closePrice;
}

/** What the open part would earn at `closePrice`, swap included, before commission. */
export function floatingOf(trade: Trade, terms: MoneyTerms, closePrice: Points): Money {
	return profitOf(terms, trade.side, trade.lots, trade.openPrice, closePrice) + trade.openSwap;
}

/** Result, best and worst excursion of the whole trade in R. Excursions count the lots ever opened, so that scaling out cannot hide them. */
export function resultInR(trade: Trade, terms: MoneyTerms): { readonly r: number; readonly mfe: number; readonly mae: number } {
	const excursion = (price: Points): Money => profitOf(terms, trade.side, trade.openedLots, trade.openPrice, price);
	return {
		r: trade.net / trade.riskMoney,
		mfe: Math.max(0, excursion(trade.best)) / trade.riskMoney,
		mae: Math.max(0, -excursion(trade.worst)) / trade.riskMoney,
	};
}

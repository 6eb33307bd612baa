import type { MoneyTerms } from "./money.ts";
import type { Deal } from "./order.ts";
import type { TradeRow } from "./summary-type.ts";
import { resultInR, type Trade } from "./trade.ts";
import { type BrokerMs, type Money, roundMoney, toPrice } from "./units.ts";

const LAST_TRADES = 20;

/** What the summary counts: sums only, so that its size does not grow with the session; the journal has every trade. */
export type Tally = {
	approved: number;
	adjusted: number;
	refused: number;
	readonly refusedByCode: Record<string, number>;
	readonly holds: Record<string, number>;
	/** Entry orders that left, whatever became of them (C20), and those that were filled. */
	entriesSent: number;
	entriesFilled: number;
	closed: number;
	wins: number;
	losses: number;
	winSum: Money;
	lossSum: Money;
	/** Winners only: result and best excursion in R, for the MFE captured. */
	winR: number;
	winMfeR: number;
	shadowClosed: number;
	spreadCost: Money;
	commission: Money;
	swap: Money;
	slippage: Money;
	readonly lastTrades: TradeRow[];
};

/** All zero. */
export function createTally(): Tally {
	return {
		approved: 0,
		adjusted: 0,
		refused: 0,
		refusedByCode: {},
		holds: {},
		entriesSent: 0,
		entriesFilled: 0,
		closed: 0,
		wins: 0,
		losses: 0,
		winSum: 0,
		lossSum: 0,
		winR: 0,
		winMfeR: 0,
		shadowClosed: 0,
		spreadCost: 0,
		commission: 0,
		swap: 0,
		slippage: 0,
		lastTrades: [],
	};
}

/** Adds one to a named count. */
export function count(counts: Record<string, number>, name: string): void {
	counts[name] = (counts[name] ?? 0) + 1;
}

/** Adds the costs of a real deal. Slippage is the adverse distance from the price asked for, in money; it may be negative. */
export function tallyDeal(tally: Tally, deal: Deal, slippage: Money): void {
	tally.spreadCost += deal.spreadCost;
	tally.commission += deal.commission;
	tally.swap += deal.swap;
	tally.slippage += slippage;
}

/** The row that journal, summary and screen show for a closed trade. */
export function rowOf(trade: Trade, terms: MoneyTerms, closedAt: BrokerMs, currencyDigits: number): TradeRow {
	const { digits } = terms.instrument;
	const { r, mfe, mae } = resultInR(trade, terms);
	return {
		number: trade.number,
		side: trade.side,
		lots: trade.openedLots,
		openedAt: trade.openedAt,
		closedAt,
		openPrice: toPrice(trade.openPrice, digits),
		closePrice: toPrice(trade.closedLots > 0 ? trade.closedLotsPrice / trade.closedLots : trade.openPrice, digits),
		net: roundMoney(trade.net, currencyDigits),
		r: round4(r),
		mfeR: round4(mfe),
		maeR: round4(mae),
		entryReason: trade.entryReason,
		exitReason: trade.exitReason,
		shadow: trade.shadow,
	};
}

/** Counts a closed trade and keeps its row among the last twenty. A result of exactly 0 is neither a win nor a loss. */
export function tallyTrade(tally: Tally, row: TradeRow): void {
	tally.lastTrades.push(row);
	if (tally.lastTrades.length > LAST_TRADES) tally.lastTrades.shift();
	if (row.shadow) {
		tally.shadowClosed++;
		return;
	}
	tally.closed++;
	if (row.net > 0) {
		tally.wins++;
		tally.winSum += row.net;
		tally.winR += row.r;
		tally.winMfeR += row.mfeR;
	} else if (row.net < 0) {
		tally.losses++;
		tally.lossSum -= row.net;
	}
}

function round4(value: number): number {
	return Math.round(value * 10_000) / 10_000;
}

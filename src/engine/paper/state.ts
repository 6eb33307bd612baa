import type { AccountTerms } from "../config.ts";
import type { Filling, TimeInForce } from "../instrument.ts";
import type { MoneyTerms } from "../money.ts";
import type { BrokerEvent, OrderRequest, PendingOrder, PendingType, Position, Side } from "../order.ts";
import { fork, type RandomState } from "../random.ts";
import type { BrokerMs, Lots, Money, Points } from "../units.ts";
import type { SimulatorSettings } from "./settings.ts";

/** "Never" and "no bound" as numbers that JSON keeps: beyond every time, and beyond every price (prices fit 32 bits). */
export const NEVER: BrokerMs = Number.MAX_SAFE_INTEGER;
export const FAR: Points = 2_147_483_647;
/** The last time MT5 can write, end of the year 3000: what lies beyond is no time. */
export const LAST_TIME: BrokerMs = 32_535_244_799_000;

/** A position as the server keeps it. */
export type PaperPosition = {
	readonly id: number;
	ticket: number;
	readonly intentId: number | null;
	side: Side;
	lots: Lots;
	openPrice: Points;
	openedAt: BrokerMs;
	sl: Points;
	tp: Points;
	swap: Money;
	magic: number;
	readonly comment: string;
	/** Account currency a lot, fixed at opening and averaged when volume is added: rates and prices are not re-marked (rulebook A2.1). */
	marginPerLot: Money;
};

/** A waiting order as the server keeps it. */
export type PaperOrder = {
	readonly ticket: number;
	readonly intentId: number | null;
	type: PendingType;
	lots: Lots;
	price: Points;
	stopLimit: Points;
	sl: Points;
	tp: Points;
	readonly filling: Filling;
	timeInForce: TimeInForce;
	expiresAt: BrokerMs;
	/** When it lapses by its own terms, NEVER for GTC. */
	endsAt: BrokerMs;
	readonly placedAt: BrokerMs;
	readonly magic: number;
	readonly comment: string;
	/** Margin it reserves, account currency (0 except on exchanges). */
	margin: Money;
};

/** A request on its way to the server. */
export type QueuedRequest = { readonly request: OrderRequest; readonly sentAt: BrokerMs; readonly dueAt: BrokerMs };

/**
 * One simulated account on one symbol: the whole state, plain JSON, updated in place. The fields from `wakeAt` on are a cache that
 * `rearm` derives from the rest: while the time is before `wakeAt` and the quote inside the window, nothing can happen.
 */
export type PaperBook = {
	readonly terms: MoneyTerms;
	readonly marginMode: "netting" | "hedging";
	readonly settings: SimulatorSettings;
	readonly triggerFill: "requested" | "market";
	/** One stream a knob: using one never moves another. */
	readonly random: {
		readonly latency: RandomState;
		readonly slippage: RandomState;
		readonly partial: RandomState;
		readonly requote: RandomState;
		readonly reject: RandomState;
	};
	/** Trouble of the moment, on top of the settings (see `setPaperConditions`). */
	extraRequoteProbability: number;
	slippageFactor: number;
	balance: Money;
	readonly credit: Money;
	/** Margin in use, account currency. */
	margin: Money;
	marginCall: boolean;
	/** Oldest first, both. */
	readonly positions: PaperPosition[];
	readonly orders: PaperOrder[];
	readonly queue: QueuedRequest[];
	at: BrokerMs;
	/** Last quote; 0 before the first. */
	bid: Points;
	ask: Points;
	nextMidnight: BrokerMs;
	readonly ticketStart: number;
	nextOrder: number;
	nextDeal: number;
	wakeAt: BrokerMs;
	/** Exclusive bounds of the quiet window. */
	bidLow: Points;
	bidHigh: Points;
	askLow: Points;
	askHigh: Points;
};

export type PaperOptions = {
	readonly terms: MoneyTerms;
	readonly account: AccountTerms;
	readonly settings: SimulatorSettings;
	readonly triggerFill: "requested" | "market";
	readonly seed: number;
	/** First ticket of orders, positions and deals (> 0), so that the tickets of two books can be told apart. */
	readonly ticketStart: number;
};

/** A fresh account: start balance, no positions, no quote. */
export function createPaperBook(options: PaperOptions): PaperBook {
	const { terms, account, settings, triggerFill, seed, ticketStart } = options;
	const stream = (name: string): RandomState => fork(seed, `paper ${name}`);
	return {
		terms,
		marginMode: account.marginMode,
		settings,
		triggerFill,
		random: { latency: stream("latency"), slippage: stream("slippage"), partial: stream("partial"), requote: stream("requote"), reject: stream("reject") },
		extraRequoteProbability: 0,
		slippageFactor: 1,
		balance: account.startBalance,
		credit: 0,
		margin: 0,
		marginCall: false,
		positions: [],
		orders: [],
		queue: [],
		at: 0,
		bid: 0,
		ask: 0,
		nextMidnight: NEVER,
		ticketStart,
		nextOrder: ticketStart,
		nextDeal: ticketStart,
		wakeAt: 0,
		bidLow: 0,
		bidHigh: FAR,
		askLow: 0,
		askHigh: FAR,
	};
}

/**
 * Sets the trouble of the moment, such as a crash: an extra chance 0..1 that a deal is not executed at the price (10004 on
 * instant, 10020 on market execution) and a factor >= 0 on slippage. Values that are not such numbers are ignored.
 */
export function setPaperConditions(book: PaperBook, conditions: { readonly requoteProbability: number; readonly slippageFactor: number }): void {
	if (conditions.requoteProbability >= 0 && conditions.requoteProbability <= 1) book.extraRequoteProbability = conditions.requoteProbability;
	if (conditions.slippageFactor >= 0 && conditions.slippageFactor < 1e6) book.slippageFactor = conditions.slippageFactor;
}

/** When the earliest request on its way is executed, Infinity when there is none. */
export function nextPaperDueAt(book: PaperBook): BrokerMs {
	return book.queue[0]?.dueAt ?? Number.POSITIVE_INFINITY;
}

/** The position with this id or ticket, or null. */
export function positionBy(book: PaperBook, id: number): PaperPosition | null {
	for (const position of book.positions) if (position.id === id || position.ticket === id) return position;
	return null;
}

/** The waiting order with this ticket, or null. */
export function orderBy(book: PaperBook, ticket: number): PaperOrder | null {
	for (const order of book.orders) if (order.ticket === ticket) return order;
	return null;
}

/** Whether this book ever gave out `ticket` for an order or position, so that "gone" can be told from "never was". */
export function wasIssued(book: PaperBook, ticket: number): boolean {
	return Number.isInteger(ticket) && ticket >= book.ticketStart && ticket < book.nextOrder;
}

/** The price at which a deal of `side` executes: ask for buys, bid for sells (rulebook A.7). */
export function dealPrice(book: PaperBook, side: Side): Points {
	return side === "BUY" ? book.ask : book.bid;
}

/** The price at which a position of `side` is closed and its levels are judged: bid for longs, ask for shorts (rulebook A.6, A.7). */
export function closePrice(book: PaperBook, side: Side): Points {
	return side === "BUY" ? book.bid : book.ask;
}

/** Tells of a position as it is now. */
export function reportPosition(book: PaperBook, position: PaperPosition, out: BrokerEvent[]): void {
	const { id, ticket, intentId, side, lots, openPrice, openedAt, sl, tp, swap, magic, comment } = position;
	const symbol = book.terms.instrument.symbol;
	const report: Position = { id, ticket, intentId, symbol, side, lots, openPrice, openedAt, sl, tp, swap, magic, comment };
	out.push({ type: "position", at: book.at, position: report });
}

/** Tells of a waiting order as it is now. */
export function reportOrder(book: PaperBook, order: PaperOrder, out: BrokerEvent[]): void {
	const { ticket, intentId, type, lots, price, stopLimit, sl, tp, timeInForce, expiresAt, placedAt, magic, comment } = order;
	const symbol = book.terms.instrument.symbol;
	const report: PendingOrder = { ticket, intentId, symbol, type, lots, price, stopLimit, sl, tp, timeInForce, expiresAt, placedAt, magic, comment };
	out.push({ type: "order", at: book.at, order: report });
}

/** Takes a waiting order out of the book and says why. `retcode` 0 = the server acted without a request. */
export function removeOrder(
	book: PaperBook,
	order: PaperOrder,
	why: "filled" | "cancelled" | "expired" | "rejected" | "stop-out",
	retcode: number,
	out: BrokerEvent[],
): void {
	const index = book.orders.indexOf(order);
	if (index >= 0) book.orders.splice(index, 1);
	out.push({ type: "order-removed", at: book.at, ticket: order.ticket, why, retcode });
}

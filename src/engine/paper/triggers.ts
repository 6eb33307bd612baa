import { type BrokerEvent, type DealReason, opposite, sideOf } from "../order.ts";
import { RETCODE } from "../retcodes.ts";
import { formatPrice, type Lots, lotsOf, type Points } from "../units.ts";
import { availableLots } from "./chance.ts";
import { canAffordDeal, isBehindInFifo, isHedgeForbidden, pendingMargin } from "./checks.ts";
import { bookFill } from "./fill.ts";
import { refreshMargin, reportAccount } from "./margin.ts";
import { isTriggered } from "./price-rules.ts";
import { closePrice, dealPrice, type PaperBook, type PaperOrder, type PaperPosition, removeOrder, reportOrder } from "./state.ts";

/**
 * Closes every position whose SL or TP the quote has reached, oldest first (rulebook A.7, F.1 step 5). The SL is asked first: where
 * both could be meant, the worse happens.
 */
export function fireLevels(book: PaperBook, out: BrokerEvent[]): void {
	for (let index = 0; index < book.positions.length; ) {
		const position = book.positions[index] as PaperPosition;
		const reason = firedLevel(book, position);
		if (reason === null || isBehindInFifo(book, position)) index++;
		else closeAtServer(book, position, position.lots, levelPrice(book, position, reason), reason, levelComment(book, position, reason), out);
	}
}

/** Fires every waiting order that the quote has reached, oldest first (F.1 step 6). True when a position may have been opened. */
export function firePendings(book: PaperBook, out: BrokerEvent[]): boolean {
	let fired = false;
	for (let index = 0; index < book.orders.length; ) {
		const order = book.orders[index] as PaperOrder;
		const isDue = isTriggered(order.type, order.price, book.bid, book.ask);
		if (isDue) fired = true;
		// An order that stays after firing (a stop-limit that became a limit, a partial fill) keeps its place.
		if (!isDue || activate(book, order, out)) index++;
	}
	return fired;
}

/**
 * What a triggered order does: a stop-limit turns into its limit order, which may execute at once; the others become deals, unless
 * hedging rules or margin forbid it (removed, 10041). True when the order is still waiting afterwards.
 */
export function activate(book: PaperBook, order: PaperOrder, out: BrokerEvent[]): boolean {
	if (order.type === "BUY_STOP_LIMIT" || order.type === "SELL_STOP_LIMIT") {
		order.type = order.type === "BUY_STOP_LIMIT" ? "BUY_LIMIT" : "SELL_LIMIT";
		order.price = order.stopLimit;
		order.stopLimit = 0;
		reportOrder(book, order, out);
		if (!isTriggered(order.type, order.price, book.bid, book.ask)) return true;
	}
	const side = sideOf(order.type);
	const reserved = order.margin;
	order.margin = 0;
	refreshMargin(book);
	const netted = book.marginMode === "netting" ? book.positions[0] : undefined;
	const closeLots = netted !== undefined && netted.side !== side ? Math.min(order.lots, netted.lots) : 0;
	const openLots = order.lots - closeLots;
	if (isHedgeForbidden(book, side) || (openLots > 0 && !canAffordDeal(book, side, openLots, closeLots))) {
		removeOrder(book, order, "rejected", RETCODE.REJECT_CANCEL, out);
		refreshMargin(book);
		if (reserved > 0) reportAccount(book, out);
		return false;
	}
	return execute(book, order, out);
}

function execute(book: PaperBook, order: PaperOrder, out: BrokerEvent[]): boolean {
	const side = sideOf(order.type);
	const isLimit = order.type === "BUY_LIMIT" || order.type === "SELL_LIMIT";
	const canBePartial = isLimit && book.terms.instrument.executionMode === "EXCHANGE" && order.filling === "RETURN";
	const lots = canBePartial ? availableLots(book, order.lots) : order.lots;
	const price = book.triggerFill === "requested" || (isLimit && book.terms.instrument.executionMode === "EXCHANGE") ? order.price : dealPrice(book, side);
	const { ticket, intentId, sl, tp, magic, comment } = order;
	bookFill(book, { orderTicket: ticket, intentId, side, lots, price, requestedPrice: order.price, sl, tp, magic, comment, reason: "EXPERT" }, null, out);
	const isPartial = lots < order.lots;
	if (isPartial) {
		order.lots = remaining(book, order.lots - lots);
		order.margin = pendingMargin(book, side, order.lots, order.price);
		reportOrder(book, order, out);
	} else removeOrder(book, order, "filled", RETCODE.DONE, out);
	refreshMargin(book);
	reportAccount(book, out);
	return isPartial;
}

/** Closes a position, or part of it, by the server's own order: SL, TP, stop-out, end of data. */
export function closeAtServer(
	book: PaperBook,
	position: PaperPosition,
	lots: Lots,
	price: { readonly fill: Points; readonly requested: Points },
	reason: DealReason,
	comment: string,
	out: BrokerEvent[],
): void {
	const orderTicket = book.nextOrder++;
	const side = opposite(position.side);
	const { magic } = position;
	const fill = { orderTicket, intentId: null, side, lots, price: price.fill, requestedPrice: price.requested, sl: 0, tp: 0, magic, comment, reason };
	bookFill(book, fill, position, out);
	reportAccount(book, out);
}

/** Which level the quote has reached, if any. Longs are judged by the bid, shorts by the ask (rulebook A.7). */
function firedLevel(book: PaperBook, position: PaperPosition): "SL" | "TP" | null {
	const { side, sl, tp } = position;
	const price = closePrice(book, side);
	if (sl !== 0 && (side === "BUY" ? price <= sl : price >= sl)) return "SL";
	return tp !== 0 && (side === "BUY" ? price >= tp : price <= tp) ? "TP" : null;
}

/**
 * Where a level fills: exactly at itself on bar-made ticks ("requested", rulebook A4.1), else at the quote, which for an SL may be
 * worse (it is a stop) and for a TP is its own price or better (it is a limit).
 */
function levelPrice(book: PaperBook, position: PaperPosition, reason: "SL" | "TP"): { fill: Points; requested: Points } {
	const requested = reason === "SL" ? position.sl : position.tp;
	return { fill: book.triggerFill === "requested" ? requested : closePrice(book, position.side), requested };
}

function levelComment(book: PaperBook, position: PaperPosition, reason: "SL" | "TP"): string {
	const level = reason === "SL" ? position.sl : position.tp;
	return `[${reason === "SL" ? "sl" : "tp"} ${formatPrice(level, book.terms.instrument.digits)}]`;
}

function remaining(book: PaperBook, lots: Lots): Lots {
	const { volumeStep } = book.terms.instrument;
	return lotsOf(Math.round(lots / volumeStep), volumeStep);
}

import type { BrokerEvent, LevelsRequest, ModifyRequest, PendingRequest, RemoveRequest } from "../order.ts";
import { sideOf } from "../order.ts";
import { RETCODE } from "../retcodes.ts";
import { areNumbers, checkPending, checkPendingLevels, endOf, hasFamily, OK, pendingMargin } from "./checks.ts";
import { refreshMargin } from "./margin.ts";
import { done, type Outcome, refused } from "./outcome.ts";
import { areLevelsValid, isOrderFrozen, isPositionFrozen, isTriggered } from "./price-rules.ts";
import {
	closePrice,
	orderBy,
	type PaperBook,
	type PaperOrder,
	type PaperPosition,
	positionBy,
	removeOrder,
	reportOrder,
	reportPosition,
	wasIssued,
} from "./state.ts";
import { activate } from "./triggers.ts";

/** Places a waiting order (rulebook A.8). On exchanges a limit that can execute does so at once, a BOC one is cancelled instead. */
export function placeOrder(book: PaperBook, request: PendingRequest, out: BrokerEvent[]): Outcome {
	const retcode = checkPending(book, request);
	if (retcode !== OK) return refused(retcode);
	const { instrument } = book.terms;
	const endsAt = endOf(instrument, request, book.at);
	if (endsAt === null) return refused(RETCODE.INVALID_EXPIRATION);
	const order: PaperOrder = {
		ticket: book.nextOrder++,
		intentId: request.intentId,
		type: request.type,
		lots: request.lots,
		price: request.price,
		stopLimit: request.type === "BUY_STOP_LIMIT" || request.type === "SELL_STOP_LIMIT" ? request.stopLimit : 0,
		sl: request.sl,
		tp: request.tp,
		filling: request.filling,
		timeInForce: request.timeInForce,
		expiresAt: request.expiresAt,
		endsAt,
		placedAt: book.at,
		magic: request.magic,
		comment: request.comment,
		margin: pendingMargin(book, sideOf(request.type), request.lots, request.price),
	};
	book.orders.push(order);
	refreshMargin(book);
	reportOrder(book, order, out);
	const isMarketable = instrument.executionMode === "EXCHANGE" && isTriggered(order.type, order.price, book.bid, book.ask);
	if (isMarketable && order.filling === "BOC") {
		removeOrder(book, order, "cancelled", RETCODE.CANCEL, out);
		refreshMargin(book);
	} else if (isMarketable) activate(book, order, out);
	return done({ outcome: "placed", lots: request.lots, price: request.price, orderTicket: order.ticket, touchesAccount: order.margin > 0 });
}

/** Sets or removes the levels of a position (rulebook A.8): both must be valid now, 0 removes, equal values change nothing (10025). */
export function setLevels(book: PaperBook, request: LevelsRequest, out: BrokerEvent[]): Outcome {
	const { instrument } = book.terms;
	const position = positionOf(book, request.positionId);
	if (position === null) return refused(wasIssued(book, request.positionId) ? RETCODE.POSITION_CLOSED : RETCODE.INVALID);
	const { sl, tp } = request;
	if (!areNumbers(sl, tp)) return refused(RETCODE.INVALID);
	if ((sl !== 0 && !hasFamily(instrument, "SL")) || (tp !== 0 && !hasFamily(instrument, "TP"))) return refused(RETCODE.INVALID_ORDER);
	const reference = closePrice(book, position.side);
	if (!areLevelsValid(instrument, position.side, reference, sl, tp)) return refused(RETCODE.INVALID_STOPS);
	if (isPositionFrozen(instrument, position.side, reference, position.sl, position.tp)) return refused(RETCODE.FROZEN);
	if (sl === position.sl && tp === position.tp) return refused(RETCODE.NO_CHANGES);
	position.sl = sl;
	position.tp = tp;
	reportPosition(book, position, out);
	return done({ positionId: position.id });
}

/** Changes price, levels or life of a waiting order (rulebook A.8); type and volume stay. */
export function modifyOrder(book: PaperBook, request: ModifyRequest, out: BrokerEvent[]): Outcome {
	const order = orderBy(book, request.ticket);
	if (order === null) return refused(wasIssued(book, request.ticket) ? RETCODE.ORDER_CHANGED : RETCODE.INVALID);
	const { price, stopLimit, sl, tp, timeInForce, expiresAt } = request;
	if (!areNumbers(price, stopLimit, sl, tp)) return refused(RETCODE.INVALID);
	const { instrument } = book.terms;
	if ((sl !== 0 && !hasFamily(instrument, "SL")) || (tp !== 0 && !hasFamily(instrument, "TP"))) return refused(RETCODE.INVALID_ORDER);
	const endsAt = endOf(instrument, request, book.at);
	if (endsAt === null) return refused(RETCODE.INVALID_EXPIRATION);
	const retcode = checkPendingLevels(book, order.type, request);
	if (retcode !== OK) return refused(retcode);
	if (isOrderFrozen(instrument, order.type, order.price, book.bid, book.ask)) return refused(RETCODE.FROZEN);
	const limitPrice = order.type === "BUY_STOP_LIMIT" || order.type === "SELL_STOP_LIMIT" ? stopLimit : 0;
	const isSame = price === order.price && limitPrice === order.stopLimit && sl === order.sl && tp === order.tp;
	if (isSame && timeInForce === order.timeInForce && expiresAt === order.expiresAt) return refused(RETCODE.NO_CHANGES);
	const margin = pendingMargin(book, sideOf(order.type), order.lots, price);
	order.price = price;
	order.stopLimit = limitPrice;
	order.sl = sl;
	order.tp = tp;
	order.timeInForce = timeInForce;
	order.expiresAt = expiresAt;
	order.endsAt = endsAt;
	const touchesAccount = margin !== order.margin;
	order.margin = margin;
	refreshMargin(book);
	reportOrder(book, order, out);
	return done({ orderTicket: order.ticket, touchesAccount });
}

/** Removes a waiting order unless the market is inside its freeze level. */
export function removeByRequest(book: PaperBook, request: RemoveRequest, out: BrokerEvent[]): Outcome {
	const order = orderBy(book, request.ticket);
	if (order === null) return refused(wasIssued(book, request.ticket) ? RETCODE.ORDER_CHANGED : RETCODE.INVALID);
	if (isOrderFrozen(book.terms.instrument, order.type, order.price, book.bid, book.ask)) return refused(RETCODE.FROZEN);
	removeOrder(book, order, "cancelled", RETCODE.DONE, out);
	refreshMargin(book);
	return done({ orderTicket: order.ticket, touchesAccount: order.margin > 0 });
}

/** On netting accounts the symbol finds the position, whatever id the request carries (rulebook A.8). */
function positionOf(book: PaperBook, id: number): PaperPosition | null {
	return positionBy(book, id) ?? (book.marginMode === "netting" ? (book.positions[0] ?? null) : null);
}

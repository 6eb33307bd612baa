import { type Answer, type BrokerEvent, type DealRequest, type OrderRequest, opposite } from "../order.ts";
import { RETCODE, retcodeOf } from "../retcodes.ts";
import { type Lots, lotsOf, type Points } from "../units.ts";
import { availableLots, happens, slipped } from "./chance.ts";
import { areNumbers, checkClosing, checkMarket, checkOpening, isBehindInFifo, isPriceNeeded, OK, pendingMargin } from "./checks.ts";
import { bookFill, closeBy, type Fill } from "./fill.ts";
import { refreshMargin, reportAccount } from "./margin.ts";
import { done, type Outcome, refused } from "./outcome.ts";
import { modifyOrder, placeOrder, removeByRequest, setLevels } from "./pending-requests.ts";
import { isPositionFrozen } from "./price-rules.ts";
import {
	closePrice,
	dealPrice,
	NEVER,
	type PaperBook,
	type PaperOrder,
	type PaperPosition,
	positionBy,
	type QueuedRequest,
	reportOrder,
	wasIssued,
} from "./state.ts";

/**
 * Executes a request that has reached the server, at the book's time and quote. The answer comes first in `out`, then what it did:
 * deals, positions, orders, the account.
 */
export function executeRequest(book: PaperBook, queued: QueuedRequest, out: BrokerEvent[]): void {
	const { request } = queued;
	const slot = out.length;
	const result = outcomeOf(book, request, out);
	if (result.touchesAccount) reportAccount(book, out);
	const answer: Answer = {
		intentId: request.intentId,
		outcome: result.outcome,
		retcode: result.retcode,
		lots: result.lots,
		price: result.price,
		bid: book.bid,
		ask: book.ask,
		orderTicket: result.orderTicket,
		dealTicket: result.dealTicket,
		positionId: result.positionId,
		latencyMs: Math.max(0, book.at - queued.sentAt),
		comment: result.outcome === "rejected" ? (retcodeOf(result.retcode)?.meaning ?? "") : "Request executed",
	};
	out.splice(slot, 0, { type: "answer", at: book.at, answer });
}

function outcomeOf(book: PaperBook, request: OrderRequest, out: BrokerEvent[]): Outcome {
	const market = checkMarket(book, request);
	if (market !== OK) return refused(market);
	switch (request.action) {
		case "DEAL":
			return request.positionId === null ? executeOpening(book, request, out) : executeClosing(book, request, request.positionId, out);
		case "PENDING":
			return placeOrder(book, request, out);
		case "SLTP":
			return setLevels(book, request, out);
		case "MODIFY":
			return modifyOrder(book, request, out);
		case "REMOVE":
			return removeByRequest(book, request, out);
		case "CLOSE_BY":
			return executeCloseBy(book, request.intentId, request.positionId, request.byPositionId, out);
	}
	return refused(RETCODE.INVALID);
}

function executeOpening(book: PaperBook, request: DealRequest, out: BrokerEvent[]): Outcome {
	const retcode = checkOpening(book, request);
	return retcode === OK ? executeDeal(book, request, null, out) : refused(retcode);
}

function executeClosing(book: PaperBook, request: DealRequest, positionId: number, out: BrokerEvent[]): Outcome {
	const position = positionBy(book, positionId);
	if (position === null) return refused(wasIssued(book, positionId) ? RETCODE.POSITION_CLOSED : RETCODE.INVALID);
	const retcode = checkClosing(book, request, position);
	return retcode === OK ? executeDeal(book, request, position, out) : refused(retcode);
}

/** Step 14 of rulebook A.4: the dealer's refusal, requotes, the price, the volume that is there. */
function executeDeal(book: PaperBook, request: DealRequest, closing: PaperPosition | null, out: BrokerEvent[]): Outcome {
	const { instrument } = book.terms;
	if (happens(book.settings.rejectProbability, book, "reject")) return refused(RETCODE.REJECT);
	const quote = dealPrice(book, request.side);
	const atRequestPrice = isPriceNeeded(instrument);
	if (atRequestPrice && !(Math.abs(quote - request.price) <= request.deviationPoints)) return refused(RETCODE.REQUOTE);
	if (happens(atRequestPrice ? Math.max(book.settings.requoteProbability, book.extraRequoteProbability) : book.extraRequoteProbability, book, "requote")) {
		return refused(atRequestPrice ? RETCODE.REQUOTE : RETCODE.PRICE_CHANGED);
	}
	const price = atRequestPrice ? request.price : slipped(book, request.side, quote);
	const lots = atRequestPrice || request.filling === "FOK" ? request.lots : availableLots(book, request.lots);
	const orderTicket = book.nextOrder++;
	const fill: Fill = {
		orderTicket,
		intentId: request.intentId,
		side: request.side,
		lots,
		price,
		requestedPrice: request.price > 0 && Number.isFinite(request.price) ? request.price : quote,
		sl: request.sl,
		tp: request.tp,
		magic: request.magic,
		comment: request.comment,
		reason: "EXPERT",
	};
	const filled = bookFill(book, fill, closing, out);
	const isPartial = lots < request.lots;
	if (isPartial && request.filling === "RETURN" && closing === null) restAsLimit(book, request, orderTicket, price, lots, out);
	return {
		retcode: isPartial ? RETCODE.DONE_PARTIAL : RETCODE.DONE,
		outcome: isPartial ? "partial" : "done",
		lots,
		price,
		orderTicket,
		dealTicket: filled.dealTicket,
		positionId: filled.positionId,
		touchesAccount: true,
	};
}

/** The unfilled part of a RETURN deal works on as a limit order at the price of the first part, under the same ticket (inferred). */
function restAsLimit(book: PaperBook, request: DealRequest, ticket: number, price: Points, filledLots: Lots, out: BrokerEvent[]): void {
	const { volumeStep } = book.terms.instrument;
	const lots = lotsOf(Math.round((request.lots - filledLots) / volumeStep), volumeStep);
	const order: PaperOrder = {
		ticket,
		intentId: request.intentId,
		type: request.side === "BUY" ? "BUY_LIMIT" : "SELL_LIMIT",
		lots,
		price,
		stopLimit: 0,
		sl: request.sl,
		tp: request.tp,
		filling: request.filling,
		timeInForce: "GTC",
		expiresAt: 0,
		endsAt: NEVER,
		placedAt: book.at,
		magic: request.magic,
		comment: request.comment,
		margin: pendingMargin(book, request.side, lots, price),
	};
	book.orders.push(order);
	refreshMargin(book);
	reportOrder(book, order, out);
}

function executeCloseBy(book: PaperBook, intentId: number, positionId: number, byPositionId: number, out: BrokerEvent[]): Outcome {
	const { instrument } = book.terms;
	if (book.marginMode !== "hedging" || !instrument.orderFamilies.includes("CLOSEBY")) return refused(RETCODE.INVALID_ORDER);
	if (!areNumbers(positionId, byPositionId)) return refused(RETCODE.INVALID);
	const first = positionBy(book, positionId);
	const second = positionBy(book, byPositionId);
	if (first === null || second === null) {
		const missing = first === null ? positionId : byPositionId;
		return refused(wasIssued(book, missing) ? RETCODE.POSITION_CLOSED : RETCODE.INVALID);
	}
	if (first.side !== opposite(second.side)) return refused(RETCODE.INVALID);
	const frozen = (position: PaperPosition): boolean => isPositionFrozen(instrument, position.side, closePrice(book, position.side), position.sl, position.tp);
	if (frozen(first) || frozen(second)) return refused(RETCODE.FROZEN);
	if (isBehindInFifo(book, first) && isBehindInFifo(book, second)) return refused(RETCODE.FIFO_CLOSE);
	const orderTicket = book.nextOrder++;
	const lots = Math.min(first.lots, second.lots);
	const filled = closeBy(book, first, second, orderTicket, intentId, out);
	return done({ lots, price: second.openPrice, orderTicket, dealTicket: filled.dealTicket, positionId: filled.positionId, touchesAccount: true });
}

import { isSessionOpen } from "../instruments/sessions.ts";
import { profitOf } from "../money.ts";
import type { BrokerEvent } from "../order.ts";
import { equityAt, refreshMargin, reportAccount } from "./margin.ts";
import { closePrice, type PaperBook, type PaperOrder, type PaperPosition, removeOrder } from "./state.ts";
import { closeAtServer } from "./triggers.ts";

/**
 * Margin call and stop-out (rulebook A2.4). The call only sets a flag. At or below the stop-out level: the waiting order that
 * reserves most is deleted, level read again, and so on (orders that reserve nothing are left); then the position with the largest
 * loss is closed, at most `volumeMax` at a time, level read again, until the level is above or nothing is left.
 */
export function watchMargin(book: PaperBook, out: BrokerEvent[]): void {
	if (isStoppedOut(book) && isSessionOpen(book.terms.instrument, book.at)) stopOut(book, out);
	const isCalled = book.margin > 0 && !isAbove(book, book.settings.marginCallPct);
	if (isCalled !== book.marginCall) reportAccount(book, out);
}

function stopOut(book: PaperBook, out: BrokerEvent[]): void {
	while (isStoppedOut(book)) {
		const order = mostReserving(book);
		if (order === null) break;
		removeOrder(book, order, "stop-out", 0, out);
		refreshMargin(book);
		reportAccount(book, out);
	}
	while (isStoppedOut(book)) {
		const position = largestLoss(book);
		if (position === null) return;
		const lots = Math.min(position.lots, book.terms.instrument.volumeMax);
		const price = closePrice(book, position.side);
		const level = (equityAt(book, book.bid, book.ask) / book.margin) * 100;
		closeAtServer(book, position, lots, { fill: price, requested: price }, "SO", `[so ${level.toFixed(2)}%]`, out);
	}
}

function isStoppedOut(book: PaperBook): boolean {
	return book.margin > 0 && !isAbove(book, book.settings.stopOutPct);
}

/** Proven above the level; a NaN equity is not. */
function isAbove(book: PaperBook, levelPct: number): boolean {
	return equityAt(book, book.bid, book.ask) > (book.margin * levelPct) / 100;
}

function mostReserving(book: PaperBook): PaperOrder | null {
	let most: PaperOrder | null = null;
	for (const order of book.orders) if (order.margin > 0 && (most === null || order.margin > most.margin)) most = order;
	return most;
}

/** The position to close first: the largest loss; on FIFO accounts the oldest, because no other may be closed. */
function largestLoss(book: PaperBook): PaperPosition | null {
	if (book.marginMode === "hedging" && book.terms.instrument.fifoClose) return book.positions[0] ?? null;
	let worst: PaperPosition | null = null;
	let worstProfit = Number.POSITIVE_INFINITY;
	for (const position of book.positions) {
		const profit = profitOf(book.terms, position.side, position.lots, position.openPrice, closePrice(book, position.side));
		if (profit < worstProfit) {
			worst = position;
			worstProfit = profit;
		}
	}
	return worst;
}

import type { Money, Points } from "../units.ts";
import { equityAt } from "./margin.ts";
import { FAR, NEVER, type PaperBook } from "./state.ts";

/**
 * Derives the quiet window from the rest of the book: until `wakeAt`, and while bid and ask stay strictly inside the bounds, no level,
 * waiting order, margin call or stop-out can fire, so a tick is a few comparisons however many positions there are. The window may
 * be too narrow (then the slow path finds nothing to do and derives it again) but never too wide.
 */
export function rearm(book: PaperBook): void {
	book.bidLow = 0;
	book.bidHigh = FAR;
	book.askLow = 0;
	book.askHigh = FAR;
	for (const position of book.positions) {
		if (position.side === "BUY") {
			if (position.sl !== 0) book.bidLow = Math.max(book.bidLow, position.sl);
			if (position.tp !== 0) book.bidHigh = Math.min(book.bidHigh, position.tp);
		} else {
			if (position.sl !== 0) book.askHigh = Math.min(book.askHigh, position.sl);
			if (position.tp !== 0) book.askLow = Math.max(book.askLow, position.tp);
		}
	}
	let wakeAt = Math.min(book.nextMidnight, book.queue[0]?.dueAt ?? NEVER);
	for (const order of book.orders) {
		if (order.endsAt < wakeAt) wakeAt = order.endsAt;
		switch (order.type) {
			case "BUY_LIMIT":
				book.askLow = Math.max(book.askLow, order.price);
				break;
			case "SELL_LIMIT":
				book.bidHigh = Math.min(book.bidHigh, order.price);
				break;
			case "BUY_STOP":
			case "BUY_STOP_LIMIT":
				book.askHigh = Math.min(book.askHigh, order.price);
				break;
			case "SELL_STOP":
			case "SELL_STOP_LIMIT":
				book.bidLow = Math.max(book.bidLow, order.price);
				break;
		}
	}
	book.wakeAt = wakeAt;
	if (book.margin > 0) boundEquity(book);
}

/** Narrows the window to quotes at which the equity stays on its side of the margin call and above the stop-out. */
function boundEquity(book: PaperBook): void {
	const call = (book.margin * book.settings.marginCallPct) / 100;
	const stopOut = (book.margin * book.settings.stopOutPct) / 100;
	const hasLong = book.positions.some((position) => position.side === "BUY");
	const hasShort = book.positions.some((position) => position.side === "SELL");
	const floor = book.marginCall ? stopOut : Math.max(call, stopOut);
	const worse = reach(book, hasLong, hasShort, -1, (equity) => equity > floor);
	// A deal, not a quote, took the equity over a level: whatever the next quote is, it must be looked at.
	if (worse < 0) book.wakeAt = 0;
	if (hasLong) book.bidLow = Math.max(book.bidLow, book.bid - worse - 1);
	if (hasShort) book.askHigh = Math.min(book.askHigh, book.ask + worse + 1);
	if (!book.marginCall) return;
	const better = reach(book, hasLong, hasShort, 1, (equity) => equity <= call);
	if (better < 0) book.wakeAt = 0;
	if (hasLong) book.bidHigh = Math.min(book.bidHigh, book.bid + better + 1);
	if (hasShort) book.askLow = Math.max(book.askLow, book.ask - better - 1);
}

/**
 * The most points that the quote may move (`direction` -1: against the positions, bid down and ask up; 1: for them) with `holds` still
 * true of the equity; -1 when it is not true now. Equity rises with the bid and falls with the ask, so bisection finds it.
 */
function reach(book: PaperBook, hasLong: boolean, hasShort: boolean, direction: 1 | -1, holds: (equity: Money) => boolean): Points {
	const movedEquity = (points: Points): Money => equityAt(book, book.bid + (hasLong ? direction * points : 0), book.ask - (hasShort ? direction * points : 0));
	if (!holds(movedEquity(0))) return -1;
	const room = (hasLong && direction < 0) || (hasShort && direction > 0) ? Math.min(book.bid, book.ask) - 1 : FAR - Math.max(book.bid, book.ask) - 1;
	let low = 0;
	let high = Math.max(0, room);
	if (holds(movedEquity(high))) return hasLong && hasShort ? high : FAR;
	while (high - low > 1) {
		const middle = Math.floor((low + high) / 2);
		if (holds(movedEquity(middle))) low = middle;
		else high = middle;
	}
	return low;
}

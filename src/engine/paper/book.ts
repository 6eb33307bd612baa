import { DAY_MS, dayStartOf, isSessionOpen } from "../instruments/sessions.ts";
import { TICK_CLOCK } from "../market/tick.ts";
import type { BrokerEvent, DealReason, OrderRequest } from "../order.ts";
import { uniform } from "../random.ts";
import { RETCODE } from "../retcodes.ts";
import type { BrokerMs, Points } from "../units.ts";
import { executeRequest } from "./execute.ts";
import { refreshMargin, reportAccount } from "./margin.ts";
import { rearm } from "./quiet.ts";
import { rollOver } from "./rollover.ts";
import { askWithSpread } from "./spread.ts";
import { closePrice, LAST_TIME, NEVER, type PaperBook, type PaperOrder, type QueuedRequest, removeOrder } from "./state.ts";
import { watchMargin } from "./stop-out.ts";
import { closeAtServer, fireLevels, firePendings } from "./triggers.ts";

export { figuresOf, paperAccount } from "./margin.ts";
export { createPaperBook, nextPaperDueAt, type PaperBook, type PaperOptions, setPaperConditions } from "./state.ts";

/**
 * Hands a request to the simulated server at broker time `at`. It travels `latencyMs` (plus jitter) and is executed on the quote that
 * holds then; without latency at once. Every request is answered exactly once; nothing throws. Requests keep their order.
 */
export function submitToPaper(book: PaperBook, request: OrderRequest, at: BrokerMs, out: BrokerEvent[]): void {
	const sentAt = laterOf(book, at);
	advance(book, sentAt, out);
	book.at = sentAt;
	const { latencyMs, latencyJitterMs } = book.settings;
	const jitter = latencyJitterMs > 0 ? uniform(book.random.latency) * latencyJitterMs : 0;
	const last = book.queue[book.queue.length - 1]?.dueAt ?? 0;
	book.queue.push({ request, sentAt, dueAt: Math.max(last, sentAt + Math.round(Math.max(0, latencyMs) + jitter)) });
	executeDue(book, sentAt, out);
	rearm(book);
}

/**
 * Moves the book by one row of the feed, the tick pipeline of rulebook F.1: what was due before (day changes, expiries, requests on the
 * quote before, each at its own time), the new quote, levels, waiting orders, margin. Clock rows only move time. A quote that is not
 * finite, not positive or crossed is no quote. Allocates nothing while nothing fires.
 */
export function tickPaper(book: PaperBook, at: BrokerMs, bid: Points, ask: Points, kind: number, out: BrokerEvent[]): void {
	if (at < book.wakeAt) {
		if (kind === TICK_CLOCK) {
			book.at = at;
			return;
		}
		const shown = askWithSpread(book.settings, bid, ask);
		if (bid > book.bidLow && bid < book.bidHigh && shown > book.askLow && shown < book.askHigh && shown >= bid) {
			book.at = at;
			book.bid = bid;
			book.ask = shown;
			return;
		}
	}
	tickSlowly(book, at, bid, ask, kind, out);
}

/**
 * Ends the account at the data's end: executes what is due, answers what is still on its way with 10007, removes waiting orders and
 * closes every position at the last quote with `reason` (rulebook A4.6).
 */
export function closeAllPaper(book: PaperBook, at: BrokerMs, reason: DealReason, out: BrokerEvent[]): void {
	const endsAt = laterOf(book, at);
	advance(book, endsAt, out);
	book.at = endsAt;
	executeDue(book, endsAt, out);
	for (const queued of book.queue.splice(0)) cancelQueued(book, queued, out);
	if (book.orders.length > 0) {
		for (const order of [...book.orders]) removeOrder(book, order, "cancelled", RETCODE.CANCEL, out);
		refreshMargin(book);
		reportAccount(book, out);
	}
	for (const position of [...book.positions]) {
		const price = closePrice(book, position.side);
		closeAtServer(book, position, position.lots, { fill: price, requested: price }, reason, "end of test", out);
	}
	rearm(book);
}

/** Answers a request that will never reach the server. */
export function cancelQueued(book: PaperBook, queued: QueuedRequest, out: BrokerEvent[]): void {
	const { bid, ask, at } = book;
	const nothing = { lots: 0, price: 0, orderTicket: 0, dealTicket: 0, positionId: 0, latencyMs: Math.max(0, at - queued.sentAt) };
	const comment = "the session ended before the request arrived";
	out.push({ type: "answer", at, answer: { intentId: queued.request.intentId, outcome: "rejected", retcode: RETCODE.CANCEL, ...nothing, bid, ask, comment } });
}

function tickSlowly(book: PaperBook, at: BrokerMs, bid: Points, ask: Points, kind: number, out: BrokerEvent[]): void {
	if (!(at >= book.at && at <= LAST_TIME)) return;
	advance(book, at, out);
	book.at = at;
	const shown = askWithSpread(book.settings, bid, ask);
	const isQuote = kind !== TICK_CLOCK && Number.isFinite(shown) && bid > 0 && shown >= bid;
	if (isQuote) {
		book.bid = bid;
		book.ask = shown;
	}
	executeDue(book, at, out);
	if (isQuote) settle(book, out);
	rearm(book);
}

/** Everything that happens between the last row and `until`, in the order of its times: day change, expiry, then requests (F.1 steps 1 and 2). */
function advance(book: PaperBook, until: BrokerMs, out: BrokerEvent[]): void {
	if (book.nextMidnight === NEVER || isIdle(book)) {
		book.nextMidnight = dayStartOf(until) + DAY_MS;
		return;
	}
	for (;;) {
		const expiring = nextExpiring(book);
		const expiresAt = expiring?.endsAt ?? NEVER;
		const queued = book.queue[0];
		const dueAt = queued?.dueAt ?? NEVER;
		const at = Math.min(book.nextMidnight, expiresAt, dueAt);
		if (at > until) return;
		if (at === book.nextMidnight) {
			book.at = at;
			rollOver(book, out);
		} else if (expiring !== null && at === expiresAt) {
			book.at = at;
			expire(book, expiring, out);
		} else if (queued !== undefined && at < until) executeNext(book, queued, out);
		else return;
	}
}

/** Executes requests due at or before `at` on the present quote. */
function executeDue(book: PaperBook, at: BrokerMs, out: BrokerEvent[]): void {
	for (let queued = book.queue[0]; queued !== undefined && queued.dueAt <= at; queued = book.queue[0]) executeNext(book, queued, out);
}

function executeNext(book: PaperBook, queued: QueuedRequest, out: BrokerEvent[]): void {
	book.queue.shift();
	book.at = Math.max(book.at, queued.dueAt);
	executeRequest(book, queued, out);
}

/** Steps 5 to 8 of F.1 on a new quote. Outside the trading session nothing fires (rulebook A2.7). */
function settle(book: PaperBook, out: BrokerEvent[]): void {
	if (book.positions.length === 0 && book.orders.length === 0) return;
	if (isSessionOpen(book.terms.instrument, book.at)) {
		fireLevels(book, out);
		// A position that a waiting order has just opened fires on the same tick only when the quote already lies beyond its level.
		if (firePendings(book, out)) fireLevels(book, out);
	}
	watchMargin(book, out);
}

function expire(book: PaperBook, order: PaperOrder, out: BrokerEvent[]): void {
	removeOrder(book, order, "expired", 0, out);
	if (order.margin > 0) {
		refreshMargin(book);
		reportAccount(book, out);
	}
}

function nextExpiring(book: PaperBook): PaperOrder | null {
	let first: PaperOrder | null = null;
	for (const order of book.orders) if (order.endsAt < NEVER && (first === null || order.endsAt < first.endsAt)) first = order;
	return first;
}

/** Time never runs backwards; what is no time is now. */
function laterOf(book: PaperBook, at: BrokerMs): BrokerMs {
	return at > book.at && at <= LAST_TIME ? at : book.at;
}

function isIdle(book: PaperBook): boolean {
	return book.positions.length === 0 && book.orders.length === 0 && book.queue.length === 0;
}

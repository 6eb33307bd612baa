import { addToCurve } from "./curve.ts";
import { decideOnBar, onAgentAnswer } from "./decide.ts";
import { resumeDeferred } from "./deferred.ts";
import { beginEnding, endWithFeed, finish, finishIfDone, isPatient } from "./ending.ts";
import { type Engine, record } from "./engine.ts";
import type { EngineEvent } from "./event.ts";
import { keepFlattening } from "./flatten.ts";
import { applyBreach, applyHold, noteChange, watchScore } from "./guard.ts";
import { onBar, onClock, onStart, onTick, scoreOf } from "./health/chs.ts";
import { isSessionOpen } from "./instruments/sessions.ts";
import type { Breach } from "./limits/breach.ts";
import { onQuote, onSilence, type QuoteState } from "./limits/data-health.ts";
import { onEquity } from "./limits/limits.ts";
import { createLosses } from "./limits/losses.ts";
import { markToMarket } from "./mark.ts";
import { addQuote, closeBar } from "./market/bars.ts";
import { addBarToFeatures } from "./market/features.ts";
import { addSpread } from "./market/spread-window.ts";
import { TICK_CLOCK } from "./market/tick.ts";
import { onBrokerEvent } from "./on-broker.ts";
import { onCommand } from "./on-command.ts";
import type { BrokerEvent } from "./order.ts";
import { watchUnknown } from "./plans.ts";
import { tickShadow } from "./shadow.ts";
import { removeOrder } from "./submit.ts";
import { expire } from "./trading-state.ts";
import type { BrokerMs, Points } from "./units.ts";

/**
 * One row of the feed: a quote, a hidden quote or the passing of time (market/tick.ts). The fast path of the engine: nothing is
 * allocated unless something happens. What should be done about it is left in `engine.out`.
 */
export function stepRow(engine: Engine, at: BrokerMs, bid: Points, ask: Points, volume: number, kind: number): void {
	engine.tick++;
	// A real broker's word may be dated a moment after the quote that arrives behind it; the warm-up's history is far older than that.
	if (at > engine.at || engine.phase === "warmup") engine.at = at;
	stepTo(engine, engine.at, bid, ask, volume, kind);
}

function stepTo(engine: Engine, at: BrokerMs, bid: Points, ask: Points, volume: number, kind: number): void {
	if (engine.firstAt === null) start(engine, at);
	if (kind === TICK_CLOCK) onSecond(engine, at);
	else onQuoteRow(engine, at, bid, ask, kind);
	if (engine.trading.nextExpiry !== null) noteChange(engine, expire(engine.trading, at));
	if (engine.stopping === null && engine.endsAt !== null && at >= engine.endsAt) endOnTime(engine);
	if (engine.plans.length > 0) watchUnknown(engine);
	followUp(engine, false);
	if (kind === TICK_CLOCK || engine.dataHealth.state === "bad") return;
	// As on an MT5 chart, a bar is over when the first quote of the next one arrives, so that every decision has a fresh quote.
	if (engine.bars.isForming && closeBar(engine.bars, at)) {
		onBarClosed(engine);
		followUp(engine, false);
	}
	addQuote(engine.bars, at, bid, ask, volume);
}

/** Anything else that happens to the session; the inputs among them are in the journal already. */
export function step(engine: Engine, event: EngineEvent): void {
	if (event.at > engine.at) engine.at = event.at;
	switch (event.type) {
		case "broker":
			onBrokerEvent(engine, event.event);
			watchScore(engine, false);
			followUp(engine, isHalfTold(event.event));
			return;
		case "command":
			onCommand(engine, event.command);
			followUp(engine, false);
			return;
		case "agent":
			onAgentAnswer(engine, event.answer);
			// A hold is not journalled, so a replay does not know what came just before it and what just after: nothing may hang on that.
			if (event.answer.outcome !== "hold") followUp(engine, false);
			return;
		case "feed-ended":
			onFeedEnded(engine, event.failure);
			return;
		case "journal-failed":
			onJournalFailed(engine, event.message);
			return;
	}
}

/**
 * What guards and decisions have asked for and could not do themselves in the middle of an event: end the session, close everything,
 * cancel what waits, enter after a confirmed close. Five comparisons when nothing is asked.
 */
function followUp(engine: Engine, halfTold: boolean): void {
	const { endWish } = engine;
	if (endWish !== null && !halfTold) {
		engine.endWish = null;
		beginEnding(engine, endWish.reason, endWish.detail, endWish.flatten);
	}
	if (engine.cancelWish !== null) cancelWaiting(engine, engine.cancelWish);
	if (engine.flattening !== null && !halfTold && (engine.broker === null || isPatient(engine))) keepFlattening(engine);
	if (engine.deferred !== null) resumeDeferred(engine);
	if (engine.stopping !== null && !halfTold) finishIfDone(engine);
}

/**
 * An order that was done is told in three: the answer, the deal, the position. Before the last of them the position that it opened is not
 * there yet and the one that it closed is there still: whoever acted now would end with a position open, or close one twice.
 */
function isHalfTold(event: BrokerEvent): boolean {
	return (
		event.type === "deal" || ((event.type === "answer" || event.type === "resolved") && (event.answer.outcome === "done" || event.answer.outcome === "partial"))
	);
}

function cancelWaiting(engine: Engine, reason: string): void {
	engine.cancelWish = null;
	for (const order of engine.orders) removeOrder(engine, order, reason);
}

function start(engine: Engine, at: BrokerMs): void {
	engine.firstAt = at;
	onStart(engine.chs, at, engine.account.equity);
}

/** Time passed without a quote: the feed's age grows, and silence is judged. */
function onSecond(engine: Engine, at: BrokerMs): void {
	const open = isSessionOpen(engine.config.instrument, at);
	onClock(engine.chs, at, open);
	if (engine.phase === "warmup") return;
	if (open) {
		const before = engine.dataHealth.state;
		const breach = onSilence(engine.dataHealth, engine.config.rules, at);
		if (engine.dataHealth.state !== before || breach !== null) noteData(engine, before, breach);
	}
	if (engine.shadowActive) tickShadow(engine, TICK_CLOCK);
	watchScore(engine, false);
}

function onQuoteRow(engine: Engine, at: BrokerMs, bid: Points, ask: Points, kind: number): void {
	engine.quotes++;
	const before = engine.dataHealth.state;
	const breach = onQuote(engine.dataHealth, engine.config.rules, at, bid, ask);
	if (engine.dataHealth.state !== before || breach !== null) noteData(engine, before, breach);
	// An impossible quote is none, for the broker neither: nothing is valued with it, and no bar is made of it.
	if (engine.dataHealth.state === "bad") return;
	const moved = bid !== engine.bid || ask !== engine.ask;
	engine.bid = bid;
	engine.ask = ask;
	engine.quoteAt = at;
	onTick(engine.chs, at);
	addSpread(engine.spreads, at, ask - bid);
	if (engine.phase === "warmup") return;
	if (engine.shadowActive) tickShadow(engine, kind);
	// A leap that later quotes have not confirmed is a tick, not yet a price (control C30): nothing is judged by it.
	const believed = engine.dataHealth.state !== "jump";
	if (believed && (moved || before === "jump") && engine.trades.length > 0) {
		markToMarket(engine);
		applyBreach(engine, onEquity(engine.limits, engine.config.rules, at, engine.account.equity));
	}
	watchScore(engine, false);
}

/** A change of the quotes' state is journalled, and a halt it causes is applied. */
function noteData(engine: Engine, from: QuoteState, breach: Breach | null): void {
	const { state, why } = engine.dataHealth;
	if (from !== "none" && from !== state) record(engine, "data", { from, to: state, why });
	applyBreach(engine, breach);
}

function onBarClosed(engine: Engine): void {
	onBar(engine.chs, addBarToFeatures(engine.features, engine.bars.closed));
	if (engine.phase === "warmup" && engine.bars.closedCount >= engine.config.warmupBars) beginTrading(engine);
	decideOnBar(engine);
	if (engine.phase === "warmup") return;
	const score = scoreOf(engine.chs);
	engine.score.sum += score;
	engine.score.count++;
	addToCurve(engine.curve, engine.at, engine.account.equity, score, engine.bid, engine.config.instrument.digits);
}

function beginTrading(engine: Engine): void {
	const { durationMinutes } = engine.config;
	engine.phase = "trading";
	engine.tradingFrom = engine.at;
	engine.endsAt = durationMinutes === null ? null : engine.at + durationMinutes * 60_000;
	record(engine, "trading", { bars: engine.bars.closedCount, endsAt: engine.endsAt });
	if (engine.broker !== null) startLosses(engine);
	watchScore(engine, false);
}

/**
 * On a real account the loss limits start from the equity of this moment, credit and what was taken over included; those of the day and of the
 * peak go on from earlier sessions (controls C21 to C23), and may be passed already.
 */
function startLosses(engine: Engine): void {
	const { config, limits, account } = engine;
	markToMarket(engine);
	const { dayStart = null, peakEquity = null, bestProfit = null } = config.broker?.earlier ?? {};
	Object.assign(limits.losses, createLosses(config.rules, engine.at, { equity: account.equity, dayStart, peakEquity, bestProfit }));
	applyBreach(engine, onEquity(limits, config.rules, engine.at, account.equity));
}

function endOnTime(engine: Engine): void {
	beginEnding(engine, "duration", `the planned ${engine.config.durationMinutes} market minutes are over`, engine.config.onExit === "flatten");
}

/** No more rows. The first call starts the end; the second, after the broker has closed what is to be closed, ends the session. */
function onFeedEnded(engine: Engine, failure: string | null): void {
	const reason = failure === null ? "end-of-data" : "data-failure";
	if (engine.stopping === null) endWithFeed(engine, reason, failure ?? "the feed has no more data", engine.config.onExit === "flatten");
	else finish(engine);
}

/** What cannot be written down must not be done: nothing leaves any more, not even a close (control C42). */
function onJournalFailed(engine: Engine, message: string): void {
	engine.out.submits.length = 0;
	applyHold(engine, { control: "C42", state: "HALTED", reason: message, until: null });
	engine.out.submits.length = 0;
	engine.stopping ??= { reason: "journal-failure", detail: message, flatten: false, since: engine.at, sinceTick: engine.tick };
	finish(engine);
}

import { noteChs } from "./curve.ts";
import { type End, type Engine, record } from "./engine.ts";
import { allowsRisk, type BreakerEvent, readingOf, stepBreaker, watchBreaker } from "./health/breaker.ts";
import { scoreOf } from "./health/chs.ts";
import { journalSnapshotOf } from "./health/snapshot.ts";
import { stateWord } from "./health/words.ts";
import type { Breach } from "./limits/breach.ts";
import type { EndReason } from "./summary-type.ts";
import { BREAKER_CONTROL, type HoldRequest, hold, release, STATES, type StateChange } from "./trading-state.ts";

/** Applies a hold asked for by a limit, a check or the operator: journalled as a change of state, and a latched halt ends an unattended session. */
export function applyHold(engine: Engine, request: HoldRequest): void {
	noteChange(engine, hold(engine.trading, engine.at, request));
	if (STATES[request.state].latched) endOnLatch(engine, request.control, request.reason);
}

/** A limit was passed: its code and numbers go into the journal, then its hold is applied. */
export function applyBreach(engine: Engine, breach: Breach | null): void {
	if (breach === null) return;
	if (engine.trading.holds.some((known) => known.control === breach.control && known.state === breach.state && known.until === breach.until)) return;
	record(engine, "breach", breach);
	applyHold(engine, breach);
}

/** Journals a change of the trading state, if there is one. */
export function noteChange(engine: Engine, change: StateChange | null): void {
	if (change !== null) record(engine, "state", change);
}

/**
 * Lets the breaker see the score of now: at a decision point (`counted`) or on any row that may have moved it. Nothing trips while
 * features warm up or in a measuring run, where the score is shown but guards nothing.
 */
export function watchScore(engine: Engine, counted: boolean): void {
	const { chs, breaker } = engine;
	const score = scoreOf(chs);
	noteScore(engine, score);
	if (engine.lowestSinceTrip !== null && !(score >= engine.lowestSinceTrip)) engine.lowestSinceTrip = score;
	if (engine.phase !== "trading" || engine.config.unlimited) return;
	const event = counted ? stepBreaker(breaker, readingOf(chs), chs.trades, engine.at) : watchBreaker(breaker, chs, engine.at);
	if (event !== null) onBreakerEvent(engine, event);
}

/** True when it is proven that the score allows new risk; in a measuring run the score is not asked. */
export function scoreAllowsRisk(engine: Engine): boolean {
	if (engine.config.unlimited) return true;
	return allowsRisk(engine.breaker, scoreOf(engine.chs), engine.at - engine.chs.feed.nowMs);
}

function onBreakerEvent(engine: Engine, event: BreakerEvent): void {
	const { what, cause, text, score, latched } = event;
	record(engine, "breaker", { what, cause, text, score, latched, snapshot: journalSnapshotOf(engine.chs) });
	engine.breakerEvents.push({ at: engine.at, what, cause, chs: score });
	if (engine.breakerEvents.length > 50) engine.breakerEvents.shift();
	if (what === "re-arm") {
		engine.lowestSinceTrip = null;
		if (engine.halted.since !== null) engine.halted.ms += engine.at - engine.halted.since;
		engine.halted.since = null;
		noteChange(engine, release(engine.trading, engine.at, BREAKER_CONTROL, `CHS ${shownScore(score)} is above ${engine.breaker.rearmLevel.toFixed(2)} again`));
		return;
	}
	engine.halted.since ??= engine.at;
	engine.lowestSinceTrip ??= score;
	const reason = `CHS ${shownScore(score)} is below ${engine.breaker.tripLevel}: ${text}`;
	if (engine.deferred !== null) record(engine, "dropped", { intent: engine.deferred.intent, why: reason });
	engine.deferred = null;
	applyHold(engine, { control: BREAKER_CONTROL, state: latched ? "HALTED" : "REDUCING", reason, until: null });
	if (what === "trip" && engine.config.onBreaker === "flatten") engine.flattening ??= { reason: "breaker open: flatten", retryAt: engine.at };
}

/** Three decimals, cut and not rounded: 0.5497 must not read as 0.550 when it is below 0.55. */
function shownScore(score: number): string {
	return (Math.floor(score * 1000) / 1000).toFixed(3);
}

/**
 * A latched halt waits for a person; nobody watches an unattended session, so it ends, positions as `--on-breaker` says in either case. What
 * cannot be written down cannot go on, whoever watches (control C42).
 */
function endOnLatch(engine: Engine, control: string, reason: string): void {
	if (engine.config.onLatch === "wait" && control !== "C42") {
		// A waiting order that fired would be new risk.
		engine.cancelWish = `latched by ${control}`;
		if (engine.config.onBreaker === "flatten") engine.flattening ??= { reason: `latched by ${control}: flatten`, retryAt: engine.at };
		return;
	}
	engine.endWish ??= { reason: END_REASON[control] ?? "halt", detail: `${control}: ${reason}`, flatten: engine.config.onBreaker === "flatten" };
}

/** The end that the oldest latched hold of a session that waits stands for; null when nothing is latched, or when a latch ends the session itself. */
export function latchedEnd(engine: Engine): End | null {
	if (engine.config.onLatch !== "wait") return null;
	const latch = engine.trading.holds.find((known) => known.latched);
	return latch === undefined ? null : { reason: END_REASON[latch.control] ?? "halt", detail: `${latch.control}: ${latch.reason}` };
}

const END_REASON: Readonly<Record<string, EndReason>> = {
	C21: "loss-limit",
	C22: "loss-limit",
	C23: "loss-limit",
	C24: "loss-limit",
	C25: "breaker",
	C33: "kill",
	C42: "journal-failure",
};

/** Keeps the statistics of the score and journals it when its word changes (the number moves on almost every tick). */
function noteScore(engine: Engine, score: number): void {
	const { score: stats } = engine;
	if (engine.phase === "warmup") return;
	if (score < stats.min) stats.min = score;
	noteChs(engine.curve, score);
	const word = stateWord(score, engine.chs.trades, engine.breaker.tripLevel);
	if (word === stats.word) return;
	stats.word = word;
	record(engine, "chs", { word, ...journalSnapshotOf(engine.chs) });
}

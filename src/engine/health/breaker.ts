import type { Component, Pillar } from "./components.ts";
import { capCauseOf, weakestPillar } from "./snapshot.ts";
import type { Chs } from "./state.ts";
import { type BreakerCause, type CapCause, causeText } from "./words.ts";

/**
 * The circuit breaker of chs.md 7. While it is open no order that adds risk may leave. Plain JSON; survives a restart as it is.
 * Times are the caller's clock in ms, trades count real and shadow trades as the score does.
 */
export type Breaker = {
	/** Opens below it, strictly. */
	readonly tripLevel: number;
	/** Closes above it, strictly: trip level + 0.10. */
	readonly rearmLevel: number;
	open: boolean;
	/** Closes only after an operator's `acknowledge`. */
	latched: boolean;
	trips: number;
	/** Of the last trip; kept after closing. */
	cause: BreakerCause | null;
	openedAtMs: number;
	openedAtTrades: number;
	/** Trade counts of the last trips, at most three, for the third-strike rule. */
	readonly tripTrades: number[];
	/** Decision points, and those at which it was open. */
	steps: number;
	haltedSteps: number;
};

/** What the breaker reads of a score: the fields of ChsSnapshot that it needs. */
export type BreakerReading = {
	readonly chs: number;
	readonly capBy: CapCause | null;
	readonly weakest: Pillar;
	readonly score: Readonly<Pick<Record<Component, number>, "drawdown" | "margin" | "overshoot">>;
};

/** A change of the breaker, for the journal and the screen. `latch`: an open breaker that now also waits for an operator. */
export type BreakerEvent = {
	readonly what: "trip" | "re-arm" | "latch";
	readonly cause: BreakerCause;
	/** The cause in a trader's words. */
	readonly text: string;
	readonly score: number;
	readonly latched: boolean;
};

/** How often the breaker was in the way, 0..1 each (chs.md 7). */
export type EventRates = { readonly tripRate: number; readonly haltShare: number; readonly eventRate: number };

/** Trades, real or shadow, before a statistical trip (edge, leak, blend) may close. */
const COOL_DOWN_TRADES = 10;
/** Time before any other trip may close, ms. */
const COOL_DOWN_MS = 300_000;
/** This many trips within `STRIKE_TRADES` trades latch. */
const STRIKES = 3;
const STRIKE_TRADES = 100;
/** The score must clear the trip level by this much before risk is allowed again. */
export const REARM_GAP = 0.1;
/** A score older than this proves nothing (control C25). */
const SCORE_AGE_MS_MAX = 5000;

/** A closed breaker. `tripTrades`: trade counts of earlier trips of the same build, when the trade count is carried over. */
export function createBreaker(tripLevel: number, tripTrades: readonly number[] = []): Breaker {
	return {
		tripLevel,
		rearmLevel: tripLevel + REARM_GAP,
		open: false,
		latched: false,
		trips: 0,
		cause: null,
		openedAtMs: 0,
		openedAtTrades: 0,
		tripTrades: tripTrades.slice(-STRIKES),
		steps: 0,
		haltedSteps: 0,
	};
}

/** One decision point: counts it and trips, latches or re-arms. Returns what changed, or null. */
export function stepBreaker(breaker: Breaker, reading: BreakerReading, trades: number, nowMs: number): BreakerEvent | null {
	const event = judge(breaker, reading, trades, nowMs);
	breaker.steps++;
	if (breaker.open) breaker.haltedSteps++;
	return event;
}

/** The same between decision points, without counting one: call it whenever the score may have moved. Allocates only when something may change. */
export function watchBreaker(breaker: Breaker, chs: Chs, nowMs: number): BreakerEvent | null {
	if (breaker.open) {
		if (breaker.latched) return null;
		if (!(chs.chs > breaker.rearmLevel) && chs.vitalRisk >= breaker.tripLevel && chs.faults === 0) return null;
	} else if (chs.chs >= breaker.tripLevel && chs.faults === 0) return null;
	return judge(breaker, readingOf(chs), chs.trades, nowMs);
}

/** The breaker's view of a score. */
export function readingOf(chs: Chs): BreakerReading {
	return { chs: chs.chs, capBy: capCauseOf(chs), weakest: weakestPillar(chs), score: chs.scores };
}

/**
 * True only if it is proven that risk may be added: the breaker is closed and the score is a finite number, at most `maxAgeMs` old
 * (default 5 s, control C25) and at or above the trip level. Anything unknown is a no.
 */
export function allowsRisk(breaker: Breaker, score: number, scoreAgeMs: number, maxAgeMs: number = SCORE_AGE_MS_MAX): boolean {
	return !breaker.open && Number.isFinite(score) && score >= breaker.tripLevel && scoreAgeMs >= 0 && scoreAgeMs <= maxAgeMs;
}

/** The operator has seen it: the latch is lifted; the breaker still waits for the score and the cool-down. Rebase the score if the loss is accepted. */
export function acknowledge(breaker: Breaker): void {
	breaker.latched = false;
}

/** The event rate of the "< 5 %" target: the larger of trips a real trade and the halted share of decision points (chs.md 7). */
export function eventRates(breaker: Breaker, realTrades: number): EventRates {
	const tripRate = breaker.trips === 0 ? 0 : breaker.trips / Math.max(realTrades, breaker.trips);
	const haltShare = breaker.steps === 0 ? 0 : breaker.haltedSteps / breaker.steps;
	return { tripRate, haltShare, eventRate: Math.max(tripRate, haltShare) };
}

/** How far the cool-down of an open breaker is: trades, real or shadow, after a statistical trip, else ms. */
export function coolDownOf(
	breaker: Breaker,
	trades: number,
	nowMs: number,
): { readonly unit: "trades" | "ms"; readonly done: number; readonly needed: number } {
	const statistical = breaker.cause === "edge" || breaker.cause === "leak" || (breaker.cause?.startsWith("blend:") ?? false);
	return statistical
		? { unit: "trades", done: trades - breaker.openedAtTrades, needed: COOL_DOWN_TRADES }
		: { unit: "ms", done: nowMs - breaker.openedAtMs, needed: COOL_DOWN_MS };
}

function judge(breaker: Breaker, reading: BreakerReading, trades: number, nowMs: number): BreakerEvent | null {
	const proven = reading.chs >= breaker.tripLevel && reading.capBy !== "input";
	if (!breaker.open) return proven ? null : trip(breaker, reading, trades, nowMs);
	if (!breaker.latched && mustLatch(breaker, reading)) {
		breaker.latched = true;
		return eventOf(breaker, "latch", reading.chs);
	}
	if (breaker.latched || !(reading.chs > breaker.rearmLevel) || !isCool(breaker, trades, nowMs)) return null;
	breaker.open = false;
	return eventOf(breaker, "re-arm", reading.chs);
}

function trip(breaker: Breaker, reading: BreakerReading, trades: number, nowMs: number): BreakerEvent {
	const sane = Number.isFinite(reading.chs) && Number.isFinite(trades) && Number.isFinite(nowMs);
	breaker.open = true;
	breaker.trips++;
	breaker.cause = sane ? (reading.capBy ?? `blend:${reading.weakest}`) : "input";
	breaker.openedAtMs = sane ? nowMs : 0;
	breaker.openedAtTrades = sane ? trades : 0;
	breaker.tripTrades.push(breaker.openedAtTrades);
	if (breaker.tripTrades.length > STRIKES) breaker.tripTrades.shift();
	const struckOut = breaker.tripTrades.length === STRIKES && breaker.openedAtTrades - (breaker.tripTrades[0] ?? 0) <= STRIKE_TRADES;
	breaker.latched = struckOut || !sane || mustLatch(breaker, reading);
	return eventOf(breaker, "trip", reading.chs);
}

/** Losses beyond the plan and scores that cannot be computed need a person (chs.md 7; controls: "CHS NaN: halt once, latched"). */
function mustLatch(breaker: Breaker, reading: BreakerReading): boolean {
	const { drawdown, margin, overshoot } = reading.score;
	const bearable = drawdown >= breaker.tripLevel && margin >= breaker.tripLevel && overshoot >= breaker.tripLevel;
	return !bearable || !Number.isFinite(reading.chs) || reading.capBy === "input";
}

function isCool(breaker: Breaker, trades: number, nowMs: number): boolean {
	const cooling = coolDownOf(breaker, trades, nowMs);
	return cooling.done >= cooling.needed;
}

function eventOf(breaker: Breaker, what: BreakerEvent["what"], score: number): BreakerEvent {
	const cause = breaker.cause ?? "input";
	return { what, cause, text: causeText(cause), score: Number.isFinite(score) ? score : 0, latched: breaker.latched };
}

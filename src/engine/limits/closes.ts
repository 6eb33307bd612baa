import type { DealReason } from "../order.ts";
import type { Rules } from "../rules.ts";
import type { BrokerMs, Money } from "../units.ts";
import { type Breach, breach } from "./breach.ts";
import { countSince, type EventWindow, remember } from "./event-window.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** What closed trades leave behind for C26 to C28. Plain JSON. */
export type Closes = {
	losingStreak: number;
	day: number;
	streaksToday: number;
	readonly stops: EventWindow;
	/** No entry before this (C28). */
	cooldownUntil: BrokerMs;
};

/** A closed trade as the limits see it: net result in account currency with all costs, and what closed it. */
export type ClosedTrade = { readonly net: Money; readonly reason: DealReason };

/** No trade closed yet. */
export function createCloses(): Closes {
	return { losingStreak: 0, day: -1, streaksToday: 0, stops: [], cooldownUntil: 0 };
}

/**
 * Counts a closed trade: starts the cooldown and returns the pause or halt it causes, or null. A result that is not a number counts
 * as a loss; exactly 0 ends a streak.
 */
export function noteClosedTrade(closes: Closes, rules: Rules, at: BrokerMs, trade: ClosedTrade): Breach | null {
	closes.cooldownUntil = at + rules.cooldownMs;
	const lost = !(trade.net >= 0);
	const streak = noteStreak(closes, rules, at, lost);
	const guard = lost && (trade.reason === "SL" || trade.reason === "SO") ? noteStop(closes, rules, at) : null;
	if (streak === null || guard === null || streak.state === "HALTED") return streak ?? guard;
	return (guard.until ?? 0) > (streak.until ?? 0) ? guard : streak;
}

function noteStreak(closes: Closes, rules: Rules, at: BrokerMs, lost: boolean): Breach | null {
	closes.losingStreak = lost ? closes.losingStreak + 1 : 0;
	const length = closes.losingStreak;
	if (!(length >= rules.losingStreakToPause)) return null;
	closes.losingStreak = 0;
	const day = Math.floor(at / DAY_MS);
	closes.streaksToday = closes.day === day ? closes.streaksToday + 1 : 1;
	closes.day = day;
	const text = `${length} losing closes in a row, limit ${rules.losingStreakToPause}`;
	if (closes.streaksToday >= rules.losingStreaksToHalt) return breach("LOSING_STREAKS", `${text}, time ${closes.streaksToday} today`);
	const minutes = rules.losingStreakPauseMinutes;
	return breach("LOSING_STREAK", `${text}: no entries for ${minutes} minutes`, at + minutes * MINUTE_MS);
}

function noteStop(closes: Closes, rules: Rules, at: BrokerMs): Breach | null {
	const span = rules.stopGuardWindowMinutes * MINUTE_MS;
	remember(closes.stops, at, span, rules.stopGuardStopsToPause);
	const stops = countSince(closes.stops, at, span);
	if (!(stops >= rules.stopGuardStopsToPause)) return null;
	const minutes = rules.stopGuardPauseMinutes;
	const text = `${stops} stop-outs within ${rules.stopGuardWindowMinutes} minutes, limit ${rules.stopGuardStopsToPause}: no entries for ${minutes} minutes`;
	return breach("STOP_GUARD", text, at + minutes * MINUTE_MS);
}

import type { Instrument } from "../instrument.ts";
import { DAY_MS, dayStartOf, nextSessionOpenAt, weekdayOf } from "../instruments/sessions.ts";
import type { BrokerMs } from "../units.ts";

const MINUTE_MS = 60_000;
/** A closure at least this long is a weekend rather than a daily break. */
const WEEKEND_MS = DAY_MS;
const DAYS_AHEAD = 8;

/** When the market that is open at `at` closes, daily windows that touch counted as one; null when it is closed or never closes. */
export function closesAt(instrument: Instrument, at: BrokerMs): BrokerMs | null {
	let end = windowEnd(instrument, at);
	for (let days = 0; end !== null && days <= DAYS_AHEAD; days++) {
		const next = windowEnd(instrument, end);
		if (next === null) return end;
		end = next;
	}
	return null;
}

/** The time of the last close of the week when it is at most `minutes` away from `at`, or null. */
export function weekendWithin(instrument: Instrument, at: BrokerMs, minutes: number): BrokerMs | null {
	// The week cannot close before today's window does, which spares nearly every caller the walk over the days ahead.
	const end = windowEnd(instrument, at);
	if (end === null || end - at > minutes * MINUTE_MS) return null;
	const close = closesAt(instrument, at);
	if (close === null || close - at > minutes * MINUTE_MS) return null;
	const reopen = nextSessionOpenAt(instrument, close);
	return reopen === null || reopen - close >= WEEKEND_MS ? close : null;
}

/** Minutes from `at` to the nearer broker midnight, before or after. */
export function minutesFromMidnight(at: BrokerMs): number {
	const sinceMidnight = at - dayStartOf(at);
	return Math.min(sinceMidnight, DAY_MS - sinceMidnight) / MINUTE_MS;
}

/** End of the window that contains `at`. Yesterday's windows may reach past midnight, since an end can exceed 24:00 (rulebook A2.7). */
function windowEnd(instrument: Instrument, at: BrokerMs): BrokerMs | null {
	const today = dayStartOf(at);
	const ofToday = latestEnd(instrument, today, at);
	const ofYesterday = latestEnd(instrument, today - DAY_MS, at);
	return ofToday !== null && ofYesterday !== null ? Math.max(ofToday, ofYesterday) : (ofToday ?? ofYesterday);
}

/** The latest end of the windows that begin on the day of `midnight` and contain `at`. */
function latestEnd(instrument: Instrument, midnight: BrokerMs, at: BrokerMs): BrokerMs | null {
	const windows = instrument.sessions[weekdayOf(midnight)] ?? [];
	const minute = (at - midnight) / MINUTE_MS;
	let latest: BrokerMs | null = null;
	for (const [startMinute, endMinute] of windows) {
		if (minute >= startMinute && minute < endMinute) latest = Math.max(latest ?? 0, midnight + endMinute * MINUTE_MS);
	}
	return latest;
}

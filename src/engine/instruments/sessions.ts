import type { Instrument } from "../instrument.ts";
import type { BrokerMs } from "../units.ts";

export const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Weekday of a broker time, 0 = Sunday ... 6 = Saturday (1970-01-01 was a Thursday). */
export function weekdayOf(at: BrokerMs): number {
	const day = Math.floor(at / DAY_MS);
	return (((day + 4) % 7) + 7) % 7;
}

/** Midnight that begins the broker day of `at`. */
export function dayStartOf(at: BrokerMs): BrokerMs {
	return Math.floor(at / DAY_MS) * DAY_MS;
}

/** Whether the symbol trades at `at` (rulebook A2.7): inside a window of its weekday, or of the day before that ends after midnight. */
export function isSessionOpen(instrument: Pick<Instrument, "sessions">, at: BrokerMs): boolean {
	const weekday = weekdayOf(at);
	const minute = (at - dayStartOf(at)) / MINUTE_MS;
	for (const [start, end] of instrument.sessions[weekday] ?? []) if (minute >= start && minute < end) return true;
	for (const [start, end] of instrument.sessions[(weekday + 6) % 7] ?? []) if (minute + 1440 >= start && minute + 1440 < end) return true;
	return false;
}

/**
 * When the symbol next trades: `at` itself inside a session, else the start of the next window; null when no weekday has one or
 * `at` is not a time.
 */
export function nextSessionOpenAt(instrument: Instrument, at: BrokerMs): BrokerMs | null {
	if (isSessionOpen(instrument, at)) return at;
	const today = dayStartOf(at);
	for (let ahead = 0; ahead <= 7; ahead++) {
		const day = today + ahead * DAY_MS;
		let first: BrokerMs | null = null;
		for (const [start, end] of instrument.sessions[weekdayOf(day)] ?? []) {
			const opensAt = day + start * MINUTE_MS;
			if (end > start && opensAt > at && (first === null || opensAt < first)) first = opensAt;
		}
		if (first !== null) return first;
	}
	return null;
}

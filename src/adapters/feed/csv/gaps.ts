import type { Instrument } from "../../../engine/instrument.ts";
import { DAY_MS, weekdayOf } from "../../../engine/instruments/sessions.ts";
import type { BrokerMs } from "../../../engine/units.ts";

const MINUTE_MS = 60_000;

/** A running count of holes in the data: stretches of open market hours without a row. */
export type GapCount = { gaps: number; longestGapMs: number };

/**
 * Notes the hole between two rows, if there is one: at least `leastMs` of the instrument's session hours (weekends, breaks and closed
 * hours left out) from `from`, where the earlier row's time ends, to `to`, where the next begins. Gaps are normal (rulebook A5.3).
 */
export function noteGap(count: GapCount, sessions: Instrument["sessions"], from: BrokerMs, to: BrokerMs, leastMs: number): void {
	if (to - from < leastMs) return;
	const missing = openTimeBetween(sessions, from, to);
	if (missing < leastMs) return;
	count.gaps++;
	if (missing > count.longestGapMs) count.longestGapMs = missing;
}

/** Milliseconds of session hours between two times; windows may run past midnight (rulebook A2.7). */
export function openTimeBetween(sessions: Instrument["sessions"], from: BrokerMs, to: BrokerMs): number {
	let open = 0;
	const lastDay = Math.floor(to / DAY_MS);
	for (let day = Math.floor(from / DAY_MS) - 1; day <= lastDay; day++) {
		const windows = sessions[weekdayOf(day * DAY_MS)] ?? [];
		for (const [startMinute, endMinute] of windows) {
			const start = Math.max(from, day * DAY_MS + startMinute * MINUTE_MS);
			const end = Math.min(to, day * DAY_MS + endMinute * MINUTE_MS);
			if (end > start) open += end - start;
		}
	}
	return open;
}

import type { BarTable } from "../../adapters/feed/csv/bars.ts";
import { openTimeBetween } from "../../adapters/feed/csv/gaps.ts";
import type { Instrument } from "../../engine/instrument.ts";
import { DAY_MS, dayStartOf, isSessionOpen, weekdayOf } from "../../engine/instruments/sessions.ts";
import type { BrokerMs } from "../../engine/units.ts";
import { type HourShift, hourShifts } from "./hour-shifts.ts";
import { type Outliers, outliersOf } from "./outliers.ts";

/** What was found in the bars of a file, in the order of time; numbers that depend on trading hours are null where these are not known. */
export type Quality = {
	readonly zeroSpreads: number;
	readonly hours: HoursQuality | null;
	readonly outliers: Outliers;
	readonly constant: Constant;
	readonly hourShifts: readonly HourShift[];
};

/** How the bars lie in the symbol's trading hours. */
export type HoursQuality = {
	/** Stretches of trading hours without a bar; weekends, breaks and closed hours are none. */
	readonly gaps: number;
	/** Trading hours in the longest one, ms, and when it begins. */
	readonly longestGapMs: number;
	readonly longestGapAt: BrokerMs | null;
	/** Share 0..1 of the trading hours between first and last bar that has no bar. */
	readonly missingShare: number;
	/** Broker midnights of trading days from Monday to Friday without a single bar: holidays, or holes. */
	readonly missingDays: readonly BrokerMs[];
	/** Saturdays and Sundays that the symbol trades, and how many of them have no bar. */
	readonly weekendDays: number;
	readonly missingWeekendDays: number;
	/** Bars that open outside the trading hours. */
	readonly closedHours: number;
};

/** Stretches of at least `CONSTANT_BARS` bars in which the price never moved. */
export type Constant = { readonly stretches: number; readonly longestBars: number; readonly longestAt: BrokerMs | null };

/** A price that stands still for this many bars is no quiet market but a feed that has stopped. */
export const CONSTANT_BARS = 5;

/** Judges the bars of a table. `lengthMs` is their length. */
export function qualityOf(table: BarTable, lengthMs: number, sessions: Instrument["sessions"] | null): Quality {
	let zeroSpreads = 0;
	for (let i = 0; i < table.count; i++) if ((table.spread[i] as number) <= 0) zeroSpreads++;
	return {
		zeroSpreads,
		hours: sessions === null ? null : hoursOf(table, lengthMs, sessions),
		outliers: outliersOf(table, lengthMs),
		constant: constantOf(table),
		hourShifts: hourShifts(table, lengthMs),
	};
}

function hoursOf(table: BarTable, lengthMs: number, sessions: Instrument["sessions"]): HoursQuality {
	let gaps = 0;
	let longestGapMs = 0;
	let longestGapAt: BrokerMs | null = null;
	let missingMs = 0;
	let closedHours = 0;
	for (let i = 0; i < table.count; i++) {
		const openMs = table.openMs[i] as number;
		if (!opensInHours(sessions, openMs, lengthMs)) closedHours++;
		const due = i === 0 ? openMs : (table.openMs[i - 1] as number) + lengthMs;
		if (openMs - due < lengthMs) continue;
		const missing = openTimeBetween(sessions, due, openMs);
		if (missing < lengthMs) continue;
		gaps++;
		missingMs += missing;
		if (missing > longestGapMs) [longestGapMs, longestGapAt] = [missing, due];
	}
	const from = table.openMs[0] as number;
	const to = (table.openMs[table.count - 1] as number) + lengthMs;
	const open = openTimeBetween(sessions, from, to);
	return { gaps, longestGapMs, longestGapAt, missingShare: open === 0 ? 0 : missingMs / open, ...missingDaysOf(table, lengthMs, sessions), closedHours };
}

/** Days are looked at where a bar is no longer than one. */
function missingDaysOf(
	table: BarTable,
	lengthMs: number,
	sessions: Instrument["sessions"],
): Pick<HoursQuality, "missingDays" | "weekendDays" | "missingWeekendDays"> {
	const missingDays: BrokerMs[] = [];
	let weekendDays = 0;
	let missingWeekendDays = 0;
	if (lengthMs > DAY_MS) return { missingDays, weekendDays, missingWeekendDays };
	const last = dayStartOf(table.openMs[table.count - 1] as number);
	let row = 0;
	for (let day = dayStartOf(table.openMs[0] as number); day <= last; day += DAY_MS) {
		const first = row;
		while (row < table.count && (table.openMs[row] as number) < day + DAY_MS) row++;
		const weekday = weekdayOf(day);
		if ((sessions[weekday] ?? []).length === 0) continue;
		const isWeekend = weekday === 0 || weekday === 6;
		if (isWeekend) weekendDays++;
		if (row > first) continue;
		if (isWeekend) missingWeekendDays++;
		else missingDays.push(day);
	}
	return { missingDays, weekendDays, missingWeekendDays };
}

/** Bars of hours and days open at the grid, before the session does: any part of them inside will do. */
function opensInHours(sessions: Instrument["sessions"], openMs: BrokerMs, lengthMs: number): boolean {
	return isSessionOpen({ sessions }, openMs) || openTimeBetween(sessions, openMs, openMs + lengthMs) > 0;
}

function constantOf(table: BarTable): Constant {
	let stretches = 0;
	let longestBars = 0;
	let longestAt: BrokerMs | null = null;
	let bars = 0;
	for (let i = 0; i < table.count; i++) {
		const isFlat = table.high[i] === table.low[i];
		const goesOn = isFlat && bars > 0 && table.close[i] === table.close[i - 1];
		bars = goesOn ? bars + 1 : isFlat ? 1 : 0;
		if (bars === CONSTANT_BARS) stretches++;
		if (bars >= CONSTANT_BARS && bars > longestBars) [longestBars, longestAt] = [bars, table.openMs[i - bars + 1] as number];
	}
	return { stretches, longestBars, longestAt };
}

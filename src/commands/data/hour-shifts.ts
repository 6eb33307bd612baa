import type { BarTable } from "../../adapters/feed/csv/bars.ts";
import { DAY_MS } from "../../engine/instruments/sessions.ts";
import type { BrokerMs } from "../../engine/units.ts";

/** The week began to open at another hour: the broker's clock changed, or two exports of different clocks were joined. */
export type HourShift = {
	/** First week's opening at the new hour. */
	readonly at: BrokerMs;
	/** Minutes by which it opens later (negative: earlier) than in the weeks before. */
	readonly byMinutes: number;
};

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * DAY_MS;
/** 1970-01-05 was a Monday; weeks are counted from the Saturday before, so that a Sunday evening belongs to the week that it opens. */
const FIRST_WEEK_MS = 2 * DAY_MS;
/** The market is closed for at least this long over a weekend. */
const WEEKEND_MS = DAY_MS;
/** Longer bars hide the hour. */
const BAR_MS_MAX = 60 * MINUTE_MS;
/** A clock moves by whole hours, and never by as many as a holiday does. */
const SHIFT_MINUTES = 60;
const SHIFT_MINUTES_MAX = 12 * 60;
/** A new hour counts when it stays for this many weeks: one odd Monday is a holiday. */
const WEEKS = 2;

/** Where the opening hour of the week moves for at least two weeks. Markets that never close tell nothing. */
export function hourShifts(table: BarTable, lengthMs: number): readonly HourShift[] {
	if (lengthMs > BAR_MS_MAX) return [];
	const openings = weekOpenings(table);
	const shifts: HourShift[] = [];
	let usual = openings[0];
	for (let i = 1; i < openings.length; i++) {
		const opening = openings[i] as Opening;
		const byMinutes = opening.minute - (usual?.minute ?? opening.minute);
		const stays = openings.slice(i, i + WEEKS).length === WEEKS && openings.slice(i, i + WEEKS).every(({ minute }) => Math.abs(minute - opening.minute) < 30);
		if (!stays || Math.abs(byMinutes) > SHIFT_MINUTES_MAX) continue;
		if (Math.abs(byMinutes) >= SHIFT_MINUTES / 2) shifts.push({ at: opening.at, byMinutes: Math.round(byMinutes / SHIFT_MINUTES) * SHIFT_MINUTES });
		usual = opening;
	}
	return shifts;
}

type Opening = { readonly at: BrokerMs; readonly minute: number };

/** The first bar of each week, as a minute of the week; only weeks that a closed weekend comes before. */
function weekOpenings(table: BarTable): readonly Opening[] {
	const openings: Opening[] = [];
	for (let i = 1; i < table.count; i++) {
		const at = table.openMs[i] as number;
		const before = table.openMs[i - 1] as number;
		if (at - before < WEEKEND_MS || weekOf(at) === weekOf(before)) continue;
		openings.push({ at, minute: Math.floor((at - FIRST_WEEK_MS - weekOf(at) * WEEK_MS) / MINUTE_MS) });
	}
	return openings;
}

function weekOf(at: BrokerMs): number {
	return Math.floor((at - FIRST_WEEK_MS) / WEEK_MS);
}

import { describe, expect, it } from "vitest";
import { hourShifts } from "../../../src/commands/data/hour-shifts.ts";
import { outliersOf, RANGE_BARS } from "../../../src/commands/data/outliers.ts";
import { qualityOf } from "../../../src/commands/data/quality.ts";
import { findInstrument } from "../../../src/engine/instruments/built-in.ts";
import { weekdayOf } from "../../../src/engine/instruments/sessions.ts";
import { barTimes, quietBars, type TableBar, tableOf } from "../../helpers/bar-table.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const M15 = 15 * MINUTE;
/** A Monday. */
const MONDAY = Date.UTC(2024, 0, 8);
const isWeekday = (at: number): boolean => ![0, 6].includes(weekdayOf(at));
const FOREX = findInstrument("EURUSD")?.sessions ?? [];
const ALWAYS = findInstrument("BTCUSD")?.sessions ?? [];
const METAL = findInstrument("XAUUSD")?.sessions ?? [];

describe("the hours of a file", () => {
	const twoWeeks = barTimes(MONDAY, MONDAY + 14 * DAY, M15, isWeekday);

	it("are whole when only weekends are missing", () => {
		const { hours } = qualityOf(tableOf(quietBars(twoWeeks)), M15, FOREX);
		expect(hours).toEqual({
			gaps: 0,
			longestGapMs: 0,
			longestGapAt: null,
			missingShare: 0,
			missingDays: [],
			weekendDays: 0,
			missingWeekendDays: 0,
			closedHours: 0,
		});
	});

	it("have gaps, and days without a bar, where trading hours are empty", () => {
		const holiday = MONDAY + 8 * DAY;
		const hole = MONDAY + DAY + 3 * HOUR;
		const times = twoWeeks.filter((at) => !(at >= holiday && at < holiday + DAY) && !(at >= hole && at < hole + HOUR));
		const { hours } = qualityOf(tableOf(quietBars(times)), M15, FOREX);
		expect(hours).toMatchObject({ gaps: 2, longestGapMs: DAY, longestGapAt: holiday, missingDays: [holiday], closedHours: 0 });
		expect(hours?.missingShare).toBeCloseTo(25 / 240, 10);
	});

	it("know weekends that are missing where the symbol trades then", () => {
		const { hours } = qualityOf(tableOf(quietBars(twoWeeks)), M15, ALWAYS);
		// The file ends on a Friday: the weekend after it is not part of it.
		expect(hours).toMatchObject({ gaps: 1, longestGapMs: 2 * DAY, weekendDays: 2, missingWeekendDays: 2, missingDays: [] });
	});

	it("know bars of closed hours, but not the first hour of a session that opens within it", () => {
		const times = barTimes(MONDAY, MONDAY + DAY, M15);
		expect(qualityOf(tableOf(quietBars(times)), M15, METAL).hours).toMatchObject({ closedHours: 4 });
		const long = barTimes(MONDAY, MONDAY + DAY, 4 * HOUR);
		expect(qualityOf(tableOf(quietBars(long)), 4 * HOUR, METAL).hours).toMatchObject({ closedHours: 0 });
	});

	it("are not judged where they are not known", () => expect(qualityOf(tableOf(quietBars(twoWeeks)), M15, null).hours).toBeNull());
});

describe("the prices of a file", () => {
	const times = barTimes(MONDAY, MONDAY + 3 * DAY, M15);
	const judged = (change: (index: number) => Partial<TableBar>) => outliersOf(tableOf(quietBars(times, change)), M15);

	it.each<[string, (index: number) => Partial<TableBar>, object]>([
		["nothing in a quiet market", () => ({}), { spikes: 0, jumps: 0, worstAt: null, worstRanges: 0 }],
		[
			"a spike up, in usual ranges of 20 points",
			(i) => (i === 250 ? { high: 100_410 } : {}),
			{ spikes: 1, jumps: 0, worstAt: MONDAY + 250 * M15, worstRanges: 20 },
		],
		["a spike down", (i) => (i === 250 ? { low: 99_590 } : {}), { spikes: 1, jumps: 0, worstRanges: 20 }],
		["no spike where the next bar was there too", (i) => (i === 250 || i === 251 ? { high: 100_410 } : {}), { spikes: 0 }],
		["no spike at the limit", (i) => (i === 250 ? { high: 100_310 } : {}), { spikes: 0 }],
		["a jump between neighbours", (i) => (i === 250 ? { open: 101_000, high: 101_000 } : {}), { jumps: 1 }],
		["nothing before the usual range is known", (i) => (i === RANGE_BARS - 1 ? { high: 200_000 } : {}), { spikes: 0, jumps: 0 }],
	])("%s", (_name, change, expected) => expect(judged(change)).toMatchObject(expected));

	it("may jump over a gap in time", () => {
		const later = times.map((at, index) => (index >= 250 ? at + DAY : at));
		const bars = quietBars(later, (i) => (i >= 250 ? { open: 200_000, high: 200_020, low: 199_990, close: 200_000 } : {}));
		expect(outliersOf(tableOf(bars), M15)).toMatchObject({ jumps: 0, spikes: 0 });
	});

	it.each<[string, number, object]>([
		["4 bars: a quiet moment", 4, { stretches: 0, longestBars: 0, longestAt: null }],
		["5 bars", 5, { stretches: 1, longestBars: 5, longestAt: MONDAY + 100 * M15 }],
		["30 bars: one stretch", 30, { stretches: 1, longestBars: 30, longestAt: MONDAY + 100 * M15 }],
	])("that never move: %s", (_name, bars, expected) => {
		const flat = { open: 100_000, high: 100_000, low: 100_000, close: 100_000 };
		const { constant } = qualityOf(tableOf(quietBars(times, (i) => (i >= 100 && i < 100 + bars ? flat : {}))), M15, FOREX);
		expect(constant).toEqual(expected);
	});

	it("that move between flat bars are no stretch, and missing spreads are counted", () => {
		const step = (i: number): Partial<TableBar> => {
			const price = 100_000 + i;
			return { open: price, high: price, low: price, close: price, spread: i < 3 ? 0 : 10 };
		};
		expect(qualityOf(tableOf(quietBars(times, step)), M15, FOREX)).toMatchObject({ constant: { stretches: 0 }, zeroSpreads: 3 });
	});
});

describe("the clock of a file", () => {
	/** Weeks that open on Monday at these hours. */
	const weeks = (...hours: readonly number[]) =>
		tableOf(quietBars(hours.flatMap((hour, week) => barTimes(MONDAY + week * 7 * DAY + hour * HOUR, MONDAY + week * 7 * DAY + 5 * DAY, M15))));

	it.each<[string, readonly number[], readonly (readonly [week: number, byMinutes: number])[]]>([
		["stays", [1, 1, 1, 1, 1], []],
		["moves for good", [1, 1, 1, 2, 2, 2], [[3, 60]]],
		[
			"moves and comes back, as in March",
			[1, 1, 0, 0, 1, 1],
			[
				[2, -60],
				[4, 60],
			],
		],
		["does not move with one odd Monday", [1, 1, 9, 1, 1], []],
		["does not move with the last week alone", [1, 1, 1, 2], []],
		["does not move with a holiday", [1, 1, 25, 25, 1, 1], []],
	])("%s", (_name, hours, expected) => {
		expect(hourShifts(weeks(...hours), M15).map(({ at, byMinutes }) => [Math.floor((at - MONDAY) / (7 * DAY)), byMinutes])).toEqual(expected);
	});

	it("cannot be told from long bars, nor where the market never closes", () => {
		expect(hourShifts(weeks(1, 1, 1, 2, 2, 2), 4 * HOUR)).toEqual([]);
		expect(hourShifts(tableOf(quietBars(barTimes(MONDAY, MONDAY + 28 * DAY, M15))), M15)).toEqual([]);
	});
});

import { describe, expect, it } from "vitest";
import { BUILT_IN_INSTRUMENTS, findInstrument } from "../../../src/engine/instruments/built-in.ts";
import { isSessionOpen, nextSessionOpenAt, weekdayOf } from "../../../src/engine/instruments/sessions.ts";
import { PLAIN } from "../../helpers/instrument.ts";

const MONDAY = Date.UTC(2025, 2, 3);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe("built-in symbols", () => {
	it("are the eight of the contract", () => {
		expect(BUILT_IN_INSTRUMENTS.map((instrument) => instrument.symbol)).toEqual([
			"EURUSD",
			"GBPUSD",
			"USDJPY",
			"AUDUSD",
			"EURJPY",
			"XAUUSD",
			"NAS100",
			"BTCUSD",
		]);
	});

	it("are found in any case, and unknown ones are not", () => {
		expect(findInstrument("eurusd")?.symbol).toBe("EURUSD");
		expect(findInstrument("EURUSD+")).toBeNull();
		expect(findInstrument("")).toBeNull();
	});

	it("hold the real specifications of rulebook F.2", () => {
		const shared = { executionMode: "MARKET", fillingFlags: ["IOC"], volumeMin: 0.01, volumeMax: 80, volumeStep: 0.01, swapRollover3Days: 3 };
		expect(findInstrument("XAUUSD")).toMatchObject({
			...shared,
			digits: 2,
			contractSize: 100,
			calcMode: "CFDLEVERAGE",
			marginHedged: 25,
			swapLong: -63.88,
			swapShort: 40.23,
		});
		expect(findInstrument("USDJPY")).toMatchObject({
			...shared,
			digits: 3,
			contractSize: 100_000,
			calcMode: "FOREX",
			marginHedged: 0,
			swapLong: 5.96,
			swapShort: -16.95,
		});
	});

	it.each(BUILT_IN_INSTRUMENTS.map((instrument) => [instrument.symbol, instrument] as const))("%s is consistent", (_symbol, instrument) => {
		expect(instrument.volumeMin).toBeGreaterThan(0);
		expect(instrument.volumeMax).toBeGreaterThan(instrument.volumeMin);
		expect(instrument.sessions.length).toBe(7);
		expect(instrument.typicalSpreadPoints % instrument.tickSizePoints).toBe(0);
		expect(instrument.stopsLevelPoints % instrument.tickSizePoints).toBe(0);
		if (instrument.calcMode === "CFDINDEX" || instrument.calcMode === "FUTURES") expect(instrument.tickValue).toBeGreaterThan(0);
	});
});

describe("sessions", () => {
	it.each([
		["EURUSD", "Monday 00:00", MONDAY, true],
		["EURUSD", "Friday 23:59:59.999", MONDAY + 5 * DAY - 1, true],
		["EURUSD", "Saturday 00:00", MONDAY + 5 * DAY, false],
		["EURUSD", "Sunday 23:59:59.999", MONDAY + 7 * DAY - 1, false],
		["XAUUSD", "Monday 00:59:59.999", MONDAY + HOUR - 1, false],
		["XAUUSD", "Monday 01:00", MONDAY + HOUR, true],
		["NAS100", "Tuesday 00:30", MONDAY + DAY + HOUR / 2, false],
		["BTCUSD", "Sunday 03:00", MONDAY + 6 * DAY + 3 * HOUR, true],
		["EURUSD", "no time at all", Number.NaN, false],
	])("%s at %s: %s %s", (symbol, _when, at, expected) => {
		const instrument = findInstrument(symbol);
		expect(instrument !== null && isSessionOpen(instrument, at)).toBe(expected);
	});

	it("finds the next opening", () => {
		const gold = findInstrument("XAUUSD") ?? PLAIN;
		expect(nextSessionOpenAt(gold, MONDAY + 5 * DAY)).toBe(MONDAY + 7 * DAY + HOUR);
		expect(nextSessionOpenAt(gold, MONDAY)).toBe(MONDAY + HOUR);
		expect(nextSessionOpenAt(gold, MONDAY + 2 * HOUR)).toBe(MONDAY + 2 * HOUR);
		expect(nextSessionOpenAt({ ...PLAIN, sessions: [[], [], [], [], [], [], []] }, MONDAY)).toBeNull();
	});

	it("counts weekdays from Sunday", () => {
		expect([0, 1, 2, 3, 4, 5, 6].map((day) => weekdayOf(MONDAY + day * DAY))).toEqual([1, 2, 3, 4, 5, 6, 0]);
		expect(weekdayOf(-DAY)).toBe(3);
	});
});

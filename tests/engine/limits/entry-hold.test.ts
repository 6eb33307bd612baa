import { describe, expect, it } from "vitest";
import { noteClosedTrade } from "../../../src/engine/limits/closes.ts";
import { type EntryView, entryHold } from "../../../src/engine/limits/entry-hold.ts";
import { createLimits, onSent } from "../../../src/engine/limits/limits.ts";
import { closesAt, minutesFromMidnight, weekendWithin } from "../../../src/engine/limits/trading-hours.ts";
import { defaultRules } from "../../../src/engine/rules.ts";
import { createTrading, hold } from "../../../src/engine/trading-state.ts";
import { EURUSD_TEST, TUESDAY_14 } from "../../helpers/orders.ts";

const rules = defaultRules("virtual");
const MINUTE = 60_000;
const at = (iso: string): number => Date.parse(`${iso}Z`);

const view = (changes: Partial<EntryView> = {}): EntryView => ({
	trading: createTrading(),
	instrument: EURUSD_TEST,
	startedAt: TUESDAY_14 - 10 * MINUTE,
	bid: 108_000,
	ask: 108_010,
	quoteAt: TUESDAY_14,
	quoteState: "ok",
	quoteWhy: "",
	medianSpreadPoints: 10,
	openPositions: 0,
	entriesInFlight: 0,
	unknownOrders: 0,
	flattening: false,
	...changes,
});
const fresh = (maxTrades: number | null = null) => createLimits(rules, 10_000, TUESDAY_14, { maxTrades });
const codeAt = (time: number, changes: Partial<EntryView> = {}) =>
	entryHold(fresh(), rules, time, view({ quoteAt: time, startedAt: time, ...changes }))?.code ?? null;

describe("entry holds", () => {
	it("nothing holds in a healthy session", () => expect(entryHold(fresh(), rules, TUESDAY_14, view())).toBeNull());

	it.each([
		["FLATTENING", "C36", { flattening: true }, "positions are being closed"],
		["UNKNOWN_OUTCOME", "C37", { unknownOrders: 1 }, "1 requests without a known outcome"],
		["IN_FLIGHT", "C13", { entriesInFlight: 1 }, "an entry is on its way to the broker"],
		["DATA", "C30", { quoteState: "stale", quoteWhy: "no quote for 11 s" }, "no quote for 11 s"],
		["QUOTE_OLD", "C10", { quoteAt: TUESDAY_14 - 2001 }, "the quote is 2001 ms old, limit 2000 ms"],
		["QUOTE_OLD", "C10", { quoteAt: Number.NaN }, "the quote is NaN ms old, limit 2000 ms"],
		["SPREAD_WIDE", "C10", { ask: 108_031 }, "spread 31 points, limit 30 points"],
		["POSITIONS", "C19", { openPositions: 5 }, "5 of 5 positions are open"],
		["SYMBOL_CLOSED_FOR_ENTRY", "C15", { instrument: { ...EURUSD_TEST, tradeMode: "CLOSEONLY" } }, "trade mode CLOSEONLY"],
	] as const)("%s (%s)", (code, control, changes, message) => {
		expect(entryHold(fresh(), rules, TUESDAY_14, view(changes))).toMatchObject({ code, control, message });
	});

	it.each([
		["a quote of two seconds", { quoteAt: TUESDAY_14 - 2000 }],
		["a spread of three medians", { ask: 108_030 }],
		["four positions", { openPositions: 4 }],
		["a spread of three typical ones when the median is small", { ask: 108_030, medianSpreadPoints: 1 }],
	])("%s is within its limit", (_name, changes) => expect(entryHold(fresh(), rules, TUESDAY_14, view(changes))).toBeNull());

	it("tells the control and the end of the hold behind the trading state", () => {
		const trading = createTrading();
		hold(trading, TUESDAY_14, { control: "C26", state: "PAUSED", reason: "4 losing closes in a row", until: TUESDAY_14 + 1000 });
		expect(entryHold(fresh(), rules, TUESDAY_14, view({ trading }))).toEqual({
			control: "C26",
			code: "STATE",
			message: "PAUSED: 4 losing closes in a row",
			until: TUESDAY_14 + 1000,
		});
	});

	it("holds when all entries are sent", () => {
		const limits = fresh(1);
		onSent(limits, rules, TUESDAY_14, { purpose: "open", intentId: 1, side: "BUY", lots: 0.1 });
		expect(entryHold(limits, rules, TUESDAY_14 + MINUTE, view({ quoteAt: TUESDAY_14 + MINUTE }))).toMatchObject({
			code: "MAX_TRADES",
			message: "1 of 1 entries sent",
		});
	});

	it("holds for the cooldown and tells its end", () => {
		const limits = fresh();
		noteClosedTrade(limits.closes, rules, TUESDAY_14, { net: 5, reason: "TP" });
		const later = (ms: number) => entryHold(limits, rules, TUESDAY_14 + ms, view({ quoteAt: TUESDAY_14 + ms }));
		expect(later(59_999)).toMatchObject({ code: "COOLDOWN", control: "C28", until: TUESDAY_14 + 60_000 });
		expect(later(60_000)).toBeNull();
	});

	it("holds while the message rate is used up", () => {
		const limits = fresh();
		for (let n = 1; n <= 3; n++) onSent(limits, rules, TUESDAY_14, { purpose: "modify", intentId: n });
		expect(entryHold(limits, rules, TUESDAY_14, view())).toMatchObject({ code: "RATE", message: "RATE_BURST: got=4, max=3", until: TUESDAY_14 + 2000 });
	});

	it("a live session of an hour is over after sixty minutes", () => {
		const live = { ...defaultRules("live"), openPositionsMax: 5 };
		const limits = createLimits(live, 10_000, TUESDAY_14);
		const codeAfter = (minutes: number) => entryHold(limits, live, TUESDAY_14, view({ startedAt: TUESDAY_14 - minutes * MINUTE }))?.code ?? null;
		expect([codeAfter(59), codeAfter(60)]).toEqual([null, "SESSION_TIME"]);
	});
});

describe("C15 hours", () => {
	it.each([
		["2025-03-04T23:54:59.999", null],
		["2025-03-04T23:55:00.001", "AROUND_MIDNIGHT"],
		["2025-03-05T00:00:00.000", "AROUND_MIDNIGHT"],
		["2025-03-05T00:04:59.999", "AROUND_MIDNIGHT"],
		["2025-03-05T00:05:00.000", null],
		["2025-03-07T23:44:59.999", null],
		["2025-03-07T23:45:00.000", "BEFORE_WEEKEND"],
		["2025-03-08T12:00:00.000", "MARKET_CLOSED"],
		["2025-03-10T00:05:00.000", null],
	])("%s -> %s", (iso, code) => expect(codeAt(at(iso))).toBe(code));

	it("tells when the market opens", () => {
		const saturday = at("2025-03-08T12:00:00");
		expect(entryHold(fresh(), rules, saturday, view({ quoteAt: saturday, startedAt: saturday }))).toMatchObject({ until: at("2025-03-10T00:00:00") });
	});

	it("both windows can be switched off in virtual", () => {
		const off = { ...rules, noEntryAroundMidnightMinutes: 0, noEntryBeforeWeekendMinutes: 0 };
		for (const iso of ["2025-03-05T00:00:00", "2025-03-07T23:59:00"])
			expect(entryHold(createLimits(off, 10_000, at(iso)), off, at(iso), view({ quoteAt: at(iso), startedAt: at(iso) }))).toBeNull();
	});

	it("a daily break is not the end of the week, and a market that never closes has none", () => {
		const broken = { ...EURUSD_TEST, sessions: EURUSD_TEST.sessions.map((day) => (day.length === 0 ? [] : [[60, 1430] as const])) };
		expect(weekendWithin(broken, at("2025-03-04T23:45:00"), 15)).toBeNull();
		expect(weekendWithin(broken, at("2025-03-07T23:45:00"), 15)).toBe(at("2025-03-07T23:50:00"));
		const always = { ...EURUSD_TEST, sessions: EURUSD_TEST.sessions.map(() => [[0, 1440] as const]) };
		expect([closesAt(always, at("2025-03-07T23:45:00")), weekendWithin(always, at("2025-03-07T23:45:00"), 15)]).toEqual([null, null]);
	});

	it("follows windows that end after midnight", () => {
		const late = { ...EURUSD_TEST, sessions: [[], [], [[60, 1500] as const], [], [], [], []] };
		expect(closesAt(late, at("2025-03-05T00:30:00"))).toBe(at("2025-03-05T01:00:00"));
		expect(closesAt(late, at("2025-03-05T01:00:00"))).toBeNull();
		expect(minutesFromMidnight(at("2025-03-05T23:58:30"))).toBe(1.5);
	});
});

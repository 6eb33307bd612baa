import { describe, expect, it } from "vitest";
import type { Instrument } from "../../../src/engine/instrument.ts";
import type { OrderRequest } from "../../../src/engine/order.ts";
import { closeAllPaper } from "../../../src/engine/paper/book.ts";
import { answerOf, DAY, type Desk, dealsIn, HOUR, NOON, openAt, openDesk, placeAt } from "./desk.ts";

/** NOON is a Tuesday; the midnight after it. */
const MIDNIGHT = NOON + 12 * HOUR;
const SWAP: Partial<Instrument> = { swapMode: "POINTS", swapLong: 7, swapShort: -3 };

function swapAfter(desk: Desk, nights: number): number[] {
	desk.clock(MIDNIGHT + (nights - 1) * DAY);
	return desk.book.positions.map((position) => position.swap);
}

describe("swap (rulebook A2.5)", () => {
	it("F.2 #6: 2 lots, 7 points, one night = 14.00", () => {
		const desk = openDesk({ instrument: SWAP });
		openAt(desk, "BUY", 2);
		expect(swapAfter(desk, 1)).toEqual([14]);
	});

	it("F.2 #16: Tuesday 1, Wednesday 3, Thursday 1, Friday 1, Saturday and Sunday 0", () => {
		const desk = openDesk({ instrument: SWAP });
		openAt(desk, "BUY", 1);
		expect([1, 2, 3, 4, 5, 6, 7].map((nights) => swapAfter(desk, nights)[0])).toEqual([7, 28, 35, 42, 42, 42, 49]);
	});

	it("a jump over a weekend charges the same nights", () => {
		const desk = openDesk({ instrument: SWAP });
		openAt(desk, "BUY", 1);
		expect(swapAfter(desk, 7)).toEqual([49]);
	});

	it("without a triple day every night counts once", () => {
		const desk = openDesk({ instrument: { ...SWAP, swapRollover3Days: 7 } });
		openAt(desk, "SELL", 1);
		expect(swapAfter(desk, 7)).toEqual([-21]);
	});

	it.each<[string, Partial<Instrument>, number, number]>([
		["DISABLED", { swapMode: "DISABLED", swapLong: 7, swapShort: -3 }, 0, 0],
		["POINTS", SWAP, 14, -6],
		["CURRENCY_SYMBOL: base currency at 1.10000 and 1.10002", { swapMode: "CURRENCY_SYMBOL", swapLong: 7, swapShort: -3 }, 15.4, -6.6],
		["CURRENCY_MARGIN: margin currency", { swapMode: "CURRENCY_MARGIN", swapLong: 7, swapShort: -3 }, 15.4, -6.6],
		["CURRENCY_DEPOSIT", { swapMode: "CURRENCY_DEPOSIT", swapLong: 7, swapShort: -3 }, 14, -6],
		["CURRENCY_PROFIT", { swapMode: "CURRENCY_PROFIT", swapLong: 7, swapShort: -3 }, 14, -6],
		["INTEREST_CURRENT: 220,000 x 3.6 % / 360 = 22.00", { swapMode: "INTEREST_CURRENT", swapLong: -3.6, swapShort: 3.6 }, -22, 22],
		["INTEREST_OPEN: the same from the opening price", { swapMode: "INTEREST_OPEN", swapLong: -3.6, swapShort: 3.6 }, -22, 22],
	])("%s on 2 lots", (_name, instrument, long, short) => {
		const desk = openDesk({ instrument });
		openAt(desk, "BUY", 2);
		openAt(desk, "SELL", 2);
		expect(swapAfter(desk, 1)).toEqual([long, short]);
	});

	it.each([
		["REOPEN_CURRENT, a cost worsens the long's price", "REOPEN_CURRENT", "BUY", 110_100, 110_105, 98],
		["REOPEN_CURRENT, a credit betters the short's price", "REOPEN_CURRENT", "SELL", 110_102, 110_105, -102],
		["REOPEN_BID closes the short at the bid too", "REOPEN_BID", "SELL", 110_100, 110_103, -100],
	] as const)("%s", (_name, swapMode, side, closed, reopened, profit) => {
		const desk = openDesk({ instrument: { swapMode, swapLong: -5, swapShort: 3 } });
		const id = openAt(desk, side, 1);
		desk.quote(110_100, 110_102);
		expect(dealsIn(desk.clock(MIDNIGHT))).toMatchObject([
			{ entry: "OUT", reason: "ROLLOVER", price: closed, profit, positionId: id },
			{ entry: "IN", reason: "ROLLOVER", price: reopened, profit: 0, positionId: id },
		]);
		expect(desk.book.positions).toMatchObject([{ id, side, lots: 1, openPrice: reopened }]);
	});

	it("moves into the deal by share of volume, the rest stays", () => {
		const desk = openDesk({ instrument: SWAP });
		const id = openAt(desk, "BUY", 0.3);
		expect(swapAfter(desk, 1)).toEqual([2.1]);
		expect(dealsIn(desk.deal("SELL", 0.1, { positionId: id }))).toMatchObject([{ swap: 0.7 }]);
		expect(desk.book.positions).toMatchObject([{ swap: 1.4 }]);
		expect(dealsIn(desk.deal("SELL", 0.2, { positionId: id }))).toMatchObject([{ swap: 1.4 }]);
	});

	it("is part of the equity and can be switched off", () => {
		const desk = openDesk({ instrument: SWAP, settings: { chargeSwap: false } });
		openAt(desk, "BUY", 1);
		expect(swapAfter(desk, 7)).toEqual([0]);
	});
});

describe("commission (rulebook A2.6)", () => {
	it.each<[string, Instrument["commission"], readonly number[]]>([
		["3.50 a lot on both sides", { kind: "perLot", rate: 3.5, minimum: 0, side: "both" }, [-1.75, -1.75]],
		["on opening only", { kind: "perLot", rate: 3.5, minimum: 0, side: "in" }, [-1.75, 0]],
		["on closing only", { kind: "perLot", rate: 3.5, minimum: 0, side: "out" }, [0, -1.75]],
		["at least 2.00", { kind: "perLot", rate: 3.5, minimum: 2, side: "both" }, [-2, -2]],
		["30 a million of 55,001 and 55,000", { kind: "perMillion", rate: 30, minimum: 0, side: "both" }, [-1.65, -1.65]],
		["0.002 % of notional", { kind: "percent", rate: 0.002, minimum: 0, side: "both" }, [-1.1, -1.1]],
		["none", { kind: "none", rate: 9, minimum: 9, side: "both" }, [0, 0]],
	])("%s", (_name, commission, expected) => {
		const desk = openDesk({ instrument: { commission } });
		const id = openAt(desk, "BUY", 0.5);
		desk.deal("SELL", 0.5, { positionId: id });
		expect(dealsIn(desk.all).map((deal) => deal.commission)).toEqual(expected);
		expect(desk.book.balance).toBeCloseTo(100_000 - 1 + (expected[0] ?? 0) + (expected[1] ?? 0), 8);
	});

	it.each([
		["both", -17],
		["in", -7],
		["out", -10],
	] as const)("a reversal of 1.0 by 1.7 at 10 a lot, side %s, pays %d", (side, expected) => {
		const desk = openDesk({ account: { marginMode: "netting" }, instrument: { commission: { kind: "perLot", rate: 10, minimum: 0, side } } });
		openAt(desk, "BUY", 1);
		expect(dealsIn(desk.deal("SELL", 1.7))).toMatchObject([{ commission: expected }]);
	});

	it("tells the half spread a deal has paid", () => {
		const desk = openDesk();
		expect(dealsIn(desk.deal("BUY", 0.5))).toMatchObject([{ spreadCost: 0.5 }]);
	});
});

describe("what ends with time", () => {
	it.each([
		["DAY at midnight", "DAY", 0, MIDNIGHT - 1, MIDNIGHT],
		["SPECIFIED at its time", "SPECIFIED", NOON + HOUR, NOON + HOUR - 1, NOON + HOUR],
		["SPECIFIED_DAY at that day's end", "SPECIFIED_DAY", NOON + DAY, MIDNIGHT + DAY - 1, MIDNIGHT + DAY],
	] as const)("an order lapses: %s", (_name, timeInForce, expiresAt, before, after) => {
		const desk = openDesk();
		const ticket = placeAt(desk, "BUY_LIMIT", 0.1, 109_900, { timeInForce, expiresAt });
		expect(desk.clock(before)).toEqual([]);
		expect(desk.clock(after)).toEqual([{ type: "order-removed", at: after, ticket, why: "expired", retcode: 0 }]);
	});

	it("an order that has lapsed does not fire on the quote that comes later", () => {
		const desk = openDesk();
		placeAt(desk, "BUY_LIMIT", 0.1, 109_900, { timeInForce: "SPECIFIED", expiresAt: NOON + HOUR });
		expect(desk.quote(109_000, 109_002, NOON + 2 * HOUR)).toMatchObject([{ type: "order-removed", at: NOON + HOUR, why: "expired" }]);
	});

	it.each([
		["GTC", 1, 109_000],
		["DAILY", 0, 0],
		["DAILY_NO_STOPS", 0, 109_000],
	] as const)("day change with %s", (gtcMode, orders, sl) => {
		const desk = openDesk({ instrument: { gtcMode } });
		openAt(desk, "BUY", 0.1, { sl: 109_000 });
		placeAt(desk, "BUY_LIMIT", 0.1, 109_900);
		desk.clock(MIDNIGHT);
		expect(desk.book.orders.length).toBe(orders);
		expect(desk.book.positions).toMatchObject([{ sl }]);
	});

	it("things happen in the order of their times: a request due before midnight pays the night", () => {
		const desk = openDesk({ instrument: SWAP, settings: { latencyMs: 100 } });
		desk.clock(MIDNIGHT - 150);
		desk.deal("BUY", 1);
		desk.deal("BUY", 1, {});
		desk.clock(MIDNIGHT - 20);
		desk.deal("BUY", 1);
		desk.clock(MIDNIGHT + HOUR);
		expect(desk.book.positions.map((position) => position.swap)).toEqual([7, 7, 0]);
	});

	it("a request due at midnight itself comes after the day change", () => {
		const desk = openDesk({ instrument: SWAP, settings: { latencyMs: 100 } });
		desk.clock(MIDNIGHT - 100);
		desk.deal("BUY", 1);
		desk.clock(MIDNIGHT + HOUR);
		expect(desk.book.positions.map((position) => position.swap)).toEqual([0]);
	});

	it("outside the session levels and orders wait", () => {
		const sessions = [[], [], [[0, 780]], [[60, 1440]], [], [], []] as const;
		const desk = openDesk({ instrument: { sessions } });
		openAt(desk, "BUY", 0.1, { sl: 109_900 });
		placeAt(desk, "SELL_STOP", 0.1, 109_800);
		expect(desk.quote(109_000, 109_002, NOON + HOUR)).toEqual([]);
		expect(dealsIn(desk.quote(109_100, 109_102, MIDNIGHT + HOUR)).map((deal) => deal.price)).toEqual([109_100, 109_100]);
	});
});

describe("the end of the data", () => {
	it("answers what is on its way, cancels what waits and closes what is open", () => {
		const desk = openDesk({ settings: { latencyMs: 0 } });
		openAt(desk, "BUY", 1);
		placeAt(desk, "BUY_LIMIT", 0.1, 109_900);
		const late: OrderRequest = { action: "REMOVE", intentId: 99, symbol: "EURUSD", magic: 1, comment: "", ticket: 1 };
		desk.book.queue.push({ request: late, sentAt: NOON, dueAt: NOON + HOUR });
		const out: typeof desk.all = [];
		closeAllPaper(desk.book, NOON + 1000, "END", out);
		expect(answerOf(out)).toMatchObject({ intentId: 99, outcome: "rejected", retcode: 10007 });
		expect(dealsIn(out)).toMatchObject([{ reason: "END", comment: "end of test", profit: -2, price: 110_000 }]);
		expect(desk.book).toMatchObject({ positions: [], orders: [], queue: [], margin: 0, balance: 99_998 });
	});
});

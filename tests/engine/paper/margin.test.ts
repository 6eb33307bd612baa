import { describe, expect, it } from "vitest";
import { figuresOf, paperAccount } from "../../../src/engine/paper/book.ts";
import { type Desk, dealsIn, NOON, openAt, openDesk, placeAt, retcodeIn } from "./desk.ts";

describe("account figures", () => {
	it.each([
		["F.2 #5: equity 9921.24 on margin 1000", [10_000, 0, -78.76, 1000], 9921.24, 8921.24, 992.124],
		["F.2 #5: equity 8513.93 on margin 2000", [8513.93, 0, 0, 2000], 8513.93, 6513.93, 425.6965],
		["F.2 #5b", [99_511.4, 0, 41.82, 98.18], 99_553.22, 99_455.04, 101_398.67590140559],
		["F.2 #5c: the account after the trade", [101_300.53, 0, -32_981, 51_193.67], 68_319.53, 17_125.86, 133.45308121101692],
		["credit counts", [100, 50, -20, 65], 130, 65, 200],
	] as const)("%s", (_name, [balance, credit, profit, margin], equity, freeMargin, level) => {
		const figures = figuresOf(balance, credit, profit, margin);
		expect(figures.equity).toBeCloseTo(equity, 8);
		expect(figures.freeMargin).toBeCloseTo(freeMargin, 8);
		expect(figures.level).toBeCloseTo(level, 8);
	});

	it("has no level without margin", () => {
		expect(figuresOf(100, 0, 0, 0).level).toBeNull();
	});

	it("follows the quote and keeps the margin of the opening", () => {
		const desk = openDesk();
		openAt(desk, "BUY", 1);
		expect(paperAccount(desk.book)).toMatchObject({ balance: 100_000, profit: -2, equity: 99_998 });
		expect(paperAccount(desk.book).margin).toBeCloseTo(1100.02, 8);
		desk.quote(120_000, 120_002);
		expect(paperAccount(desk.book).profit).toBeCloseTo(9998, 8);
		expect(paperAccount(desk.book).margin).toBeCloseTo(1100.02, 8);
	});
});

describe("hedged margin (rulebook A2.1), 3 lots long at 1100.02 a lot and 1 short at 1100.00", () => {
	it.each<[string, number, boolean, number]>([
		["marginHedged 0: the covered lot is free", 0, false, 2200.04],
		["marginHedged = contract size: the covered lot costs one lot's mean margin", 100_000, false, 2200.04 + 1100.015],
		["marginHedged = half: half of it", 50_000, false, 2200.04 + 550.0075],
		["larger leg: the long side alone", 50_000, true, 3300.06],
	])("%s", (_name, marginHedged, hedgedUsesLargerLeg, expected) => {
		const desk = openDesk({ instrument: { marginHedged, hedgedUsesLargerLeg } });
		openAt(desk, "BUY", 3);
		openAt(desk, "SELL", 1);
		expect(desk.book.margin).toBeCloseTo(expected, 6);
	});

	it("a fixed initial margin makes marginHedged money a lot", () => {
		const desk = openDesk({ instrument: { marginInitial: 1000, marginHedged: 250, currencyMargin: "USD" } });
		openAt(desk, "BUY", 3);
		openAt(desk, "SELL", 1);
		expect(desk.book.margin).toBeCloseTo(2250, 6);
	});

	it("covering is allowed without free margin, adding is not", () => {
		const desk = openDesk({ account: { startBalance: 1110 } });
		openAt(desk, "BUY", 1);
		expect(retcodeIn(desk.deal("BUY", 0.1))).toBe(10019);
		expect(retcodeIn(desk.deal("SELL", 1))).toBe(10009);
		expect(desk.book.margin).toBe(0);
	});

	it("the free margin may be used to the last cent, commission included", () => {
		const commission = { kind: "perLot", rate: 10, minimum: 0, side: "in" } as const;
		// 1 lot: margin 1100.02 and 10.00 commission.
		expect(retcodeIn(openDesk({ account: { startBalance: 1110.02 }, instrument: { commission } }).deal("BUY", 1))).toBe(10009);
		expect(retcodeIn(openDesk({ account: { startBalance: 1110.01 }, instrument: { commission } }).deal("BUY", 1))).toBe(10019);
	});
});

/** Margin a lot 1000 whatever the price; stop-out at 50 %, call at 100 %. */
const FIXED = { marginInitial: 1000, currencyMargin: "USD" } as const;

describe("margin call and stop-out (rulebook A2.4)", () => {
	it("flags the account at the call level and closes nothing, and takes the flag back", () => {
		const desk = openDesk({ account: { startBalance: 2000 }, instrument: FIXED });
		openAt(desk, "BUY", 1);
		// Opened at 110002: equity 2000 - 1000 points = 1000 at bid 109002.
		expect(desk.quote(109_003, 109_005)).toEqual([]);
		expect(desk.quote(109_002, 109_004)).toMatchObject([{ type: "account", account: { marginCall: true, margin: 1000, balance: 2000 } }]);
		expect(desk.quote(108_900, 108_902)).toEqual([]);
		expect(desk.quote(109_003, 109_005)).toMatchObject([{ type: "account", account: { marginCall: false } }]);
		expect(desk.book.positions.length).toBe(1);
	});

	it("closes at the stop-out level, to the point", () => {
		const desk = openDesk({ account: { startBalance: 2000 }, instrument: FIXED });
		openAt(desk, "BUY", 1);
		desk.quote(109_002, 109_004);
		expect(dealsIn(desk.quote(108_503, 108_505))).toEqual([]);
		expect(dealsIn(desk.quote(108_502, 108_504))).toMatchObject([{ reason: "SO", price: 108_502, profit: -1500, comment: "[so 50.00%]", intentId: null }]);
		expect(desk.book).toMatchObject({ balance: 500, margin: 0, marginCall: false });
	});

	it("judges shorts by the ask: a wide spread alone can stop out", () => {
		const desk = openDesk({ account: { startBalance: 2000 }, instrument: FIXED });
		openAt(desk, "SELL", 1);
		expect(dealsIn(desk.quote(110_000, 111_499))).toEqual([]);
		expect(dealsIn(desk.quote(110_000, 111_500))).toMatchObject([{ reason: "SO", price: 111_500, profit: -1500 }]);
	});

	it("F.2 #13: deletes waiting orders that reserve 50 and 30, keeps the one that reserves nothing, then closes -200 and -10", () => {
		const desk = withReservations();
		const types = desk.quote(110_000, 110_000).filter((event) => event.type !== "account");
		expect(types.slice(0, 2)).toMatchObject([
			{ type: "order-removed", why: "stop-out", ticket: 1 },
			{ type: "order-removed", why: "stop-out", ticket: 2 },
		]);
		expect(desk.book.orders.map((order) => order.ticket)).toEqual([3]);
		expect(dealsIn(types).map((deal) => deal.profit)).toEqual([-200, -10]);
		expect(desk.book.positions).toMatchObject([{ id: 13 }]);
	});

	it("F.2 #13: stops at the first step that lifts the level", () => {
		const desk = withReservations();
		// Without the first order the margin is 630 instead of 680: 50 % of it is 315.
		desk.book.balance = 315.01 + 205;
		desk.quote(110_000, 110_000);
		expect(desk.book.orders.map((order) => order.ticket)).toEqual([2, 3]);
		expect(desk.book.positions.length).toBe(3);
	});

	it("F.2 #14: a netting position of 50 lots with volume_max 20 is closed 20, 20, 10", () => {
		const desk = openDesk({ account: { startBalance: 60_000, marginMode: "netting" }, instrument: { ...FIXED, volumeMax: 20 } });
		openAt(desk, "BUY", 20);
		openAt(desk, "BUY", 20);
		openAt(desk, "BUY", 10);
		// The crash loses more than everything, so that no step lifts the level.
		const deals = dealsIn(desk.quote(107_002, 107_004));
		expect(deals.map((deal) => deal.lots)).toEqual([20, 20, 10]);
		expect(deals.every((deal) => deal.reason === "SO")).toBe(true);
	});

	it("a netting position is closed only as far as needed", () => {
		const desk = openDesk({ account: { startBalance: 60_000, marginMode: "netting" }, instrument: { ...FIXED, volumeMax: 20 } });
		openAt(desk, "BUY", 20);
		openAt(desk, "BUY", 20);
		openAt(desk, "BUY", 10);
		// 700 points on 50 lots: equity 25,000 = 50 % of 50,000. After 20 lots: 25,000 on 30,000 is above.
		expect(dealsIn(desk.quote(109_302, 109_304)).map((deal) => deal.lots)).toEqual([20]);
		expect(desk.book.positions).toMatchObject([{ lots: 30 }]);
	});

	it("waits while the session is closed", () => {
		const sessions = [[], [], [[0, 780]], [[0, 1440]], [], [], []] as const;
		const desk = openDesk({ account: { startBalance: 2000 }, instrument: { ...FIXED, sessions } });
		openAt(desk, "BUY", 1);
		expect(dealsIn(desk.quote(100_000, 100_002, NOON + 2 * 3_600_000))).toEqual([]);
		expect(dealsIn(desk.quote(100_000, 100_002, NOON + 13 * 3_600_000))).toMatchObject([{ reason: "SO" }]);
	});

	it("leaves a fully covered account without margin alone", () => {
		const desk = openDesk({ account: { startBalance: 2000 }, instrument: FIXED });
		openAt(desk, "BUY", 1);
		openAt(desk, "SELL", 1);
		expect(dealsIn(desk.quote(110_000, 115_000))).toEqual([]);
		expect(desk.book.positions.length).toBe(2);
	});
});

/** Three waiting orders that reserve 50, 30 and 0, and positions whose floating results are -10, -200 and +5 (margin 200 each). */
function withReservations(): Desk {
	const desk = openDesk({ account: { startBalance: 100_000 } });
	for (const [index, margin] of [50, 30, 0].entries()) {
		placeAt(desk, "BUY_LIMIT", 0.1, 100_000);
		const order = desk.book.orders[index];
		if (order !== undefined) desk.book.orders[index] = { ...order, ticket: index + 1, margin };
	}
	for (const [index, points] of [10, 200, -5].entries()) {
		openAt(desk, "BUY", 1);
		const position = desk.book.positions[index];
		if (position !== undefined) desk.book.positions[index] = { ...position, id: 11 + index, openPrice: 110_000 + points, marginPerLot: 200 };
	}
	// Equity 150 (balance less the floating -205). Half of the margin: 340, without orders 300, after -200 200, after -10 100: enough.
	desk.book.balance = 150 + 205;
	desk.book.margin = 680;
	desk.book.wakeAt = 0;
	return desk;
}

import { describe, expect, it } from "vitest";
import type { PendingType } from "../../../src/engine/order.ts";
import { dealsIn, openAt, openDesk, placeAt } from "./desk.ts";

/** Opened at bid 110000 / ask 110002. */
describe("rulebook A.7, levels fire on the side that closes", () => {
	it.each<[string, "BUY" | "SELL", number, number, number, number, null | readonly [reason: string, price: number]]>([
		["long SL: bid one above", "BUY", 109_900, 0, 109_901, 109_903, null],
		["long SL: bid on it", "BUY", 109_900, 0, 109_900, 109_902, ["SL", 109_900]],
		["long SL: gap through it fills at the tick", "BUY", 109_900, 0, 109_850, 109_852, ["SL", 109_850]],
		["long TP: ask beyond it does not count", "BUY", 0, 110_100, 110_099, 110_105, null],
		["long TP: bid on it", "BUY", 0, 110_100, 110_100, 110_102, ["TP", 110_100]],
		["long TP: a limit, own price or better", "BUY", 0, 110_100, 110_150, 110_152, ["TP", 110_150]],
		["short SL: bid beyond it does not count when the ask does not", "SELL", 110_100, 0, 110_097, 110_099, null],
		["short SL: ask on it", "SELL", 110_100, 0, 110_098, 110_100, ["SL", 110_100]],
		["short SL: a wide spread alone fires it", "SELL", 110_100, 0, 110_000, 110_120, ["SL", 110_120]],
		["short TP: bid on it does not count", "SELL", 0, 109_900, 109_900, 109_902, null],
		["short TP: ask on it", "SELL", 0, 109_900, 109_898, 109_900, ["TP", 109_900]],
		["short TP: own price or better", "SELL", 0, 109_900, 109_848, 109_850, ["TP", 109_850]],
	])("%s", (_name, side, sl, tp, bid, ask, expected) => {
		const desk = openDesk();
		openAt(desk, side, 0.1, { sl, tp });
		const deals = dealsIn(desk.quote(bid, ask));
		expect(deals.map((deal) => [deal.reason, deal.price])).toEqual(expected === null ? [] : [expected]);
		expect(desk.book.positions.length).toBe(expected === null ? 1 : 0);
	});

	it("fills exactly at the level on bar-made ticks", () => {
		const desk = openDesk({ triggerFill: "requested" });
		openAt(desk, "BUY", 0.1, { sl: 109_900 });
		openAt(desk, "SELL", 0.1, { tp: 109_900 });
		expect(dealsIn(desk.quote(109_850, 109_852)).map((deal) => [deal.reason, deal.price, deal.requestedPrice])).toEqual([
			["SL", 109_900, 109_900],
			["TP", 109_900, 109_900],
		]);
	});

	it("closes the oldest first, with the server's comment and no intent", () => {
		const desk = openDesk();
		const first = openAt(desk, "BUY", 0.1, { sl: 109_900 });
		const second = openAt(desk, "BUY", 0.2, { sl: 109_950 });
		const deals = dealsIn(desk.quote(109_890, 109_892));
		expect(deals.map((deal) => deal.positionId)).toEqual([first, second]);
		expect(deals[0]).toMatchObject({ intentId: null, comment: "[sl 1.09900]", entry: "OUT", side: "SELL", profit: -11.2 });
	});

	it("skips a younger position on a FIFO account until it is the oldest", () => {
		const desk = openDesk({ instrument: { fifoClose: true } });
		const old = openAt(desk, "BUY", 0.1, { sl: 109_800 });
		const young = openAt(desk, "BUY", 0.1, { sl: 109_950 });
		expect(dealsIn(desk.quote(109_900, 109_902))).toEqual([]);
		expect(dealsIn(desk.quote(109_790, 109_792)).map((deal) => deal.positionId)).toEqual([old, young]);
	});

	it("hidden ticks fire like shown ones, clock rows and crossed or senseless quotes do not", () => {
		const desk = openDesk();
		openAt(desk, "BUY", 0.1, { sl: 109_900 });
		expect(dealsIn(desk.quote(109_800, 109_799))).toEqual([]);
		expect(dealsIn(desk.quote(Number.NaN, 109_799))).toEqual([]);
		expect(dealsIn(desk.quote(0, 5))).toEqual([]);
		expect(dealsIn(desk.quote(-109_800, -109_700))).toEqual([]);
		expect(desk.book.bid).toBe(110_000);
		expect(dealsIn(desk.clock(desk.book.at + 1000))).toEqual([]);
	});
});

describe("rulebook A.7, waiting orders fire on the side that opens", () => {
	it.each<[string, PendingType, number, number, number, number | null]>([
		["Buy Limit: bid on it does not count", "BUY_LIMIT", 109_900, 109_900, 109_902, null],
		["Buy Limit: ask on it", "BUY_LIMIT", 109_900, 109_898, 109_900, 109_900],
		["Buy Limit: better price on a gap", "BUY_LIMIT", 109_900, 109_848, 109_850, 109_850],
		["Sell Limit: ask on it does not count", "SELL_LIMIT", 110_100, 110_098, 110_100, null],
		["Sell Limit: bid on it", "SELL_LIMIT", 110_100, 110_100, 110_102, 110_100],
		["Sell Limit: better price on a gap", "SELL_LIMIT", 110_100, 110_150, 110_152, 110_150],
		["Buy Stop: ask one below", "BUY_STOP", 110_100, 110_097, 110_099, null],
		["Buy Stop: ask on it", "BUY_STOP", 110_100, 110_098, 110_100, 110_100],
		["Buy Stop: slips on a gap", "BUY_STOP", 110_100, 110_148, 110_150, 110_150],
		["Sell Stop: bid one above", "SELL_STOP", 109_900, 109_901, 109_903, null],
		["Sell Stop: bid on it", "SELL_STOP", 109_900, 109_900, 109_902, 109_900],
		["Sell Stop: slips on a gap", "SELL_STOP", 109_900, 109_850, 109_852, 109_850],
	])("%s", (_name, type, price, bid, ask, expected) => {
		const desk = openDesk();
		const ticket = placeAt(desk, type, 0.1, price);
		const events = desk.quote(bid, ask);
		expect(dealsIn(events).map((deal) => [deal.orderTicket, deal.price])).toEqual(expected === null ? [] : [[ticket, expected]]);
		if (expected !== null) expect(events.map((event) => event.type)).toEqual(["deal", "position", "order-removed", "account"]);
	});

	it("fills exactly at the order's price on bar-made ticks", () => {
		const desk = openDesk({ triggerFill: "requested" });
		placeAt(desk, "BUY_STOP", 0.1, 110_100);
		expect(dealsIn(desk.quote(110_148, 110_150))).toMatchObject([{ price: 110_100, requestedPrice: 110_100 }]);
	});

	it("a stop-limit turns into its limit and waits", () => {
		const desk = openDesk();
		const ticket = placeAt(desk, "BUY_STOP_LIMIT", 0.1, 110_100, { stopLimit: 110_050 });
		expect(desk.quote(110_108, 110_110)).toMatchObject([{ type: "order", order: { ticket, type: "BUY_LIMIT", price: 110_050, stopLimit: 0 } }]);
		expect(dealsIn(desk.quote(110_047, 110_049))).toMatchObject([{ price: 110_049, side: "BUY" }]);
	});

	it("a sell stop-limit that is marketable at its trigger executes at once", () => {
		const desk = openDesk();
		placeAt(desk, "SELL_STOP_LIMIT", 0.1, 109_900, { stopLimit: 109_900 });
		expect(dealsIn(desk.quote(109_900, 109_902))).toMatchObject([{ price: 109_900, side: "SELL" }]);
	});

	it("its new position tests its levels on the same tick only when the quote lies beyond", () => {
		const desk = openDesk();
		placeAt(desk, "BUY_LIMIT", 0.1, 109_900, { sl: 109_880 });
		expect(dealsIn(desk.quote(109_895, 109_897)).map((deal) => deal.entry)).toEqual(["IN"]);
		const gapped = openDesk();
		placeAt(gapped, "BUY_LIMIT", 0.1, 109_900, { sl: 109_880 });
		expect(dealsIn(gapped.quote(109_870, 109_872)).map((deal) => [deal.entry, deal.price])).toEqual([
			["IN", 109_872],
			["OUT", 109_870],
		]);
	});

	it("is removed with 10041 when the margin is missing", () => {
		const desk = openDesk({ account: { startBalance: 100 } });
		const ticket = placeAt(desk, "BUY_STOP", 1, 110_100);
		expect(desk.quote(110_100, 110_102)).toEqual([{ type: "order-removed", at: desk.book.at, ticket, why: "rejected", retcode: 10041 }]);
		expect(desk.book.orders).toEqual([]);
	});

	it("is removed with 10041 where hedging is forbidden", () => {
		const desk = openDesk({ instrument: { hedgeProhibited: true } });
		openAt(desk, "BUY", 0.1);
		placeAt(desk, "SELL_STOP", 0.1, 109_900);
		expect(desk.quote(109_900, 109_902)).toMatchObject([{ type: "order-removed", why: "rejected", retcode: 10041 }]);
	});

	it("fires oldest first, levels of positions before waiting orders", () => {
		const desk = openDesk();
		openAt(desk, "BUY", 0.1, { sl: 109_900 });
		const old = placeAt(desk, "SELL_STOP", 0.1, 109_910);
		const young = placeAt(desk, "SELL_STOP", 0.2, 109_950);
		const deals = dealsIn(desk.quote(109_900, 109_902));
		expect(deals.map((deal) => deal.reason)).toEqual(["SL", "EXPERT", "EXPERT"]);
		expect(deals.slice(1).map((deal) => deal.orderTicket)).toEqual([old, young]);
	});

	it("executes limits at the order's price on exchanges", () => {
		const desk = openDesk({ instrument: { executionMode: "EXCHANGE" }, account: { marginMode: "netting" } });
		placeAt(desk, "BUY_LIMIT", 0.1, 109_900);
		expect(dealsIn(desk.quote(109_848, 109_850))).toMatchObject([{ price: 109_900 }]);
	});

	it("fills limits in parts on exchanges and keeps the rest waiting", () => {
		const desk = openDesk({ instrument: { executionMode: "EXCHANGE" }, account: { marginMode: "netting" }, settings: { partialFillProbability: 1 } });
		const ticket = placeAt(desk, "BUY_LIMIT", 1, 109_900);
		const first = dealsIn(desk.quote(109_848, 109_850))[0]?.lots ?? 0;
		expect(first).toBeGreaterThan(0);
		expect(first).toBeLessThan(1);
		expect(desk.book.orders).toMatchObject([{ ticket, lots: Number((1 - first).toFixed(2)) }]);
		for (let tick = 0; tick < 50; tick++) desk.quote(109_848, 109_850);
		expect(desk.book.orders).toEqual([]);
		expect(desk.book.positions).toMatchObject([{ lots: 1, openPrice: 109_900 }]);
	});
});

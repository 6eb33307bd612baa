import { describe, expect, it } from "vitest";
import type { PendingType } from "../../../src/engine/order.ts";
import { answerOf, openAt, openDesk, placeAt, retcodeIn } from "./desk.ts";

/** The market stands at bid 110000, ask 110002; L = 10 points, F = 5 points. */
const LEVELS = { stopsLevelPoints: 10 };
const FREEZE = { freezeLevelPoints: 5 };
const [PRICE, STOPS, FROZEN, DONE] = [10015, 10016, 10029, 10009];

describe("rulebook A.6, stops level of market orders and positions", () => {
	it.each<[string, "BUY" | "SELL", number, number, number]>([
		["long SL: Bid - SL = 10 is far enough", "BUY", 109_990, 0, DONE],
		["long SL: Bid - SL = 9 is too near", "BUY", 109_991, 0, STOPS],
		["long SL is measured from the bid, not the ask", "BUY", 109_992, 0, STOPS],
		["long TP: TP - Bid = 10", "BUY", 0, 110_010, DONE],
		["long TP: TP - Bid = 9", "BUY", 0, 110_009, STOPS],
		["short SL: SL - Ask = 10", "SELL", 110_012, 0, DONE],
		["short SL: SL - Ask = 9", "SELL", 110_011, 0, STOPS],
		["short TP: Ask - TP = 10", "SELL", 0, 109_992, DONE],
		["short TP: Ask - TP = 9", "SELL", 0, 109_993, STOPS],
		["long SL above the market", "BUY", 110_050, 0, STOPS],
		["short SL below the market", "SELL", 109_950, 0, STOPS],
		["long TP below the market", "BUY", 0, 109_950, STOPS],
		["short TP above the market", "SELL", 0, 110_050, STOPS],
	])("%s", (_name, side, sl, tp, expected) => {
		expect(retcodeIn(openDesk({ instrument: LEVELS }).deal(side, 0.1, { sl, tp }))).toBe(expected);
		const desk = openDesk({ instrument: LEVELS });
		const id = openAt(desk, side, 0.1);
		expect(retcodeIn(desk.levels(id, sl, tp)), "the same rule when levels are changed").toBe(expected);
	});

	it.each<[string, "BUY" | "SELL", number, number, number]>([
		["long SL at the bid", "BUY", 110_000, 0, STOPS],
		["long SL one point below", "BUY", 109_999, 0, DONE],
		["long TP at the bid", "BUY", 0, 110_000, STOPS],
		["short SL at the ask", "SELL", 110_002, 0, STOPS],
		["short SL one point above", "SELL", 110_003, 0, DONE],
		["short TP at the ask", "SELL", 0, 110_002, STOPS],
	])("level 0 keeps the side rule: %s", (_name, side, sl, tp, expected) => {
		expect(retcodeIn(openDesk().deal(side, 0.1, { sl, tp }))).toBe(expected);
	});
});

describe("rulebook A.6, stops level of waiting orders", () => {
	it.each<[string, PendingType, number, number, number]>([
		["Buy Limit: Ask - P = 10", "BUY_LIMIT", 109_992, 0, DONE],
		["Buy Limit: Ask - P = 9", "BUY_LIMIT", 109_993, 0, PRICE],
		["Buy Limit above the ask", "BUY_LIMIT", 110_020, 0, PRICE],
		["Sell Limit: P - Bid = 10", "SELL_LIMIT", 110_010, 0, DONE],
		["Sell Limit: P - Bid = 9", "SELL_LIMIT", 110_009, 0, PRICE],
		["Sell Limit below the bid", "SELL_LIMIT", 109_980, 0, PRICE],
		["Buy Stop: P - Ask = 10", "BUY_STOP", 110_012, 0, DONE],
		["Buy Stop: P - Ask = 9", "BUY_STOP", 110_011, 0, PRICE],
		["Buy Stop below the ask", "BUY_STOP", 109_990, 0, PRICE],
		["Sell Stop: Bid - P = 10", "SELL_STOP", 109_990, 0, DONE],
		["Sell Stop: Bid - P = 9", "SELL_STOP", 109_991, 0, PRICE],
		["Sell Stop above the bid", "SELL_STOP", 110_020, 0, PRICE],
		["Buy Stop Limit: trigger like Buy Stop", "BUY_STOP_LIMIT", 110_012, 110_002, DONE],
		["Buy Stop Limit: trigger too near", "BUY_STOP_LIMIT", 110_011, 110_001, PRICE],
		["Buy Stop Limit: limit 9 below the trigger", "BUY_STOP_LIMIT", 110_012, 110_003, PRICE],
		["Buy Stop Limit: limit above the trigger", "BUY_STOP_LIMIT", 110_012, 110_030, PRICE],
		["Sell Stop Limit: trigger like Sell Stop", "SELL_STOP_LIMIT", 109_990, 110_000, DONE],
		["Sell Stop Limit: trigger too near", "SELL_STOP_LIMIT", 109_991, 110_001, PRICE],
		["Sell Stop Limit: limit below the trigger", "SELL_STOP_LIMIT", 109_990, 109_980, PRICE],
	])("%s", (_name, type, price, stopLimit, expected) => {
		expect(retcodeIn(openDesk({ instrument: LEVELS }).pending(type, 0.1, price, { stopLimit }))).toBe(expected);
	});

	it.each<[string, PendingType, number, number, number, number, number]>([
		["buy SL: P - SL = 10", "BUY_LIMIT", 109_900, 0, 109_890, 0, DONE],
		["buy SL: P - SL = 9", "BUY_LIMIT", 109_900, 0, 109_891, 0, STOPS],
		["buy TP: TP - P = 10, though below the market", "BUY_LIMIT", 109_900, 0, 0, 109_910, DONE],
		["buy TP: TP - P = 9", "BUY_LIMIT", 109_900, 0, 0, 109_909, STOPS],
		["sell SL: SL - P = 10", "SELL_LIMIT", 110_100, 0, 110_110, 0, DONE],
		["sell SL: SL - P = 9", "SELL_LIMIT", 110_100, 0, 110_109, 0, STOPS],
		["sell TP: P - TP = 10", "SELL_LIMIT", 110_100, 0, 0, 110_090, DONE],
		["sell TP: P - TP = 9", "SELL_LIMIT", 110_100, 0, 0, 110_091, STOPS],
		["Buy Stop Limit: SL counted from the limit price", "BUY_STOP_LIMIT", 110_100, 110_050, 110_040, 0, DONE],
		["Buy Stop Limit: SL 9 below the limit price", "BUY_STOP_LIMIT", 110_100, 110_050, 110_041, 0, STOPS],
		["Sell Stop Limit: SL counted from the limit price", "SELL_STOP_LIMIT", 109_900, 109_950, 109_960, 0, DONE],
		["Sell Stop Limit: SL 9 above the limit price", "SELL_STOP_LIMIT", 109_900, 109_950, 109_959, 0, STOPS],
	])("own levels, %s", (_name, type, price, stopLimit, sl, tp, expected) => {
		expect(retcodeIn(openDesk({ instrument: LEVELS }).pending(type, 0.1, price, { stopLimit, sl, tp }))).toBe(expected);
	});

	it("an exchange takes a limit on the wrong side and executes it at once at the order's price", () => {
		const desk = openDesk({ instrument: { executionMode: "EXCHANGE" }, account: { marginMode: "netting" } });
		const events = desk.pending("BUY_LIMIT", 0.1, 110_050);
		expect(answerOf(events)).toMatchObject({ outcome: "placed", retcode: DONE });
		expect(desk.book.positions).toMatchObject([{ side: "BUY", lots: 0.1, openPrice: 110_050 }]);
		expect(events.map((event) => event.type)).toEqual(["answer", "order", "deal", "position", "order-removed", "account"]);
	});

	it("prices off the tick grid are refused", () => {
		const instrument = { tickSizePoints: 25 };
		expect(retcodeIn(openDesk({ instrument }).pending("BUY_LIMIT", 0.1, 109_990))).toBe(PRICE);
		expect(retcodeIn(openDesk({ instrument }).pending("BUY_LIMIT", 0.1, 109_975))).toBe(DONE);
		expect(retcodeIn(openDesk({ instrument }).deal("BUY", 0.1, { sl: 109_960 }))).toBe(STOPS);
		expect(retcodeIn(openDesk().pending("BUY_LIMIT", 0.1, 109_900.5))).toBe(PRICE);
	});
});

describe("rulebook A.6, freeze level", () => {
	it.each<[string, "BUY" | "SELL", number, number, number, number, number]>([
		["long SL: Bid - SL = 6 is free", "BUY", 109_900, 0, 109_906, 109_908, DONE],
		["long SL: Bid - SL = 5 is frozen", "BUY", 109_900, 0, 109_905, 109_907, FROZEN],
		["long TP: TP - Bid = 6", "BUY", 0, 110_100, 110_094, 110_096, DONE],
		["long TP: TP - Bid = 5", "BUY", 0, 110_100, 110_095, 110_097, FROZEN],
		["short SL: SL - Ask = 6", "SELL", 110_100, 0, 110_092, 110_094, DONE],
		["short SL: SL - Ask = 5", "SELL", 110_100, 0, 110_093, 110_095, FROZEN],
		["short TP: Ask - TP = 6", "SELL", 0, 109_900, 109_904, 109_906, DONE],
		["short TP: Ask - TP = 5", "SELL", 0, 109_900, 109_903, 109_905, FROZEN],
	])("%s", (_name, side, sl, tp, bid, ask, expected) => {
		const away = side === "BUY" ? { sl: 109_000, tp: 111_000 } : { sl: 111_000, tp: 109_000 };
		const closing = openDesk({ instrument: FREEZE });
		const id = openAt(closing, side, 0.1, { sl, tp });
		closing.quote(bid, ask);
		expect(retcodeIn(closing.deal(side === "BUY" ? "SELL" : "BUY", 0.1, { positionId: id })), "closing").toBe(expected);
		const changing = openDesk({ instrument: FREEZE });
		const other = openAt(changing, side, 0.1, { sl, tp });
		changing.quote(bid, ask);
		expect(retcodeIn(changing.levels(other, away.sl, away.tp)), "changing").toBe(expected);
	});

	it.each<[string, PendingType, number, number, number, number]>([
		["Buy Limit: Ask - P = 6", "BUY_LIMIT", 109_900, 109_904, 109_906, DONE],
		["Buy Limit: Ask - P = 5", "BUY_LIMIT", 109_900, 109_903, 109_905, FROZEN],
		["Sell Limit: P - Bid = 6", "SELL_LIMIT", 110_100, 110_094, 110_096, DONE],
		["Sell Limit: P - Bid = 5", "SELL_LIMIT", 110_100, 110_095, 110_097, FROZEN],
		["Buy Stop: P - Ask = 6", "BUY_STOP", 110_100, 110_092, 110_094, DONE],
		["Buy Stop: P - Ask = 5", "BUY_STOP", 110_100, 110_093, 110_095, FROZEN],
		["Sell Stop: Bid - P = 6", "SELL_STOP", 109_900, 109_906, 109_908, DONE],
		["Sell Stop: Bid - P = 5", "SELL_STOP", 109_900, 109_905, 109_907, FROZEN],
		["Buy Stop Limit as Buy Stop", "BUY_STOP_LIMIT", 110_100, 110_093, 110_095, FROZEN],
		["Sell Stop Limit as Sell Stop", "SELL_STOP_LIMIT", 109_900, 109_905, 109_907, FROZEN],
	])("%s", (_name, type, price, bid, ask, expected) => {
		const desk = openDesk({ instrument: FREEZE });
		const ticket = placeAt(desk, type, 0.1, price, { stopLimit: price });
		desk.quote(bid, ask);
		const moved = type === "BUY_LIMIT" || type === "SELL_STOP" || type === "SELL_STOP_LIMIT" ? price - 50 : price + 50;
		expect(retcodeIn(desk.modify(ticket, moved, { stopLimit: moved })), "changing").toBe(expected);
		if (expected === FROZEN) expect(retcodeIn(desk.remove(ticket)), "removing").toBe(expected);
	});

	it("0 freezes nothing", () => {
		const desk = openDesk();
		const id = openAt(desk, "BUY", 0.1, { sl: 109_999 });
		expect(retcodeIn(desk.deal("SELL", 0.1, { positionId: id }))).toBe(DONE);
	});
});

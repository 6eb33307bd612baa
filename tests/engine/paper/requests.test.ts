import { describe, expect, it } from "vitest";
import type { DealRequest, PendingRequest } from "../../../src/engine/order.ts";
import { answerOf, DAY, type DeskOptions, HOUR, NOON, openAt, openDesk, placeAt, retcodeIn } from "./desk.ts";

type DealCase = [name: string, options: DeskOptions, side: "BUY" | "SELL", lots: number, more: Partial<DealRequest>, expected: number];

const instrument = (values: NonNullable<DeskOptions["instrument"]>): DeskOptions => ({ instrument: values });

describe("deals that open", () => {
	it.each<DealCase>([
		["done", {}, "BUY", 0.1, {}, 10009],
		["NaN volume", {}, "BUY", Number.NaN, {}, 10013],
		["infinite volume", {}, "BUY", Number.POSITIVE_INFINITY, {}, 10013],
		["negative volume", {}, "BUY", -0.1, {}, 10013],
		["NaN stop", {}, "BUY", 0.1, { sl: Number.NaN }, 10013],
		["unknown symbol", {}, "BUY", 0.1, { symbol: "NOPE" }, 10013],
		["zero volume", {}, "BUY", 0, {}, 10014],
		["volume below the minimum", {}, "BUY", 0.005, {}, 10014],
		["volume above the maximum", instrument({ volumeMax: 5 }), "BUY", 5.01, {}, 10014],
		["volume off the step", {}, "BUY", 0.105, {}, 10014],
		["0.29 is on a step of 0.01", {}, "BUY", 0.29, {}, 10009],
		["trading disabled", instrument({ tradeMode: "DISABLED" }), "BUY", 0.1, {}, 10017],
		["long only refuses sells", instrument({ tradeMode: "LONGONLY" }), "SELL", 0.1, {}, 10042],
		["long only takes buys", instrument({ tradeMode: "LONGONLY" }), "BUY", 0.1, {}, 10009],
		["short only refuses buys", instrument({ tradeMode: "SHORTONLY" }), "BUY", 0.1, {}, 10043],
		["close only refuses both", instrument({ tradeMode: "CLOSEONLY" }), "BUY", 0.1, {}, 10044],
		["session closed", instrument({ sessions: [[], [], [[0, 720]], [], [], [], []] }), "BUY", 0.1, {}, 10018],
		["session of yesterday that ends at 36:30", instrument({ sessions: [[], [[0, 2190]], [], [], [], [], []] }), "BUY", 0.1, {}, 10009],
		["market orders not taken", instrument({ orderFamilies: ["LIMIT"] }), "BUY", 0.1, {}, 10035],
		["stop losses not taken", instrument({ orderFamilies: ["MARKET"] }), "BUY", 0.1, { sl: 109_000 }, 10035],
		["server refuses levels in the request", instrument({ stopsInRequest: false }), "BUY", 0.1, { sl: 109_000 }, 10016],
		["... and takes the deal without", instrument({ stopsInRequest: false }), "BUY", 0.1, {}, 10009],
		["no money", {}, "BUY", 95, {}, 10019],
		["F.2 #12 market execution, flags IOC: FOK", instrument({ fillingFlags: ["IOC"] }), "BUY", 0.1, { filling: "FOK" }, 10030],
		["F.2 #12 market execution, flags IOC: RETURN", instrument({ fillingFlags: ["IOC"] }), "BUY", 0.1, { filling: "RETURN" }, 10030],
		["F.2 #12 market execution, flags IOC: IOC", instrument({ fillingFlags: ["IOC"] }), "BUY", 0.1, { filling: "IOC" }, 10009],
		["market execution never takes RETURN", {}, "BUY", 0.1, { filling: "RETURN" }, 10030],
		["deals never take BOC", {}, "BUY", 0.1, { filling: "BOC" }, 10030],
		["instant execution takes RETURN without flags", instrument({ executionMode: "INSTANT", fillingFlags: [] }), "BUY", 0.1, { filling: "RETURN" }, 10009],
		["request execution takes FOK without flags", instrument({ executionMode: "REQUEST", fillingFlags: [] }), "BUY", 0.1, { filling: "FOK" }, 10009],
		["exchange takes RETURN without flags", instrument({ executionMode: "EXCHANGE", fillingFlags: [] }), "BUY", 0.1, { filling: "RETURN" }, 10009],
		["exchange takes IOC by flag only", instrument({ executionMode: "EXCHANGE", fillingFlags: ["FOK"] }), "BUY", 0.1, { filling: "IOC" }, 10030],
		["instant execution needs a price", instrument({ executionMode: "INSTANT" }), "BUY", 0.1, { price: Number.NaN }, 10015],
		["market execution ignores the price", {}, "BUY", 0.1, { price: Number.NaN, deviationPoints: Number.NaN }, 10009],
		["dealer's refusal", { settings: { rejectProbability: 1 } }, "BUY", 0.1, {}, 10006],
	])("%s", (_name, options, side, lots, more, expected) => {
		const desk = openDesk(options);
		expect(retcodeIn(desk.deal(side, lots, more))).toBe(expected);
		expect(desk.book.positions.length).toBe(expected === 10009 ? 1 : 0);
	});

	it("has no prices before the first quote", () => {
		const desk = openDesk();
		desk.book.bid = 0;
		expect(retcodeIn(desk.deal("BUY", 0.1))).toBe(10021);
	});

	it("F.2 #8: volume limit 5 counts each direction by itself", () => {
		const desk = openDesk({ instrument: { volumeLimit: 5 } });
		openAt(desk, "BUY", 5);
		expect(retcodeIn(desk.pending("SELL_LIMIT", 5, 110_100))).toBe(10009);
		expect(retcodeIn(desk.pending("BUY_LIMIT", 0.01, 109_900))).toBe(10034);
		expect(retcodeIn(desk.deal("BUY", 0.01))).toBe(10034);
	});

	it("counts positions and waiting orders on hedging accounts, and waiting orders by themselves", () => {
		const desk = openDesk({ settings: { limitPositions: 3, limitOrders: 1 } });
		openAt(desk, "BUY", 0.1);
		placeAt(desk, "BUY_LIMIT", 0.1, 109_900);
		expect(retcodeIn(desk.pending("BUY_LIMIT", 0.1, 109_800))).toBe(10033);
		openAt(desk, "BUY", 0.1);
		expect(retcodeIn(desk.deal("BUY", 0.1))).toBe(10040);
		const netting = openDesk({ settings: { limitPositions: 1 }, account: { marginMode: "netting" } });
		openAt(netting, "BUY", 0.1);
		expect(retcodeIn(netting.deal("BUY", 0.1)), "a symbol that has a position is accepted on netting accounts").toBe(10009);
	});

	it("forbids opposite positions where hedging is prohibited", () => {
		const desk = openDesk({ instrument: { hedgeProhibited: true } });
		openAt(desk, "BUY", 0.1);
		expect(retcodeIn(desk.deal("SELL", 0.1))).toBe(10046);
		expect(retcodeIn(desk.deal("BUY", 0.1))).toBe(10009);
	});
});

describe("deals that close", () => {
	it.each<[string, DeskOptions, number, Partial<DealRequest>, number]>([
		["whole", {}, 1, {}, 10009],
		["part", {}, 0.4, {}, 10009],
		["more than there is", {}, 1.01, {}, 10038],
		["off the step", {}, 0.405, {}, 10014],
		["nothing", {}, 0, {}, 10014],
		["NaN", {}, Number.NaN, {}, 10013],
		["in the same direction", {}, 1, { side: "BUY" }, 10013],
		["in close-only mode", instrument({ tradeMode: "CLOSEONLY" }), 1, {}, 10009],
		["wrong filling", instrument({ fillingFlags: ["FOK"] }), 1, {}, 10030],
	])("%s", (_name, options, lots, more, expected) => {
		// The mode only matters for the close: open first with everything allowed, then close under the case's rules.
		const opener = openDesk({ ...options, instrument: { ...options.instrument, tradeMode: "FULL", fillingFlags: ["IOC"] } });
		const id = openAt(opener, "BUY", 1);
		const closer = openDesk(options);
		closer.book.positions.push(...opener.book.positions);
		expect(retcodeIn(closer.deal("SELL", lots, { positionId: id, ...more }))).toBe(expected);
	});

	it("tells a position that is gone from one that never was", () => {
		const desk = openDesk();
		const id = openAt(desk, "BUY", 1);
		desk.deal("SELL", 1, { positionId: id });
		expect(retcodeIn(desk.deal("SELL", 1, { positionId: id }))).toBe(10036);
		expect(retcodeIn(desk.deal("SELL", 1, { positionId: 77 }))).toBe(10013);
		expect(retcodeIn(desk.deal("SELL", 1, { positionId: Number.NaN }))).toBe(10013);
		expect(retcodeIn(desk.levels(id, 0, 0))).toBe(10036);
	});

	it("closes a position larger than volume_max in pieces", () => {
		const desk = openDesk({ instrument: { volumeMax: 5 }, account: { marginMode: "netting" } });
		const id = openAt(desk, "BUY", 5);
		openAt(desk, "BUY", 4);
		expect(retcodeIn(desk.deal("SELL", 9, { positionId: id }))).toBe(10014);
		expect(retcodeIn(desk.deal("SELL", 5, { positionId: id }))).toBe(10009);
		expect(retcodeIn(desk.deal("SELL", 4, { positionId: id }))).toBe(10009);
		expect(desk.book.positions).toEqual([]);
	});

	it("keeps first in, first out", () => {
		const desk = openDesk({ instrument: { fifoClose: true } });
		const old = openAt(desk, "BUY", 1);
		const young = openAt(desk, "BUY", 1);
		expect(retcodeIn(desk.deal("SELL", 1, { positionId: young }))).toBe(10045);
		expect(retcodeIn(desk.deal("SELL", 1, { positionId: old }))).toBe(10009);
		expect(retcodeIn(desk.deal("SELL", 1, { positionId: young }))).toBe(10009);
	});
});

describe("waiting orders", () => {
	it.each<[string, DeskOptions, PendingRequest["type"], number, number, Partial<PendingRequest>, number]>([
		["placed", {}, "BUY_LIMIT", 0.1, 109_900, {}, 10009],
		["NaN price", {}, "BUY_LIMIT", 0.1, Number.NaN, {}, 10013],
		["no such type", {}, "NOTHING" as PendingRequest["type"], 0.1, 109_900, {}, 10013],
		["volume off the step", {}, "BUY_LIMIT", 0.105, 109_900, {}, 10014],
		["family not taken", instrument({ orderFamilies: ["MARKET", "STOP"] }), "BUY_LIMIT", 0.1, 109_900, {}, 10035],
		["long only", instrument({ tradeMode: "LONGONLY" }), "SELL_LIMIT", 0.1, 110_100, {}, 10042],
		["RETURN is always taken", instrument({ fillingFlags: [] }), "BUY_STOP", 0.1, 110_100, { filling: "RETURN" }, 10009],
		["FOK by flag", instrument({ fillingFlags: ["IOC"] }), "BUY_STOP", 0.1, 110_100, { filling: "FOK" }, 10030],
		["BOC needs its flag", instrument({ fillingFlags: ["IOC"] }), "BUY_LIMIT", 0.1, 109_900, { filling: "BOC" }, 10030],
		["BOC on a limit", {}, "BUY_LIMIT", 0.1, 109_900, { filling: "BOC" }, 10009],
		["BOC on a stop", {}, "BUY_STOP", 0.1, 110_100, { filling: "BOC" }, 10030],
		["expiry kind not taken", instrument({ timesInForce: ["GTC"] }), "BUY_LIMIT", 0.1, 109_900, { timeInForce: "DAY" }, 10022],
		["expiry in the past", {}, "BUY_LIMIT", 0.1, 109_900, { timeInForce: "SPECIFIED", expiresAt: NOON - 1 }, 10022],
		["expiry NaN", {}, "BUY_LIMIT", 0.1, 109_900, { timeInForce: "SPECIFIED", expiresAt: Number.NaN }, 10022],
		["expiry ahead", {}, "BUY_LIMIT", 0.1, 109_900, { timeInForce: "SPECIFIED", expiresAt: NOON + HOUR }, 10009],
		["expiry earlier today, to the day's end", {}, "BUY_LIMIT", 0.1, 109_900, { timeInForce: "SPECIFIED_DAY", expiresAt: NOON - HOUR }, 10009],
		["expiry day past", {}, "BUY_LIMIT", 0.1, 109_900, { timeInForce: "SPECIFIED_DAY", expiresAt: NOON - DAY }, 10022],
		[
			"exchange order that cannot be margined",
			{ ...instrument({ executionMode: "EXCHANGE" }), account: { marginMode: "netting" } },
			"BUY_LIMIT",
			95,
			109_900,
			{},
			10019,
		],
	])("%s", (_name, options, type, lots, price, more, expected) => {
		expect(retcodeIn(openDesk(options).pending(type, lots, price, more))).toBe(expected);
	});

	it("answers placing with the order's ticket and no deal", () => {
		expect(answerOf(openDesk().pending("BUY_LIMIT", 0.1, 109_900))).toMatchObject({
			outcome: "placed",
			orderTicket: 1000,
			dealTicket: 0,
			positionId: 0,
			lots: 0.1,
		});
	});

	it("F.2 #11: the same levels change nothing", () => {
		const desk = openDesk();
		const id = openAt(desk, "BUY", 0.1, { sl: 109_000, tp: 111_000 });
		expect(retcodeIn(desk.levels(id, 109_000, 111_000))).toBe(10025);
		expect(answerOf(desk.levels(id, 109_000, 0))).toMatchObject({ retcode: 10009, orderTicket: 0, dealTicket: 0, lots: 0, price: 0 });
		expect(desk.book.positions).toMatchObject([{ sl: 109_000, tp: 0 }]);
		const ticket = placeAt(desk, "BUY_LIMIT", 0.1, 109_900);
		expect(retcodeIn(desk.modify(ticket, 109_900))).toBe(10025);
		expect(retcodeIn(desk.modify(ticket, 109_800, { sl: 109_700 }))).toBe(10009);
		expect(desk.book.orders).toMatchObject([{ price: 109_800, sl: 109_700 }]);
	});

	it("is changed and removed only while it is there", () => {
		const desk = openDesk();
		const ticket = placeAt(desk, "BUY_LIMIT", 0.1, 109_900);
		expect(retcodeIn(desk.remove(ticket))).toBe(10009);
		expect(retcodeIn(desk.remove(ticket))).toBe(10023);
		expect(retcodeIn(desk.modify(ticket, 109_800))).toBe(10023);
		expect(retcodeIn(desk.remove(5))).toBe(10013);
	});

	it("BOC is cancelled when it could execute on arrival", () => {
		const desk = openDesk({ instrument: { executionMode: "EXCHANGE" }, account: { marginMode: "netting" } });
		expect(desk.pending("BUY_LIMIT", 0.1, 110_050, { filling: "BOC" })).toMatchObject([
			{ type: "answer", answer: { outcome: "placed" } },
			{ type: "order" },
			{ type: "order-removed", why: "cancelled", retcode: 10007 },
			{ type: "account", account: { margin: 0 } },
		]);
	});
});

import { describe, expect, it } from "vitest";
import { createLimits, onSent } from "../../../src/engine/limits/limits.ts";
import type { OrderRequest } from "../../../src/engine/order.ts";
import { defaultRules } from "../../../src/engine/rules.ts";
import { CHECKS } from "../../../src/engine/validation/checks.ts";
import { exposureOf } from "../../../src/engine/validation/checks-risk.ts";
import { validate } from "../../../src/engine/validation/validator.ts";
import { contextWith, deal, levels, modify, pending, position, TUESDAY_14, waiting } from "../../helpers/orders.ts";

type Context = Parameters<typeof contextWith>[0];
/** What is refused, with the exact line, or `ok`. */
type Row = readonly [name: string, request: OrderRequest, context: Context, expected: string];

const OPEN = { positions: [position()] } as const;
const WAITING = { orders: [waiting()] } as const;
const close = (changes = {}) => deal({ side: "SELL", positionId: 11, price: 108_000, sl: 0, tp: 0, ...changes });
const closeBy = { action: "CLOSE_BY", intentId: 1, symbol: "EURUSD", magic: 7, comment: "", positionId: 11, byPositionId: 12 } as const;
const NETTING = { account: { equity: 10_000, margin: 0, freeMargin: 10_000, marginMode: "netting" } } as const;
const big = { account: { equity: 1e9, margin: 0, freeMargin: 1e9, marginMode: "hedging" } } as const;

const ROWS: readonly Row[] = [
	["a plain market buy", deal(), {}, "ok"],
	["a plain market sell", deal({ side: "SELL", price: 108_000, sl: 108_110, tp: 107_800 }), {}, "ok"],
	["a plain buy limit", pending(), {}, "ok"],
	["a plain close", close(), OPEN, "ok"],
	["a plain stop move", levels(), OPEN, "ok"],
	["a plain order change", modify(), WAITING, "ok"],
	["a plain cancel", { action: "REMOVE", intentId: 1, symbol: "EURUSD", magic: 7, comment: "", ticket: 21 }, WAITING, "ok"],
	// Shape and identity
	["NaN volume", deal({ lots: Number.NaN }), {}, "FIELD_INVALID: got=lots NaN, must=a number above 0"],
	["infinite stop", deal({ sl: Number.POSITIVE_INFINITY }), {}, "FIELD_INVALID: got=sl Infinity, must=a number of at least 0"],
	["another symbol", deal({ symbol: "GBPUSD" }), {}, "SYMBOL_UNKNOWN: got=GBPUSD, must=EURUSD"],
	["an intent in flight", deal(), { inFlight: [levels({ intentId: 1 })] }, "INTENT_REUSED: got=1, min=2 (intent number)"],
	["a position that is gone", close(), {}, "TARGET_UNKNOWN: got=11, must=an open position"],
	["an order that is gone", modify(), {}, "TARGET_UNKNOWN: got=21, must=a waiting order"],
	["closing with the wrong side", close({ side: "BUY", price: 108_010 }), OPEN, "COUNTERPART_WRONG: got=BUY, must=SELL"],
	// State
	["an entry while paused", deal(), { state: "PAUSED" }, "NOT_ACTIVE: got=PAUSED, must=ACTIVE"],
	["a close while killed", close(), { ...OPEN, state: "KILLED" }, "ok"],
	["an entry beside an unknown one", deal({ intentId: 9 }), { unknown: [deal()] }, "UNKNOWN_OUTCOME: got=1, max=0 requests without a known outcome"],
	["an entry beside one in flight", deal({ intentId: 9 }), { inFlight: [deal()] }, "ENTRY_IN_FLIGHT: got=1, max=0 entries in flight"],
	["an entry beside a close in flight", deal({ intentId: 9 }), { ...OPEN, inFlight: [close()] }, "ok"],
	// Trade mode and hours
	["disabled", deal(), { instrument: { tradeMode: "DISABLED" } }, "TRADE_DISABLED: got=DISABLED, must=a symbol that trades"],
	["close only, opening", deal(), { instrument: { tradeMode: "CLOSEONLY" } }, "CLOSE_ONLY: got=an opening order, must=closing only"],
	["close only, closing", close(), { ...OPEN, instrument: { tradeMode: "CLOSEONLY" } }, "ok"],
	[
		"long only, selling",
		deal({ side: "SELL", price: 108_000, sl: 108_110, tp: 0 }),
		{ instrument: { tradeMode: "LONGONLY" } },
		"LONG_ONLY: got=SELL, must=BUY",
	],
	["short only, buying", deal(), { instrument: { tradeMode: "SHORTONLY" } }, "SHORT_ONLY: got=BUY, must=SELL"],
	["a type not taken", pending(), { instrument: { orderFamilies: ["MARKET", "SL", "TP"] } }, "ORDER_TYPE_FORBIDDEN: got=LIMIT, must=MARKET|SL|TP"],
	["closed market", deal(), { at: Date.UTC(2025, 2, 8, 12) }, "MARKET_CLOSED: got=closed, must=open"],
	// Quote and collar (C10)
	["no quote", deal(), { quote: { bid: 0, ask: 0, at: TUESDAY_14 } }, "NO_QUOTE: got=bid 0 ask 0, must=a quote"],
	["a quote of 2000 ms", deal(), { quote: { bid: 108_000, ask: 108_010, at: TUESDAY_14 - 2000 } }, "ok"],
	["a quote of 2001 ms", deal(), { quote: { bid: 108_000, ask: 108_010, at: TUESDAY_14 - 2001 } }, "QUOTE_OLD: got=2001, max=2000 ms"],
	["a spread of 30", deal({ price: 108_030 }), { quote: { bid: 108_000, ask: 108_030, at: TUESDAY_14 } }, "ok"],
	["a spread of 31", deal({ price: 108_031 }), { quote: { bid: 108_000, ask: 108_031, at: TUESDAY_14 } }, "SPREAD_WIDE: got=31, max=30 points"],
	["a price 108 points off", deal({ price: 108_118 }), {}, "ok"],
	["a price 109 points off", deal({ price: 108_119 }), {}, "PRICE_TOO_FAR: got=109, max=108.01 points from the market"],
	["a deviation of 15", deal({ deviationPoints: 15 }), {}, "ok"],
	["a deviation of 16", deal({ deviationPoints: 16 }), {}, "DEVIATION_TOO_LARGE: got=16, max=15 points"],
	["a pending 2 % away", pending({ price: 105_845, sl: 105_800, tp: 0 }), {}, "ok"],
	["a pending beyond", pending({ price: 105_844, sl: 105_800, tp: 0 }), {}, "PENDING_TOO_FAR: got=2161, max=2160.1 points from the market"],
	// Volume (C08, A.9)
	["0.01 lots", deal({ lots: 0.01 }), {}, "ok"],
	["0.009 lots", deal({ lots: 0.009 }), {}, "VOLUME_BELOW_MIN: got=0.009, min=0.01 lots"],
	["1 lot", deal({ lots: 1, sl: 107_950 }), {}, "ok"],
	["1.01 lots", deal({ lots: 1.01, sl: 107_950 }), {}, "VOLUME_ABOVE_MAX: got=1.01, max=1 lots"],
	["more than the broker takes", deal({ lots: 0.3, sl: 107_950 }), { instrument: { volumeMax: 0.2 } }, "VOLUME_ABOVE_MAX: got=0.3, max=0.2 lots"],
	["0.29 lots", deal({ lots: 0.29 }), {}, "ok"],
	["0.105 lots", deal({ lots: 0.105 }), {}, "VOLUME_OFF_STEP: got=0.105, must=a multiple of 0.01 lots"],
	["closing more than there is", close({ lots: 0.11 }), OPEN, "CLOSE_TOO_LARGE: got=0.11, max=0.1 lots left to close"],
	["closing twice", close({ intentId: 2 }), { ...OPEN, inFlight: [close()] }, "CLOSE_TOO_LARGE: got=0.1, max=0 lots left to close"],
	["closing a rest below the minimum", close({ lots: 0.004 }), { positions: [position({ lots: 0.004 })], instrument: { volumeStep: 0.001 } }, "ok"],
	[
		"volume limit 5: long 5 and sell limit 5 (F.2 #8)",
		pending({ type: "SELL_LIMIT", lots: 5, price: 108_100, sl: 108_200, tp: 0 }),
		{
			...big,
			positions: [position({ lots: 5 })],
			instrument: { volumeLimit: 5 },
			rules: { maxLots: 50 },
		},
		"ok",
	],
	[
		"volume limit 5: a further buy limit (F.2 #8)",
		pending({ lots: 0.01 }),
		{
			...big,
			positions: [position({ lots: 5 })],
			instrument: { volumeLimit: 5 },
			rules: { maxLots: 50 },
		},
		"VOLUME_LIMIT: got=5.01, max=5 lots in one direction",
	],
	// Counts and exposure (C18, C19)
	["exposure of 3 lots", deal({ lots: 1, sl: 107_950 }), { ...big, positions: [position({ lots: 1 })], orders: [waiting({ lots: 1 })] }, "ok"],
	[
		"exposure beyond",
		deal({ lots: 1, sl: 107_950 }),
		{ ...big, positions: [position({ lots: 1.01 })], orders: [waiting({ lots: 1 })] },
		"EXPOSURE_TOO_HIGH: got=3.01, max=3 lots BUY",
	],
	["the other side does not add", deal({ side: "SELL", price: 108_000, sl: 108_110, tp: 0 }), { ...big, positions: [position({ lots: 3 })] }, "ok"],
	["a fifth position", deal(), { ...big, positions: [1, 2, 3, 4].map((id) => position({ id })) }, "ok"],
	["a sixth position", deal(), { ...big, positions: [1, 2, 3, 4, 5].map((id) => position({ id })) }, "POSITIONS_LIMIT: got=6, max=5 positions"],
	[
		"the broker's position limit",
		deal(),
		{ ...OPEN, ...WAITING, brokerLimits: { orders: 0, positions: 2 } },
		"POSITIONS_LIMIT: got=3, max=2 positions and orders",
	],
	[
		"a sixth waiting order",
		pending(),
		{ orders: [1, 2, 3, 4, 5].map((ticket) => waiting({ ticket, lots: 0.01 })) },
		"ORDERS_LIMIT: got=6, max=5 waiting orders",
	],
	["the broker's order limit", pending(), { ...WAITING, brokerLimits: { orders: 1, positions: 0 } }, "ORDERS_LIMIT: got=2, max=1 waiting orders"],
	// Filling and expiry
	["market execution, IOC only, FOK (F.2 #12)", deal({ filling: "FOK" }), { instrument: { fillingFlags: ["IOC"] } }, "FILLING_FORBIDDEN: got=FOK, must=IOC"],
	["market execution, RETURN (F.2 #12)", deal({ filling: "RETURN" }), { instrument: { fillingFlags: ["IOC"] } }, "FILLING_FORBIDDEN: got=RETURN, must=IOC"],
	["market execution, IOC (F.2 #12)", deal({ filling: "IOC" }), { instrument: { fillingFlags: ["IOC"] } }, "ok"],
	["instant execution takes any", deal({ filling: "RETURN" }), { instrument: { executionMode: "INSTANT", fillingFlags: [] } }, "ok"],
	[
		"an expiry in the past",
		pending({ timeInForce: "SPECIFIED", expiresAt: 1000 }),
		{},
		`EXPIRATION_INVALID: got=1000, min=${Number(TUESDAY_14.toPrecision(9))} ms, a time in the future`,
	],
	["a day order on a symbol without", pending({ timeInForce: "DAY" }), { instrument: { timesInForce: ["GTC"] } }, "EXPIRATION_INVALID: got=DAY, must=GTC"],
	["today as SPECIFIED_DAY", pending({ timeInForce: "SPECIFIED_DAY", expiresAt: TUESDAY_14 - 3_600_000 }), {}, "ok"],
	// Prices and levels (A.6); stops level 15, freeze level 5
	["half a point", pending({ price: 107_900.5 }), {}, "PRICE_OFF_TICK: got=price 107900.5, must=a multiple of 1 points"],
	["off a coarse grid", deal({ sl: 107_890 }), { instrument: { tickSizePoints: 25 } }, "PRICE_OFF_TICK: got=sl 107890, must=a multiple of 25 points"],
	["buy limit 15 below the ask", pending({ price: 107_995 }), {}, "ok"],
	["buy limit 14 below the ask", pending({ price: 107_996 }), {}, "PRICE_TOO_CLOSE: got=14, min=15 points"],
	["buy limit above the ask", pending({ price: 108_020, tp: 108_200 }), {}, "PRICE_WRONG_SIDE: got=-10, min=1 points on the right side of the market"],
	[
		"buy limit at the ask, level 0",
		pending({ price: 108_010 }),
		{ instrument: { stopsLevelPoints: 0 } },
		"PRICE_WRONG_SIDE: got=0, min=1 points on the right side of the market",
	],
	["sell limit 15 above the bid", pending({ type: "SELL_LIMIT", price: 108_015, sl: 108_100, tp: 0 }), {}, "ok"],
	["sell limit 14 above the bid", pending({ type: "SELL_LIMIT", price: 108_014, sl: 108_100, tp: 0 }), {}, "PRICE_TOO_CLOSE: got=14, min=15 points"],
	["buy stop 15 above the ask", pending({ type: "BUY_STOP", price: 108_025, sl: 107_950, tp: 0 }), {}, "ok"],
	["buy stop 14 above the ask", pending({ type: "BUY_STOP", price: 108_024, sl: 107_950, tp: 0 }), {}, "PRICE_TOO_CLOSE: got=14, min=15 points"],
	["sell stop 15 below the bid", pending({ type: "SELL_STOP", price: 107_985, sl: 108_100, tp: 0 }), {}, "ok"],
	["sell stop 14 below the bid", pending({ type: "SELL_STOP", price: 107_986, sl: 108_100, tp: 0 }), {}, "PRICE_TOO_CLOSE: got=14, min=15 points"],
	["buy stop limit, limit 15 below its trigger", pending({ type: "BUY_STOP_LIMIT", price: 108_050, stopLimit: 108_035, sl: 107_950, tp: 0 }), {}, "ok"],
	[
		"buy stop limit, limit too near its trigger",
		pending({ type: "BUY_STOP_LIMIT", price: 108_050, stopLimit: 108_036, sl: 107_950, tp: 0 }),
		{},
		"PRICE_TOO_CLOSE: got=14, min=15 points between trigger and limit price",
	],
	["exchange: a limit through the market is fine", pending({ price: 108_020, tp: 108_200 }), { instrument: { executionMode: "EXCHANGE" } }, "ok"],
	["stop 15 below the bid", deal({ sl: 107_985 }), {}, "ok"],
	["stop 8 below the bid", deal({ sl: 107_992 }), {}, "STOP_TOO_CLOSE: got=8, min=15 points"],
	["stop above the bid", deal({ sl: 108_005 }), {}, "STOP_WRONG_SIDE: got=-5, min=1 points on the losing side"],
	["sell: stop 15 above the ask", deal({ side: "SELL", price: 108_000, sl: 108_025, tp: 0 }), {}, "ok"],
	["sell: stop 14 above the ask", deal({ side: "SELL", price: 108_000, sl: 108_024, tp: 0 }), {}, "STOP_TOO_CLOSE: got=14, min=15 points"],
	["target 15 above the bid", deal({ tp: 108_015 }), {}, "ok"],
	["target 14 above the bid", deal({ tp: 108_014 }), {}, "TARGET_TOO_CLOSE: got=14, min=15 points"],
	["target below the bid", deal({ tp: 107_999 }), {}, "TARGET_WRONG_SIDE: got=-1, min=1 points on the winning side"],
	["pending: stop counts from its own price", pending({ sl: 107_886 }), {}, "STOP_TOO_CLOSE: got=14, min=15 points"],
	["no levels in the request", deal(), { instrument: { stopsInRequest: false } }, "STOPS_NOT_IN_REQUEST: got=SL or TP in the request, must=none"],
	["moving a stop that is 6 away", levels({ sl: 107_980 }), { positions: [position({ sl: 107_994 - 20 })], instrument: { stopsLevelPoints: 0 } }, "ok"],
	[
		"closing 5 away from the target",
		close(),
		{ positions: [position({ tp: 108_005 })] },
		"FROZEN: got=DEAL inside the freeze level, must=more than 5 points away",
	],
	["closing 6 away from the target", close(), { positions: [position({ tp: 108_006 })] }, "ok"],
	[
		"changing an order 5 from the market",
		modify(),
		{ orders: [waiting({ price: 108_005 })] },
		"FROZEN: got=MODIFY inside the freeze level, must=more than 5 points away",
	],
	["the same levels again (F.2 #11)", levels({ sl: 107_900, tp: 108_200 }), OPEN, "NOTHING_CHANGED: got=the same levels, must=a change"],
	["the same order again", modify({ price: 107_900 }), WAITING, "NOTHING_CHANGED: got=the same order, must=a change"],
	// Account rules
	[
		"hedging forbidden",
		deal({ side: "SELL", price: 108_000, sl: 108_110, tp: 0 }),
		{ ...OPEN, instrument: { hedgeProhibited: true } },
		"HEDGE_PROHIBITED: got=SELL, must=the side already open",
	],
	[
		"FIFO",
		close(),
		{ positions: [position({ id: 5, openedAt: 1 }), position()], instrument: { fifoClose: true } },
		"FIFO_CLOSE: got=11, must=position 5, which is older",
	],
	["hedging forbidden, same side", deal(), { ...OPEN, instrument: { hedgeProhibited: true } }, "ok"],
	["hedging forbidden, nothing open", deal(), { instrument: { hedgeProhibited: true } }, "ok"],
	["FIFO, the oldest", close(), { positions: [position(), position({ id: 12 })], instrument: { fifoClose: true } }, "ok"],
	["no FIFO, a younger one", close(), { positions: [position({ id: 5, openedAt: 1 }), position()] }, "ok"],
	["close-by of an opposite position", closeBy, { positions: [position(), position({ id: 12, side: "SELL", sl: 108_200, tp: 107_800 })] }, "ok"],
	[
		"close-by of the same side",
		closeBy,
		{ positions: [position(), position({ id: 12 })] },
		"COUNTERPART_WRONG: got=12, must=an opposite position of the symbol",
	],
	[
		"close-by of another symbol",
		closeBy,
		{ positions: [position(), position({ id: 12, side: "SELL", symbol: "GBPUSD" })] },
		"COUNTERPART_WRONG: got=12, must=an opposite position of the symbol",
	],
	["close-by of nothing", closeBy, OPEN, "COUNTERPART_WRONG: got=12, must=an opposite position of the symbol"],
	["close-by on a netting account", closeBy, { ...OPEN, ...NETTING }, "COUNTERPART_WRONG: got=close-by, must=a hedging account"],
	// Netting: a deal against the position closes first (A.10)
	[
		"netting: the opposite deal closes and needs no stop",
		deal({ side: "SELL", price: 108_000, sl: 0, tp: 0 }),
		{ ...OPEN, ...NETTING, state: "REDUCING" },
		"ok",
	],
	[
		"netting: the excess opens and needs one",
		deal({ side: "SELL", lots: 0.2, price: 108_000, sl: 0, tp: 0 }),
		{ ...OPEN, ...NETTING },
		"STOP_MISSING: got=no stop loss, must=a stop loss in the request",
	],
	[
		"netting: the excess opens, so not while reducing",
		deal({ side: "SELL", lots: 0.2, price: 108_000, sl: 108_110, tp: 0 }),
		{ ...OPEN, ...NETTING, state: "REDUCING" },
		"NOT_ACTIVE: got=REDUCING, must=ACTIVE",
	],
	[
		"netting: closing twice would reverse",
		deal({ intentId: 2, side: "SELL", price: 108_000, sl: 0, tp: 0 }),
		{
			...OPEN,
			...NETTING,
			inFlight: [deal({ side: "SELL", price: 108_000, sl: 0, tp: 0 })],
		},
		"CLOSE_TOO_LARGE: got=0.1, max=0 lots left to close",
	],
	[
		"netting: hedging rules do not apply",
		deal({ side: "SELL", lots: 0.2, price: 108_000, sl: 108_110, tp: 0 }),
		{ ...OPEN, ...NETTING, instrument: { hedgeProhibited: true, fifoClose: true } },
		"ok",
	],
	["netting: the broker counts no positions of a symbol that has one", deal(), { ...OPEN, ...NETTING, brokerLimits: { orders: 0, positions: 1 } }, "ok"],
	["the broker's position limit, not reached", deal(), { ...OPEN, brokerLimits: { orders: 0, positions: 2 } }, "ok"],
	["the fifth waiting order", pending(), { orders: [1, 2, 3, 4].map((ticket) => waiting({ ticket, lots: 0.01 })) }, "ok"],
	["a spread of 0", deal({ price: 108_000, deviationPoints: 15 }), { quote: { bid: 108_000, ask: 108_000, at: TUESDAY_14 } }, "ok"],
	[
		"only a target in the request",
		deal({ sl: 0 }),
		{ instrument: { stopsInRequest: false }, rules: { requireStop: false } },
		"STOPS_NOT_IN_REQUEST: got=SL or TP in the request, must=none",
	],
	["neither in the request", deal({ sl: 0, tp: 0 }), { instrument: { stopsInRequest: false }, rules: { requireStop: false } }, "ok"],
	["margin to the cent", deal(), { account: { equity: 10_000, margin: 100, freeMargin: 108.01, marginMode: "hedging" } }, "ok"],
	// Risk (C12)
	["no stop", deal({ sl: 0 }), {}, "STOP_MISSING: got=no stop loss, must=a stop loss in the request"],
	["no stop where the rule allows it", deal({ sl: 0 }), { rules: { requireStop: false } }, "ok"],
	["risk of 2 %", deal({ lots: 1, sl: 107_810, tp: 0 }), {}, "ok"],
	["risk of 2.01 %", deal({ lots: 1, sl: 107_809, tp: 0 }), {}, "RISK_TOO_HIGH: got=2.01, max=2 % of equity"],
	["a stop moved away", levels({ sl: 107_899 }), OPEN, "STOP_LOOSENED: got=stop 107899, must=at least 107900"],
	["a stop taken away", levels({ sl: 0 }), OPEN, "STOP_LOOSENED: got=no stop loss, must=the stop at 107900 kept"],
	[
		"a short's stop moved up",
		levels({ sl: 108_101, tp: 0 }),
		{ positions: [position({ side: "SELL", sl: 108_100, tp: 0 })] },
		"STOP_LOOSENED: got=stop 108101, must=at most 108100",
	],
	["an order's stop widened", modify({ sl: 107_789 }), WAITING, "STOP_LOOSENED: got=101, max=100 points to the stop"],
	// Value and margin (C09, C11)
	["value 15 times equity", deal({ lots: 0.1 }), { account: { equity: 720.067, margin: 0, freeMargin: 720, marginMode: "hedging" } }, "ok"],
	[
		"value beyond",
		deal({ lots: 0.1 }),
		{ account: { equity: 720.066, margin: 0, freeMargin: 720, marginMode: "hedging" } },
		"ORDER_NOTIONAL_TOO_HIGH: got=15.0000139, max=15 times equity",
	],
	[
		"everything open beyond 20 times",
		deal({ lots: 0.1 }),
		{
			account: { equity: 1000, margin: 0, freeMargin: 1000, marginMode: "hedging" },
			positions: [position({ lots: 0.09 })],
		},
		"OPEN_NOTIONAL_TOO_HIGH: got=20.521, max=20 times equity",
	],
	["no money", deal(), { account: { equity: 10_000, margin: 9900, freeMargin: 100, marginMode: "hedging" } }, "NO_MONEY: got=100, min=108.01 USD free margin"],
	["margin level of 200 %", deal(), { account: { equity: 10_000, margin: 4891.99, freeMargin: 5000, marginMode: "hedging" } }, "ok"],
	[
		"margin level below",
		deal(),
		{ account: { equity: 10_000, margin: 4892, freeMargin: 5000, marginMode: "hedging" } },
		"MARGIN_LEVEL_LOW: got=199.9996, min=200 % margin level",
	],
];

describe("every check, at its limit and one step beyond", () => {
	it.each(ROWS)("%s", (_name, request, context, expected) => {
		const verdict = validate(contextWith(context), { request, plannedRisk: 0 });
		expect(verdict.verdict === "approved" ? "ok" : verdict.message).toBe(expected);
		if (verdict.verdict === "approved") return;
		expect(verdict.control).toBe(CHECKS[verdict.code as keyof typeof CHECKS].control);
	});

	it("covers every code of the table that a single order can meet", () => {
		const seen = new Set(ROWS.map(([, , , expected]) => expected.split(":")[0]));
		const elsewhere = ["DUPLICATE", "MAX_TRADES", "RATE_BURST", "RATE_PER_HOUR", "RATE_PER_DAY", "REPEATED_ENTRIES", "ENTRIES_PER_WINDOW", "SIDE_FLIPS"];
		expect(Object.keys(CHECKS).filter((code) => !seen.has(code) && !elsewhere.includes(code))).toEqual([]);
	});
});

describe("checks that remember", () => {
	const rules = { ...defaultRules("virtual"), autoAdjust: false };
	const sentBefore = (count: number, gapMs: number, maxTrades: number | null = null) => {
		const limits = createLimits(rules, 10_000, TUESDAY_14, { maxTrades });
		for (let n = count; n >= 1; n--) onSent(limits, rules, TUESDAY_14 - n * gapMs, { purpose: "open", intentId: count - n + 1, side: "BUY", lots: 0.1 });
		return limits;
	};
	it.each([
		["DUPLICATE: got=BUY 0.1 lots again, must=5000 ms apart", sentBefore(1, 4999), "C13", true],
		["ok", sentBefore(1, 5000), "", false],
		["MAX_TRADES: got=3, max=2 entries in the session", sentBefore(2, 10_000, 2), "C20", false],
		["REPEATED_ENTRIES: got=6, max=5", sentBefore(5, 10_000), "C17", false],
		["INTENT_REUSED: got=1, min=2 (intent number)", sentBefore(1, 60_000), "C13", true],
	] as const)("%s", (expected, limits, control, isRejection) => {
		const intentId = expected.startsWith("INTENT") ? 1 : 99;
		const verdict = validate(contextWith({ limits }), { request: deal({ intentId }), plannedRisk: 0 });
		if (verdict.verdict === "approved") expect(expected).toBe("ok");
		else expect([verdict.message, verdict.control, verdict.isRejection]).toEqual([expected, control, isRejection]);
	});

	it("never holds a close or a cancel for any of them", () => {
		const limits = sentBefore(70, 100, 1);
		const verdict = validate(contextWith({ ...OPEN, limits, state: "KILLED", quote: { bid: 108_000, ask: 108_900, at: TUESDAY_14 - 60_000 } }), {
			request: close({ intentId: 99 }),
			plannedRisk: 0,
		});
		expect(verdict.verdict).toBe("approved");
	});
});

describe("exposure (C18)", () => {
	it("counts positions, waiting orders, requests in flight and unknown of the side, each side by itself", () => {
		const context = contextWith({
			positions: [position({ lots: 0.1 }), position({ id: 12, side: "SELL", lots: 5 })],
			orders: [waiting({ lots: 0.2 }), waiting({ ticket: 22, type: "SELL_STOP", lots: 7 })],
			inFlight: [deal({ lots: 0.3 }), close(), pending({ lots: 0.4 }), deal({ side: "SELL", lots: 9 })],
			unknown: [deal({ lots: 0.5 })],
		});
		expect(exposureOf(context, "BUY")).toBeCloseTo(1.5, 9);
		expect(exposureOf(context, "SELL")).toBeCloseTo(21, 9);
	});
});

describe("what counts as a validator rejection", () => {
	it.each([
		["VOLUME_OFF_STEP", true, deal({ lots: 0.105 }), {}],
		["STOP_TOO_CLOSE", true, deal({ sl: 107_992 }), {}],
		["NO_MONEY", true, deal(), { account: { equity: 10_000, margin: 9900, freeMargin: 100, marginMode: "hedging" } }],
		["MARKET_CLOSED", false, deal(), { at: Date.UTC(2025, 2, 8, 12) }],
		["SPREAD_WIDE", false, deal({ price: 108_031 }), { quote: { bid: 108_000, ask: 108_031, at: TUESDAY_14 } }],
		["NOT_ACTIVE", false, deal(), { state: "REDUCING" }],
		["POSITIONS_LIMIT", false, deal(), { ...big, positions: [1, 2, 3, 4, 5].map((id) => position({ id })) }],
	] as const)("%s: %s", (code, expected, request, context) => {
		expect(validate(contextWith(context as Context), { request, plannedRisk: 0 })).toMatchObject({ code, isRejection: expected });
	});
});

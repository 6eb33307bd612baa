import { describe, expect, it } from "vitest";
import { findFault, isEntry, wishOf } from "../../../../src/adapters/mt5/broker/wish.ts";
import type { OrderRequest } from "../../../../src/engine/order.ts";

const COMMON = { intentId: 1, symbol: "EURUSD", magic: 7, comment: "kinetra sma" };
const BUY: OrderRequest = {
	...COMMON,
	action: "DEAL",
	side: "BUY",
	lots: 0.29,
	price: 110_002,
	deviationPoints: 5,
	sl: 109_000,
	tp: 0,
	filling: "IOC",
	positionId: null,
};
const TERMS = { cid: "C", digits: 5, brokerSymbol: "EURUSD.pro", fence: { epoch: 3, nonce: "n" }, ticketOfPosition: (id: number) => `${id + 1000}` };
const SENT = { cid: "C", magic: "7", ttl_ms: 4000, fence: { epoch: 3, nonce: "n" } };
const ORDER = { sl: 109_000, tp: 0, stopLimit: 0, timeInForce: "GTC", expiresAt: 0 } as const;

describe("the frame of an order", () => {
	it.each<[string, OrderRequest, object]>([
		[
			"an entry, no worse than its deviation",
			BUY,
			{
				...{ action: "deal", symbol: "EURUSD.pro", type: "buy", volume: 0.29, sl: 1.09, tp: 0, deviation_points: 5, filling: "ioc" },
				guard: { price_limit: 1.10007 },
			},
		],
		["a sale", { ...BUY, side: "SELL", sl: 111_000 }, { type: "sell", guard: { price_limit: 1.09997 } }],
		["a close: by the ticket, at any price", { ...BUY, side: "SELL", sl: 0, positionId: 5 }, { action: "deal", type: "sell", position: "1005" }],
		["levels", { ...COMMON, action: "SLTP", positionId: 5, sl: 109_001, tp: 0 }, { action: "sltp", position: "1005", sl: 1.09001, tp: 0 }],
		[
			"a stop-limit with an end",
			{
				...COMMON,
				...ORDER,
				action: "PENDING",
				type: "BUY_STOP_LIMIT",
				lots: 1,
				price: 110_100,
				stopLimit: 110_050,
				filling: "RETURN",
				timeInForce: "SPECIFIED",
				expiresAt: 1_795_000_000_500,
			},
			{ action: "pending", type: "buy_stop_limit", price: 1.101, stoplimit: 1.1005, filling: "return", time_in_force: "specified", expiration: 1_795_000_000 },
		],
		[
			"a change",
			{ ...COMMON, ...ORDER, action: "MODIFY", ticket: 9, price: 109_900 },
			{ action: "modify", order: "9", price: 1.099, sl: 1.09, tp: 0, time_in_force: "gtc" },
		],
		["a removal", { ...COMMON, action: "REMOVE", ticket: 9 }, { action: "remove", order: "9" }],
		["a close-by", { ...COMMON, action: "CLOSE_BY", positionId: 5, byPositionId: 6 }, { action: "close_by", position: "1005", position_by: "1006" }],
	])("%s", (_what, request, expected) => {
		expect(findFault(request)).toBeNull();
		expect(wishOf(request, TERMS)).toMatchObject({ ...SENT, ...expected });
	});

	it("holds no close back for its price, and asks for no stop of it", () => {
		const wish = wishOf({ ...BUY, positionId: 5 }, TERMS);
		expect(wish.guard).toBeUndefined();
		expect(wish.sl).toBeUndefined();
	});

	it("names a position by a ticket beyond 2^53 to the last digit", () => {
		expect(wishOf({ ...BUY, positionId: 5 }, { ...TERMS, ticketOfPosition: () => "9007199254740993" }).position).toBe("9007199254740993");
	});

	it("knows what adds risk", () => {
		expect(isEntry(BUY)).toBe(true);
		expect(isEntry({ ...BUY, positionId: 5 })).toBe(false);
		expect(isEntry({ ...COMMON, action: "REMOVE", ticket: 9 })).toBe(false);
	});

	it.each<[string, Partial<typeof BUY>, number]>([
		["no volume", { lots: 0 }, 10014],
		["NaN lots", { lots: Number.NaN }, 10014],
		["endless lots", { lots: Number.POSITIVE_INFINITY }, 10014],
		["a stop below 0", { sl: -1 }, 10016],
		["a stop that is no number", { sl: Number.NaN }, 10016],
		["a broken ticket", { positionId: 1.5 } as Partial<typeof BUY>, 10013],
	])("refuses %s before it leaves", (_what, change, retcode) => {
		expect(findFault({ ...BUY, ...change } as OrderRequest)).toMatchObject({ settled: true, outcome: "rejected", retcode });
	});
});

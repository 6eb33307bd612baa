import { describe, expect, it } from "vitest";
import type { Instrument } from "../../../src/engine/instrument.ts";
import { dealFillings, fillingFor, pendingFillings } from "../../../src/engine/validation/filling.ts";
import { validate } from "../../../src/engine/validation/validator.ts";
import { contextWith, deal, EURUSD_TEST, levels, pending, position, waiting } from "../../helpers/orders.ts";

type Context = Parameters<typeof contextWith>[0];
const repair = (request: Parameters<typeof validate>[1]["request"], context: Context = {}, plannedRisk = 100) =>
	validate(contextWith({ ...context, rules: { autoAdjust: true, ...context?.rules } }), { request, plannedRisk });

describe("auto_adjust", () => {
	it.each([
		["nothing to do", deal(), {}, [], {}],
		["volume down to the step", deal({ lots: 0.29999 }), {}, [["lots", 0.29999, 0.29]], { lots: 0.29 }],
		["0.29 is 29 steps and stays", deal({ lots: 0.29 }), {}, [], { lots: 0.29 }],
		["volume to our maximum", deal({ lots: 1.7, sl: 107_950 }), {}, [["lots", 1.7, 1]], { lots: 1 }],
		["volume to the broker's maximum, then the step", deal({ lots: 0.3 }), { instrument: { volumeMax: 0.255 } }, [["lots", 0.3, 0.25]], { lots: 0.25 }],
		// Bid 108000, tick 25: a long's stop rounds up (nearer), its target down (nearer).
		[
			"prices onto the grid",
			deal({ sl: 107_890, tp: 108_190 }),
			{ instrument: { tickSizePoints: 25 } },
			[
				["sl", 107_890, 107_900],
				["tp", 108_190, 108_175],
			],
			{},
		],
		["a buy limit rounds towards its stop", pending({ price: 107_899.6 }), {}, [["price", 107_899.6, 107_899]], {}],
		["a target out to the stops level", deal({ tp: 108_004 }), {}, [["tp", 108_004, 108_015]], { tp: 108_015 }],
		// Entry 108010, stop 107992 asked: 18 points of 0.10 lots at risk. Out to 107985: 25 points, so 0.10 x 18/25 = 0.072 -> 0.07 lots.
		[
			"a stop out to the stops level, volume shrinks",
			deal({ sl: 107_992 }),
			{},
			[
				["sl", 107_992, 107_985],
				["lots", 0.1, 0.07],
			],
			{ sl: 107_985, lots: 0.07 },
		],
		// Short from 108000, stop 108012: 12 points; stops level from the ask: 108025, 25 points: 0.10 x 12/25 = 0.048 -> 0.04.
		[
			"the same for a short",
			deal({ side: "SELL", price: 108_000, sl: 108_012, tp: 0 }),
			{},
			[
				["sl", 108_012, 108_025],
				["lots", 0.1, 0.04],
			],
			{ sl: 108_025, lots: 0.04 },
		],
		[
			"a close larger than the position",
			deal({ side: "SELL", price: 108_000, sl: 0, tp: 0, positionId: 11, lots: 0.5 }),
			{ positions: [position()] },
			[["lots", 0.5, 0.1]],
			{ lots: 0.1 },
		],
	] as const)("%s", (_name, request, context, changes, fields) => {
		const verdict = repair(request, context as Context);
		expect(verdict.verdict === "refused" ? verdict.message : "approved").toBe("approved");
		expect(verdict.changes.map(({ field, from, to }) => [field, from, to])).toEqual(changes);
		expect(verdict.changes.every(({ why }) => why.length > 10)).toBe(true);
		expect(verdict.request).toMatchObject(fields);
	});

	it("the plan shrinks with the money at the stop", () => {
		// 0.07 lots over 25 points = 1.75 USD against 0.10 over 18 = 1.80 USD asked for.
		const verdict = repair(deal({ sl: 107_992 }), {}, 1.8);
		expect(verdict.verdict === "approved" && verdict.plannedRisk).toBeCloseTo(1.75, 9);
	});

	it.each([
		["volume that shrinks to nothing", deal({ lots: 0.01, sl: 107_992 }), {}, "VOLUME_BELOW_MIN: got=0, min=0.01 lots"],
		["volume below one step", deal({ lots: 0.009 }), {}, "VOLUME_BELOW_MIN: got=0, min=0.01 lots"],
		["a stop on the wrong side", deal({ sl: 108_005 }), {}, "STOP_WRONG_SIDE: got=-5, min=1 points on the losing side"],
		["a target on the wrong side", deal({ tp: 107_990 }), {}, "TARGET_WRONG_SIDE: got=-10, min=1 points on the winning side"],
		["a missing stop", deal({ sl: 0 }), {}, "STOP_MISSING: got=no stop loss, must=a stop loss in the request"],
		["a stop move too near: no volume could pay for it", levels({ sl: 107_990 }), { positions: [position()] }, "STOP_TOO_CLOSE: got=10, min=15 points"],
		["a waiting order too near", pending({ price: 108_000 }), {}, "PRICE_TOO_CLOSE: got=10, min=15 points"],
		["a non-number", deal({ lots: Number.NaN }), {}, "FIELD_INVALID: got=lots NaN, must=a number above 0"],
	] as const)("does not repair %s", (_name, request, context, message) => {
		expect(repair(request, context as Context)).toMatchObject({ verdict: "refused", message });
	});

	it("touches neither a cancel nor the levels of a close", () => {
		const cancel = { action: "REMOVE", intentId: 1, symbol: "EURUSD", magic: 7, comment: "", ticket: 21 } as const;
		expect(repair(cancel, { orders: [waiting()] })).toMatchObject({ verdict: "approved", changes: [], request: cancel });
		const close = deal({ side: "SELL", price: 108_000, sl: 107_900.5, tp: 108_200.5, positionId: 11 });
		expect(repair(close, { positions: [position()] })).toMatchObject({ verdict: "approved", changes: [] });
	});

	it("does nothing when the rule is off", () => {
		expect(repair(deal({ lots: 0.105 }), { rules: { autoAdjust: false } })).toMatchObject({ verdict: "refused", code: "VOLUME_OFF_STEP", changes: [] });
	});
});

describe("filling policy (rulebook A.2)", () => {
	const symbol = (executionMode: Instrument["executionMode"], fillingFlags: Instrument["fillingFlags"]): Instrument => ({
		...EURUSD_TEST,
		executionMode,
		fillingFlags,
	});
	it.each([
		["REQUEST", [], false, "FOK"],
		["INSTANT", ["IOC"], false, "FOK"],
		["MARKET", ["FOK", "IOC"], false, "IOC"],
		["MARKET", ["FOK", "IOC"], true, "FOK"],
		["MARKET", ["IOC"], true, "IOC"],
		["MARKET", ["FOK"], false, "FOK"],
		["MARKET", ["BOC"], false, null],
		["EXCHANGE", [], true, "RETURN"],
		["EXCHANGE", ["FOK"], true, "FOK"],
		["EXCHANGE", ["FOK", "IOC"], false, "RETURN"],
	] as const)("%s with %j, all or nothing %s -> %s", (mode, flags, wants, expected) => {
		expect(fillingFor(symbol(mode, flags), wants)).toBe(expected);
	});

	it.each([
		["INSTANT", [], ["FOK", "IOC", "RETURN"]],
		["MARKET", ["IOC", "BOC"], ["IOC"]],
		["MARKET", [], []],
		["EXCHANGE", ["FOK"], ["FOK", "RETURN"]],
	] as const)("deals on %s with %j may carry %j", (mode, flags, expected) => expect(dealFillings(symbol(mode, flags))).toEqual(expected));

	it.each([
		["BUY_LIMIT", ["BOC"], ["RETURN", "BOC"]],
		["BUY_STOP", ["BOC"], ["RETURN"]],
		["SELL_STOP_LIMIT", ["IOC", "BOC"], ["RETURN", "IOC", "BOC"]],
	] as const)("a %s on market execution with %j may carry %j", (type, flags, expected) =>
		expect(pendingFillings(symbol("MARKET", flags), type)).toEqual(expected),
	);
});

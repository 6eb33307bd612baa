import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { profitOf } from "../../src/engine/money.ts";
import { type SizingPlan, sizeEntry } from "../../src/engine/sizing.ts";
import { validate } from "../../src/engine/validation/validator.ts";
import { contextWith, deal, position } from "../helpers/orders.ts";

type Context = Parameters<typeof contextWith>[0];
/** Buy at 1.08010, stop 200 points away: 200 USD a lot. */
const PLAN: SizingPlan = { side: "BUY", entryPrice: 108_010, stopPrice: 107_810, riskPct: 1, commissionPerLot: 0 };
const account = (equity: number) => ({ account: { equity, margin: 0, freeMargin: equity, marginMode: "hedging" as const } });

describe("sizing by the money at the stop", () => {
	it.each([
		["1 % of 10 000 at 200 USD a lot", PLAN, {}, 0.5, 100, "risk"],
		["0.333 % rounds down to 0.16", { ...PLAN, riskPct: 0.333 }, {}, 0.16, 32, "risk"],
		["a short", { ...PLAN, side: "SELL", entryPrice: 108_000, stopPrice: 108_200 }, {}, 0.5, 100, "risk"],
		["commission of 7 a lot counts", { ...PLAN, commissionPerLot: 7 }, {}, 0.48, 99.36, "risk"],
		["never beyond 2 % a trade", { ...PLAN, riskPct: 5 }, {}, 1, 200, "riskPerTradePctMax"],
		["never beyond maxLots", { ...PLAN, stopPrice: 107_960 }, {}, 1, 50, "maxLots"],
		["never beyond the broker's maximum", PLAN, { instrument: { volumeMax: 0.2 } }, 0.2, 40, "volumeMax"],
		["never beyond 15 times equity: 1.3887 lots", { ...PLAN, stopPrice: 107_960 }, { rules: { maxLots: 50 } }, 1.38, 69, "orderNotional"],
		[
			"never beyond 20 times open: 0.8517 lots left",
			{ ...PLAN, stopPrice: 107_960 },
			{ positions: [position({ lots: 1, openPrice: 108_010 })] },
			0.85,
			42.5,
			"openNotional",
		],
		["never beyond the exposure of a side", PLAN, { rules: { exposureLotsMultiple: 1 }, positions: [position({ lots: 0.8 })] }, 0.2, 40, "exposure"],
		["never below 200 % margin level at leverage 5", PLAN, { leverage: 5 }, 0.23, 46, "marginLevel"],
		["never beyond the free margin", PLAN, { account: { equity: 10_000, margin: 0, freeMargin: 300, marginMode: "hedging" } }, 0.27, 54, "freeMargin"],
		["never beyond the volume limit", PLAN, { instrument: { volumeLimit: 0.3 }, positions: [position({ lots: 0.1 })] }, 0.2, 40, "volumeLimit"],
	] as const)("%s", (_name, plan, context, lots, riskMoney, boundBy) => {
		const sizing = sizeEntry(contextWith(context as Context), plan);
		expect(sizing).toMatchObject({ kind: "sized", lots, boundBy });
		if (sizing.kind === "sized") expect(sizing.riskMoney).toBeCloseTo(riskMoney, 6);
	});

	it("too small is refused, with what would be needed", () => {
		expect(sizeEntry(contextWith(account(100)), PLAN)).toMatchObject({
			kind: "refused",
			code: "VOLUME_TOO_SMALL",
			isRejection: false,
			message:
				"VOLUME_TOO_SMALL: got=0.0050, min=0.01 lots: 1 % of equity is 1.00 USD, the smallest volume loses 2.00 at the stop 200 points away; needs an equity of 200 USD or a stop within 100 points",
		});
		expect(sizeEntry(contextWith(account(200)), PLAN)).toMatchObject({ kind: "sized", lots: 0.01 });
	});

	it("names the limit when it is not the plan that is too small", () => {
		const full = contextWith({ positions: [position({ lots: 1 })], rules: { exposureLotsMultiple: 1 } });
		expect(sizeEntry(full, PLAN)).toMatchObject({ message: "VOLUME_TOO_SMALL: got=0.0000, min=0.01 lots: the limit is exposure" });
	});

	it.each([
		["no stop", { ...PLAN, stopPrice: 0 }],
		["a stop at the entry", { ...PLAN, stopPrice: 108_010 }],
		["a stop in profit", { ...PLAN, stopPrice: 108_100 }],
		["a stop that is not a number", { ...PLAN, stopPrice: Number.NaN }],
		["a risk that is not a number", { ...PLAN, riskPct: Number.NaN }],
		["a negative risk", { ...PLAN, riskPct: -1 }],
		["a commission that is not a number", { ...PLAN, commissionPerLot: Number.NaN }],
	])("%s gives no size", (_name, plan) => expect(sizeEntry(contextWith(), plan)).toMatchObject({ kind: "refused", code: "SIZE_UNKNOWN" }));

	it("no equity, no size", () => expect(sizeEntry(contextWith(account(Number.NaN)), PLAN)).toMatchObject({ kind: "refused", code: "SIZE_UNKNOWN" }));

	it("what is sized is on the grid, within the plan, and approved", () => {
		const plan = fc.record({
			stop: fc.integer({ min: 20, max: 2000 }),
			riskPct: fc.double({ min: 0.05, max: 3, noNaN: true }),
			equity: fc.integer({ min: 50, max: 200_000 }),
		});
		let sized = 0;
		fc.assert(
			fc.property(plan, ({ stop, riskPct, equity }) => {
				const context = contextWith(account(equity));
				const sizing = sizeEntry(context, { ...PLAN, stopPrice: 108_010 - stop - 10, riskPct });
				if (sizing.kind === "refused") return;
				sized++;
				const loss = -profitOf(context.terms, "BUY", sizing.lots, 108_010, 108_010 - stop - 10);
				expect(loss).toBeLessThanOrEqual((equity * riskPct) / 100 + 1e-6);
				const request = deal({ lots: sizing.lots, sl: 108_010 - stop - 10, tp: 0 });
				expect(validate(context, { request, plannedRisk: sizing.riskMoney })).toMatchObject({ verdict: "approved", changes: [] });
			}),
			{ numRuns: 500 },
		);
		expect(sized).toBeGreaterThan(100);
	});
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Instrument } from "../../../src/engine/instrument.ts";
import { findInstrument } from "../../../src/engine/instruments/built-in.ts";
import { TICK_QUOTE } from "../../../src/engine/market/tick.ts";
import { createMoneyTerms } from "../../../src/engine/money.ts";
import type { Answer, BrokerEvent, OrderRequest } from "../../../src/engine/order.ts";
import { createPaperBook, type PaperBook, submitToPaper, tickPaper } from "../../../src/engine/paper/book.ts";
import { DEFAULT_SIMULATOR } from "../../../src/engine/paper/settings.ts";
import { riskOf } from "../../../src/engine/validation/adjust.ts";
import { validate } from "../../../src/engine/validation/validator.ts";
import { contextWith, deal, EURUSD_TEST, levels, modify, pending, position, TUESDAY_14, waiting } from "../../helpers/orders.ts";

const side = fc.constantFrom("BUY" as const, "SELL" as const);
const pendingType = fc.constantFrom("BUY_LIMIT", "SELL_LIMIT", "BUY_STOP", "SELL_STOP", "BUY_STOP_LIMIT", "SELL_STOP_LIMIT" as const);
const price = fc.integer({ min: 107_500, max: 108_500 });
const near = fc.oneof(price, price, fc.constant(0), fc.double({ min: 107_900, max: 108_100, noNaN: true }));
const lots = fc.oneof(
	fc.integer({ min: 1, max: 150 }).map((steps) => steps / 100),
	fc.double({ min: 0.001, max: 3, noNaN: true }),
);
const filling = fc.constantFrom("IOC", "IOC", "FOK", "RETURN", "BOC" as const);
/** Mostly on the right side, often just inside or outside the stops level of 15 points, sometimes between points. */
const gap = fc.oneof(fc.integer({ min: -3, max: 40 }), fc.integer({ min: 12, max: 300 }), fc.double({ min: 0, max: 30, noNaN: true }));
const maybe = fc.boolean();

const anyDeal = fc
	.record({ side, lots, stop: gap, target: gap, hasTarget: maybe, filling, deviationPoints: fc.integer({ min: 0, max: 12 }) })
	.map(({ side, lots, stop, target, hasTarget, filling, deviationPoints }) => {
		const buy = side === "BUY";
		const [market, closing, up] = buy ? [108_010, 108_000, 1] : [108_000, 108_010, -1];
		return deal({ side, lots, filling, deviationPoints, price: market, sl: closing - up * stop, tp: hasTarget ? closing + up * target : 0 });
	});
const anyPending = fc
	.record({ type: pendingType, lots, distance: gap, between: gap, stop: gap, target: gap, hasTarget: maybe, filling })
	.map(({ type, lots, distance, between, stop, target, hasTarget, filling }) => {
		const up = type.startsWith("BUY") ? 1 : -1;
		const market = up === 1 ? 108_010 : 108_000;
		const price = type.endsWith("_LIMIT") && !type.includes("STOP") ? market - up * distance : market + up * distance;
		const stopLimit = type.includes("STOP_LIMIT") ? price - up * between : 0;
		const entry = stopLimit === 0 ? price : stopLimit;
		return pending({
			type,
			lots,
			price,
			stopLimit,
			sl: entry - up * stop,
			tp: hasTarget ? entry + up * target : 0,
			filling: filling === "IOC" ? "RETURN" : filling,
		});
	});
const anyRequest = fc.oneof(anyDeal, anyPending);

const junk = fc.oneof(fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1e308, null, undefined, "BUY", {}, [], true, "__proto__"), fc.anything());

describe("any value at the door", () => {
	it("never throws, and a request with one ruined field is approved only when it is still a request", () => {
		const base = fc.constantFrom<Record<string, unknown>>(deal(), pending(), levels(), modify(), deal({ side: "SELL", positionId: 11 }));
		fc.assert(
			fc.property(base, fc.nat(20), junk, (request, pick, value) => {
				const keys = Object.keys(request);
				const field = keys[pick % keys.length] ?? "lots";
				const context = contextWith({ positions: [position()], orders: [waiting()], rules: { autoAdjust: pick % 2 === 0 } });
				const verdict = validate(context, { request: { ...request, [field]: value } as never, plannedRisk: 0 });
				if (typeof value === "number" && !Number.isFinite(value)) expect(verdict.verdict).toBe("refused");
				if (verdict.verdict === "refused") expect(verdict.message).toMatch(/^[A-Z_]+: got=/);
			}),
			{ numRuns: 600 },
		);
	});

	it("never throws on anything at all", () => {
		fc.assert(
			fc.property(fc.anything(), fc.anything(), (request, plannedRisk) => {
				expect(validate(contextWith(), { request, plannedRisk } as never)).toMatchObject({ verdict: "refused", code: "FIELD_INVALID" });
			}),
			{ numRuns: 300 },
		);
	});

	it.each(["equity", "margin", "freeMargin"] as const)("an account whose %s is not a number approves no entry", (field) => {
		const account = { equity: 10_000, margin: 0, freeMargin: 10_000, marginMode: "hedging" as const, [field]: Number.NaN };
		expect(validate(contextWith({ account }), { request: deal(), plannedRisk: 0 }).verdict).toBe("refused");
	});

	it.each([
		["bid", { bid: Number.NaN, ask: 108_010, at: TUESDAY_14 }],
		["ask", { bid: 108_000, ask: Number.NaN, at: TUESDAY_14 }],
		["time", { bid: 108_000, ask: 108_010, at: Number.NaN }],
	])("a quote whose %s is not a number approves no entry", (_name, quote) => {
		expect(validate(contextWith({ quote }), { request: deal(), plannedRisk: 0 }).verdict).toBe("refused");
	});

	it.each([
		"maxLots",
		"orderNotionalEquityMultiple",
		"openNotionalEquityMultiple",
		"quoteAgeMsMax",
		"spreadMedianMultiple",
		"priceDistancePct",
		"deviationSpreads",
		"marginLevelPctMin",
		"riskPerTradePctMax",
		"exposureLotsMultiple",
		"openPositionsMax",
		"rateBurst",
		"ratePerHour",
		"ratePerDay",
		"repeatEntriesMax",
		"entriesPerWindowMax",
		"sideFlipsMax",
	] as const)("a rule %s that is not a number approves no entry", (rule) =>
		expect(validate(contextWith({ rules: { [rule]: Number.NaN } }), { request: deal(), plannedRisk: 0 }).verdict).toBe("refused"),
	);
});

describe("repairs", () => {
	it("never raise volume or money at the stop, and list every change", () => {
		const context = contextWith({ rules: { autoAdjust: true, maxLots: 1 }, instrument: { tickSizePoints: 5 } });
		let approvals = 0;
		fc.assert(
			fc.property(anyRequest, (request) => {
				const verdict = validate(context, { request, plannedRisk: 100 });
				const before = riskOf(context, request);
				const after = riskOf(context, verdict.request);
				if (before !== null && after !== null && before > 0) expect(after).toBeLessThanOrEqual(before + 1e-9);
				if ("lots" in verdict.request && "lots" in request) expect(verdict.request.lots).toBeLessThanOrEqual(request.lots);
				const rebuilt: Record<string, unknown> = { ...verdict.request };
				for (const change of verdict.changes) rebuilt[change.field] = change.from;
				expect(rebuilt).toEqual(request);
				if (verdict.verdict === "approved") expect(verdict.plannedRisk).toBeLessThanOrEqual(100);
				if (verdict.verdict === "approved") approvals++;
			}),
			{ numRuns: 1500 },
		);
		expect(approvals).toBeGreaterThan(50);
	});
});

describe("what is approved, the paper broker takes", () => {
	const symbols = [EURUSD_TEST, ...["GBPUSD", "USDJPY", "XAUUSD"].flatMap((symbol) => findInstrument(symbol) ?? [])];
	const SETTINGS = { ...DEFAULT_SIMULATOR, latencyMs: 0, latencyJitterMs: 0, slippagePoints: 0 };

	function paperAt(instrument: Instrument): { book: PaperBook; send(request: OrderRequest): Answer | undefined } {
		const terms = createMoneyTerms(instrument, { currency: "USD", currencyDigits: 2, leverage: 100 }, {});
		const account = { currency: "USD", currencyDigits: 2, startBalance: 10_000, leverage: 100, marginMode: "hedging" as const };
		const book = createPaperBook({ terms, account, settings: SETTINGS, triggerFill: "market", seed: 1, ticketStart: 11 });
		tickPaper(book, TUESDAY_14, 108_000, 108_010, TICK_QUOTE, []);
		const send = (request: OrderRequest): Answer | undefined => {
			const out: BrokerEvent[] = [];
			submitToPaper(book, request, TUESDAY_14, out);
			return out.flatMap((event) => (event.type === "answer" ? [event.answer] : []))[0];
		};
		return { book, send };
	}

	it.each(symbols.map((instrument) => [instrument.symbol, instrument] as const))("%s: entries", (symbol, instrument) => {
		let approvals = 0;
		fc.assert(
			fc.property(anyRequest, fc.boolean(), (drawn, autoAdjust) => {
				const verdict = validate(contextWith({ instrument, rules: { autoAdjust } }), { request: { ...drawn, symbol }, plannedRisk: 0 });
				if (verdict.verdict === "refused") return;
				approvals++;
				const answer = paperAt(instrument).send(verdict.request);
				expect(["done", "placed", "partial"], `${JSON.stringify(verdict.request)} -> ${answer?.retcode}`).toContain(answer?.outcome);
			}),
			{ numRuns: 500 },
		);
		expect(approvals).toBeGreaterThan(5);
	});

	it.each(symbols.map((instrument) => [instrument.symbol, instrument] as const))("%s: closes and new levels", (symbol, instrument) => {
		const change = fc.oneof(
			fc.record({ sl: near, tp: near }).map((fields) => levels({ ...fields, symbol, intentId: 2 })),
			fc
				.record({ lots: fc.integer({ min: 1, max: 60 }).map((steps) => steps / 100), side })
				.map((fields) => deal({ ...fields, symbol, sl: 0, tp: 0, positionId: 11, intentId: 2 })),
		);
		let approvals = 0;
		fc.assert(
			fc.property(change, (request) => {
				const { book, send } = paperAt(instrument);
				send(deal({ symbol, lots: 0.5, sl: 107_900, tp: 108_200 }));
				const positions = book.positions.map((open) => position({ ...open, symbol, intentId: null }));
				const verdict = validate(contextWith({ instrument, positions, rules: { autoAdjust: true } }), { request, plannedRisk: 0 });
				if (verdict.verdict === "refused") return;
				approvals++;
				const answer = send(verdict.request);
				expect(["done", "partial"], `${JSON.stringify(verdict.request)} -> ${answer?.retcode}`).toContain(answer?.outcome);
			}),
			{ numRuns: 300 },
		);
		expect(approvals).toBeGreaterThan(5);
	});
});

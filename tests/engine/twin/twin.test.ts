import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { createMoneyTerms } from "../../../src/engine/money.ts";
import type { Answer, BrokerEvent, Deal, DealRequest, Side } from "../../../src/engine/order.ts";
import { type TwinSide, twinAnswer, twinDeal, twinPaper, twinSent } from "../../../src/engine/twin/fold.ts";
import { type PaperTwinReport, type TwinParts, twinReport } from "../../../src/engine/twin/report.ts";
import { createTwin, type TwinState } from "../../../src/engine/twin/state.ts";
import { dealOf, demoConfig, filledOf, later, link, quote, runReal, WARM_UP } from "../../helpers/real-broker.ts";
import { answerTo, PLAIN } from "../../helpers/session.ts";

vi.mock("../../../src/engine/engine.ts", async (original) => (await import("../../helpers/engine-hook.ts")).hooked(await original()));

/** One point of one lot is one dollar. */
const TERMS = createMoneyTerms(PLAIN, { currency: "USD", currencyDigits: 2, leverage: 100 }, {});
const R = 100;

function request(intentId: number, side: Side, lots: number, positionId: number | null): DealRequest {
	const common = { intentId, symbol: "EURUSD", magic: 1, comment: "" };
	return { ...common, action: "DEAL", side, lots, price: 110_002, deviationPoints: 3, sl: 0, tp: 0, filling: "FOK", positionId };
}

function answer(intentId: number, changes: Partial<Answer> = {}): Answer {
	return (answerTo(request(intentId, "BUY", 1, null), { lots: 1, ...changes }) as Extract<BrokerEvent, { type: "answer" }>).answer;
}

function deal(changes: Partial<Deal>): Deal {
	return (dealOf({ lots: 1, ...changes }) as Extract<BrokerEvent, { type: "deal" }>).deal;
}

/** What one side made of a bought lot: quotes and prices of entry and exit, fees, and lots. */
type Made = {
	readonly in: [bid: number, ask: number, price: number];
	readonly out: [bid: number, ask: number, price: number];
	readonly fees?: number;
	readonly lots?: number;
};

/** Lets both make a trade of intent 1, closed by intent 2; null = refused. */
function both(real: Made | null, paper: Made | null, twin = createTwin()): TwinState {
	twinSent(twin, request(1, "BUY", 1, null), R);
	const enter = (side: TwinSide, made: Made | null, positionId: number): void => {
		if (made === null) {
			twinAnswer(twin, side, answer(1, { outcome: "rejected" }), false, TERMS);
			return;
		}
		const [bid, ask, price] = made.in;
		twinAnswer(twin, side, answer(1, { bid, ask, price }), true, TERMS);
		twinDeal(twin, side, side === "paper" ? 1 : null, deal({ positionId, price, lots: made.lots ?? 1, commission: made.fees ?? 0 }), TERMS);
	};
	const leave = (side: TwinSide, made: Made | null, positionId: number): void => {
		if (made === null) return;
		const [bid, ask, price] = made.out;
		const lots = made.lots ?? 1;
		twinAnswer(twin, side, answer(2, { bid, ask, price }), true, TERMS);
		const profit = (price - made.in[2]) * lots;
		twinDeal(twin, side, side === "paper" ? 1 : null, deal({ ticket: 9, positionId, intentId: 2, entry: "OUT", side: "SELL", lots, price, profit }), TERMS);
	};
	enter("real", real, 301);
	enter("paper", paper, 7);
	if (real !== null) twinSent(twin, request(2, "SELL", 1, 301), R);
	leave("real", real, 301);
	leave("paper", paper, 7);
	return twin;
}

const SAME: Made = { in: [100, 102, 102], out: [150, 152, 150] };
const NONE: TwinParts = { price: 0, latency: 0, spread: 0, slippage: 0, rejection: 0, swap: 0 };

describe("the gap between broker and simulator", () => {
	const CASES: readonly (readonly [string, Made | null, Made | null, Partial<TwinParts>])[] = [
		["is none when both do the same", SAME, SAME, {}],
		["is latency when the market moved on until the broker executed", { ...SAME, in: [103, 105, 105] }, SAME, { latency: 3 }],
		["is latency on the way out", { ...SAME, out: [146, 148, 146] }, SAME, { latency: 4 }],
		["is spread when it was wider at the broker, half of it at each end", { in: [99, 103, 103], out: [149, 153, 149] }, SAME, { spread: 2 }],
		["is slippage against the quote at execution", { ...SAME, in: [100, 102, 107] }, SAME, { slippage: 5 }],
		["is slippage in our favour with a minus", { ...SAME, out: [150, 152, 151] }, SAME, { slippage: -1 }],
		["is all of them at once", { in: [103, 107, 108], out: [150, 152, 150] }, SAME, { latency: 4, spread: 1, slippage: 1 }],
		["is swap for swap and commission", { ...SAME, fees: -7 }, { ...SAME, fees: -3 }, { swap: 4 }],
		["is rejection when only the simulator filled", null, SAME, { rejection: 48 }],
		["is rejection, the other way, when only the broker filled", SAME, null, { rejection: -48 }],
		["is rejection for the lots that only the simulator filled", { ...SAME, lots: 0.4 }, SAME, { rejection: 28.8 }],
		["without quotes is slippage as a whole", { in: [0, 0, 105], out: [150, 152, 150] }, SAME, { slippage: 3 }],
	];
	it.each(CASES)("%s", (_name, real, paper, parts) => {
		const { parts: found, gap, compared, pending } = twinReport(both(real, paper), "USD", 2);
		expect(found).toEqual({ ...NONE, ...parts });
		expect(gap).toBeCloseTo(
			Object.values(parts).reduce((sum, part) => sum + part, 0),
			8,
		);
		expect([compared, pending]).toEqual([1, 0]);
	});

	it("is slippage when the same stop fired deeper at the broker, and price when something else closed it", () => {
		const stop = (price: number, level: number): Partial<Deal> => ({
			ticket: 9,
			intentId: null,
			entry: "OUT",
			side: "SELL",
			reason: "SL",
			price,
			requestedPrice: level,
		});
		const run = (paperLevel: number): TwinParts => {
			const twin = createTwin();
			twinSent(twin, request(1, "BUY", 1, null), R);
			for (const side of ["real", "paper"] as const) {
				twinAnswer(twin, side, answer(1, { bid: 100, ask: 102 }), true, TERMS);
				twinDeal(twin, side, 1, deal({ positionId: side === "real" ? 301 : 7, price: 102 }), TERMS);
			}
			twinDeal(twin, "real", null, deal({ ...stop(47, 50), positionId: 301, profit: -55 }), TERMS);
			twinPaper(twin, { kind: "deal", openedBy: 1, deal: deal({ ...stop(paperLevel, paperLevel), positionId: 7, profit: paperLevel - 102 }) }, TERMS);
			return twinReport(twin, "USD", 2).parts;
		};
		expect(run(50)).toEqual({ ...NONE, slippage: 3 });
		expect(run(60)).toEqual({ ...NONE, price: 13 });
	});

	it("is nobody's when both refuse, and is open while one of them still trades", () => {
		expect(twinReport(both(null, null), "USD", 2)).toMatchObject({ compared: 0, pending: 0, onlyBrokerRefused: 0, onlyPaperRefused: 0, meanGapR: null });
		const twin = createTwin();
		twinSent(twin, request(1, "BUY", 1, null), R);
		expect(twinReport(twin, "USD", 2)).toMatchObject({ compared: 0, pending: 1, verdict: "too-few" });
		expect(twinReport(both(null, SAME), "USD", 2)).toMatchObject({
			onlyBrokerRefused: 1,
			onlyPaperRefused: 0,
			trades: [{ realNet: null, paperNet: 48, gapR: 0.48 }],
		});
	});

	it("always sums to the whole, whatever both made of it", () => {
		const leg = fc.tuple(fc.integer({ min: 50, max: 150 }), fc.integer({ min: 0, max: 9 }), fc.integer({ min: -9, max: 9 }));
		const made = fc
			.record({ a: leg, b: leg, fees: fc.integer({ min: -9, max: 0 }), lots: fc.constantFrom(0.1, 0.37, 1) })
			.map(({ a, b, fees, lots }): Made => ({ in: [a[0], a[0] + a[1], a[0] + a[1] + a[2]], out: [b[0], b[0] + b[1], b[0] + b[2]], fees, lots }));
		fc.assert(
			fc.property(fc.option(made), fc.option(made), (real, paper) => {
				const [trade] = twinReport(both(real, paper), "USD", 2).trades;
				if (trade === undefined) return real === null && paper === null;
				const sum = Object.values(trade.parts).reduce((total, part) => total + part, 0);
				expect(sum).toBeCloseTo(trade.gap, 6);
				expect(trade.gap).toBeCloseTo((trade.paperNet ?? 0) - (trade.realNet ?? 0), 6);
				return true;
			}),
		);
	});

	it.each([
		["four trades say nothing", 4, 50, "too-few"],
		["five do", 5, 0, "true"],
		["5 % of a planned loss a trade is still the truth", 5, 5, "true"],
		["more is a lie", 5, 6, "too-kind"],
		["as is the other direction", 5, -6, "too-harsh"],
	] as const)("%s", (_name, trades, points, verdict) => {
		const twin = createTwin();
		for (let n = 0; n < trades; n++) both({ ...SAME, in: [100 + points, 102 + points, 102 + points] }, SAME, twin);
		const report: PaperTwinReport = twinReport(twin, "USD", 2);
		expect(report.verdict).toBe(verdict);
		expect(report.text).not.toBe("");
		if (points !== 0 && verdict !== "too-few") expect(report.text).toContain("latency");
	});

	it("follows a whole session, from the journal's events alone", async () => {
		const config = demoConfig({ onExit: "keep" }, { paperTwin: true });
		const paper = (changes: Partial<Deal>): BrokerEvent => ({
			type: "paper",
			at: later(1),
			paper: { kind: "deal", openedBy: 1, deal: deal({ positionId: 7, lots: 0.1, ...changes }) },
		});
		const stop: Partial<Deal> = { entry: "OUT", side: "SELL", intentId: null, reason: "SL", price: 109_900, requestedPrice: 109_902, profit: -10.2 };
		const { engine } = await runReal(config, {
			respond: (sent) => [...filledOf(sent), { type: "paper", at: later(0), paper: { kind: "answer", answer: answer(1, { lots: 0.1 }) } }],
			steps: (tell) => [
				...WARM_UP,
				() => tell(link("up", later(1)), paper({}), dealOf({ ...stop, ticket: 777 }), { type: "position-closed", at: later(1), positionId: 301 }),
				[quote(2)],
				() => tell(paper({ ...stop, ticket: 8, price: 109_902, profit: -10 })),
			],
		});
		const twin = engine.broker?.twin;
		expect(twin == null ? null : twinReport(twin, "USD", 2)).toMatchObject({ compared: 1, gap: 0.2, parts: { ...NONE, slippage: 0.2 } });
		expect(engine.account.balance).toBe(9989.8);
	});
});

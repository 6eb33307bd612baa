import { describe, expect, it } from "vitest";
import { nextPaperDueAt, setPaperConditions } from "../../../src/engine/paper/book.ts";
import { askWithSpread } from "../../../src/engine/paper/spread.ts";
import { answerOf, type DeskOptions, dealsIn, EXACT, NOON, openAt, openDesk, retcodeIn } from "./desk.ts";

const INSTANT: DeskOptions = { instrument: { executionMode: "INSTANT" } };

describe("instant and request execution (rulebook A.3)", () => {
	it.each<[string, "BUY" | "SELL", number, number, number, number]>([
		["at the market", "BUY", 110_002, 0, 10009, 110_002],
		["within the deviation, at the requested price", "BUY", 110_000, 2, 10009, 110_000],
		["beyond the deviation", "BUY", 109_999, 2, 10004, 0],
		["beyond it in the sender's favour", "BUY", 110_005, 2, 10004, 0],
		["a sell is compared with the bid", "SELL", 110_002, 1, 10004, 0],
		["a sell within", "SELL", 110_001, 1, 10009, 110_001],
	])("%s", (_name, side, price, deviationPoints, retcode, executed) => {
		for (const executionMode of ["INSTANT", "REQUEST"] as const) {
			const answer = answerOf(openDesk({ instrument: { executionMode } }).deal(side, 0.1, { price, deviationPoints }));
			expect(answer).toMatchObject({ retcode, price: executed, bid: 110_000, ask: 110_002 });
		}
	});

	it("requotes by chance when told to, market execution never", () => {
		expect(retcodeIn(openDesk({ ...INSTANT, settings: { requoteProbability: 1 } }).deal("BUY", 0.1))).toBe(10004);
		expect(retcodeIn(openDesk({ settings: { requoteProbability: 1 } }).deal("BUY", 0.1))).toBe(10009);
	});

	it("trouble of the moment requotes instant deals and answers market deals with 10020, until it is over", () => {
		const instant = openDesk(INSTANT);
		const market = openDesk();
		for (const desk of [instant, market]) setPaperConditions(desk.book, { requoteProbability: 1, slippageFactor: 1 });
		expect(retcodeIn(instant.deal("BUY", 0.1))).toBe(10004);
		expect(retcodeIn(market.deal("BUY", 0.1))).toBe(10020);
		setPaperConditions(market.book, { requoteProbability: Number.NaN, slippageFactor: -1 });
		expect(retcodeIn(market.deal("BUY", 0.1)), "nonsense is ignored").toBe(10020);
		setPaperConditions(market.book, { requoteProbability: 0, slippageFactor: 1 });
		expect(retcodeIn(market.deal("BUY", 0.1))).toBe(10009);
	});

	it("is all or nothing even when volume is short", () => {
		expect(answerOf(openDesk({ ...INSTANT, settings: { partialFillProbability: 1 } }).deal("BUY", 1))).toMatchObject({ retcode: 10009, lots: 1 });
	});
});

describe("market execution", () => {
	it("slips against the trader only, on the tick grid, and says what was asked", () => {
		const desk = openDesk({ settings: { slippagePoints: 30 }, instrument: { tickSizePoints: 2 } });
		let slipped = 0;
		for (let index = 0; index < 50; index++) {
			const [buy] = dealsIn(desk.deal("BUY", 0.01));
			const [sell] = dealsIn(desk.deal("SELL", 0.01));
			expect(buy?.requestedPrice).toBe(110_002);
			expect(buy?.price).toBeGreaterThanOrEqual(110_002);
			expect(sell?.price).toBeLessThanOrEqual(110_000);
			expect((buy?.price ?? 1) % 2).toBe(0);
			slipped += (buy?.price ?? 0) - 110_002;
		}
		// The mean of |N(0, 30)| is 23.9.
		expect(slipped / 50).toBeGreaterThan(15);
		expect(slipped / 50).toBeLessThan(33);
	});

	it("fills IOC in part and cancels the rest, FOK whole", () => {
		const settings = { partialFillProbability: 1 };
		const desk = openDesk({ settings });
		const answer = answerOf(desk.deal("BUY", 1));
		expect(answer).toMatchObject({ retcode: 10010, outcome: "partial" });
		expect(answer.lots).toBeGreaterThanOrEqual(0.01);
		expect(answer.lots).toBeLessThanOrEqual(0.99);
		expect(desk.book.orders).toEqual([]);
		expect(desk.book.positions).toMatchObject([{ lots: answer.lots }]);
		expect(answerOf(openDesk({ settings }).deal("BUY", 1, { filling: "FOK" }))).toMatchObject({ retcode: 10009, lots: 1 });
		expect(answerOf(openDesk({ settings }).deal("BUY", 0.01)), "the least volume cannot be split").toMatchObject({ retcode: 10009, lots: 0.01 });
	});

	it("on exchanges the rest of a RETURN deal works on as a limit under the same ticket and can be removed", () => {
		const options: DeskOptions = { settings: { partialFillProbability: 1 }, instrument: { executionMode: "EXCHANGE" }, account: { marginMode: "netting" } };
		const desk = openDesk(options);
		const answer = answerOf(desk.deal("BUY", 1, { filling: "RETURN" }));
		expect(desk.book.orders).toMatchObject([{ ticket: answer.orderTicket, type: "BUY_LIMIT", price: 110_002, lots: Number((1 - answer.lots).toFixed(2)) }]);
		expect(desk.book.margin).toBeCloseTo(1100.02, 6);
		expect(retcodeIn(desk.remove(answer.orderTicket))).toBe(10009);
		expect(desk.book.orders).toEqual([]);
	});
});

describe("latency (rulebook A4.6)", () => {
	const LATE: DeskOptions = { settings: { latencyMs: 100 } };

	it("executes on the quote that held when it arrived, stamped with its own time", () => {
		const desk = openDesk(LATE);
		expect(desk.deal("BUY", 0.1)).toEqual([]);
		expect(nextPaperDueAt(desk.book)).toBe(NOON + 100);
		expect(desk.quote(110_050, 110_052, NOON + 50)).toEqual([]);
		const events = desk.quote(110_090, 110_092, NOON + 150);
		expect(answerOf(events)).toMatchObject({ price: 110_052, latencyMs: 100, bid: 110_050 });
		expect(events.every((event) => event.at === NOON + 100)).toBe(true);
		expect(nextPaperDueAt(desk.book)).toBe(Number.POSITIVE_INFINITY);
	});

	it("a quote of the same moment is the one that holds", () => {
		const desk = openDesk(LATE);
		desk.deal("BUY", 0.1);
		expect(answerOf(desk.quote(110_090, 110_092, NOON + 100))).toMatchObject({ price: 110_092 });
	});

	it("clock rows let requests arrive", () => {
		const desk = openDesk(LATE);
		desk.deal("BUY", 0.1);
		expect(desk.clock(NOON + 99)).toEqual([]);
		expect(answerOf(desk.clock(NOON + 1000))).toMatchObject({ price: 110_002, latencyMs: 100 });
	});

	it("keeps the order of requests whatever the jitter", () => {
		const desk = openDesk({ settings: { latencyMs: 10, latencyJitterMs: 500 } });
		for (let index = 0; index < 20; index++) desk.deal("BUY", 0.01);
		const events = desk.clock(NOON + 10_000);
		const intents = events.flatMap((event) => (event.type === "answer" ? [event.answer.intentId] : []));
		expect(intents).toEqual(Array.from({ length: 20 }, (_unused, index) => index + 1));
		for (const event of events) if (event.type === "answer") expect(event.answer.latencyMs).toBeGreaterThanOrEqual(10);
	});

	it("a level set before its request arrives does not protect yet", () => {
		const desk = openDesk(LATE);
		desk.deal("BUY", 0.1);
		desk.clock(NOON + 200);
		const id = desk.book.positions[0]?.id ?? 0;
		desk.levels(id, 109_950, 0, {});
		expect(dealsIn(desk.quote(109_940, 109_942, NOON + 250))).toEqual([]);
		const events = desk.quote(109_930, 109_932, NOON + 400);
		expect(retcodeIn(events), "the level is on the wrong side when it arrives").toBe(10016);
	});

	it("closing twice: the second request finds the position gone", () => {
		const desk = openDesk(LATE);
		desk.deal("BUY", 0.1);
		desk.clock(NOON + 200);
		const id = desk.book.positions[0]?.id ?? 0;
		desk.deal("SELL", 0.1, { positionId: id });
		desk.deal("SELL", 0.1, { positionId: id });
		const codes = desk.clock(NOON + 1000).flatMap((event) => (event.type === "answer" ? [event.answer.retcode] : []));
		expect(codes).toEqual([10009, 10036]);
	});
});

describe("spread model (rulebook F.3)", () => {
	it.each([
		["recorded", 20, 110_002, 110_002],
		["fixed", 20, 110_002, 110_020],
		["fixed", 20, 110_500, 110_020],
		["minimum", 20, 110_002, 110_020],
		["minimum", 20, 110_500, 110_500],
		["minimum", 20, Number.NaN, 110_020],
	] as const)("%s %d: ask %d becomes %d", (spreadModel, spreadPoints, ask, expected) => {
		const settings = { ...EXACT, spreadModel, spreadPoints };
		expect(askWithSpread(settings, 110_000, ask)).toBe(expected);
		expect(askWithSpread(settings, 110_000, askWithSpread(settings, 110_000, ask))).toBe(expected);
	});

	it("is what the server trades on", () => {
		const desk = openDesk({ settings: { spreadModel: "fixed", spreadPoints: 30 } });
		openAt(desk, "BUY", 0.1);
		expect(desk.book.positions).toMatchObject([{ openPrice: 110_030 }]);
	});
});

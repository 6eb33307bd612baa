import { describe, expect, it, vi } from "vitest";
import type { Instrument } from "../../src/engine/instrument.ts";
import { findInstrument } from "../../src/engine/instruments/built-in.ts";
import { createMoneyTerms } from "../../src/engine/money.ts";
import type { Deal } from "../../src/engine/order.ts";
import { rowOf } from "../../src/engine/tally.ts";
import { addToTrade, floatingOf, noteExcursion, openTrade, reduceTrade, reopenTrade, resultInR, type Trade } from "../../src/engine/trade.ts";
import { close, configWith, EASY, minutes, open, PLAIN, type RunResult, runWith, scriptedFeed } from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

const USD = { currency: "USD", currencyDigits: 2, leverage: 100 };
/** One dollar a point and lot. */
const TERMS = createMoneyTerms(PLAIN, USD, {});
const RISK = 100;

function deal(changes: Partial<Deal> = {}): Deal {
	return {
		ticket: 1,
		orderTicket: 1,
		positionId: 1,
		intentId: 1,
		symbol: "EURUSD",
		entry: "IN",
		side: "BUY",
		lots: 1,
		price: 110_002,
		requestedPrice: 110_002,
		spreadCost: 0,
		profit: 0,
		swap: 0,
		commission: 0,
		reason: "EXPERT",
		comment: "",
		at: 1000,
		...changes,
	};
}

function born(changes: Partial<Deal> = {}): Trade {
	return openTrade(deal(changes), { number: 1, shadow: false, openedBar: 5, riskMoney: RISK, entryReason: "test" });
}

describe("a trade by hand", () => {
	it("long: bid runs 98 for it and 52 against it, closes 48 up", () => {
		const trade = born({ commission: -3.5 });
		for (const bid of [110_000, 110_100, 109_950, 110_060]) noteExcursion(trade, bid);
		reduceTrade(trade, deal({ entry: "OUT", side: "SELL", price: 110_050, profit: 48, commission: -3.5, swap: -1 }), 1);
		// Net 48 - 3.5 - 3.5 - 1 = 40; R = 100.
		expect(resultInR(trade, TERMS)).toEqual({ r: 0.4, mfe: 0.98, mae: 0.52 });
		expect(trade).toMatchObject({ lots: 0, openedLots: 1, net: 40 });
	});

	it("short: ask is what counts", () => {
		const trade = born({ side: "SELL", price: 110_000 });
		for (const ask of [110_002, 110_075, 109_900]) noteExcursion(trade, ask);
		reduceTrade(trade, deal({ entry: "OUT", side: "BUY", price: 109_930, profit: 70 }), 1);
		expect(resultInR(trade, TERMS)).toEqual({ r: 0.7, mfe: 1, mae: 0.75 });
	});

	it("every single point counts as an excursion, for and against", () => {
		const long = born();
		for (const bid of [110_003, 110_002, 110_001]) noteExcursion(long, bid);
		expect(long).toMatchObject({ best: 110_003, worst: 110_001 });
		const short = born({ side: "SELL" });
		for (const ask of [110_003, 110_002, 110_001]) noteExcursion(short, ask);
		expect(short).toMatchObject({ best: 110_001, worst: 110_003 });
	});

	it("a stop with a gap: the closing price itself is the worst", () => {
		const trade = born();
		noteExcursion(trade, 110_000);
		reduceTrade(trade, deal({ entry: "OUT", side: "SELL", price: 109_752, profit: -250, reason: "SL" }), 1);
		expect(resultInR(trade, TERMS)).toEqual({ r: -2.5, mfe: 0, mae: 2.5 });
	});

	it("scaling out does not hide what the whole trade could have lost", () => {
		const trade = born();
		noteExcursion(trade, 110_052);
		reduceTrade(trade, deal({ entry: "OUT", side: "SELL", lots: 0.75, price: 110_052, profit: 37.5 }), 0.75);
		expect(trade.lots).toBe(0.25);
		expect(floatingOf(trade, TERMS, 109_900)).toBe(-25.5);
		noteExcursion(trade, 109_900);
		reduceTrade(trade, deal({ entry: "OUT", side: "SELL", lots: 0.25, price: 109_900, profit: -25.5 }), 0.25);
		expect(resultInR(trade, TERMS)).toEqual({ r: 0.12, mfe: 0.5, mae: 1.02 });
		// Mean exit: 0.75 x 110052 + 0.25 x 109900 = 110014 points.
		expect(rowOf(trade, TERMS, 9000, 2)).toMatchObject({ lots: 1, openPrice: 1.10002, closePrice: 1.10014, net: 12, r: 0.12, mfeR: 0.5, maeR: 1.02 });
	});

	it("adding moves the open price to the weighted mean, without dust in the lots", () => {
		const trade = born({ lots: 0.1 });
		addToTrade(trade, deal({ lots: 0.2, price: 110_032, commission: -0.7 }));
		expect(trade).toMatchObject({ lots: 0.3, openedLots: 0.3, net: -0.7 });
		expect(trade.openPrice).toBeCloseTo(110_022, 9);
	});

	it("a reopening at the day change keeps the lots and takes the new price", () => {
		const trade = born();
		reduceTrade(trade, deal({ entry: "OUT", side: "SELL", price: 110_012, profit: 10, reason: "ROLLOVER" }), 1);
		reopenTrade(trade, deal({ price: 110_015, reason: "ROLLOVER" }));
		expect(trade).toMatchObject({ lots: 1, openedLots: 1, openPrice: 110_015, net: 10 });
	});

	it("swap on the open part is part of what floats", () => {
		const trade = born();
		trade.openSwap = -7.5;
		expect(floatingOf(trade, TERMS, 110_012)).toBe(2.5);
	});

	const OTHERS: readonly (readonly [string, number, number, number])[] = [
		// Yen a point: 0.2 lots x 100,000 x 0.001 = 20 yen a point; 500 points = 10,000 yen, at the exit price 150.500 66.45 dollar.
		["USDJPY", 150_000, 150_500, 10_000 / 150.5],
		// Gold: 0.2 lots x 100 ounces x 0.01 = 0.20 dollar a point.
		["XAUUSD", 265_000, 265_500, 100],
		// Yen of a cross are turned into dollars at the losing or winning side of USDJPY 150.00 / 150.01: a gain is worth less.
		["EURJPY", 165_000, 165_500, 10_000 / 150.01],
	];
	it.each(OTHERS)("%s floats in dollars", (symbol, from, to, money) => {
		const instrument = findInstrument(symbol) as Instrument;
		const terms = createMoneyTerms(instrument, USD, { USDJPY: { bid: 150, ask: 150.01 }, EURUSD: { bid: 1.1, ask: 1.1 } });
		expect(floatingOf(born({ lots: 0.2, price: from }), terms, to)).toBeCloseTo(money, 9);
	});
});

describe("trades of a session by hand", () => {
	function rows({ journal }: RunResult): readonly Record<string, unknown>[] {
		return journal.of("trade").map(({ data }) => data as Record<string, unknown>);
	}

	it("a stop loss in a gap loses more than planned, and says so", async () => {
		const bids = [110_000, 110_000, 110_040, 109_950, 109_700, 109_700];
		const script = (_view: unknown, call: number): unknown => (call === 1 ? [open("BUY", { size: { kind: "risk", share: 1 } })] : []);
		const result = await runWith(configWith({ rules: EASY, chsThreshold: 0 }), { feed: scriptedFeed(minutes(bids)), script });
		// 1 lot (100 dollars over 100 points) bought at 110002, stop 109902; the next quote is 109700: 302 points.
		expect(rows(result)).toMatchObject([
			{ side: "BUY", lots: 1, openPrice: 1.10002, closePrice: 1.097, net: -302, r: -3.02, mfeR: 0.38, maeR: 3.02, exitReason: "stop loss", reason: "SL" },
		]);
		expect(result.engine.limits.closes.stops).toHaveLength(1);
		expect(result.engine.chs.account.overshoot).toBeCloseTo(3.02, 9);
	});

	it("on ticks made of bars a stop fills at its price", async () => {
		const bids = [110_000, 110_000, 110_040, 109_950, 109_700, 109_700];
		const script = (_view: unknown, call: number): unknown => (call === 1 ? [open("BUY", { size: { kind: "risk", share: 1 } })] : []);
		const feed = scriptedFeed(minutes(bids), { traits: { triggerFill: "requested" } });
		const result = await runWith(configWith({ rules: EASY, chsThreshold: 0 }), { feed, script });
		expect(rows(result)).toMatchObject([{ closePrice: 1.09902, net: -100, r: -1, maeR: 1 }]);
	});

	it("a take profit, short", async () => {
		const bids = [110_000, 110_000, 110_030, 109_850, 109_850];
		const script = (_view: unknown, call: number): unknown => (call === 1 ? [open("SELL", { size: { kind: "risk", share: 1 }, targetPoints: 120 })] : []);
		const result = await runWith(configWith({ rules: EASY }), { feed: scriptedFeed(minutes(bids)), script });
		// Sold at 110000; the ask falls to 109852, below the target 109880: filled there.
		expect(rows(result)).toMatchObject([{ side: "SELL", net: 148, r: 1.48, mfeR: 1.48, maeR: 0.32, exitReason: "take profit", reason: "TP" }]);
	});

	it("a netting reversal closes one trade and bears the next in one deal", async () => {
		const bids = [110_000, 110_000, 110_030, 110_020, 110_000, 110_000];
		const script = (_view: unknown, call: number): unknown =>
			call === 1 ? [open("BUY", { size: { kind: "lots", lots: 0.2 } })] : call === 2 ? [open("SELL", { size: { kind: "lots", lots: 0.5 } })] : [];
		const result = await runWith(configWith({ rules: EASY, account: { marginMode: "netting" }, riskPct: 1 }), { feed: scriptedFeed(minutes(bids)), script });
		expect(rows(result)).toMatchObject([
			{ number: 1, side: "BUY", lots: 0.2, openPrice: 1.10002, closePrice: 1.1003, net: 5.6, r: 0.056, exitReason: "enter SELL" },
			// 0.3 lots sold at 110030, bought back at the ask 110002 when the data ended.
			{ number: 2, side: "SELL", lots: 0.3, openPrice: 1.1003, closePrice: 1.10002, net: 8.4, exitReason: "end of the data" },
		]);
		expect(result.engine.account.balance).toBe(10_014);
	});

	it("a close in parts is one trade", async () => {
		const bids = [110_000, 110_000, 110_040, 110_080, 110_080, 110_080, 110_080, 110_080];
		const script = (view: { positions: readonly { positionId: number }[] }, call: number): unknown =>
			call === 1 ? [open("BUY", { size: { kind: "lots", lots: 0.2 } })] : call >= 3 ? view.positions.map(({ positionId }) => close(positionId)) : [];
		const config = configWith({ rules: EASY, seed: 5, simulator: { partialFillProbability: 1 } });
		const result = await runWith(config, { feed: scriptedFeed(minutes(bids)), script: script as never });
		expect(rows(result)).toHaveLength(1);
		const closed = rows(result)[0];
		// However the parts fell: bought at 110002, all sold at 110080.
		expect(closed?.net).toBeCloseTo((closed?.lots as number) * 78, 9);
		expect(result.engine.tally.entriesFilled).toBe(1);
	});

	it("costs add up to what the account lost on the way", async () => {
		const costly: Instrument = { ...PLAIN, typicalSpreadPoints: 10, commission: { kind: "perLot", rate: 3.5, minimum: 0, side: "both" } };
		const script = (view: { positions: readonly { positionId: number }[] }, call: number): unknown =>
			call === 1 ? [open("BUY", { size: { kind: "lots", lots: 0.4 } })] : call === 3 ? view.positions.map(({ positionId }) => close(positionId)) : [];
		const result = await runWith(configWith({ rules: EASY, instrument: costly }), {
			feed: scriptedFeed(minutes([110_000, 110_000, 110_000, 110_000, 110_000], 10)),
			script: script as never,
		});
		// 0.4 lots over a spread of 10: 4 dollars, half at each deal; commission 2 x 0.4 x 3.5 = 2.80.
		expect(result.engine.tally).toMatchObject({ spreadCost: 4, commission: -2.8, slippage: 0 });
		expect(result.engine.account.balance).toBe(9993.2);
	});
});

describe("the score in the line of a closed trade", () => {
	it("knows the loss that the trade has brought, with nothing open any more", async () => {
		const script = (_view: unknown, call: number): unknown => (call === 1 ? [open("BUY", { size: { kind: "risk", share: 1 } })] : []);
		const feed = scriptedFeed(minutes([110_000, 110_000, 110_040, 109_950, 109_700, 109_700]));
		const { journal } = await runWith(configWith({ rules: EASY, chsThreshold: 0 }), { feed, script });
		// As above: 302 dollars lost of 10,000, whose peak was 10,038 with the floating 38.
		expect(journal.of("trade")).toMatchObject([{ data: { net: -302, score: { raw: { margin: null } } } }]);
		const data = journal.of("trade")[0]?.data as { readonly score: { readonly raw: { readonly drawdown: number } } };
		expect(data.score.raw.drawdown).toBeCloseTo(1 - 9698 / 10_038, 6);
	});
});

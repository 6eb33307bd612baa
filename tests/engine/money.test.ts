import { describe, expect, it } from "vitest";
import type { Instrument } from "../../src/engine/instrument.ts";
import { BUILT_IN_INSTRUMENTS, findInstrument } from "../../src/engine/instruments/built-in.ts";
import { DEFAULT_CONVERSION } from "../../src/engine/instruments/conversion.ts";
import { canConvert, createMoneyTerms, holdingMarginOf, type MoneyTerms, marginOf, notionalOf, pointValueOf, profitOf } from "../../src/engine/money.ts";
import { roundMoney } from "../../src/engine/units.ts";
import { PLAIN } from "../helpers/instrument.ts";

const USD = { currency: "USD", currencyDigits: 2, leverage: 100 };

function pair(symbol: string, digits: number, more: Partial<Instrument> = {}): Instrument {
	const [base, profit] = [symbol.slice(0, 3), symbol.slice(3)];
	return { ...PLAIN, symbol, digits, currencyBase: base, currencyProfit: profit, currencyMargin: base, ...more };
}

function usd(instrument: Instrument, rates = {}): MoneyTerms {
	return createMoneyTerms(instrument, USD, rates);
}

const EURUSD_RATE = { EURUSD: { bid: 1.0989, ask: 1.0991 } };
const USDJPY_RATE = { USDJPY: { bid: 111.38, ask: 111.387 } };

describe("margin in account currency", () => {
	it.each([
		["F.2 #1 EURUSD buy 0.1 at 1.0991", pair("EURUSD", 5), {}, 109_910, 109.91],
		["F.2 #1 GBPUSD buy 0.1 at 1.2273", pair("GBPUSD", 5), {}, 122_730, 122.73],
		["F.2 #1 USDJPY buy 0.1", pair("USDJPY", 3), {}, 108_000, 100],
		["F.2 #1 USDCHF buy 0.1", pair("USDCHF", 5), {}, 97_898, 100],
		["F.2 #1 EURJPY buy 0.1, EURUSD ask 1.0991", pair("EURJPY", 3), EURUSD_RATE, 120_000, 109.91],
	])("%s", (_name, instrument, rates, price, expected) => {
		expect(roundMoney(marginOf(usd(instrument, rates), "BUY", 0.1, price), 2)).toBe(expected);
	});

	it("converts at the bid for sells", () => {
		expect(roundMoney(marginOf(usd(pair("EURJPY", 3), EURUSD_RATE), "SELL", 0.1, 120_000), 2)).toBe(109.89);
	});

	const cfd: Partial<Instrument> = { digits: 2, contractSize: 100, currencyBase: "XAU", currencyMargin: "USD" };
	it.each<[string, Partial<Instrument>, number]>([
		["FOREX 2 x 100,000 / 100 at 1.10000", {}, 2200],
		["FOREX_NO_LEVERAGE 2 x 100,000", { calcMode: "FOREX_NO_LEVERAGE", currencyMargin: "USD" }, 200_000],
		["FOREX_NO_LEVERAGE with rate 0.01 fixes 1:100", { calcMode: "FOREX_NO_LEVERAGE", currencyMargin: "USD", marginRateLong: 0.01 }, 2000],
		["CFD 2 x 100 x 1,100.00", { ...cfd, calcMode: "CFD" }, 220_000],
		["CFDLEVERAGE 2 x 100 x 1,100.00 / 100", { ...cfd, calcMode: "CFDLEVERAGE" }, 2200],
		["CFDINDEX 2 x 100 x 1,100.00 x 5 / 0.25", { ...cfd, calcMode: "CFDINDEX", tickSizePoints: 25, tickValue: 5 }, 4_400_000],
		["FUTURES 2 x 1,500", { ...cfd, calcMode: "FUTURES", marginInitial: 1500, tickValue: 5 }, 3000],
		["a fixed amount replaces the formula", { marginInitial: 700, currencyMargin: "USD" }, 1400],
		["margin rate 0.5 on longs", { marginRateLong: 0.5 }, 1100],
	])("%s", (_name, more, expected) => {
		expect(marginOf(usd({ ...PLAIN, ...more }), "BUY", 2, 110_000)).toBeCloseTo(expected, 6);
	});

	it("holds at the maintenance amount where there is one", () => {
		const terms = usd({ ...PLAIN, currencyMargin: "USD", marginInitial: 700, marginMaintenance: 500 });
		expect(marginOf(terms, "BUY", 2, 110_000)).toBe(1400);
		expect(holdingMarginOf(terms, "BUY", 2, 110_000)).toBe(1000);
	});
});

describe("profit in account currency", () => {
	it.each<[string, MoneyTerms, "BUY" | "SELL", number, number, number, number]>([
		["F.2 #2 USDCHF buy 0.01, 0.97898 -> 0.95758", usd(pair("USDCHF", 5)), "BUY", 0.01, 97_898, 95_758, -22.35],
		["F.2 #3 USDCHF sell 0.1, 0.93475 -> 0.93751", usd(pair("USDCHF", 5)), "SELL", 0.1, 93_475, 93_751, -29.44],
		["F.2 #4 USDJPY buy 1, +300 points to 108.483", usd(pair("USDJPY", 3)), "BUY", 1, 108_183, 108_483, 276.54],
		["F.2 #4 USDJPY sell 1, -300 points to 107.879", usd(pair("USDJPY", 3)), "SELL", 1, 108_179, 107_879, 278.09],
		["EURUSD buy 0.5, 40 points", usd(PLAIN), "BUY", 0.5, 110_000, 110_040, 20],
		["EURUSD on a EUR account divides by the exit price", createMoneyTerms(PLAIN, { ...USD, currency: "EUR" }, {}), "BUY", 1, 110_000, 125_000, 12_000],
		[
			"FUTURES: 3 ticks of 0.25 worth 5",
			usd({ ...PLAIN, digits: 2, calcMode: "FUTURES", tickSizePoints: 25, tickValue: 5, marginInitial: 1 }),
			"SELL",
			2,
			10_075,
			10_000,
			30,
		],
		["XAUUSD: 1.00 on 0.1 lot of 100 ounces", usd(findInstrument("XAUUSD") as Instrument), "BUY", 0.1, 200_000, 200_100, 10],
	])("%s", (_name, terms, side, lots, open, close, expected) => {
		expect(roundMoney(profitOf(terms, side, lots, open, close), 2)).toBe(expected);
	});

	it("F.2 #7: EURJPY point values 0.89777083 (gain, over the ask) and 0.89782726 (loss, over the bid)", () => {
		const terms = usd(pair("EURJPY", 3), USDJPY_RATE);
		expect(profitOf(terms, "BUY", 1, 120_000, 120_001)).toBeCloseTo(0.89777083, 7);
		expect(profitOf(terms, "BUY", 1, 120_001, 120_000)).toBeCloseTo(-0.89782726, 7);
		expect(pointValueOf(terms, 120_000)).toBeCloseTo(0.89782726, 7);
	});

	it("goes through USD when no direct pair is known", () => {
		const terms = createMoneyTerms(
			pair("EURJPY", 3),
			{ ...USD, currency: "GBP" },
			{ USDJPY: { bid: 100, ask: 125 }, GBPUSD: { bid: 1, ask: 2 }, EURGBP: { bid: 0.8, ask: 0.9 } },
		);
		// A gain of 1000 JPY: / 125 = 8 USD, / 2 = 4 GBP. A loss: / 100 = 10 USD, / 1 = 10 GBP.
		expect(profitOf(terms, "BUY", 1, 100_000, 100_010)).toBeCloseTo(4, 10);
		expect(profitOf(terms, "SELL", 1, 100_000, 100_010)).toBeCloseTo(-10, 10);
	});
});

describe("conversion that is missing", () => {
	it.each([
		["EURJPY", "USD", {}, "USDJPY"],
		["EURJPY", "USD", USDJPY_RATE, "EURUSD"],
		["USDJPY", "USD", {}, null],
		["EURUSD", "USD", {}, null],
		["AUDUSD", "CHF", {}, "USDCHF"],
		["EURJPY", "USD", { USDJPY: { bid: Number.NaN, ask: 1 }, ...EURUSD_RATE }, "USDJPY"],
		["EURJPY", "USD", { USDJPY: { bid: 150, ask: 149 }, ...EURUSD_RATE }, "USDJPY"],
	])("%s on a %s account with %j names %s", (symbol, currency, rates, expected) => {
		const terms = createMoneyTerms(pair(symbol, 3), { ...USD, currency }, rates);
		expect(canConvert(terms)).toBe(expected);
	});

	it("gives NaN, never a number", () => {
		const terms = usd(pair("EURJPY", 3));
		expect(profitOf(terms, "BUY", 1, 120_000, 120_001)).toBeNaN();
		expect(marginOf(terms, "BUY", 1, 120_000)).toBeNaN();
		expect(notionalOf(terms, 1, 120_000)).toBeNaN();
		const copy = JSON.parse(JSON.stringify(terms)) as MoneyTerms;
		expect(profitOf(copy, "BUY", 1, 120_000, 120_001)).toBeNaN();
	});
});

describe("notional", () => {
	it("is the base amount in account currency", () => {
		expect(notionalOf(usd(PLAIN), 0.1, 127_212)).toBeCloseTo(12_721.2, 6);
		expect(notionalOf(usd(pair("USDJPY", 3)), 2, 156_520)).toBeCloseTo(200_000, 6);
	});
});

describe("built-in symbols", () => {
	it.each(BUILT_IN_INSTRUMENTS.map((instrument) => [instrument.symbol, instrument] as const))(
		"%s can be traded from the common account currencies",
		(_symbol, instrument) => {
			for (const currency of ["USD", "EUR", "GBP", "JPY", "AUD", "CHF"])
				expect(canConvert(createMoneyTerms(instrument, { ...USD, currency }, DEFAULT_CONVERSION))).toBeNull();
		},
	);
});

import { describe, expect, it } from "vitest";
import { factsOf, syntheticYear } from "../../../scripts/market-facts.ts";
import { BUILT_IN_INSTRUMENTS, findInstrument } from "../../../src/engine/instruments/built-in.ts";

/** Whole years at full tick density: what is measured are the rows that a session sees. Ranges: issue 2, "Feeds". */
describe("a simulated year has the facts of a real one", () => {
	const eurusd = findInstrument("EURUSD");
	if (eurusd === null) throw new Error("EURUSD is built in");

	it.each([1, 20250304, 987654321])("seed %i", (seed) => {
		const facts = factsOf(syntheticYear(eurusd, seed));
		const volatility = facts.volatilityByHour.map((value) => value ?? Number.NaN);
		const part = (from: number, to: number): number[] => volatility.slice(from, to + 1);
		const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

		expect(facts.bars).toBe(24_960); // 52 weeks of 5 days of 96 bars
		expect(facts.absoluteLag1).toBeGreaterThan(0.22);
		expect(facts.absoluteLag1).toBeLessThan(0.32);
		expect(facts.excessKurtosis).toBeGreaterThan(10);
		expect(facts.excessKurtosis).toBeLessThan(50);
		expect(Math.abs(facts.returnLag1)).toBeLessThan(0.07);
		expect(facts.deviationBp).toBeGreaterThan(4);
		expect(facts.deviationBp).toBeLessThan(5.6);

		for (const value of [...part(5, 7), ...part(23, 23)]) {
			expect(value).toBeGreaterThan(0.55);
			expect(value).toBeLessThan(0.8);
		}
		for (const value of part(15, 17)) {
			expect(value).toBeGreaterThan(1.4);
			expect(value).toBeLessThan(1.9);
		}
		expect(mean(part(9, 11))).toBeGreaterThan(1.1);
		expect(mean(part(9, 11))).toBeGreaterThan(mean(part(7, 8)) * 1.3);
		expect(mean(part(9, 11))).toBeGreaterThan(mean(part(12, 13)) * 1.08);
		expect(mean(part(9, 11))).toBeLessThan(mean(part(15, 17)));

		const spread = facts.spreadByHour.map((value) => value ?? Number.NaN);
		expect(spread[0]).toBeGreaterThan(10);
		for (const value of spread.slice(2, 22)) expect(value).toBeLessThan(2);
		for (const value of facts.quotesPerMinuteByHour) {
			expect(value).toBeGreaterThan(10);
			expect(value).toBeLessThan(200);
		}
		expect(facts.weekendGapBp).toBeGreaterThan(5);
		expect(facts.weekendGapBp).toBeLessThan(20);
	});
});

it("knows the character of every built-in symbol", async () => {
	const { characterOf } = await import("../../../src/engine/market/synthetic/character.ts");
	for (const instrument of BUILT_IN_INSTRUMENTS) {
		const { day, startPrice, volatility15 } = characterOf(instrument);
		for (const list of [day.volatility, day.quotesPerMinute, day.spread]) expect(list).toHaveLength(24);
		expect(startPrice).toBeGreaterThan(10_000);
		expect(volatility15).toBeGreaterThan(0.0004);
		// The hours of a day average 1 over the hours that are open, so that `volatility15` keeps its meaning.
		const open = instrument.sessions[2]?.[0]?.[0] === 60 ? day.volatility.slice(1) : day.volatility;
		expect(open.reduce((sum, value) => sum + value, 0) / open.length).toBeCloseTo(1, 1);
	}
});

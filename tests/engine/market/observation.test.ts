import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addToAtr, addToMean, atrOf, createAtr, createMovingMean, meanOf } from "../../../src/engine/market/averages.ts";
import type { Bar } from "../../../src/engine/market/bars.ts";
import { addBarToFeatures, atrPointsOf, createFeatures, type Features, observe, observePosition } from "../../../src/engine/market/features.ts";
import { emptyObservation, fieldIndex, OBSERVATION, OBSERVATION_VERSION, setField } from "../../../src/engine/market/observation.ts";
import { addSpread, createSpreadWindow, medianSpread } from "../../../src/engine/market/spread-window.ts";

const MINUTE = 60_000;

function bar(close: number, changes: Partial<Bar> = {}): Bar {
	return { openAt: 0, open: close, high: close, low: close, close, volume: 1, spreadPoints: 2, ...changes };
}

function field(features: Features, name: string): number {
	return features.observation[fieldIndex(name)] as number;
}

/** Takes in a bar and looks. */
function take(features: Features, bar: Bar): void {
	addBarToFeatures(features, bar);
	observe(features, bar);
}

describe("the observation", () => {
	it("is frozen: names and order of obs-1", () => {
		expect(OBSERVATION_VERSION).toBe("obs-1");
		expect(OBSERVATION.map(({ name, min, max }) => `${name} ${min}..${max}`)).toMatchInlineSnapshot(`
			[
			  "velocity -0.2..0.2",
			  "velocityAtr -20..20",
			  "momentum -1..1",
			  "kineticEnergy 0..1",
			  "energyBurst 0..30",
			  "energyRank 0..1",
			  "damping 0..1",
			  "dampingRank 0..1",
			  "regimeRank 0..1",
			  "underdamped 0..1",
			  "overdamped 0..1",
			  "entropy 0..1",
			  "rangeAtr 0..20",
			  "closeInRange 0..1",
			  "spreadAtr 0..20",
			  "mean20Atr -50..50",
			  "mean50Atr -50..50",
			  "hourSin -1..1",
			  "hourCos -1..1",
			  "positionSide -1..1",
			  "positionR -10..10",
			  "positionMfeR 0..10",
			  "positionAgeBars 0..1000",
			]
		`);
	});

	it("holds finite values within range whatever the bars", () => {
		const price = fc.oneof(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 3 }), fc.constant(2_000_000_000));
		const bars = fc.array(
			fc.record({
				at: fc.integer({ min: 0, max: 10_000_000 }),
				a: price,
				b: price,
				open: fc.double({ min: 0, max: 1, noNaN: true }),
				close: fc.double({ min: 0, max: 1, noNaN: true }),
				volume: fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.constant(0)),
				spread: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constant(1_000_000)),
				position: fc.option(
					fc.record({ side: fc.constantFrom(-1 as const, 0 as const, 1 as const), r: fc.double(), mfeR: fc.double(), ageBars: fc.integer() }),
				),
			}),
			{ minLength: 1, maxLength: 120 },
		);
		fc.assert(
			fc.property(bars, (series) => {
				const features = createFeatures();
				for (const { at, a, b, open, close, volume, spread, position } of series) {
					const low = Math.min(a, b);
					const high = Math.max(a, b);
					const at01 = (share: number): number => Math.round(low + share * (high - low));
					take(features, { openAt: at * MINUTE, open: at01(open), high, low, close: at01(close), volume, spreadPoints: spread });
					if (position !== null) observePosition(features, position);
					expect(features.observation).toHaveLength(OBSERVATION.length);
					for (const [index, { name, min, max }] of OBSERVATION.entries()) {
						const value = features.observation[index] as number;
						if (!(value >= min && value <= max)) throw new Error(`${name} is ${value}, outside ${min}..${max}`);
					}
				}
			}),
			{ numRuns: 60 },
		);
	});

	it.each([
		[Number.NaN, 0],
		[Number.POSITIVE_INFINITY, 0],
		[-5, -0.2],
		[5, 0.2],
		[0.1, 0.1],
	])("clamps %d", (value, expected) => {
		const observation = emptyObservation();
		setField(observation, fieldIndex("velocity"), value);
		expect(observation[fieldIndex("velocity")]).toBe(expected);
	});

	it("throws for a field that does not exist, at start-up", () => {
		expect(() => fieldIndex("luck")).toThrow("no observation field luck");
	});
});

describe("features by hand", () => {
	/** Fourteen bars with a true range of exactly 10, all closing at 1000. */
	function calm(): Features {
		const features = createFeatures();
		for (let n = 0; n < 14; n++) take(features, bar(1000, { high: 1005, low: 995 }));
		return features;
	}

	it("are neutral where nothing is known", () => {
		const features = createFeatures();
		take(features, bar(1000));
		expect(atrPointsOf(features)).toBeNull();
		expect(field(features, "rangeAtr")).toBe(0);
		expect(field(features, "energyRank")).toBe(0.5);
		expect(field(features, "closeInRange")).toBe(0.5);
	});

	it("distances are in average true ranges", () => {
		const features = calm();
		expect(atrPointsOf(features)).toBe(10);
		// Range 24, so the new average is (13 x 10 + 24) / 14 = 11.
		take(features, bar(1011, { high: 1016, low: 992, spreadPoints: 22 }));
		expect(atrPointsOf(features)).toBeCloseTo(11, 9);
		expect(field(features, "velocityAtr")).toBeCloseTo(1, 9);
		expect(field(features, "rangeAtr")).toBeCloseTo(24 / 11, 9);
		expect(field(features, "closeInRange")).toBeCloseTo(19 / 24, 9);
		expect(field(features, "spreadAtr")).toBeCloseTo(2, 9);
		expect(field(features, "velocity")).toBeCloseTo(Math.log(1011 / 1000), 12);
		// Neither mean exists yet after 15 bars.
		expect(field(features, "mean20Atr")).toBe(0);
	});

	it("the distance to the mean counts from 20 bars on", () => {
		const features = calm();
		for (let n = 0; n < 5; n++) take(features, bar(1000, { high: 1005, low: 995 }));
		take(features, bar(1020, { high: 1020, low: 1010 }));
		// Mean of 19 x 1000 and 1020 = 1001; true range 20 against the close before, average (13 x 10 + 20) / 14.
		expect(field(features, "mean20Atr")).toBeCloseTo(19 / (150 / 14), 9);
		expect(field(features, "mean50Atr")).toBe(0);
	});

	it.each([
		[0, 0, 1],
		[6, 1, 0],
		[12, 0, -1],
		[18, -1, 0],
	])("%d o'clock", (hour, sine, cosine) => {
		const features = createFeatures();
		take(features, bar(1000, { openAt: Date.UTC(2025, 2, 4, hour) }));
		expect(field(features, "hourSin")).toBeCloseTo(sine, 9);
		expect(field(features, "hourCos")).toBeCloseTo(cosine, 9);
	});

	it("the agent's own position is written beside the market", () => {
		const features = calm();
		observePosition(features, { side: -1, r: 0.5, mfeR: 1.5, ageBars: 7 });
		expect(["positionSide", "positionR", "positionMfeR", "positionAgeBars"].map((name) => field(features, name))).toEqual([-1, 0.5, 1.5, 7]);
		observePosition(features, { side: 0, r: 0, mfeR: 0, ageBars: 0 });
		expect(field(features, "positionSide")).toBe(0);
	});
});

describe("averages", () => {
	it("a moving mean exists when it is full and forgets exactly", () => {
		const mean = createMovingMean(3);
		const seen = [5, 7, 9, 100_000_003, 2].map((value) => {
			addToMean(mean, value);
			return meanOf(mean);
		});
		expect(seen).toEqual([null, null, 7, 100_000_019 / 3, 100_000_014 / 3]);
	});

	it("a true range reaches back to the close before", () => {
		const atr = createAtr(2);
		addToAtr(atr, bar(100, { high: 104, low: 98 }));
		expect(atrOf(atr)).toBeNull();
		// Gap up: from the close 100 to the high 112 = 12; mean (6 + 12) / 2, then (9 + 4) / 2 by Wilder.
		addToAtr(atr, bar(110, { high: 112, low: 108 }));
		expect(atrOf(atr)).toBe(9);
		addToAtr(atr, bar(110, { high: 112, low: 108 }));
		expect(atrOf(atr)).toBe(6.5);
	});
});

describe("the spread window", () => {
	function filled(spreads: readonly number[], everyMs = 5000): ReturnType<typeof createSpreadWindow> {
		const window = createSpreadWindow();
		for (const [index, spread] of spreads.entries()) addSpread(window, 1_000_000 + index * everyMs, spread);
		return window;
	}

	it("says nothing below ten samples", () => {
		const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9];
		expect(medianSpread(filled(nine), 1_050_000)).toBeNull();
		expect(medianSpread(filled([...nine, 10]), 1_050_000)).toBe(5.5);
		expect(medianSpread(filled([...nine, 10, 100]), 1_051_000)).toBe(6);
	});

	it("takes one sample each five seconds at most", () => {
		const window = createSpreadWindow();
		for (let ms = 0; ms < 50_000; ms += 1000) addSpread(window, 1_000_000 + ms, ms % 5000 === 0 ? 3 : 99);
		expect(medianSpread(window, 1_050_000)).toBe(3);
	});

	it("forgets what is older than five minutes, although the ring still holds it", () => {
		const window = filled(new Array<number>(60).fill(4));
		expect(medianSpread(window, 1_295_000)).toBe(4);
		// Nine samples are left within five minutes of this time.
		expect(medianSpread(window, 1_295_000 + 256_000)).toBeNull();
		expect(medianSpread(window, 2_000_000_000)).toBeNull();
	});

	it("overwrites the oldest once sixty are held", () => {
		const window = filled([...new Array<number>(60).fill(4), ...new Array<number>(31).fill(8)]);
		expect(window.spread).toHaveLength(60);
		expect(medianSpread(window, 1_000_000 + 90 * 5000)).toBe(8);
	});

	it("starts anew after a weekend without quotes", () => {
		const window = filled(new Array<number>(60).fill(4));
		const monday = 1_000_000 + 2 * 86_400_000;
		for (let n = 0; n < 10; n++) addSpread(window, monday + n * 5000, 20);
		expect(medianSpread(window, monday + 50_000)).toBe(20);
	});
});

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addToRank, createRankWindow, rankIn } from "../../../src/engine/market/percentile.ts";
import { createRegimeTracker, entropyOf, onClose, type RegimeLabel } from "../../../src/engine/market/regime.ts";

type Vector = {
	readonly input: { readonly closes: readonly number[] };
	readonly expect: { readonly labels: string; readonly states: Readonly<Record<string, Readonly<Record<string, number>>>> };
};

const CASES = JSON.parse(readFileSync(new URL("../health/chs-vectors.json", import.meta.url), "utf8")).cases as readonly { readonly kind: string }[];
const VECTOR = CASES.find((one) => one.kind === "regime") as unknown as Vector;
const DIGIT: Readonly<Record<RegimeLabel, string>> = { underdamped: "0", critical: "1", overdamped: "2" };

describe("regime labels", () => {
	it("replays the vector regime-labels: every label and the physics at six bars", () => {
		const tracker = createRegimeTracker();
		let labels = "";
		VECTOR.input.closes.forEach((close, bar) => {
			const label = onClose(tracker, close, null);
			labels += label === null ? "-" : DIGIT[label];
			const state = VECTOR.expect.states[String(bar)];
			if (state === undefined) return;
			const { physics } = tracker;
			const got = {
				v: physics.velocity,
				friction: physics.damping,
				energy: physics.energy,
				pf: physics.dampingRank,
				pe: physics.energyRank,
				d: physics.coordinate,
				p: physics.coordinateRank,
			};
			for (const [name, value] of Object.entries(got)) expect(Math.abs(value - (state[name] as number)), `bar ${bar} ${name}`).toBeLessThan(1e-9);
		});
		expect(labels).toBe(VECTOR.expect.labels);
	});

	it("goes on identically after a trip through JSON", () => {
		const whole = createRegimeTracker();
		let parts = createRegimeTracker();
		VECTOR.input.closes.forEach((close, bar) => {
			onClose(whole, close, bar % 7);
			onClose(parts, close, bar % 7);
			if (bar === 120) parts = JSON.parse(JSON.stringify(parts));
		});
		expect(parts).toEqual(whole);
	});

	it.each([Number.NaN, Number.POSITIVE_INFINITY, 0, -1])("leaves a close of %s out", (bad) => {
		const tracker = createRegimeTracker();
		onClose(tracker, 1.1, null);
		onClose(tracker, 1.2, null);
		const before = JSON.stringify(tracker);
		expect(onClose(tracker, bad, null)).toBe("critical");
		expect(JSON.stringify(tracker)).toBe(before);
	});

	it("weighs a busy bar more: double the mean volume is double the mass", () => {
		const tracker = createRegimeTracker();
		for (let bar = 0; bar < 2000; bar++) onClose(tracker, 100, 50);
		onClose(tracker, 101, 100);
		// This bar's own share of the weighted mean is 1 - 2^(-1/64) = 0.0107717, so m = 100 / (50 + 0.0107717 * 50).
		expect(tracker.physics.kineticEnergy).toBeCloseTo(0.5 * (2 / 1.0107717) * 0.009950330853 ** 2, 9);
	});

	it("keeps every feature finite and in range for any closes and volumes", () => {
		const close = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
		const volume = fc.option(fc.oneof(fc.nat(10_000), fc.constant(Number.NaN)), { nil: null });
		fc.assert(
			fc.property(fc.array(fc.tuple(close, volume), { maxLength: 150 }), (bars) => {
				const tracker = createRegimeTracker();
				for (const [price, size] of bars) {
					onClose(tracker, price, size);
					const { physics } = tracker;
					for (const [name, value] of Object.entries(physics)) expect(Number.isFinite(value), name).toBe(true);
					for (const value of [physics.damping, physics.dampingRank, physics.energyRank, physics.coordinate, physics.coordinateRank, physics.entropy]) {
						expect(value).toBeGreaterThanOrEqual(-1e-12);
						expect(value).toBeLessThanOrEqual(1);
					}
				}
			}),
			{ numRuns: 50 },
		);
	});
});

describe("entropy", () => {
	it.each([
		["one label only", [5, 0, 0], 0],
		["all alike", [2, 2, 2], 1],
		["two alike", [1, 1, 0], Math.LN2 / Math.log(3)],
		["nothing", [0, 0, 0], 0],
	] as const)("%s", (_name, [a, b, c], expected) => {
		expect(entropyOf(a, b, c)).toBeCloseTo(expected, 12);
	});
});

describe("percentile rank", () => {
	it("is 0.5 until 50 values are known, then counts ties half and forgets the oldest", () => {
		const window = createRankWindow(60);
		for (let i = 0; i < 49; i++) addToRank(window, i);
		expect(rankIn(window, 1000)).toBe(0.5);
		addToRank(window, 49);
		expect(rankIn(window, 1000)).toBe(1);
		expect(rankIn(window, 0)).toBe(0.01);
		expect(rankIn(window, 25)).toBe(0.51);
		for (let i = 50; i < 70; i++) addToRank(window, i);
		expect(window.ring.length).toBe(60);
		expect(rankIn(window, 9.5)).toBe(0);
		expect(rankIn(window, 10.5)).toBeCloseTo(1 / 60, 12);
	});
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fork, normal, type RandomState, uniform } from "../../../src/engine/random.ts";
import { holmCorrected, meanInterval, pairedDifference } from "../../../src/engine/statistics/paired.ts";
import { studentQuantile, studentTails } from "../../../src/engine/statistics/student.ts";

describe("Student's distribution", () => {
	// Two-sided 5 % and 1 % points, as every table has them.
	it.each([
		[1, 0.05, 12.706],
		[2, 0.05, 4.303],
		[5, 0.05, 2.571],
		[10, 0.05, 2.228],
		[30, 0.05, 2.042],
		[120, 0.05, 1.98],
		[1, 0.01, 63.657],
		[9, 0.01, 3.25],
		[49, 0.01, 2.68],
	])("has with %i degrees of freedom the share %f beyond %f", (freedom, tails, t) => {
		expect(studentQuantile(tails, freedom)).toBeCloseTo(t, 2);
		expect(studentTails(t, freedom)).toBeCloseTo(tails, 3);
	});

	it("is known exactly for one and two degrees of freedom", () => {
		for (const t of [0, 0.1, 1, 2.5, 7, 400]) {
			expect(studentTails(t, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(t), 9);
			expect(studentTails(t, 2)).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 9);
		}
	});

	it("falls with distance, and is turned round by its quantile", () => {
		fc.assert(
			fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), fc.integer({ min: 1, max: 2000 }), (tails, freedom) => {
				expect(studentTails(studentQuantile(tails, freedom), freedom)).toBeCloseTo(tails, 7);
			}),
		);
	});
});

/** How many of `rounds` intervals of the mean of `count` draws hold the true mean. */
function coverage(rounds: number, count: number, draw: (random: RandomState) => number, truth: number): { student: number; bootstrap: number } {
	const random = fork(11, `coverage ${count}`);
	let student = 0;
	let bootstrap = 0;
	for (let round = 0; round < rounds; round++) {
		const first = Array.from({ length: count }, () => draw(random));
		const { low, high, bootstrapLow, bootstrapHigh } = pairedDifference(
			first,
			first.map(() => 0),
		);
		if (low !== null && high !== null && low <= truth && truth <= high) student++;
		if (bootstrapLow !== null && bootstrapHigh !== null && bootstrapLow <= truth && truth <= bootstrapHigh) bootstrap++;
	}
	return { student: student / rounds, bootstrap: bootstrap / rounds };
}

describe("intervals", () => {
	it("hold the true mean of normal values in 95 of 100, however few there are", () => {
		for (const count of [2, 5, 20]) {
			const random = fork(11, `few ${count}`);
			let held = 0;
			for (let round = 0; round < 2000; round++) {
				const { low, high } = meanInterval(Array.from({ length: count }, () => 3 + 2 * normal(random)));
				if (low !== null && high !== null && low <= 3 && 3 <= high) held++;
			}
			expect(Math.abs(held / 2000 - 0.95), `${count} values`).toBeLessThan(0.02);
		}
	}, 60_000);

	it("of the bootstrap do so for enough values, and both nearly do for skewed ones", () => {
		const even = coverage(300, 40, (random) => normal(random), 0);
		expect(even.bootstrap).toBeGreaterThan(0.91);
		expect(even.bootstrap).toBeLessThan(0.98);
		const skewed = coverage(300, 50, (random) => -Math.log(1 - uniform(random)), 1);
		expect(skewed.student).toBeGreaterThan(0.9);
		expect(skewed.bootstrap).toBeGreaterThan(0.89);
	}, 60_000);

	it.each([
		["none", [], null, "fewer than two values"],
		["one", [4], 4, "fewer than two values"],
		["one besides unknown ones", [null, 4, null], 4, "fewer than two values"],
		["equal ones", [2, 2, 2], 2, "all values are equal"],
		["zeros", [0, 0, 0, 0], 0, "all values are equal"],
		["equal but for dust", [0.1 + 0.2, 0.3], 0.3, "all values are equal"],
		["not-a-number and infinite ones", [Number.NaN, Number.POSITIVE_INFINITY, 7], 7, "fewer than two values"],
	] as const)("are unknown, never 0, for %s", (_name, values, mean, unknown) => {
		const interval = meanInterval(values);
		expect(interval).toMatchObject({ low: null, high: null, unknown });
		if (mean === null) expect(interval.mean).toBeNull();
		else expect(interval.mean).toBeCloseTo(mean, 9);
		expect(
			pairedDifference(
				values,
				values.map(() => 0),
			),
		).toMatchObject({ low: null, bootstrapLow: null, chance: null, unknown });
	});

	it("are the ones of a textbook", () => {
		// Student 1908: hours of sleep gained by ten patients with two drugs; t = 4.0621 with 9 degrees of freedom, 0.70 to 2.46.
		const first = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
		const second = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
		const { mean, low, high, chance } = pairedDifference(first, second);
		expect(mean).toBeCloseTo(1.58, 10);
		expect(low).toBeCloseTo(0.7001, 4);
		expect(high).toBeCloseTo(2.4599, 4);
		expect(chance).toBeCloseTo(0.002833, 5);
	});

	it("leave a pair out, and count it, when either value is unknown", () => {
		expect(pairedDifference([1, null, 3, 9], [0, 5, null, 2])).toMatchObject({ count: 2, leftOut: 2, mean: 4 });
		expect(() => pairedDifference([1], [1, 2])).toThrow("cannot be paired");
	});

	const values = fc.array(
		fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }).map((whole) => whole / 1000),
		{ minLength: 2, maxLength: 20 },
	);
	it("turn round when the two are exchanged, and hold their mean", () => {
		fc.assert(
			fc.property(values, values, (one, two) => {
				const count = Math.min(one.length, two.length);
				const [first, second] = [one.slice(0, count), two.slice(0, count)];
				const forth = pairedDifference(first, second);
				const back = pairedDifference(second, first);
				expect(back.mean).toBeCloseTo(-(forth.mean ?? 0), 3);
				if (forth.low === null || forth.high === null || forth.mean === null) {
					expect(back.low).toBeNull();
					return;
				}
				expect(forth.low).toBeLessThan(forth.mean);
				expect(forth.high).toBeGreaterThan(forth.mean);
				expect(back.low).toBeCloseTo(-forth.high, 3);
				expect(back.chance).toBeCloseTo(forth.chance ?? 0, 9);
			}),
		);
	});
});

describe("several comparisons", () => {
	it("are corrected step by step, unknown ones left alone", () => {
		const corrected = holmCorrected([0.01, null, 0.04, 0.03, 0.005]);
		// 0.005 x 4, 0.01 x 3, 0.03 x 2, and never less than the one before.
		expect(corrected.map((chance) => (chance === null ? null : Number(chance.toFixed(6))))).toEqual([0.03, null, 0.06, 0.06, 0.02]);
		expect(holmCorrected([0.9, 0.8])).toEqual([1, 1]);
	});

	it("call nothing real in about 95 of 100 reports about nothing", () => {
		const random = fork(5, "holm");
		let wrong = 0;
		for (let report = 0; report < 200; report++) {
			const chances = Array.from({ length: 6 }, () => {
				const first = Array.from({ length: 8 }, () => normal(random));
				return pairedDifference(
					first,
					first.map(() => 0),
				).chance;
			});
			if (holmCorrected(chances).some((chance) => chance !== null && chance < 0.05)) wrong++;
		}
		expect(wrong / 200).toBeLessThan(0.1);
	}, 60_000);
});

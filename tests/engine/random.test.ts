import { describe, expect, it } from "vitest";
import { fork, normal, type RandomState, uint32, uniform } from "../../src/engine/random.ts";

const DRAWS = 400_000;

describe("seeded chance", () => {
	it("is sfc32: its first draws from state 0, 0, 0, 1", () => {
		const state: RandomState = { a: 0, b: 0, c: 0, d: 1 };
		// By hand from the definition: sum = a + b + d, a = b ^ b>>>9, b = c + 8c, c = rotl(c, 21) + sum, d + 1;
		// before the fourth draw a = 9, b = 9 x 2,097,154 and d = 4.
		expect([uint32(state), uint32(state), uint32(state), uint32(state)]).toEqual([1, 2, 12, 18_874_399]);
	});

	it("gives the same stream for the same seed and label and others for others", () => {
		const draw = (seed: number, label: string): number[] => {
			const state = fork(seed, label);
			return Array.from({ length: 8 }, () => uniform(state));
		};
		expect(draw(1, "a")).toEqual(draw(1, "a"));
		const firsts = [draw(1, "a"), draw(1, "b"), draw(2, "a"), draw(1.5, "a"), draw(-1, "a")].map((values) => values[0]);
		expect(new Set(firsts).size).toBe(5);
	});

	it("goes on after JSON where it stopped", () => {
		const state = fork(5, "x");
		uniform(state);
		const copy = JSON.parse(JSON.stringify(state)) as RandomState;
		for (let index = 0; index < 100; index++) expect(normal(copy)).toBe(normal(state));
	});

	it("is uniform on [0, 1)", () => {
		const state = fork(9, "uniform");
		const tenths = new Array<number>(10).fill(0);
		for (let index = 0; index < DRAWS; index++) {
			const value = uniform(state);
			if (!(value >= 0 && value < 1)) throw new Error(`outside: ${value}`);
			const tenth = Math.floor(value * 10);
			tenths[tenth] = (tenths[tenth] ?? 0) + 1;
		}
		// Five standard deviations of a count of 40,000 are 950.
		for (const count of tenths) expect(Math.abs(count - DRAWS / 10)).toBeLessThan(950);
	});

	it("has normal moments and tails", () => {
		const state = fork(11, "normal");
		let [sum, squares, fourths, beyondOne, beyondThree] = [0, 0, 0, 0, 0];
		for (let index = 0; index < DRAWS; index++) {
			const z = normal(state);
			sum += z;
			squares += z * z;
			fourths += z ** 4;
			if (Math.abs(z) > 1) beyondOne++;
			if (Math.abs(z) > 3.5) beyondThree++;
		}
		expect(Math.abs(sum / DRAWS)).toBeLessThan(0.008);
		expect(Math.abs(squares / DRAWS - 1)).toBeLessThan(0.012);
		expect(Math.abs(fourths / DRAWS - 3)).toBeLessThan(0.08);
		expect(beyondOne / DRAWS).toBeCloseTo(0.3173, 2);
		// P(|z| > 3.5) = 0.000465: 186 expected.
		expect(beyondThree).toBeGreaterThan(120);
		expect(beyondThree).toBeLessThan(255);
	});
});

import { expect, it } from "vitest";
import { adamStep, createAdam } from "../../../src/engine/learning/adam.ts";

it("takes the first step of one learning rate against each slope, whatever its size", () => {
	const weights = Float32Array.of(1, 1, 1);
	adamStep(createAdam(3), weights, Float64Array.of(0.5, -20, 0), 0.01, 1e9);
	expect(weights[0]).toBeCloseTo(0.99, 5);
	expect(weights[1]).toBeCloseTo(1.01, 5);
	expect(weights[2]).toBe(1);
});

it("follows the formulas of the paper over many steps", () => {
	const weights = Float32Array.of(0);
	const state = createAdam(1);
	const [m, v, expected] = [1, 2, 3, 4, 5].reduce(
		([first, second, weight], slope, index) => {
			adamStep(state, weights, Float64Array.of(slope), 0.1, 1e9);
			const mean = 0.9 * first + 0.1 * slope;
			const square = 0.999 * second + 0.001 * slope * slope;
			const t = index + 1;
			return [mean, square, weight - (0.1 * (mean / (1 - 0.9 ** t))) / (Math.sqrt(square / (1 - 0.999 ** t)) + 1e-5)] as const;
		},
		[0, 0, 0] as readonly [number, number, number],
	);
	expect(state.first[0]).toBeCloseTo(m, 5);
	expect(state.second[0]).toBeCloseTo(v, 5);
	expect(weights[0]).toBeCloseTo(expected, 5);
});

it("shortens a gradient that is too long, and says how long it was", () => {
	const state = createAdam(2);
	expect(adamStep(state, new Float32Array(2), Float64Array.of(30, 40), 0.1, 0.5)).toBe(50);
	expect(state.first[0]).toBeCloseTo(0.1 * 0.3, 6);
	expect(state.first[1]).toBeCloseTo(0.1 * 0.4, 6);
});

it("refuses a gradient that is no number", () => {
	expect(() => adamStep(createAdam(1), new Float32Array(1), Float64Array.of(Number.NaN), 0.1, 1)).toThrow(/diverged/);
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { goldenCase, scaleInto } from "../../../../src/engine/agents/policy/scaler.ts";

const SCALER = { mean: [10, -2, 0], scale: [4, 0.5, 1], clip: 3 };

function scaled(values: readonly number[], scaler = SCALER): readonly number[] {
	const into = new Float32Array(values.length);
	scaleInto(into, values, scaler);
	return [...into];
}

describe("the scaler", () => {
	it.each<readonly [string, readonly number[], readonly number[]]>([
		["takes the mean off and divides by the scale, each feature with its own", [12, -1.5, 0.25], [0.5, 1, 0.25]],
		["also below the mean", [8, -2.25, -1], [-0.5, -0.5, -1]],
		["holds what is far above at the clip", [1000, 1000, 3.1], [3, 3, 3]],
		["and what is far below", [-1000, -1000, -3.1], [-3, -3, -3]],
		["leaves what is just at it", [22, -3.5, -3], [3, -3, -3]],
		["rounds to Float32 once, at the end", [10.4, -2, 0.1], [Math.fround((10.4 - 10) / 4), 0, Math.fround(0.1)]],
		["takes the smallest there is for nothing", [10, -2, 5e-324], [0, 0, 0]],
	])("%s", (_what, values, wanted) => {
		expect(scaled(values)).toEqual(wanted);
	});

	it("never hides what is no number, which the network's answer then is not either", () => {
		expect(scaled([Number.NaN, -2, 0])[0]).toBeNaN();
	});

	it("never gives more than the clip, whatever comes", () => {
		const number = fc.double({ noNaN: true });
		fc.assert(
			fc.property(number, fc.double({ min: 1e-9, max: 1e9, noNaN: true }), fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (value, scale, clip) => {
				const [got = Number.NaN] = scaled([value], { mean: [0], scale: [scale], clip });
				expect(Math.abs(got)).toBeLessThanOrEqual(Math.fround(clip));
			}),
		);
	});
});

describe("a golden case", () => {
	it("is of the observation before the scaler and the outputs behind the network, each a copy", () => {
		const buffer = Float32Array.of(0);
		const forward = (input: Float32Array): Float32Array => {
			buffer[0] = (input[0] ?? 0) + 10 * (input[1] ?? 0) + 100 * (input[2] ?? 0);
			return buffer;
		};
		const observation = [12, -1.5, 0.25];
		const made = goldenCase(observation, SCALER, forward);
		observation[0] = 0;
		buffer[0] = 0;
		expect(made).toEqual({ observation: [12, -1.5, 0.25], output: [0.5 + 10 + 25] });
	});
});

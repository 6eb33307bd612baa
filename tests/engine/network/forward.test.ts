import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createForward } from "../../../src/engine/network/forward.ts";
import { checkNetwork, type Layer, makeNetwork, outputsOf } from "../../../src/engine/network/network.ts";
import { networks, randomObservation } from "../../helpers/random-network.ts";

const of = (...values: number[]): Float32Array => Float32Array.from(values);

describe("createForward", () => {
	it.each<[name: string, layers: readonly Layer[], input: readonly number[], output: readonly number[]]>([
		["nothing", [], [1, -2], [1, -2]],
		["dense", [{ kind: "dense", inputs: 2, outputs: 3, weights: of(1, 2, 3, 4, 5, 6), bias: of(0.5, 0, -1) }], [1, -2], [-2.5, -5, -8]],
		["affine", [{ kind: "affine", scale: of(2, -3), shift: of(1, 0) }], [1, -2], [3, 6]],
		["clip", [{ kind: "clip", low: -1, high: 0.5 }], [1, -2, 0.25], [0.5, -1, 0.25]],
		["relu", [{ kind: "relu" }], [1, -2, 0], [1, 0, 0]],
		["tanh", [{ kind: "tanh" }], [0, 100, -100], [0, 1, -1]],
		["sigmoid", [{ kind: "sigmoid" }], [0, 100, -1000], [0.5, 1, 0]],
		["softmax of equals", [{ kind: "softmax" }], [7, 7, 7, 7], [0.25, 0.25, 0.25, 0.25]],
		["softmax of numbers beyond every power", [{ kind: "softmax" }], [1e30, 0, -1e30], [1, 0, 0]],
		["argmax, the first of equals", [{ kind: "argmax" }], [1, 3, 3, 2], [1]],
		["layer norm", [{ kind: "layer-norm", epsilon: 0, scale: of(1, 2, 1), bias: of(0, 0, 1) }], [1, 4, 1], [-Math.SQRT1_2, 2 * Math.SQRT2, 1 - Math.SQRT1_2]],
		["concat of the input and its relu", [{ kind: "concat", branches: [[], [{ kind: "relu" }]] }], [1, -2], [1, -2, 1, 0]],
		[
			"a branch in a branch",
			[
				{ kind: "concat", branches: [[{ kind: "concat", branches: [[{ kind: "argmax" }], []] }, { kind: "relu" }], []] },
				{ kind: "affine", scale: of(1, 1, 1, 1, 10), shift: of(0, 0, 0, 0, 0) },
			],
			[-1, 5],
			[1, 0, 5, -1, 50],
		],
	])("computes %s", (_, layers, input, output) => {
		const got = createForward(makeNetwork(input.length, layers))(Float32Array.from(input));
		for (const [index, value] of output.entries()) expect(got[index]).toBeCloseTo(value, 6);
		expect(got).toHaveLength(output.length);
	});

	it("gives the same numbers every time, whoever made it, and leaves the observation alone", () => {
		fc.assert(
			fc.property(networks, fc.nat(), (network, seed) => {
				const observation = randomObservation(seed, network.inputs);
				const before = observation.slice();
				const forward = createForward(network);
				const first = forward(observation).slice();
				forward(randomObservation(seed + 1, network.inputs));
				expect(forward(observation)).toEqual(first);
				expect(createForward(network)(observation)).toEqual(first);
				expect(observation).toEqual(before);
				expect(first).toHaveLength(network.outputs);
			}),
			{ numRuns: 200 },
		);
	});

	it("hides no number that is not one", () => {
		fc.assert(
			fc.property(networks, fc.nat(), (network, at) => {
				const observation = randomObservation(1, network.inputs);
				observation[at % network.inputs] = Number.NaN;
				// What a NaN does not reach stays; what it reaches is NaN, and never a number made up.
				const sound = randomObservation(1, network.inputs);
				const [broken, whole] = [createForward(network)(observation).slice(), createForward(network)(sound)];
				for (const [index, value] of broken.entries()) expect(Number.isNaN(value) || value === whole[index]).toBe(true);
				expect(broken.some(Number.isNaN)).toBe(true);
			}),
			{ numRuns: 200 },
		);
	});

	it("refuses an observation of another length", () => {
		expect(() => createForward(makeNetwork(3, []))(of(1, 2))).toThrow("reads 3 values, not 2");
	});
});

describe("makeNetwork", () => {
	const dense = (inputs: number, outputs: number): Layer => ({
		kind: "dense",
		inputs,
		outputs,
		weights: new Float32Array(inputs * outputs),
		bias: new Float32Array(outputs),
	});
	let nested: readonly Layer[] = [];
	for (let depth = 0; depth < 20; depth++) nested = [{ kind: "concat", branches: [nested] }];

	it.each<[name: string, inputs: number, layers: readonly Layer[], says: RegExp]>([
		["no inputs", 0, [], /the input has 0 values/],
		["layers that do not fit", 3, [dense(3, 2), dense(3, 2)], /layer 2 \(dense\) reads 3 values; the one before leaves 2/],
		["too few weights", 2, [{ ...dense(2, 2), weights: of(1, 2, 3) } as Layer], /3 numbers where 4 belong/],
		["a weight that is no number", 1, [{ ...dense(1, 1), weights: of(Number.NaN) } as Layer], /number 1 is NaN/],
		["an infinite shift", 1, [{ kind: "affine", scale: of(1), shift: of(Number.POSITIVE_INFINITY) }], /Infinity/],
		["a scale for another width", 2, [{ kind: "layer-norm", epsilon: 0, scale: of(1), bias: of(1, 1) }], /1 numbers where 2 belong/],
		["a negative epsilon", 1, [{ kind: "layer-norm", epsilon: -1, scale: of(1), bias: of(1) }], /epsilon of -1/],
		["a range upside down", 1, [{ kind: "clip", low: 1, high: -1 }], /range 1\.\.-1/],
		["a concat of nothing", 1, [{ kind: "concat", branches: [] }], /no branches/],
		["branches without end", 1, nested, /deep/],
		["layers without end", 1, Array<Layer>(600).fill({ kind: "relu" }), /more than 512 layers/],
		["too many outputs", 16_384, [{ kind: "concat", branches: [[], []] }], /32768 values/],
		["too much work", 16_000, Array<Layer>(511).fill({ kind: "relu" }).concat([]), /multiply-adds/],
	])("refuses %s", (_, inputs, layers, says) => {
		expect(() => makeNetwork(inputs, layers)).toThrow(says);
	});

	it.each(["tanh", "sigmoid", "softmax"] as const)("never takes so many values of %s that three of its kind could be late (control C32)", (kind) => {
		const layersOf = (count: number): Layer[] => Array<Layer>(count).fill({ kind });
		expect(() => makeNetwork(16_384, layersOf(62))).toThrow(/more than 8000000 multiply-adds/);
		expect(makeNetwork(16_384, layersOf(48)).multiplyAdds).toBe(48 * 16_384);
	});

	it("counts the work, which `checkNetwork` finds again", () => {
		const network = makeNetwork(24, [dense(24, 64), { kind: "tanh" }, dense(64, 64), { kind: "tanh" }, dense(64, 4)]);
		expect(network).toMatchObject({ outputs: 4, multiplyAdds: 24 * 64 + 64 + 64 * 64 + 64 + 64 * 4 });
		expect(() => checkNetwork(network)).not.toThrow();
		expect(() => checkNetwork({ ...network, outputs: 5 })).toThrow("5 outputs; its layers leave 4");
		expect(() => checkNetwork({ ...network, multiplyAdds: 5 })).toThrow("5 multiply-adds");
	});

	it("knows how many numbers every layer leaves", () => {
		fc.assert(
			fc.property(networks, (network) => {
				expect(network.layers.reduce((width, layer) => outputsOf(layer, width), network.inputs)).toBe(network.outputs);
			}),
			{ numRuns: 100 },
		);
	});
});

import fc from "fast-check";
import { type Layer, makeNetwork, type Network, outputsOf } from "../../src/engine/network/network.ts";
import { fork, normal, type RandomState, uint32, uniform } from "../../src/engine/random.ts";

/** Networks of every kind of layer, with weights as a trainer would leave them (deviation 1 over the root of the inputs). */
export const networks: fc.Arbitrary<Network> = fc
	.tuple(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 1, max: 40 }))
	.map(([seed, inputs]) => randomNetwork(seed, inputs));

/** The network of a seed. */
export function randomNetwork(seed: number, inputs: number): Network {
	const chance = fork(seed, "network");
	const layers = randomLayers(chance, inputs, 1 + (uint32(chance) % 6), 2);
	if (uint32(chance) % 8 === 0) layers.push({ kind: "argmax" });
	return makeNetwork(inputs, layers);
}

/** A plain policy: two hidden layers of tanh. */
export function mlp(seed: number, sizes: readonly number[]): Network {
	const chance = fork(seed, "mlp");
	const layers = sizes.slice(1).flatMap((outputs, place): Layer[] => {
		const layer = denseLayer(chance, sizes[place] ?? 0, outputs);
		return place === sizes.length - 2 ? [layer] : [layer, { kind: "tanh" }];
	});
	return makeNetwork(sizes[0] ?? 0, layers);
}

/** An observation of so many normal numbers. */
export function randomObservation(seed: number, count: number): Float32Array {
	return numbers(fork(seed, "observation"), count, 1);
}

const KINDS = ["dense", "dense", "dense", "affine", "clip", "relu", "tanh", "sigmoid", "softmax", "layer-norm", "concat"] as const;

function randomLayers(chance: RandomState, inputs: number, count: number, depth: number): Layer[] {
	const layers: Layer[] = [];
	let width = inputs;
	for (let made = 0; made < count; made++) {
		const drawn = randomLayer(chance, width, depth);
		// Normalising numbers that hardly differ (after a softmax) multiplies every rounding by hundreds: nobody builds that, and no two runtimes agree on it.
		const layer: Layer = drawn.kind === "layer-norm" && layers.at(-1)?.kind !== "dense" ? { kind: "tanh" } : drawn;
		layers.push(layer);
		width = outputsOf(layer, width);
	}
	return layers;
}

function randomLayer(chance: RandomState, width: number, depth: number): Layer {
	const kind = KINDS[uint32(chance) % KINDS.length] ?? "dense";
	switch (kind) {
		case "dense":
			return denseLayer(chance, width, 1 + (uint32(chance) % 32));
		case "affine":
			return { kind, scale: numbers(chance, width, 1), shift: numbers(chance, width, 1) };
		case "clip":
			return { kind, low: Math.fround(-2 * uniform(chance)), high: Math.fround(2 * uniform(chance)) };
		case "layer-norm":
			return { kind, epsilon: Math.fround(1e-5), scale: numbers(chance, width, 1), bias: numbers(chance, width, 1) };
		case "concat":
			if (depth === 0 || width > 64) return { kind: "relu" };
			return { kind, branches: [randomLayers(chance, width, uint32(chance) % 3, depth - 1), randomLayers(chance, width, uint32(chance) % 3, depth - 1)] };
		default:
			return { kind };
	}
}

function denseLayer(chance: RandomState, inputs: number, outputs: number): Layer {
	return { kind: "dense", inputs, outputs, weights: numbers(chance, inputs * outputs, 1 / Math.sqrt(inputs)), bias: numbers(chance, outputs, 0.3) };
}

function numbers(chance: RandomState, count: number, deviation: number): Float32Array {
	return Float32Array.from({ length: count }, () => normal(chance) * deviation);
}

import { activate } from "./activation.ts";
import { layerPlaces } from "./dense-net.ts";
import { multiply } from "./matrix.ts";
import type { FeatureScaler, Playing } from "./player.ts";

/** Outputs of a network for one observation; the array is reused. */
export type Actor = (observation: Float32Array) => Float64Array;

/** The quick way from one observation to the network's outputs: scaled, then through layers whose weights were converted once. */
export function createActor({ sizes, hidden, weights, scaler }: Playing): Actor {
	const layers = layerPlaces(sizes).map(({ inputs, outputs, weightsAt, biasAt }) => ({
		inputs,
		outputs,
		weights: Float64Array.from(weights.subarray(weightsAt, biasAt)),
		bias: Float64Array.from(weights.subarray(biasAt, biasAt + outputs)),
		out: new Float64Array(outputs),
	}));
	const scaled = new Float64Array(sizes[0] ?? 0);
	return (observation) => {
		scaleRow(scaler, observation, 0, scaled, 0);
		let values = scaled;
		for (let index = 0; index < layers.length; index++) {
			const layer = layers[index] as (typeof layers)[number];
			multiply(values, 1, layer.weights, layer.outputs, layer.inputs, layer.bias, layer.out);
			if (index + 1 < layers.length) activate(hidden, layer.out, layer.outputs);
			values = layer.out;
		}
		return values;
	};
}

/** Writes one row of features, scaled, into `out` from `outAt`. */
export function scaleRow({ mean, scale, clip }: FeatureScaler, from: Float32Array, fromAt: number, out: Float64Array, outAt: number): void {
	for (let index = 0; index < mean.length; index++) {
		const value = ((from[fromAt + index] as number) - (mean[index] as number)) / (scale[index] as number);
		out[outAt + index] = value > clip ? clip : value < -clip ? -clip : value;
	}
}

/** Index of the largest of `count` numbers from `at`; the first of equals. */
export function largest(values: Float64Array, at: number, count: number): number {
	let best = 0;
	for (let index = 1; index < count; index++) if ((values[at + index] as number) > (values[at + best] as number)) best = index;
	return best;
}

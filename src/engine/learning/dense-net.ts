import { normal, type RandomState } from "../random.ts";
import { activate, backActivate, type Hidden } from "./activation.ts";
import { multiply, transpose } from "./matrix.ts";

/** A multi-layer perceptron without its weights: features, hidden layers, outputs; the last layer is linear. */
export type NetShape = { readonly sizes: readonly number[]; readonly hidden: Hidden };

/** Forward and backward pass over up to `capacity` rows at a time, in buffers that are reused. */
export type BatchNet = {
	/** capacity x features, row-major: write the rows here, then call `forward`. */
	readonly inputs: Float64Array;
	/** Takes weights over; they stay until the next `load`. */
	load(weights: Float32Array): void;
	/** Outputs of the first `rows` rows, row-major; valid until the next call. */
	forward(rows: number): Float64Array;
	/** From d loss / d outputs of the rows of the last `forward`: d loss / d weights, laid out as the weights; valid until the next call. */
	backward(outputGradient: Float64Array, rows: number): Float64Array;
};

/** Number of weights and biases: layer by layer, outputs x inputs weights row-major, then the biases. */
export function weightCount(sizes: readonly number[]): number {
	let count = 0;
	for (let layer = 1; layer < sizes.length; layer++) count += size(sizes, layer) * (size(sizes, layer - 1) + 1);
	return count;
}

/** Where a layer's weights begin in the flat weights, its sizes, and where its biases begin. */
export type LayerPlace = { readonly inputs: number; readonly outputs: number; readonly weightsAt: number; readonly biasAt: number };

/** The layers of flat weights, first to last. */
export function layerPlaces(sizes: readonly number[]): LayerPlace[] {
	const places: LayerPlace[] = [];
	let at = 0;
	for (let layer = 1; layer < sizes.length; layer++) {
		const inputs = size(sizes, layer - 1);
		const outputs = size(sizes, layer);
		places.push({ inputs, outputs, weightsAt: at, biasAt: at + inputs * outputs });
		at += (inputs + 1) * outputs;
	}
	return places;
}

/**
 * First weights: each hidden layer orthogonal (Saxe et al. 2014: rows or columns at right angles, all of length `gain`), sqrt 2 for relu (He et al. 2015) and
 * 5/3 for tanh, so that a signal neither dies nor grows on its way; biases 0. The last layer is 0: a policy begins by choosing evenly whatever the features,
 * so that features which are not scaled yet cannot prejudice it, and a value begins at nothing.
 */
export function firstWeights(shape: NetShape, random: RandomState): Float32Array {
	const weights = new Float32Array(weightCount(shape.sizes));
	for (const { inputs, outputs, weightsAt } of layerPlaces(shape.sizes).slice(0, -1)) {
		weights.set(orthogonal(outputs, inputs, shape.hidden === "relu" ? Math.SQRT2 : 5 / 3, random), weightsAt);
	}
	return weights;
}

/** A network that works on up to `capacity` rows at once. */
export function createBatchNet(shape: NetShape, capacity: number): BatchNet {
	const { sizes, hidden } = shape;
	const layers = layerPlaces(sizes).map((place) => ({
		...place,
		weights: new Float64Array(place.inputs * place.outputs),
		turned: new Float64Array(place.inputs * place.outputs),
		bias: new Float64Array(place.outputs),
	}));
	const values = sizes.map((width) => new Float64Array(capacity * width));
	const gradients = sizes.map((width) => new Float64Array(capacity * width));
	const widest = Math.max(...sizes) * capacity;
	const left = new Float64Array(widest);
	const right = new Float64Array(widest);
	const gradient = new Float64Array(weightCount(sizes));
	const last = sizes.length - 1;
	return {
		inputs: at(values, 0),
		load(weights) {
			for (const layer of layers) {
				layer.weights.set(weights.subarray(layer.weightsAt, layer.biasAt));
				layer.bias.set(weights.subarray(layer.biasAt, layer.biasAt + layer.outputs));
				transpose(layer.weights, layer.outputs, layer.inputs, layer.turned);
			}
		},
		forward(rows) {
			for (let index = 0; index < last; index++) {
				const layer = at(layers, index);
				const out = at(values, index + 1);
				multiply(at(values, index), rows, layer.weights, layer.outputs, layer.inputs, layer.bias, out);
				if (index + 1 < last) activate(hidden, out, rows * layer.outputs);
			}
			return at(values, last);
		},
		backward(outputGradient, rows) {
			at(gradients, last).set(outputGradient.subarray(0, rows * size(sizes, last)));
			for (let index = last - 1; index >= 0; index--) {
				const layer = at(layers, index);
				const above = at(gradients, index + 1);
				const below = at(values, index);
				if (index + 1 < last) backActivate(hidden, at(values, index + 1), above, rows * layer.outputs);
				transpose(above, rows, layer.outputs, left);
				transpose(below, rows, layer.inputs, right);
				multiply(left, layer.outputs, right, layer.inputs, rows, null, gradient.subarray(layer.weightsAt, layer.biasAt));
				sumRows(left, layer.outputs, rows, gradient, layer.biasAt);
				if (index > 0) multiply(above, rows, layer.turned, layer.inputs, layer.outputs, null, at(gradients, index));
			}
			return gradient;
		},
	};
}

/** out[at + row] = sum of a row of `count` numbers. */
function sumRows(from: Float64Array, rows: number, count: number, out: Float64Array, outAt: number): void {
	for (let row = 0; row < rows; row++) {
		let sum = 0;
		for (let index = row * count; index < (row + 1) * count; index++) sum += from[index] as number;
		out[outAt + row] = sum;
	}
}

/** A rows x columns matrix whose shorter side is orthogonal, times `gain`: normal deviates made orthogonal one after the other (modified Gram-Schmidt). */
function orthogonal(rows: number, columns: number, gain: number, random: RandomState): Float32Array {
	const count = Math.min(rows, columns);
	const length = Math.max(rows, columns);
	const made: Float64Array[] = [];
	for (let index = 0; index < count; index++) {
		const vector = Float64Array.from({ length }, () => normal(random));
		for (const before of made) {
			let product = 0;
			for (let i = 0; i < length; i++) product += at(vector, i) * at(before, i);
			for (let i = 0; i < length; i++) vector[i] = at(vector, i) - product * at(before, i);
		}
		const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
		made.push(vector.map((value) => value / norm));
	}
	return Float32Array.from({ length: rows * columns }, (_, index) => {
		const row = Math.floor(index / columns);
		const column = index % columns;
		return gain * (rows <= columns ? at(at(made, row), column) : at(at(made, column), row));
	});
}

function size(sizes: readonly number[], layer: number): number {
	return at(sizes, layer);
}

/** An element that is there by construction. */
function at<T>(list: ArrayLike<T>, index: number): T {
	return list[index] as T;
}

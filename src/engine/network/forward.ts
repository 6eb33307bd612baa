import { type Forward, type Layer, type Network, outputsOf } from "./network.ts";

/**
 * Makes the function that computes a network. Deterministic: sums run in a fixed order in double precision and are rounded to Float32 once, where
 * they are stored. It allocates nothing a call; the result is a buffer of its own, valid until the next call. Throws an `Error` when an observation
 * has the wrong length. Numbers that are not finite pass through to the output, or make it NaN: nothing is hidden.
 */
export function createForward(network: Network): Forward {
	const { inputs } = network;
	// Observations are copied in, so that every step knows its buffers beforehand.
	const input = new Float32Array(inputs);
	const { steps, output } = chain(network.layers, input);
	return (observation) => {
		if (observation.length !== inputs) throw new Error(`the network reads ${inputs} values, not ${observation.length}`);
		input.set(observation);
		for (const step of steps) step();
		return output;
	};
}

/** A layer with its buffers bound: reads one, writes another. */
type Step = () => void;

function chain(layers: readonly Layer[], input: Float32Array): { readonly steps: readonly Step[]; readonly output: Float32Array } {
	const steps: Step[] = [];
	let from = input;
	for (const layer of layers) {
		const to = new Float32Array(outputsOf(layer, from.length));
		steps.push(...stepsOf(layer, from, to));
		from = to;
	}
	return { steps, output: from };
}

function stepsOf(layer: Layer, from: Float32Array, to: Float32Array): readonly Step[] {
	switch (layer.kind) {
		case "dense":
			return [() => dense(layer.weights, layer.bias, from, to)];
		case "affine":
			return [() => affine(layer.scale, layer.shift, from, to)];
		case "clip":
			return [() => clip(layer.low, layer.high, from, to)];
		case "relu":
			return [() => relu(from, to)];
		case "tanh":
			return [() => tanh(from, to)];
		case "sigmoid":
			return [() => sigmoid(from, to)];
		case "softmax":
			return [() => softmax(from, to)];
		case "argmax":
			return [() => argmax(from, to)];
		case "layer-norm":
			return [() => layerNorm(layer.epsilon, layer.scale, layer.bias, from, to)];
		case "concat":
			return concat(layer.branches, from, to);
	}
}

/** Four sums side by side keep the processor busy; they are added in the same order every time. */
function dense(weights: Float32Array, bias: Float32Array, from: Float32Array, to: Float32Array): void {
	const inputs = from.length;
	const whole = inputs - (inputs & 3);
	let at = 0;
	for (let o = 0; o < to.length; o++) {
		let a = 0;
		let b = 0;
		let c = 0;
		let d = 0;
		let i = 0;
		for (; i < whole; i += 4, at += 4) {
			a += (weights[at] as number) * (from[i] as number);
			b += (weights[at + 1] as number) * (from[i + 1] as number);
			c += (weights[at + 2] as number) * (from[i + 2] as number);
			d += (weights[at + 3] as number) * (from[i + 3] as number);
		}
		for (; i < inputs; i++, at++) a += (weights[at] as number) * (from[i] as number);
		to[o] = a + b + (c + d) + (bias[o] as number);
	}
}

function affine(scale: Float32Array, shift: Float32Array, from: Float32Array, to: Float32Array): void {
	for (let i = 0; i < to.length; i++) to[i] = (from[i] as number) * (scale[i] as number) + (shift[i] as number);
}

/** Comparisons that are false for NaN, so that it stays. */
function clip(low: number, high: number, from: Float32Array, to: Float32Array): void {
	for (let i = 0; i < to.length; i++) {
		const x = from[i] as number;
		to[i] = x < low ? low : x > high ? high : x;
	}
}

/** As `clip`: NaN is not below 0. */
function relu(from: Float32Array, to: Float32Array): void {
	for (let i = 0; i < to.length; i++) {
		const x = from[i] as number;
		to[i] = x < 0 ? 0 : x;
	}
}

function tanh(from: Float32Array, to: Float32Array): void {
	for (let i = 0; i < to.length; i++) to[i] = Math.tanh(from[i] as number);
}

function sigmoid(from: Float32Array, to: Float32Array): void {
	for (let i = 0; i < to.length; i++) to[i] = 1 / (1 + Math.exp(-(from[i] as number)));
}

/** The largest is taken off first, so that no power overflows. */
function softmax(from: Float32Array, to: Float32Array): void {
	let largest = from[0] as number;
	for (let i = 1; i < from.length; i++) if ((from[i] as number) > largest) largest = from[i] as number;
	let sum = 0;
	for (let i = 0; i < from.length; i++) sum += Math.exp((from[i] as number) - largest);
	for (let i = 0; i < from.length; i++) to[i] = Math.exp((from[i] as number) - largest) / sum;
}

/** The first of the largest. An index would hide a value that is not a number: then the answer is none either. */
function argmax(from: Float32Array, to: Float32Array): void {
	let best = 0;
	for (let i = 0; i < from.length; i++) {
		const x = from[i] as number;
		if (Number.isNaN(x)) {
			to[0] = Number.NaN;
			return;
		}
		if (x > (from[best] as number)) best = i;
	}
	to[0] = best;
}

function layerNorm(epsilon: number, scale: Float32Array, bias: Float32Array, from: Float32Array, to: Float32Array): void {
	const count = from.length;
	let sum = 0;
	for (let i = 0; i < count; i++) sum += from[i] as number;
	const mean = sum / count;
	let squares = 0;
	for (let i = 0; i < count; i++) squares += ((from[i] as number) - mean) ** 2;
	const factor = 1 / Math.sqrt(squares / count + epsilon);
	for (let i = 0; i < count; i++) to[i] = ((from[i] as number) - mean) * factor * (scale[i] as number) + (bias[i] as number);
}

/** Each branch reads the same buffer and ends in one of its own, which is copied to its place. */
function concat(branches: readonly (readonly Layer[])[], from: Float32Array, to: Float32Array): readonly Step[] {
	const steps: Step[] = [];
	let place = 0;
	for (const branch of branches) {
		const way = chain(branch, from);
		const start = place;
		steps.push(...way.steps, () => to.set(way.output, start));
		place += way.output.length;
	}
	return steps;
}

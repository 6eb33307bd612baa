/** One operation of a network, over the whole vector that the one before left; weights are Float32 in row-major order. */
export type Layer =
	/** output[o] = bias[o] + sum over i of weights[o * inputs + i] * input[i]: Gemm, MatMul + Add. */
	| { readonly kind: "dense"; readonly inputs: number; readonly outputs: number; readonly weights: Float32Array; readonly bias: Float32Array }
	/** x * scale + shift, each feature its own: Add, Sub, Mul and Div by constants, as a scaler inside a model is written. */
	| { readonly kind: "affine"; readonly scale: Float32Array; readonly shift: Float32Array }
	/** Each value held within low..high, both finite Float32 numbers (ONNX Clip). */
	| { readonly kind: "clip"; readonly low: number; readonly high: number }
	/** `argmax` leaves one number, the index of the largest value, the first of equals; NaN when a value is not a number. */
	| { readonly kind: "relu" | "tanh" | "sigmoid" | "softmax" | "argmax" }
	/** (x - mean) / sqrt(variance + epsilon) * scale + bias over the whole vector (ONNX LayerNormalization, axis -1). */
	| { readonly kind: "layer-norm"; readonly epsilon: number; readonly scale: Float32Array; readonly bias: Float32Array }
	/** Several ways over the same input, their outputs one behind the other (ONNX Concat, axis -1). A way without layers hands its input on. */
	| { readonly kind: "concat"; readonly branches: readonly (readonly Layer[])[] };

/**
 * A feed-forward network that Kinetra computes itself, in Float32, one observation at a time: plain data, checked when it was made (every size fits
 * the next, every weight finite). The arrays are shared and never written.
 */
export type Network = {
	readonly inputs: number;
	readonly outputs: number;
	readonly layers: readonly Layer[];
	/** Multiplications and additions a forward pass: what bounds its time. */
	readonly multiplyAdds: number;
};

/** Computes outputs of a network; made once a network by `forward.ts`, which reuses its buffers: read what it returns, do not keep it. */
export type Forward = (observation: Float32Array) => Float32Array;

/** What a network may be at most. At about a thousand multiply-adds a microsecond, 8 million are far below the 250 ms of a decision (control C32). */
export const NETWORK_LIMITS = { width: 16_384, layers: 512, depth: 16, multiplyAdds: 8_000_000 } as const;

/** A network of these layers, checked. Throws an `Error` that says which layer is wrong and how. */
export function makeNetwork(inputs: number, layers: readonly Layer[]): Network {
	checkWidth(inputs, "the input");
	const tally: Tally = { layers: 0, multiplyAdds: 0, work: 0 };
	const outputs = follow(layers, inputs, tally, 1);
	return { inputs, outputs, layers, multiplyAdds: tally.multiplyAdds };
}

/** Throws an `Error` when a network is not what `makeNetwork` would have made of its layers: for networks that come from outside. */
export function checkNetwork(network: Network): void {
	const { outputs, multiplyAdds } = makeNetwork(network.inputs, network.layers);
	if (network.outputs !== outputs) throw new Error(`the network says that it has ${network.outputs} outputs; its layers leave ${outputs}`);
	if (network.multiplyAdds !== multiplyAdds)
		throw new Error(`the network says that it takes ${network.multiplyAdds} multiply-adds; its layers take ${multiplyAdds}`);
}

/** Numbers that `layer` leaves of `width` numbers. */
export function outputsOf(layer: Layer, width: number): number {
	switch (layer.kind) {
		case "dense":
			return layer.outputs;
		case "argmax":
			return 1;
		case "concat":
			return layer.branches.reduce((sum, branch) => sum + branch.reduce((wide, inner) => outputsOf(inner, wide), width), 0);
		case "affine":
		case "clip":
		case "layer-norm":
		case "relu":
		case "sigmoid":
		case "softmax":
		case "tanh":
			return width;
	}
}

/** What has been counted on the way through a network. `work` is what is bounded: multiply-adds, with functions of each value at what they cost. */
type Tally = { layers: number; multiplyAdds: number; work: number };

/** What a value costs in a layer of that kind, in multiply-adds (measured: tanh 14 ns, an exponential 8 to 16 ns beside 2 ns of a multiply-add), generously. */
const WORK_A_VALUE: Readonly<Partial<Record<Layer["kind"], number>>> = { tanh: 8, sigmoid: 8, softmax: 10, "layer-norm": 4 };

/** Goes through layers that are given `width` numbers, and returns how many they leave. */
function follow(layers: readonly Layer[], width: number, tally: Tally, depth: number): number {
	if (depth > NETWORK_LIMITS.depth) throw new Error(`branches lie inside one another more than ${NETWORK_LIMITS.depth} deep`);
	let now = width;
	for (const layer of layers) {
		tally.layers++;
		if (tally.layers > NETWORK_LIMITS.layers) throw new Error(`there are more than ${NETWORK_LIMITS.layers} layers`);
		const name = `layer ${tally.layers} (${layer.kind})`;
		checkLayer(layer, now, name);
		tally.multiplyAdds += layer.kind === "dense" ? layer.weights.length : now;
		tally.work += layer.kind === "dense" ? layer.weights.length : now * (WORK_A_VALUE[layer.kind] ?? 1);
		if (tally.work > NETWORK_LIMITS.multiplyAdds) throw new Error(`it takes more than ${NETWORK_LIMITS.multiplyAdds} multiply-adds a decision`);
		now = layer.kind === "concat" ? layer.branches.reduce((sum, branch) => sum + follow(branch, now, tally, depth + 1), 0) : outputsOf(layer, now);
		checkWidth(now, name);
	}
	return now;
}

function checkLayer(layer: Layer, width: number, name: string): void {
	switch (layer.kind) {
		case "dense":
			if (layer.inputs !== width) throw new Error(`${name} reads ${layer.inputs} values; the one before leaves ${width}`);
			checkWidth(layer.outputs, name);
			checkNumbers(layer.weights, layer.inputs * layer.outputs, `${name}, weights`);
			checkNumbers(layer.bias, layer.outputs, `${name}, bias`);
			return;
		case "affine":
			checkNumbers(layer.scale, width, `${name}, scale`);
			checkNumbers(layer.shift, width, `${name}, shift`);
			return;
		case "layer-norm":
			if (!(layer.epsilon >= 0 && Number.isFinite(layer.epsilon))) throw new Error(`${name} has an epsilon of ${layer.epsilon}`);
			checkNumbers(layer.scale, width, `${name}, scale`);
			checkNumbers(layer.bias, width, `${name}, bias`);
			return;
		case "clip":
			if (!(Number.isFinite(layer.low) && Number.isFinite(layer.high) && layer.low <= layer.high))
				throw new Error(`${name} has the range ${layer.low}..${layer.high}`);
			return;
		case "concat":
			if (layer.branches.length === 0) throw new Error(`${name} has no branches`);
			return;
		case "argmax":
		case "relu":
		case "sigmoid":
		case "softmax":
		case "tanh":
	}
}

function checkWidth(width: number, name: string): void {
	if (!(Number.isInteger(width) && width >= 1 && width <= NETWORK_LIMITS.width))
		throw new Error(`${name} has ${width} values; 1 to ${NETWORK_LIMITS.width} are possible`);
}

function checkNumbers(numbers: Float32Array, count: number, name: string): void {
	if (numbers.length !== count) throw new Error(`${name}: ${numbers.length} numbers where ${count} belong`);
	for (const [index, value] of numbers.entries()) if (!Number.isFinite(value)) throw new Error(`${name}: number ${index + 1} is ${value}, not a finite number`);
}

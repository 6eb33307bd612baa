/** One operation of a network, over the whole vector that the one before left; weights are Float32 in row-major order. */
export type Layer =
	/** output[o] = bias[o] + sum over i of weights[o * inputs + i] * input[i]: Gemm, MatMul + Add, and a scaler folded into one. */
	| { readonly kind: "dense"; readonly inputs: number; readonly outputs: number; readonly weights: Float32Array; readonly bias: Float32Array }
	| { readonly kind: "relu" | "tanh" | "sigmoid" | "softmax" | "argmax" }
	/** (x - mean) / sqrt(variance + epsilon) * scale + bias over the whole vector (ONNX LayerNormalization, axis -1). */
	| { readonly kind: "layer-norm"; readonly epsilon: number; readonly scale: Float32Array; readonly bias: Float32Array }
	/** Several ways over the same input, their outputs one behind the other (ONNX Concat, axis -1). */
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

/** Element types that matter to us, by their number in ONNX (TensorProto.DataType); others are only carried. */
export const ELEMENT = { float: 1, int32: 6, int64: 7, bool: 9, double: 11 } as const;

/** A constant of a model. `floats` and `ints` hold its values where the type is float32 or a whole number of up to 64 bits, else null. */
export type Tensor = {
	readonly elementType: number;
	readonly dims: readonly number[];
	readonly floats: Float32Array | null;
	readonly ints: readonly number[] | null;
};

/** The value of an attribute. Sub-graphs and types never get here: a model with one is refused. */
export type Attribute =
	| { readonly kind: "float"; readonly value: number }
	| { readonly kind: "int"; readonly value: number }
	| { readonly kind: "string"; readonly value: string }
	| { readonly kind: "tensor"; readonly value: Tensor }
	| { readonly kind: "floats"; readonly value: readonly number[] }
	| { readonly kind: "ints"; readonly value: readonly number[] }
	| { readonly kind: "strings"; readonly value: readonly string[] }
	| { readonly kind: "tensors"; readonly value: readonly Tensor[] };

/** One operation of the graph. An empty name among `inputs` or `outputs` is one that was left out. */
export type Node = {
	readonly operator: string;
	/** "" is ONNX itself, "ai.onnx.ml" its operators for trees and the like. */
	readonly domain: string;
	readonly name: string;
	readonly inputs: readonly string[];
	readonly outputs: readonly string[];
	readonly attributes: ReadonlyMap<string, Attribute>;
};

/** A value that goes into or comes out of the graph; null where the model does not say. */
export type Port = { readonly name: string; readonly elementType: number | null; readonly dims: readonly (number | null)[] | null };

/**
 * A decoded ONNX model that keeps every rule for one that may be used: a single file, no custom operators, sub-graphs or functions, every limit kept,
 * every weight finite, every name made before it is used, one float32 input of shape [1 | N | -, features].
 */
export type OnnxModel = {
	readonly opset: number;
	readonly input: { readonly name: string; readonly features: number };
	/** The output that counts: the one called `action`, `logits`, `q_values` or `output`, in that order, else the first. */
	readonly output: Port;
	/** Every node of the graph, in the order in which they can be computed. */
	readonly nodes: readonly Node[];
	readonly constants: ReadonlyMap<string, Tensor>;
};

import { type Layer, type Network, outputsOf } from "../../../engine/network/network.ts";
import { encodeModel } from "./wire.ts";

/** The network as an ONNX model (opset 17, input `observation` [N, inputs], output `output` [N, outputs]); the same network gives the same bytes. */
export function writeOnnx(network: Network, about: { readonly name: string }): Uint8Array {
	const draft: Draft = { node: [], initializer: [] };
	const last = writeLayers(draft, network.layers, "observation", network.inputs);
	draft.node.push({ op_type: "Identity", name: "output", input: [last], output: ["output"] });
	return encodeModel({
		// What opset 17 came with.
		ir_version: 8,
		producer_name: "kinetra",
		opset_import: [{ domain: "", version: 17 }],
		graph: { name: about.name, ...draft, input: [port("observation", network.inputs)], output: [port("output", network.outputs)] },
	});
}

type Draft = { readonly node: object[]; readonly initializer: object[] };

const FLOAT = 1;
const INT = 2;

function port(name: string, size: number): object {
	return { name, type: { tensor_type: { elem_type: FLOAT, shape: { dim: [{ dim_param: "N" }, { dim_value: size }] } } } };
}

/** Writes layers that read the value `from` of `width` numbers; returns the name of what they leave. */
function writeLayers(draft: Draft, layers: readonly Layer[], from: string, width: number): string {
	let [now, wide] = [from, width];
	for (const layer of layers) {
		now = writeLayer(draft, layer, now, wide);
		wide = outputsOf(layer, wide);
	}
	return now;
}

function writeLayer(draft: Draft, layer: Layer, from: string, width: number): string {
	switch (layer.kind) {
		case "dense":
			return node(
				draft,
				"Gemm",
				[from, constant(draft, "weights", [layer.outputs, layer.inputs], layer.weights), constant(draft, "bias", [layer.outputs], layer.bias)],
				[{ name: "transB", type: INT, i: 1 }],
			);
		case "affine":
			return node(draft, "Add", [node(draft, "Mul", [from, constant(draft, "scale", [width], layer.scale)]), constant(draft, "shift", [width], layer.shift)]);
		case "clip":
			return node(draft, "Clip", [from, constant(draft, "low", [], Float32Array.of(layer.low)), constant(draft, "high", [], Float32Array.of(layer.high))]);
		case "relu":
			return node(draft, "Relu", [from]);
		case "tanh":
			return node(draft, "Tanh", [from]);
		case "sigmoid":
			return node(draft, "Sigmoid", [from]);
		case "softmax":
			return node(draft, "Softmax", [from], [{ name: "axis", type: INT, i: -1 }]);
		case "argmax":
			// An index is a whole number in ONNX; a network's values are all float32.
			return node(draft, "Cast", [node(draft, "ArgMax", [from], [{ name: "axis", type: INT, i: -1 }])], [{ name: "to", type: INT, i: FLOAT }]);
		case "layer-norm":
			return node(
				draft,
				"LayerNormalization",
				[from, constant(draft, "scale", [width], layer.scale), constant(draft, "bias", [width], layer.bias)],
				[
					{ name: "axis", type: INT, i: -1 },
					{ name: "epsilon", type: FLOAT, f: layer.epsilon },
				],
			);
		case "concat": {
			const ways = layer.branches.map((branch) => writeLayers(draft, branch, from, width));
			return node(draft, "Concat", ways, [{ name: "axis", type: INT, i: -1 }]);
		}
	}
}

function node(draft: Draft, operator: string, input: readonly string[], attribute: readonly object[] = []): string {
	const name = `${operator.toLowerCase()}_${draft.node.length + 1}`;
	draft.node.push({ op_type: operator, name, input, output: [name], attribute });
	return name;
}

function constant(draft: Draft, what: string, dims: readonly number[], values: Float32Array): string {
	const name = `${what}_${draft.initializer.length + 1}`;
	const bytes = new Uint8Array(values.length * 4);
	const view = new DataView(bytes.buffer);
	for (const [index, value] of values.entries()) view.setFloat32(index * 4, value, true);
	draft.initializer.push({ name, dims, data_type: FLOAT, raw_data: bytes });
	return name;
}

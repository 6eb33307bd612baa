import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { networkOf } from "../../../../src/adapters/agent/onnx/network-of.ts";
import { readOnnx } from "../../../../src/adapters/agent/onnx/read.ts";
import { writeOnnx } from "../../../../src/adapters/agent/onnx/write.ts";
import { createForward } from "../../../../src/engine/network/forward.ts";
import type { Layer } from "../../../../src/engine/network/network.ts";
import { attribute, type DraftModel, draftModel, floatAttribute, floats, modelBytes, port, wholes } from "../../../helpers/broken-models.ts";
import { networks, randomObservation } from "../../../helpers/random-network.ts";

type Graph = DraftModel["graph"];
type DraftNode = Graph["node"][number];

function node(operator: string, input: string[], output: string, attributes: readonly object[] = []): DraftNode {
	return { op_type: operator, input, output: [output], attribute: [...attributes] };
}

/** How a Transpose turns its dimensions. */
function order(...dimensions: number[]): object {
	return { name: "perm", type: 7, ints: dimensions };
}

/** A graph over `x` of two features that ends in `y`. */
function graphOf(nodes: DraftNode[], constants: Graph["initializer"] = [], opset = 17, outputType = 1): DraftModel {
	const draft = draftModel();
	draft.opset_import = [{ domain: "", version: opset }];
	draft.graph = { name: "g", node: nodes, initializer: constants, input: [port("x", ["N", 2])], output: [port("y", ["N", null], outputType)] };
	return draft;
}

function kinds(draft: DraftModel): string | null {
	const network = networkOf(readOnnx(modelBytes(draft)));
	const told = (layers: readonly Layer[]): string =>
		layers.map((layer) => (layer.kind === "concat" ? `(${layer.branches.map(told).join(" | ")})` : layer.kind)).join(" ");
	return network === null ? null : told(network.layers);
}

function outputs(draft: DraftModel, ...observation: number[]): number[] {
	const network = networkOf(readOnnx(modelBytes(draft)));
	if (network === null) throw new Error("not computed by Kinetra");
	return [...createForward(network)(Float32Array.from(observation))].map((value) => Math.round(value * 1e5) / 1e5);
}

const W = floats("w", [2, 3], [1, 2, 3, 4, 5, 6]);
const C = floats("c", [2], [10, 4]);

describe("networkOf", () => {
	it.each<[name: string, draft: DraftModel, layers: string, output: readonly number[]]>([
		["Gemm as it stands", graphOf([node("Gemm", ["x", "w"], "y")], [W]), "dense", [9, 12, 15]],
		[
			"Gemm with alpha, beta and one number to add",
			graphOf([node("Gemm", ["x", "w", "b"], "y", [floatAttribute("alpha", 0.5), floatAttribute("beta", 2)])], [W, floats("b", [1], [3])]),
			"dense",
			[10.5, 12, 13.5],
		],
		[
			"Gemm the other way round",
			graphOf([node("Gemm", ["x", "w"], "y", [attribute("transB", 1)])], [floats("w", [3, 2], [1, 2, 3, 4, 5, 6])]),
			"dense",
			[5, 11, 17],
		],
		[
			"MatMul and Add as one layer",
			graphOf([node("MatMul", ["x", "w"], "m"), node("Add", ["b", "m"], "y")], [W, floats("b", [3], [1, 0, -1])]),
			"dense",
			[10, 12, 14],
		],
		["a scaler: Sub and Div", graphOf([node("Sub", ["x", "c"], "s"), node("Div", ["s", "c"], "y")], [C]), "affine affine", [-0.9, -0.5]],
		["Mul and Add as one layer", graphOf([node("Mul", ["x", "c"], "s"), node("Add", ["s", "c"], "y")], [C]), "affine", [20, 12]],
		["a constant less a value", graphOf([node("Sub", ["c", "x"], "y")], [C]), "affine", [9, 2]],
		[
			"constants of shape [1, n] and of one number",
			graphOf([node("Add", ["x", "c"], "s"), node("Mul", ["s", "d"], "y")], [floats("c", [1, 2], [10, 4]), floats("d", [], [2])]),
			"affine affine",
			[22, 12],
		],
		["Clip with both bounds", graphOf([node("Clip", ["x", "low", "high"], "y")], [floats("low", [], [0]), floats("high", [], [1.5])]), "clip", [1, 1.5]],
		["Clip without a lower bound", graphOf([node("Clip", ["x", "", "high"], "y")], [floats("high", [], [1.5])]), "clip", [1, 1.5]],
		["Clip of old", graphOf([node("Clip", ["x"], "y", [floatAttribute("max", 1.5)])], [], 9), "clip", [1, 1.5]],
		[
			"Softmax of old and new",
			graphOf([node("Softmax", ["x"], "s", [attribute("axis", 1)]), node("Softmax", ["s"], "y")]),
			"softmax softmax",
			[0.38648, 0.61352],
		],
		[
			"LayerNormalization without a bias",
			graphOf([node("LayerNormalization", ["x", "c"], "y", [attribute("axis", -1), floatAttribute("epsilon", 0)])], [C]),
			"layer-norm",
			[-10, 4],
		],
		[
			"Flatten, Identity, Dropout, Relu",
			graphOf([node("Flatten", ["x"], "f"), node("Identity", ["f"], "i"), node("Dropout", ["i"], "d"), node("Relu", ["d"], "y")]),
			"relu",
			[1, 2],
		],
		[
			"Reshape to [1, -1] and to [0, 2]",
			graphOf(
				[node("Reshape", ["x", "r"], "f"), node("Reshape", ["f", "z"], "i"), node("Tanh", ["i"], "y")],
				[wholes("r", [2], [1, -1]), wholes("z", [2], [0, 2])],
			),
			"tanh",
			[0.76159, 0.96403],
		],
		[
			"the shape as PyTorch computes it: Shape, Gather, Unsqueeze, Concat, Reshape",
			graphOf(
				[
					node("Shape", ["x"], "shape"),
					node("Gather", ["shape", "zero"], "n"),
					node("Unsqueeze", ["n", "axes"], "n1"),
					node("Concat", ["n1", "minus"], "to", [attribute("axis", 0)]),
					node("Reshape", ["x", "to"], "flat"),
					node("Sigmoid", ["flat"], "y"),
				],
				[wholes("zero", [], [0]), wholes("axes", [1], [0]), wholes("minus", [1], [-1])],
			),
			"sigmoid",
			[0.73106, 0.8808],
		],
		[
			"a Constant node and a cast of it",
			graphOf([
				{ ...node("Constant", [], "k"), attribute: [{ name: "value", type: 4, t: C }] },
				node("Cast", ["k"], "f", [attribute("to", 1)]),
				node("Add", ["x", "f"], "y"),
			]),
			"affine",
			[11, 6],
		],
		[
			"weights turned by Transpose",
			graphOf([node("Transpose", ["w"], "t"), node("MatMul", ["x", "t"], "y")], [floats("w", [3, 2], [1, 2, 3, 4, 5, 6])]),
			"dense",
			[5, 11, 17],
		],
		[
			"Unsqueeze and Squeeze around a layer",
			graphOf([node("Unsqueeze", ["x", "a"], "u"), node("Relu", ["u"], "r"), node("Squeeze", ["r", "a"], "y")], [wholes("a", [1], [0])]),
			"relu",
			[1, 2],
		],
		["ArgMax of the actions", graphOf([node("ArgMax", ["x"], "y", [attribute("axis", 1), attribute("keepdims", 0)])], [], 17, 7), "argmax", [1]],
		["ArgMax cast to a float", graphOf([node("ArgMax", ["x"], "a", [attribute("axis", -1)]), node("Cast", ["a"], "y", [attribute("to", 1)])]), "argmax", [1]],
		[
			"Concat of two ways that begin together",
			graphOf([node("Relu", ["x"], "r"), node("Tanh", ["r"], "t"), node("Concat", ["t", "r"], "y", [attribute("axis", 1)])]),
			"relu (tanh | )",
			[0.76159, 0.96403, 1, 2],
		],
	])("computes %s", (_, draft, layers, output) => {
		expect(kinds(draft)).toBe(layers);
		expect(outputs(draft, 1, 2)).toEqual(output.map((value) => Math.round(value * 1e5) / 1e5));
	});

	it.each<[name: string, draft: DraftModel]>([
		["an operator that we do not compute", graphOf([node("Erf", ["x"], "y")])],
		["a residual connection", graphOf([node("Relu", ["x"], "r"), node("Add", ["x", "r"], "y")])],
		["a division by the value", graphOf([node("Div", ["c", "x"], "y")], [C])],
		["a division by next to nothing", graphOf([node("Div", ["x", "d"], "y")], [floats("d", [], [1e-45])])],
		["Softmax over observations", graphOf([node("Softmax", ["x"], "y", [attribute("axis", 0)])])],
		["ArgMax over observations", graphOf([node("ArgMax", ["x"], "y")])],
		["ArgMax that takes the last of equals", graphOf([node("ArgMax", ["x"], "y", [attribute("axis", 1), attribute("select_last_index", 1)])])],
		["Gemm of the observation turned", graphOf([node("Gemm", ["x", "w"], "y", [attribute("transA", 1)])], [W])],
		["the observation turned", graphOf([node("Transpose", ["x"], "y")])],
		["a cast that loses digits", graphOf([node("Cast", ["x"], "y", [attribute("to", 7)])])],
		["Dropout that trains", graphOf([node("Dropout", ["x", "", "t"], "y")], [{ name: "t", dims: [], data_type: 9, int32_data: [1] }])],
		["trees", graphOf([{ ...node("TreeEnsembleRegressor", ["x"], "y"), domain: "ai.onnx.ml" }])],
	])("leaves %s to ONNX Runtime", (_, draft) => {
		expect(kinds(draft)).toBeNull();
	});

	it.each<[name: string, operators: readonly string[], chosen: string]>([
		["action before the others", ["value", "output", "logits", "action"], "action"],
		["logits before q_values", ["q_values", "logits"], "logits"],
		["the first where none has such a name", ["value", "other"], "value"],
	])("takes %s as the output that counts, and drops what only leads to others", (_, names, chosen) => {
		const draft = graphOf(names.map((name) => node(name === chosen ? "Relu" : "Erf", ["x"], name)));
		draft.graph.output = names.map((name) => port(name, ["N", 2]));
		expect(kinds(draft)).toBe("relu");
	});

	it("takes a constant that is listed as an input, as old exporters do", () => {
		const draft = graphOf([node("Add", ["x", "c"], "y")], [C]);
		draft.graph.input.push(port("c", [2]));
		expect(outputs(draft, 1, 2)).toEqual([11, 6]);
	});

	// As torch.onnx.export(dynamo=True) writes a perceptron: notes at every part, a batch with a name, domains that nothing uses, and with older versions
	// a turned table of weights before each MatMul.
	it.each([
		["Gemm", [node("Gemm", ["x", "w", "b"], "l", [attribute("transB", 1)])]],
		["Transpose, MatMul and Add", [node("Transpose", ["w"], "t", [order(1, 0)]), node("MatMul", ["x", "t"], "m"), node("Add", ["m", "b"], "l")]],
	])("takes what PyTorch's newer exporter writes around a network: %s", (_name, layer) => {
		const note = Uint8Array.of(10, 1, 107, 18, 1, 118);
		const draft = graphOf([...layer, node("Relu", ["l"], "y")], [floats("w", [3, 2], [1, 2, 3, 4, 5, 6]), floats("b", [3], [1, 0, -20])], 18);
		Object.assign(draft, { ir_version: 10, producer_version: "2.9.0", metadata_props: [note] });
		draft.opset_import.push({ domain: "pkg.onnxscript.torch_lib.common", version: 1 }, { domain: "pkg.torch.__subgraph__", version: 1 });
		draft.graph.input = [port("x", ["s0", 2])];
		Object.assign(draft.graph, { metadata_props: [note], node: draft.graph.node.map((one) => ({ ...one, metadata_props: [note] })) });
		expect(kinds(draft)).toBe("dense relu");
		expect(outputs(draft, 1, 2)).toEqual([6, 11, 0]);
	});

	it("reads what it has written: the same layers, the same numbers, the same bytes", () => {
		fc.assert(
			fc.property(networks, fc.nat(), (network, seed) => {
				const bytes = writeOnnx(network, { name: "policy" });
				const back = networkOf(readOnnx(bytes));
				expect(back?.multiplyAdds).toBeLessThanOrEqual(network.multiplyAdds);
				if (back === null) throw new Error("a network of ours was not read back");
				const observation = randomObservation(seed, network.inputs);
				expect(createForward(back)(observation)).toEqual(createForward(network)(observation));
				expect(writeOnnx(network, { name: "policy" })).toEqual(bytes);
			}),
			{ numRuns: 300 },
		);
	});
});

import { makeNetwork, NETWORK_LIMITS, type Network } from "../../../engine/network/network.ts";
import { ELEMENT, type Node, type OnnxModel } from "./model.ts";
import { OPERATORS } from "./operators.ts";
import { ModelRefused } from "./refused.ts";
import { type Row, type Value, widthOf } from "./value.ts";

/**
 * The model as a network that Kinetra computes itself; null = a sound graph with other operators, which ONNX Runtime computes. What does not lead to the
 * output that counts is dropped. Throws `ModelRefused` when sizes do not fit.
 */
export function networkOf(model: OnnxModel): Network | null {
	const values = new Map<string, Value>([...model.constants].map(([name, tensor]) => [name, { kind: "constant", tensor }]));
	values.set(model.input.name, { kind: "row", dims: [1, model.input.features], whole: false, layers: [] });
	let numbers = 0;
	for (const node of neededNodes(model)) {
		const made =
			node.domain === "" ? OPERATORS.get(node.operator)?.({ node, opset: model.opset, inputs: node.inputs.map((name) => values.get(name) ?? null) }) : null;
		if (made === undefined || made === null) return null;
		// Weights that one constant gives many operations are written out for each: bounded here, before they fill the memory.
		numbers += node.inputs.some((name) => values.get(name) === made) ? 0 : sizeOf(made);
		if (numbers > NETWORK_LIMITS.multiplyAdds || (made.kind === "row" && made.layers.length > NETWORK_LIMITS.layers))
			throw new ModelRefused(`The model takes more than ${NETWORK_LIMITS.multiplyAdds} numbers or ${NETWORK_LIMITS.layers} layers. Export a smaller network.`);
		// The first output alone: where another is needed, it is not among the values and its reader is left to ONNX Runtime.
		values.set(node.outputs[0] ?? "", made);
	}
	const output = values.get(model.output.name);
	if (output === undefined) return null;
	if (output.kind === "constant") throw new ModelRefused(`The model's output "${model.output.name}" does not depend on the observation. Export it again.`);
	checkOutput(model, output);
	return build(model.input.features, output);
}

/** Numbers that an operation has written out: those of a constant, or of a row's last layer. */
function sizeOf(made: Value): number {
	if (made.kind === "constant") return (made.tensor.floats ?? made.tensor.ints ?? []).length;
	const layer = made.layers.at(-1);
	if (layer?.kind === "dense") return layer.weights.length;
	return layer?.kind === "affine" || layer?.kind === "layer-norm" ? 2 * layer.scale.length : 0;
}

/** The nodes that lead to the output, in order. */
function neededNodes({ nodes, output }: OnnxModel): readonly Node[] {
	const wanted = new Set([output.name]);
	const needed = new Set<Node>();
	for (const node of [...nodes].reverse()) {
		if (!node.outputs.some((name) => name !== "" && wanted.has(name))) continue;
		needed.add(node);
		for (const name of node.inputs) wanted.add(name);
	}
	return nodes.filter((node) => needed.has(node));
}

/** What the model says of its output must be what its operations leave: one that says something else was put together by hand. */
function checkOutput({ output }: OnnxModel, row: Row): void {
	const width = widthOf(row);
	const declared = output.dims?.at(-1) ?? null;
	if (declared !== null && declared !== width)
		throw new ModelRefused(`The model says that its output "${output.name}" has ${declared} values; its operations leave ${width}. Export it again.`);
	const types: readonly number[] = row.whole ? [ELEMENT.int64, ELEMENT.int32] : [ELEMENT.float];
	if (output.elementType !== null && !types.includes(output.elementType))
		throw new ModelRefused(
			`The model says that its output "${output.name}" is of type ${output.elementType}; its operations leave type ${types[0]}. Export it again.`,
		);
}

function build(features: number, { layers }: Row): Network {
	try {
		return makeNetwork(features, layers);
	} catch (error) {
		throw new ModelRefused(`The model's network cannot be used: ${error instanceof Error ? error.message : String(error)}. Export a smaller or sounder one.`);
	}
}

import { cleanText } from "../../clean-text.ts";
import { readAttribute } from "./attribute.ts";
import { MODEL_LIMITS, MODEL_VERSIONS } from "./limits.ts";
import type { Attribute, Node, OnnxModel, Tensor } from "./model.ts";
import { inputOf, outputOf } from "./port.ts";
import { ModelRefused } from "./refused.ts";
import { readTensor, wholeOf } from "./tensor.ts";
import { decodeModel, type GraphProto, type ModelProto, type NodeProto } from "./wire.ts";

/** Decodes a model and checks it against every limit. Throws `ModelRefused`, never anything else. */
export function readOnnx(bytes: Uint8Array): OnnxModel {
	const model = decodeModel(bytes);
	const opset = checkVersions(model);
	if (model.functions.length > 0) throw new ModelRefused("The model brings functions of its own, which are not run. Export it without them.");
	if (model.training_info.length > 0) throw new ModelRefused("The model brings training graphs, which are not run. Export it for inference.");
	if (!Object.hasOwn(model, "graph")) throw new ModelRefused("The model has no graph. Export it again.");
	const { graph } = model;
	if (graph.sparse_initializer.length > 0) throw new ModelRefused("The model has sparse constants, which are not read. Export it with dense ones.");
	const constants = readConstants(graph);
	const input = inputOf(graph, constants);
	const nodes = readNodes(graph, new Set([input.name, ...constants.keys()]));
	const made = new Set([input.name, ...constants.keys(), ...nodes.flatMap((node) => node.outputs)]);
	return { opset, input, output: outputOf(graph, made), nodes, constants };
}

/** A name out of a model, checked and fit to be a key. */
function checkName(name: string, what: string): string {
	if (name.length === 0 || name.length > MODEL_LIMITS.nameCharacters)
		throw new ModelRefused(
			`The model has ${what} with a name of ${name.length} characters; 1 to ${MODEL_LIMITS.nameCharacters} are possible. Export it again.`,
		);
	return name;
}

/** The version of ONNX's own operators that the model is written for. */
function checkVersions(model: ModelProto): number {
	const { irFrom, irTo, opsetFrom, opsetTo } = MODEL_VERSIONS;
	const ir = Object.hasOwn(model, "ir_version") ? wholeOf(model.ir_version) : null;
	if (ir === null || !(ir >= irFrom && ir <= irTo))
		throw new ModelRefused(`The model's format has version ${ir ?? "unknown"}; ${irFrom} to ${irTo} are read. Export it with another version of ONNX.`);
	const versions = new Map<string, number>();
	for (const { domain, version } of model.opset_import) {
		const name = domain === "ai.onnx" ? "" : domain;
		if (versions.has(name)) throw new ModelRefused(`The model names the operators "${cleanText(name, 80)}" twice. Export it again.`);
		versions.set(name, wholeOf(version));
	}
	const opset = versions.get("");
	if (opset === undefined || !(opset >= opsetFrom && opset <= opsetTo))
		throw new ModelRefused(
			`The model is written for operators of version ${opset ?? "unknown"}; ${opsetFrom} to ${opsetTo} are run. Export it with opset_version=17.`,
		);
	return opset;
}

function readConstants(graph: GraphProto): ReadonlyMap<string, Tensor> {
	if (graph.initializer.length > MODEL_LIMITS.constants)
		throw new ModelRefused(`The model has ${graph.initializer.length} constants; at most ${MODEL_LIMITS.constants} are read. Export a smaller network.`);
	const constants = new Map<string, Tensor>();
	for (const proto of graph.initializer) {
		const name = checkName(proto.name, "a constant");
		if (constants.has(name)) throw new ModelRefused(`The model has two constants "${cleanText(name, 80)}". Export it again.`);
		constants.set(name, readTensor(proto, name));
	}
	return constants;
}

/** The nodes; each reads only what was there before it, and makes only what is new (`known` so far). */
function readNodes(graph: GraphProto, known: Set<string>): readonly Node[] {
	if (graph.node.length > MODEL_LIMITS.nodes)
		throw new ModelRefused(`The model has ${graph.node.length} operations; at most ${MODEL_LIMITS.nodes} are run. Export a smaller network.`);
	return graph.node.map((proto) => {
		const operator = readOperator(proto);
		for (const name of proto.input) {
			if (name !== "" && !known.has(name))
				throw new ModelRefused(`The model's ${operator} reads "${cleanText(name, 80)}", which nothing before it makes. Export it again.`);
		}
		for (const name of proto.output) {
			if (name === "") continue;
			if (known.has(checkName(name, "an output"))) throw new ModelRefused(`The model makes "${cleanText(name, 80)}" twice. Export it again.`);
			known.add(name);
		}
		const attributes = new Map<string, Attribute>();
		for (const attribute of proto.attribute) {
			if (attributes.has(attribute.name)) throw new ModelRefused(`The model's ${operator} has "${cleanText(attribute.name, 80)}" twice. Export it again.`);
			attributes.set(attribute.name, readAttribute(attribute, operator));
		}
		return { operator, domain: proto.domain === "ai.onnx" ? "" : proto.domain, name: proto.name, inputs: proto.input, outputs: proto.output, attributes };
	});
}

/** Operators that run other graphs, or that answer differently each time: no decision of theirs could be made again. */
const NEVER = new Map([
	...["Loop", "If", "Scan", "SequenceMap"].map((name) => [name, "runs a graph inside the graph (a loop or a branch)"] as const),
	...["RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Multinomial", "Bernoulli"].map((name) => [name, "draws by chance"] as const),
]);

function readOperator({ op_type, domain, overload }: NodeProto): string {
	const operator = cleanText(op_type, 80);
	if (!["", "ai.onnx", "ai.onnx.ml"].includes(domain) || overload !== "")
		throw new ModelRefused(
			`The model uses the operator ${operator} of "${cleanText(domain, 80)}". Only ONNX's own operators are run: export it without custom ones.`,
		);
	const why = NEVER.get(op_type);
	if (why !== undefined) throw new ModelRefused(`The model uses ${operator}, which ${why}. Export the network alone, its deterministic answer only.`);
	return operator;
}

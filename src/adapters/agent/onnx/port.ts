import { cleanText } from "../../clean-text.ts";
import { MODEL_LIMITS } from "./limits.ts";
import { ELEMENT, type OnnxModel, type Port, type Tensor } from "./model.ts";
import { ModelRefused } from "./refused.ts";
import { wholeOf } from "./tensor.ts";
import type { GraphProto, PortProto } from "./wire.ts";

/** The one input that is no constant: float32 of shape [1 | N | -, features]. Throws `ModelRefused`. */
export function inputOf(graph: GraphProto, constants: ReadonlyMap<string, Tensor>): OnnxModel["input"] {
	const real = graph.input.map(readPort).filter((port) => !constants.has(port.name));
	const [input] = real;
	if (input === undefined || real.length > 1)
		throw new ModelRefused(`The model has ${real.length} inputs; a policy has one, the observation. Export it with a single input.`);
	const { name, elementType, dims } = input;
	const where = `The model's input "${cleanText(name, 80)}"`;
	if (elementType !== ELEMENT.float)
		throw new ModelRefused(`${where} has elements of type ${elementType ?? "unknown"}; it must be float32 (1). Export it with float32 inputs.`);
	const [batch, features] = dims ?? [];
	if (dims?.length !== 2 || (batch !== null && batch !== 1))
		throw new ModelRefused(`${where} has the shape ${shapeText(dims)}; it must be [1, features] or [N, features]. Export it for one observation.`);
	if (typeof features !== "number" || features < 1 || features > MODEL_LIMITS.features)
		throw new ModelRefused(
			`${where} has ${features ?? "an unknown number of"} features; 1 to ${MODEL_LIMITS.features} are read. Export it with a fixed number.`,
		);
	return { name, features };
}

/** Names of the output that counts, where there are several; the first that is there. */
const OUTPUT_NAMES: readonly string[] = ["action", "logits", "q_values", "output"];

/** The output that counts; `made`: every value of the graph. Throws `ModelRefused`. */
export function outputOf(graph: GraphProto, made: ReadonlySet<string>): Port {
	const ports = graph.output.map(readPort);
	const named = OUTPUT_NAMES.map((name) => ports.find((port) => port.name === name)).find((port) => port !== undefined);
	const output = named ?? ports[0];
	if (output === undefined) throw new ModelRefused("The model has no output. Export it again.");
	for (const { name } of ports) {
		if (!made.has(name)) throw new ModelRefused(`The model's output "${cleanText(name, 80)}" is made by none of its operations. Export it again.`);
	}
	return output;
}

function readPort(proto: PortProto): Port {
	const where = `"${cleanText(proto.name, 80)}"`;
	if (proto.name.length === 0 || proto.name.length > MODEL_LIMITS.nameCharacters)
		throw new ModelRefused(`The model has an input or output with a name of ${proto.name.length} characters. Export it again.`);
	if (!Object.hasOwn(proto, "type")) return { name: proto.name, elementType: null, dims: null };
	const { type } = proto;
	if (OTHER_TYPES.some((field) => Object.hasOwn(type, field)) || !Object.hasOwn(type, "tensor_type"))
		throw new ModelRefused(`The model's ${where} is no tensor (a sequence, a map or the like). Export the plain numbers.`);
	const tensor = type.tensor_type;
	if (!Object.hasOwn(tensor, "shape")) return { name: proto.name, elementType: tensor.elem_type, dims: null };
	const { dim } = tensor.shape;
	if (dim.length > MODEL_LIMITS.rank) throw new ModelRefused(`The model's ${where} has ${dim.length} dimensions; at most ${MODEL_LIMITS.rank} are read.`);
	const dims = dim.map((one) => {
		if (!Object.hasOwn(one, "dim_value")) return null;
		const size = wholeOf(one.dim_value);
		if (Object.hasOwn(one, "dim_param") || !Number.isInteger(size) || size < 0 || size > MODEL_LIMITS.dimension)
			throw new ModelRefused(`The model's ${where} has a dimension of ${size}; 0 to ${MODEL_LIMITS.dimension} are read. Export it again.`);
		return size;
	});
	return { name: proto.name, elementType: tensor.elem_type, dims };
}

const OTHER_TYPES: readonly string[] = ["sequence_type", "map_type", "opaque_type", "sparse_tensor_type", "optional_type"];

function shapeText(dims: readonly (number | null)[] | null): string {
	return dims === null ? "unknown" : `[${dims.map((dim) => dim ?? "N").join(", ")}]`;
}

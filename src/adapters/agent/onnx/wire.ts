import protobuf, { type Reader, type Type } from "protobufjs/light.js";
import { cleanText } from "../../clean-text.ts";
import { MODEL_LIMITS } from "./limits.ts";
import { ModelRefused } from "./refused.ts";

/** A 64-bit number as protobufjs reads it. */
export type Whole = number | { toNumber(): number };

/** Messages of onnx.proto (ONNX 1.20) as they are decoded; a field that is not in the file is no property of its object's own. */
export type TensorProto = {
	readonly dims: readonly Whole[];
	readonly data_type: number;
	readonly segment: Uint8Array;
	readonly float_data: readonly number[];
	readonly int32_data: readonly number[];
	readonly string_data: readonly Uint8Array[];
	readonly int64_data: readonly Whole[];
	readonly name: string;
	readonly raw_data: Uint8Array;
	readonly external_data: readonly Uint8Array[];
	readonly data_location: number;
	readonly double_data: readonly number[];
	readonly uint64_data: readonly Whole[];
};
export type AttributeProto = {
	readonly name: string;
	readonly ref_attr_name: string;
	readonly type: number;
	readonly f: number;
	readonly i: Whole;
	readonly s: Uint8Array;
	readonly t: TensorProto;
	readonly floats: readonly number[];
	readonly ints: readonly Whole[];
	readonly strings: readonly Uint8Array[];
	readonly tensors: readonly TensorProto[];
};
export type NodeProto = {
	readonly input: readonly string[];
	readonly output: readonly string[];
	readonly name: string;
	readonly op_type: string;
	readonly domain: string;
	readonly overload: string;
	readonly attribute: readonly AttributeProto[];
};
type DimProto = { readonly dim_value: Whole; readonly dim_param: string };
export type PortProto = {
	readonly name: string;
	readonly type: { readonly tensor_type: { readonly elem_type: number; readonly shape: { readonly dim: readonly DimProto[] } } };
};
export type GraphProto = {
	readonly node: readonly NodeProto[];
	readonly name: string;
	readonly initializer: readonly TensorProto[];
	readonly input: readonly PortProto[];
	readonly output: readonly PortProto[];
	readonly sparse_initializer: readonly Uint8Array[];
};
export type ModelProto = {
	readonly ir_version: Whole;
	readonly opset_import: readonly { readonly domain: string; readonly version: Whole }[];
	readonly graph: GraphProto;
	readonly training_info: readonly Uint8Array[];
	readonly functions: readonly Uint8Array[];
};

/**
 * Fields by message: number, type, `[]` when repeated. Parts that nobody here reads, or that make a model refused, stay `bytes`: they are seen and
 * never gone into, so nothing in this table nests in itself.
 */
const MESSAGES: Readonly<Record<string, Readonly<Record<string, readonly [number, string]>>>> = {
	ModelProto: {
		...{ ir_version: [1, "int64"], producer_name: [2, "string"], producer_version: [3, "string"], domain: [4, "string"], model_version: [5, "int64"] },
		...{ doc_string: [6, "bytes"], graph: [7, "GraphProto"], opset_import: [8, "OperatorSetIdProto[]"], metadata_props: [14, "bytes[]"] },
		...{ training_info: [20, "bytes[]"], functions: [25, "bytes[]"], configuration: [26, "bytes[]"] },
	},
	OperatorSetIdProto: { domain: [1, "string"], version: [2, "int64"] },
	GraphProto: {
		...{ node: [1, "NodeProto[]"], name: [2, "string"], initializer: [5, "TensorProto[]"], doc_string: [10, "bytes"], input: [11, "ValueInfoProto[]"] },
		...{ output: [12, "ValueInfoProto[]"], value_info: [13, "bytes[]"], quantization_annotation: [14, "bytes[]"], sparse_initializer: [15, "bytes[]"] },
		metadata_props: [16, "bytes[]"],
	},
	NodeProto: {
		...{ input: [1, "string[]"], output: [2, "string[]"], name: [3, "string"], op_type: [4, "string"], attribute: [5, "AttributeProto[]"] },
		...{ doc_string: [6, "bytes"], domain: [7, "string"], overload: [8, "string"], metadata_props: [9, "bytes[]"], device_configurations: [10, "bytes[]"] },
	},
	AttributeProto: {
		...{ name: [1, "string"], f: [2, "float"], i: [3, "int64"], s: [4, "bytes"], t: [5, "TensorProto"], g: [6, "bytes"], floats: [7, "float[]"] },
		...{ ints: [8, "int64[]"], strings: [9, "bytes[]"], tensors: [10, "TensorProto[]"], graphs: [11, "bytes[]"], doc_string: [13, "bytes"], tp: [14, "bytes"] },
		...{ type_protos: [15, "bytes[]"], type: [20, "int32"], ref_attr_name: [21, "string"], sparse_tensor: [22, "bytes"], sparse_tensors: [23, "bytes[]"] },
	},
	TensorProto: {
		...{ dims: [1, "int64[]"], data_type: [2, "int32"], segment: [3, "bytes"], float_data: [4, "float[]"], int32_data: [5, "int32[]"] },
		...{ string_data: [6, "bytes[]"], int64_data: [7, "int64[]"], name: [8, "string"], raw_data: [9, "bytes"], double_data: [10, "double[]"] },
		...{
			uint64_data: [11, "uint64[]"],
			doc_string: [12, "bytes"],
			external_data: [13, "bytes[]"],
			data_location: [14, "int32"],
			metadata_props: [16, "bytes[]"],
		},
	},
	ValueInfoProto: { name: [1, "string"], type: [2, "TypeProto"], doc_string: [3, "bytes"], metadata_props: [4, "bytes[]"] },
	TypeProto: {
		...{ tensor_type: [1, "TensorTypeProto"], sequence_type: [4, "bytes"], map_type: [5, "bytes"], denotation: [6, "string"], opaque_type: [7, "bytes"] },
		...{ sparse_tensor_type: [8, "bytes"], optional_type: [9, "bytes"] },
	},
	TensorTypeProto: { elem_type: [1, "int32"], shape: [2, "TensorShapeProto"] },
	TensorShapeProto: { dim: [1, "DimensionProto[]"] },
	DimensionProto: { dim_value: [1, "int64"], dim_param: [2, "string"], denotation: [3, "string"] },
};

const ROOT = protobuf.Root.fromJSON({
	nested: Object.fromEntries(
		Object.entries(MESSAGES).map(([message, fields]) => [
			message,
			{
				fields: Object.fromEntries(
					Object.entries(fields).map(([name, [id, type]]) => [name, type.endsWith("[]") ? { id, type: type.slice(0, -2), rule: "repeated" } : { id, type }]),
				),
			},
		]),
	),
}).resolveAll();
const MODEL = ROOT.lookupType("ModelProto");

/** The wire type of each kind of field; a message, a text and bytes are 2. */
const WIRE: Readonly<Record<string, number>> = { int32: 0, int64: 0, uint64: 0, float: 5, double: 1 };

/** The file as messages. Throws `ModelRefused` when it is no ONNX, is cut off, or holds more than the limits allow; what is in it is for others to judge. */
export function decodeModel(bytes: Uint8Array): ModelProto {
	if (bytes.length === 0) throw new ModelRefused("The model is an empty file. Export it again.");
	if (bytes.length > MODEL_LIMITS.bytes)
		throw new ModelRefused(`The model has ${bytes.length} bytes; at most ${MODEL_LIMITS.bytes} are read. Export a smaller network.`);
	try {
		const reader = protobuf.Reader.create(bytes);
		inspect(reader, bytes.length, MODEL, { parts: 0, wholeNumbers: 0 });
		return MODEL.decode(bytes) as unknown as ModelProto;
	} catch (error) {
		if (error instanceof ModelRefused) throw error;
		const why = cleanText(error instanceof Error ? error.message : String(error), 80);
		throw new ModelRefused(`The model is not ONNX, or is cut off (${why}). Copy or export it again.`);
	}
}

/** Messages as a file: fields in the order of their numbers, so the same messages give the same bytes. */
export function encodeModel(model: object): Uint8Array {
	return Uint8Array.from(MODEL.encode(MODEL.fromObject(model)).finish());
}

type Tally = { parts: number; wholeNumbers: number };

/**
 * Goes through a message before anything is made of it: every field known and of its own type, none twice that may be there once (readers differ in
 * which they keep, so what is checked would not be what is run), texts in UTF-8, numbers of things within their limits.
 */
function inspect(reader: Reader, end: number, type: Type, tally: Tally): void {
	const seen = new Set<number>();
	while (reader.pos < end) {
		const tag = reader.uint32();
		const [id, wire] = [tag >>> 3, tag & 7];
		const field = type.fieldsById[id];
		if (field === undefined) throw new ModelRefused(`The model holds field ${id} in a ${type.name}, which ONNX does not have. Export it again.`);
		const name = `${type.name}.${field.name}`;
		if (!field.repeated && seen.has(id)) throw new ModelRefused(`The model holds ${name} twice; it may be there once. Export it again.`);
		seen.add(id);
		const scalar = WIRE[field.type];
		if (wire !== (scalar ?? 2) && !(wire === 2 && field.repeated)) throw new ModelRefused(`The model's ${name} is of wire type ${wire}. Export it again.`);
		const size = wire === 2 ? reader.uint32() : 0;
		if (size > end - reader.pos) throw new ModelRefused(`The model is not ONNX, or is cut off: ${name} is longer than what is left. Copy or export it again.`);
		count(tally, field.type, wire, size);
		if (field.resolvedType instanceof protobuf.Type) inspect(reader, reader.pos + size, field.resolvedType, tally);
		else if (field.type === "string") UTF8.decode(reader.buf.subarray(reader.pos, skipped(reader, size)));
		else if (wire === 2) reader.skip(size);
		else reader.skipType(wire);
	}
	if (reader.pos !== end) throw new ModelRefused(`The model is not ONNX, or is cut off: a ${type.name} runs over its end. Copy or export it again.`);
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

function skipped(reader: Reader, size: number): number {
	return reader.skip(size).pos;
}

function count(tally: Tally, type: string, wire: number, size: number): void {
	const scalar = WIRE[type];
	if (scalar === undefined) tally.parts++;
	// Packed numbers have at least a byte each, doubles eight.
	else if (scalar !== 5) tally.wholeNumbers += wire !== 2 ? 1 : scalar === 1 ? size / 8 : size;
	if (tally.parts > MODEL_LIMITS.parts) throw new ModelRefused(`The model has more than ${MODEL_LIMITS.parts} parts. Export a smaller network.`);
	if (tally.wholeNumbers > MODEL_LIMITS.wholeNumbers)
		throw new ModelRefused(`The model holds more than ${MODEL_LIMITS.wholeNumbers} whole numbers or doubles. Export its weights as float32.`);
}

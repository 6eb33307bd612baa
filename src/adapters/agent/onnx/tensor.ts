import { cleanText } from "../../clean-text.ts";
import { MODEL_LIMITS } from "./limits.ts";
import { ELEMENT, type Tensor } from "./model.ts";
import { ModelRefused } from "./refused.ts";
import type { TensorProto, Whole } from "./wire.ts";

/** Bytes an element in `raw_data`, by type: FLOAT .. BFLOAT16 without texts. Newer types of 8 bits and less are refused. */
const ELEMENT_BYTES: ReadonlyMap<number, number> = new Map([
	...([1, 6, 12] as const).map((type) => [type, 4] as const),
	...([2, 3, 9] as const).map((type) => [type, 1] as const),
	...([4, 5, 10, 16] as const).map((type) => [type, 2] as const),
	...([7, 11, 13, 14] as const).map((type) => [type, 8] as const),
	[15, 16],
]);
/** Types whose numbers need not be looked at one by one: all of them are numbers. */
const WHOLE = new Set([2, 3, 4, 5, 6, 7, 9, 12, 13]);
const [FLOAT16, BFLOAT16] = [10, 16];

/** A constant, checked: inside the file, of a known type, with as many values as its dimensions say, all of them finite. Throws `ModelRefused`. */
export function readTensor(proto: TensorProto, name: string): Tensor {
	const where = `The model's constant "${cleanText(name, 80)}"`;
	if (proto.external_data.length > 0 || proto.data_location !== 0)
		throw new ModelRefused(`${where} is in another file. Models with external data are not loaded: export it as a single file.`);
	if (Object.hasOwn(proto, "segment") || proto.string_data.length > 0) throw new ModelRefused(`${where} is in segments or holds texts. Export it as numbers.`);
	const dims = proto.dims.map((dim) => wholeOf(dim));
	if (dims.length > MODEL_LIMITS.rank) throw new ModelRefused(`${where} has ${dims.length} dimensions; at most ${MODEL_LIMITS.rank} are read.`);
	let size = 1;
	for (const dim of dims) {
		// Multiplied step by step, so that no product gets past what a number counts exactly.
		if (!Number.isInteger(dim) || dim < 0 || dim > MODEL_LIMITS.dimension || size * dim > MODEL_LIMITS.dimension)
			throw new ModelRefused(`${where} has the dimensions ${dims.slice(0, 8).join(" x ")}; at most ${MODEL_LIMITS.dimension} values are read.`);
		size *= dim;
	}
	const type = proto.data_type;
	const bytes = ELEMENT_BYTES.get(type);
	if (bytes === undefined) throw new ModelRefused(`${where} has elements of type ${type}, which is not read. Export its weights as float32.`);
	const raw = Object.hasOwn(proto, "raw_data") ? proto.raw_data : null;
	const fits = raw === null ? valuesOf(proto).length === size * (type === 14 || type === 15 ? 2 : 1) : raw.length === size * bytes;
	if (!fits || (raw !== null && valuesOf(proto).length > 0))
		throw new ModelRefused(`${where} says ${size} values (${dims.join(" x ") || "one"}) and holds another number of them. Export it again.`);
	const view = raw === null ? null : new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
	const numbers = WHOLE.has(type) ? null : numbersOf(proto, type, size, view);
	const broken = numbers === null ? -1 : numbers.findIndex((value) => !Number.isFinite(value));
	if (numbers !== null && broken >= 0)
		throw new ModelRefused(`${where} has ${numbers[broken]} as number ${broken + 1} of ${size}: every number must be finite. Train or export it again.`);
	return { elementType: type, dims, floats: type === ELEMENT.float ? Float32Array.from(numbers ?? []) : null, ints: wholesOf(proto, type, size, view) };
}

/** A 64-bit number; beyond 2^53 it is not exact, and no limit allows one that large. */
export function wholeOf(value: Whole): number {
	return typeof value === "number" ? value : value.toNumber();
}

/** Where values of each type are when they are not raw. More than one list with values is an error, which their sum makes seen. */
function valuesOf(proto: TensorProto): { readonly length: number } {
	const { float_data, int32_data, int64_data, double_data, uint64_data } = proto;
	return { length: float_data.length + int32_data.length + int64_data.length + double_data.length + uint64_data.length };
}

/** The values of a type with fractions; halves come as 1 or NaN, because only whether they are numbers matters. ONNX is little-endian. */
function numbersOf(proto: TensorProto, type: number, size: number, view: DataView | null): Float32Array | Float64Array {
	if (type === ELEMENT.float)
		return view === null ? Float32Array.from(listed(proto.float_data, size)) : Float32Array.from({ length: size }, (_, i) => view.getFloat32(i * 4, true));
	if (type === FLOAT16 || type === BFLOAT16) {
		const exponent = type === FLOAT16 ? 0x7c00 : 0x7f80;
		const bits = view === null ? listed(proto.int32_data, size) : Array.from({ length: size }, (_, i) => view.getUint16(i * 2, true));
		return Float32Array.from(bits, (value) => ((value & exponent) === exponent ? Number.NaN : 1));
	}
	// A complex number is two.
	if (type === 14)
		return view === null
			? Float32Array.from(listed(proto.float_data, size * 2))
			: Float32Array.from({ length: size * 2 }, (_, i) => view.getFloat32(i * 4, true));
	const doubles = type === 15 ? size * 2 : size;
	return view === null ? Float64Array.from(listed(proto.double_data, doubles)) : Float64Array.from({ length: doubles }, (_, i) => view.getFloat64(i * 8, true));
}

/** Whole numbers of the types that shapes, axes and indices have; null for the others. */
function wholesOf(proto: TensorProto, type: number, size: number, view: DataView | null): readonly number[] | null {
	if (type === ELEMENT.int64)
		return view === null ? listed(proto.int64_data, size).map(wholeOf) : Array.from({ length: size }, (_, i) => Number(view.getBigInt64(i * 8, true)));
	if (type === ELEMENT.int32) return view === null ? listed(proto.int32_data, size) : Array.from({ length: size }, (_, i) => view.getInt32(i * 4, true));
	if (type === ELEMENT.bool) return view === null ? listed(proto.int32_data, size) : Array.from({ length: size }, (_, i) => view.getUint8(i));
	return null;
}

function listed<T>(list: readonly T[], size: number): readonly T[] {
	if (list.length !== size)
		throw new ModelRefused(`The model keeps ${list.length} numbers in the list of another type, where ${size} belong. Export it again.`);
	return list;
}

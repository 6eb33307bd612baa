import { MODEL_LIMITS } from "./limits.ts";
import { ELEMENT, type Tensor } from "./model.ts";
import { ModelRefused } from "./refused.ts";
import { axisOf, intOf, intsAt, intsOf, type Made, type Operation, reshaped, type Value } from "./value.ts";

/**
 * Operators that only arrange values, on rows and constants alike: exporters write them around a network, and to find the shape that a row is to be
 * flattened to. Each returns null for what it does not do.
 */
export const SHAPING: ReadonlyMap<string, (operation: Operation) => Made> = new Map([
	["Identity", ({ inputs }: Operation) => inputs[0] ?? null],
	["Dropout", dropout],
	["Constant", constant],
	["Cast", cast],
	["Shape", shape],
	["Gather", gather],
	["Flatten", flatten],
	["Reshape", reshape],
	["Squeeze", squeeze],
	["Unsqueeze", unsqueeze],
	["Transpose", transpose],
]);

/** In inference it hands its input on; `training_mode` is its third input. */
function dropout({ inputs }: Operation): Made {
	const training = inputs[2] ?? null;
	if (training !== null && !(training.kind === "constant" && training.tensor.ints?.[0] === 0)) return null;
	return inputs[0] ?? null;
}

function constant({ node }: Operation): Made {
	for (const [name, attribute] of node.attributes) {
		if (name === "value" && attribute.kind === "tensor") return { kind: "constant", tensor: attribute.value };
		if (name === "value_float" && attribute.kind === "float") return floats([], [attribute.value]);
		if (name === "value_floats" && attribute.kind === "floats") return floats([attribute.value.length], attribute.value);
		if (name === "value_int" && attribute.kind === "int") return ints([], [attribute.value]);
		if (name === "value_ints" && attribute.kind === "ints") return ints([attribute.value.length], attribute.value);
	}
	return null;
}

/** Casts that keep every value: float32 to float32, whole numbers among themselves and to float32. */
function cast({ node, inputs: [value] }: Operation): Made {
	const to = intOf(node, "to", null);
	if (value === undefined || value === null) return null;
	if (value.kind === "row") {
		if (to === ELEMENT.float) return { ...value, whole: false };
		return value.whole && (to === ELEMENT.int64 || to === ELEMENT.int32) ? value : null;
	}
	const { tensor } = value;
	if (to === ELEMENT.float && tensor.floats !== null) return value;
	if (tensor.ints === null || tensor.elementType === ELEMENT.bool) return null;
	if (to === ELEMENT.float) return floats(tensor.dims, tensor.ints);
	return to === ELEMENT.int64 || to === ELEMENT.int32 ? ints(tensor.dims, tensor.ints) : null;
}

/** `start` and `end` (opset 15) cut a part out: not done. */
function shape({ node, inputs: [value] }: Operation): Made {
	if (value === undefined || value === null || node.attributes.size > 0) return null;
	const dims = dimsOf(value);
	return ints([dims.length], dims);
}

/** Whole numbers out of a list, by place. */
function gather({ node, inputs: [from, at] }: Operation): Made {
	if (from?.kind !== "constant" || at?.kind !== "constant" || from.tensor.ints === null || at.tensor.ints === null) return null;
	const list = from.tensor.ints;
	if (from.tensor.dims.length !== 1 || at.tensor.dims.length > 1 || intOf(node, "axis", 0) !== 0) return null;
	return ints(
		at.tensor.dims,
		at.tensor.ints.map((place) => list[axisOf(place, list.length, node)] as number),
	);
}

function flatten({ node, inputs: [value] }: Operation): Made {
	if (value?.kind !== "row") return null;
	const rank = value.dims.length;
	const axis = intOf(node, "axis", 1);
	const split = axis === rank ? rank : axisOf(axis, rank, node);
	return reshaped(value, [product(value.dims.slice(0, split)), product(value.dims.slice(split))]);
}

function reshape(operation: Operation): Made {
	const {
		node,
		inputs: [value, shapeInput],
	} = operation;
	if (value === undefined || value === null || shapeInput?.kind !== "constant" || shapeInput.tensor.ints === null) return null;
	if (shapeInput.tensor.ints.length > MODEL_LIMITS.rank) return null;
	const from = dimsOf(value);
	const keepsZero = intOf(node, "allowzero", 0) !== 0;
	const wanted = shapeInput.tensor.ints.map((dim, place) => (dim === 0 && !keepsZero ? (from[place] ?? 0) : dim));
	const known = product(wanted.filter((dim) => dim !== -1));
	const dims = wanted.map((dim) => (dim === -1 ? product(from) / known : dim));
	if (wanted.filter((dim) => dim === -1).length > 1 || product(dims) !== product(from) || !dims.every((dim) => Number.isInteger(dim) && dim >= 0))
		throw new ModelRefused(`The model makes the shape [${shapeInput.tensor.ints.slice(0, 8).join(", ")}] out of [${from.join(", ")}]. Export it again.`);
	return inShape(value, dims);
}

function squeeze(operation: Operation): Made {
	const {
		node,
		inputs: [value],
	} = operation;
	const axes = intsAt(operation, "axes", 1);
	if (value === undefined || value === null || axes === undefined) return null;
	const dims = dimsOf(value);
	const gone = new Set(axes === null ? dims.flatMap((dim, place) => (dim === 1 ? [place] : [])) : axes.map((axis) => axisOf(axis, dims.length, node)));
	if (dims.some((dim, place) => gone.has(place) && dim !== 1))
		throw new ModelRefused(`The model's Squeeze drops a dimension of [${dims.join(", ")}] that is not 1.`);
	return inShape(
		value,
		dims.filter((_, place) => !gone.has(place)),
	);
}

function unsqueeze(operation: Operation): Made {
	const {
		node,
		inputs: [value],
	} = operation;
	const axes = intsAt(operation, "axes", 1);
	if (value === undefined || value === null || axes === undefined || axes === null) return null;
	const dims = dimsOf(value);
	const rank = dims.length + axes.length;
	if (rank > MODEL_LIMITS.rank) return null;
	const added = new Set(axes.map((axis) => axisOf(axis, rank, node)));
	if (added.size !== axes.length) throw new ModelRefused(`The model's Unsqueeze adds the same dimension twice. Export it again.`);
	const rest = [...dims];
	return inShape(
		value,
		Array.from({ length: rank }, (_, place) => (added.has(place) ? 1 : (rest.shift() as number))),
	);
}

/** Rows may be turned as long as they stay rows; of constants, tables of weights are. */
function transpose({ node, inputs: [value] }: Operation): Made {
	if (value === undefined || value === null) return null;
	const dims = dimsOf(value);
	const order = intsOf(node, "perm") ?? dims.map((_, place) => dims.length - 1 - place);
	if (new Set(order).size !== dims.length || !order.every((place) => place >= 0 && place < dims.length))
		throw new ModelRefused(`The model's Transpose orders ${dims.length} dimensions by [${order.slice(0, 8).join(", ")}]. Export it again.`);
	const turned = order.map((place) => dims[place] as number);
	if (value.kind === "row") return reshaped(value, turned);
	if (order.every((from, place) => from === place)) return value;
	const [rows = 0, columns = 0] = dims;
	const table = value.tensor.floats;
	return dims.length === 2 && table !== null
		? floats(
				turned,
				Float32Array.from(table, (_, at) => table[(at % rows) * columns + Math.floor(at / rows)] as number),
			)
		: null;
}

function inShape(value: Value, dims: readonly number[]): Made {
	return value.kind === "row" ? reshaped(value, dims) : { kind: "constant", tensor: { ...value.tensor, dims } };
}

function dimsOf(value: Value): readonly number[] {
	return value.kind === "row" ? value.dims : value.tensor.dims;
}

function product(numbers: readonly number[]): number {
	return numbers.reduce((all, one) => all * one, 1);
}

function floats(dims: readonly number[], values: ArrayLike<number>): Value {
	return { kind: "constant", tensor: { elementType: ELEMENT.float, dims, floats: Float32Array.from(values), ints: null } satisfies Tensor };
}

/** A constant of whole numbers. */
export function ints(dims: readonly number[], values: readonly number[]): Value {
	return { kind: "constant", tensor: { elementType: ELEMENT.int64, dims, floats: null, ints: values } satisfies Tensor };
}

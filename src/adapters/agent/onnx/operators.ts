import { type Layer, NETWORK_LIMITS } from "../../../engine/network/network.ts";
import type { Tensor } from "./model.ts";
import { ModelRefused } from "./refused.ts";
import { ints, SHAPING } from "./shaping.ts";
import { after, axisOf, floatOf, intOf, type Made, type Operation, type Row, widthOf } from "./value.ts";

/**
 * Every operator that Kinetra computes itself: what it makes of rows and constants. Null = not this form of it, ONNX Runtime must. Throws `ModelRefused`
 * when sizes do not fit. Rules: github.com/onnx/onnx/blob/main/docs/Operators.md.
 */
export const OPERATORS: ReadonlyMap<string, (operation: Operation) => Made> = new Map([
	...SHAPING,
	["Gemm", gemm],
	["MatMul", matMul],
	["Add", (operation: Operation) => elementwise(operation, (c) => [1, c], true)],
	["Sub", (operation: Operation) => elementwise(operation, (c, first) => (first ? [-1, c] : [1, -c]), true)],
	["Mul", (operation: Operation) => elementwise(operation, (c) => [c, 0], true)],
	["Div", (operation: Operation) => elementwise(operation, (c) => [1 / c, 0], false)],
	["Relu", (operation: Operation) => activation(operation, "relu")],
	["Tanh", (operation: Operation) => activation(operation, "tanh")],
	["Sigmoid", (operation: Operation) => activation(operation, "sigmoid")],
	["Softmax", softmax],
	["ArgMax", argMax],
	["Clip", clip],
	["LayerNormalization", layerNormalization],
	["Concat", concat],
]);

/** The row that an operator of numbers reads first. */
function rowOf({ inputs: [value] }: Operation): Row | null {
	return value?.kind === "row" && !value.whole ? value : null;
}

function weightsOf(operation: Operation, place: number): Tensor | null {
	const value = operation.inputs[place];
	return value?.kind === "constant" && value.tensor.floats !== null ? value.tensor : null;
}

function gemm(operation: Operation): Made {
	const { node, inputs } = operation;
	const row = rowOf(operation);
	const table = weightsOf(operation, 1);
	if (row === null || table === null || row.dims.length !== 2 || intOf(node, "transA", 0) !== 0) return null;
	const layer = dense(table, intOf(node, "transB", 0) !== 0, floatOf(node, "alpha", 1), widthOf(row), node.operator);
	if (layer === null) return null;
	const offset = weightsOf(operation, 2);
	if (offset === null) return (inputs[2] ?? null) === null ? after({ ...row, dims: [1, layer.outputs] }, layer) : null;
	const beta = floatOf(node, "beta", 1);
	const bias = spread(offset, layer.outputs, node.operator)?.map((value) => Math.fround(beta * value));
	return bias === undefined ? null : after({ ...row, dims: [1, layer.outputs] }, { ...layer, bias });
}

function matMul(operation: Operation): Made {
	const row = rowOf(operation);
	const table = weightsOf(operation, 1);
	if (row === null || table === null || row.dims.length === 0) return null;
	const layer = dense(table, false, 1, widthOf(row), "MatMul");
	return layer === null ? null : after({ ...row, dims: [...row.dims.slice(0, -1), layer.outputs] }, layer);
}

type Dense = Extract<Layer, { kind: "dense" }>;

/** A table of weights as a layer without bias; ONNX keeps it inputs x outputs unless `turned`. */
function dense(table: Tensor, turned: boolean, alpha: number, width: number, operator: string): Dense | null {
	const { dims, floats } = table;
	if (dims.length !== 2 || floats === null) return null;
	const [first = 0, second = 0] = dims;
	const [inputs, outputs] = turned ? [second, first] : [first, second];
	if (inputs !== width) throw new ModelRefused(`The model's ${operator} has weights for ${inputs} values and is given ${width}. Export it again.`);
	const weights = floats.map((_, at) => {
		const value = turned ? (floats[at] as number) : (floats[(at % inputs) * outputs + Math.floor(at / inputs)] as number);
		return Math.fround(alpha * value);
	});
	return { kind: "dense", inputs, outputs, weights, bias: new Float32Array(outputs) };
}

/** A constant broadcast over a row of `width` numbers; null when it would make the row longer. */
function spread(tensor: Tensor, width: number, operator: string): Float32Array | null {
	const { dims, floats } = tensor;
	if (floats === null) return null;
	if (floats.length === 1) return new Float32Array(width).fill(floats[0] as number);
	const last = dims.at(-1) ?? 1;
	if (width === 1 || floats.length !== last) return null;
	if (last !== width) throw new ModelRefused(`The model's ${operator} has ${last} numbers for ${width} values. Export it again.`);
	return floats;
}

/** A row and a constant, number by number: `pairOf` says scale and shift; `anyOrder`: the constant may come first. */
function elementwise(operation: Operation, pairOf: (constant: number, first: boolean) => readonly [number, number], anyOrder: boolean): Made {
	const first = operation.inputs[0]?.kind === "constant";
	const row = operation.inputs[first ? 1 : 0];
	const tensor = weightsOf(operation, first ? 0 : 1);
	if (row?.kind !== "row" || row.whole || tensor === null || (first && !anyOrder)) return null;
	const constants = spread(tensor, widthOf(row), operation.node.operator);
	if (constants === null) return null;
	const scale = constants.map((value) => pairOf(value, first)[0]);
	// A number too small to be divided by: ONNX Runtime may divide where we would multiply by infinity.
	if (!scale.every(Number.isFinite)) return null;
	const rank = Math.max(row.dims.length, tensor.dims.length);
	const dims = rank === row.dims.length ? row.dims : [...Array<number>(rank - row.dims.length).fill(1), ...row.dims];
	return {
		...row,
		dims,
		layers: moved(
			row.layers,
			scale,
			constants.map((value) => pairOf(value, first)[1]),
		),
	};
}

/** The layers with a scale and a shift at their end; a shift alone becomes part of a layer before it that has none. */
function moved(layers: readonly Layer[], scale: Float32Array, shift: Float32Array): readonly Layer[] {
	const last = layers.at(-1);
	if (scale.every((value) => value === 1)) {
		if (last?.kind === "dense" && last.bias.every((value) => value === 0)) return [...layers.slice(0, -1), { ...last, bias: shift }];
		if (last?.kind === "affine" && last.shift.every((value) => value === 0)) return [...layers.slice(0, -1), { ...last, shift }];
	}
	return [...layers, { kind: "affine", scale, shift }];
}

function activation(operation: Operation, kind: "relu" | "tanh" | "sigmoid" | "softmax"): Made {
	const row = rowOf(operation);
	return row === null ? null : after(row, { kind });
}

/** Before operators of version 13 the axis said where the values begin that are flattened: of a row, all of them, wherever it is. */
function softmax(operation: Operation): Made {
	const row = rowOf(operation);
	if (row === null || row.dims.length === 0) return null;
	const axis = axisOf(intOf(operation.node, "axis", operation.opset < 13 ? 1 : -1), row.dims.length, operation.node);
	return axis === row.dims.length - 1 || operation.opset < 13 ? activation(operation, "softmax") : null;
}

function argMax(operation: Operation): Made {
	const { node } = operation;
	const row = rowOf(operation);
	if (row === null || row.dims.length === 0 || intOf(node, "select_last_index", 0) !== 0) return null;
	if (axisOf(intOf(node, "axis", 0), row.dims.length, node) !== row.dims.length - 1) return null;
	const before = row.dims.slice(0, -1);
	return { ...after(row, { kind: "argmax" }), whole: true, dims: intOf(node, "keepdims", 1) === 0 ? before : [...before, 1] };
}

const FLOAT_MAX = 3.4028234663852886e38;

/** Bounds are attributes before operators of version 11, constant inputs since; left out = no bound. */
function clip(operation: Operation): Made {
	const { node, inputs } = operation;
	const row = rowOf(operation);
	const bounds = [1, 2].map((place) => ((inputs[place] ?? null) === null ? null : weightsOf(operation, place)));
	if (row === null || [1, 2].some((place) => (inputs[place] ?? null) !== null && bounds[place - 1]?.floats?.length !== 1)) return null;
	const low = bounds[0]?.floats?.[0] ?? Math.fround(floatOf(node, "min", -FLOAT_MAX));
	const high = bounds[1]?.floats?.[0] ?? Math.fround(floatOf(node, "max", FLOAT_MAX));
	if (low > high) throw new ModelRefused(`The model's Clip holds values within ${low}..${high}. Export it again.`);
	return after(row, { kind: "clip", low, high });
}

function layerNormalization(operation: Operation): Made {
	const { node, inputs } = operation;
	const row = rowOf(operation);
	const scaleTensor = weightsOf(operation, 1);
	const biasTensor = weightsOf(operation, 2);
	if (row === null || scaleTensor === null || row.dims.length === 0 || ((inputs[2] ?? null) !== null && biasTensor === null)) return null;
	if (axisOf(intOf(node, "axis", -1), row.dims.length, node) !== row.dims.length - 1) return null;
	const width = widthOf(row);
	const scale = spread(scaleTensor, width, node.operator);
	const bias = biasTensor === null ? new Float32Array(width) : spread(biasTensor, width, node.operator);
	if (scale === null || bias === null) return null;
	return after(row, { kind: "layer-norm", epsilon: Math.fround(floatOf(node, "epsilon", 1e-5)), scale, bias });
}

/** Rows one behind the other (what they have in common is computed once), or whole numbers of constants. */
function concat({ node, inputs }: Operation): Made {
	const lists = inputs.map((value) => (value?.kind === "constant" && value.tensor.dims.length === 1 ? value.tensor.ints : null));
	if (lists.length > 0 && lists.every((list) => list !== null)) {
		// A shape has a handful of numbers; lists that double with every node are none.
		const all = lists.reduce((sum, list) => sum + list.length, 0) > 64 ? null : lists.flat();
		return all === null ? null : ints([all.length], all);
	}
	const rows = inputs.filter((value): value is Row => value?.kind === "row" && !value.whole);
	const [first] = rows;
	if (first === undefined || rows.length !== inputs.length || first.dims.length === 0) return null;
	if (rows.some((row) => row.dims.length !== first.dims.length)) throw new ModelRefused("The model's Concat joins values of different ranks. Export it again.");
	if (axisOf(intOf(node, "axis", 0), first.dims.length, node) !== first.dims.length - 1) return null;
	let shared = 0;
	while (shared < first.layers.length && rows.every((row) => row.layers[shared] === first.layers[shared])) shared++;
	const branches = rows.map((row) => row.layers.slice(shared));
	// Ways that part and meet again and again are written out once for each: a graph of a few nodes could become a network without end.
	if (countLayers(branches) > NETWORK_LIMITS.layers) return null;
	const width = rows.reduce((sum, row) => sum + widthOf(row), 0);
	if (width > NETWORK_LIMITS.width)
		throw new ModelRefused(`The model's Concat leaves ${width} values; at most ${NETWORK_LIMITS.width} are computed. Export a smaller network.`);
	const dims = [...first.dims.slice(0, -1), width];
	return { ...first, dims, layers: [...first.layers.slice(0, shared), { kind: "concat", branches }] };
}

function countLayers(branches: readonly (readonly Layer[])[]): number {
	return branches.flat().reduce((sum, layer) => sum + 1 + (layer.kind === "concat" ? countLayers(layer.branches) : 0), 0);
}

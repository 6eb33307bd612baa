import type { Layer } from "../../../engine/network/network.ts";
import type { Attribute, Node, Tensor } from "./model.ts";
import { ModelRefused } from "./refused.ts";

/**
 * What the observation becomes on its way: a row of numbers, all dimensions but the last being 1 (one observation at a time), and the layers that lead
 * to it from the input. `whole`: the elements are whole numbers (an index).
 */
export type Row = { readonly kind: "row"; readonly dims: readonly number[]; readonly whole: boolean; readonly layers: readonly Layer[] };

/** What does not depend on the observation. */
export type Constant = { readonly kind: "constant"; readonly tensor: Tensor };

/** A value of the graph, as far as it can be computed by Kinetra. */
export type Value = Row | Constant;

/** A node with what it reads; null among `inputs` = left out. */
export type Operation = { readonly node: Node; readonly opset: number; readonly inputs: readonly (Value | null)[] };

/** What an operation makes; null = Kinetra does not compute it. */
export type Made = Value | null;

/** Numbers in a row. */
export function widthOf(row: Row): number {
	return row.dims.at(-1) ?? 1;
}

/** The row in another shape; null when that is no row any more. */
export function reshaped(row: Row, dims: readonly number[]): Row | null {
	return dims.slice(0, -1).every((dim) => dim === 1) && (dims.at(-1) ?? 1) === widthOf(row) ? { ...row, dims } : null;
}

/** The row after one more layer, in the same shape. */
export function after(row: Row, layer: Layer): Row {
	return { ...row, layers: [...row.layers, layer] };
}

/** A whole-number attribute, or what it is when left out. Throws `ModelRefused` when it is of another kind; the same for the next three. */
export function intOf<T extends number | null>(node: Node, name: string, otherwise: T): number | T {
	return attributeOf(node, name, "int")?.value ?? otherwise;
}

export function floatOf<T extends number | null>(node: Node, name: string, otherwise: T): number | T {
	return attributeOf(node, name, "float")?.value ?? otherwise;
}

export function intsOf(node: Node, name: string): readonly number[] | null {
	return attributeOf(node, name, "ints")?.value ?? null;
}

/** Whole numbers that are an attribute in older operators and a constant input in newer ones. Null = neither; undefined = an input that is not known. */
export function intsAt(operation: Operation, name: string, position: number): readonly number[] | null | undefined {
	const input = operation.inputs[position] ?? null;
	if (input === null) return intsOf(operation.node, name);
	return input.kind === "constant" ? (input.tensor.ints ?? undefined) : undefined;
}

/** An axis counted from the front; throws `ModelRefused` when there is none such. */
export function axisOf(axis: number, rank: number, node: Node): number {
	const place = axis < 0 ? axis + rank : axis;
	if (!(place >= 0 && place < rank)) throw new ModelRefused(`The model's ${node.operator} works on axis ${axis} of ${rank}. Export it again.`);
	return place;
}

/** An attribute of the kind that it must be; null = left out. */
function attributeOf<K extends Attribute["kind"]>(node: Node, name: string, kind: K): Extract<Attribute, { readonly kind: K }> | null {
	const attribute = node.attributes.get(name);
	if (attribute === undefined) return null;
	if (!isOf(attribute, kind)) throw new ModelRefused(`The model's ${node.operator} has an attribute "${name}" that is no ${kind}. Export it again.`);
	return attribute;
}

function isOf<K extends Attribute["kind"]>(attribute: Attribute, kind: K): attribute is Extract<Attribute, { readonly kind: K }> {
	return attribute.kind === kind;
}

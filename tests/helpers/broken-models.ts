import { encodeModel } from "../../src/adapters/agent/onnx/wire.ts";

/** A constant of a draft. */
export type DraftConstant = Record<string, unknown> & { name: string; dims: readonly number[]; data_type: number; raw_data?: Uint8Array };

/** A model as it is written to a file: the messages of onnx.proto, to be changed before `encodeModel`. */
export type DraftModel = Record<string, unknown> & {
	ir_version: number;
	opset_import: { domain: string; version: number }[];
	graph: Record<string, unknown> & {
		name: string;
		node: (Record<string, unknown> & { op_type: string; input: string[]; output: string[]; attribute?: object[] })[];
		initializer: DraftConstant[];
		input: object[];
		output: object[];
	};
};

const [FLOAT_ATTRIBUTE, INT_ATTRIBUTE, TENSOR_ATTRIBUTE, GRAPH_ATTRIBUTE, SPARSE_ATTRIBUTE] = [1, 2, 4, 5, 11];

/** A sound model as PyTorch writes one: features -> 3 tanh -> actions. */
export function draftModel(features = 4, actions = 4): DraftModel {
	return {
		ir_version: 8,
		producer_name: "pytorch",
		opset_import: [{ domain: "", version: 17 }],
		graph: {
			name: "main_graph",
			node: [
				{ op_type: "Gemm", name: "/0/Gemm", input: ["observation", "0.weight", "0.bias"], output: ["/0/Gemm_output_0"], attribute: [attribute("transB", 1)] },
				{ op_type: "Tanh", name: "/1/Tanh", input: ["/0/Gemm_output_0"], output: ["/1/Tanh_output_0"] },
				{ op_type: "Gemm", name: "/2/Gemm", input: ["/1/Tanh_output_0", "2.weight", "2.bias"], output: ["logits"], attribute: [attribute("transB", 1)] },
			],
			initializer: [
				floats("0.weight", [3, features], 0.1),
				floats("0.bias", [3], -0.2),
				floats("2.weight", [actions, 3], 0.3),
				floats("2.bias", [actions], 0.05),
			],
			input: [port("observation", ["N", features])],
			output: [port("logits", ["N", actions])],
		},
	};
}

/** The bytes of a draft. */
export function modelBytes(draft: DraftModel): Uint8Array {
	return encodeModel(draft);
}

/** A whole-number attribute. */
export function attribute(name: string, value: number): object {
	return { name, type: INT_ATTRIBUTE, i: value };
}

/** A float attribute. */
export function floatAttribute(name: string, value: number): object {
	return { name, type: FLOAT_ATTRIBUTE, f: value };
}

/** An input or output; a text is a dimension's name, null a dimension of which nothing is said. */
export function port(name: string, dims: readonly (string | number | null)[], elementType = 1): object {
	const dim = dims.map((size) => (size === null ? {} : typeof size === "string" ? { dim_param: size } : { dim_value: size }));
	return { name, type: { tensor_type: { elem_type: elementType, shape: { dim } } } };
}

/** A constant of float32 numbers that differ from each other, around `about`; or these numbers. */
export function floats(name: string, dims: readonly number[], about: number | readonly number[]): DraftConstant {
	const count = dims.reduce((all, one) => all * one, 1);
	const values =
		typeof about === "number" ? Array.from({ length: count }, (_, index) => about * (1 + ((index * 7) % 5) / 10) * (index % 2 === 0 ? 1 : -1)) : about;
	const bytes = new Uint8Array(values.length * 4);
	const view = new DataView(bytes.buffer);
	for (const [index, value] of values.entries()) view.setFloat32(index * 4, value, true);
	return { name, dims, data_type: 1, raw_data: bytes };
}

/** A constant of int64 numbers, as shapes and axes are. */
export function wholes(name: string, dims: readonly number[], values: readonly number[]): DraftConstant {
	return { name, dims, data_type: 7, int64_data: values };
}

/** A model that must be refused: what was done to it, its bytes, and what the message must say. */
export type BrokenModel = { readonly name: string; readonly bytes: Uint8Array; readonly says: RegExp };

/** Sound models made broken, one way each. `readOnnx` or `networkOf` refuses every one of them with `ModelRefused`. */
export function brokenModels(features = 4, actions = 4): readonly BrokenModel[] {
	return Object.entries(BREAKS).map(([name, [change, says]]) => {
		const draft = draftModel(features, actions);
		return { name, bytes: change(draft) ?? modelBytes(draft), says };
	});
}

type Change = (draft: DraftModel) => Uint8Array | undefined;

const BREAKS: Readonly<Record<string, readonly [Change, RegExp]>> = {
	"an empty file": [() => new Uint8Array(0), /empty file/],
	"text instead of a model": [() => new TextEncoder().encode("<html>404 Not Found</html>"), /not ONNX|wire type|does not have/],
	"cut off": [(draft) => modelBytes(draft).subarray(0, -7), /cut off/],
	"more bytes than are read": [() => new Uint8Array(16 * 1024 * 1024 + 1), /bytes; at most/],
	"a length beyond the file": [() => Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0x07), /longer than what is left/],
	"a number of eleven bytes": [() => Uint8Array.of(0x08, ...Array<number>(10).fill(0xff), 0x01), /not ONNX/],
	"a million empty operations": [
		() =>
			framed(
				7,
				new Uint8Array(2_000_000).map((_, index) => (index % 2 === 0 ? 0x0a : 0)),
			),
		/parts/,
	],
	"groups in groups": [() => new Uint8Array(100_000).fill(0x0b), /wire type|does not have/],
	"the graph twice": [(draft) => Uint8Array.of(...modelBytes(draft), ...modelBytes({ ...draft, opset_import: [] })), /twice/],
	"a field that ONNX does not have": [(draft) => Uint8Array.of(...modelBytes(draft), 0xfa, 0x06, 0x00), /does not have/],
	"no graph": [(draft) => modelBytes({ ir_version: 8, opset_import: draft.opset_import } as unknown as DraftModel), /no graph/],
	"an old format": [set((draft) => (draft.ir_version = 2)), /format has version 2/],
	"a format of the future": [set((draft) => (draft.ir_version = 99)), /format has version 99/],
	"no version of the operators": [set((draft) => (draft.opset_import = [])), /version unknown/],
	"operators of the future": [set((draft) => (draft.opset_import = [{ domain: "", version: 99 }])), /version 99/],
	"functions of its own": [set((draft) => (draft.functions = [new Uint8Array(3)])), /functions/],
	"a training graph": [set((draft) => (draft.training_info = [new Uint8Array(3)])), /training graphs/],
	"sparse constants": [set((draft) => (draft.graph.sparse_initializer = [new Uint8Array(3)])), /sparse/],
	"a sparse constant in an attribute": [withAttribute({ name: "sparse_value", type: SPARSE_ATTRIBUTE, sparse_tensor: new Uint8Array(3) }), /sparse/],
	"external data": [weight({ external_data: [new Uint8Array(3)], data_location: 1, raw_data: undefined }), /another file/],
	"external data without a place": [weight({ data_location: 1 }), /another file/],
	"external data in an attribute": [
		withAttribute({ name: "value", type: TENSOR_ATTRIBUTE, t: { dims: [1], data_type: 1, external_data: [new Uint8Array(3)], data_location: 1 } }),
		/another file/,
	],
	"a custom operator": [set((draft) => Object.assign(draft.graph.node[1] ?? {}, { domain: "com.evil", op_type: "Shell" })), /Shell of "com.evil"/],
	"an operator overloaded": [set((draft) => Object.assign(draft.graph.node[1] ?? {}, { overload: "x" })), /own operators/],
	"a loop": [
		set((draft) => Object.assign(draft.graph.node[1] ?? {}, { op_type: "Loop", attribute: [{ name: "body", type: GRAPH_ATTRIBUTE, g: new Uint8Array(3) }] })),
		/Loop/,
	],
	"a graph in an attribute": [withAttribute({ name: "body", type: GRAPH_ATTRIBUTE, g: new Uint8Array(3) }), /sub-graph/],
	"a graph beside an attribute's value": [withAttribute({ name: "body", type: INT_ATTRIBUTE, i: 1, g: new Uint8Array(3) }), /holds g beside/],
	"an operator of chance": [set((draft) => Object.assign(draft.graph.node[1] ?? {}, { op_type: "RandomNormalLike" })), /chance/],
	"an attribute that is not a number": [withAttribute(floatAttribute("alpha", Number.NaN)), /attribute "alpha" of NaN/],
	"an attribute of another kind": [set((draft) => Object.assign(draft.graph.node[0] ?? {}, { attribute: [floatAttribute("transB", 1)] })), /no int/],
	"two inputs": [set((draft) => draft.graph.input.push(port("state", ["N", 2]))), /2 inputs/],
	"no input": [set((draft) => (draft.graph.input = [])), /0 inputs/],
	"whole-number inputs": [set((draft) => (draft.graph.input = [port("observation", ["N", 4], 7)])), /type 7/],
	"an input without a shape": [set((draft) => (draft.graph.input = [{ name: "observation", type: { tensor_type: { elem_type: 1 } } }])), /shape unknown/],
	"an input of any length": [set((draft) => (draft.graph.input = [port("observation", ["N", "M"])])), /unknown number of features/],
	"an input of three dimensions": [set((draft) => (draft.graph.input = [port("observation", [1, 4, 4])])), /\[1, 4, 4\]/],
	"a batch of eight": [set((draft) => (draft.graph.input = [port("observation", [8, 4])])), /\[8, 4\]/],
	"no output": [set((draft) => (draft.graph.output = [])), /no output/],
	"an output that nothing makes": [set((draft) => (draft.graph.output = [port("values", ["N", 4])])), /"values" is made by none/],
	"an output of another size than it says": [set((draft) => (draft.graph.output = [port("logits", ["N", 77])])), /77 values; its operations leave/],
	"an output of another type than it says": [set((draft) => (draft.graph.output = [port("logits", ["N", 4], 7)])), /of type 7/],
	"an operation that reads what is not there": [set((draft) => Object.assign(draft.graph.node[1] ?? {}, { input: ["nowhere"] })), /nowhere/],
	"operations in the wrong order": [set((draft) => draft.graph.node.reverse()), /nothing before it makes/],
	"a value made twice": [set((draft) => Object.assign(draft.graph.node[1] ?? {}, { output: ["/0/Gemm_output_0"] })), /twice/],
	"two constants of one name": [set((draft) => draft.graph.initializer.push(floats("0.bias", [3], 1))), /two constants/],
	"a name without end": [set((draft) => draft.graph.initializer.push(floats("x".repeat(5_000), [1], 1))), /5000 characters/],
	"weights that are not numbers": [weight({ raw_data: floats("", [3, 4], [Number.NaN, ...Array<number>(11).fill(1)]).raw_data }), /NaN as number 1 of 12/],
	"infinite weights": [weight({ raw_data: floats("", [3, 4], [1, Number.POSITIVE_INFINITY, ...Array<number>(10).fill(1)]).raw_data }), /Infinity as number 2/],
	"infinite halves": [weight({ data_type: 10, raw_data: new Uint8Array(24).fill(0x7c) }), /finite/],
	"doubles that are not numbers": [weight({ data_type: 11, raw_data: undefined, double_data: Array<number>(12).fill(Number.NaN) }), /NaN/],
	"weights of an unknown type": [weight({ data_type: 77 }), /type 77/],
	"huge dimensions": [weight({ dims: [1_000_000, 1_000_000] }), /1000000 x 1000000/],
	"dimensions beyond every number": [weight({ dims: Array<number>(8).fill(4_000_000) }), /values are read/],
	"a negative dimension": [weight({ dims: [-3, -4] }), /-3 x -4/],
	"a hundred dimensions": [weight({ dims: Array<number>(100).fill(1) }), /100 dimensions/],
	"too few weights": [weight({ raw_data: new Uint8Array(44) }), /holds another number/],
	"weights twice": [weight({ float_data: Array<number>(12).fill(1) }), /holds another number/],
	"weights in segments": [weight({ segment: new Uint8Array(3) }), /segments/],
	"weights for another input": [set((draft) => (draft.graph.initializer[0] = floats("0.weight", [3, 77], 0.1))), /for 77 values/],
	"a bias of another length": [set((draft) => (draft.graph.initializer[1] = floats("0.bias", [77], 0.1))), /77 numbers for 3/],
	"an output that ignores the observation": [
		set((draft) => Object.assign(draft.graph.node[1] ?? {}, { op_type: "Identity", input: ["0.bias"] }) && ignoreObservation(draft)),
		/does not depend/,
	],
	"a concatenation without end": [set(doubling), /at most 16384/],
};

function set(change: (draft: DraftModel) => unknown): Change {
	return (draft) => {
		change(draft);
		return undefined;
	};
}

/** Changes the first constant. */
function weight(change: Readonly<Record<string, unknown>>): Change {
	return set(({ graph }) => {
		const changed = { ...graph.initializer[0], ...change };
		graph.initializer[0] = Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined)) as DraftConstant;
	});
}

/** Gives the second operation an attribute. */
function withAttribute(given: object): Change {
	return set(({ graph }) => Object.assign(graph.node[1] ?? {}, { attribute: [given] }));
}

function ignoreObservation({ graph }: DraftModel): void {
	graph.node = [{ op_type: "Identity", input: ["2.bias"], output: ["logits"] }];
}

/** Thirty values, each twice as long as the one before: a few hundred bytes that would fill the memory. */
function doubling({ graph }: DraftModel): void {
	graph.node = Array.from({ length: 30 }, (_, index) => {
		const from = index === 0 ? "observation" : `v${index}`;
		return { op_type: "Concat", input: [from, from], output: [index === 29 ? "logits" : `v${index + 1}`], attribute: [attribute("axis", 1)] };
	});
}

/** A field of a message: its number, its length and its bytes. */
function framed(field: number, bytes: Uint8Array): Uint8Array {
	const size: number[] = [];
	for (let left = bytes.length; ; left >>>= 7) {
		size.push(left > 127 ? (left & 127) | 128 : left);
		if (left <= 127) break;
	}
	const whole = new Uint8Array(1 + size.length + bytes.length);
	whole.set([field * 8 + 2, ...size]);
	whole.set(bytes, 1 + size.length);
	return whole;
}

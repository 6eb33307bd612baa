import { cleanText } from "../../clean-text.ts";
import type { Attribute } from "./model.ts";
import { ModelRefused } from "./refused.ts";
import { readTensor, wholeOf } from "./tensor.ts";
import type { AttributeProto } from "./wire.ts";

/** The attribute as its type says (AttributeProto.AttributeType); `operator` names its node in errors. Throws `ModelRefused`. */
export function readAttribute(proto: AttributeProto, operator: string): Attribute {
	const name = cleanText(proto.name, 80);
	const where = `The model's ${operator} has an attribute "${name}"`;
	const value = FIELDS.get(proto.type);
	if (value === undefined)
		throw new ModelRefused(`${where} of type ${proto.type}: ${SUB_GRAPHS.get(proto.type) ?? "no type that is read"}. Export a plain network.`);
	const others = VALUES.filter((field) => field !== value && isThere(proto, field));
	if (others.length > 0) throw new ModelRefused(`${where} that holds ${others.join(", ")} beside its value. Export a plain network.`);
	switch (value) {
		case "f":
			return { kind: "float", value: finite(proto.f, where) };
		case "i":
			return { kind: "int", value: wholeOf(proto.i) };
		case "s":
			return { kind: "string", value: text(proto.s) };
		case "t":
			if (!Object.hasOwn(proto, "t")) throw new ModelRefused(`${where} without the constant that its type says. Export it again.`);
			return { kind: "tensor", value: readTensor(proto.t, name) };
		case "floats":
			return { kind: "floats", value: proto.floats.map((number) => finite(number, where)) };
		case "ints":
			return { kind: "ints", value: proto.ints.map(wholeOf) };
		case "strings":
			return { kind: "strings", value: proto.strings.map(text) };
		case "tensors":
			return { kind: "tensors", value: proto.tensors.map((tensor) => readTensor(tensor, name)) };
	}
}

/** The field that holds the value, by type. */
const FIELDS = new Map([
	[1, "f"],
	[2, "i"],
	[3, "s"],
	[4, "t"],
	[6, "floats"],
	[7, "ints"],
	[8, "strings"],
	[9, "tensors"],
] as const satisfies readonly (readonly [number, string])[]) as ReadonlyMap<number, "f" | "i" | "s" | "t" | "floats" | "ints" | "strings" | "tensors">;

/** Types that make a model refused, in words. */
const SUB_GRAPHS: ReadonlyMap<number, string> = new Map([
	[5, "a sub-graph (a loop or a branch), which is not run"],
	[10, "sub-graphs (loops or branches), which are not run"],
	[11, "a sparse constant, which is not read"],
	[12, "sparse constants, which are not read"],
	[13, "a type"],
	[14, "types"],
]);

/** Every field of an attribute that is a value: what its type does not name must not be there, because another reader might take it. */
const VALUES = [
	"f",
	"i",
	"s",
	"t",
	"g",
	"floats",
	"ints",
	"strings",
	"tensors",
	"graphs",
	"tp",
	"type_protos",
	"sparse_tensor",
	"sparse_tensors",
	"ref_attr_name",
];

/** A decoded message has an empty list of its own for a repeated field that is not in the file. */
function isThere(proto: AttributeProto, field: string): boolean {
	const value: unknown = Object.getOwnPropertyDescriptor(proto, field)?.value;
	return value !== undefined && !(Array.isArray(value) && value.length === 0);
}

function finite(value: number, where: string): number {
	if (!Number.isFinite(value)) throw new ModelRefused(`${where} of ${value}: every number must be finite. Train or export it again.`);
	return value;
}

const TEXT = new TextDecoder("utf-8");
function text(bytes: Uint8Array): string {
	return TEXT.decode(bytes);
}

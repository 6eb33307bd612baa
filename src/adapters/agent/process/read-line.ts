import * as z from "zod";
import type { Intent } from "../../../engine/agents/agent.ts";
import type { PolicyAction } from "../../../engine/agents/policy/manifest.ts";
import { cleanText } from "../../clean-text.ts";
import { PROTOCOL } from "./messages.ts";

/** What a line of a program says, read and made harmless; `broken` says in words what is wrong with it. */
export type ProgramLine =
	| { readonly type: "ready"; readonly name: string; readonly version: string | null }
	| { readonly type: "action"; readonly question: number; readonly action: PolicyAction; readonly reason: string | null }
	| { readonly type: "intents"; readonly question: number; readonly intents: readonly Intent[] }
	| { readonly type: "log"; readonly text: string }
	| { readonly type: "broken"; readonly what: string };

/** Intents of one answer that are read at all; the engine allows fewer (decide.ts). */
const INTENTS_MAX = 200;

const text = (charsMax: number) => z.string().transform((value) => cleanText(value, charsMax));
// z.number takes neither NaN nor Infinity, which JSON.parse makes of 1e999.
const distance = z.number().positive().nullable();
const intent = z.discriminatedUnion("kind", [
	z.strictObject({
		kind: z.literal("open"),
		side: z.enum(["BUY", "SELL"]),
		size: z.discriminatedUnion("kind", [
			z.strictObject({ kind: z.literal("risk"), share: z.number().gt(0).lte(1) }),
			z.strictObject({ kind: z.literal("lots"), lots: z.number().positive() }),
		]),
		stopPoints: distance,
		targetPoints: distance,
		reason: text(200),
	}),
	z.strictObject({ kind: z.literal("close"), positionId: z.int(), reason: text(200) }),
	z
		.strictObject({ kind: z.literal("modify"), positionId: z.int(), slPoints: z.number().nonnegative(), tpPoints: z.number().nonnegative(), reason: text(200) })
		.transform(({ slPoints, tpPoints, ...rest }) => ({ ...rest, sl: slPoints, tp: tpPoints })),
]) satisfies z.ZodType<Intent>;

const question = z.int().min(1);
const schemas = {
	ready: z
		.strictObject({ type: z.literal("ready"), protocol: z.literal(PROTOCOL).optional(), name: text(60), version: text(60).optional() })
		.transform(({ name, version = null }): ProgramLine => ({ type: "ready", name, version })),
	action: z
		.strictObject({ type: z.literal("decision"), question, action: z.enum(["hold", "buy", "sell", "close"]), reason: text(200).optional() })
		.transform(({ question: number, action, reason = null }): ProgramLine => ({ type: "action", question: number, action, reason })),
	intents: z
		.strictObject({ type: z.literal("decision"), question, intents: z.array(intent).max(INTENTS_MAX) })
		.transform(({ question: number, intents }): ProgramLine => ({ type: "intents", question: number, intents })),
	log: z.strictObject({ type: z.literal("log"), text: text(2000) }),
} satisfies Record<string, z.ZodType<ProgramLine>>;

/** Reads one line that a program wrote to stdout. */
export function readProgramLine(source: string): ProgramLine {
	let value: unknown;
	try {
		value = JSON.parse(source);
	} catch {
		return broken(`is not JSON${/\b(NaN|Infinity)\b/.test(source) ? " (NaN and Infinity are not)" : ""}; what is for people belongs on stderr`, source);
	}
	if (typeof value !== "object" || value === null || Array.isArray(value)) return broken("is no JSON object", source);
	const { type } = value as { readonly type?: unknown };
	if (type !== "ready" && type !== "decision" && type !== "log") return broken('has a type that is none of "ready", "decision" and "log"', source);
	const kind = type === "decision" ? ("intents" in value ? "intents" : "action") : type;
	const read = schemas[kind].safeParse(value);
	if (read.success) return read.data;
	const [issue] = read.error.issues;
	const field = cleanText(issue?.path.map(String).join(".") ?? "", 100);
	return broken(`${field === "" ? "is wrong" : `has a wrong ${field}`} (${cleanText(issue?.message ?? "not valid", 200)})`, source);
}

function broken(what: string, source: string): ProgramLine {
	return { type: "broken", what: `a line ${what}: ${cleanText(source, 120)}` };
}

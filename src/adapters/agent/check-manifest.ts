import type * as z from "zod";
import { isTriad, type Manifest, type PolicyManifest, UNJUDGED_FEATURES } from "../../engine/agents/policy/manifest.ts";
import { OBSERVATION } from "../../engine/market/observation.ts";
import { policyManifestSchema, triadManifestSchema } from "./manifest-schema.ts";

/** A manifest's first fault: where (`scaler.scale.3`), the value found there, and what it must be. */
export type ManifestFault = { readonly field: string; readonly value: unknown; readonly problem: string };

/** Checks what `JSON.parse` made of a manifest: fields, ranges, and that they fit each other. */
export function checkManifest(parsed: unknown): { readonly manifest: Manifest } | { readonly fault: ManifestFault } {
	const hasTriad = typeof parsed === "object" && parsed !== null && "triad" in parsed;
	const result = (hasTriad ? triadManifestSchema : policyManifestSchema).safeParse(parsed);
	if (!result.success) return { fault: faultOf(result.error.issues[0], parsed) };
	const manifest: Manifest = result.data;
	const fault = isTriad(manifest) ? provenanceFault(manifest) : (contradictionOf(manifest) ?? provenanceFault(manifest));
	return fault === null ? { manifest } : { fault };
}

function faultOf(issue: z.core.$ZodIssue | undefined, parsed: unknown): ManifestFault {
	const path = issue?.path ?? [];
	const [unknown] = issue?.code === "unrecognized_keys" ? issue.keys : [];
	const whole = unknown === undefined ? path : [...path, unknown];
	const found = whole.reduce<unknown>((at, key) => (typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined), parsed);
	const field = whole.length === 0 ? "the whole" : whole.map(String).join(".");
	const problem =
		unknown === undefined ? (issue?.message ?? "is not valid") : "is unknown: leave it out, or see docs/WRITING_AGENTS.md for the fields that there are";
	return { field, value: found, problem: found === undefined && unknown === undefined ? `is missing (${problem})` : problem };
}

/** What no single field shows, or null. */
function contradictionOf({ observation, scaler, distribution, output, golden }: PolicyManifest): ManifestFault | null {
	const { features } = observation;
	// A network that ends in ArgMax tells one number, its choice: the first case shows which kind it is, the network must agree (check-policy.ts).
	const isChoice = golden[0]?.output.length === 1;
	const outputs = output.kind === "continuous" || isChoice ? 1 : output.actions.length;
	const lists: readonly (readonly [field: string, list: readonly unknown[], length: number, of: string])[] = [
		["scaler.mean", scaler.mean, features.length, "features"],
		["scaler.scale", scaler.scale, features.length, "features"],
		["distribution", distribution, features.length, "features"],
		...golden.flatMap(({ observation: values, output: answer }, index) => [
			[`golden.${index}.observation`, values, features.length, "features"] as const,
			[`golden.${index}.output`, answer, outputs, output.kind === "continuous" || isChoice ? "output" : "actions"] as const,
		]),
	];
	for (const [field, list, length, of] of lists) {
		if (list.length !== length)
			return { field: `${field}.length`, value: list.length, problem: `must be ${length}, as there ${length === 1 ? "is" : "are"} ${length} ${of}` };
	}
	return rangeFault(features, distribution);
}

/** Values are clamped to their field's range (market/observation.ts): training cannot have met others. A little more is Float32 rounding. */
function rangeFault(features: readonly string[], distribution: PolicyManifest["distribution"]): ManifestFault | null {
	for (const [index, values] of distribution.entries()) {
		const range = OBSERVATION.find(({ name }) => name === features[index]);
		if (range === undefined) continue;
		if (values === null) {
			if (UNJUDGED_FEATURES.includes(range.name)) continue;
			return {
				field: `distribution.${index}`,
				value: null,
				problem: `must be nine quantiles: only hours and the own position may go unjudged (null), and ${range.name} tells whether the market is the one of the training`,
			};
		}
		const slack = (range.max - range.min) * 1e-6;
		const level = values.findIndex((value) => value < range.min - slack || value > range.max + slack);
		if (level >= 0) {
			return {
				field: `distribution.${index}.${level}`,
				value: values[level],
				problem: `must be from ${range.min} to ${range.max}, the range of ${range.name}: quantiles are of the features before the scaler`,
			};
		}
	}
	return null;
}

function provenanceFault({ provenance: { data, outOfSample } }: Manifest): ManifestFault | null {
	for (const [index, row] of data.entries()) {
		if (row.kind === "file" && row.to < row.from)
			return { field: `provenance.data.${index}.to`, value: row.to, problem: `must not lie before from, ${row.from}` };
		if (row.kind === "synthetic" && row.seedTo < row.seedFrom)
			return { field: `provenance.data.${index}.seedTo`, value: row.seedTo, problem: `must be at least seedFrom, ${row.seedFrom}` };
	}
	const wrong = outOfSample.findIndex(({ low, high }) => low > high);
	return wrong < 0 ? null : { field: `provenance.outOfSample.${wrong}.low`, value: outOfSample[wrong]?.low, problem: "must not be above high" };
}

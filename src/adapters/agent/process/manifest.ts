import { lstatSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";
import type { PolicySizing } from "../../../engine/agents/policy/manifest.ts";
import { cleanText } from "../../clean-text.ts";
import { usageFailure } from "../../failure.ts";
import { readJsonFile } from "../../user-file.ts";
import { policyManifestSchema } from "../manifest-schema.ts";
import { hashFile } from "./hash-file.ts";

/** What `agent.json` beside a program's script may say; every field may be left out. */
export type ProgramManifest = {
	readonly name: string | null;
	/** Files that decide besides those of the command, relative to the manifest's folder. */
	readonly files: readonly string[];
	readonly warmupBars: number;
	readonly timeframe: string | null;
	readonly symbols: readonly string[] | null;
	readonly sizing: PolicySizing;
};

/** Name of the file. */
export const PROGRAM_MANIFEST = "agent.json";

const WITHOUT: ProgramManifest = {
	name: null,
	files: [],
	warmupBars: 100,
	timeframe: null,
	symbols: null,
	sizing: { riskShare: 1, stopAtr: 2, targetAtr: null },
};

const { name, warmupBars, timeframe, symbols, sizing } = policyManifestSchema.shape;
const fileName = z
	.string("must be a text")
	.min(1, "must not be empty")
	.max(300, "must have at most 300 characters")
	.refine((text) => cleanText(text, 300) === text && !text.includes("\\"), "must be plain text, with / between folders")
	.refine((text) => !/^(\/|[A-Za-z]:)/.test(text) && !text.split("/").includes(".."), "must lead into the folder of agent.json, not out of it");

const schema = z.strictObject({
	format: z.literal(1, "must be 1: this Kinetra knows no other format"),
	name: name.optional(),
	files: z.array(fileName, "must be a list of file names").max(200, "must name at most 200 files").optional(),
	warmupBars: warmupBars.optional(),
	timeframe: timeframe.optional(),
	symbols: symbols.optional(),
	sizing: sizing.optional(),
});

/** The manifest in a folder and its hash, or what holds without one (`sha256` null). Throws a usage `Failure` that names the field. */
export function readProgramManifest(script: string | null): ProgramManifest & { readonly sha256: string | null } {
	const path = script === null ? null : join(dirname(script), PROGRAM_MANIFEST);
	if (path === null || lstatSync(path, { throwIfNoEntry: false }) === undefined) return { ...WITHOUT, sha256: null };
	const sha256 = hashFile(path, path);
	const read = schema.safeParse(readJsonFile("--agent process", path));
	if (read.success) {
		const { format: _format, ...said } = read.data;
		const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
		return { ...WITHOUT, ...given, sha256 };
	}
	const [issue] = read.error.issues;
	const field = issue?.path.join(".") ?? "";
	throw usageFailure(`${cleanText(path, 300)}: ${field === "" ? "" : `${cleanText(field, 100)} `}${cleanText(issue?.message ?? "is wrong", 300)}.`);
}

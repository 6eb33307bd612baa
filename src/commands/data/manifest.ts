import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { cleanText } from "../../adapters/clean-text.ts";
import { dataFailure } from "../../adapters/failure.ts";
import { codeOf, reasonOf } from "../../adapters/reason.ts";

const MANIFEST = "manifest.json";
const BYTES_MAX = 4 * 2 ** 20;
/** Names of files that we write ourselves: nothing that leads out of the folder. */
const FILE_NAME = z.string().regex(/^[A-Za-z0-9_+#!-][A-Za-z0-9._+#!-]{0,200}$/);
const SHA256 = z.string().regex(/^[0-9a-f]{64}$/);
/** Broker time to the minute. */
const MOMENT = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/);

const SCHEMA = z.strictObject({
	format: z.literal(1),
	preparedWith: z.string().max(40),
	split: z.strictObject({ at: MOMENT, share: z.number().min(0).max(1).nullable(), embargoBars: z.number().int().min(0) }),
	sources: z.array(
		z.strictObject({
			name: z.string().max(200),
			sha256: SHA256,
			symbol: z.string().max(64),
			timeframe: z.string().max(20),
			rows: z.number().int().min(0),
			from: MOMENT,
			to: MOMENT,
			verdict: z.enum(["good", "remarks"]),
			trainRows: z.number().int().min(0),
			embargoRows: z.number().int().min(0),
			testRows: z.number().int().min(0),
		}),
	),
	files: z.array(
		z.strictObject({
			folder: z.enum(["train", "test"]),
			name: FILE_NAME,
			sha256: SHA256,
			symbol: z.string().max(64),
			timeframe: z.string().max(20),
			rows: z.number().int().min(1),
			from: MOMENT,
			to: MOMENT,
			/** Name of the file that it was cut from. */
			source: z.string().max(200),
		}),
	),
});

/** `manifest.json` of a data folder: what was cut from what, and where (docs/DATA.md). `from` and `to` are the opening times of first and last bar. */
export type DataManifest = z.infer<typeof SCHEMA>;
/** One file for training or test. */
export type DataFile = DataManifest["files"][number];

/** Reads the manifest of a data folder; null when there is none. Throws a `Failure` (exit 3) when it is damaged. */
export function readDataManifest(folder: string): DataManifest | null {
	const path = manifestPath(folder);
	let value: unknown;
	try {
		if (statSync(path).size > BYTES_MAX) throw damaged(path, "it is too large");
		value = JSON.parse(readFileSync(path, "utf8"));
	} catch (error) {
		if (codeOf(error) === "ENOENT") return null;
		throw damaged(path, reasonOf(error));
	}
	const parsed = SCHEMA.safeParse(value);
	if (parsed.success) return parsed.data;
	const issue = parsed.error.issues[0];
	throw damaged(path, `${issue?.path.join(".") || "it"}: ${issue?.message ?? "unknown"}`);
}

/** The manifest as it is stored. */
export function manifestText(manifest: DataManifest): string {
	return `${JSON.stringify(manifest, null, "\t")}\n`;
}

export function manifestPath(folder: string): string {
	return join(folder, MANIFEST);
}

function damaged(path: string, why: string): Error {
	return dataFailure(`${cleanText(path, 300)} is no manifest of kinetra data prepare (${cleanText(why, 200)}). Move it away, with the folders train and test.`);
}

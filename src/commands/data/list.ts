import { join } from "node:path";
import { cleanText } from "../../adapters/clean-text.ts";
import { EXIT, Failure } from "../../adapters/failure.ts";
import { openSource } from "../../adapters/feed/csv/source.ts";
import { table } from "../../print/text.ts";
import type { Terminal } from "../../terminal.ts";
import { type DataFile, readDataManifest } from "./manifest.ts";

/** A prepared file as it lies there now. */
type Listed = DataFile & { readonly state: "as written" | "CHANGED" | "MISSING" };

/** `kinetra data list`: what is prepared in a folder, and whether it is still as it was written. Returns the exit code: 3 when it is not. */
export function listData(folder: string, json: boolean, terminal: Terminal): number {
	const manifest = readDataManifest(folder);
	if (manifest === null) {
		terminal.print(json ? "null" : `Nothing is prepared in ${cleanText(folder, 300)}. Begin with: kinetra data prepare DIR (a folder with exports of MT5)`);
		return EXIT.ok;
	}
	const files: Listed[] = manifest.files.map((file) => ({ ...file, state: stateOf(folder, file) }));
	if (json) terminal.print(JSON.stringify({ folder, ...manifest, files }));
	else terminal.print(listLines(folder, manifest.split, files).join("\n"));
	return files.every(({ state }) => state === "as written") ? EXIT.ok : EXIT.data;
}

function listLines(folder: string, { at, embargoBars }: { at: string; embargoBars: number }, files: readonly Listed[]): readonly string[] {
	const rows = files.map(({ folder: part, symbol, timeframe, rows: bars, from, to, state }) => [
		part,
		cleanText(symbol, 20),
		timeframe,
		String(bars),
		from.slice(0, 10),
		to.slice(0, 10),
		state,
	]);
	return [
		`${cleanText(folder, 300)}: split at ${at.replace("T", " ")} (broker time), embargo ${embargoBars} bars`,
		"",
		...table([["for", "symbol", "bars of", "count", "from", "to", ""], ...rows], [3]),
	];
}

function stateOf(folder: string, { folder: part, name, sha256 }: DataFile): Listed["state"] {
	try {
		const source = openSource(join(folder, part, name));
		try {
			return source.sha256() === sha256 ? "as written" : "CHANGED";
		} finally {
			source.close();
		}
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		return "MISSING";
	}
}

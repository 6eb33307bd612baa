import { dataFailure } from "../../adapters/failure.ts";
import { timeframeName } from "../../engine/market/timeframe.ts";
import type { BrokerMs } from "../../engine/units.ts";
import { VERSION } from "../../version.ts";
import { exportName } from "./bar-text.ts";
import { type FileReport, readTable, type UsableFile } from "./examine.ts";
import type { DataFile, DataManifest } from "./manifest.ts";
import { partsOf, type SplitAt } from "./split.ts";
import type { Store } from "./store.ts";

/** How files are divided. */
export type Division = { readonly at: BrokerMs; readonly split: SplitAt; readonly embargoBars: number };

/**
 * The reports with every file refused whose content is in an earlier one already: the same bytes, or the same symbol, timeframe and span. Twice the same
 * bars would count twice in training, and in the test.
 */
export function refuseTwins(reports: readonly FileReport[]): readonly FileReport[] {
	const seen = new Map<string, string>();
	return reports.map((report) => {
		if (report.verdict === "refused") return report;
		const { name, file, sha256, terms, timeframeMinutes, from, to } = report;
		const keys = [sha256, `${terms.symbol} ${timeframeMinutes} ${from} ${to}`];
		const twin = keys.map((key) => seen.get(key)).find((found) => found !== undefined);
		if (twin !== undefined) return { verdict: "refused", name, file, why: `It holds the same bars as ${twin}: they would count twice. Remove one of them.` };
		for (const key of keys) seen.set(key, name);
		return report;
	});
}

/**
 * Divides the files and writes their parts aside; returns the manifest of what was written. `onFile` hears of each before it begins. Throws a `Failure` when a
 * file is no longer what was examined, and what `pause` throws.
 */
export async function divide(
	files: readonly UsableFile[],
	division: Division,
	store: Store,
	hooks: { onFile(file: UsableFile): void; pause(): Promise<void> },
): Promise<DataManifest> {
	const sources: DataManifest["sources"] = [];
	const written: DataFile[] = [];
	for (const file of files) {
		hooks.onFile(file);
		await hooks.pause();
		const { source, parts } = await divideFile(file, division, store, hooks.pause);
		sources.push(source);
		written.push(...parts);
	}
	const { at, split, embargoBars } = division;
	return {
		format: 1,
		preparedWith: VERSION,
		split: { at: moment(at), share: split.kind === "share" ? split.share : null, embargoBars },
		sources,
		files: written.sort((a, b) => b.folder.localeCompare(a.folder) || a.name.localeCompare(b.name)),
	};
}

type Divided = { readonly source: DataManifest["sources"][number]; readonly parts: readonly DataFile[] };

async function divideFile(file: UsableFile, { at, embargoBars }: Division, store: Store, pause: () => Promise<void>): Promise<Divided> {
	const { name, terms, timeframeMinutes, sha256, verdict } = file;
	const { table, sha256: now } = readTable(file.file, terms.digits);
	if (now !== sha256) throw dataFailure(`${name}: the file was changed while it was prepared. Try again when it is at rest.`);
	const { trainEnd, testFirst, count } = partsOf(table, timeframeMinutes * 60_000, at, embargoBars);
	const about = { symbol: terms.symbol, timeframe: timeframeName(timeframeMinutes) };
	const parts: DataFile[] = [];
	for (const [folder, first, end] of [
		["train", 0, trainEnd],
		["test", testFirst, count],
	] as const) {
		if (first === end) continue;
		const from = table.openMs[first] as number;
		const to = table.openMs[end - 1] as number;
		const part = exportName(terms.rawSymbol, timeframeMinutes, from, to);
		const hash = await store.write(folder, part, { table, first, end, digits: terms.digits }, pause);
		parts.push({ folder, name: part, sha256: hash, ...about, rows: end - first, from: moment(from), to: moment(to), source: name });
	}
	const rows = { rows: count, trainRows: trainEnd, embargoRows: testFirst - trainEnd, testRows: count - testFirst };
	return { source: { name, sha256, ...about, ...rows, from: moment(file.from), to: moment(file.to), verdict }, parts };
}

/** Broker time to the minute, as manifests have it. */
function moment(at: BrokerMs): string {
	return new Date(at).toISOString().slice(0, 16);
}

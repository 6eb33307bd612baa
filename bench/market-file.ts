import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const NAME = "GBPUSD+_M15_202401020000_202512262345.csv.gz";
const STEP_MS = 900_000;
/** 104 weeks: every copy begins on the weekday and at the hour of the first, so that weekends and swap days stay where they are. */
const COPY_MS = 104 * 7 * 86_400_000;

/** One bars export in memory: the header and, of each bar, its time and the rest of its line. */
export type MarketFile = { readonly header: string; readonly times: readonly number[]; readonly rests: readonly string[] };

/** Where the real export is looked for: `KINETRA_BENCH_DATA` (a folder), else the folder shared beside the repository. Null when it is not there. */
export function findExport(): string | null {
	const folder = process.env.KINETRA_BENCH_DATA ?? fileURLToPath(new URL("../../shared/data/mt5", import.meta.url));
	const path = join(folder, NAME);
	return existsSync(path) ? path : null;
}

/** Reads the export; only what the copies need. */
export function readExport(path: string): MarketFile {
	const [header = "", ...rows] = gunzipSync(readFileSync(path)).toString("latin1").trimEnd().split(/\r?\n/);
	const times = rows.map((row) => Date.parse(`${row.slice(0, 10).replaceAll(".", "-")}T${row.slice(11, 19)}Z`));
	return { header, times, rests: rows.map((row) => row.slice(20)) };
}

/** How the copies follow each other: `weeks` = each 104 weeks after the one before; `gapless` = every bar 15 minutes after the one before, as the peers had it. */
export type Spacing = "weeks" | "gapless";

/** Writes `copies` of the bars one after the other into one plain CSV. */
export function writeCopies(market: MarketFile, copies: number, spacing: Spacing, path: string): void {
	const lines = [market.header];
	const first = market.times[0] ?? 0;
	let bar = 0;
	for (let copy = 0; copy < copies; copy++) {
		market.rests.forEach((rest, index) => {
			const at = spacing === "gapless" ? first + bar * STEP_MS : (market.times[index] as number) + copy * COPY_MS;
			lines.push(`${stamp(at)}\t${rest}`);
			bar++;
		});
	}
	writeFileSync(path, `${lines.join("\n")}\n`);
}

function stamp(at: number): string {
	const iso = new Date(at).toISOString();
	return `${iso.slice(0, 10).replaceAll("-", ".")}\t${iso.slice(11, 19)}`;
}

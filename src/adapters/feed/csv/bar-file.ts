import { timeframeName } from "../../../engine/market/timeframe.ts";
import { dataFailure } from "../../failure.ts";
import { inferTimeframe } from "./bar-feed.ts";
import { type BarTable, readBars } from "./bars.ts";
import { parseExportName } from "./file-name.ts";
import type { Rows } from "./rows.ts";

/** With this many bars and none left out, distances that all are those of a longer timeframe are no accident of a quiet market. */
const BARS_THAT_TELL = 50;

/** All bars of an export and their timeframe, minutes. */
export type BarFile = { readonly table: BarTable; readonly timeframeMinutes: number };

/**
 * Reads the bars behind an open header to the end and settles their timeframe: by the file's name, else by their distances, else (a single bar)
 * `onlyBar` minutes. Throws a `Failure` (exit 3) for bars that cannot be used and for a name that they contradict.
 */
export function readBarFile(rows: Rows, onlyBar: number): BarFile {
	const { file } = rows;
	const named = parseExportName(file)?.timeframeMinutes ?? null;
	const table = readBars(rows, named);
	const changed = rows.source.changed();
	if (changed !== null) throw dataFailure(`${file}: ${changed}. Try again when it is at rest.`);
	const found = inferTimeframe(file, table, named ?? onlyBar);
	if (named !== null && found > named && table.count >= BARS_THAT_TELL && rows.badRows === 0) {
		throw dataFailure(
			`${file}: its name says ${timeframeName(named)}, but its ${table.count} bars lie as those of ${timeframeName(found)} do. Rename the file, or export it again.`,
		);
	}
	return { table, timeframeMinutes: named ?? found };
}

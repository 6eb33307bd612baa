import { basename, resolve } from "node:path";
import { cleanText } from "../../adapters/clean-text.ts";
import { Failure } from "../../adapters/failure.ts";
import { readBarFile } from "../../adapters/feed/csv/bar-file.ts";
import type { BarTable } from "../../adapters/feed/csv/bars.ts";
import { openRows } from "../../adapters/feed/csv/rows.ts";
import { DAY_MS, dayStartOf } from "../../engine/instruments/sessions.ts";
import type { BrokerMs } from "../../engine/units.ts";
import { type Quality, qualityOf } from "./quality.ts";
import { type Terms, termsOf } from "./terms.ts";
import { remarksOf } from "./verdict.ts";

/** What was found in one export. */
export type FileReport = UsableFile | RefusedFile;

/** A file that cannot be used, and why. */
export type RefusedFile = { readonly verdict: "refused"; readonly name: string; readonly file: string; readonly why: string };

/** A file that can be used: with nothing to say against it, or with remarks that the user should know. */
export type UsableFile = {
	readonly verdict: "good" | "remarks";
	readonly name: string;
	/** Absolute path. */
	readonly file: string;
	/** SHA-256 of the file as stored, hex. */
	readonly sha256: string;
	readonly terms: Terms;
	readonly timeframeMinutes: number;
	/** Bars that can be used. */
	readonly rows: number;
	/** Opening times of the first and last bar. */
	readonly from: BrokerMs;
	readonly to: BrokerMs;
	readonly badRows: number;
	/** What was wrong with the first bad row, or null. */
	readonly firstFault: string | null;
	readonly duplicates: number;
	readonly outOfOrder: number;
	readonly quality: Quality;
	readonly remarks: readonly string[];
	/** Market time by broker day: bars' length together, ms. What a split is computed from. */
	readonly days: ReadonlyMap<BrokerMs, number>;
};

/** More bad rows than this share of a file, and the rest of it is not to be trusted. */
const BAD_SHARE_MAX = 0.01;

/** Reads and judges one export. Never throws for what is wrong with the file: that is the report. */
export function examine(path: string): FileReport {
	const file = resolve(path);
	const name = cleanText(basename(file), 120);
	try {
		const terms = termsOf(file);
		if (terms === null) return { verdict: "refused", name, file, why: "Its name does not say the symbol. Rename it as MT5 does, such as EURUSD_M15.csv." };
		return judged(name, file, terms);
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		return { verdict: "refused", name, file, why: cleanText(error.message.replaceAll(`${file}: `, ""), 400) };
	}
}

function judged(name: string, file: string, terms: Terms): FileReport {
	const { table, timeframeMinutes, sha256, badRows, firstFault } = readTable(file, terms.digits);
	const share = badRows / (badRows + table.count);
	if (share > BAD_SHARE_MAX) {
		const why = `${badRows} of its ${badRows + table.count} rows are bad (${(share * 100).toFixed(1)} %; at most 1 %). The first: ${firstFault}. Export it again.`;
		return { verdict: "refused", name, file, why: cleanText(why, 400) };
	}
	const lengthMs = timeframeMinutes * 60_000;
	const found = {
		name,
		file,
		sha256,
		terms,
		timeframeMinutes,
		rows: table.count,
		from: table.openMs[0] as number,
		to: table.openMs[table.count - 1] as number,
		badRows,
		firstFault: firstFault === null ? null : cleanText(firstFault, 300),
		duplicates: table.duplicates,
		outOfOrder: table.outOfOrder,
		quality: qualityOf(table, lengthMs, terms.sessions),
		days: daysOf(table, lengthMs),
	};
	const remarks = remarksOf(found);
	return { ...found, remarks, verdict: remarks.length === 0 ? "good" : "remarks" };
}

/** The bars of an export with what reading them told. */
export type ReadTable = {
	readonly table: BarTable;
	readonly timeframeMinutes: number;
	readonly sha256: string;
	readonly badRows: number;
	readonly firstFault: string | null;
};

/** Reads the bars of an export, bad rows left out and counted. Throws a `Failure` (exit 3). */
export function readTable(file: string, digits: number): ReadTable {
	const rows = openRows(file, digits, true);
	try {
		if (rows.layout.content === "ticks") throw new Failure(3, "It holds ticks; training and the split need bars. Export bars from MT5 (M1 or longer).");
		const { table, timeframeMinutes } = readBarFile(rows, 1);
		return { table, timeframeMinutes, sha256: rows.source.sha256(), badRows: rows.badRows, firstFault: rows.firstFault };
	} finally {
		rows.source.close();
	}
}

function daysOf(table: BarTable, lengthMs: number): ReadonlyMap<BrokerMs, number> {
	const days = new Map<BrokerMs, number>();
	let day = Number.NaN;
	let bars = 0;
	for (let i = 0; i <= table.count; i++) {
		const next = i === table.count ? Number.NaN : dayStartOf(table.openMs[i] as number);
		if (next === day) bars++;
		else {
			if (bars > 0) days.set(day, bars * Math.min(lengthMs, DAY_MS));
			[day, bars] = [next, 1];
		}
	}
	return days;
}

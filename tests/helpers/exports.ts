import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll } from "vitest";
import { BARS_HEADER, barText } from "../../src/commands/data/bar-text.ts";
import { findInstrument } from "../../src/engine/instruments/built-in.ts";
import { isSessionOpen } from "../../src/engine/instruments/sessions.ts";
import { barTimes, quietBars, type TableBar, tableOf } from "./bar-table.ts";

const HOUR = 3_600_000;
/** A Monday. */
export const EXPORT_START = Date.UTC(2024, 0, 8);
const WEEK = 7 * 24 * HOUR;

/** A folder with exports in it, and an empty one beside it for what becomes of them; both are removed when the tests of the file are done. */
export function exportFolder(): { readonly exports: string; readonly out: string; add(name: string, content: string | Uint8Array): string } {
	const root = mkdtempSync(join(tmpdir(), "kinetra-data-"));
	afterAll(() => rmSync(root, { recursive: true, force: true }));
	const exports = join(root, "exports");
	mkdirSync(exports);
	return {
		exports,
		out: join(root, "data"),
		add(name, content) {
			const path = join(exports, name);
			writeFileSync(path, name.endsWith(".gz") && typeof content === "string" ? gzipSync(content) : content);
			return path;
		},
	};
}

/** Hourly bars of a built-in symbol over whole weeks in its trading hours; `change` changes bars, `edit` lines (null drops one). */
export function exportText(
	symbol: string,
	weeks: number,
	change: (index: number) => Partial<TableBar> = () => ({}),
	edit: (line: string, index: number) => string | null = (line) => line,
): string {
	const instrument = findInstrument(symbol);
	if (instrument === null) throw new Error(`no symbol ${symbol}`);
	const times = barTimes(EXPORT_START, EXPORT_START + weeks * WEEK, HOUR, (at) => isSessionOpen(instrument, at));
	const table = tableOf(quietBars(times, change));
	const lines = times.map((_, index) => edit(barText(table, index, instrument.digits), index)).filter((line) => line !== null);
	return BARS_HEADER + lines.join("");
}

/** Every file below a folder with its content, by path. */
export function filesBelow(folder: string): ReadonlyMap<string, string> {
	const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
	return new Map(
		found.map((entry) => [join(entry.parentPath, entry.name).slice(folder.length + 1), readFileSync(join(entry.parentPath, entry.name), "latin1")]),
	);
}

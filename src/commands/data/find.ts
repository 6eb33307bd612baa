import { readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { cleanText } from "../../adapters/clean-text.ts";
import { dataFailure, usageFailure } from "../../adapters/failure.ts";
import { builtInSymbol, parseExportName } from "../../adapters/feed/csv/file-name.ts";
import { reasonOf } from "../../adapters/reason.ts";

const EXPORT_FILE = /\.csv(\.gz)?$/i;

/**
 * The exports in a folder (`.csv`, `.csv.gz`; folders below and hidden files are not looked at), or the one file itself, in the order of their names;
 * with `symbols` only those whose name says one of them. Throws a `Failure`: exit 3 when there is none, exit 2 for a symbol that no file is of. `option`: how
 * the symbols were asked for.
 */
export function findExports(folder: string, symbols: readonly string[] | null, option = "--symbols"): readonly string[] {
	const shown = cleanText(folder, 300);
	const path = resolve(folder);
	const all = namesIn(path, shown);
	if (all.length === 0) throw dataFailure(`${shown}: there is no .csv or .csv.gz file in it. Export bars from MT5 (View > Symbols > Bars > Export) into it.`);
	if (symbols === null) return all;
	const missing = symbols.find((symbol) => !all.some((file) => isOf(file, symbol)));
	if (missing === undefined) return all.filter((file) => symbols.some((symbol) => isOf(file, symbol)));
	const known = [...new Set(all.map((file) => cleanText(parseExportName(file)?.rawSymbol ?? "", 40)).filter((name) => name !== ""))];
	throw usageFailure(`${option} ${cleanText(missing, 40)}: no file in ${shown} is of it. There are: ${known.slice(0, 20).join(", ") || "none that is named"}.`);
}

function namesIn(path: string, shown: string): readonly string[] {
	try {
		if (statSync(path).isFile()) return [path];
		return readdirSync(path)
			.filter((name) => EXPORT_FILE.test(name) && !name.startsWith("."))
			.sort()
			.map((name) => join(path, name));
	} catch (error) {
		throw dataFailure(`${shown} cannot be read: ${reasonOf(error)}. Name the folder with the exports of MT5.`);
	}
}

/** Brokers' names and ours both do: GBPUSD+ is GBPUSD, GOLD is XAUUSD. */
function isOf(file: string, symbol: string): boolean {
	const named = parseExportName(basename(file));
	if (named === null) return false;
	const wanted = symbol.toUpperCase();
	return named.rawSymbol.toUpperCase() === wanted || (named.symbol !== null && named.symbol === (builtInSymbol(symbol) ?? wanted));
}

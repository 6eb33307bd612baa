import { basename } from "node:path";
import { BUILT_IN_INSTRUMENTS } from "../../../engine/instruments/built-in.ts";
import { minutesOfTimeframe } from "../../../engine/market/timeframe.ts";

/** What the name of an MT5 export says about its content. */
export type ExportName = {
	/** The broker's name of the symbol, as in the file name (`GBPUSD+`). */
	readonly rawSymbol: string;
	/** The built-in symbol it stands for (`GBPUSD`), or null when it is none of them: then a specification is needed. */
	readonly symbol: string | null;
	/** Null for tick exports and for names that do not say. */
	readonly timeframeMinutes: number | null;
};

/** Other names that brokers give to the contract of a built-in symbol (rulebook E.7). */
const ALIASES: Readonly<Record<string, readonly string[]>> = { XAUUSD: ["GOLD"], NAS100: ["USTEC", "US100"] };

/** What brokers add to a symbol for an account type: `+ # ! .` alone, `.raw`, `_i`, `-ecn`, or these letters without a dot. */
const SUFFIX = /^(?:[+#!.]|[._-][a-z0-9]{1,6}[+#]?|m|i|c|z|x|pro|raw|ecn|std|micro|mini|cash)?$/i;
const PREFIX = /^[#.]/;

/** A timeframe between symbol and the rest; what follows it (dates, a word of the user's) does not matter. */
const WITH_TIMEFRAME = /^(.+?)[_-](M\d{1,2}|H\d{1,2}|D1|W1|MN1?|daily|weekly|monthly)(?:[_\-. ].*)?$/i;
const WITH_DATES = /^(.+?)[_-]\d{8,14}[_-]\d{8,14}(?:[_\-. ].*)?$/;

/**
 * Reads symbol and timeframe from a file name as MT5 writes it: `SYMBOL_M15_202401020000_202512262345.csv`, ticks without the timeframe,
 * with or without dates, `.gz` and the ` (1)` of browsers. Null when the name names neither a known symbol nor a timeframe nor dates.
 */
export function parseExportName(path: string): ExportName | null {
	const stem = basename(path.replaceAll("\\", "/"))
		.replace(/\.gz$/i, "")
		.replace(/\.(csv|txt|tsv|prn)$/i, "")
		.replace(/ ?\(\d+\)$/, "");
	const timed = WITH_TIMEFRAME.exec(stem);
	const timeframeMinutes = timed === null ? null : minutesOfTimeframe(timed[2] as string);
	const named = timeframeMinutes === null ? WITH_DATES.exec(stem) : timed;
	const rawSymbol = named?.[1] ?? stem;
	const symbol = builtInSymbol(rawSymbol);
	return symbol === null && named === null ? null : { rawSymbol, symbol, timeframeMinutes };
}

/** The built-in symbol that a broker's name stands for, once its suffix and prefix are taken off; null when there is none. */
export function builtInSymbol(brokerName: string): string | null {
	const name = brokerName.replace(PREFIX, "").toUpperCase();
	for (const { symbol } of BUILT_IN_INSTRUMENTS) {
		for (const alias of [symbol, ...(ALIASES[symbol] ?? [])]) if (name.startsWith(alias) && SUFFIX.test(name.slice(alias.length))) return symbol;
	}
	return null;
}

import { decimalsOf } from "../../adapters/feed/csv/decimals.ts";
import { parseExportName } from "../../adapters/feed/csv/file-name.ts";
import type { Instrument } from "../../engine/instrument.ts";
import { findInstrument } from "../../engine/instruments/built-in.ts";

/** What is known of an export's symbol before its bars are read. */
export type Terms = {
	/** The built-in symbol that the name stands for, else the broker's name. */
	readonly symbol: string;
	/** The symbol as the file's name has it. */
	readonly rawSymbol: string;
	/** Decimals of its prices: the symbol's, or the file's where it has more. */
	readonly digits: number;
	/** Decimals of the built-in symbol; null when it is none. */
	readonly usualDigits: number | null;
	/** Null: the trading hours are not known. */
	readonly sessions: Instrument["sessions"] | null;
	/** Null: not known. */
	readonly typicalSpreadPoints: number | null;
};

/** Reads the terms of an export from its name and the decimals of its prices; null when the name does not say the symbol. Throws as `decimalsOf`. */
export function termsOf(file: string): Terms | null {
	const named = parseExportName(file);
	if (named === null) return null;
	const { rawSymbol } = named;
	const instrument = named.symbol === null ? null : findInstrument(named.symbol);
	const decimals = decimalsOf(file);
	if (instrument === null)
		return { symbol: named.symbol ?? rawSymbol, rawSymbol, digits: decimals, usualDigits: null, sessions: null, typicalSpreadPoints: null };
	const { symbol, digits, sessions, typicalSpreadPoints } = instrument;
	return { symbol, rawSymbol, digits: Math.max(digits, decimals), usualDigits: digits, sessions, typicalSpreadPoints };
}

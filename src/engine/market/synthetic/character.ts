import type { Instrument } from "../../instrument.ts";
import type { Points } from "../../units.ts";
import { CRYPTO_DAY, CURRENCY_DAY, type DayShape, INDEX_DAY, METAL_DAY } from "./hours.ts";

/** What kind of market a symbol is: its price level, how far it moves and the shape of its day. */
export type Character = {
	/** First price, points. */
	readonly startPrice: Points;
	/** Standard deviation of a 15-minute return, as a fraction of price (0.0005 = 5 basis points). */
	readonly volatility15: number;
	readonly day: DayShape;
};

/** Price level (of March 2025) and 15-minute volatility in basis points of the built-in symbols; the last measured where data was at hand. */
const KNOWN: Readonly<Record<string, readonly [price: number, basisPoints15: number]>> = {
	EURUSD: [1.085, 4.6],
	GBPUSD: [1.29, 4.6],
	USDJPY: [149.5, 5.9],
	AUDUSD: [0.632, 6],
	EURJPY: [161, 5.9],
	XAUUSD: [2900, 10.6],
	NAS100: [20600, 13.5],
	BTCUSD: [88000, 26.5],
};

/**
 * The character of a symbol. Built-in symbols are known; any other gets the day of its kind and a price level that makes its
 * typical spread plausible (half a basis point for currencies, two for the rest), so that a symbol from `--spec` can be generated.
 */
export function characterOf(instrument: Instrument): Character {
	const day = dayOf(instrument);
	const known = KNOWN[instrument.symbol.toUpperCase()];
	if (known !== undefined) return { startPrice: Math.round(known[0] * 10 ** instrument.digits), volatility15: known[1] / 1e4, day };
	const currency = day === CURRENCY_DAY;
	const spread = Math.max(instrument.typicalSpreadPoints, instrument.tickSizePoints, 1);
	const level = Math.min(Math.round(spread * (currency ? 20_000 : 5_000)), 10_000_000);
	return { startPrice: level, volatility15: currency ? 0.0006 : 0.0012, day };
}

function dayOf(instrument: Instrument): DayShape {
	const tradesOnSaturday = (instrument.sessions[6]?.length ?? 0) > 0;
	if (tradesOnSaturday) return CRYPTO_DAY;
	if (/^XA[UG]/.test(instrument.currencyBase) || /^XA[UG]/.test(instrument.symbol)) return METAL_DAY;
	return instrument.calcMode === "FOREX" || instrument.calcMode === "FOREX_NO_LEVERAGE" ? CURRENCY_DAY : INDEX_DAY;
}

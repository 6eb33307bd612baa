import type { ConversionRates } from "../instrument.ts";

/**
 * Rates for turning profit and margin of the built-in symbols into the account's currency when the traded symbol is not the pair
 * itself. Static, of the end of 2025: a recording has no second symbol to read them from, and a constant keeps sessions
 * reproducible. They scale results of crosses and foreign accounts by a few percent at most; they never decide a direction.
 */
export const DEFAULT_CONVERSION: ConversionRates = {
	EURUSD: { bid: 1.1774, ask: 1.17742 },
	GBPUSD: { bid: 1.34949, ask: 1.34952 },
	AUDUSD: { bid: 0.6709, ask: 0.67092 },
	NZDUSD: { bid: 0.5832, ask: 0.58323 },
	USDJPY: { bid: 156.52, ask: 156.523 },
	USDCHF: { bid: 0.7893, ask: 0.78933 },
	USDCAD: { bid: 1.3672, ask: 1.36723 },
};

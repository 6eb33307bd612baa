import type { CommissionSchedule, Instrument, SessionWindow } from "../instrument.ts";

const CLOSED: readonly SessionWindow[] = [];
const ALL_DAY: readonly SessionWindow[] = [[0, 1440]];
/** Metals and indices rest for an hour after broker midnight. */
const AFTER_ONE: readonly SessionWindow[] = [[60, 1440]];
const WEEKDAYS_ALL_DAY = [CLOSED, ALL_DAY, ALL_DAY, ALL_DAY, ALL_DAY, ALL_DAY, CLOSED];
const WEEKDAYS_AFTER_ONE = [CLOSED, AFTER_ONE, AFTER_ONE, AFTER_ONE, AFTER_ONE, AFTER_ONE, CLOSED];
const EVERY_DAY = [ALL_DAY, ALL_DAY, ALL_DAY, ALL_DAY, ALL_DAY, ALL_DAY, ALL_DAY];

/** What a raw-spread account charges: 3.50 a lot and side, 7 a round turn. */
const RAW: CommissionSchedule = { kind: "perLot", rate: 3.5, minimum: 0, side: "both" };
/** Symbols whose cost is in the spread. */
const FREE: CommissionSchedule = { kind: "none", rate: 0, minimum: 0, side: "both" };

/** What the built-in symbols share: a retail market-execution server that takes IOC deals and every pending order. */
const RETAIL = {
	tickSizePoints: 1,
	tickValue: 0,
	volumeMin: 0.01,
	volumeMax: 80,
	volumeStep: 0.01,
	volumeLimit: 0,
	freezeLevelPoints: 0,
	tradeMode: "FULL",
	executionMode: "MARKET",
	fillingFlags: ["IOC"],
	orderFamilies: ["MARKET", "LIMIT", "STOP", "STOP_LIMIT", "SL", "TP", "CLOSEBY"],
	timesInForce: ["GTC", "DAY", "SPECIFIED", "SPECIFIED_DAY"],
	gtcMode: "GTC",
	stopsInRequest: true,
	marginInitial: 0,
	marginMaintenance: 0,
	marginHedged: 0,
	hedgedUsesLargerLeg: false,
	marginRateLong: 1,
	marginRateShort: 1,
	swapMode: "POINTS",
	swapRollover3Days: 3,
	hedgeProhibited: false,
	fifoClose: false,
} as const satisfies Partial<Instrument>;

/**
 * The symbols that Kinetra knows without a specification file: values of common retail raw-spread accounts. XAUUSD and USDJPY are
 * real specifications (rulebook F.2); sessions follow the recordings; the others are typical.
 */
export const BUILT_IN_INSTRUMENTS: readonly Instrument[] = [
	currencyPair("EURUSD", "Euro vs US Dollar", { swapLong: -7.1, swapShort: 2.9, typicalSpreadPoints: 1 }),
	currencyPair("GBPUSD", "British Pound vs US Dollar", { swapLong: -3.1, swapShort: -1.2, typicalSpreadPoints: 2 }),
	currencyPair("USDJPY", "US Dollar vs Japanese Yen", { digits: 3, swapLong: 5.96, swapShort: -16.95, typicalSpreadPoints: 2 }),
	currencyPair("AUDUSD", "Australian Dollar vs US Dollar", { swapLong: -2.2, swapShort: -0.6, typicalSpreadPoints: 2 }),
	currencyPair("EURJPY", "Euro vs Japanese Yen", { digits: 3, swapLong: 4.4, swapShort: -13.2, typicalSpreadPoints: 5 }),
	{
		...RETAIL,
		symbol: "XAUUSD",
		description: "Gold vs US Dollar",
		digits: 2,
		contractSize: 100,
		calcMode: "CFDLEVERAGE",
		currencyBase: "XAU",
		currencyProfit: "USD",
		currencyMargin: "USD",
		stopsLevelPoints: 10,
		marginHedged: 25,
		swapLong: -63.88,
		swapShort: 40.23,
		commission: RAW,
		sessions: WEEKDAYS_AFTER_ONE,
		typicalSpreadPoints: 8,
	},
	{
		...RETAIL,
		symbol: "NAS100",
		description: "Nasdaq 100 index",
		digits: 2,
		contractSize: 1,
		calcMode: "CFDINDEX",
		tickValue: 0.01,
		currencyBase: "USD",
		currencyProfit: "USD",
		currencyMargin: "USD",
		volumeMin: 0.1,
		volumeMax: 250,
		volumeStep: 0.1,
		stopsLevelPoints: 50,
		marginRateLong: 0.02,
		marginRateShort: 0.02,
		swapMode: "INTEREST_CURRENT",
		swapLong: -6.8,
		swapShort: 1.8,
		swapRollover3Days: 5,
		commission: FREE,
		sessions: WEEKDAYS_AFTER_ONE,
		typicalSpreadPoints: 70,
	},
	{
		...RETAIL,
		symbol: "BTCUSD",
		description: "Bitcoin vs US Dollar",
		digits: 2,
		contractSize: 1,
		calcMode: "CFD",
		currencyBase: "BTC",
		currencyProfit: "USD",
		currencyMargin: "USD",
		volumeMax: 20,
		stopsLevelPoints: 500,
		marginRateLong: 0.05,
		marginRateShort: 0.05,
		swapMode: "INTEREST_CURRENT",
		swapLong: -20,
		swapShort: -5,
		swapRollover3Days: 7,
		commission: FREE,
		sessions: EVERY_DAY,
		typicalSpreadPoints: 1600,
	},
];

/** The built-in specification of a symbol, upper or lower case; null when Kinetra does not know it (a specification file is needed then). */
export function findInstrument(symbol: string): Instrument | null {
	const name = symbol.toUpperCase();
	return BUILT_IN_INSTRUMENTS.find((instrument) => instrument.symbol === name) ?? null;
}

type PairTraits = { readonly digits?: number; readonly swapLong: number; readonly swapShort: number; readonly typicalSpreadPoints: number };

/** A currency pair: 100,000 units a lot, margin in its base currency, covered volume free, weekdays around the clock. */
function currencyPair(symbol: string, description: string, traits: PairTraits): Instrument {
	return {
		...RETAIL,
		symbol,
		description,
		digits: traits.digits ?? 5,
		contractSize: 100_000,
		calcMode: "FOREX",
		currencyBase: symbol.slice(0, 3),
		currencyProfit: symbol.slice(3),
		currencyMargin: symbol.slice(0, 3),
		stopsLevelPoints: 10,
		swapLong: traits.swapLong,
		swapShort: traits.swapShort,
		commission: RAW,
		sessions: WEEKDAYS_ALL_DAY,
		typicalSpreadPoints: traits.typicalSpreadPoints,
	};
}

import type { Lots, Points } from "./units.ts";

/** How margin and profit are computed (MT5 SYMBOL_TRADE_CALC_MODE; rulebook A2.1). */
export type CalcMode = "FOREX" | "FOREX_NO_LEVERAGE" | "FUTURES" | "CFD" | "CFDINDEX" | "CFDLEVERAGE";
/** Which sides may be opened (MT5 SYMBOL_TRADE_MODE; rulebook A.5). */
export type TradeMode = "DISABLED" | "LONGONLY" | "SHORTONLY" | "CLOSEONLY" | "FULL";
/** How the broker executes deals (MT5 SYMBOL_TRADE_EXEMODE; rulebook A.3). */
export type ExecutionMode = "REQUEST" | "INSTANT" | "MARKET" | "EXCHANGE";
/** How swap is charged a night, each at its number (MT5 SYMBOL_SWAP_MODE 0 to 9; rulebook A2.5). */
export const SWAP_MODES = [
	"DISABLED",
	"POINTS",
	"CURRENCY_SYMBOL",
	"CURRENCY_MARGIN",
	"CURRENCY_DEPOSIT",
	"INTEREST_CURRENT",
	"INTEREST_OPEN",
	"REOPEN_CURRENT",
	"REOPEN_BID",
	"CURRENCY_PROFIT",
] as const;
export type SwapMode = (typeof SWAP_MODES)[number];
/** What a request may ask to happen with volume that cannot be filled at once (MT5 ORDER_TYPE_FILLING; rulebook A.2). */
export type Filling = "FOK" | "IOC" | "RETURN" | "BOC";
/** How long a pending order lives (MT5 ORDER_TYPE_TIME; rulebook A.1). */
export type TimeInForce = "GTC" | "DAY" | "SPECIFIED" | "SPECIFIED_DAY";
/** What the day change does to pendings and levels (MT5 SYMBOL_ORDER_GTC_MODE; rulebook A.8). */
export type GtcMode = "GTC" | "DAILY" | "DAILY_NO_STOPS";
/** Order families a symbol accepts (MT5 SYMBOL_ORDER_MODE; rulebook A.1). */
export type OrderFamily = "MARKET" | "LIMIT" | "STOP" | "STOP_LIMIT" | "SL" | "TP" | "CLOSEBY";

/** What a broker charges a deal. Not readable from MT5 before trading (rulebook A2.6), so it is part of the specification. */
export type CommissionSchedule = {
	/** `perLot`: account currency a lot; `perMillion`: account currency a million of notional; `percent`: percent of notional. */
	readonly kind: "none" | "perLot" | "perMillion" | "percent";
	readonly rate: number;
	/** Smallest charge a deal, account currency. */
	readonly minimum: number;
	/** Which deals are charged: the opening, the closing or both. */
	readonly side: "in" | "out" | "both";
};

/** A trading window of one weekday: minutes after midnight, broker time, end exclusive; an end may exceed 1440 (rulebook A2.7). */
export type SessionWindow = readonly [startMinute: number, endMinute: number];

/** Everything the engine and the simulator must know of a symbol; the MT5 bridge fills the same record from SymbolInfo. */
export type Instrument = {
	readonly symbol: string;
	readonly description: string;
	readonly digits: number;
	/** Smallest price change, in points (1 on FX; 25 on an index with digits 2 that moves by 0.25). */
	readonly tickSizePoints: Points;
	/** Units of the base asset a lot. */
	readonly contractSize: number;
	readonly calcMode: CalcMode;
	/** Profit-currency value of one tick for one lot; used by FUTURES and CFDINDEX only, 0 elsewhere. */
	readonly tickValue: number;
	readonly currencyBase: string;
	readonly currencyProfit: string;
	readonly currencyMargin: string;
	readonly volumeMin: Lots;
	readonly volumeMax: Lots;
	readonly volumeStep: Lots;
	/** Most lots in one direction, positions plus pendings; 0 = no limit (rulebook A.9). */
	readonly volumeLimit: Lots;
	/** Least distance of pendings, SL and TP from the market, points (rulebook A.6). */
	readonly stopsLevelPoints: Points;
	/** Nearer than this to the market a level or pending may not be changed, points; 0 = no freeze (rulebook A.6). */
	readonly freezeLevelPoints: Points;
	readonly tradeMode: TradeMode;
	readonly executionMode: ExecutionMode;
	/** The FOK / IOC / BOC flags of SYMBOL_FILLING_MODE; whether RETURN is allowed follows from the execution mode (rulebook A.2). */
	readonly fillingFlags: readonly ("FOK" | "IOC" | "BOC")[];
	readonly orderFamilies: readonly OrderFamily[];
	readonly timesInForce: readonly TimeInForce[];
	readonly gtcMode: GtcMode;
	/** False when the server refuses SL/TP inside the opening request (rulebook A.3). */
	readonly stopsInRequest: boolean;
	/** Money a lot in margin currency; 0 = by formula (rulebook A2.1). */
	readonly marginInitial: number;
	/** Money a lot in margin currency for holding; 0 = `marginInitial`. */
	readonly marginMaintenance: number;
	/** Contract size (or money a lot, when `marginInitial` is set) charged for covered volume; 0 = free (rulebook A2.1). */
	readonly marginHedged: number;
	/** True: charge the larger of the two sides and ignore `marginHedged`. */
	readonly hedgedUsesLargerLeg: boolean;
	readonly marginRateLong: number;
	readonly marginRateShort: number;
	readonly swapMode: SwapMode;
	readonly swapLong: number;
	readonly swapShort: number;
	/** Weekday whose night is charged three times, 0 = Sunday ... 6 = Saturday, 7 = none. */
	readonly swapRollover3Days: number;
	readonly commission: CommissionSchedule;
	/** Trading windows a weekday, index 0 = Sunday; an empty list = closed all day. */
	readonly sessions: readonly (readonly SessionWindow[])[];
	/** Spread assumed where data has none, points. */
	readonly typicalSpreadPoints: Points;
	/** Whether opposite positions are forbidden on hedging accounts (retcode 10046). */
	readonly hedgeProhibited: boolean;
	/** Whether the oldest position must be closed first (retcode 10045). */
	readonly fifoClose: boolean;
};

/** Bid and ask of a currency pair used to convert profit or margin, as plain prices (`USDJPY` -> `{bid: 157.10, ask: 157.12}`). */
export type ConversionRates = Readonly<Record<string, { readonly bid: number; readonly ask: number }>>;

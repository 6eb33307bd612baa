import type { Venue } from "../../engine/config.ts";
import {
	type CalcMode,
	type ExecutionMode,
	type GtcMode,
	type Instrument,
	type OrderFamily,
	type SessionWindow,
	SWAP_MODES,
	type TimeInForce,
	type TradeMode,
} from "../../engine/instrument.ts";
import { cleanText } from "../clean-text.ts";
import { fieldsOf, type SpecFields } from "./specification/fields.ts";
import type { AccountBody, SpecBody } from "./wire/messages.ts";

export { conversionFrom } from "./specification/conversion.ts";
export { type MarginCheck, marginCheck } from "./specification/margin-check.ts";

/** An instrument made from a broker's specification, and in sentences what had to be assumed because MT5's Python package does not tell it. */
export type Specified = { readonly instrument: Instrument; readonly notes: readonly string[] };

// The numbers of MT5 by their place (rulebook A.1, A2.1, A2.5).
const CALC_MODES: readonly CalcMode[] = ["FOREX", "FUTURES", "CFD", "CFDINDEX", "CFDLEVERAGE", "FOREX_NO_LEVERAGE"];
const TRADE_MODES: readonly TradeMode[] = ["DISABLED", "LONGONLY", "SHORTONLY", "CLOSEONLY", "FULL"];
const EXECUTION_MODES: readonly ExecutionMode[] = ["REQUEST", "INSTANT", "MARKET", "EXCHANGE"];
const GTC_MODES: readonly GtcMode[] = ["GTC", "DAILY", "DAILY_NO_STOPS"];
const FILLING_BITS = ["FOK", "IOC", "BOC"] as const;
const ORDER_BITS: readonly OrderFamily[] = ["MARKET", "LIMIT", "STOP", "STOP_LIMIT", "SL", "TP", "CLOSEBY"];
const TIME_BITS: readonly TimeInForce[] = ["GTC", "DAY", "SPECIFIED", "SPECIFIED_DAY"];

/** Prices travel as 32-bit points. */
const MOST_POINTS = 2 ** 31 - 1;
const LARGEST = 1e12;
const CLOSED: readonly SessionWindow[] = [];
const ALL_DAY: readonly SessionWindow[] = [[0, 1440]];
const ALWAYS = [ALL_DAY, ALL_DAY, ALL_DAY, ALL_DAY, ALL_DAY, ALL_DAY, ALL_DAY];
/** Of a symbol that Kinetra does not know: Monday 00:05 to Friday 23:55, with ten minutes around each midnight left out. */
const CAREFUL_DAY: readonly SessionWindow[] = [[5, 1435]];
const CAREFUL_WEEK = [CLOSED, CAREFUL_DAY, CAREFUL_DAY, CAREFUL_DAY, CAREFUL_DAY, CAREFUL_DAY, CLOSED];

/**
 * The instrument of a broker's symbol. `known` is the built-in one of the symbol that was asked for, or null; of it comes what MT5's Python package
 * cannot read (sessions, commission; rulebook A2.6, A2.7), each said in a note. `symbol` stays the name that was asked for; orders and quotes go by the
 * broker's (`spec.name`). Throws a `Failure` (exit 3) that names the field for a number that MT5 does not document or values that cannot be true together.
 */
export function instrumentFrom(spec: SpecBody, account: AccountBody | null, known: Instrument | null, venue: Venue = "mt5"): Specified {
	const fields = fieldsOf(spec);
	const symbol = cleanText(spec.symbol, 32);
	const grid = readGrid(fields, spec);
	const calcMode = fields.choice(
		"trade_calc_mode",
		CALC_MODES,
		"a way to compute margin and profit that Kinetra does not have (forex, futures and CFDs it has)",
	);
	const contractSize = fields.number("trade_contract_size", Number.MIN_VALUE, LARGEST);
	const currencyProfit = currency(fields, "currency_profit");
	const hours = sessionsOf(symbol, known, venue);
	const costs = commissionOf(symbol, known);
	const instrument: Instrument = {
		symbol,
		description: fields.text("description", 80),
		...grid,
		contractSize,
		calcMode,
		tickValue: tickValueOf(fields, calcMode, account?.currency === currencyProfit, contractSize * grid.tickSizePoints * 10 ** -grid.digits),
		currencyBase: fields.text("currency_base", 12),
		currencyProfit,
		currencyMargin: currency(fields, "currency_margin"),
		...readVolumes(fields),
		stopsLevelPoints: fields.whole("trade_stops_level", 0, 1_000_000),
		freezeLevelPoints: fields.whole("trade_freeze_level", 0, 1_000_000),
		tradeMode: fields.choice("trade_mode", TRADE_MODES, "which MT5 does not document"),
		executionMode: fields.choice("trade_exemode", EXECUTION_MODES, "which MT5 does not document"),
		fillingFlags: fields.bits("filling_mode", FILLING_BITS),
		orderFamilies: fields.bits("order_mode", ORDER_BITS),
		timesInForce: fields.bits("expiration_mode", TIME_BITS),
		gtcMode: fields.choice("order_gtc_mode", GTC_MODES, "which MT5 does not document"),
		stopsInRequest: true,
		marginInitial: fields.number("margin_initial", 0, LARGEST),
		marginMaintenance: fields.number("margin_maintenance", 0, LARGEST),
		marginHedged: fields.number("margin_hedged", 0, LARGEST),
		hedgedUsesLargerLeg: fields.flag("margin_hedged_use_leg"),
		marginRateLong: 1,
		marginRateShort: 1,
		swapMode: fields.choice("swap_mode", SWAP_MODES, "which MT5 does not document"),
		swapLong: fields.number("swap_long", -LARGEST, LARGEST),
		swapShort: fields.number("swap_short", -LARGEST, LARGEST),
		swapRollover3Days: fields.whole("swap_rollover3days", 0, 7),
		commission: costs.commission,
		sessions: hours.sessions,
		typicalSpreadPoints: Math.max(fields.whole("spread", 0, MOST_POINTS), 1),
		hedgeProhibited: false,
		fifoClose: account?.fifo_close ?? false,
	};
	return { instrument, notes: [hours.note, costs.note, `The broker's margin rates cannot be read; ${symbol} is reckoned with 1 (the checklist compares).`] };
}

/** Digits and the price grid. `point` must be what `digits` says, or every price would be off by a power of ten. */
function readGrid(fields: SpecFields, { spec }: SpecBody): { digits: number; tickSizePoints: number } {
	const digits = fields.whole("digits", 0, 10);
	const point = fields.number("point", Number.MIN_VALUE, LARGEST);
	if (!(Math.abs(point * 10 ** digits - 1) < 1e-6)) throw fields.refuse(`point is ${point}, which does not fit digits ${digits}`);
	const tickSize = fields.number("trade_tick_size", 0, LARGEST);
	const exact = tickSize === 0 ? 1 : tickSize * 10 ** digits;
	const tickSizePoints = Math.round(exact);
	if (!(tickSizePoints >= 1 && Math.abs(exact - tickSizePoints) < 1e-6))
		throw fields.refuse(`trade_tick_size is ${tickSize}, which is no whole number of points (digits ${digits})`);
	const ask = spec.ask;
	if (typeof ask === "number" && !(ask * 10 ** digits < MOST_POINTS))
		throw fields.refuse(`ask is ${ask}, which with digits ${digits} is more than ${MOST_POINTS} points`);
	return { digits, tickSizePoints };
}

function readVolumes(fields: SpecFields): { volumeMin: number; volumeMax: number; volumeStep: number; volumeLimit: number } {
	const volumeMin = fields.number("volume_min", Number.MIN_VALUE, LARGEST);
	const volumeMax = fields.number("volume_max", Number.MIN_VALUE, LARGEST);
	const volumeStep = fields.number("volume_step", 1e-8, LARGEST);
	if (volumeMin > volumeMax) throw fields.refuse(`volume_min is ${volumeMin}, which is above volume_max ${volumeMax}`);
	if (volumeStep > volumeMax) throw fields.refuse(`volume_step is ${volumeStep}, which is above volume_max ${volumeMax}`);
	return { volumeMin, volumeMax, volumeStep, volumeLimit: fields.number("volume_limit", 0, LARGEST) };
}

/** MT5 tells a tick's value in account currency; it is the profit currency's where these are the same, and of an index by its contract. */
function tickValueOf(fields: SpecFields, calcMode: CalcMode, isSameCurrency: boolean, byContract: number): number {
	if (calcMode !== "FUTURES" && calcMode !== "CFDINDEX") return 0;
	if (isSameCurrency) return fields.number("trade_tick_value", Number.MIN_VALUE, LARGEST);
	if (calcMode === "CFDINDEX") return byContract;
	throw fields.refuse("trade_calc_mode is 1 (futures) and the value of its tick is only told in the account's currency, which is not its profit currency");
}

function currency(fields: SpecFields, field: string): string {
	const name = fields.text(field, 12);
	if (name === "") throw fields.refuse(`${field} is empty`);
	return name;
}

function sessionsOf(symbol: string, known: Instrument | null, venue: Venue): { sessions: Instrument["sessions"]; note: string } {
	if (venue === "sandbox") return { sessions: ALWAYS, note: `The stand-in terminal trades ${symbol} round the clock, every day.` };
	const unread = "The broker's trading hours cannot be read";
	if (known !== null) return { sessions: known.sessions, note: `${unread}; those usual for ${symbol} are assumed.` };
	return { sessions: CAREFUL_WEEK, note: `${unread}; Monday to Friday, 00:05 to 23:55 broker time each day, is assumed for ${symbol}.` };
}

function commissionOf(symbol: string, known: Instrument | null): { commission: Instrument["commission"]; note: string } {
	const unread = "The broker's commission cannot be read before trading";
	if (known === null) return { commission: { kind: "none", rate: 0, minimum: 0, side: "both" }, note: `${unread}; none is assumed for ${symbol}.` };
	const { commission } = known;
	return { commission, note: `${unread}; the one usual for ${symbol} is assumed: ${commissionText(commission)}.` };
}

const CHARGES = { perLot: "a lot", perMillion: "a million of value", percent: "% of the value" } as const;
const CHARGED_ON = { in: "the opening deal", out: "the closing deal", both: "each deal, opening and closing" } as const;

/** A commission as a trader says it: `3.5 a lot for each deal, opening and closing, in account currency`. */
function commissionText({ kind, rate, minimum, side }: Instrument["commission"]): string {
	if (kind === "none") return "none";
	const least = minimum > 0 ? `, at least ${minimum}` : "";
	return `${rate} ${CHARGES[kind]} for ${CHARGED_ON[side]}${least}${kind === "percent" && minimum === 0 ? "" : ", in account currency"}`;
}

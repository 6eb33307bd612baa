import type { Instrument } from "../instrument.ts";
import { isSessionOpen, nextSessionOpenAt } from "../instruments/sessions.ts";
import type { Rules } from "../rules.ts";
import { mayOpen, type Trading, worstHold } from "../trading-state.ts";
import type { BrokerMs, Points } from "../units.ts";
import type { QuoteState } from "./data-health.ts";
import type { Limits } from "./limits.ts";
import { rateProblem } from "./rates.ts";
import { minutesFromMidnight, weekendWithin } from "./trading-hours.ts";

const MINUTE_MS = 60_000;

/** Why the agent may not enter now. Holds are told to the agent and counted apart: they are never validator rejections. */
export const HOLDS = {
	STATE: { control: "state", line: "The trading state is not ACTIVE; the control is that of the hold" },
	FLATTENING: { control: "C36", line: "Positions are being closed" },
	UNKNOWN_OUTCOME: { control: "C37", line: "A request has no known outcome yet" },
	IN_FLIGHT: { control: "C13", line: "An entry is on its way to the broker" },
	MAX_TRADES: { control: "C20", line: "All entries of the session are sent (--max-trades, entriesPerSessionMax)" },
	SESSION_TIME: { control: "C20", line: "The session is older than sessionMinutesMax" },
	SYMBOL_CLOSED_FOR_ENTRY: { control: "C15", line: "The symbol's trade mode allows no new positions" },
	MARKET_CLOSED: { control: "C15", line: "Outside the symbol's trading session" },
	AROUND_MIDNIGHT: { control: "C15", line: "Within noEntryAroundMidnightMinutes of broker midnight" },
	BEFORE_WEEKEND: { control: "C15", line: "Within noEntryBeforeWeekendMinutes of the last close of the week" },
	DATA: { control: "C30", line: "Quotes are missing, silent, impossible or jumping" },
	QUOTE_OLD: { control: "C10", line: "The quote is older than quoteAgeMsMax" },
	SPREAD_WIDE: { control: "C10", line: "The spread is beyond spreadMedianMultiple times its median" },
	COOLDOWN: { control: "C28", line: "cooldownMs after a close" },
	POSITIONS: { control: "C19", line: "openPositionsMax positions are open" },
	RATE: { control: "C16", line: "The message rate is used up (rateBurst, rateIntervalMs, ratePerHour, ratePerDay)" },
} as const;

/** Name of a hold. */
export type HoldCode = keyof typeof HOLDS;

/** A reason not to enter now; `until` is when it ends by itself, null when it does not. */
export type EntryHold = { readonly control: string; readonly code: HoldCode; readonly message: string; readonly until: BrokerMs | null };

/** What is looked at; the caller may keep one record and update it, nothing is stored. */
export type EntryView = {
	trading: Trading;
	instrument: Instrument;
	/** Start of trading in this session, broker ms. */
	startedAt: BrokerMs;
	bid: Points;
	ask: Points;
	quoteAt: BrokerMs;
	quoteState: QuoteState;
	quoteWhy: string;
	/** Median spread of the last five minutes, points; null when there is too little: then the symbol's typical spread is taken. */
	medianSpreadPoints: Points | null;
	openPositions: number;
	entriesInFlight: number;
	unknownOrders: number;
	/** True while every position is being closed. */
	flattening: boolean;
};

/** The first reason why no entry may be made now, in order of weight, or null. For decisions, not for every tick. */
export function entryHold(limits: Limits, rules: Rules, at: BrokerMs, view: EntryView): EntryHold | null {
	return (
		stateHold(view) ?? sessionHold(limits, rules, at, view) ?? hoursHold(rules, at, view) ?? quoteHold(rules, at, view) ?? paceHold(limits, rules, at, view)
	);
}

/**
 * The widest spread an entry may pay, points: the multiple of the median, which is never taken below the symbol's typical spread, because
 * a few points around zero would otherwise read as many times the median.
 */
export function spreadLimitPoints(rules: Rules, instrument: Instrument, medianSpreadPoints: Points | null): Points {
	return rules.spreadMedianMultiple * Math.max(medianSpreadPoints ?? 0, instrument.typicalSpreadPoints, instrument.tickSizePoints);
}

function hold(code: HoldCode, message: string, until: BrokerMs | null = null): EntryHold {
	return { control: HOLDS[code].control, code, message, until };
}

function stateHold({ trading, flattening, unknownOrders, entriesInFlight }: EntryView): EntryHold | null {
	if (!mayOpen(trading.state)) {
		const worst = worstHold(trading);
		return { control: worst?.control ?? "C36", code: "STATE", message: `${trading.state}: ${worst?.reason ?? "no reason known"}`, until: worst?.until ?? null };
	}
	if (flattening) return hold("FLATTENING", "positions are being closed");
	if (!(unknownOrders === 0)) return hold("UNKNOWN_OUTCOME", `${unknownOrders} requests without a known outcome`);
	if (!(entriesInFlight === 0)) return hold("IN_FLIGHT", "an entry is on its way to the broker");
	return null;
}

function sessionHold(limits: Limits, rules: Rules, at: BrokerMs, { startedAt }: EntryView): EntryHold | null {
	const { entriesSent } = limits.rates;
	if (!(entriesSent < limits.maxTrades)) return hold("MAX_TRADES", `${entriesSent} of ${limits.maxTrades} entries sent`);
	const minutes = (at - startedAt) / MINUTE_MS;
	if (!(minutes < rules.sessionMinutesMax)) return hold("SESSION_TIME", `${Math.floor(minutes)} of ${rules.sessionMinutesMax} minutes are over`);
	return null;
}

function hoursHold(rules: Rules, at: BrokerMs, { instrument }: EntryView): EntryHold | null {
	if (instrument.tradeMode === "DISABLED" || instrument.tradeMode === "CLOSEONLY") return hold("SYMBOL_CLOSED_FOR_ENTRY", `trade mode ${instrument.tradeMode}`);
	if (!isSessionOpen(instrument, at)) return hold("MARKET_CLOSED", `${instrument.symbol} is outside its trading session`, nextSessionOpenAt(instrument, at));
	const near = rules.noEntryAroundMidnightMinutes;
	const distance = minutesFromMidnight(at);
	if (near > 0 && !(distance >= near)) return hold("AROUND_MIDNIGHT", `less than ${near} minutes from broker midnight`);
	const close = rules.noEntryBeforeWeekendMinutes > 0 ? weekendWithin(instrument, at, rules.noEntryBeforeWeekendMinutes) : null;
	return close === null ? null : hold("BEFORE_WEEKEND", `the week closes in ${Math.ceil((close - at) / MINUTE_MS)} minutes`, close);
}

function quoteHold(rules: Rules, at: BrokerMs, view: EntryView): EntryHold | null {
	if (view.quoteState !== "ok") return hold("DATA", view.quoteWhy);
	const age = at - view.quoteAt;
	if (!(age <= rules.quoteAgeMsMax)) return hold("QUOTE_OLD", `the quote is ${age} ms old, limit ${rules.quoteAgeMsMax} ms`);
	const spread = view.ask - view.bid;
	const widest = spreadLimitPoints(rules, view.instrument, view.medianSpreadPoints);
	if (!(spread <= widest)) return hold("SPREAD_WIDE", `spread ${spread} points, limit ${widest} points`);
	return null;
}

function paceHold(limits: Limits, rules: Rules, at: BrokerMs, { openPositions }: EntryView): EntryHold | null {
	const { cooldownUntil } = limits.closes;
	if (!(at >= cooldownUntil)) return hold("COOLDOWN", `${Math.ceil((cooldownUntil - at) / 1000)} s of cooldown left after the last close`, cooldownUntil);
	if (!(openPositions < rules.openPositionsMax)) return hold("POSITIONS", `${openPositions} of ${rules.openPositionsMax} positions are open`);
	const rate = rateProblem(limits.rates, rules, at);
	return rate === null ? null : hold("RATE", `${rate.code}: got=${rate.got}, max=${rate.max}`, rate.until);
}

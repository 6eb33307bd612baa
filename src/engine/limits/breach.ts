import type { HoldState } from "../trading-state.ts";
import type { BrokerMs } from "../units.ts";

/**
 * Everything that changes the trading state by itself: control, the state it forces, and what it means. Codes are the words of
 * journal, screen and docs/CONTROLS.md.
 */
export const BREACHES = {
	SIZE_DENIALS: { control: "C08", state: "HALTED", line: "Too many refusals for shape or size in the session (sizeDenialsToHalt)" },
	COLLAR_DENIALS: { control: "C10", state: "PAUSED", line: "Too many refusals by the price collar (collarDenialsToPause in collarDenialsWindowMs)" },
	INTENT_TWICE: { control: "C13", state: "HALTED", line: "An intent number was used twice: a bug" },
	RATE_DENIALS: { control: "C16", state: "HALTED", line: "Too many refusals by the message rate (rateDenialsToHalt in rateDenialsWindowMs)" },
	ENTRIES_RUNAWAY: { control: "C17", state: "HALTED", line: "Entries repeat or change side too often (repeatEntriesMax, entriesPerWindowMax, sideFlipsMax)" },
	ENTRIES_USED_UP: { control: "C20", state: "REDUCING", line: "All entries of the session are sent (--max-trades, entriesPerSessionMax)" },
	SESSION_LOSS: { control: "C21", state: "KILLED", line: "Loss of the session beyond sessionLossPct" },
	EQUITY_INVALID: { control: "C21", state: "KILLED", line: "Equity is not a number: losses cannot be judged" },
	DAILY_LOSS: { control: "C22", state: "KILLED", line: "Loss of the broker day beyond dailyLossPct; no reset before the next broker day" },
	DRAWDOWN: { control: "C23", state: "HALTED", line: "Fall from the highest equity beyond drawdownPct" },
	LOSS_SPEED: { control: "C24", state: "KILLED", line: "Equity fell more than lossSpeedPct within lossSpeedWindowMs" },
	PROFIT_SANITY: { control: "C24", state: "PAUSED", line: "Profit too good to be true (profitSanityMultiple, profitSanityFloorPct): review, then resume" },
	LOSING_STREAK: { control: "C26", state: "PAUSED", line: "losingStreakToPause losing closes in a row" },
	LOSING_STREAKS: { control: "C26", state: "HALTED", line: "losingStreaksToHalt such streaks in one broker day" },
	STOP_GUARD: { control: "C27", state: "PAUSED", line: "stopGuardStopsToPause losing stop-outs within stopGuardWindowMinutes" },
	BROKER_REJECTS: { control: "C29", state: "HALTED", line: "The broker refuses too often (rejectsInRowToHalt, rejectsToHalt)" },
	SLIPPAGE: { control: "C29", state: "HALTED", line: "Fills of requests slip too far (slippageSpreadsMax, slippageMeanSpreadsMax)" },
	FEED_SILENT: { control: "C30", state: "HALTED", line: "No quote for staleHaltMs while the market is open" },
	FEED_BAD: { control: "C30", state: "HALTED", line: "badQuotesToHalt impossible quotes in a row" },
	AGENT_FAULTS: { control: "C32", state: "HALTED", line: "agentFaultsToHalt invalid answers of the agent" },
	ORDER_UNKNOWN: { control: "C37", state: "RECONCILING", line: "A request has no known outcome: nothing new until it is resolved" },
} as const satisfies Record<string, { readonly control: string; readonly state: HoldState; readonly line: string }>;

/** Name of a breach. */
export type BreachCode = keyof typeof BREACHES;

/** A limit that was passed: what the session must do about it (a hold of trading-state.ts), with the numbers in `reason`. */
export type Breach = {
	readonly control: string;
	readonly code: BreachCode;
	readonly state: HoldState;
	readonly reason: string;
	/** End of a pause, or the earliest reset of a latch; null = none. */
	readonly until: BrokerMs | null;
};

/** Builds a breach from its table row. */
export function breach(code: BreachCode, reason: string, until: BrokerMs | null = null): Breach {
	const { control, state } = BREACHES[code];
	return { control, code, state, reason, until };
}

import type { Rules } from "../rules.ts";
import type { BrokerMs, Money } from "../units.ts";
import { type Answers, createAnswers } from "./answers.ts";
import type { Breach } from "./breach.ts";
import { breach } from "./breach.ts";
import { type Closes, createCloses } from "./closes.ts";
import { acceptLosses, checkEquity, createLosses, type Losses } from "./losses.ts";
import { createRates, noteClose, noteSent, type Rates, type Sent } from "./rates.ts";

/**
 * Everything the limits of a session remember; plain JSON, updated in place, part of the fingerprint. `losses` is fed by `onEquity`,
 * `rates` by `onSent` and `noteClose`, `closes` by `noteClosedTrade`, `answers` by the functions of answers.ts.
 */
export type Limits = { readonly losses: Losses; readonly rates: Rates; readonly closes: Closes; readonly answers: Answers; readonly maxTrades: number };

/** What an earlier session of the same day, permit or agent hands over. */
export type LimitsBasis = {
	/** `--max-trades`; the rule entriesPerSessionMax holds besides. null = only the rule. */
	readonly maxTrades: number | null;
	readonly dayStart: { readonly day: number; readonly equity: Money } | null;
	readonly peakEquity: Money | null;
	readonly bestProfit: Money | null;
};

const NO_BASIS: LimitsBasis = { maxTrades: null, dayStart: null, peakEquity: null, bestProfit: null };

/** Limits at the start of a session with this equity. */
export function createLimits(rules: Rules, equity: Money, at: BrokerMs, basis: Partial<LimitsBasis> = {}): Limits {
	const { maxTrades, dayStart, peakEquity, bestProfit } = { ...NO_BASIS, ...basis };
	return {
		losses: createLosses(rules, at, { equity, dayStart, peakEquity, bestProfit }),
		rates: createRates(),
		closes: createCloses(),
		answers: createAnswers(),
		maxTrades: Math.min(maxTrades ?? rules.entriesPerSessionMax, rules.entriesPerSessionMax),
	};
}

/** C21 to C24; see `checkEquity`. Call on every quote while a position is open and after every deal: O(1), no allocation. */
export function onEquity(limits: Limits, rules: Rules, at: BrokerMs, equity: Money): Breach | null {
	return checkEquity(limits.losses, rules, at, equity);
}

/** A request left for the broker (C13, C16, C17, C20). Returns REDUCING when it was the last entry of the session. */
export function onSent(limits: Limits, rules: Rules, at: BrokerMs, sent: Sent): Breach | null {
	noteSent(limits.rates, rules, at, sent);
	const { entriesSent } = limits.rates;
	if (sent.purpose !== "open" || entriesSent < limits.maxTrades) return null;
	return breach("ENTRIES_USED_UP", `${entriesSent} of ${limits.maxTrades} entries sent`);
}

/** Whether a latch of this control stands for lost money: C21 to C24. */
export function isLossLatch(control: string): boolean {
	return control === "C21" || control === "C22" || control === "C23" || control === "C24";
}

/**
 * An operator's reset of these latched controls was accepted: what had latched starts anew. Losses are accepted only when a loss had latched
 * (those of session and day stay all the same); after a kill of the operator's own (C33) every count goes on.
 */
export function onReset(limits: Limits, rules: Rules, at: BrokerMs, lifted: readonly string[]): void {
	if (lifted.some(isLossLatch)) acceptLosses(limits.losses, rules, at);
	if (lifted.every((control) => control === "C33")) return;
	Object.assign(limits.answers, createAnswers());
	noteClose(limits.rates);
	limits.rates.entries.length = 0;
	limits.rates.flips.length = 0;
}

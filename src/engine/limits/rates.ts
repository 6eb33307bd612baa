import type { Side } from "../order.ts";
import type { Rules } from "../rules.ts";
import { UNLIMITED } from "../rules-table.ts";
import type { BrokerMs, Lots } from "../units.ts";
import { countSince, type EventWindow, remember } from "./event-window.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** What was sent, for C13, C16, C17 and C20. Plain JSON of bounded size. */
export type Rates = {
	/** Theoretical arrival time of the message rate: one number does the work of a token bucket. */
	nextDueAt: BrokerMs;
	readonly hour: EventWindow;
	day: number;
	sentToday: number;
	readonly entries: EventWindow;
	readonly flips: EventWindow;
	lastSide: Side | null;
	/** Entries a side since the last close. */
	repeatsBuy: number;
	repeatsSell: number;
	/** Entries of the session, whatever became of them. */
	entriesSent: number;
	/** Entries of the last `duplicateWindowMs`. */
	readonly recent: { readonly at: BrokerMs; readonly side: Side; readonly lots: Lots }[];
	/** Intent numbers rise, so the highest one used tells all that are spent (C13). */
	lastIntentId: number;
};

/** What kind of request was sent; entries carry their side and volume. */
export type Sent =
	| { readonly purpose: "open"; readonly intentId: number; readonly side: Side; readonly lots: Lots }
	| { readonly purpose: "modify" | "close" | "cancel"; readonly intentId: number };

/** A rule that says no: the count reached, the most allowed, and when it will say yes again (null: not by waiting). */
export type RateProblem = {
	readonly code: "RATE_BURST" | "RATE_PER_HOUR" | "RATE_PER_DAY" | "REPEATED_ENTRIES" | "ENTRIES_PER_WINDOW" | "SIDE_FLIPS";
	readonly got: number;
	readonly max: number;
	readonly until: BrokerMs | null;
};

/** Nothing sent yet. */
export function createRates(): Rates {
	return {
		nextDueAt: 0,
		hour: [],
		day: -1,
		sentToday: 0,
		entries: [],
		flips: [],
		lastSide: null,
		repeatsBuy: 0,
		repeatsSell: 0,
		entriesSent: 0,
		recent: [],
		lastIntentId: 0,
	};
}

/** Whether one more entry or modification may leave now (C16). Closes and cancels do not ask. */
export function rateProblem(rates: Rates, rules: Rules, at: BrokerMs): RateProblem | null {
	const allowedFrom = rates.nextDueAt - (rules.rateBurst - 1) * rules.rateIntervalMs;
	if (!(at >= allowedFrom)) return { code: "RATE_BURST", got: rules.rateBurst + 1, max: rules.rateBurst, until: allowedFrom };
	const inHour = countSince(rates.hour, at, HOUR_MS);
	if (!(inHour < rules.ratePerHour)) return { code: "RATE_PER_HOUR", got: inHour + 1, max: rules.ratePerHour, until: (rates.hour[0] ?? at) + HOUR_MS };
	const day = Math.floor(at / DAY_MS);
	const today = rates.day === day ? rates.sentToday : 0;
	if (!(today < rules.ratePerDay)) return { code: "RATE_PER_DAY", got: today + 1, max: rules.ratePerDay, until: (day + 1) * DAY_MS };
	return null;
}

/** Whether one more entry on this side would be a runaway (C17): repeated without a close, too many, or flipping sides. */
export function repeatProblem(rates: Rates, rules: Rules, at: BrokerMs, side: Side): RateProblem | null {
	const repeats = (side === "BUY" ? rates.repeatsBuy : rates.repeatsSell) + 1;
	if (!(repeats <= rules.repeatEntriesMax)) return { code: "REPEATED_ENTRIES", got: repeats, max: rules.repeatEntriesMax, until: null };
	const entries = countSince(rates.entries, at, rules.entriesWindowMs) + 1;
	if (!(entries <= rules.entriesPerWindowMax)) return { code: "ENTRIES_PER_WINDOW", got: entries, max: rules.entriesPerWindowMax, until: null };
	const flips = countSince(rates.flips, at, rules.sideFlipsWindowMs) + (isFlip(rates, side) ? 1 : 0);
	if (!(flips <= rules.sideFlipsMax)) return { code: "SIDE_FLIPS", got: flips, max: rules.sideFlipsMax, until: null };
	return null;
}

/** Whether the same side and volume left within the window (C13). */
export function isDuplicate(rates: Rates, rules: Rules, at: BrokerMs, side: Side, lots: Lots): boolean {
	return rates.recent.some((one) => at - one.at < rules.duplicateWindowMs && one.side === side && Math.abs(one.lots - lots) < 1e-9);
}

/** Counts a request that has left, whatever becomes of it. */
export function noteSent(rates: Rates, rules: Rules, at: BrokerMs, sent: Sent): void {
	rates.lastIntentId = Math.max(rates.lastIntentId, sent.intentId);
	// Capped, so that a burst of closes (never blocked) cannot push the next entry out by hours.
	const farthest = at + Math.min(rules.rateBurst, UNLIMITED) * rules.rateIntervalMs;
	rates.nextDueAt = Math.min(Math.max(rates.nextDueAt, at) + rules.rateIntervalMs, farthest);
	remember(rates.hour, at, HOUR_MS, rules.ratePerHour);
	const day = Math.floor(at / DAY_MS);
	rates.sentToday = rates.day === day ? rates.sentToday + 1 : 1;
	rates.day = day;
	if (sent.purpose === "open") noteEntry(rates, rules, at, sent.side, sent.lots);
}

/** A position was closed: entries are no longer "without a close". */
export function noteClose(rates: Rates): void {
	rates.repeatsBuy = 0;
	rates.repeatsSell = 0;
}

function noteEntry(rates: Rates, rules: Rules, at: BrokerMs, side: Side, lots: Lots): void {
	rates.entriesSent++;
	if (side === "BUY") rates.repeatsBuy++;
	else rates.repeatsSell++;
	if (isFlip(rates, side)) remember(rates.flips, at, rules.sideFlipsWindowMs, rules.sideFlipsMax + 1);
	remember(rates.entries, at, rules.entriesWindowMs, rules.entriesPerWindowMax + 1);
	rates.lastSide = side;
	while (rates.recent.length > 0 && !(at - (rates.recent[0]?.at ?? 0) < rules.duplicateWindowMs)) rates.recent.shift();
	rates.recent.push({ at, side, lots });
	if (rates.recent.length > 100) rates.recent.shift();
}

function isFlip(rates: Rates, side: Side): boolean {
	return rates.lastSide !== null && rates.lastSide !== side;
}

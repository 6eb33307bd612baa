import type { Venue } from "./config.ts";
import type { LinkState } from "./order.ts";
import type { Money } from "./units.ts";

/** What a demo or live session and its broker came to, for the summary: the broker's figures beside the journal's. Plain JSON. */
export type BrokerReport = {
	readonly venue: Venue;
	readonly server: string;
	readonly company: string;
	/** The last four digits of the login. */
	readonly loginTail: string;
	/** SHA-256 over login and server: which account, for the sessions that follow on it. */
	readonly accountHash: string;
	readonly tradeMode: "demo" | "real";
	readonly brokerSymbol: string;
	/** What is missing for evidence, in sentences; null = the session is no rehearsal. */
	readonly rehearsal: readonly string[] | null;
	readonly probation: number | null;
	/** The broker's deals: caused by an order of ours, by the server (stop, target, stop-out) on a position of ours, and those that match nothing. */
	readonly deals: { readonly total: number; readonly ofIntents: number; readonly ofServer: number; readonly unmatched: number };
	/** Orders to buy or sell that left, and what became of them. `filled + notFilled + unknown` = `sent`. */
	readonly intents: { readonly sent: number; readonly filled: number; readonly notFilled: number; readonly unknown: number };
	/** Balances as the broker reported them and their change, against the sum of the deals in the journal; null = never reported. `difference` 0 = they agree. */
	readonly balance: {
		readonly start: Money;
		readonly end: Money | null;
		readonly change: Money | null;
		readonly ofDeals: Money;
		readonly difference: Money | null;
	};
	/** Requests whose outcome nobody knows, a line each: NOT CONFIRMED. */
	readonly notConfirmed: readonly string[];
	readonly linkLosses: number;
	readonly linkAtEnd: LinkState;
	/** Positions that were there before and were taken over. */
	readonly adopted: number;
	/** What later sessions on the account start their loss limits from (controls C22 to C24). */
	readonly losses: LossHistory;
};

/** Equity that the loss limits of a day and of a permit are measured from. */
export type LossHistory = {
	/** The broker day (days since 1970) of the session's last moment and the equity that it began with. */
	readonly dayStart: { readonly day: number; readonly equity: Money } | null;
	readonly peakEquity: Money | null;
	/** Profit of the best session so far; null = none is known. */
	readonly bestProfit: Money | null;
};

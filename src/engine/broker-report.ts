import type { BrokerTerms, SessionConfig } from "./config.ts";
import type { Engine } from "./engine.ts";
import type { LinkState } from "./order.ts";
import { type Money, roundMoney } from "./units.ts";
import { planText, unknownPlans } from "./unknown.ts";

/** What a demo or live session and its broker came to, for the summary: the broker's figures beside the journal's. Plain JSON. */
export type BrokerReport = Pick<
	BrokerTerms,
	"venue" | "server" | "company" | "loginTail" | "accountHash" | "tradeMode" | "brokerSymbol" | "rehearsal" | "probation"
> & {
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

/** The report of a session on a real broker's account; null for the simulator. */
export function brokerReport(engine: Engine): BrokerReport | null {
	const { broker, config } = engine;
	const terms = config.broker;
	if (broker === null || terms === undefined) return null;
	const { venue, server, company, loginTail, accountHash, tradeMode, brokerSymbol, rehearsal, probation } = terms;
	const digits = config.account.currencyDigits;
	const start = config.account.startBalance;
	const end = broker.reportedBalance;
	const change = end === null ? null : roundMoney(end - start, digits);
	const { sent, filled, notFilled } = broker.intents;
	return {
		venue,
		server,
		company,
		loginTail,
		accountHash,
		tradeMode,
		brokerSymbol,
		rehearsal,
		probation,
		deals: { ...broker.deals },
		intents: { sent, filled, notFilled, unknown: sent - filled - notFilled },
		balance: { start, end, change, ofDeals: broker.ofDeals, difference: change === null ? null : roundMoney(change - broker.ofDeals, digits) },
		notConfirmed: unknownPlans(engine).map(planText),
		linkLosses: broker.linkLosses,
		linkAtEnd: broker.link.state,
		adopted: broker.adopted,
		losses: historyOf(engine),
	};
}

/** What the next session on the account starts its loss limits from. Before trading began nothing was added to what this one started from. */
function historyOf(engine: Engine): LossHistory {
	const earlier = engine.config.broker?.earlier ?? NO_HISTORY;
	if (engine.tradingFrom === null) return earlier;
	const { day, dayStartEquity, peakEquity, startEquity } = engine.limits.losses;
	const profit = engine.account.equity - startEquity;
	return {
		dayStart: { day, equity: dayStartEquity },
		peakEquity: Math.max(peakEquity, earlier.peakEquity ?? peakEquity),
		// A loss is no measure of what is too good to be true, and what was steered or taken over says nothing of the agent.
		bestProfit: profit > 0 && engine.steeredBy.length === 0 ? Math.max(profit, earlier.bestProfit ?? profit) : earlier.bestProfit,
	};
}

/** Of an account on which no session has traded. */
const NO_HISTORY: LossHistory = { dayStart: null, peakEquity: null, bestProfit: null };

/**
 * Where the loss limits of the next session on an account start, after its last one: as that session's report says, and when it left none (it was
 * ended by force) as it started itself, with its starting balance as what the day `startedDay` (days since 1970, broker time) and the peak began
 * with: a crash must not make the day's losses forgotten (controls C22, C23). Money that was paid in or out between sessions is not told apart
 * from a result: what is missing counts as lost.
 */
export function lossHistoryAfter(config: SessionConfig, startedDay: number, report: LossHistory | null): LossHistory {
	if (report !== null) return report;
	const { dayStart, peakEquity, bestProfit } = config.broker?.earlier ?? NO_HISTORY;
	const { startBalance } = config.account;
	return {
		dayStart: dayStart?.day === startedDay ? dayStart : { day: startedDay, equity: startBalance },
		peakEquity: Math.max(peakEquity ?? startBalance, startBalance),
		bestProfit,
	};
}

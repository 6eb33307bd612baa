import { magicOf } from "./agents/magic.ts";
import { buildOf } from "./agents/registry.ts";
import type { SessionConfig } from "./config.ts";
import type { Engine, Plan } from "./engine.ts";
import type { LinkState } from "./order.ts";
import { createTwin, type TwinState } from "./twin/state.ts";
import type { BrokerMs, Money } from "./units.ts";

/** Deals and written-off requests that are remembered; a demo or live session has a few dozen. */
const TICKETS_MAX = 2000;
const WRITTEN_OFF_MAX = 500;

/**
 * What the engine remembers of a real broker besides positions, orders and balance: the way to it, and how its deals and our orders match.
 * Plain JSON, part of the fingerprint. Sessions on the simulator have none.
 */
export type BrokerSide = {
	/** MT5 magic of everything this session sends. */
	readonly magic: number;
	link: { state: LinkState; since: BrokerMs; detail: string };
	/** How often the link went from up to anything else. */
	linkLosses: number;
	/** The latest time that the broker has told: what is far older is history of the warm-up. */
	heardAt: BrokerMs;
	/** The last reported balance; null = none yet. */
	reportedBalance: Money | null;
	/** Profit, swap and commission of every deal booked. */
	ofDeals: Money;
	readonly deals: { total: number; ofIntents: number; ofServer: number; unmatched: number };
	/** Orders to buy or sell that left, and those of a known outcome. */
	readonly intents: { sent: number; filled: number; notFilled: number };
	/** Tickets of the deals booked: the same one twice is never booked twice (control C39). */
	readonly tickets: number[];
	/** Requests that were refused or proven not executed: a fill of one comes too late (control C40). */
	readonly writtenOff: Plan[];
	adopted: number;
	/** With `--shadow` only. */
	readonly twin: TwinState | null;
};

/** The broker's side of a session before its first event: not reconciled, so no risk yet. Null when the broker is simulated. */
export function createBrokerSide(config: SessionConfig): BrokerSide | null {
	const { broker, agent } = config;
	if (broker === undefined) return null;
	return {
		magic: magicOf(buildOf(agent)),
		link: { state: "reconciling", since: 0, detail: NOT_YET },
		linkLosses: 0,
		heardAt: 0,
		reportedBalance: null,
		ofDeals: 0,
		deals: { total: 0, ofIntents: 0, ofServer: 0, unmatched: 0 },
		intents: { sent: 0, filled: 0, notFilled: 0 },
		tickets: [],
		writtenOff: [],
		adopted: 0,
		twin: broker.paperTwin ? createTwin() : null,
	};
}

/** Why a session that has just begun may not enter yet. */
export const NOT_YET = "the broker's view and ours have not been compared yet";

/** True while there is a real broker and the way to it is not up: nothing can be said to it, and what is known of it may be old. */
export function isCutOff(engine: Engine): boolean {
	return engine.broker !== null && engine.broker.link.state !== "up";
}

/** How much older than the broker's last word a quote of the warm-up must be to be history. */
const HISTORY_MS = 10_000;

/**
 * True while the quote at hand is one of the warm-up's history, minutes or days old, or there is none at all, or the broker's time is not known yet: a real
 * account is not valued with it, and no order is priced by it.
 */
export function isHistory({ broker, tradingFrom, quoteAt, bid }: Engine): boolean {
	if (broker === null || tradingFrom !== null) return false;
	return !(bid > 0) || broker.heardAt === 0 || quoteAt < broker.heardAt - HISTORY_MS;
}

/** Remembers the ticket of a deal; false when it was booked before. */
export function isNewDeal(side: BrokerSide, ticket: number): boolean {
	if (side.tickets.includes(ticket)) return false;
	side.tickets.push(ticket);
	if (side.tickets.length > TICKETS_MAX) side.tickets.shift();
	return true;
}

/** Remembers a request of which it is taken as proven that nothing (more) will be executed. */
export function writeOff(engine: Engine, plan: Plan): void {
	const { broker } = engine;
	if (broker === null) return;
	broker.writtenOff.push(plan);
	if (broker.writtenOff.length > WRITTEN_OFF_MAX) broker.writtenOff.shift();
}

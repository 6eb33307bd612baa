import type { Rules } from "../rules.ts";
import type { BrokerMs, Points } from "../units.ts";
import { type Breach, breach } from "./breach.ts";

/**
 * Whether quotes can be believed (control C30). `none`: no quote yet; `ok`: fresh and plausible; `stale`: silent while the market is
 * open; `bad`: crossed, zero or not a number; `jump`: a leap that later quotes have not confirmed. Entries need `ok`.
 */
export type QuoteState = "none" | "ok" | "stale" | "bad" | "jump";

/** What the data checks remember. Plain JSON. Times are 0 before the first: null would make every store of a time allocate. */
export type DataHealth = {
	state: QuoteState;
	/** Why the state is not `ok`; empty when it is. */
	why: string;
	/** Last believed quote. */
	bid: Points;
	quoteAt: BrokerMs;
	/** Last row without a quote. A clock that itself was silent tells a closed market, not a dead feed. */
	clockAt: BrokerMs;
	/** Impossible quotes in a row. */
	bad: number;
	/** Quotes seen near the new price, or after a silence. */
	confirmed: number;
	/** The price a jump leads to. */
	jumpBid: Points;
	haltFired: boolean;
	/** How much wider than a second's the jump limit is: the root of the feed's cadence in seconds, at least 1. */
	readonly jumpScale: number;
};

const CONFIRM_AFTER_SILENCE = 2;
/** No price of any symbol has this many points; keeps infinities out at the cost of one comparison. */
const PRICE_END = 1e12;

/**
 * Before the first quote. `cadenceMs` is the expected time between quotes: prices move with the root of time, so a feed made of bars
 * (four ticks in fifteen minutes) may step further than a live one before it counts as a jump.
 */
export function createDataHealth(cadenceMs = 1000): DataHealth {
	const jumpScale = Number.isFinite(cadenceMs) ? Math.sqrt(Math.max(1, cadenceMs / 1000)) : 1;
	return { state: "none", why: "no quote yet", bid: 0, quoteAt: 0, clockAt: 0, bad: 0, confirmed: 0, jumpBid: 0, haltFired: false, jumpScale };
}

/** A quote arrived. Returns the halt it causes, or null; on a healthy feed a few comparisons and no allocation. */
export function onQuote(health: DataHealth, rules: Rules, at: BrokerMs, bid: Points, ask: Points): Breach | null {
	if (health.state === "ok" && bid > 0 && ask >= bid && ask < PRICE_END && Math.abs(bid - health.bid) <= jumpLimit(health, rules)) {
		health.bid = bid;
		health.quoteAt = at;
		return null;
	}
	return judgeQuote(health, rules, at, bid, ask);
}

/**
 * The clock moved without a quote while the market is open. Silence counts only while clock rows keep coming: a pause in the clock itself, longer than
 * `staleNoEntryMs`, means that the market was closed in between, and the count starts anew.
 */
export function onSilence(health: DataHealth, rules: Rules, at: BrokerMs): Breach | null {
	const { clockAt, quoteAt } = health;
	health.clockAt = at;
	if (quoteAt === 0) return null;
	if (!(at - Math.max(clockAt, quoteAt) <= rules.staleNoEntryMs)) {
		health.quoteAt = at;
		return null;
	}
	const silent = at - quoteAt;
	if (silent <= rules.staleNoEntryMs) return null;
	if (!health.haltFired && silent > rules.staleHaltMs) {
		health.haltFired = true;
		return change(
			health,
			"stale",
			`no quote for ${seconds(silent)}`,
			breach("FEED_SILENT", `no quote for ${seconds(silent)}, limit ${seconds(rules.staleHaltMs)}`),
		);
	}
	return health.state === "stale" ? null : change(health, "stale", `no quote for ${seconds(silent)}`, null);
}

/** After an operator's reset the halts of C30 may fire again. */
export function rearmData(health: DataHealth): void {
	health.haltFired = false;
	health.bad = 0;
}

function judgeQuote(health: DataHealth, rules: Rules, at: BrokerMs, bid: Points, ask: Points): Breach | null {
	health.clockAt = at;
	if (!(bid > 0 && ask >= bid && ask < PRICE_END)) return judgeBad(health, rules, bid, ask);
	health.quoteAt = at;
	health.bad = 0;
	const known = health.state !== "none" && health.bid > 0;
	if (known && health.state !== "jump" && !(Math.abs(bid - health.bid) <= jumpLimit(health, rules))) return leap(health, bid);
	if (health.state === "jump") {
		// Back at the old price: the leap was one bad tick. Near the new price: one step of confirmation. Elsewhere: a new leap.
		if (Math.abs(bid - health.bid) <= jumpLimit(health, rules)) return believe(health, bid);
		if (!(Math.abs(bid - health.jumpBid) <= jumpLimit(health, rules))) return leap(health, bid);
		health.confirmed++;
		return health.confirmed >= rules.jumpConfirmTicks ? believe(health, bid) : null;
	}
	if (health.state === "stale") {
		health.bid = bid;
		health.confirmed++;
		return health.confirmed >= CONFIRM_AFTER_SILENCE ? believe(health, bid) : null;
	}
	return believe(health, bid);
}

function judgeBad(health: DataHealth, rules: Rules, bid: Points, ask: Points): Breach | null {
	health.bad++;
	const why = `impossible quote: bid ${bid}, ask ${ask} points`;
	if (health.bad >= rules.badQuotesToHalt && !health.haltFired) {
		health.haltFired = true;
		return change(health, "bad", why, breach("FEED_BAD", `${health.bad} impossible quotes in a row, the last bid ${bid}, ask ${ask} points`));
	}
	return health.state === "bad" ? null : change(health, "bad", why, null);
}

function leap(health: DataHealth, bid: Points): Breach | null {
	health.jumpBid = bid;
	const pct = (Math.abs(bid - health.bid) / health.bid) * 100;
	return change(health, "jump", `price jumped ${pct.toFixed(2)} % in one quote`, null);
}

function believe(health: DataHealth, bid: Points): Breach | null {
	health.bid = bid;
	health.haltFired = false;
	return change(health, "ok", "", null);
}

function change(health: DataHealth, to: QuoteState, why: string, caused: Breach | null): Breach | null {
	health.state = to;
	health.why = why;
	health.confirmed = 0;
	return caused;
}

function jumpLimit(health: DataHealth, rules: Rules): Points {
	return health.bid * rules.jumpPct * health.jumpScale * 0.01;
}

function seconds(ms: number): string {
	return `${Math.round(ms / 1000)} s`;
}

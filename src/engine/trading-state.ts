import type { BrokerMs } from "./units.ts";

/** What the session may do (controls.md 4). One variable, owned by this file; everything else asks or adds a hold. */
export type TradingState = keyof typeof STATES;
/** What a hold can force the session into. */
export type HoldState = Exclude<TradingState, "ACTIVE">;

/**
 * The states with their severity and what they permit. Cancels and closes pass in all of them. RECONCILING stands beside the
 * scale: it blocks new orders at any time and is shown unless something latched is worse.
 */
export const STATES = {
	ACTIVE: { severity: 0, open: true, latched: false, line: "New positions allowed" },
	PAUSED: { severity: 1, open: false, latched: false, line: "No new risk; ends by itself or by the operator" },
	REDUCING: { severity: 2, open: false, latched: false, line: "Only orders that shrink a position" },
	RECONCILING: { severity: 2.5, open: false, latched: false, line: "No new orders until the broker's view and ours agree" },
	HALTED: { severity: 3, open: false, latched: true, line: "Latched; closing by hand allowed, a typed reset releases" },
	KILLED: { severity: 4, open: false, latched: true, line: "Latched; pending orders cancelled, a typed reset releases" },
} as const;

/** One reason not to be ACTIVE. Of each control and state at most one is kept. */
export type Hold = {
	readonly control: string;
	readonly state: HoldState;
	reason: string;
	readonly since: BrokerMs;
	/** PAUSED: when it runs out. HALTED, KILLED: before this no reset is accepted (C22: the next broker day). null = no such time. */
	until: BrokerMs | null;
	readonly latched: boolean;
};

/** The state and the holds it follows from; plain JSON, survives restarts (control C36). */
export type Trading = {
	state: TradingState;
	readonly holds: Hold[];
	/** Earliest `until` of a pause, so that a tick needs one comparison. */
	nextExpiry: BrokerMs | null;
	/** Broker day of the last operator reset and how many it has seen. */
	resetDay: number;
	resets: number;
};

/** A change of the state, for the journal: never without its cause. */
export type StateChange = { readonly from: TradingState; readonly to: TradingState; readonly control: string; readonly reason: string; readonly at: BrokerMs };

/** What asks for a hold. `until` null = no end of its own. */
export type HoldRequest = { readonly control: string; readonly state: HoldState; readonly reason: string; readonly until: BrokerMs | null };

/** The control id of the health breaker, the only automatic hold besides a pause that releases itself. */
export const BREAKER_CONTROL = "C25";
/** The control id of the operator's own pause and of the pause that follows a reset. */
export const OPERATOR_CONTROL = "C36";

const DAY_MS = 86_400_000;

/** ACTIVE, without holds. */
export function createTrading(): Trading {
	return { state: "ACTIVE", holds: [], nextExpiry: null, resetDay: -1, resets: 0 };
}

/** Whether new exposure may be taken. */
export function mayOpen(state: TradingState): boolean {
	return STATES[state].open === true;
}

/** Whether cancels and closes may leave: in every known state, so only an impossible state says no. */
export function mayReduce(state: TradingState): boolean {
	return Object.hasOwn(STATES, state);
}

/** The hold that decides the shown state, or null when ACTIVE: what the screen and the agent are told. */
export function worstHold(trading: Trading): Hold | null {
	return trading.holds.find((hold) => hold.state === trading.state) ?? null;
}

/**
 * Adds a hold. The same control and state again only ever lengthens it: a later `until` replaces an earlier one, and null (no
 * end) replaces any. Returns the change of state, or null when the state was already at least as strict.
 */
export function hold(trading: Trading, at: BrokerMs, request: HoldRequest): StateChange | null {
	const { control, state, reason } = request;
	// An end that is not a number would never be reached or always be past; without one the hold stays: closed.
	const until = request.until !== null && Number.isFinite(request.until) && state !== "REDUCING" && state !== "RECONCILING" ? request.until : null;
	const known = trading.holds.find((other) => other.control === control && other.state === state);
	if (known === undefined) trading.holds.push({ control, state, reason, since: at, until, latched: STATES[state].latched });
	else if (known.until !== null && (until === null || until > known.until)) {
		known.until = until;
		known.reason = reason;
	}
	return settle(trading, at, control, reason);
}

/**
 * The two automatic releases: the breaker's own hold when it re-arms (C25), and RECONCILING when broker and engine agree. Any
 * other control's holds, and whatever is latched, stay.
 */
export function release(trading: Trading, at: BrokerMs, control: string, reason: string): StateChange | null {
	drop(trading, (other) => other.control === control && !other.latched && (control === BREAKER_CONTROL || other.state === "RECONCILING"));
	return settle(trading, at, control, reason);
}

/** Ends pauses that have run out. Call on every event: without a due pause it is one comparison. */
export function expire(trading: Trading, at: BrokerMs): StateChange | null {
	if (trading.nextExpiry === null || !(at >= trading.nextExpiry)) return null;
	const due = (other: Hold): boolean => other.state === "PAUSED" && other.until !== null && at >= other.until;
	const control = trading.holds.find(due)?.control ?? OPERATOR_CONTROL;
	drop(trading, due);
	return settle(trading, at, control, "the pause ran out");
}

/** The operator resumes: every pause ends, whoever asked for it. Nothing stricter is touched. */
export function resume(trading: Trading, at: BrokerMs): StateChange | null {
	drop(trading, (other) => other.state === "PAUSED");
	return settle(trading, at, OPERATOR_CONTROL, "resumed by the operator");
}

/**
 * The operator lifts HALTED or KILLED with a typed reason (C36). It never restarts trading by itself: the session is PAUSED
 * afterwards until `resume`. Returns the change, or why the reset is refused: no reason, nothing latched, a loss latch whose day is
 * not over, or too many resets today.
 */
export function reset(trading: Trading, at: BrokerMs, reason: string, resetsPerDayMax: number): StateChange | string {
	const typed = reason.trim();
	if (typed.length < 3) return "a reset needs a typed reason of at least three characters";
	const latched = trading.holds.filter((other) => other.latched);
	if (latched.length === 0) return "nothing is latched: there is nothing to reset";
	const early = latched.find((other) => other.until !== null && !(at >= other.until));
	if (early !== undefined) return `${early.control} cannot be reset before the next broker day: ${early.reason}`;
	const day = Math.floor(at / DAY_MS);
	const today = trading.resetDay === day ? trading.resets : 0;
	if (!(today < resetsPerDayMax)) return `only ${resetsPerDayMax} resets a broker day are allowed`;
	trading.resetDay = day;
	trading.resets = today + 1;
	drop(trading, (other) => other.latched);
	const change = hold(trading, at, { control: OPERATOR_CONTROL, state: "PAUSED", reason: `reset: ${typed}`, until: null });
	return change ?? `the state stays ${trading.state}`;
}

function drop(trading: Trading, gone: (hold: Hold) => boolean): void {
	for (let index = trading.holds.length - 1; index >= 0; index--) {
		const candidate = trading.holds[index];
		if (candidate !== undefined && gone(candidate)) trading.holds.splice(index, 1);
	}
}

/** Derives the state and the next expiry from the holds: the only place that writes either. */
function settle(trading: Trading, at: BrokerMs, control: string, reason: string): StateChange | null {
	const from = trading.state;
	let to: TradingState = "ACTIVE";
	let nextExpiry: BrokerMs | null = null;
	for (const { state, until } of trading.holds) {
		if (STATES[state].severity > STATES[to].severity) to = state;
		if (state === "PAUSED" && until !== null && (nextExpiry === null || until < nextExpiry)) nextExpiry = until;
	}
	trading.state = to;
	trading.nextExpiry = nextExpiry;
	return from === to ? null : { from, to, control, reason, at };
}

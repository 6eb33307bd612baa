import type { RunningAgent } from "../engine/agents/agent.ts";
import type { AgentAnswer, Question, Sight } from "../engine/agents/outside.ts";
import type { Venue } from "../engine/config.ts";
import type { TickBatch } from "../engine/market/tick.ts";
import type { BrokerEvent, OrderRequest } from "../engine/order.ts";
import type { BrokerMs, Points } from "../engine/units.ts";

/**
 * What made the ticks, precisely enough to make them again: replay regenerates the ticks from it and refuses when it cannot.
 * Plain JSON, written into the journal's first line.
 */
export type FeedIdentity =
	| {
			readonly kind: "synthetic";
			readonly generator: string;
			readonly symbol: string;
			readonly scenario: string;
			readonly seed: number;
			readonly startAt: BrokerMs;
			/** The scenario's time zero: the end of the warm-up. */
			readonly sessionStartAt: BrokerMs;
	  }
	| {
			readonly kind: "csv";
			readonly reader: string;
			/** Absolute path; the hash, not the path, identifies the data. */
			readonly file: string;
			readonly sha256: string;
			readonly content: "bars" | "ticks";
			readonly ticks: "every" | "ohlc" | "open";
			readonly timeframeMinutes: number;
			readonly from: BrokerMs | null;
			readonly to: BrokerMs | null;
			readonly skipBadRows: boolean;
	  }
	/** Live quotes: they cannot be made again, so the session writes every row into its journal (`rows`) and a replay reads them from there. */
	| {
			readonly kind: "bridge";
			readonly protocol: number;
			readonly venue: Venue;
			readonly server: string;
			readonly symbol: string;
			/** The symbol as the broker calls it. */
			readonly brokerSymbol: string;
	  };

/** How a feed behaves, which decides how the simulator fills and how staleness is judged. */
export type FeedTraits = {
	/** `requested`: SL, TP and pendings fill exactly at their price (rulebook A4.1: OHLC and open-price modes); `market`: at the tick that crossed. */
	readonly triggerFill: "requested" | "market";
	/** True when the feed has a row at least every market second, so that silence can be seen. */
	readonly hasClock: boolean;
	/** Expected time between rows, ms (1000 with a clock; a bar's length over its ticks otherwise). */
	readonly cadenceMs: number;
};

/** A feed that broke while it was read: what, where, and what to do. */
export type FeedFailure = { readonly message: string };

/** What a recorded feed had to skip or note; all zero for generated ones. */
export type FeedReport = {
	readonly rows: number;
	readonly badRows: number;
	readonly duplicates: number;
	readonly outOfOrder: number;
	readonly spreadsFilled: number;
	readonly gaps: number;
	readonly longestGapMs: number;
};

/** Where quotes come from. Synchronous and never throwing: a failure in the middle is reported once through `failure()`. */
export type MarketData = {
	readonly identity: FeedIdentity;
	readonly traits: FeedTraits;
	/**
	 * The next rows, or null at the end or after a failure. No rows (count 0): nothing has come yet; ask again after `wait`. The batch is
	 * reused by the following call.
	 */
	next(): TickBatch | null;
	/**
	 * Resolves as soon as there may be rows, or something else to look at (an answer of the broker behind the same link), and at the latest after
	 * `ms` of wall time. Only called after a batch without rows, which recorded and generated feeds never give.
	 */
	wait(ms: number): Promise<void>;
	failure(): FeedFailure | null;
	report(): FeedReport;
	close(): void;
};

/**
 * Where orders go. `submit` never throws and returns at once; what became of the request arrives as events in `events`, which
 * the session drains after every call. `onTick` moves a simulated broker; a real one ignores it.
 */
export type Broker = {
	readonly events: BrokerEvent[];
	submit(request: OrderRequest, at: BrokerMs): void;
	/** One row of a TickBatch (kinds as in market/tick.ts), in order. Requests due earlier execute first, on the quote before. */
	onTick(at: BrokerMs, bid: Points, ask: Points, kind: number): void;
	/**
	 * The recorded market is over: a simulated broker closes every position at the last quote, whatever the hour, as the MT5 tester does at
	 * the end of a test (rulebook A4.6), and the deals arrive in `events`. A real broker ignores it.
	 */
	endData(at: BrokerMs): void;
	/**
	 * The session has been killed and that is in the journal: nothing that is still on its way may execute any more. A real broker's bridge latches,
	 * drops the fence and cancels waiting orders (controls C33 to C35); a simulated one, which is asked to cancel by orders, does nothing.
	 */
	kill(reason: string): void;
	/** The operator has lifted the latch with a typed reason (control C36): the bridge's latch goes too. */
	release(reason: string): void;
	/** Time until which the broker has nothing to do without a new tick: the earliest due request, or Infinity. */
	nextDueAt(): BrokerMs;
	close(): void;
};

/** Who decides. */
export type Agent = InsideAgent | OutsideAgent;

/** Decides inside the engine's step: pure, so that a replay makes its decisions again. */
export type InsideAgent = { readonly kind: "inside"; readonly running: RunningAgent; close(): void };

/**
 * Decides elsewhere: another program or runtime. Never throws and never rejects; every wait has a deadline. What it answers is an input, which the
 * journal keeps and a replay reads from there.
 */
export type OutsideAgent = {
	readonly kind: "outside";
	/** A closed bar on which nothing is asked (the warm-up); no answer comes. */
	tell(sight: Sight): void;
	/** Resolves with the answer, at the latest after the agent's time for one (250 ms, control C32) with `late`; an answer that comes later is dropped. */
	ask(question: Question): Promise<AgentAnswer>;
	/** Ends whatever runs for it; nothing of it is alive when this resolves. */
	close(): Promise<void>;
};

/** The only source of wall time. */
export type Clock = { nowMs(): number };

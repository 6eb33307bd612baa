import type { AgentNotes } from "./agent-notes.ts";
import type { Intent, RunningAgent } from "./agents/agent.ts";
import type { Outside } from "./agents/outside.ts";
import { type BrokerSide, createBrokerSide, NOT_YET } from "./broker-side.ts";
import type { SessionConfig } from "./config.ts";
import { type Curve, createCurve, withoutPrices } from "./curve.ts";
import type { Command } from "./event.ts";
import { type Breaker, createBreaker } from "./health/breaker.ts";
import { createChs } from "./health/chs.ts";
import type { Chs, ChsCarry } from "./health/state.ts";
import { createDataHealth, type DataHealth } from "./limits/data-health.ts";
import { createLimits, type Limits } from "./limits/limits.ts";
import { type BarBuilder, createBarBuilder } from "./market/bars.ts";
import { createFeatures, type Features } from "./market/features.ts";
import { createSpreadWindow, type SpreadWindow } from "./market/spread-window.ts";
import { createMoneyTerms, type MoneyTerms } from "./money.ts";
import type { BrokerEvent, OrderRequest, PendingOrder, Position } from "./order.ts";
import type { Outbox } from "./outbox.ts";
import { createPaperBook, type PaperBook } from "./paper/book.ts";
import { createEvidence, type Evidence } from "./stages/evidence.ts";
import type { EndReason } from "./summary-type.ts";
import { createTally, type Tally } from "./tally.ts";
import type { Trade } from "./trade.ts";
import { createTrading, hold, type Trading } from "./trading-state.ts";
import type { BrokerMs, Lots, Money, Points } from "./units.ts";

/** `warmup`: bars fill the features; `trading`; `ending`: positions are being dealt with; the end itself is `Engine.end`. */
export type Phase = "warmup" | "trading" | "ending";

/** Why a session is ending or has ended. */
export type End = { readonly reason: EndReason; readonly detail: string };

/** An orderly end on its way: why, whether positions are closed or kept, and since when. */
export type Stopping = End & { readonly flatten: boolean; readonly since: BrokerMs; readonly sinceTick: number };

/** What was planned when an order left: needed again when it is answered and when its trade is born. */
export type Plan = {
	readonly intentId: number;
	/** 1 R in account currency at that moment. */
	readonly riskMoney: Money;
	readonly reason: string;
	readonly entry: boolean;
	readonly request: OrderRequest;
	readonly sentAt: BrokerMs;
	/** Set once the broker has answered; a plan without an answer is in flight. */
	answered: boolean;
	/** The answer was lost: counts as filled in every limit until reconciled (control C37). */
	unknown: boolean;
	/** Since when it is unknown. */
	unknownSince?: BrokerMs;
	/** What the deals told so far have executed, their lots times price, and the time of the last: at a real broker, or while unknown. */
	filled?: { readonly lots: Lots; readonly lotsPrice: number; readonly at: BrokerMs };
	/** Lots that the answer of a real broker said were executed: so much must still come as deals. */
	doneLots?: Lots;
};

/** The account as the engine sees it: balance and margin from the broker's reports, floating result marked by itself. */
export type AccountView = { balance: Money; credit: Money; margin: Money; equity: Money; marginCall: boolean };

/**
 * The whole session: configuration, the effects waiting to be performed, and the state. Everything below `at` is plain JSON and
 * part of the fingerprint; it is updated in place by `step` and `stepRow` and by nothing else.
 */
export type Engine = {
	readonly config: SessionConfig;
	readonly terms: MoneyTerms;
	/** Null when the agent decides outside: then `outside` knows what it was asked. */
	readonly agent: RunningAgent | null;
	readonly out: Outbox;
	/** Reused for the events of the shadow book. */
	readonly scratch: BrokerEvent[];
	at: BrokerMs;
	/** Rows of the feed processed. */
	tick: number;
	quotes: number;
	firstAt: BrokerMs | null;
	bid: Points;
	ask: Points;
	quoteAt: BrokerMs;
	phase: Phase;
	/** Set when the session must end; `end` follows once positions are dealt with. */
	stopping: Stopping | null;
	end: End | null;
	/** A guard asks for the end; step.ts acts on it once the event is dealt with. The first wish stays. */
	endWish: (End & { readonly flatten: boolean }) | null;
	/** A guard asks for waiting orders to be cancelled, and why; step.ts does it once the event is dealt with. Never set between events. */
	cancelWish: string | null;
	/** Set while every position is being closed (flatten.ts), or only those that have no stop at the broker. */
	flattening: Flattening | null;
	tradingFrom: BrokerMs | null;
	endsAt: BrokerMs | null;
	readonly bars: BarBuilder;
	readonly spreads: SpreadWindow;
	readonly features: Features;
	readonly chs: Chs;
	readonly breaker: Breaker;
	readonly trading: Trading;
	readonly limits: Limits;
	readonly dataHealth: DataHealth;
	readonly account: AccountView;
	readonly positions: Position[];
	readonly orders: PendingOrder[];
	readonly trades: Trade[];
	readonly plans: Plan[];
	/** The lowest score since the breaker opened, null while it is closed. For the screen only: not in the fingerprint. */
	lowestSinceTrip: number | null;
	/** Paper broker for shadow trades while the breaker is open; never touches the account. */
	readonly shadow: PaperBook;
	shadowActive: boolean;
	/** Shadow orders whose trade has not begun. */
	readonly shadowPlans: { readonly intentId: number; readonly riskMoney: Money; readonly reason: string; readonly request: OrderRequest }[];
	/** An entry that waits for the closing of the opposite position to be confirmed. */
	deferred: { readonly intent: Extract<Intent, { kind: "open" }>; readonly at: BrokerMs } | null;
	nextIntent: number;
	nextTrade: number;
	/** Bars on which the agent held, since the last decision that is in the journal. */
	heldBars: number;
	readonly score: { word: string; min: number; sum: number; count: number };
	readonly peak: { equity: Money; drawdownPct: number };
	/** Market time spent with the breaker open, and since when it is open now. */
	readonly halted: { ms: number; since: BrokerMs | null };
	readonly tally: Tally;
	readonly curve: Curve;
	readonly evidence: Evidence;
	/**
	 * Commands by which the operator has changed what the agent alone would have done, and `adopted` when the session took over a position from
	 * before; each once. They are in the journal: not in the fingerprint.
	 */
	readonly steeredBy: (Command["command"] | "adopted")[];
	readonly breakerEvents: { at: BrokerMs; what: string; cause: string; chs: number }[];
	/** Null when the broker is simulated. */
	readonly broker: BrokerSide | null;
	/** Null when the agent is part of the engine. */
	readonly outside: Outside | null;
	/** What the agent has told besides its decisions; null until it tells something. */
	notes: AgentNotes | null;
};

/** Positions are being closed: why, and when it is tried again. */
export type Flattening = { readonly reason: string; readonly retryAt: BrokerMs; readonly only?: "unstopped" };

/** Tickets of shadow orders and positions start here, far from any a paper session reaches. */
export const SHADOW_TICKETS = 1_000_000_000;

/** What the engine must know of its feed (adapters/ports.ts, FeedTraits). */
export type EngineFeed = { readonly triggerFill: "requested" | "market"; readonly cadenceMs: number };

/**
 * A session before its first row. `carry` is what the last session of the same agent build and stage left (chs.md 2); `agent` decides, or is null when
 * decisions come as events from outside.
 */
export function createEngine(config: SessionConfig, feed: EngineFeed, carry: ChsCarry | null, agent: RunningAgent | null): Engine {
	const terms = createMoneyTerms(config.instrument, config.account, config.conversion);
	const { startBalance } = config.account;
	const broker = createBrokerSide(config);
	return {
		config,
		terms,
		agent,
		out: { records: [], submits: [], sights: [], questions: [] },
		at: 0,
		tick: 0,
		quotes: 0,
		firstAt: null,
		bid: 0,
		ask: 0,
		quoteAt: 0,
		phase: "warmup",
		stopping: null,
		end: null,
		endWish: null,
		cancelWish: null,
		flattening: null,
		tradingFrom: null,
		endsAt: null,
		bars: createBarBuilder(config.timeframeMinutes),
		spreads: createSpreadWindow(),
		features: createFeatures(),
		chs: createChs({ carry, record: null, riskFraction: config.riskPct / 100, tripLevel: config.chsThreshold }),
		breaker: createBreaker(config.chsThreshold, []),
		trading: startTrading(broker),
		limits: createLimits(config.rules, startBalance, 0, { maxTrades: config.unlimited ? null : config.maxTrades }),
		dataHealth: createDataHealth(feed.cadenceMs),
		account: { balance: startBalance, credit: 0, margin: 0, equity: startBalance, marginCall: false },
		positions: [],
		orders: [],
		trades: [],
		plans: [],
		lowestSinceTrip: null,
		shadow: createPaperBook({
			terms,
			account: config.account,
			settings: config.simulator,
			triggerFill: feed.triggerFill,
			seed: config.seed,
			ticketStart: SHADOW_TICKETS,
		}),
		shadowActive: false,
		shadowPlans: [],
		scratch: [],
		deferred: null,
		nextIntent: 1,
		nextTrade: 1,
		heldBars: 0,
		score: { word: "", min: 1, sum: 0, count: 0 },
		peak: { equity: startBalance, drawdownPct: 0 },
		halted: { ms: 0, since: null },
		tally: createTally(),
		curve: createCurve(),
		evidence: createEvidence(),
		steeredBy: [],
		breakerEvents: [],
		broker,
		outside: agent === null ? { asked: 0, waiting: false } : null,
		notes: null,
	};
}

/** ACTIVE, or with a real broker RECONCILING until its first `up`: nothing is known to agree yet (control C38). */
function startTrading(broker: BrokerSide | null): Trading {
	const trading = createTrading();
	if (broker !== null) hold(trading, 0, { control: "C38", state: "RECONCILING", reason: NOT_YET, until: null });
	return trading;
}

/** Queues a line for the journal. */
export function record(engine: Engine, kind: string, data: unknown): void {
	engine.out.records.push({ kind, at: engine.at, tick: engine.tick, data });
}

/**
 * The state that the fingerprint covers: everything but configuration, waiting effects, the agent's code, and what only the screen or the
 * summary reads. A simulated broker and an agent without notes leave no field, so that fingerprints of older versions stay what they are.
 */
export function snapshot(engine: Engine): unknown {
	const { config: _config, terms: _terms, agent, out: _out, scratch: _scratch, ...rest } = engine;
	const { lowestSinceTrip: _lowest, cancelWish: _cancel, steeredBy: _steered, broker, outside, notes, ...state } = rest;
	return {
		...state,
		agent: agent?.state ?? null,
		curve: withoutPrices(state.curve),
		...(broker === null ? {} : { broker }),
		...(outside === null ? {} : { outside }),
		...(notes === null ? {} : { notes }),
	};
}

import type { Engine, Phase } from "./engine.ts";
import { scoreOf } from "./health/chs.ts";
import type { ChsSnapshot } from "./health/snapshot.ts";
import type { QuoteState } from "./limits/data-health.ts";
import type { Side } from "./order.ts";
import type { TradingState } from "./trading-state.ts";
import { type BrokerMs, type Lots, type Money, type Points, toPrice } from "./units.ts";

/** The distance to one limit that can stop the session or its entries. */
export type LimitRow = {
	/** Control id: `C20`. */
	readonly control: string;
	/** In a trader's words: `trades`, `time`, `session loss`. */
	readonly label: string;
	/** Both in `unit`; the limit acts when the value passes it. */
	readonly value: number;
	readonly limit: number;
	readonly unit: "count" | "minutes" | "percent" | "ms";
	/** What it does: `ends`, `no entries`, `HALTED`, `KILLED`, `PAUSED`. */
	readonly action: string;
};

/** An open position (or shadow position) with its result at the last quote. */
export type PositionRow = {
	readonly tradeNumber: number;
	readonly shadow: boolean;
	readonly side: Side;
	readonly lots: Lots;
	readonly openPrice: number;
	/** 0 = none. */
	readonly sl: number;
	readonly tp: number;
	/** The price it would close at. */
	readonly now: number;
	readonly points: Points;
	readonly money: Money;
	readonly openedAt: BrokerMs;
};

/** A waiting order, or a request whose answer is outstanding (`in flight`) or lost (`unknown`). */
export type OrderRow = {
	readonly what: string;
	readonly status: "waiting" | "in flight" | "unknown";
	readonly lots: Lots;
	readonly price: number;
	readonly sl: number;
	readonly tp: number;
	readonly since: BrokerMs;
};

/** The breaker for the screen. */
export type BreakerView = {
	readonly open: boolean;
	readonly latched: boolean;
	readonly trips: number;
	readonly tripLevel: number;
	readonly rearmLevel: number;
	/** The component or pillar that tripped it last, and in words; null before the first trip. */
	readonly cause: string | null;
	readonly causeText: string | null;
	/** The lowest score since it opened; null while it is closed. */
	readonly tripScore: number | null;
	readonly openedAt: BrokerMs | null;
	/** What is still missing before it closes by itself, in words; empty while it is closed. */
	readonly needs: readonly string[];
};

/**
 * Everything the screen may know of a session, bounded: a copy made at most ten times a second. `health` is null while features warm up.
 */
export type Projection = Progress & {
	/** Since when the session trades, and until when; null = not yet, or the whole file. */
	readonly tradingFrom: BrokerMs | null;
	readonly endsAt: BrokerMs | null;
	readonly quoteAt: BrokerMs;
	readonly quoteState: QuoteState;
	readonly quoteWhy: string;
	readonly spreadPoints: Points;
	readonly floating: Money;
	readonly margin: Money;
	/** Equity / margin in percent; null while no margin is used. */
	readonly marginLevelPct: number | null;
	readonly peakEquity: Money;
	/** Fall from the peak now, and the largest of the session, percent. */
	readonly drawdownPct: number;
	readonly maxDrawdownPct: number;
	readonly limits: readonly LimitRow[];
	readonly holds: readonly { readonly control: string; readonly state: TradingState; readonly reason: string; readonly until: BrokerMs | null }[];
	/** Why no entry may be made now although the state is ACTIVE (cool-down, hours, spread), or null. */
	readonly entryHold: { readonly control: string; readonly reason: string; readonly until: BrokerMs | null } | null;
	readonly health: ChsSnapshot | null;
	readonly breaker: BreakerView;
	/** At most 50 each. */
	readonly positions: readonly PositionRow[];
	readonly orders: readonly OrderRow[];
	readonly flattening: boolean;
	/** Why the session is ending (`stopping`), or null. */
	readonly stopping: { readonly reason: string; readonly detail: string; readonly flatten: boolean } | null;
	readonly wins: number;
	readonly losses: number;
	readonly netClosed: Money;
	readonly refused: number;
};

/** What a progress line may know of a running session: a small copy, made at most ten times a second. */
export type Progress = {
	readonly phase: Phase | "ended";
	readonly at: BrokerMs;
	/** Market minutes since trading began, and planned; null = the whole file. */
	readonly marketMinute: number;
	readonly minutesTotal: number | null;
	/** Warm-up: closed and needed bars. */
	readonly warmupDone: number;
	readonly warmupTotal: number;
	readonly ticks: number;
	readonly bars: number;
	readonly bid: number;
	readonly ask: number;
	readonly balance: Money;
	readonly equity: Money;
	readonly chs: number;
	readonly chsState: string;
	readonly state: TradingState;
	readonly breakerOpen: boolean;
	readonly trades: number;
	readonly maxTrades: number | null;
	readonly closed: number;
	readonly shadowClosed: number;
	readonly openPositions: number;
};

/** The projection of now. O(1). */
export function project(engine: Engine): Progress {
	const { config, account, tally } = engine;
	const { digits } = config.instrument;
	return {
		phase: engine.end === null ? engine.phase : "ended",
		at: engine.at,
		marketMinute: engine.tradingFrom === null ? 0 : (engine.at - engine.tradingFrom) / 60_000,
		minutesTotal: config.durationMinutes,
		warmupDone: Math.min(engine.bars.closedCount, config.warmupBars),
		warmupTotal: config.warmupBars,
		ticks: engine.quotes,
		bars: engine.bars.closedCount,
		bid: toPrice(engine.bid, digits),
		ask: toPrice(engine.ask, digits),
		balance: account.balance,
		equity: account.equity,
		chs: scoreOf(engine.chs),
		chsState: engine.score.word,
		state: engine.trading.state,
		breakerOpen: engine.breaker.open,
		trades: tally.entriesSent,
		maxTrades: config.maxTrades,
		closed: tally.closed,
		shadowClosed: tally.shadowClosed,
		openPositions: engine.positions.length,
	};
}

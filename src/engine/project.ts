import { type AgentOnScreen, agentOnScreen } from "./agent-notes.ts";
import { breakerView } from "./breaker-view.ts";
import type { Engine, Phase } from "./engine.ts";
import { scoreOf } from "./health/chs.ts";
import { type ChsSnapshot, snapshotOf } from "./health/snapshot.ts";
import { limitRows } from "./limit-rows.ts";
import type { QuoteState } from "./limits/data-health.ts";
import { orderRows, positionRows } from "./open-rows.ts";
import type { LinkState, Side } from "./order.ts";
import type { TradingState } from "./trading-state.ts";
import { type PaperTwinReport, twinReport } from "./twin/report.ts";
import { type BrokerMs, type Lots, type Money, type Points, roundMoney, toPrice } from "./units.ts";
import { unknownPlans } from "./unknown.ts";
import { entryHoldNow } from "./view.ts";

/** The distance to one limit that can stop the session or its entries. */
export type LimitRow = {
	/** Control id: `C20`. */
	readonly control: string;
	/** In a trader's words: `trades`, `time`, `session loss`. */
	readonly label: string;
	/** Both in `unit`; a loss, an age and a time act when the value passes the limit, a count when it reaches it. null = not known. */
	readonly value: number | null;
	readonly limit: number;
	readonly unit: "count" | "minutes" | "percent" | "ms";
	/** What it does. */
	readonly action: "ends" | "no entries" | "PAUSED" | "HALTED" | "KILLED";
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
	/** Result in points, and in account currency with swap and before commission; null = not known. */
	readonly points: Points | null;
	readonly money: Money | null;
	readonly openedAt: BrokerMs;
};

/** A waiting order, or a request whose answer is outstanding (`in flight`) or lost (`unknown`). */
export type OrderRow = {
	/** `BUY LIMIT`, `BUY`, `close`, `levels`, `cancel`. */
	readonly what: string;
	readonly status: "waiting" | "in flight" | "unknown";
	/** Lots, price and levels; 0 = the request has none. */
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
 * Money is null when the broker has reported something that is no number: unknown is not nothing.
 */
export type Projection = Omit<Progress, "balance" | "equity"> & {
	readonly balance: Money | null;
	readonly equity: Money | null;
	/** Since when the session trades, and until when; null = not yet, or the whole file. */
	readonly tradingFrom: BrokerMs | null;
	readonly endsAt: BrokerMs | null;
	readonly quoteAt: BrokerMs;
	readonly quoteState: QuoteState;
	readonly quoteWhy: string;
	readonly spreadPoints: Points;
	readonly floating: Money | null;
	readonly margin: Money | null;
	/** Equity / margin in percent; null while no margin is used. */
	readonly marginLevelPct: number | null;
	readonly peakEquity: Money;
	/** Fall from the peak now, and the largest of the session, percent. */
	readonly drawdownPct: number | null;
	readonly maxDrawdownPct: number;
	readonly limits: readonly LimitRow[];
	readonly holds: readonly { readonly control: string; readonly state: TradingState; readonly reason: string; readonly until: BrokerMs | null }[];
	/** Why no entry may be made now although the state is ACTIVE (cool-down, hours, spread), or null. */
	readonly entryHold: { readonly control: string; readonly reason: string; readonly until: BrokerMs | null } | null;
	readonly health: ChsSnapshot | null;
	readonly breaker: BreakerView;
	/** The newest 50 each; `openPositions` has the count of real ones. */
	readonly positions: readonly PositionRow[];
	readonly orders: readonly OrderRow[];
	readonly flattening: boolean;
	/** Why the session is ending (`stopping`), or null. */
	readonly stopping: { readonly reason: string; readonly detail: string; readonly flatten: boolean } | null;
	/** The way to the broker, and how many requests have no known outcome; null = the broker is simulated. */
	readonly link: { readonly state: LinkState; readonly since: BrokerMs; readonly detail: string; readonly unknown: number } | null;
	/** The broker's fills beside the simulator's (`--shadow`), without single trades; null = not compared. */
	readonly paperTwin: Omit<PaperTwinReport, "trades"> | null;
	/** What the agent tells besides its decisions; null for one that tells nothing. */
	readonly agent: AgentOnScreen | null;
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

/** The progress of now. O(1). */
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

/** Rows of one kind that a screen gets at most. */
const ROWS_MAX = 50;

/** Everything a screen shows of now. O(open positions and orders); reads only, so that looking never changes a session. */
export function projection(engine: Engine): Projection {
	const { config, account, tally, trading, dataHealth, peak, stopping } = engine;
	const real = engine.trades.filter((trade) => !trade.shadow);
	// Not a spread: with this many fields that makes a slow dictionary, forty times dearer than the rest of the work.
	return Object.assign(project(engine), {
		balance: known(account.balance),
		equity: known(account.equity),
		tradingFrom: engine.tradingFrom,
		endsAt: engine.endsAt,
		quoteAt: engine.quoteAt,
		quoteState: dataHealth.state,
		quoteWhy: dataHealth.why,
		spreadPoints: engine.ask - engine.bid,
		floating: real.length === 0 ? 0 : known(roundMoney(account.equity - account.balance - account.credit, config.account.currencyDigits)),
		margin: known(account.margin),
		marginLevelPct: account.margin > 0 ? known((account.equity / account.margin) * 100) : null,
		peakEquity: peak.equity,
		drawdownPct: known((1 - account.equity / peak.equity) * 100),
		maxDrawdownPct: peak.drawdownPct,
		limits: limitRows(engine),
		holds: trading.holds.map(({ control, state, reason, until }) => ({ control, state, reason, until })),
		entryHold: entryHoldNow(engine),
		health: engine.phase === "warmup" ? null : finiteSnapshot(snapshotOf(engine.chs)),
		breaker: breakerView(engine),
		positions: positionRows(engine, ROWS_MAX),
		orders: orderRows(engine, ROWS_MAX, config.instrument.digits),
		flattening: engine.flattening !== null,
		stopping: stopping === null ? null : { reason: stopping.reason, detail: stopping.detail, flatten: stopping.flatten },
		link: engine.broker === null ? null : { ...engine.broker.link, unknown: unknownPlans(engine).length },
		paperTwin: twinOf(engine),
		agent: agentOnScreen(engine),
		wins: tally.wins,
		losses: tally.losses,
		netClosed: tally.winSum - tally.lossSum,
		refused: tally.refused,
	});
}

function twinOf({ broker, config }: Engine): Projection["paperTwin"] {
	if (broker === null || broker.twin === null) return null;
	const { trades: _trades, ...report } = twinReport(broker.twin, config.account.currency, config.account.currencyDigits);
	return report;
}

function known(value: number): number | null {
	return Number.isFinite(value) ? value : null;
}

/** A raw value without a number (a ratio of nothing) is shown as unknown. */
function finiteSnapshot(snapshot: ChsSnapshot): ChsSnapshot {
	const raws = Object.entries(snapshot.raw);
	if (raws.every(([, value]) => value === null || Number.isFinite(value))) return snapshot;
	return { ...snapshot, raw: Object.fromEntries(raws.map(([name, value]) => [name, value === null ? null : known(value)])) as ChsSnapshot["raw"] };
}

import type { Engine, Phase } from "./engine.ts";
import { scoreOf } from "./health/chs.ts";
import type { TradingState } from "./trading-state.ts";
import { type BrokerMs, type Money, toPrice } from "./units.ts";

/** What a screen or a progress line may know of a running session: a small copy, made at most ten times a second. */
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

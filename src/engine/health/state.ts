import type { RegimeLabel } from "../market/regime.ts";
import type { Component, Pillar } from "./components.ts";
import { NEUTRAL } from "./curves.ts";
import { type AgentRecord, type Arms, type Baseline, baselineOf, emptyRecord } from "./edge.ts";
import { emptyTradeSums, type TradeSums } from "./statistics.ts";

/** Inputs that could not be understood, as bits; while one is set the score is 0 (chs.md 3 knows only finite inputs, so we fail closed). */
export const FAULT = { unstarted: 1, account: 2, clock: 4, order: 8, trade: 16, config: 32 } as const;

/**
 * Everything the score knows of one agent build on one account. Plain JSON (no NaN, no Infinity), updated in place; cached scores
 * are brought up to date by every event, so that reading costs nothing and never changes the state.
 */
export type Chs = {
	/** Planned share of equity lost at the stop: 1 R. */
	readonly riskFraction: number;
	/** Level below which the breaker opens, 0..0.75. */
	readonly tripLevel: number;
	/** Bits of FAULT. */
	faults: number;
	/** Closed trades, real and shadow, over all carried sessions. */
	trades: number;
	/** Share 0..1 of the trades that make evidence complete. */
	tradeShare: number;
	readonly sums: TradeSums;
	readonly arms: Arms;
	/** The agent's own record, growing, and the copy of it that the baseline uses. */
	readonly record: AgentRecord;
	usedRecord: AgentRecord;
	baseline: Baseline;
	readonly account: {
		equity: number;
		peak: number;
		/** Margin level in percent; meaningless unless `exposed`. */
		marginPct: number;
		exposed: boolean;
		/** Largest recent loss against plan, R. */
		overshoot: number;
		/** Mean (R) and variance (R^2) of the trades, and the distance of the last account update to the ruin floor (R). */
		meanR: number;
		varianceR: number;
	};
	readonly orders: { attempts: number; validator: number; broker: number; slippageR: number; latencyMs: number };
	readonly feed: { nowMs: number; lastTickMs: number; ticks: number };
	readonly regime: {
		bars: number;
		last: RegimeLabel | null;
		readonly shares: Record<RegimeLabel, number>;
		/** Weighted count of pairs of bars, and of those with the same label. */
		pairs: number;
		same: number;
		kappa: number;
	};
	/** Cached: component scores 0..1 and what follows from them. */
	readonly scores: Record<Component, number>;
	readonly pillars: Record<Pillar, number>;
	/** Least score of the vital components of risk and of execution. */
	vitalRisk: number;
	vitalExecution: number;
	blend: number;
	cap: number;
	chs: number;
};

/**
 * What the next session of the same agent build and stage starts from, so that a restart neither heals nor forgets (chs.md 2). Plain
 * JSON. Feed, orders, regime labels and the equity peak start anew.
 */
export type ChsCarry = {
	readonly sums: TradeSums;
	readonly trades: number;
	readonly arms: Arms;
	readonly record: AgentRecord;
	/** The frozen copy of the record that the baseline uses. */
	readonly usedRecord: AgentRecord;
	readonly overshoot: number;
};

/** Settings of a score. */
export type ChsConfig = {
	/** What the session before left (same build, same stage), or null. */
	readonly carry: ChsCarry | null;
	/** Record of the same build from elsewhere (an earlier stage), used at once as its baseline; ignored when `carry` is given. */
	readonly record?: AgentRecord | null;
	/** 1 R as a share of equity, 0.01 for `--risk 1`. */
	readonly riskFraction: number;
	/** `--chs-threshold`, 0..0.75. */
	readonly tripLevel: number;
};

/** A score before its first event: it reads 0 until `onStart` gives it an account. Settings that are no numbers keep it at 0. */
export function createChsState(config: ChsConfig): Chs {
	const sound = isSound(config.carry) && isSound(config.record ?? null);
	const carry = sound ? copyOf(config.carry) : null;
	const given = sound ? copyOf(config.record ?? null) : null;
	const record = carry?.record ?? given ?? emptyRecord();
	const usedRecord = carry?.usedRecord ?? copyOf(given) ?? emptyRecord();
	const settled = config.riskFraction > 0 && Number.isFinite(config.riskFraction) && config.tripLevel >= 0 && config.tripLevel <= 1;
	return {
		riskFraction: settled ? config.riskFraction : 0,
		tripLevel: settled ? config.tripLevel : 1,
		faults: FAULT.unstarted | (sound && settled ? 0 : FAULT.config),
		trades: carry?.trades ?? 0,
		tradeShare: 0,
		sums: carry?.sums ?? emptyTradeSums(),
		arms: carry?.arms ?? { gone: 0, inverted: 0, leak: 0 },
		record,
		usedRecord,
		baseline: baselineOf(usedRecord),
		account: { equity: 0, peak: 0, marginPct: 0, exposed: false, overshoot: carry?.overshoot ?? 0, meanR: 0, varianceR: 0 },
		orders: { attempts: 0, validator: 0, broker: 0, slippageR: 0, latencyMs: 0 },
		feed: { nowMs: 0, lastTickMs: 0, ticks: 0 },
		regime: { bars: 0, last: null, shares: { underdamped: 0, critical: 0, overdamped: 0 }, pairs: 0, same: 0, kappa: 1 },
		scores: neutralScores(),
		pillars: { agent: NEUTRAL, risk: NEUTRAL, market: NEUTRAL, execution: NEUTRAL },
		vitalRisk: NEUTRAL,
		vitalExecution: NEUTRAL,
		blend: NEUTRAL,
		cap: 1,
		chs: 0,
	};
}

/** Written out, because an object built key by key becomes a slow dictionary, and these numbers are stored on every quote. */
function neutralScores(): Record<Component, number> {
	return {
		omega: NEUTRAL,
		winRate: NEUTRAL,
		payoff: NEUTRAL,
		edge: NEUTRAL,
		ruin: NEUTRAL,
		drawdown: NEUTRAL,
		downVol: NEUTRAL,
		margin: NEUTRAL,
		overshoot: NEUTRAL,
		energy: NEUTRAL,
		leak: NEUTRAL,
		falseAct: NEUTRAL,
		regime: NEUTRAL,
		validator: NEUTRAL,
		broker: NEUTRAL,
		slippage: NEUTRAL,
		latency: NEUTRAL,
		feed: NEUTRAL,
	};
}

/** True when a plain record holds nothing but finite numbers: what a carry or record read from a file must be. */
function isSound(value: unknown): boolean {
	if (value === null) return true;
	if (typeof value === "number") return Number.isFinite(value);
	if (typeof value === "object") return Object.values(value).every(isSound);
	return false;
}

/** An independent copy of plain data. */
export function copyOf<T>(value: T): T {
	return value === null || typeof value !== "object" ? value : (Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copyOf(part)])) as T);
}

import type { RunPlan } from "../config.ts";
import type { EndReason } from "../engine/summary-type.ts";
import type { BrokerMs, Money } from "../engine/units.ts";

/**
 * One session to be tried: as a run's plan, virtual and on a made or recorded market, its seed apart. Plain data, so that it can go to a thread. Two
 * plans that differ in nothing but the agent meet the same market and the same dice of the simulator: `config.warmupBars` must be equal for that.
 */
export type TrialPlan = Pick<RunPlan, "agent" | "timeframeMinutes" | "timeframeAsked"> & {
	readonly config: Omit<RunPlan["config"], "seed">;
	readonly seed: number;
};

/** A point of a trial's equity curve. */
export type EquityPoint = { readonly at: BrokerMs; readonly equity: Money };

/** What one session came to. Null = unknown, never 0: no trade, no loss. */
export type TrialFigures = {
	readonly seed: number;
	/** First and last moment of the trading period, broker time; null when trading never began. */
	readonly from: BrokerMs | null;
	readonly to: BrokerMs | null;
	/** Net of all costs, account currency. */
	readonly netProfit: Money;
	/** The sum of the closed trades' results in R, the planned risk of each; null without a closed trade. */
	readonly netR: number | null;
	/** Gains over losses in R; null without a loss. */
	readonly omega: number | null;
	/** Composite health score at the end, and its mean over the session. */
	readonly chsFinal: number;
	readonly chsMean: number;
	/** Percent of the energy released that the trades captured (chs.md 8); null without a closed trade. */
	readonly energyCapturedPct: number | null;
	readonly maxDrawdownPct: number;
	/** Trips of the breaker. */
	readonly breakerEvents: number;
	readonly trades: number;
	/** Orders that validation refused for breaking a rule. */
	readonly rejections: number;
	/** Answers of the agent that were late, broken or no answer (control C32). */
	readonly faults: number;
	/** Decisions on an observation outside what a policy was trained on. */
	readonly outside: number;
	readonly endReason: EndReason;
	readonly endDetail: string;
	/** At most 240 points, evenly thinned, and the end. */
	readonly curve: readonly EquityPoint[];
};

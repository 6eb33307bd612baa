import type { AgentNotesReport } from "./agent-notes.ts";
import type { BrokerReport } from "./broker-report.ts";
import type { Mode } from "./config.ts";
import type { SimulatorSettings } from "./paper/settings.ts";
import type { StageOutcome } from "./stages/outcome.ts";
import type { PaperTwinReport } from "./twin/report.ts";
import type { BrokerMs, Lots, Money } from "./units.ts";

/** Why a session ended. The exit code follows from it. */
export type EndReason =
	| "duration"
	| "end-of-data"
	| "max-trades"
	| "breaker"
	| "loss-limit"
	| "kill"
	| "halt"
	| "interrupt"
	| "data-failure"
	| "journal-failure"
	| "bug";

/** One row of the promotion targets. `bound` is the 95 % confidence bound that the verdict uses besides the value, where one exists. */
export type GateRow = {
	readonly target: "chs" | "omega" | "energyCaptured" | "validatorRejections" | "breakerEvents";
	readonly label: string;
	/** What must hold, as text: `> 2.7`. */
	readonly must: string;
	readonly value: number | null;
	readonly bound: number | null;
	readonly boundMust: string | null;
	readonly verdict: "pass" | "fail" | "insufficient";
	/** What is missing or failed, for people; empty when passed. */
	readonly why: string;
};

/** A closed trade as the summary lists it. R is the planned risk (chs.md 2). */
export type TradeRow = {
	readonly number: number;
	readonly side: "BUY" | "SELL";
	readonly lots: Lots;
	readonly openedAt: BrokerMs;
	readonly closedAt: BrokerMs;
	readonly openPrice: number;
	readonly closePrice: number;
	readonly net: Money;
	readonly r: number;
	readonly mfeR: number;
	readonly maeR: number;
	/** Why it was opened and closed, as the agent or the broker said. */
	readonly entryReason: string;
	readonly exitReason: string;
	readonly shadow: boolean;
};

/**
 * One point of the curves that the end screen draws; at most 240 a session, evenly thinned; `chs` is the lowest since the point before,
 * `bid` the price then, which summaries of older versions do not have.
 */
export type CurvePoint = { readonly at: BrokerMs; readonly equity: Money; readonly chs: number; readonly bid?: number };

/** What a session came to: printed, stored as summary.json and sent as the last `--json` line. */
export type Summary = {
	readonly sessionId: string;
	readonly mode: Mode;
	readonly symbol: string;
	readonly timeframe: string;
	readonly agent: string;
	readonly agentBuild: string;
	readonly feed: string;
	readonly file: string | null;
	readonly scenario: string | null;
	readonly seed: number;
	readonly configHash: string;
	readonly unlimited: boolean;
	/** True when this run can count towards promotion (no measuring run, no repeat, no drill, not cut short, not steered by the operator). */
	readonly evidence: boolean;
	readonly evidenceNote: string;
	/** The earlier session that this one repeats exactly (same configuration, data and seed), or null. */
	readonly repeatOf: string | null;
	readonly start: { readonly market: string | null; readonly wall: string };
	readonly end: { readonly market: string | null; readonly wall: string };
	readonly endReason: EndReason;
	readonly endDetail: string;
	readonly exitCode: number;
	readonly marketSeconds: number;
	readonly ticks: number;
	readonly bars: number;
	readonly tradesExecuted: number;
	readonly tradesClosed: number;
	readonly wins: number;
	readonly losses: number;
	readonly winRate: number | null;
	readonly payoff: number | null;
	readonly netProfit: Money;
	readonly currency: string;
	readonly startBalance: Money;
	readonly endBalance: Money;
	readonly endEquity: Money;
	readonly openPositions: number;
	readonly maxDrawdownPct: number;
	readonly omega: number | null;
	readonly zFactor: number | null;
	readonly energyCapturedPct: number | null;
	readonly mfeCapturedPct: number | null;
	readonly validator: { readonly approved: number; readonly refused: number; readonly adjusted: number; readonly byCode: Readonly<Record<string, number>> };
	/** Decisions at which an agent that looked was told that it may not enter, by hold or control: holds are not rejections. */
	readonly holds: Readonly<Record<string, number>>;
	readonly breaker: {
		readonly trips: number;
		readonly haltedSeconds: number;
		readonly eventRatePct: number | null;
		readonly events: readonly { readonly at: BrokerMs; readonly what: string; readonly cause: string; readonly chs: number }[];
	};
	readonly shadowTrades: number;
	readonly chs: {
		readonly final: number;
		readonly min: number;
		readonly mean: number;
		readonly state: string;
		readonly evidence: string;
		readonly pillars: Readonly<Record<"agent" | "risk" | "market" | "execution", { readonly score: number; readonly weakest: string }>>;
		readonly components: Readonly<Record<string, { readonly raw: number | null; readonly score: number }>>;
	};
	readonly costs: { readonly spread: Money; readonly commission: Money; readonly swap: Money; readonly slippage: Money };
	readonly gate: readonly GateRow[];
	/** Why each null above is null, by field name. */
	readonly missing: Readonly<Record<string, string>>;
	readonly trades: readonly TradeRow[];
	readonly curve: readonly CurvePoint[];
	readonly data: {
		readonly rows: number;
		readonly badRows: number;
		readonly duplicates: number;
		readonly outOfOrder: number;
		readonly spreadsFilled: number;
		readonly gaps: number;
		readonly longestGapSeconds: number;
	};
	readonly settings: SimulatorSettings;
	readonly fingerprint: string;
	readonly journal: { readonly file: string; readonly lines: number; readonly bytes: number; readonly head: string };
	readonly nextStep: string;
	/** What it did for the gates; absent in summaries of older versions, and when the ledger could not be used. */
	readonly stage?: StageOutcome;
	/** What the agent told besides its decisions; absent when nothing, as with rules. */
	readonly agentNotes?: AgentNotesReport;
	/** Demo and live only; summaries of older versions have none. */
	readonly broker?: BrokerReport;
	/** With `--shadow` only. */
	readonly paperTwin?: PaperTwinReport;
};

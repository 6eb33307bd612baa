import type { TrialFigures } from "./plan.ts";

/** The figures on which agents are compared, in the order of the report. */
export type MeasureKey = "netProfit" | "netR" | "omega" | "chsMean" | "energyCapturedPct" | "maxDrawdownPct" | "breakerEvents";

/** How a figure is named, which way is better, and with how many decimals it is shown. `unit`: `money` stands for the account currency. */
export type Measure = {
	readonly key: MeasureKey;
	readonly label: string;
	readonly unit: string;
	readonly better: "higher" | "lower";
	readonly decimals: number;
};

/** Every figure that is compared. */
export const MEASURES: readonly Measure[] = [
	{ key: "netProfit", label: "net profit", unit: "money", better: "higher", decimals: 2 },
	{ key: "netR", label: "net result", unit: "R", better: "higher", decimals: 2 },
	{ key: "omega", label: "Omega", unit: "", better: "higher", decimals: 2 },
	{ key: "chsMean", label: "CHS (mean)", unit: "", better: "higher", decimals: 3 },
	{ key: "energyCapturedPct", label: "energy captured", unit: "%", better: "higher", decimals: 1 },
	{ key: "maxDrawdownPct", label: "max drawdown", unit: "%", better: "lower", decimals: 2 },
	{ key: "breakerEvents", label: "breaker events", unit: "", better: "lower", decimals: 2 },
];

/** One figure of every session, null where it is unknown or the session failed. */
export function valuesOf(trials: readonly (TrialFigures | null)[], key: MeasureKey): (number | null)[] {
	return trials.map((trial) => (trial === null || hasFailed(trial) ? null : trial[key]));
}

/** A session that did not come to an end of its own: its figures say nothing of the agent. */
export function hasFailed({ endReason }: Pick<TrialFigures, "endReason">): boolean {
	return endReason === "data-failure" || endReason === "journal-failure" || endReason === "bug";
}

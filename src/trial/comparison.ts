import { holmCorrected, type MeanInterval, meanInterval, type PairedDifference, pairedDifference, TAILS } from "../engine/statistics/paired.ts";
import { hasFailed, MEASURES, type Measure, type MeasureKey, valuesOf } from "./measures.ts";
import type { TrialFigures } from "./plan.ts";

/** What came of one agent's session: its figures, why there are none, or nothing yet. */
export type TrialOutcome = { readonly figures: TrialFigures } | { readonly failed: string } | null;

/** One agent and what came of each session, in the order of the sessions. */
export type AgentTrials = { readonly label: string; readonly build: string; readonly outcomes: readonly TrialOutcome[] };

/** What can be said of the first of two agents: nothing where there is no interval. */
export type Verdict = "better" | "worse" | "not told apart" | "unknown";

/** A difference, first - second, and what it says. `corrected`: its chance, corrected for all differences of the report (Holm). */
export type JudgedDifference = PairedDifference & { readonly corrected: number | null; readonly verdict: Verdict };

/** One agent alone. */
export type AgentReport = {
	readonly label: string;
	readonly build: string;
	/** Sessions with figures, and those that failed. */
	readonly sessions: number;
	readonly failed: number;
	readonly trades: number;
	readonly rejections: number;
	readonly faults: number;
	readonly outside: number;
	readonly means: Readonly<Record<MeasureKey, MeanInterval>>;
};

/** Two agents on the same sessions. */
export type PairReport = { readonly first: string; readonly second: string; readonly differences: Readonly<Record<MeasureKey, JudgedDifference>> };

/** Agents compared on the same sessions. Plain JSON. */
export type Comparison = { readonly tests: number; readonly agents: readonly AgentReport[]; readonly pairs: readonly PairReport[] };

/**
 * Compares every two agents, the earlier with the later. The verdict is not read off one interval: a difference counts when chance alone, corrected for
 * all differences looked at, goes as far in fewer than 5 of 100 such reports, and the bootstrap interval agrees on its sign.
 */
export function compareTrials(agents: readonly AgentTrials[]): Comparison {
	const figures = agents.map(({ outcomes }) => outcomes.map((outcome) => (outcome !== null && "figures" in outcome ? outcome.figures : null)));
	const pairs = agents.flatMap((first, index) =>
		agents.slice(index + 1).map((second, offset) => ({
			first,
			second,
			differences: differencesOf(...bothRun([first, figures[index] ?? []], [second, figures[index + 1 + offset] ?? []])),
		})),
	);
	const corrected = holmCorrected(pairs.flatMap(({ differences }) => MEASURES.map(({ key }) => differences[key].chance)));
	return {
		tests: corrected.filter((chance) => chance !== null).length,
		agents: agents.map((agent, index) => reportOf(agent, figures[index] ?? [])),
		pairs: pairs.map(({ first, second, differences }, pair) => ({
			first: first.label,
			second: second.label,
			differences: byMeasure((measure, index) => judged(measure, differences[measure.key], corrected[pair * MEASURES.length + index] ?? null)),
		})),
	};
}

type Run = readonly [AgentTrials, readonly (TrialFigures | null)[]];

/** The figures of the sessions that have been run with both; those of an interrupted comparison that were not are no unknown values. */
function bothRun([first, one]: Run, [second, two]: Run): [(TrialFigures | null)[], (TrialFigures | null)[]] {
	const wasRun = (_: unknown, session: number): boolean => first.outcomes[session] !== null && second.outcomes[session] !== null;
	return [one.filter(wasRun), two.filter(wasRun)];
}

function differencesOf(first: readonly (TrialFigures | null)[], second: readonly (TrialFigures | null)[]): Record<MeasureKey, PairedDifference> {
	return byMeasure(({ key }) => pairedDifference(valuesOf(first, key), valuesOf(second, key)));
}

function judged(measure: Measure, difference: PairedDifference, corrected: number | null): JudgedDifference {
	return { ...difference, corrected, verdict: verdictOf(measure, difference, corrected) };
}

function verdictOf({ better }: Measure, { mean, bootstrapLow, bootstrapHigh }: PairedDifference, corrected: number | null): Verdict {
	if (mean === null || corrected === null || bootstrapLow === null || bootstrapHigh === null) return "unknown";
	if (corrected >= TAILS || (bootstrapLow <= 0 && bootstrapHigh >= 0)) return "not told apart";
	return mean > 0 === (better === "higher") ? "better" : "worse";
}

function reportOf({ label, build, outcomes }: AgentTrials, figures: readonly (TrialFigures | null)[]): AgentReport {
	const good = figures.filter((trial): trial is TrialFigures => trial !== null && !hasFailed(trial));
	const sum = (key: "trades" | "rejections" | "faults" | "outside"): number => good.reduce((total, trial) => total + trial[key], 0);
	return {
		label,
		build,
		sessions: good.length,
		failed: outcomes.filter((outcome) => outcome !== null).length - good.length,
		trades: sum("trades"),
		rejections: sum("rejections"),
		faults: sum("faults"),
		outside: sum("outside"),
		means: byMeasure(({ key }) =>
			meanInterval(
				valuesOf(
					figures.filter((_, session) => outcomes[session] !== null),
					key,
				),
			),
		),
	};
}

function byMeasure<T>(of: (measure: Measure, index: number) => T): Record<MeasureKey, T> {
	return Object.fromEntries(MEASURES.map((measure, index) => [measure.key, of(measure, index)])) as Record<MeasureKey, T>;
}

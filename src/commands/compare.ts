import { availableParallelism } from "node:os";
import { EXIT } from "../adapters/failure.ts";
import type { CompareRequest } from "../args/compare.ts";
import { comparisonLines } from "../print/comparison.ts";
import { clip, formatSeconds } from "../print/text.ts";
import type { Terminal } from "../terminal.ts";
import { type AgentTrials, compareTrials } from "../trial/comparison.ts";
import type { ComparisonReport } from "../trial/comparison-report.ts";
import type { TrialFigures } from "../trial/plan.ts";
import { VERSION } from "../version.ts";
import { type ComparePlan, planComparison } from "./compare/plan.ts";
import { runTrials, type TrialsProgress } from "./compare/run-trials.ts";

/** Signals that end the comparison with what is there, and the exit code they lead to. A second one ends the program at once. */
const SIGNALS = { SIGINT: EXIT.sigint, SIGTERM: EXIT.sigterm, SIGHUP: EXIT.sigterm } as const;

/**
 * `kinetra compare`: the same sessions for every agent, and what differs. Returns the exit code: 0, 3 when a session failed (its reason is in the report),
 * 130 or 143 when it was interrupted and the report is partial.
 */
export async function compare(request: CompareRequest, terminal: Terminal): Promise<number> {
	const plan = await planComparison(request);
	const stop = new AbortController();
	let interrupted: number | null = null;
	const onSignal = (signal: keyof typeof SIGNALS): void => {
		if (interrupted !== null) process.exit(SIGNALS[signal]);
		interrupted = SIGNALS[signal];
		stop.abort();
	};
	const names = Object.keys(SIGNALS) as (keyof typeof SIGNALS)[];
	for (const name of names) process.on(name, onSignal);
	try {
		const outcomes = await runTrials(plan, request.workers ?? availableParallelism(), stop.signal, (progress) => {
			if (!request.json) terminal.redraw(clip(progressText(progress), Math.max(20, terminal.columns() - 1)));
			if (terminal.closed()) stop.abort();
		});
		const trials = plan.contestants.map(({ label, build }, index) => ({ label, build, outcomes: outcomes[index] ?? [] }));
		const report = reportOf(plan, trials);
		if (request.json) terminal.print(JSON.stringify(report));
		else {
			terminal.redraw("");
			terminal.print(comparisonLines(report, chartedOf(trials), terminal.palette).join("\n"));
		}
		return interrupted ?? (report.failed.length > 0 ? EXIT.data : EXIT.ok);
	} finally {
		for (const name of names) process.off(name, onSignal);
	}
}

const BAR = 24;

/** `compare  37/150 runs  [######......]  12 s left` */
export function progressText({ done, total, leftSeconds }: TrialsProgress): string {
	const filled = Math.floor((done / total) * BAR);
	const left = leftSeconds === null ? "" : `  ${formatSeconds(leftSeconds)} left`;
	return `compare  ${done}/${total} runs  [${"#".repeat(filled)}${".".repeat(BAR - filled)}]${left}`;
}

function reportOf(plan: ComparePlan, trials: readonly AgentTrials[]): ComparisonReport {
	const outcomes = trials.flatMap((agent) => agent.outcomes);
	const done = outcomes.filter((outcome) => outcome !== null).length;
	return {
		format: 1,
		version: VERSION,
		complete: done === outcomes.length,
		done,
		total: outcomes.length,
		market: plan.market,
		currency: plan.currency,
		warmupBars: plan.warmupBars,
		notes: plan.notes,
		method: { confidence: 0.95, interval: "student-t", check: "percentile-bootstrap", correction: "holm" },
		...compareTrials(trials),
		sessions: plan.sessions.map(({ name, seed }, index) => ({
			name,
			seed,
			results: Object.fromEntries(trials.map((agent) => [agent.label, withoutCurve(figuresAt(agent, index))])),
		})),
		failed: trials.flatMap(({ label, outcomes: own }) =>
			own.flatMap((outcome, index) =>
				outcome !== null && "failed" in outcome ? [{ agent: label, session: plan.sessions[index]?.name ?? "", why: outcome.failed }] : [],
			),
		),
	};
}

function chartedOf(trials: readonly AgentTrials[]): { label: string; figures: (TrialFigures | null)[] }[] {
	return trials.map((agent) => ({ label: agent.label, figures: agent.outcomes.map((_, index) => figuresAt(agent, index)) }));
}

function figuresAt({ outcomes }: AgentTrials, index: number): TrialFigures | null {
	const outcome = outcomes[index] ?? null;
	return outcome !== null && "figures" in outcome ? outcome.figures : null;
}

function withoutCurve(figures: TrialFigures | null): Omit<TrialFigures, "curve"> | null {
	if (figures === null) return null;
	const { curve: _curve, ...rest } = figures;
	return rest;
}

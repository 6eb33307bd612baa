import type { LoadedPolicy } from "../../adapters/agent/policy-folder.ts";
import { dataFailure } from "../../adapters/failure.ts";
import { planRun, type RunPlan } from "../../config.ts";
import type { AgentChoice } from "../../engine/agents/choice.ts";
import type { OutOfSample } from "../../engine/agents/policy/manifest.ts";
import { POLICY_PARAMETERS } from "../../engine/agents/policy/policy.ts";
import { type MeanInterval, meanInterval, pairedDifference } from "../../engine/statistics/paired.ts";
import type { Pool } from "../../pool/pool.ts";
import { hasFailed } from "../../trial/measures.ts";
import type { TrialFigures, TrialPlan } from "../../trial/plan.ts";
import type { TestPlan, TestSession } from "./test-ground.ts";

/** What a policy is compared with: doing nothing, then rules. */
export const YARDSTICKS = ["sma", "berserker", "buy-and-hold"] as const;
export const NOTHING = "doing nothing";

/** One line of the report. */
export type ReportRow = { readonly against: string; readonly own: MeanInterval; readonly other: number; readonly difference: MeanInterval };

/** The test of a policy on sessions that it was not trained on; in R a session, R being the planned risk of a trade on the start balance. */
export type Report = { readonly text: string; readonly sessions: number; readonly rows: readonly ReportRow[]; readonly verdict: string };

/**
 * Runs the policy and every yardstick through the same sessions (same market, same dice) on the full feed with all limits on, and compares them session by
 * session. `onSession` hears of every session done, of `total`. Rejects when a session cannot be run or `signal` says stop.
 */
export async function reportOn(
	{ policy, folder, model, files }: LoadedPolicy,
	test: TestPlan,
	pool: Pool,
	signal: AbortSignal,
	onSession: (done: number, total: number) => void,
): Promise<Report> {
	const { text, sessions } = test;
	if (sessions.length === 0) return { text, sessions: 0, rows: [], verdict: NOT_TESTED };
	const total = sessions.length * (YARDSTICKS.length + 1);
	let done = 0;
	const play = async (plans: readonly TrialPlan[]): Promise<number[]> =>
		Promise.all(
			plans.map(async (plan) => {
				const figures = await pool.run("trial", plan, { signal });
				if (hasFailed(figures)) throw failedSession(plan, figures);
				onSession(++done, total);
				return inR(plan, figures);
			}),
		);
	const choice: AgentChoice = {
		id: policy.manifest.name,
		params: Object.fromEntries(POLICY_PARAMETERS.map(({ key, value }) => [key, value])),
		source: { kind: "policy", sha256: policy.sha256, runtime: "kinetra" },
	};
	const bases = await Promise.all(sessions.map((session) => planOf(session, "sma")));
	const own = await play(
		bases.map(({ trial }) => ({ ...trial, agent: { kind: "policy", policy, folder, model, files }, config: { ...trial.config, agent: choice } })),
	);
	const rows = [
		rowOf(
			NOTHING,
			own,
			own.map(() => 0),
		),
	];
	for (const name of YARDSTICKS)
		rows.push(rowOf(name, own, await play((await Promise.all(sessions.map((session) => planOf(session, name)))).map(({ trial }) => trial))));
	return { text, sessions: sessions.length, rows, verdict: verdictOf(rows, sessions.length) };
}

const NOT_TESTED = "Not tested: there is no data that it was not trained on. Prepare some with kinetra data prepare.";

/** The report's lines for the manifest, which has no place for what is unknown: such lines are left out, the verdict says so. */
export function outOfSampleOf({ text, rows }: Report): OutOfSample[] {
	return rows.flatMap(({ against, own, difference: { mean, low, high, count } }) =>
		own.mean === null || mean === null || low === null || high === null
			? []
			: [{ against, data: text, sessions: count, meanR: rounded(own.mean), differenceR: rounded(mean), low: rounded(low), high: rounded(high) }],
	);
}

async function planOf(session: TestSession, agent: string): Promise<{ readonly trial: TrialPlan }> {
	const plan: RunPlan = await planRun({ ...session, agent, set: [...session.set] }, false);
	const { seed, ...config } = plan.config;
	return { trial: { agent: plan.agent, timeframeMinutes: plan.timeframeMinutes, timeframeAsked: plan.timeframeAsked, config, seed } };
}

/** What a session that broke off made is no result: a report with it would be wrong, and one without it would be of other sessions. */
function failedSession({ config: { agent }, seed }: TrialPlan, { endReason, endDetail }: TrialFigures): Error {
	return dataFailure(`The test broke off: a session of ${agent.id} (seed ${seed}) ended by ${endReason}: ${endDetail}`);
}

/** Net profit of the session over the planned risk of its first trade. */
function inR({ config: { account, riskPct } }: TrialPlan, { netProfit }: TrialFigures): number {
	return netProfit / ((account.startBalance * riskPct) / 100);
}

function rowOf(against: string, own: readonly number[], other: readonly number[]): ReportRow {
	return { against, own: meanInterval(own), other: meanInterval(other).mean ?? 0, difference: pairedDifference(own, other) };
}

/** With fewer sessions an interval says little: one that is skewed or lucky passes too often. */
const SESSIONS_MIN = 10;

/**
 * An edge is claimed only when it made more than doing nothing and more than every yardstick, each with an interval that lies above 0. The four comparisons
 * must hold all together, so that none of them needs a correction for being one of several.
 */
export function verdictOf(rows: readonly ReportRow[], sessions: number): string {
	const better = (row: ReportRow): boolean => row.difference.low !== null && row.difference.low > 0;
	const worse = rows.filter((row) => row.difference.high !== null && row.difference.high < 0).map((row) => row.against);
	const undecided = rows.filter((row) => !better(row)).map((row) => row.against);
	const behind = worse.length === 0 ? "" : ` It was worse than ${listed(worse)}.`;
	if (undecided.length === 0 && sessions < SESSIONS_MIN)
		return `No edge shown: it was better in ${sessions} sessions that it had not seen, too few to tell from chance (${SESSIONS_MIN} at least). Test it on more data.`;
	if (undecided.length > 0) return `No edge: in ${sessions} sessions that it had not seen it was not reliably better than ${listed(undecided)}.${behind}`;
	return `An edge on this data: in ${sessions} sessions that it had not seen it made more than doing nothing, ${listed([...YARDSTICKS])}, each with 95 % confidence. That is no promise for another market.`;
}

function listed(names: readonly string[]): string {
	return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/** Four decimals: finer than any session can be told apart. */
function rounded(value: number): number {
	return Math.round(value * 10_000) / 10_000;
}

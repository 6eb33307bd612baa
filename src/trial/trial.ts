import type { TrialFigures, TrialPlan } from "./plan.ts";

/**
 * Runs one session of the real engine and paper simulator, without an archive: nothing is written, no earlier record is used, nobody watches. The same plan
 * gives the same figures, except for agents that are asked from outside and come late. Rejects with a `Failure` when data or agent cannot be used.
 */
export async function runTrial(plan: TrialPlan): Promise<TrialFigures> {
	throw new Error(`trial of seed ${plan.seed}: not there yet`);
}

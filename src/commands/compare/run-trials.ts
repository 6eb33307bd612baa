import { wallClock } from "../../adapters/clock/wall.ts";
import { Failure } from "../../adapters/failure.ts";
import { createPool } from "../../pool/pool.ts";
import type { TrialOutcome } from "../../trial/comparison.ts";
import { hasFailed } from "../../trial/measures.ts";
import { type ComparePlan, trialOf } from "./plan.ts";

/** How far the work is; `leftSeconds` null = not known yet. */
export type TrialsProgress = { readonly done: number; readonly total: number; readonly leftSeconds: number | null };

/**
 * Runs every agent in every session, session by session, so that an interrupted comparison has whole pairs. Returns what came of each, by agent and session,
 * whatever the number of workers; those that `signal` kept from ending are null. One that fails does not keep the others from running.
 */
export async function runTrials(
	plan: ComparePlan,
	workers: number,
	signal: AbortSignal,
	onProgress: (progress: TrialsProgress) => void,
): Promise<readonly (readonly TrialOutcome[])[]> {
	const { contestants, sessions, warmupBars } = plan;
	const outcomes: TrialOutcome[][] = contestants.map(() => sessions.map(() => null));
	const total = contestants.length * sessions.length;
	const clock = wallClock();
	const beganMs = clock.nowMs();
	const pool = createPool({ workers: Math.min(workers, total) });
	let done = 0;
	let next = 0;
	const work = async (): Promise<void> => {
		while (next < total && !signal.aborted) {
			const place = next++;
			const agent = place % contestants.length;
			const session = Math.floor(place / contestants.length);
			const [contestant, compared, row] = [contestants[agent], sessions[session], outcomes[agent]];
			if (contestant === undefined || compared === undefined || row === undefined) return;
			const outcome = await pool
				.run("trial", trialOf(contestant, compared, warmupBars), { signal })
				.then(outcomeOf, (error: unknown) => failedOf(error, signal));
			row[session] = outcome;
			if (outcome === null) return;
			done++;
			const seconds = (clock.nowMs() - beganMs) / 1000;
			onProgress({ done, total, leftSeconds: done < pool.workers * 2 ? null : (seconds / done) * (total - done) });
		}
	};
	try {
		await Promise.all(Array.from({ length: pool.workers }, work));
	} finally {
		await pool.close();
	}
	return outcomes;
}

function outcomeOf(figures: Extract<TrialOutcome, { figures: unknown }>["figures"]): TrialOutcome {
	return hasFailed(figures) ? { failed: `${figures.endReason}: ${figures.endDetail}` } : { figures };
}

function failedOf(error: unknown, signal: AbortSignal): TrialOutcome {
	if (signal.aborted) return null;
	const message = error instanceof Error ? error.message : String(error);
	return { failed: error instanceof Failure ? message : `This is a bug in Kinetra: ${message}` };
}

import { rmSync } from "node:fs";
import { join } from "node:path";
import { type LoadedPolicy, readPolicyFolder } from "../../adapters/agent/policy-folder.ts";
import { EXIT, Failure } from "../../adapters/failure.ts";
import { createLearner, restoreLearner } from "../../engine/learning/learner.ts";
import type { Learner } from "../../engine/learning/player.ts";
import type { Pool } from "../../pool/pool.ts";
import type { Checkpoint, Keeper } from "./checkpoint.ts";
import type { TrainDisplay } from "./display.ts";
import { type Trained, writePolicy } from "./export.ts";
import { ACTIONS, FEATURES } from "./features.ts";
import { learn, look } from "./learn.ts";
import { checkpointFolder, sizesOf, type TrainPlan } from "./plan.ts";
import { firstProgress, type TrainProgress } from "./progress.ts";
import { type Report, reportOn } from "./report.ts";
import type { TrainStop } from "./stop.ts";

/** A training on its way: what it has, and whom it tells. */
export type Training = {
	readonly plan: TrainPlan;
	readonly learner: Learner;
	readonly progress: TrainProgress;
	readonly keeper: Keeper;
	readonly pool: Pool;
	readonly stop: TrainStop;
	readonly display: TrainDisplay;
	readonly nowMs: () => number;
};

/** How it came out. `report` is null when it was stopped before or during its test. */
export type TrainOutcome = { readonly policy: LoadedPolicy; readonly report: Report | null; readonly interrupted: boolean };

/** Wall time between two checkpoints. */
const CHECKPOINT_MS = 20_000;

/** The learner of a plan: as the checkpoint left it, or new. */
export function learnerOf({ algorithm, seed, steps }: TrainPlan, found: Checkpoint | null): Learner {
	if (found !== null) return restoreLearner(found.learner);
	return createLearner(algorithm, { sizes: sizesOf(algorithm, FEATURES.length, ACTIONS.length), seed, totalSteps: steps });
}

/** The progress that a checkpoint left, or none. */
export function progressOf(found: Checkpoint | null): TrainProgress {
	return found === null ? firstProgress() : { ...found.progress, curve: [...found.progress.curve] };
}

/**
 * Learns, keeps the best network, tests it, and writes it to the plan's folder. An interruption leaves the best network so far there, untested, and a
 * checkpoint to go on from. Rejects with a `Failure` when something cannot be written or read.
 */
export async function train(training: Training): Promise<TrainOutcome> {
	const { plan, learner, progress, keeper, pool, stop, display, nowMs } = training;
	const { exported = null } = keeper.found ?? {};
	const begun = nowMs();
	const wallBefore = progress.wallMs;
	let savedAt = begun;
	const save = (left: string | null): void => {
		progress.wallMs = wallBefore + nowMs() - begun;
		keeper.save({ learner: learner.save(), progress, exported: left });
		savedAt = nowMs();
	};
	const isOutOfTime = (): boolean => plan.minutes !== null && wallBefore + nowMs() - begun >= plan.minutes * 60_000;
	const complete = await learn(plan, learner, progress, pool, {
		signal: stop.signal,
		shouldStop: () => stop.code() !== null || (isOutOfTime() && progress.round > 0),
		onRound(figures, now) {
			display.onRound(figures, now, nowMs() - begun);
			if (nowMs() - savedAt >= CHECKPOINT_MS) save(exported);
		},
	});
	// Nothing to go on from: the same command begins anew.
	if (progress.steps === 0) throw new Failure(stop.code() ?? EXIT.sigterm, "Interrupted before the first round was done: there is no policy yet.");
	save(exported);
	// The network of an unfinished training may not have been judged since it changed. Judged apart: a training that goes on must not know of the pause.
	const judged = { ...progress };
	if (!complete) await look(plan, learner, judged, pool, stop.signal);
	const { best } = judged;
	if (best === null) throw new Error("a training without a look at its network");
	const trained = { playing: best.playing, quantiles: learner.quantiles(), steps: progress.steps, cutShort: !complete };
	const report = stop.code() === null ? await test(training, trained) : null;
	removeExported(plan.out, exported);
	const policy = written(plan, { ...trained, report }, plan.out);
	if (report === null) save(policy.policy.sha256);
	return { policy, report, interrupted: report === null };
}

/** Tests the network as the policy that it will be, read from the disk like any other; null when that was interrupted. */
async function test({ plan, pool, stop, display }: Training, trained: Omit<Trained, "report">): Promise<Report | null> {
	const draft = join(checkpointFolder(plan.out), "draft");
	rmSync(draft, { recursive: true, force: true });
	const policy = written(plan, { ...trained, report: null }, draft);
	rmSync(draft, { recursive: true, force: true });
	stop.abortOnSignal();
	try {
		return await reportOn(policy, plan.test, pool, stop.signal, display.onTest);
	} catch (error) {
		if (stop.code() !== null) return null;
		throw error;
	}
}

function written(plan: TrainPlan, trained: Trained, folder: string): LoadedPolicy {
	writePolicy(plan, trained, folder);
	return readPolicyFolder(folder);
}

/** The policy that an interruption of this same training left may be replaced; anything else stays, and writing refuses. */
function removeExported(out: string, exported: string | null): void {
	if (exported === null) return;
	try {
		if (readPolicyFolder(out).policy.sha256 === exported) rmSync(out, { recursive: true });
	} catch {
		// Not there any more, or not what was written: `writePolicyFolder` decides.
	}
}

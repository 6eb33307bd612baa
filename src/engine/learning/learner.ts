import type { Learner, LearnerState } from "./player.ts";

/** What a new learner is made of. */
export type LearnerPlan = {
	/** Features, hidden layers, actions: 24-64-64-4 is [24, 64, 64, 4]. `linear` has no hidden layers. */
	readonly sizes: readonly number[];
	readonly seed: number;
	/** Steps of the whole training: what the schedules of learning rate and exploration run over. */
	readonly totalSteps: number;
	/** Changes to `LEARNING_SETTINGS[algorithm]` by name. */
	readonly settings?: Readonly<Record<string, number>>;
};

/** A new learner. Throws when a size or setting cannot be. */
export function createLearner(algorithm: Learner["algorithm"], plan: LearnerPlan): Learner {
	throw new Error(`no ${algorithm} yet for ${plan.sizes}`);
}

/** The learner that `save` put away: goes on bit for bit as the saved one would have. */
export function restoreLearner(state: LearnerState): Learner {
	throw new Error(`no ${state.algorithm} yet`);
}

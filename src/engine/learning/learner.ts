import { baseOf, type LearnerBase } from "./learner-base.ts";
import type { Learner, LearnerState } from "./player.ts";
import { createPpo } from "./ppo.ts";
import { createQLearning } from "./q-learning.ts";
import { LEARNING_SETTINGS, type PpoSettings, type QSettings } from "./settings.ts";

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
export function createLearner(algorithm: Learner["algorithm"], { sizes, seed, totalSteps, settings = {} }: LearnerPlan): Learner {
	if (sizes.length < 2 || !sizes.every((size) => Number.isInteger(size) && size > 0 && size <= 4096))
		throw new Error(`not the sizes of a network: ${sizes.join("-")}`);
	if (algorithm === "linear" && sizes.length !== 2) throw new Error(`linear has no hidden layers, but its sizes are ${sizes.join("-")}: give features-actions`);
	if ((sizes[sizes.length - 1] ?? 0) > 256) throw new Error(`more than 256 actions: ${sizes.join("-")}`);
	const known = LEARNING_SETTINGS[algorithm];
	for (const [name, value] of Object.entries(settings)) {
		if (!(name in known)) throw new Error(`${algorithm} has no setting ${name}; it has ${Object.keys(known).join(", ")}`);
		if (!Number.isFinite(value) || value < 0) throw new Error(`${algorithm}'s setting ${name} cannot be ${value}: give a number of at least 0`);
	}
	return learnerOf({ algorithm, sizes, seed, totalSteps, settings: { ...known, ...settings }, saved: null });
}

/** The learner that `save` put away: goes on bit for bit as the saved one would have. Throws when the state is not one of ours. */
export function restoreLearner(state: LearnerState): Learner {
	return learnerOf(baseOf(state, LEARNING_SETTINGS[state.algorithm]));
}

function learnerOf(base: LearnerBase<Readonly<Record<string, number>>>): Learner {
	// The settings of each algorithm are complete: its defaults with changes by name.
	if (base.algorithm === "ppo") return createPpo(base as LearnerBase<PpoSettings>);
	return createQLearning(base as LearnerBase<QSettings>);
}

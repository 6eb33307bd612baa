/**
 * Somebody who plays an environment, driven by it: the environment calls, so that the trading engine, which asks its agent in the middle of a step, is
 * an environment as it is. Rewards belong to the action before them.
 */
export type Player = {
	/**
	 * The next action, 0 .. actions - 1. `observation`: the features as they are; the player scales them itself. It is reused: copy it to keep it.
	 * `reward`: of the action before (ignored at an episode's first call).
	 */
	act(observation: Float32Array, reward: number): number;
	/** The episode is over. `terminal`: nothing more could have come (ruin); else it was cut off, and `observation` is what would have been acted on. */
	end(observation: Float32Array, reward: number, terminal: boolean): void;
};

/** What a player has gone through, step by step: `count` rows. Plain typed arrays, so that a worker can hand them over. */
export type Experience = {
	readonly count: number;
	readonly features: number;
	/** count x features, row-major. */
	readonly observations: Float32Array;
	readonly actions: Uint8Array;
	readonly rewards: Float32Array;
	/** After each step: 0 = goes on, 1 = terminal, 2 = cut off. The last row is never 0. */
	readonly ends: Uint8Array;
	/** What follows each end that was cut off, in order: (number of 2s in `ends`) x features. */
	readonly cutOff: Float32Array;
	/** Natural logarithm of the probability of each action when it was chosen; 0 for players that do not need it. */
	readonly logProbs: Float32Array;
};

/** A player that remembers. */
export type RecordingPlayer = Player & {
	/** Steps taken since the last `take`. */
	readonly count: number;
	/**
	 * Hands over what was gone through and starts anew. Throws while an episode is under way: cut it off first, by `end` with `terminal` false, for only
	 * its environment knows the reward of its last action.
	 */
	take(): Experience;
};

/** How a round of learning went, for people: what each algorithm can say of itself; null = does not apply, or nothing was learned yet. */
export type LearnStats = { readonly steps: number; readonly loss: number | null; readonly entropy: number | null; readonly explore: number | null };

/** How features become what a network reads: (value - mean) / scale, clamped to -clip .. clip; one mean and one scale a feature. As in a policy's manifest. */
export type FeatureScaler = { readonly mean: Float32Array; readonly scale: Float32Array; readonly clip: number };

/** What the learner has seen of each feature: values at `QUANTILE_LEVELS` (lowest and highest exact, between them from a seeded sample of the steps). */
export type FeatureQuantiles = readonly (readonly number[])[];

/** What a learner is, whatever it learns by. Deterministic: the same seed and the same experience give the same weights, bit for bit. */
export type Learner = {
	readonly algorithm: "ppo" | "dqn" | "linear";
	/** Steps that each round should bring, over all workers. */
	readonly roundSteps: number;
	/** What a worker needs to play a round: plain data. */
	playing(): Playing;
	/** Learns from what the workers brought, in the order of the workers. Throws when sizes, actions or numbers cannot be (a bug of the environment). */
	learn(experience: readonly Experience[]): LearnStats;
	/** The features as seen so far, for the manifest's distribution; throws before the first round. */
	quantiles(): FeatureQuantiles;
	/** Everything needed to go on exactly from here: plain data. */
	save(): LearnerState;
};

/**
 * How a worker plays, as plain data. `sizes`: features, hidden layers, actions; `weights` layer by layer, each outputs x inputs row-major, then its biases.
 * `explore`: the share of actions taken at random (Q-learners; 0 for ppo, whose actions are drawn by the softmax of the outputs).
 * `valueScale`: what one unit of an output is worth in rewards (Q-learners; 1 for ppo).
 */
export type Playing = {
	readonly algorithm: Learner["algorithm"];
	readonly sizes: readonly number[];
	readonly hidden: "tanh" | "relu";
	readonly weights: Float32Array;
	readonly scaler: FeatureScaler;
	readonly explore: number;
	readonly valueScale: number;
};

/** A learner at rest. */
export type LearnerState = {
	readonly algorithm: Learner["algorithm"];
	readonly numbers: Readonly<Record<string, number>>;
	readonly arrays: Readonly<Record<string, Float32Array>>;
};

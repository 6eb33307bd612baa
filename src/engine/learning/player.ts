/**
 * Somebody who plays an environment, driven by it: the environment calls, so that the trading engine, which asks its agent in the middle of a step, is
 * an environment as it is. Rewards belong to the action before them.
 */
export type Player = {
	/** The next action, 0 .. actions - 1. `reward`: of the action before (0 at an episode's first call). The observation is reused: copy it to keep it. */
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
	/** Hands over what was gone through and starts anew; an episode that is under way is cut off at `next`, what would have been acted on. */
	take(next: Float32Array): Experience;
};

/** How a round of learning went, for people: what each algorithm can say of itself; null = does not apply. */
export type LearnStats = { readonly steps: number; readonly loss: number; readonly entropy: number | null; readonly explore: number | null };

/** What a learner is, whatever it learns by. Deterministic: the same seed and the same experience give the same weights, bit for bit. */
export type Learner = {
	readonly algorithm: "ppo" | "dqn" | "linear";
	/** Steps that each round should bring, over all workers. */
	readonly roundSteps: number;
	/** What a worker needs to play a round: plain data. */
	playing(): Playing;
	/** Learns from what the workers brought, in the order of the workers. */
	learn(experience: readonly Experience[]): LearnStats;
	/** Everything needed to go on exactly from here: plain data. */
	save(): LearnerState;
};

/** How a worker plays: the network's weights, and how it explores. */
export type Playing = { readonly algorithm: Learner["algorithm"]; readonly sizes: readonly number[]; readonly weights: Float32Array; readonly explore: number };

/** A learner at rest. */
export type LearnerState = {
	readonly algorithm: Learner["algorithm"];
	readonly numbers: Readonly<Record<string, number>>;
	readonly arrays: Readonly<Record<string, Float32Array>>;
};

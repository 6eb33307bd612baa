import type { Learner } from "./player.ts";

/** Numbers that PPO learns by; `PPO_SETTINGS` says what each means and why it is as it is. */
export type PpoSettings = Readonly<Record<keyof typeof PPO_SETTINGS, number>>;
/** Numbers that the Q-learners learn by. */
export type QSettings = Readonly<Record<keyof typeof DQN_SETTINGS, number>>;

/** Defaults of PPO (Schulman et al. 2017). */
export const PPO_SETTINGS = {
	/** Steps a round, over all workers. */
	roundSteps: 4096,
	/** Discount of rewards a step. */
	discount: 0.99,
	/** Lambda of generalised advantage estimation: 1 = the whole return (much noise), 0 = one step (much bias). */
	gaeLambda: 0.95,
	/** How far the probability of an action may move in a round before its gradient is cut off: ratio 1 - clip .. 1 + clip. */
	clip: 0.2,
	/** Passes over the round's steps; fewer when `klStop` is passed. */
	epochs: 6,
	/** Steps a gradient. */
	minibatch: 256,
	/** Learning rate at the first step, falling in a straight line to `learningRateEnd` times it at the last. */
	learningRate: 0.001,
	learningRateEnd: 0.1,
	/** Learning rate of the value network over that of the policy's. */
	valueRate: 1.5,
	/** Weight of the entropy bonus at the first step, and what it has fallen to at the last. */
	entropy: 0.01,
	entropyEnd: 0.001,
	/** Mean Kullback-Leibler divergence of an epoch from the policy that played, beyond which no further epoch is begun. */
	klStop: 0.03,
	/** Largest norm of a gradient; longer ones are shortened to it. */
	gradientNorm: 0.5,
	/** 1 = tanh, 0 = relu in the hidden layers. */
	tanh: 1,
	/** Scaled features are clamped to this many standard deviations. */
	featureClip: 5,
} as const;

/** Defaults of double DQN with replay and a target network (Mnih et al. 2015, van Hasselt et al. 2016). */
export const DQN_SETTINGS = {
	roundSteps: 1024,
	/** Shorter-sighted than PPO: an error of the estimate is fed back 1 / (1 - discount) times. */
	discount: 0.97,
	/**
	 * Steps of reward before the estimate takes over (Sutton and Barto 2018, chapter 7). More than one counts the costs of random trades against the action before
	 * them: with 3 the toy market's optimum was missed by half.
	 */
	returnSteps: 1,
	/** Transitions that are remembered; the oldest is forgotten. */
	memory: 100_000,
	/** Steps before the first gradient. */
	learnFrom: 4096,
	/** Steps of the environment a gradient. */
	stepsPerGradient: 4,
	minibatch: 64,
	learningRate: 0.001,
	learningRateEnd: 0.1,
	/** Gradients between two copies into the target network. */
	targetEvery: 200,
	/** Share of random actions: falls in a straight line from the first to the second over `exploreShare` of all steps. */
	explore: 1,
	exploreEnd: 0.05,
	exploreShare: 0.4,
	/** Errors beyond this count linearly instead of squared (Huber 1964). */
	huber: 1,
	gradientNorm: 10,
	tanh: 0,
	featureClip: 5,
} as const;

/** Defaults of linear Q-learning: the same with a single dense layer, whose few weights bear a larger step. */
export const LINEAR_SETTINGS: QSettings = { ...DQN_SETTINGS, learningRate: 0.002, targetEvery: 100 };

/** What may be set of an algorithm, with the defaults. */
export const LEARNING_SETTINGS: Readonly<Record<Learner["algorithm"], Readonly<Record<string, number>>>> = {
	ppo: PPO_SETTINGS,
	dqn: DQN_SETTINGS,
	linear: LINEAR_SETTINGS,
};

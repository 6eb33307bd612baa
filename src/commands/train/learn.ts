import type { Learner } from "../../engine/learning/player.ts";
import { fork, uint32 } from "../../engine/random.ts";
import type { Pool } from "../../pool/pool.ts";
import type { EpisodeResult } from "./environment.ts";
import { EPISODE_BARS } from "./episodes.ts";
import type { Ground } from "./ground.ts";
import type { RoundFigures, TrainProgress } from "./progress.ts";

/** What a training needs of its plan while it runs. */
export type LearnOrder = { readonly ground: Ground; readonly steps: number; readonly seed: number; readonly workers: number };

/** What hears of it, and what may stop it: both are asked between rounds only, so that neither decides a result but for how far it goes. */
export type LearnHooks = {
	onRound(figures: RoundFigures, progress: TrainProgress): void;
	/** True = no further round. */
	shouldStop(): boolean;
	readonly signal: AbortSignal;
};

/** How often the network is judged over a training, at most, and on how many held-out episodes: enough to tell networks apart. */
const LOOKS = 20;
/** Steps of learning for each of a look, at least: judging must not take longer than learning. */
const LEARNED_A_LOOKED = 3;
const LOOK_EPISODES = { few: 14, many: 84 } as const;
/** Trainings of fewer steps than this are trials, which the larger look would take longer than the learning. */
const MANY_FROM_STEPS = 200_000;

/**
 * Learns round by round until `steps` are done or a hook stops it; `progress` and the learner are updated in place. Every round each worker plays its share,
 * with a seed made of training, round and worker; the learner learns from the shares in the order of the workers. So the same seed and number of workers
 * give the same weights, whoever is faster. Resolves with true when all steps are done.
 */
export async function learn(order: LearnOrder, learner: Learner, progress: TrainProgress, pool: Pool, hooks: LearnHooks): Promise<boolean> {
	const { ground, workers, seed, steps } = order;
	const shareSteps = Math.ceil(learner.roundSteps / workers);
	const rounds = Math.ceil(steps / (shareSteps * workers));
	const lookEvery = lookRounds(steps, rounds, shareSteps * workers);
	while (progress.round < rounds) {
		if (hooks.shouldStop()) return false;
		const { round } = progress;
		const playing = learner.playing();
		const shares = await Promise.all(
			Array.from({ length: workers }, (_, worker) =>
				pool.run(
					"trainShare",
					{ ground, playing, seed: shareSeed(seed, round, worker), first: round * workers + worker, steps: shareSteps },
					{ signal: hooks.signal },
				),
			),
		);
		const stats = learner.learn(shares.map((share) => share.experience));
		progress.round++;
		progress.steps += shares.reduce((sum, share) => sum + share.experience.count, 0);
		const episodes = shares.flatMap((share) => share.episodes);
		const meanReward = meanOf(episodes, (episode) => episode.rewardSum / episode.steps);
		progress.curve.push(meanReward ?? 0);
		if (progress.round % lookEvery === 0 || progress.round === rounds) await look(order, learner, progress, pool, hooks.signal);
		hooks.onRound(
			{
				round: progress.round,
				steps: progress.steps,
				meanReward,
				meanNetR: meanOf(episodes, (episode) => episode.netR),
				meanTrades: meanOf(episodes, (episode) => episode.trades),
				stats,
			},
			progress,
		);
	}
	return true;
}

/** Rounds from one look to the next. */
function lookRounds(steps: number, rounds: number, roundSteps: number): number {
	const looked = looksOf(steps) * EPISODE_BARS * LEARNED_A_LOOKED;
	return Math.max(1, Math.ceil(rounds / LOOKS), Math.ceil(looked / roundSteps));
}

function looksOf(steps: number): number {
	return steps < MANY_FROM_STEPS ? LOOK_EPISODES.few : LOOK_EPISODES.many;
}

/** Judges the network on held-out episodes, the same at every look, and keeps it when none was better. */
export async function look(order: LearnOrder, learner: Learner, progress: TrainProgress, pool: Pool, signal: AbortSignal): Promise<void> {
	const { ground, seed, steps } = order;
	const playing = learner.playing();
	const count = looksOf(steps);
	// A fixed division, whatever the number of workers: sums of the same numbers in the same order are the same.
	const parts = await Promise.all(
		Array.from({ length: count / PART }, (_, part) => pool.run("trainChoice", { ground, playing, seed, first: part * PART, count: PART }, { signal })),
	);
	const score = meanOf(parts.flat(), (episode) => episode.rewardSum) ?? 0;
	progress.lastScore = score;
	if (progress.best === null || score > progress.best.score) progress.best = { steps: progress.steps, score, playing };
}

/** Held-out episodes a task. */
const PART = 7;

function shareSeed(seed: number, round: number, worker: number): number {
	return uint32(fork(seed, `round ${round} worker ${worker}`));
}

function meanOf(episodes: readonly EpisodeResult[], figure: (episode: EpisodeResult) => number): number | null {
	const played = episodes.filter((episode) => episode.steps > 0);
	return played.length === 0 ? null : played.reduce((sum, episode) => sum + figure(episode), 0) / played.length;
}

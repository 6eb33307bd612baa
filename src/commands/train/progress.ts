import type { LearnStats, Playing } from "../../engine/learning/player.ts";

/** One round of a training, for people and for the curve. R = planned risk of a trade. */
export type RoundFigures = {
	readonly round: number;
	readonly steps: number;
	/** Mean over the round's whole and cut-off episodes, a step of the market; null before the first. */
	readonly meanReward: number | null;
	readonly meanNetR: number | null;
	readonly meanTrades: number | null;
	readonly stats: LearnStats;
};

/** The best network so far, by its score on episodes that nothing is learned from. */
export type Best = { readonly steps: number; readonly score: number; readonly playing: Playing };

/** Everything between two rounds besides the learner; plain data, part of the checkpoint. */
export type TrainProgress = {
	/** Rounds done. */
	round: number;
	steps: number;
	best: Best | null;
	/** Score of the last look at the held-out episodes; null before the first. */
	lastScore: number | null;
	/** Mean reward an episode of each round. */
	readonly curve: number[];
	/** Wall time spent so far, ms: for people, decides nothing. */
	wallMs: number;
};

/** A training that has not begun. */
export function firstProgress(): TrainProgress {
	return { round: 0, steps: 0, best: null, lastScore: null, curve: [], wallMs: 0 };
}

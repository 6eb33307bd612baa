import { greedyNetwork } from "../../src/engine/learning/greedy-network.ts";
import type { FeatureScaler, Learner, Player } from "../../src/engine/learning/player.ts";
import { createRecordingPlayer } from "../../src/engine/learning/recording-player.ts";
import { createForward } from "../../src/engine/network/forward.ts";
import { fork, normal, type RandomState } from "../../src/engine/random.ts";

/**
 * A market whose best policy can be computed. The price is 1.1 + 0.001 x, x an autoregressive deviation from its mean: x' = phi x + sqrt(1 - phi^2) e, e normal, so
 * x has standard deviation 1. The agent sees price and position (-1, 0, 1), and says hold, buy (be long), sell (be short) or close (be flat). The reward of a
 * step is position after the action * (x' - x) - cost * |change of position|; doing nothing earns 0. Nothing ends an episode but a cut after `episodeSteps`.
 */
export type ToyMarket = { readonly phi: number; readonly cost: number; readonly episodeSteps: number };

/** A market that trades about every eight steps; the best policy holds through a band in which a trade is not worth its cost. */
export const TOY_MARKET: ToyMarket = { phi: 0.9, cost: 0.4, episodeSteps: 500 };

/** Position (-1, 0, 1) after an action. */
function positionAfter(position: number, action: number): number {
	return action === 0 ? position : action === 1 ? 1 : action === 2 ? -1 : 0;
}

/** Writes what the agent sees. */
function observe(x: number, position: number, observation: Float32Array): void {
	observation[0] = 1.1 + 0.001 * x;
	observation[1] = position;
}

/** Drives a player through whole episodes until `steps` are taken (a multiple of `episodeSteps`, or the last episode is cut short). */
export function playToyMarket(market: ToyMarket, player: Player, steps: number, random: RandomState): void {
	const noise = Math.sqrt(1 - market.phi ** 2);
	const observation = new Float32Array(2);
	for (let taken = 0; taken < steps; ) {
		let x = normal(random);
		let position = 0;
		let reward = 0;
		observe(x, position, observation);
		for (let step = 0; step < market.episodeSteps && taken < steps; step++, taken++) {
			const after = positionAfter(position, player.act(observation, reward));
			const next = market.phi * x + noise * normal(random);
			reward = after * (next - x) - market.cost * Math.abs(after - position);
			position = after;
			x = next;
			observe(x, position, observation);
		}
		player.end(observation, reward, false);
	}
}

/** Which action a policy takes at deviation x in a position. */
export type ToyPolicy = (x: number, position: number) => number;

/** The market on a grid: `points` deviations from -5 to 5 standard deviations, with the chance of each following each. */
type Grid = { readonly points: number; readonly at: (index: number) => number; readonly chances: Float64Array; readonly expected: Float64Array };

/**
 * Mean reward a step of the best policy, and that policy: relative value iteration (Puterman 1994, section 8.5) over grid x position. A step goes from a grid point
 * to each grid point with the chance that the next deviation lies in its cell (what is beyond the ends goes to them: less than 1 in a million), so the only error
 * is the width of the cells; a test compares with a grid twice as fine and with a simulation of the market itself.
 */
export function bestOf(market: ToyMarket, points = 161): { readonly mean: number; readonly policy: ToyPolicy } {
	const grid = gridOf(market, points);
	const choices = new Uint8Array(points * 3);
	const mean = iterate(market, grid, choices, true);
	return { mean, policy: (x, position) => choices[nearest(grid, x) * 3 + position + 1] as number };
}

/** Mean reward a step of any policy, without chance: the same iteration with its choices. */
export function meanOf(market: ToyMarket, policy: ToyPolicy, points = 161): number {
	const grid = gridOf(market, points);
	const choices = Uint8Array.from({ length: points * 3 }, (_, index) => policy(grid.at(Math.floor(index / 3)), (index % 3) - 1));
	return iterate(market, grid, choices, false);
}

/** What a learner would do if it did not explore: its exported network behind its scaler, as in a session. */
export function greedyPolicy(learner: Learner): ToyPolicy {
	const forward = createForward(greedyNetwork(learner));
	const { scaler } = learner.playing();
	const observation = new Float32Array(2);
	return (x, position) => {
		observe(x, position, observation);
		scaleInto(scaler, observation);
		const outputs = forward(observation);
		return outputs.indexOf(Math.max(...outputs));
	};
}

/** Trains a learner on the market with `workers` players a round, as a training does. */
export function train(learner: Learner, market: ToyMarket, totalSteps: number, seed: number, workers = 2): void {
	const randoms = Array.from({ length: workers }, (_, worker) => fork(seed, `market ${worker}`));
	for (let round = 0, steps = 0; steps < totalSteps; round++) {
		const experience = randoms.map((random, worker) => {
			const player = createRecordingPlayer(learner.playing(), seed * 1_000_003 + round * 101 + worker);
			playToyMarket(market, player, Math.ceil(learner.roundSteps / workers), random);
			return player.take();
		});
		steps = learner.learn(experience).steps;
	}
}

function scaleInto({ mean, scale, clip }: FeatureScaler, observation: Float32Array): void {
	for (let index = 0; index < observation.length; index++) {
		const value = ((observation[index] as number) - (mean[index] as number)) / (scale[index] as number);
		observation[index] = Math.max(-clip, Math.min(clip, value));
	}
}

function gridOf({ phi }: ToyMarket, points: number): Grid {
	const width = 10 / (points - 1);
	const at = (index: number): number => -5 + index * width;
	const noise = Math.sqrt(1 - phi ** 2);
	const chances = new Float64Array(points * points);
	const expected = new Float64Array(points);
	for (let from = 0; from < points; from++) {
		let below = 0;
		for (let to = 0; to < points; to++) {
			const up = to === points - 1 ? 1 : normalBelow((at(to) + width / 2 - phi * at(from)) / noise);
			chances[from * points + to] = up - below;
			below = up;
		}
		// The exact expectation, so that the grid distorts only where the way goes on, not what a step earns.
		expected[from] = (phi - 1) * at(from);
	}
	return { points, at, chances, expected };
}

function nearest(grid: Grid, x: number): number {
	return Math.max(0, Math.min(grid.points - 1, Math.round(((x + 5) * (grid.points - 1)) / 10)));
}

/**
 * Repeats values <- reward + values of what follows, less the value of a fixed state, until the gain of every state is the same to 1e-7: that gain is the mean reward.
 * `improve`: chooses the best action in every state and writes it into `choices`; else takes those of `choices`.
 */
function iterate({ cost }: ToyMarket, { points, chances, expected }: Grid, choices: Uint8Array, improve: boolean): number {
	let values = new Float64Array(points * 3);
	let better = new Float64Array(points * 3);
	const following = new Float64Array(points * 3);
	for (let sweep = 0; sweep < 20_000; sweep++) {
		follow(values, chances, points, following);
		let least = Number.POSITIVE_INFINITY;
		let most = Number.NEGATIVE_INFINITY;
		for (let index = 0; index < points * 3; index++) {
			const point = Math.floor(index / 3);
			const position = (index % 3) - 1;
			let best = Number.NEGATIVE_INFINITY;
			for (let action = improve ? 0 : (choices[index] as number); action < 4; action++) {
				const after = positionAfter(position, action);
				const value = after * (expected[point] as number) - cost * Math.abs(after - position) + (following[point * 3 + after + 1] as number);
				if (value > best) {
					best = value;
					if (improve) choices[index] = action;
				}
				if (!improve) break;
			}
			better[index] = best;
			least = Math.min(least, best - (values[index] as number));
			most = Math.max(most, best - (values[index] as number));
		}
		if (most - least < 1e-7) return (most + least) / 2;
		const anchor = better[Math.floor(points / 2) * 3 + 1] as number;
		for (let index = 0; index < better.length; index++) better[index] = (better[index] as number) - anchor;
		[values, better] = [better, values];
	}
	throw new Error("value iteration did not settle");
}

/** following[point, position] = expected value one step on. */
function follow(values: Float64Array, chances: Float64Array, points: number, following: Float64Array): void {
	following.fill(0);
	for (let from = 0; from < points; from++) {
		for (let to = 0; to < points; to++) {
			const chance = chances[from * points + to] as number;
			if (chance < 1e-12) continue;
			for (let side = 0; side < 3; side++) following[from * 3 + side] = (following[from * 3 + side] as number) + chance * (values[to * 3 + side] as number);
		}
	}
}

/** The share of a standard normal below z (Abramowitz and Stegun 7.1.26 on erf; within 1.5e-7). */
function normalBelow(z: number): number {
	const x = Math.abs(z) / Math.SQRT2;
	const t = 1 / (1 + 0.3275911 * x);
	const tail = 0.5 * t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.exp(-x * x);
	return z > 0 ? 1 - tail : tail;
}

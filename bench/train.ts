// How fast a PPO learner gathers experience: steps of the trading environment (the session's engine, validator and simulated MT5) with a 24-64-64-4 network
// that chooses, records and trades, on one core. Against it the same sessions with nobody choosing (holding all the way), and the share of making markets.
//   npm run bench:train          (a quiet machine: half a minute; the must is 20,000 steps a second of processor time)
import { cpus } from "node:os";
import { prepareGround } from "../src/commands/train/data.ts";
import { playEpisode } from "../src/commands/train/environment.ts";
import { createEpisodes } from "../src/commands/train/episodes.ts";
import { FEATURES } from "../src/commands/train/features.ts";
import { firstWeights } from "../src/engine/learning/dense-net.ts";
import type { Player, Playing } from "../src/engine/learning/player.ts";
import { createRecordingPlayer } from "../src/engine/learning/recording-player.ts";
import { fork } from "../src/engine/random.ts";
import { figure, median, table } from "./figures.ts";

const STEPS_A_ROUND = 16_384;
const ROUNDS = 9;
const INPUTS = 24;
const MUST = 20_000;

const { ground } = await prepareGround({ paths: [], symbol: null, timeframe: null });

/** The episode's observation with zeros behind it, for a network of 24 inputs. */
function padded(player: Player): Player {
	const wide = new Float32Array(INPUTS);
	return {
		act(observation, reward) {
			wide.set(observation);
			return player.act(wide, reward);
		},
		end(observation, reward, terminal) {
			wide.set(observation);
			player.end(wide, reward, terminal);
		},
	};
}

function networkOf(seed: number): Playing {
	const shape = { sizes: [INPUTS, 64, 64, 4], hidden: "tanh" as const };
	const scaler = { mean: new Float32Array(INPUTS), scale: new Float32Array(INPUTS).fill(1), clip: 5 };
	return { algorithm: "ppo", ...shape, weights: firstWeights(shape, fork(seed, "bench")), scaler, explore: 0, valueScale: 1 };
}

/** Steps a second of processor time, and trades an episode. */
async function measure(round: number, player: Player): Promise<{ readonly speed: number; readonly trades: number }> {
	const episodes = createEpisodes(ground, "learn", round, 0);
	const before = process.cpuUsage();
	let steps = 0;
	let count = 0;
	let trades = 0;
	while (steps < STEPS_A_ROUND) {
		const episode = episodes.next();
		const result = await playEpisode(episode, player, STEPS_A_ROUND - steps);
		episode.feed.close();
		steps += result.steps;
		trades += result.trades;
		count++;
	}
	const { user, system } = process.cpuUsage(before);
	return { speed: steps / ((user + system) / 1e6), trades: trades / count };
}

/** Making the same markets and playing nothing, in steps a second. */
function measureMarkets(round: number): number {
	const episodes = createEpisodes(ground, "learn", round, 0);
	const before = process.cpuUsage();
	const count = Math.round(STEPS_A_ROUND / 240);
	for (let number = 0; number < count; number++) {
		const { feed } = episodes.next();
		// Warm-up and episode.
		for (let rows = 0; rows < 340 * 4; ) rows += feed.next()?.count ?? Number.POSITIVE_INFINITY;
		feed.close();
	}
	const { user, system } = process.cpuUsage(before);
	return STEPS_A_ROUND / ((user + system) / 1e6);
}

const idle: Player = { act: () => 0, end: () => {} };
const learning: number[] = [];
const bare: number[] = [];
const markets: number[] = [];
let trades = 0;
for (let round = 0; round < ROUNDS; round++) {
	const recorder = createRecordingPlayer(networkOf(round), round);
	const measured = await measure(round, padded(recorder));
	learning.push(measured.speed);
	trades += measured.trades / ROUNDS;
	bare.push((await measure(round, idle)).speed);
	markets.push(measureMarkets(round));
}
const [speed, alone, made] = [learning, bare, markets].map((values) => median(values.slice(2)));
console.log(
	`${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}; median of ${ROUNDS - 2} rounds of ${STEPS_A_ROUND} steps, one core; ${FEATURES.length} features padded to ${INPUTS}`,
);
console.log(
	table([
		["what", "steps/s", "against"],
		["PPO rollout, 24-64-64-4, recorded", figure(speed ?? Number.NaN), `must ${figure(MUST)}: ${(speed ?? 0) >= MUST ? "met" : "MISSED"}`],
		["the same sessions, nobody choosing", figure(alone ?? Number.NaN), `x ${((speed ?? 0) / (alone ?? 1)).toFixed(2)}`],
		["the markets alone", figure(made ?? Number.NaN), ""],
	]),
);
console.log(`${trades.toFixed(0)} trades an episode: an untrained network trades as often as it is let.`);

import { fork, type RandomState, uniform } from "../random.ts";
import { type Actor, createActor, largest } from "./actor.ts";
import type { Experience, Playing, RecordingPlayer } from "./player.ts";

/** Rows that are made room for at first; doubled when they are full. */
const FIRST_ROWS = 1024;

/** What was gone through so far, in columns with room for more. */
type Rows = { observations: Float32Array; actions: Uint8Array; rewards: Float32Array; ends: Uint8Array; logProbs: Float32Array };

/** A player that acts as `playing` says and remembers what it went through; the same seed and observations give the same actions. */
export function createRecordingPlayer(playing: Playing, seed: number): RecordingPlayer {
	const features = playing.sizes[0] ?? 0;
	const choose = chooser(playing, createActor(playing), fork(seed, "player"));
	let rows = roomFor(FIRST_ROWS, features);
	let cutOff: number[] = [];
	let count = 0;
	let underWay = false;
	return {
		get count() {
			return count;
		},
		act(observation, reward) {
			if (observation.length !== features) throw new Error(`an observation of ${observation.length} features for a network of ${features}`);
			if (underWay) rows.rewards[count - 1] = reward;
			if (count === rows.actions.length) rows = grown(rows, features);
			rows.observations.set(observation, count * features);
			const { action, logProb } = choose(observation);
			rows.actions[count] = action;
			rows.logProbs[count] = logProb;
			count++;
			underWay = true;
			return action;
		},
		end(observation, reward, terminal) {
			// An environment may end before its first decision: then nothing was gone through.
			if (!underWay) return;
			rows.rewards[count - 1] = reward;
			rows.ends[count - 1] = terminal ? 1 : 2;
			if (!terminal) for (let index = 0; index < features; index++) cutOff.push(observation[index] as number);
			underWay = false;
		},
		take() {
			if (underWay) throw new Error("an episode is under way: end it (terminal false cuts it off) before its experience is taken");
			const experience = taken(rows, count, features, cutOff);
			rows = roomFor(rows.actions.length, features);
			cutOff = [];
			count = 0;
			return experience;
		},
	};
}

/** An action and the logarithm of its probability. */
type Choice = { action: number; logProb: number };

/** How a player chooses; what it returns is reused. */
function chooser({ algorithm, sizes, explore }: Playing, actor: Actor, random: RandomState): (observation: Float32Array) => Choice {
	const actions = sizes[sizes.length - 1] ?? 0;
	const choice: Choice = { action: 0, logProb: 0 };
	if (algorithm === "ppo") {
		return (observation) => drawn(actor(observation), actions, uniform(random), choice);
	}
	return (observation) => {
		const atRandom = uniform(random) < explore;
		choice.action = atRandom ? Math.min(actions - 1, Math.floor(uniform(random) * actions)) : largest(actor(observation), 0, actions);
		return choice;
	};
}

/** The action at `share` (0..1) of the softmax of the logits. */
function drawn(logits: Float64Array, actions: number, share: number, choice: Choice): Choice {
	const top = logits[largest(logits, 0, actions)] as number;
	let sum = 0;
	for (let index = 0; index < actions; index++) sum += Math.exp((logits[index] as number) - top);
	let left = share * sum;
	let action = 0;
	for (; action < actions - 1; action++) {
		left -= Math.exp((logits[action] as number) - top);
		if (left < 0) break;
	}
	choice.action = action;
	choice.logProb = (logits[action] as number) - top - Math.log(sum);
	return choice;
}

function roomFor(count: number, features: number): Rows {
	return {
		observations: new Float32Array(count * features),
		actions: new Uint8Array(count),
		rewards: new Float32Array(count),
		ends: new Uint8Array(count),
		logProbs: new Float32Array(count),
	};
}

function grown(rows: Rows, features: number): Rows {
	const larger = roomFor(rows.actions.length * 2, features);
	larger.observations.set(rows.observations);
	larger.actions.set(rows.actions);
	larger.rewards.set(rows.rewards);
	larger.ends.set(rows.ends);
	larger.logProbs.set(rows.logProbs);
	return larger;
}

function taken(rows: Rows, count: number, features: number, cutOff: readonly number[]): Experience {
	return {
		count,
		features,
		observations: rows.observations.slice(0, count * features),
		actions: rows.actions.slice(0, count),
		rewards: rows.rewards.slice(0, count),
		ends: rows.ends.slice(0, count),
		cutOff: Float32Array.from(cutOff),
		logProbs: rows.logProbs.slice(0, count),
	};
}

import { fork } from "../random.ts";
import { largest, scaleRow } from "./actor.ts";
import { type BatchNet, createBatchNet } from "./dense-net.ts";
import { createFeatureRecord } from "./feature-record.ts";
import { bagOf, checkExperience, type LearnerBase, schedule } from "./learner-base.ts";
import { huberLoss } from "./losses.ts";
import type { FeatureScaler, Learner } from "./player.ts";
import { createReplayMemory, type ReplayMemory } from "./replay-memory.ts";
import { createReturnScale } from "./return-scale.ts";
import type { QSettings } from "./settings.ts";
import { putRandom, takeArray, takeNumber, takeRandom } from "./state-bag.ts";
import { createTrainedNet, type TrainedNet } from "./trained-net.ts";

/**
 * Q-learning from replayed steps with a target network (Mnih et al. 2015, algorithm 1) and double selection (van Hasselt et al. 2016, equation 4): the value of an
 * action is drawn towards R + w Q_target(s', argmax over a of Q(s', a)), R and w of the n-step transition (`replay-memory.ts`), by a semi-gradient: the target counts
 * as given. With hidden layers that is `dqn`; with a single dense layer over features and bias it is linear Q-learning (Sutton and Barto 2018, section 10.1).
 */
export function createQLearning(base: LearnerBase<QSettings>): Learner {
	const { algorithm, sizes, seed, totalSteps, settings, saved } = base;
	const hidden = settings.tanh === 0 ? "relu" : "tanh";
	const features = sizes[0] ?? 0;
	const online = createTrainedNet("online", { sizes, hidden }, settings.minibatch, saved ?? fork(seed, "online"));
	const target = {
		weights: saved === null ? online.weights.slice() : takeArray(saved, "target", online.weights.length),
		net: createBatchNet({ sizes, hidden }, settings.minibatch),
	};
	target.net.load(target.weights);
	const random = saved === null ? fork(seed, "replay") : takeRandom(saved, "replay");
	const record = createFeatureRecord(features, settings.featureClip, saved ?? { seed });
	const returnScale = createReturnScale(settings.discount, saved);
	const capacity = Math.max(1, Math.min(settings.memory, totalSteps + settings.roundSteps));
	const memory = createReplayMemory({ capacity, features, discount: settings.discount, returnSteps: settings.returnSteps }, saved);
	const improve = createImprovement(settings, sizes, online, target.net, memory);
	const places = new Uint32Array(settings.minibatch);
	let steps = saved === null ? 0 : takeNumber(saved, "steps");
	let gradients = saved === null ? 0 : takeNumber(saved, "gradients");
	const explore = (): number => schedule(settings.explore, settings.exploreEnd, steps, totalSteps, settings.exploreShare);
	return {
		algorithm,
		roundSteps: settings.roundSteps,
		playing: () => ({
			algorithm,
			sizes,
			hidden,
			weights: online.weights.slice(),
			scaler: record.scaler(),
			explore: explore(),
			valueScale: returnScale.scale(),
		}),
		quantiles: () => record.quantiles(),
		learn(experience) {
			checkExperience(experience, sizes);
			for (const one of experience) {
				record.add(one);
				returnScale.add(one);
				memory.add(one);
				steps += one.count;
			}
			const rate = settings.learningRate * schedule(1, settings.learningRateEnd, steps, totalSteps);
			const due = steps < settings.learnFrom ? gradients : Math.floor((steps - settings.learnFrom) / settings.stepsPerGradient);
			const scaler = record.scaler();
			let loss = 0;
			let made = 0;
			for (; gradients < due; gradients++) {
				if (gradients % settings.targetEvery === 0) {
					target.weights.set(online.weights);
					target.net.load(target.weights);
				}
				memory.draw(places, random);
				loss += improve(places, scaler, returnScale.scale(), rate);
				made++;
			}
			return { steps, loss: made === 0 ? null : loss / made, entropy: null, explore: explore() };
		},
		save() {
			const bag = bagOf(base, steps);
			bag.numbers.gradients = gradients;
			online.save(bag);
			bag.arrays.target = target.weights.slice();
			putRandom(bag, "replay", random);
			record.save(bag);
			returnScale.save(bag);
			memory.save(bag);
			return { algorithm, ...bag };
		},
	};
}

/** One gradient from the transitions at `places`; returns the loss before it. */
type Improvement = (places: Uint32Array, scaler: FeatureScaler, rewardScale: number, rate: number) => number;

function createImprovement(settings: QSettings, sizes: readonly number[], online: TrainedNet, target: BatchNet, memory: ReplayMemory): Improvement {
	const features = sizes[0] ?? 0;
	const actions = sizes[sizes.length - 1] ?? 0;
	const rows = settings.minibatch;
	const targets = new Float64Array(rows);
	const chosen = new Uint8Array(rows);
	const gradient = new Float64Array(rows * actions);
	return (places, scaler, rewardScale, rate) => {
		for (let row = 0; row < rows; row++) scaleRow(scaler, memory.nexts, (places[row] as number) * features, online.net.inputs, row * features);
		target.inputs.set(online.net.inputs);
		const choosing = online.net.forward(rows);
		const judging = target.forward(rows);
		for (let row = 0; row < rows; row++) {
			const place = places[row] as number;
			const next = judging[row * actions + largest(choosing, row * actions, actions)] as number;
			targets[row] = (memory.rewards[place] as number) / rewardScale + (memory.weights[place] as number) * next;
			chosen[row] = memory.actions[place] as number;
		}
		for (let row = 0; row < rows; row++) scaleRow(scaler, memory.observations, (places[row] as number) * features, online.net.inputs, row * features);
		const loss = huberLoss(online.net.forward(rows), actions, chosen, targets, rows, settings.huber, gradient);
		online.train(gradient, rows, rate, settings.gradientNorm);
		return loss;
	};
}

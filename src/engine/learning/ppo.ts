import { fork, type RandomState, uint32 } from "../random.ts";
import { createFeatureRecord } from "./feature-record.ts";
import { bagOf, checkExperience, type LearnerBase, schedule } from "./learner-base.ts";
import { policyLoss, valueLoss } from "./losses.ts";
import type { Learner } from "./player.ts";
import { type Round, roundOf } from "./ppo-round.ts";
import { createReturnScale } from "./return-scale.ts";
import type { PpoSettings } from "./settings.ts";
import { putRandom, takeNumber, takeRandom } from "./state-bag.ts";
import { createTrainedNet, type TrainedNet } from "./trained-net.ts";

/**
 * Proximal policy optimisation with a clipped surrogate (Schulman et al. 2017, algorithm 1), policy and value in networks of their own. Each round's steps are
 * gone through a few times in minibatches of seeded order; no further pass is begun once the policy has moved too far from the one that played.
 * The scaler of the first round is made of that round itself (the policy is even then, whatever the scaler: see `firstWeights`); later ones are those that were
 * played with, and take the round's features in afterwards, so that the probabilities which players noted are those of the network here.
 */
export function createPpo(base: LearnerBase<PpoSettings>): Learner {
	const { sizes, seed, totalSteps, settings, saved } = base;
	const hidden = settings.tanh === 0 ? "relu" : "tanh";
	const policy = createTrainedNet("policy", { sizes, hidden }, settings.minibatch, saved ?? fork(seed, "policy"));
	const value = createTrainedNet("value", { sizes: [...sizes.slice(0, -1), 1], hidden }, settings.minibatch, saved ?? fork(seed, "value"));
	const order = saved === null ? fork(seed, "order") : takeRandom(saved, "order");
	const record = createFeatureRecord(sizes[0] ?? 0, settings.featureClip, saved ?? { seed });
	const returnScale = createReturnScale(settings.discount, saved);
	const pass = createPass(settings, sizes, policy, value);
	let steps = saved === null ? 0 : takeNumber(saved, "steps");
	return {
		algorithm: "ppo",
		roundSteps: settings.roundSteps,
		playing: () => ({ algorithm: "ppo", sizes, hidden, weights: policy.weights.slice(), scaler: record.scaler(), explore: 0, valueScale: 1 }),
		quantiles: () => record.quantiles(),
		learn(experience) {
			checkExperience(experience, sizes);
			const first = steps === 0;
			for (const one of experience) {
				if (first) record.add(one);
				returnScale.add(one);
			}
			const { discount, gaeLambda, minibatch, epochs, klStop } = settings;
			const rewardScale = returnScale.scale();
			const round = roundOf(experience, value.net, { scaler: record.scaler(), discount, lambda: gaeLambda, rewardScale, batch: minibatch });
			const rate = settings.learningRate * schedule(1, settings.learningRateEnd, steps, totalSteps);
			const entropyWeight = schedule(settings.entropy, settings.entropyEnd, steps, totalSteps);
			const places = Uint32Array.from({ length: round.count }, (_, index) => index);
			let result: PassResult = { loss: 0, entropy: 0, divergence: 0 };
			for (let epoch = 0; epoch < epochs && result.divergence <= klStop; epoch++) {
				shuffle(places, order);
				result = pass(round, places, rate, entropyWeight);
			}
			if (!first) for (const one of experience) record.add(one);
			steps += round.count;
			return { steps, loss: result.loss, entropy: result.entropy, explore: null };
		},
		save() {
			const bag = bagOf(base, steps);
			policy.save(bag);
			value.save(bag);
			putRandom(bag, "order", order);
			record.save(bag);
			returnScale.save(bag);
			return { algorithm: "ppo", ...bag };
		},
	};
}

/** Means over the steps of a pass, each as it was before its minibatch was learned from. */
type PassResult = { readonly loss: number; readonly entropy: number; readonly divergence: number };

/** One pass over a round in the order of `places`. */
type Pass = (round: Round, places: Uint32Array, rate: number, entropyWeight: number) => PassResult;

function createPass(settings: PpoSettings, sizes: readonly number[], policy: TrainedNet, value: TrainedNet): Pass {
	const features = sizes[0] ?? 0;
	const actions = sizes[sizes.length - 1] ?? 0;
	const room = settings.minibatch;
	const chosen = new Uint8Array(room);
	const oldLogProbs = new Float64Array(room);
	const advantages = new Float64Array(room);
	const targets = new Float64Array(room);
	const policyGradient = new Float64Array(room * actions);
	const valueGradient = new Float64Array(room);
	return (round, places, rate, entropyWeight) => {
		const sum = { loss: 0, entropy: 0, divergence: 0 };
		for (let from = 0; from < round.count; from += room) {
			const rows = Math.min(room, round.count - from);
			for (let row = 0; row < rows; row++) {
				const place = places[from + row] as number;
				const observation = round.observations.subarray(place * features, (place + 1) * features);
				policy.net.inputs.set(observation, row * features);
				value.net.inputs.set(observation, row * features);
				chosen[row] = round.chosen[place] as number;
				oldLogProbs[row] = round.logProbs[place] as number;
				advantages[row] = round.advantages[place] as number;
				targets[row] = round.returns[place] as number;
			}
			const logits = policy.net.forward(rows);
			const { loss, entropy, divergence } = policyLoss(
				{ rows, actions, logits, chosen, oldLogProbs, advantages },
				settings.clip,
				entropyWeight,
				policyGradient,
			);
			policy.train(policyGradient, rows, rate, settings.gradientNorm);
			const valueError = valueLoss(value.net.forward(rows), targets, rows, valueGradient);
			value.train(valueGradient, rows, rate * settings.valueRate, settings.gradientNorm);
			sum.loss += (loss + valueError) * rows;
			sum.entropy += entropy * rows;
			sum.divergence += divergence * rows;
		}
		return { loss: sum.loss / round.count, entropy: sum.entropy / round.count, divergence: sum.divergence / round.count };
	};
}

/** Every order with the same chance (Fisher and Yates). */
function shuffle(places: Uint32Array, random: RandomState): void {
	for (let last = places.length - 1; last > 0; last--) {
		const other = uint32(random) % (last + 1);
		const kept = places[last] as number;
		places[last] = places[other] as number;
		places[other] = kept;
	}
}

import type { RandomState } from "../random.ts";
import { adamStep, createAdam } from "./adam.ts";
import { type BatchNet, createBatchNet, firstWeights, type NetShape, weightCount } from "./dense-net.ts";
import type { LearnerState } from "./player.ts";
import { type StateBag, takeArray, takeNumber } from "./state-bag.ts";

/** A network with its weights, what moves them, and room for a minibatch. `net` always computes with `weights` as they are. */
export type TrainedNet = {
	readonly weights: Float32Array;
	readonly net: BatchNet;
	/** Moves the weights one step of Adam down the gradient of the last forward pass; `rate`: learning rate, `longest`: largest norm of the gradient. */
	train(outputGradient: Float64Array, rows: number, rate: number, longest: number): void;
	save(bag: StateBag): void;
};

/** A network under `name`: with first weights by `random`, or as saved. */
export function createTrainedNet(name: string, shape: NetShape, capacity: number, from: RandomState | LearnerState): TrainedNet {
	const count = weightCount(shape.sizes);
	const saved = "numbers" in from ? from : null;
	const weights = "numbers" in from ? takeArray(from, name, count) : firstWeights(shape, from);
	const adam = createAdam(count);
	if (saved !== null) {
		adam.first.set(takeArray(saved, `${name}First`, count));
		adam.second.set(takeArray(saved, `${name}Second`, count));
		adam.steps = takeNumber(saved, `${name}Steps`);
	}
	const net = createBatchNet(shape, capacity);
	net.load(weights);
	return {
		weights,
		net,
		train(outputGradient, rows, rate, longest) {
			adamStep(adam, weights, net.backward(outputGradient, rows), rate, longest);
			net.load(weights);
		},
		save(bag) {
			bag.arrays[name] = weights.slice();
			bag.arrays[`${name}First`] = adam.first.slice();
			bag.arrays[`${name}Second`] = adam.second.slice();
			bag.numbers[`${name}Steps`] = adam.steps;
		},
	};
}

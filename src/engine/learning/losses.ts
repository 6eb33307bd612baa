import { largest } from "./actor.ts";

/** What PPO's loss is computed of, one a row. */
export type PolicyRows = {
	readonly rows: number;
	readonly actions: number;
	/** rows x actions, as the network gives them. */
	readonly logits: Float64Array;
	readonly chosen: Uint8Array;
	/** Logarithm of the probability with which the action was chosen. */
	readonly oldLogProbs: Float64Array;
	readonly advantages: Float64Array;
};

/** Means over the rows. `divergence`: Kullback-Leibler, of the policy that played from the policy now. */
export type PolicyLoss = { readonly loss: number; readonly entropy: number; readonly divergence: number };

/**
 * PPO's clipped loss with entropy bonus (Schulman et al. 2017, equations 7 and 9), to be made small: the mean of - min(r A, clamp(r, 1 - clip, 1 + clip) A) - w H,
 * with r = p(a) / p_old(a), p = softmax(logits), H = - sum p ln p. Writes d loss / d logits into `gradient`:
 * (1/rows) * ( - [r A is the smaller] r A (1[j = a] - p_j) + w p_j (ln p_j + H) ).
 * Divergence: mean of r - 1 - ln r, which is never negative and has little noise (Schulman, "Approximating KL divergence", 2020).
 */
export function policyLoss(batch: PolicyRows, clip: number, entropyWeight: number, gradient: Float64Array): PolicyLoss {
	const { rows, actions, logits, chosen, oldLogProbs, advantages } = batch;
	const logProbs = new Float64Array(actions);
	let loss = 0;
	let entropySum = 0;
	let divergence = 0;
	for (let row = 0; row < rows; row++) {
		const at = row * actions;
		const entropy = logSoftmax(logits, at, actions, logProbs);
		const action = chosen[row] as number;
		const change = (logProbs[action] as number) - (oldLogProbs[row] as number);
		const ratio = Math.exp(change);
		const advantage = advantages[row] as number;
		const free = ratio * advantage;
		const clipped = Math.min(1 + clip, Math.max(1 - clip, ratio)) * advantage;
		const pull = free <= clipped ? free : 0;
		for (let index = 0; index < actions; index++) {
			const logProb = logProbs[index] as number;
			const prob = Math.exp(logProb);
			gradient[at + index] = (-pull * ((index === action ? 1 : 0) - prob) + entropyWeight * prob * (logProb + entropy)) / rows;
		}
		loss += -Math.min(free, clipped) - entropyWeight * entropy;
		entropySum += entropy;
		divergence += ratio - 1 - change;
	}
	return { loss: loss / rows, entropy: entropySum / rows, divergence: divergence / rows };
}

/** Half the mean squared error of values; writes d loss / d values = (value - target) / rows. */
export function valueLoss(values: Float64Array, targets: Float64Array, rows: number, gradient: Float64Array): number {
	let loss = 0;
	for (let row = 0; row < rows; row++) {
		const error = (values[row] as number) - (targets[row] as number);
		loss += 0.5 * error * error;
		gradient[row] = error / rows;
	}
	return loss / rows;
}

/**
 * Mean Huber loss (1964) of the values of the chosen actions: error^2 / 2 up to `bend`, beyond it bend (|error| - bend / 2), so that one wild reward pulls no
 * harder than `bend`. Writes d loss / d values: 0 for actions that were not chosen.
 */
export function huberLoss(
	values: Float64Array,
	actions: number,
	chosen: Uint8Array,
	targets: Float64Array,
	rows: number,
	bend: number,
	gradient: Float64Array,
): number {
	gradient.fill(0, 0, rows * actions);
	let loss = 0;
	for (let row = 0; row < rows; row++) {
		const at = row * actions + (chosen[row] as number);
		const error = (values[at] as number) - (targets[row] as number);
		const size = Math.abs(error);
		loss += size <= bend ? 0.5 * error * error : bend * (size - 0.5 * bend);
		gradient[at] = Math.min(bend, Math.max(-bend, error)) / rows;
	}
	return loss / rows;
}

/** ln softmax of `count` logits from `at`, into `out`; returns the entropy. */
function logSoftmax(logits: Float64Array, at: number, count: number, out: Float64Array): number {
	const top = logits[at + largest(logits, at, count)] as number;
	let sum = 0;
	for (let index = 0; index < count; index++) sum += Math.exp((logits[at + index] as number) - top);
	const logSum = Math.log(sum);
	let entropy = 0;
	for (let index = 0; index < count; index++) {
		const logProb = (logits[at + index] as number) - top - logSum;
		out[index] = logProb;
		entropy -= Math.exp(logProb) * logProb;
	}
	return entropy;
}

/** Decay of the means of gradient and squared gradient, and what keeps the quotient finite (Kingma and Ba 2015 with a larger epsilon: a gradient of nothing moves nothing). */
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-5;

/** The memory of Adam beside the weights it moves. */
export type AdamState = { readonly first: Float32Array; readonly second: Float32Array; steps: number };

/** Adam before its first step. */
export function createAdam(weights: number): AdamState {
	return { first: new Float32Array(weights), second: new Float32Array(weights), steps: 0 };
}

/**
 * One step down the gradient (Kingma and Ba 2015, algorithm 1): m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, weight -= rate * (m / (1 - b1^t)) /
 * (sqrt(v / (1 - b2^t)) + epsilon). A gradient longer than `longest` (Euclidean norm over all weights) is shortened to it first (Pascanu et al. 2013).
 * Returns the norm before shortening. Throws when it is not finite: weights that are no numbers any more must not be played or kept.
 */
export function adamStep(state: AdamState, weights: Float32Array, gradient: Float64Array, rate: number, longest: number): number {
	let squares = 0;
	for (let index = 0; index < weights.length; index++) squares += (gradient[index] as number) * (gradient[index] as number);
	const norm = Math.sqrt(squares);
	if (!Number.isFinite(norm)) throw new Error(`the gradient has become ${norm}: learning has diverged; try a smaller learning rate`);
	const shorten = norm > longest ? longest / norm : 1;
	state.steps++;
	const { first, second } = state;
	const step = rate / (1 - BETA1 ** state.steps);
	const unbias = 1 / (1 - BETA2 ** state.steps);
	for (let index = 0; index < weights.length; index++) {
		const slope = (gradient[index] as number) * shorten;
		const mean = BETA1 * (first[index] as number) + (1 - BETA1) * slope;
		const square = BETA2 * (second[index] as number) + (1 - BETA2) * slope * slope;
		first[index] = mean;
		second[index] = square;
		weights[index] = (weights[index] as number) - (step * mean) / (Math.sqrt(square * unbias) + EPSILON);
	}
	return norm;
}

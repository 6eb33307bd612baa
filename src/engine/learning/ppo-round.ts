import { scaleRow } from "./actor.ts";
import { advantages } from "./advantage.ts";
import type { BatchNet } from "./dense-net.ts";
import type { Experience, FeatureScaler } from "./player.ts";

/** A round's steps in columns: what PPO learns from. */
export type Round = {
	readonly count: number;
	/** count x features, scaled. */
	readonly observations: Float64Array;
	readonly chosen: Uint8Array;
	readonly logProbs: Float64Array;
	/** Mean 0, standard deviation 1 over the round. */
	readonly advantages: Float64Array;
	/** What the value network should say: advantage + value, in units of rewards / scale. */
	readonly returns: Float64Array;
};

/** How a round is made ready. */
export type RoundOptions = {
	readonly scaler: FeatureScaler;
	readonly discount: number;
	readonly lambda: number;
	readonly rewardScale: number;
	/** Rows that the value network takes at a time. */
	readonly batch: number;
};

/** Joins what the workers brought, in their order, and judges every step by the value network. */
export function roundOf(experience: readonly Experience[], valueNet: BatchNet, options: RoundOptions): Round {
	const features = options.scaler.mean.length;
	const count = experience.reduce((sum, one) => sum + one.count, 0);
	const observations = new Float64Array(count * features);
	const chosen = new Uint8Array(count);
	const logProbs = new Float64Array(count);
	const gained = new Float64Array(count);
	const returns = new Float64Array(count);
	let at = 0;
	for (const one of experience) {
		const rows = scaled(one.observations, options.scaler);
		const values = valuesOf(valueNet, rows, one.count, options.batch);
		const cutOffValues = valuesOf(valueNet, scaled(one.cutOff, options.scaler), one.cutOff.length / features, options.batch);
		const own = advantages(one, values, cutOffValues, options);
		observations.set(rows, at * features);
		chosen.set(one.actions, at);
		logProbs.set(one.logProbs, at);
		gained.set(own, at);
		for (let row = 0; row < one.count; row++) returns[at + row] = (own[row] as number) + (values[row] as number);
		at += one.count;
	}
	return { count, observations, chosen, logProbs, advantages: normalised(gained), returns };
}

/** Rows of features as the networks read them. */
function scaled(rows: Float32Array, scaler: FeatureScaler): Float64Array {
	const out = new Float64Array(rows.length);
	for (let at = 0; at < rows.length; at += scaler.mean.length) scaleRow(scaler, rows, at, out, at);
	return out;
}

/** V of scaled observations. */
function valuesOf(net: BatchNet, observations: Float64Array, count: number, batch: number): Float64Array {
	const features = observations.length / Math.max(1, count);
	const values = new Float64Array(count);
	for (let from = 0; from < count; from += batch) {
		const rows = Math.min(batch, count - from);
		net.inputs.set(observations.subarray(from * features, (from + rows) * features));
		values.set(net.forward(rows).subarray(0, rows), from);
	}
	return values;
}

/** Moved and stretched to mean 0 and standard deviation 1; all 0 when they are all alike. */
function normalised(values: Float64Array): Float64Array {
	const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
	const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
	return values.map((value) => (deviation > 1e-12 ? (value - mean) / deviation : 0));
}

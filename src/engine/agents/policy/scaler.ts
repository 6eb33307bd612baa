import type { Forward } from "../../network/network.ts";
import type { GoldenCase, PolicyManifest } from "./manifest.ts";

/**
 * Writes the features of a policy, scaled as its manifest says, into `into` (one Float32 a feature): (value - mean) / scale in double precision, clamped
 * to -clip..clip, then rounded to Float32. What a session computes and what the golden cases are checked with is this and nothing else.
 */
export function scaleInto(into: Float32Array, values: readonly number[], { mean, scale, clip }: PolicyManifest["scaler"]): void {
	for (let index = 0; index < into.length; index++) {
		const scaled = ((values[index] as number) - (mean[index] as number)) / (scale[index] as number);
		into[index] = Math.min(clip, Math.max(-clip, scaled));
	}
}

/** The golden case of an observation (features in the manifest's order, before the scaler): what the scaler and the network make of it. */
export function goldenCase(observation: readonly number[], scaler: PolicyManifest["scaler"], forward: Forward): GoldenCase {
	const scaled = new Float32Array(observation.length);
	scaleInto(scaled, observation, scaler);
	return { observation: [...observation], output: Array.from(forward(scaled)) };
}

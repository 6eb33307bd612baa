import { fieldIndex } from "../../market/observation.ts";
import { createForward } from "../../network/forward.ts";
import { param } from "../agent.ts";
import type { OutsideNote } from "../note.ts";
import { type Judgement, judge, outputFormOf } from "./judge.ts";
import type { PolicyManifest } from "./manifest.ts";
import { createOutsideCheck } from "./outside-training.ts";
import type { SinglePolicy } from "./policy.ts";
import { scaleInto } from "./scaler.ts";

/** The way from an observation to a network's input, the same whoever computes the network. */
export type PolicyInput = {
	/** What the network reads, scaled; rewritten by `read`. */
	readonly values: Float32Array;
	/** Takes in an observation: null when it can be judged, else why not (then `values` mean nothing). */
	read(observation: readonly number[]): OutsideNote | null;
};

/** Picks the features by name, checks them against the training distribution and scales them. `params`: POLICY_PARAMETERS. */
export function createPolicyInput(manifest: PolicyManifest, params: Readonly<Record<string, number>>): PolicyInput {
	const indices = manifest.observation.features.map(fieldIndex);
	const picked = indices.map(() => 0);
	const values = new Float32Array(indices.length);
	const outside = createOutsideCheck(manifest, param(params, "outsideMargin"));
	return {
		values,
		read(observation) {
			const note = outside(observation);
			if (note !== null) return note;
			for (let at = 0; at < indices.length; at++) picked[at] = observation[indices[at] as number] as number;
			scaleInto(values, picked, manifest.scaler);
			return null;
		},
	};
}

/** One network's opinion of an observation, or why it has none. Throws on outputs that are not finite (control C32). */
export type Mind = (observation: readonly number[]) => Judgement | OutsideNote;

/** The mind of a policy that Kinetra computes itself. */
export function createMind({ manifest, network }: SinglePolicy, params: Readonly<Record<string, number>>): Mind {
	if (network === null) throw new Error(`the network of ${manifest.name} is computed by another runtime`);
	const input = createPolicyInput(manifest, params);
	const forward = createForward(network);
	const form = outputFormOf(manifest);
	return (observation) => input.read(observation) ?? judge(form, forward(input.values));
}

/** Whether a mind had no opinion. */
export function isOutside(opinion: Judgement | OutsideNote): opinion is OutsideNote {
	return "note" in opinion;
}

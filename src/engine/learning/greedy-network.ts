import type { Layer, Network } from "../network/network.ts";
import { layerPlaces } from "./dense-net.ts";
import type { Learner } from "./player.ts";

/**
 * What is exported of a learner: the network that chooses without exploring, over features scaled by `learner.playing().scaler` (the manifest's scaler,
 * applied before the network). Outputs: logits of ppo; expected returns in units of the reward of dqn and linear.
 */
export function greedyNetwork(learner: Pick<Learner, "playing">): Network {
	const { sizes, hidden, weights, valueScale } = learner.playing();
	const places = layerPlaces(sizes);
	const layers = places.flatMap(({ inputs, outputs, weightsAt, biasAt }, index): Layer[] => {
		const last = index === places.length - 1;
		const unit = last ? valueScale : 1;
		const dense: Layer = {
			kind: "dense",
			inputs,
			outputs,
			weights: weights.subarray(weightsAt, biasAt).map((weight) => weight * unit),
			bias: weights.subarray(biasAt, biasAt + outputs).map((bias) => bias * unit),
		};
		return last ? [dense] : [dense, { kind: hidden }];
	});
	const [first = 0] = sizes;
	return {
		inputs: first,
		outputs: sizes[sizes.length - 1] ?? 0,
		layers,
		multiplyAdds: places.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0),
	};
}

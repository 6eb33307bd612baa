import type { Network } from "../network/network.ts";
import type { Learner } from "./player.ts";

/**
 * What is exported of a learner: the network that chooses without exploring, over features scaled by `learner.playing().scaler` (the manifest's scaler,
 * applied before the network). Outputs: logits of ppo; expected returns in units of the reward of dqn and linear.
 */
export function greedyNetwork(learner: Learner): Network {
	throw new Error(`not yet ${learner.algorithm}`);
}

import type { TrainingData } from "../../engine/agents/policy/manifest.ts";
import type { Learner } from "../../engine/learning/player.ts";
import type { Ground } from "./ground.ts";
import type { TestPlan } from "./test-ground.ts";

/** A training as asked for, its data read and checked. */
export type TrainPlan = {
	readonly algorithm: Learner["algorithm"];
	/** Name of the policy, as its manifest says it. */
	readonly name: string;
	/** Folder of the policy; checkpoints lie beside it (`checkpointFolder`). */
	readonly out: string;
	readonly steps: number;
	/** Wall time after which it ends all the same; null = no limit. */
	readonly minutes: number | null;
	readonly seed: number;
	readonly workers: number;
	readonly ground: Ground;
	readonly data: readonly TrainingData[];
	/** What the policy is tested on at the end. */
	readonly test: TestPlan;
	/** The command that makes the same policy again. */
	readonly command: string;
};

/** Where checkpoints of a training lie: beside its folder, in which a policy allows nothing else. */
export function checkpointFolder(out: string): string {
	return `${out}.checkpoint`;
}

/** Hidden layers of a network; a linear policy has none. */
const HIDDEN: Readonly<Record<Learner["algorithm"], readonly number[]>> = { ppo: [64, 64], dqn: [64, 64], linear: [] };

/** Sizes of a learner's layers: features, hidden layers, actions. */
export function sizesOf(algorithm: Learner["algorithm"], features: number, actions: number): readonly number[] {
	return [features, ...HIDDEN[algorithm], actions];
}

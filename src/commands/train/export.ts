import { writePolicyFolder } from "../../adapters/agent/policy-folder.ts";
import { type FeatureDistribution, type GoldenCase, type PolicyManifest, QUANTILE_LEVELS } from "../../engine/agents/policy/manifest.ts";
import { goldenCase } from "../../engine/agents/policy/scaler.ts";
import { greedyNetwork } from "../../engine/learning/greedy-network.ts";
import type { FeatureQuantiles, Playing } from "../../engine/learning/player.ts";
import { OBSERVATION, OBSERVATION_VERSION } from "../../engine/market/observation.ts";
import { createForward } from "../../engine/network/forward.ts";
import type { Network } from "../../engine/network/network.ts";
import { VERSION } from "../../version.ts";
import { ACTIONS, FEATURE_PLACES, FEATURES, IS_JUDGED, SIZING, WARMUP_BARS } from "./features.ts";
import type { TrainPlan } from "./plan.ts";
import { outOfSampleOf, type Report } from "./report.ts";

/** What is known of a training when its policy is written. */
export type Trained = {
	readonly playing: Playing;
	readonly quantiles: FeatureQuantiles;
	/** Steps that the whole training took. */
	readonly steps: number;
	/** Null before the test, and when there was none. */
	readonly report: Report | null;
	/** Ended before its steps were done: no command makes it again. */
	readonly cutShort: boolean;
};

/** Manifest and network of a trained policy. The same training gives the same, to the byte. */
export function policyOf(
	plan: TrainPlan,
	{ playing, quantiles, steps, report, cutShort }: Trained,
): { readonly manifest: PolicyManifest; readonly network: Network } {
	const network = greedyNetwork({ playing: () => playing });
	const { scaler } = playing;
	const scaling = { mean: [...scaler.mean], scale: [...scaler.scale], clip: scaler.clip };
	const distribution = quantiles.map((values, index): FeatureDistribution => (IS_JUDGED[index] === true ? withinRange(values, index) : null));
	const manifest: PolicyManifest = {
		format: 1,
		name: plan.name,
		line: `${TITLES[plan.algorithm]}, trained on ${groundText(plan)}`,
		timeframe: null,
		symbols: null,
		warmupBars: WARMUP_BARS,
		output: { kind: plan.algorithm === "ppo" ? "action-logits" : "q-values", actions: ACTIONS },
		observation: { version: OBSERVATION_VERSION, features: FEATURES },
		scaler: scaling,
		distribution,
		sizing: SIZING,
		provenance: {
			algorithm: plan.algorithm,
			command: cutShort ? null : plan.command,
			seed: plan.seed,
			steps,
			trainedWith: `kinetra ${VERSION}`,
			trainedOn: null,
			data: plan.data,
			verdict: report?.verdict ?? "Not tested: its training was interrupted.",
			outOfSample: report === null ? [] : outOfSampleOf(report),
		},
		golden: goldenCases(quantiles, scaling, network),
	};
	return { manifest, network };
}

/** Writes the policy's folder. Throws a `Failure` as `writePolicyFolder`. */
export function writePolicy(plan: TrainPlan, trained: Trained, folder: string): void {
	const { manifest, network } = policyOf(plan, trained);
	writePolicyFolder(folder, manifest, network);
}

const TITLES = { ppo: "PPO", dqn: "double DQN", linear: "linear Q-learning" } as const;

function groundText({ ground }: TrainPlan): string {
	if (ground.kind === "synthetic") return `the synthetic market (${ground.terms.instrument.symbol})`;
	const symbols = [...new Set(ground.files.map((file) => file.terms.instrument.symbol))].sort();
	return symbols.length <= 5 ? symbols.join(", ") : `${symbols.length} symbols`;
}

/** What was seen at each level of all features at once, and nothing at all: the corners of what the network was made for. */
function goldenCases(quantiles: FeatureQuantiles, scaler: PolicyManifest["scaler"], network: Network): GoldenCase[] {
	const forward = createForward(network);
	const rows = QUANTILE_LEVELS.map((_, level) => quantiles.map((values) => values[level] ?? 0));
	return [...rows, quantiles.map(() => 0)].map((observation) => goldenCase(observation, scaler, forward));
}

/** Float32 rounding may step over the end of a field's range by its last digit. */
function withinRange(values: readonly number[], index: number): readonly number[] {
	const field = OBSERVATION[FEATURE_PLACES[index] ?? 0];
	return field === undefined ? values : values.map((value) => Math.min(field.max, Math.max(field.min, value)));
}

/** What an output of a policy means. `close` leaves the agent's position, `buy` and `sell` enter or reverse, `hold` does nothing. */
export type PolicyAction = "hold" | "buy" | "sell" | "close";

/** What a policy's outputs are, and how they become a decision. */
export type PolicyOutput =
	/** One number an action: logits (probabilities by softmax) or expected returns; the largest wins, the first of equals. */
	| { readonly kind: "action-logits" | "q-values"; readonly actions: readonly PolicyAction[] }
	/**
	 * One number, the wanted exposure -1 (short) to 1 (long), clamped; below `deadband` in size it means no position; a position on the wanted side is
	 * kept, whatever the size.
	 */
	| { readonly kind: "continuous"; readonly deadband: number };

/** How a decision becomes an order. Distances are in average true ranges of 14 bars, so they fit any symbol. */
export type PolicySizing = {
	/** Share 0..1 of the planned risk a trade. */
	readonly riskShare: number;
	readonly stopAtr: number;
	/** Null = no target. */
	readonly targetAtr: number | null;
};

/** Fields that may go without a distribution: any session may show them in any value, so that being outside their range in training says nothing. */
export const UNJUDGED_FEATURES: readonly string[] = ["hourSin", "hourCos", "positionSide", "positionR", "positionMfeR", "positionAgeBars"];

/** One feature as it was in training: values at `QUANTILE_LEVELS`. Null = not judged, for `UNJUDGED_FEATURES` alone. */
export type FeatureDistribution = readonly number[] | null;

/** The levels of a `FeatureDistribution`, in order. */
export const QUANTILE_LEVELS: readonly number[] = [0, 0.001, 0.01, 0.25, 0.5, 0.75, 0.99, 0.999, 1];

/** A data set that a policy was trained on: a file by its bytes, or a generated market by its name and seeds. */
export type TrainingData =
	| {
			readonly kind: "file";
			readonly name: string;
			readonly sha256: string;
			readonly symbol: string;
			readonly timeframe: string | null;
			/** First and last moment used, broker time ISO (YYYY-MM-DDTHH:MM). */
			readonly from: string;
			readonly to: string;
			readonly rows: number;
	  }
	| {
			readonly kind: "synthetic";
			readonly generator: string;
			readonly symbol: string;
			readonly scenarios: readonly string[];
			readonly seedFrom: number;
			readonly seedTo: number;
	  };

/** One line of a policy's test on data it was not trained on: the difference in net profit a session to another agent, in R, with its 95 % interval. */
export type OutOfSample = {
	readonly against: string;
	readonly data: string;
	readonly sessions: number;
	readonly meanR: number;
	readonly differenceR: number;
	readonly low: number;
	readonly high: number;
};

/** Where a policy comes from. */
export type Provenance = {
	/** `ppo`, `dqn`, `linear`, or what the user's own trainer calls itself. */
	readonly algorithm: string;
	/** The command that makes it again, or null. */
	readonly command: string | null;
	readonly seed: number | null;
	readonly steps: number | null;
	/** Version of the program that trained it. */
	readonly trainedWith: string;
	/** UTC day (YYYY-MM-DD), or null where the folder must come out the same every time. */
	readonly trainedOn: string | null;
	readonly data: readonly TrainingData[];
	/** In one sentence for people: whether it had an edge on data it had not seen. */
	readonly verdict: string | null;
	readonly outOfSample: readonly OutOfSample[];
};

/** An observation and what the policy answers to it: features in the order of `features`, before the scaler; outputs as the network gives them. */
export type GoldenCase = { readonly observation: readonly number[]; readonly output: readonly number[] };

/** What every manifest says. */
type Common = {
	readonly format: 1;
	/** Lower-case letters, digits and dashes: the agent's name. */
	readonly name: string;
	readonly line: string;
	/** The only timeframe and symbols it is for; null = any. */
	readonly timeframe: string | null;
	readonly symbols: readonly string[] | null;
	/** Closed bars before its first decision. */
	readonly warmupBars: number;
};

/** `manifest.json` of a policy with one network, beside its `policy.onnx`. */
export type PolicyManifest = Common & {
	readonly output: PolicyOutput;
	/** Version of the observation (market/observation.ts) and the fields that the network reads, in its order. */
	readonly observation: { readonly version: string; readonly features: readonly string[] };
	/** Applied before the network: (value - mean) / scale, clamped to -clip..clip. One of each a feature. */
	readonly scaler: { readonly mean: readonly number[]; readonly scale: readonly number[]; readonly clip: number };
	/** One a feature. */
	readonly distribution: readonly FeatureDistribution[];
	readonly sizing: PolicySizing;
	readonly provenance: Provenance;
	readonly golden: readonly GoldenCase[];
};

/** Roles of a triad's members (policy/triad.ts). */
export const TRIAD_ROLES = ["incumbent", "competitor", "researcher"] as const;
export type TriadRole = (typeof TRIAD_ROLES)[number];

/** `manifest.json` of a triad: three policies in folders of their own, named by role. */
export type TriadManifest = Common & { readonly triad: Readonly<Record<TriadRole, string>>; readonly provenance: Provenance };

export type Manifest = PolicyManifest | TriadManifest;

/** True for the manifest of a triad. */
export function isTriad(manifest: Manifest): manifest is TriadManifest {
	return "triad" in manifest;
}

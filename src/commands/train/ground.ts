import type { RecordedRows } from "../../adapters/feed/memory.ts";
import type { FeedIdentity, FeedTraits } from "../../adapters/ports.ts";
import type { SessionConfig } from "../../engine/config.ts";

/**
 * Seeds of generated markets, by what they are for: `from` first, `to` last. They never overlap, so nothing is tested on what was trained on; and they are
 * few among the four thousand million, so that a session with a seed of its own is hardly ever one that was trained on.
 */
export type SeedRange = { readonly from: number; readonly to: number };

/** Markets that are learned from. */
export const TRAINING_SEEDS: SeedRange = { from: 4_000_000_000, to: 4_000_999_999 };
/** Markets that only decide which of the networks on the way is kept. They belong to training: the report must not use them. */
export const CHOOSING_SEEDS: SeedRange = { from: 4_001_000_000, to: 4_001_099_999 };
/** Markets of the report at the end. */
export const TEST_SEEDS: SeedRange = { from: 4_100_000_000, to: 4_100_999_999 };

/** What every episode's session is, but for its seed and its length. */
export type EpisodeTerms = Omit<SessionConfig, "seed" | "feed" | "durationMinutes">;

/** One training file in memory: at most four rows a bar. */
export type TrainingFile = {
	readonly terms: EpisodeTerms;
	readonly rows: RecordedRows;
	/** Row at which the part begins that is not learned from: it decides which network is kept. At the same moment in all files; either part may be empty. */
	readonly chooseFrom: number;
	readonly identity: Extract<FeedIdentity, { kind: "csv" }>;
	readonly traits: FeedTraits;
};

/** What is trained on. Plain data; a file's rows lie in memory that all threads share. */
export type Ground =
	| { readonly kind: "synthetic"; readonly terms: EpisodeTerms; readonly scenarios: readonly string[] }
	| { readonly kind: "files"; readonly files: readonly TrainingFile[] };

/** Which part of a ground an episode is taken from. */
export type Part = "learn" | "choose";

import type { Comparison } from "./comparison.ts";
import type { TrialFigures } from "./plan.ts";

/** The whole answer of `kinetra compare`: the document of `--json`. */
export type ComparisonReport = Comparison & {
	readonly format: 1;
	readonly version: string;
	/** False when it was interrupted: it is about `done` of `total` runs. */
	readonly complete: boolean;
	readonly done: number;
	readonly total: number;
	readonly market: string;
	readonly currency: string;
	readonly warmupBars: number;
	/** What the reader must know, in sentences. */
	readonly notes: readonly string[];
	/** How the intervals are made. */
	readonly method: { readonly confidence: number; readonly interval: "student-t"; readonly check: "percentile-bootstrap"; readonly correction: "holm" };
	/** Every session with the figures of each agent, by label; null: it failed or was not run. */
	readonly sessions: readonly {
		readonly name: string;
		readonly seed: number;
		readonly results: Readonly<Record<string, Omit<TrialFigures, "curve"> | null>>;
	}[];
	readonly failed: readonly { readonly agent: string; readonly session: string; readonly why: string }[];
};

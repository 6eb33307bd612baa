import type { Home } from "../../adapters/home.ts";
import type { Mode, SessionConfig, Venue } from "../../engine/config.ts";
import type { StageLimits } from "../../engine/stages/binding.ts";
import type { CertificateView } from "../../engine/stages/standing.ts";

/** What is to be started: the configuration as the session would have it, with the limits of all stages. */
export type StageAsk = {
	readonly mode: Exclude<Mode, "virtual">;
	/** `broker` may still be missing; when it is there, its account is compared with that of the live permit. */
	readonly config: Omit<SessionConfig, "rules">;
	readonly limits: StageLimits;
	readonly venue: Venue;
	readonly nowMs: number;
};

/** Whether a stage may be started. `full`: it counts; `rehearsal`: demo only, it may run but never counts; `refused`: it may not run. */
export type StageVerdict = {
	readonly kind: "full" | "rehearsal" | "refused";
	/** What is missing, in sentences; empty for `full`. */
	readonly missing: readonly string[];
	/** Live: which of the three probation sessions this would be (1 to 3), or null after them and in demo (control C07). */
	readonly probation: number | null;
	/** The certificate that opens the stage, or the last one that does not open it any more, or null. */
	readonly certificate: CertificateView | null;
};

/** Judges a stage against ledger, journals and certificates (controls C01, C03, C04, C07). Never throws for damage: what cannot be proven is a no. */
export function judgeStage(_home: Home, ask: StageAsk): StageVerdict {
	return { kind: "refused", missing: [`Nothing is proven for ${ask.mode}.`], probation: null, certificate: null };
}

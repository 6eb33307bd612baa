import type { Summary } from "../../engine/summary-type.ts";
import type { Tone } from "../../print/line.ts";

/** How a session ended, at one glance: a mark, words in capitals for what went wrong, and a tone. */
export type Outcome = { readonly mark: string; readonly words: string; readonly tone: Tone };

const OUTCOMES: Readonly<Record<string, Outcome>> = {
	duration: { mark: "✓", words: "Ended as planned", tone: "good" },
	"end-of-data": { mark: "✓", words: "Ended as planned", tone: "good" },
	"max-trades": { mark: "✓", words: "Ended as planned", tone: "good" },
	breaker: { mark: "■", words: "STOPPED BY THE CIRCUIT BREAKER", tone: "alarm" },
	"loss-limit": { mark: "■", words: "STOPPED BY A LOSS LIMIT", tone: "alarm" },
	kill: { mark: "■", words: "KILLED", tone: "alarm" },
	halt: { mark: "■", words: "HALTED", tone: "alarm" },
	interrupt: { mark: "⚠", words: "INTERRUPTED", tone: "warn" },
	"data-failure": { mark: "✗", words: "DATA FAILED", tone: "bad" },
	"journal-failure": { mark: "✗", words: "JOURNAL FAILED", tone: "bad" },
	bug: { mark: "✗", words: "STOPPED BY A BUG", tone: "bad" },
};

/** A planned end that still has an exit code of trouble was halted when its time was over; a reason nobody knows is not called good. */
export function outcomeOf(summary: Pick<Summary, "endReason" | "exitCode">): Outcome {
	const known = Object.hasOwn(OUTCOMES, summary.endReason) ? OUTCOMES[summary.endReason] : undefined;
	if (known === undefined) return { mark: "⚠", words: `ENDED: ${summary.endReason}`, tone: "warn" };
	if (known.tone === "good" && summary.exitCode !== 0) return { mark: "■", words: "ENDED WITH TRADING STOPPED", tone: "alarm" };
	return known;
}

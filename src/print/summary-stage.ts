import type { StageOutcome } from "../engine/stages/outcome.ts";
import type { Line, Tone } from "./line.ts";
import { wrapped } from "./line-block.ts";

const COUNTS = {
	whole: ["It counts for the gates.", "good"],
	losses: ["Only its losses count", "warn"],
	no: ["It does not count", "faint"],
} as const satisfies Record<StageOutcome["counts"], readonly [string, Tone]>;

/** What a session did for the gates: whether it counts, what came of it, and the ledger's last hash to keep elsewhere. */
export function stageLines(stage: StageOutcome, width: number): Line[] {
	const [text, tone] = COUNTS[stage.counts];
	const why = stage.why === "" ? "" : stage.counts === "whole" ? ` (${stage.why})` : `: ${stage.why}`;
	return [
		...wrapped(`${text}${why}`, width, tone),
		...stage.news.flatMap((news) => wrapped(news, width, toneOf(news))),
		...(stage.ledgerHead === null ? [] : wrapped(`ledger ${stage.ledgerHead}`, width, "faint")),
	];
}

function toneOf(news: string): Tone {
	if (news.startsWith("CERTIFICATE")) return "good";
	return news.startsWith("DEMOTED") || news.startsWith("PERMIT") ? "bad" : "plain";
}

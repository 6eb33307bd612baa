import type { GateRow, Summary } from "../engine/summary-type.ts";
import { figure } from "./figures.ts";
import { type Line, span, type Tone } from "./line.ts";
import { cell, lineTable, ruleLine, wrapped } from "./line-block.ts";

/** What ran, why it ended and whether it counts, between two rules. */
export function headerLines(summary: Summary, width: number): Line[] {
	const planned = summary.exitCode === 0;
	return [
		ruleLine(width),
		[span(titleOf(summary), "strong")],
		...wrapped(`Ended: ${summary.endReason}. ${summary.endDetail}`, width, planned ? "plain" : "bad"),
		...evidenceLines(summary, width),
		ruleLine(width),
	];
}

/** `VIRTUAL  EURUSD M1  sma-1`. */
export function titleOf(summary: Summary): string {
	return `${summary.mode.toUpperCase()}  ${summary.symbol} ${summary.timeframe}  ${summary.agentBuild}${summary.unlimited ? "  UNLIMITED" : ""}`;
}

/** Whether the session counts towards promotion, and why not. */
export function evidenceLines(summary: Summary, width: number): Line[] {
	const repeat: Line[] = summary.repeatOf === null ? [] : [[span(`Repeats session ${summary.repeatOf} exactly: not new evidence.`, "warn")]];
	return [...repeat, ...wrapped(`Evidence: ${summary.evidence ? "yes" : "no"}. ${summary.evidenceNote}`, width)];
}

/** A verdict's word and its tone; the word alone says it. */
export const VERDICTS = {
	pass: { word: "PASS", tone: "good" },
	fail: { word: "FAIL", tone: "bad" },
	insufficient: { word: "not enough", tone: "warn" },
} as const satisfies Record<GateRow["verdict"], { word: string; tone: Tone }>;

/** The promotion targets with value, bound and verdict, and below them what is missing. */
export function targetsLines(gate: readonly GateRow[], width: number): Line[] {
	const rows = gate.map((row) => [
		cell(row.label),
		cell(row.must),
		cell(row.value === null ? "none" : figure(row.value)),
		cell(row.bound === null || row.boundMust === null ? "" : `${figure(row.bound)} (${row.boundMust})`),
		cell(VERDICTS[row.verdict].word, VERDICTS[row.verdict].tone),
	]);
	const head = ["target", "must be", "value", "95 % bound", "verdict"].map((text) => cell(text, "faint"));
	const whys = gate
		.filter((row) => row.why !== "")
		.flatMap((row) => wrapped(`${row.label}: ${row.why}`, width - 2).map((line) => line.map((part) => span(`  ${part.text}`, "faint"))));
	return [...lineTable([head, ...rows], [2]), ...whys];
}

/** What to do now. */
export function nextStepLines(summary: Summary, width: number): Line[] {
	return wrapped(`Next: ${summary.nextStep}`, width, "accent");
}

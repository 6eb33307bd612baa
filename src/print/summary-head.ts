import type { GateRow, Summary } from "../engine/summary-type.ts";
import { figure } from "./figures.ts";
import { type Line, lineWidth, span, type Tone } from "./line.ts";
import { cell, lineTable, ruleLine, wrapped } from "./line-block.ts";
import { standLines } from "./summary-broker.ts";

/** What ran, why it ended and whether it counts, between two rules. */
export function headerLines(summary: Summary, width: number): Line[] {
	const planned = summary.exitCode === 0;
	return [
		ruleLine(width),
		[span(titleOf(summary), "strong")],
		...wrapped(`Ended: ${summary.endReason}. ${summary.endDetail}`, width, planned ? "plain" : "bad"),
		...standLines(summary, width),
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

/** The promotion targets with value, bound and verdict, and below them what is missing. Where there is little room, labels and bounds are shortened. */
export function targetsLines(gate: readonly GateRow[], width: number): Line[] {
	const tables = [targetTable(gate, "full"), targetTable(gate, "labels"), targetTable(gate, "bounds")];
	const table = tables.find((rows) => rows.every((row) => lineWidth(row) <= width)) ?? targetTable(gate, "bounds");
	const whys = whysOf(gate).flatMap((why) => wrapped(why, width - 2).map((line) => line.map((part) => span(`  ${part.text}`, "faint"))));
	return [...table, ...whys];
}

/** Why targets are not passed: what is missing for how many of them, then what failed. */
function whysOf(gate: readonly GateRow[]): readonly string[] {
	const name = (row: GateRow): string => row.label.split(",")[0] ?? row.label;
	const missing = new Map<string, string[]>();
	for (const row of gate) {
		if (row.verdict !== "insufficient" || row.why === "") continue;
		const what = row.why.replace(/^insufficient: /, "");
		missing.set(what, [...(missing.get(what) ?? []), name(row)]);
	}
	const failed = gate.filter((row) => row.verdict !== "insufficient" && row.why !== "").map((row) => `${name(row)}: ${row.why}`);
	return [...[...missing].map(([what, names]) => `Not enough evidence: ${what} (${names.join(", ")})`), ...failed];
}

/** `labels` and `bounds`: what is shortened, the latter besides the former. */
function targetTable(gate: readonly GateRow[], short: "full" | "labels" | "bounds"): Line[] {
	const bound = (row: GateRow): string => {
		if (row.bound === null || row.boundMust === null) return "";
		return short === "bounds" ? figure(row.bound) : `${figure(row.bound)} (${row.boundMust})`;
	};
	const rows = gate.map((row) => [
		cell(short === "full" ? row.label : (row.label.split(",")[0] ?? row.label)),
		cell(row.must),
		cell(row.value === null ? "none" : figure(row.value)),
		cell(bound(row)),
		cell(VERDICTS[row.verdict].word, VERDICTS[row.verdict].tone),
	]);
	return lineTable([["target", "must be", "value", "95 % bound", "verdict"].map((text) => cell(text, "faint")), ...rows], [2]);
}

/** What to do now. */
export function nextStepLines(summary: Summary, width: number): Line[] {
	return wrapped(`Next: ${summary.nextStep}`, width, "accent");
}

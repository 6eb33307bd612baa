import type { GateRow, Summary } from "../../engine/summary-type.ts";
import { curvePoints, drawCurves } from "../../print/chart.ts";
import { type Line, lineWidth } from "../../print/line.ts";
import { beside, titled } from "../../print/line-block.ts";
import { targetsLines } from "../../print/summary-head.ts";
import { healthLines, ordersLines, resultLines } from "../../print/summary-results.ts";
import { stageLines } from "../../print/summary-stage.ts";

/** From this width on there are two columns. */
export const TWO_COLUMNS_FROM = 150;

/** The overview: targets and money on the left, health and curves on the right where there is room, else below. */
export function overviewLines(summary: Summary, width: number): Line[] {
	const wide = width >= TWO_COLUMNS_FROM;
	const room = wide ? Math.floor((width - 3) / 2) : width;
	const section = (title: string, lines: readonly Line[]): Line[] => [...titled(title, lines, room), []];
	const inner = room - 2;
	const left = [
		...section(`Promotion targets of this session: ${verdictText(summary.gate)}`, targetsLines(summary.gate, inner)),
		...(summary.stage === undefined ? [] : section("Gates", stageLines(summary.stage, inner))),
		...section("Result", resultLines(summary, inner)),
		...section("Orders", ordersLines(summary, inner)),
	];
	const right = section("Health", healthLines(summary, inner));
	if (!wide) return trimEnd([...left, ...right]);
	const end = { equity: summary.endEquity, chs: summary.chs.final };
	const curves =
		curvePoints(summary.curve, end).length < 2 ? [] : section("Curves", drawCurves(summary.curve, end, { width: inner, equityRows: 7, chsRows: 6 }));
	return trimEnd(beside(left, [...right, ...curves], room));
}

/** The targets in one line: `2 of 5 passed, 1 failed, 2 without enough evidence`. */
export function verdictText(gate: readonly GateRow[]): string {
	const count = (verdict: GateRow["verdict"]): number => gate.filter((row) => row.verdict === verdict).length;
	const parts = [`${count("pass")} of ${gate.length} passed`];
	if (count("fail") > 0) parts.push(`${count("fail")} failed`);
	if (count("insufficient") > 0) parts.push(`${count("insufficient")} without enough evidence`);
	return parts.join(", ");
}

/** The lines without empty ones at the end. */
export function trimEnd(lines: readonly Line[]): Line[] {
	const last = lines.findLastIndex((row) => lineWidth(row) > 0);
	return lines.slice(0, last + 1);
}

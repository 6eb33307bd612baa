import type { JudgedDifference, PairReport, Verdict } from "../trial/comparison.ts";
import type { ComparisonReport } from "../trial/comparison-report.ts";
import { MEASURES, type Measure } from "../trial/measures.ts";
import { type ChartedAgent, comparisonCharts } from "./comparison-chart.ts";
import { UNKNOWN } from "./figures.ts";
import type { Palette } from "./palette.ts";
import { table, WIDTH, wrap } from "./text.ts";

/** Failed sessions that are listed one by one. */
const FAILED_SHOWN = 5;

/** A comparison for people: what was compared, each agent, each pair, the curves, and how to read it. */
export function comparisonLines(report: ComparisonReport, charted: readonly ChartedAgent[], palette: Palette): string[] {
	const { agents, pairs, sessions, failed, complete, market, warmupBars, currency } = report;
	const head = [
		palette.strong(`Compared on ${market}`),
		...wrap(`${sessions.length} sessions for each agent, the same for all; ${warmupBars} bars of warm-up; money in ${currency}`, WIDTH),
		...report.notes.flatMap((note) => wrap(note, WIDTH)).map(palette.warn),
		...(complete ? [] : wrap(`PARTIAL: interrupted after ${report.done} of ${report.total} runs. What follows is only about those.`, WIDTH).map(palette.warn)),
	];
	const failures = failed.slice(0, FAILED_SHOWN).flatMap(({ agent, session, why }) => wrap(`FAILED: ${agent}, ${session}: ${why}`, WIDTH));
	const more = failed.length > FAILED_SHOWN ? [`and ${failed.length - FAILED_SHOWN} more that failed.`] : [];
	const chart = comparisonCharts(charted);
	return [
		...head,
		...[...failures, ...more].map(palette.bad),
		...agents.flatMap((agent) => [
			"",
			`${palette.strong(agent.label)}  ${palette.faint(agent.label === agent.build ? "" : agent.build)}`.trimEnd(),
			...table(
				MEASURES.map((measure) => {
					const { mean, low, high, count, leftOut } = agent.means[measure.key];
					return [`  ${nameOf(measure, currency)}`, number(mean, measure), interval(low, high, measure), known(count, leftOut)];
				}),
				[1],
			),
			`  ${agent.trades} trades in ${agent.sessions} sessions, ${agent.rejections} rejections, ${agent.faults} faults, ${agent.outside} outside training${agent.failed > 0 ? `, ${agent.failed} sessions FAILED` : ""}`,
		]),
		...pairs.flatMap((pair) => pairLines(pair, currency, palette)),
		...(chart.length === 0 ? [] : ["", palette.strong("Mean result in the course of a session, all on one scale"), ...chart]),
		"",
		...explanation(report).map(palette.faint),
	];
}

function pairLines({ first, second, differences }: PairReport, currency: string, palette: Palette): string[] {
	const rows = MEASURES.map((measure) => {
		const difference = differences[measure.key];
		const { mean, low, high, count, leftOut } = difference;
		return [
			`  ${nameOf(measure, currency)}`,
			number(mean, measure, true),
			interval(low, high, measure, true),
			coloured(difference, palette),
			known(count, leftOut),
		];
	});
	return ["", palette.strong(`${first} less ${second}`), ...table(rows, [1])];
}

function coloured({ verdict, unknown }: JudgedDifference, palette: Palette): string {
	const tones: Readonly<Record<Verdict, (text: string) => string>> = {
		better: palette.good,
		worse: palette.bad,
		"not told apart": palette.faint,
		unknown: palette.faint,
	};
	return tones[verdict](unknown === "all values are equal" ? "all equal" : verdict);
}

function nameOf({ label, unit }: Measure, currency: string): string {
	const shown = unit === "money" ? currency : unit;
	return shown === "" ? label : `${label}, ${shown}`;
}

function number(value: number | null, { decimals }: Measure, signed = false): string {
	if (value === null || !Number.isFinite(value)) return UNKNOWN;
	// -0.00 would be a loss that is none.
	const text = Math.abs(value).toFixed(decimals);
	const isZero = Number(text) === 0;
	return `${value < 0 && !isZero ? "-" : signed && !isZero ? "+" : ""}${text}`;
}

function interval(low: number | null, high: number | null, measure: Measure, signed = false): string {
	return low === null || high === null ? UNKNOWN : `${number(low, measure, signed)} to ${number(high, measure, signed)}`;
}

function known(count: number, leftOut: number): string {
	return leftOut === 0 ? "" : `n ${count} of ${count + leftOut}`;
}

function explanation({ tests }: ComparisonReport): string[] {
	return wrap(
		`Mean and 95 % interval (Student's t); unknown values, such as an Omega without a loss, are left out ("n" says how many are known). "better" and "worse" are said of the agent named first, where chance alone, corrected for all ${tests} differences of this report (Holm), goes as far in fewer than 5 of 100 and the bootstrap interval agrees. "not told apart" does not mean equal: more sessions may tell. Past and made markets say nothing certain about the next one. See docs/COMPARING.md.`,
		WIDTH,
	);
}

import asciichart from "asciichart";
import type { TrialFigures } from "../trial/plan.ts";
import { WIDTH } from "./text.ts";

const LABEL = 11;
const COLUMNS = WIDTH - LABEL - 3;
const ROWS = 5;

/** What is drawn of an agent: its name and its sessions, null where there are no figures. */
export type ChartedAgent = { readonly label: string; readonly figures: readonly (TrialFigures | null)[] };

/**
 * The mean result of each agent over the course of a session, one drawing an agent, all on one scale. Only sessions that every agent has figures of count, so
 * that the curves are of the same market; no lines when there are none.
 */
export function comparisonCharts(agents: readonly ChartedAgent[]): string[] {
	const shared = (agents[0]?.figures ?? []).flatMap((_, index) => {
		const row = agents.map(({ figures }) => figures[index] ?? null);
		return row.every((figures): figures is TrialFigures => figures !== null && figures.from !== null) ? [row as readonly TrialFigures[]] : [];
	});
	if (shared.length === 0) return [];
	const curves = agents.map((_, agent) => meanCurve(shared, agent));
	const all = curves.flat();
	const [low, high] = [Math.min(0, ...all), Math.max(0, ...all)];
	if (!all.every(Number.isFinite)) return [];
	return agents.flatMap(({ label }, index) => ["", label, ...drawn(curves[index] ?? [], low, high)]);
}

/** The mean of equity less start over the sessions, at places spread evenly from the beginning of trading to the end of the longest of each session. */
function meanCurve(sessions: readonly (readonly TrialFigures[])[], agent: number): number[] {
	const sums = new Array<number>(COLUMNS).fill(0);
	for (const session of sessions) {
		const { from, curve, netProfit } = session[agent] as TrialFigures;
		const begin = from ?? 0;
		const end = Math.max(...session.map(({ to }) => to ?? begin));
		const start = (curve.at(-1)?.equity ?? 0) - netProfit;
		let index = 0;
		for (let column = 0; column < COLUMNS; column++) {
			const at = begin + ((end - begin) * column) / (COLUMNS - 1);
			while (index + 1 < curve.length && (curve[index + 1]?.at ?? 0) <= at) index++;
			const point = curve[index];
			sums[column] = (sums[column] ?? 0) + (point === undefined || point.at > at ? 0 : point.equity - start);
		}
	}
	return sums.map((sum) => sum / sessions.length);
}

function drawn(values: readonly number[], low: number, high: number): string[] {
	const flat = !(high - low > 1e-9);
	const config = flat ? { height: 0, min: 0, max: 0 } : { height: ROWS, min: low, max: high };
	return asciichart
		.plot(flat ? values.map(() => 0) : [...values], { ...config, format: (value: number) => value.toFixed(2).padStart(LABEL) })
		.split("\n")
		.map((row) => row.trimEnd());
}

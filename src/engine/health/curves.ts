import { COMPONENTS, type Component } from "./components.ts";

/** The score of nothing known: every component starts here (chs.md 5). */
export const NEUTRAL = 0.75;

/** Raw values, rising, the scores they stand for and the slope to the next point. Columns of doubles: curves are read on every quote. */
export type Curve = { readonly raws: Float64Array; readonly scores: Float64Array; readonly slopes: Float64Array };

/** The curve of every component, from the table. Written out, because an object built key by key becomes a slow dictionary. */
export const CURVES: Readonly<Record<Component, Curve>> = {
	omega: columnsOf("omega"),
	winRate: columnsOf("winRate"),
	payoff: columnsOf("payoff"),
	edge: columnsOf("edge"),
	ruin: columnsOf("ruin"),
	drawdown: columnsOf("drawdown"),
	downVol: columnsOf("downVol"),
	margin: columnsOf("margin"),
	overshoot: columnsOf("overshoot"),
	energy: columnsOf("energy"),
	leak: columnsOf("leak"),
	falseAct: columnsOf("falseAct"),
	regime: columnsOf("regime"),
	validator: columnsOf("validator"),
	broker: columnsOf("broker"),
	slippage: columnsOf("slippage"),
	latency: columnsOf("latency"),
	feed: columnsOf("feed"),
};

/** Raw value -> score 0..1: straight lines between the curve's points, flat beyond them (chs.md 4). NaN scores 0: unknown is not healthy. */
export function curveScore(curve: Curve, raw: number): number {
	const { raws, scores, slopes } = curve;
	if (!(raw > (raws[0] as number))) return raw <= (raws[0] as number) ? (scores[0] as number) : 0;
	const last = raws.length - 1;
	if (raw >= (raws[last] as number)) return scores[last] as number;
	let upper = 1;
	while (raw > (raws[upper] as number)) upper++;
	return (scores[upper - 1] as number) + (slopes[upper - 1] as number) * (raw - (raws[upper - 1] as number));
}

/** The score after evidence: `share` (0..1) of the evidence moves it from neutral to what the curve says (chs.md 5). */
export function weighEvidence(curve: number, share: number): number {
	return NEUTRAL + share * (curve - NEUTRAL);
}

/** Like `weighEvidence` for vital components: their good news is earned, their bad news is a fact and counts at once (chs.md 5). */
export function weighVital(curve: number, share: number): number {
	return curve < NEUTRAL ? curve : NEUTRAL + share * (curve - NEUTRAL);
}

/** The highest composite that a vital component's score allows: itself at or below the trip level, 1 from neutral on, a line between (chs.md 6). */
export function ceilingOf(score: number, tripLevel: number): number {
	if (score >= NEUTRAL) return 1;
	if (!(score > tripLevel)) return score;
	return tripLevel + ((score - tripLevel) * (1 - tripLevel)) / (NEUTRAL - tripLevel);
}

function columnsOf(name: Component): Curve {
	const raws: readonly number[] = COMPONENTS[name].raws;
	const scores: readonly number[] = COMPONENTS[name].scores;
	const slopes = raws.map((raw, i) => ((scores[i + 1] ?? 0) - (scores[i] ?? 0)) / ((raws[i + 1] ?? Number.POSITIVE_INFINITY) - raw));
	return { raws: Float64Array.from(raws), scores: Float64Array.from(scores), slopes: Float64Array.from(slopes) };
}

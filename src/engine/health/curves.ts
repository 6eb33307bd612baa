import { COMPONENTS, type Component } from "./components.ts";

/** The score of nothing known: every component starts here (chs.md 5). */
export const NEUTRAL = 0.75;

/** Raw value -> score 0..1: straight lines between the component's points, flat beyond them (chs.md 4). NaN scores 0: unknown is not healthy. */
export function curveScore(component: Component, raw: number): number {
	const { raws, scores } = COMPONENTS[component] as { readonly raws: readonly number[]; readonly scores: readonly number[] };
	const last = raws.length - 1;
	if (!(raw > (raws[0] as number))) return raw <= (raws[0] as number) ? (scores[0] as number) : 0;
	if (raw >= (raws[last] as number)) return scores[last] as number;
	let upper = 1;
	while (raw > (raws[upper] as number)) upper++;
	const left = raws[upper - 1] as number;
	const leftScore = scores[upper - 1] as number;
	return leftScore + (((scores[upper] as number) - leftScore) * (raw - left)) / ((raws[upper] as number) - left);
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

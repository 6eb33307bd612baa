import { COMPONENT_NAMES, COMPONENTS, type Component, PILLARS, type Pillar } from "./components.ts";
import { RAW } from "./pillars.ts";
import type { Chs } from "./state.ts";
import type { CapCause } from "./words.ts";

/** The score with everything behind it, for the journal, the screen and the breaker. Plain JSON. */
export type ChsSnapshot = {
	readonly chs: number;
	/** Half mean, half weakest pillar, before the cap. */
	readonly blend: number;
	/** What the weakest vital component allows; 1 = no cap. */
	readonly cap: number;
	/** The vital component that caps the score, `input` when an input could not be understood, null when nothing caps. */
	readonly capBy: CapCause | null;
	/** The weakest pillar. */
	readonly weakest: Pillar;
	readonly pillars: Readonly<Record<Pillar, number>>;
	readonly score: Readonly<Record<Component, number>>;
	/** In the units of COMPONENTS; null for `margin` while nothing is open. */
	readonly raw: Readonly<Record<Component, number | null>>;
	/** The component with the least score of each pillar. */
	readonly weakestOf: Readonly<Record<Pillar, Component>>;
	readonly evidence: { readonly trades: number; readonly orders: number; readonly bars: number; readonly ticks: number };
};

/** The snapshot of now. O(1); changes nothing. Its `chs` is exactly `scoreOf(chs)`. */
export function snapshotOf(chs: Chs): ChsSnapshot {
	return take(chs, exactly);
}

/** The snapshot as the journal keeps it: six decimals, which nobody can trade on, in a third of the characters. */
export function journalSnapshotOf(chs: Chs): ChsSnapshot {
	return take(chs, toSixDecimals);
}

function take(chs: Chs, shown: (value: number) => number): ChsSnapshot {
	const score = {} as Record<Component, number>;
	const raw = {} as Record<Component, number | null>;
	for (const name of COMPONENT_NAMES) {
		const value = RAW[name](chs);
		score[name] = shown(chs.scores[name]);
		raw[name] = value === null ? null : shown(value);
	}
	const { agent, risk, market, execution } = chs.pillars;
	return {
		chs: shown(chs.chs),
		blend: shown(chs.blend),
		cap: shown(chs.cap),
		capBy: capCauseOf(chs),
		weakest: weakestPillar(chs),
		pillars: { agent: shown(agent), risk: shown(risk), market: shown(market), execution: shown(execution) },
		score,
		raw,
		weakestOf: { agent: weakestIn(chs, "agent"), risk: weakestIn(chs, "risk"), market: weakestIn(chs, "market"), execution: weakestIn(chs, "execution") },
		evidence: { trades: chs.trades, orders: chs.orders.attempts, bars: chs.regime.bars, ticks: chs.feed.ticks },
	};
}

function exactly(value: number): number {
	return value;
}

function toSixDecimals(value: number): number {
	return Math.round(value * 1e6) / 1e6;
}

/** What caps the score: the least vital component if it binds, `input` on a fault, else null. */
export function capCauseOf(chs: Chs): CapCause | null {
	if (chs.faults !== 0) return "input";
	if (!(chs.cap < chs.blend)) return null;
	let least: Component | null = null;
	let leastScore = Number.POSITIVE_INFINITY;
	for (const name of VITAL_NAMES) {
		const score = chs.scores[name];
		if (least !== null && !(score < leastScore)) continue;
		least = name;
		leastScore = score;
	}
	return least;
}

const VITAL_NAMES = COMPONENT_NAMES.filter((name) => COMPONENTS[name].vital);

/** The pillar with the least score; the first of equals in the order of PILLARS. */
export function weakestPillar(chs: Chs): Pillar {
	let weakest: Pillar = "agent";
	for (const pillar of PILLARS) if (chs.pillars[pillar] < chs.pillars[weakest]) weakest = pillar;
	return weakest;
}

function weakestIn(chs: Chs, pillar: Pillar): Component {
	let weakest: Component | null = null;
	for (const name of COMPONENT_NAMES) {
		if (COMPONENTS[name].pillar === pillar && (weakest === null || chs.scores[name] < chs.scores[weakest])) weakest = name;
	}
	return weakest ?? "omega";
}

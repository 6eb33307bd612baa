import { type RandomState, uniform } from "../../random.ts";
import type { Scenario } from "./scenario.ts";

/** What price is doing besides diffusing: following a drift or returning to a level. Plain numbers and words. */
export type RegimeState = {
	kind: "trend" | "range";
	/** Trend: drift in standard deviations of a minute, a minute; signed. */
	pace: number;
	/** Range: the level that price returns to, in tick sizes. */
	level: number;
	/** Range: share of the distance undone a minute. */
	pull: number;
	/** Open minutes until the next regime. */
	minutesLeft: number;
	/** The side of the long trend of the trending mood: +1 or -1. */
	bias: number;
};

/** Most that a range pulls back, standard deviations of a minute, a minute: it must not undo a jump at a stroke. */
const PULL_MAX = 0.3;

/** The first regime of a market; `level` is its price in tick sizes. */
export function createRegime(mood: Scenario["mood"], random: RandomState, level: number): RegimeState {
	const state: RegimeState = { kind: "range", pace: 0, level, pull: 0, minutesLeft: 0, bias: uniform(random) < 0.5 ? -1 : 1 };
	if (uniform(random) < 0.5) state.kind = "trend";
	nextRegime(state, mood, random, level);
	return state;
}

/** One open minute; draws the next regime when this one is over. */
export function advanceRegime(state: RegimeState, mood: Scenario["mood"], random: RandomState, price: number): void {
	state.minutesLeft -= 1;
	if (state.minutesLeft <= 0) nextRegime(state, mood, random, price);
}

/** Price jumped by `by` tick sizes: the level moves with it, as nobody trades back to where news found the market. */
export function shiftRegime(state: RegimeState, by: number): void {
	state.level += by;
}

/** Drift in tick sizes a minute at `price`, when a minute's standard deviation is `sigma` tick sizes. */
export function driftOf(state: RegimeState, price: number, sigma: number): number {
	if (state.kind === "trend") return state.pace * sigma;
	const most = (state.pull > 0.1 ? 1 : PULL_MAX) * sigma;
	return Math.max(-most, Math.min(most, (state.level - price) * state.pull));
}

function nextRegime(state: RegimeState, mood: Scenario["mood"], random: RandomState, price: number): void {
	const length = uniform(random);
	const strength = uniform(random);
	const side = uniform(random) < 0.5 ? -1 : 1;
	switch (mood) {
		case "alternating":
			if (state.kind === "range") trend(state, side * (0.04 + 0.1 * strength), 20 + 100 * length);
			else range(state, price, 0.012 + 0.01 * strength, 30 + 120 * length);
			return;
		case "trending":
			if (state.pace * state.bias > 0) trend(state, -state.bias * (0.2 + 0.2 * strength), 2 + 3 * length);
			else trend(state, state.bias * (0.4 + 0.2 * strength), 10 + 15 * length);
			return;
		case "choppy":
			range(state, state.level, 0.25 + 0.1 * strength, 40 + 40 * length);
			return;
		case "lazy":
			range(state, price, 0.02 + 0.02 * strength, 60 + 120 * length);
			return;
	}
}

function trend(state: RegimeState, pace: number, minutes: number): void {
	state.kind = "trend";
	state.pace = pace;
	state.minutesLeft = Math.ceil(minutes);
}

function range(state: RegimeState, level: number, pull: number, minutes: number): void {
	state.kind = "range";
	state.level = level;
	state.pull = pull;
	state.minutesLeft = Math.ceil(minutes);
}

import { normal, type RandomState, uniform } from "../../random.ts";
import type { DayShape } from "./hours.ts";

/**
 * How lively the market is, beyond the hour of day: three mean-reverting logarithms of different memory (days, hours, minutes),
 * which give volatility clustering, and the aftermath of surprises. Plain numbers, advanced once a market minute.
 */
export type VolatilityState = {
	slow: number;
	middle: number;
	fast: number;
	/** Added to 1, a factor on volatility; halves every `BURST_HALF_LIFE` minutes. */
	burst: number;
	/** Sign and size of the surprise of this minute, in 15-minute standard deviations; 0 = none. */
	jump: number;
};

/** Half-lives in open minutes and standard deviations of the log factor; calibrated against the facts in docs/SIMULATOR.md. */
const SLOW = component(4_300, 0.2);
const MIDDLE = component(150, 0.43);
const FAST = component(10, 0.42);
const BURST_HALF_LIFE = 7;
/** Keeps the mean square of the log-normal factor at 1. */
const LOG_MEAN = -(SLOW.sd ** 2 + MIDDLE.sd ** 2 + FAST.sd ** 2);
/** Deviates beyond this are cut, so that no seed's year is ruled by one day. */
const DEVIATE_MAX = 2.5;
/** The factor is cut here, for the same reason: a surprise in the liveliest hour of the year. */
const FACTOR_MAX = 7;
/** Surprises without a date, a market minute of average volatility: three in five days. */
const SURPRISE_CHANCE = 0.6 / 1440;

type Component = { readonly keep: number; readonly noise: number; readonly sd: number; readonly halfLife: number };

/** Starts in the long-run distribution. */
export function createVolatility(random: RandomState): VolatilityState {
	return { slow: SLOW.sd * bounded(random), middle: MIDDLE.sd * bounded(random), fast: FAST.sd * bounded(random), burst: 0, jump: 0 };
}

/** One open minute: `minuteOfDay` and `hourFactor` decide how likely a surprise is; none comes when `surprises` is false. */
export function advanceVolatility(
	state: VolatilityState,
	random: RandomState,
	day: DayShape,
	minuteOfDay: number,
	hourFactor: number,
	surprises: boolean,
): void {
	state.slow = state.slow * SLOW.keep + SLOW.noise * bounded(random);
	state.middle = state.middle * MIDDLE.keep + MIDDLE.noise * bounded(random);
	state.fast = state.fast * FAST.keep + FAST.noise * bounded(random);
	state.burst *= BURST_KEEP;
	state.jump = 0;
	const surprise = uniform(random);
	if (surprises && surprise < SURPRISE_CHANCE * hourFactor + announcementChance(day, minuteOfDay)) shock(state, random);
}

/** The market rests for `minutes`: the memories fade as they would have, in one step. */
export function restVolatility(state: VolatilityState, random: RandomState, minutes: number): void {
	state.slow = rested(SLOW, state.slow, random, minutes);
	state.middle = rested(MIDDLE, state.middle, random, minutes);
	state.fast = rested(FAST, state.fast, random, minutes);
	state.burst = 0;
	state.jump = 0;
}

/** Factor on the volatility of the hour, in (0, 7]; its mean square is about 1 (above it by the bursts). */
export function volatilityFactor(state: VolatilityState): number {
	return Math.min(FACTOR_MAX, Math.exp(LOG_MEAN + state.slow + state.middle + state.fast) * (1 + state.burst));
}

/** A surprise moves price at once and leaves the market lively; most are small, none beyond seven standard deviations. */
function shock(state: VolatilityState, random: RandomState): void {
	const size = uniform(random);
	const sign = uniform(random) < 0.5 ? -1 : 1;
	state.jump = sign * (1.5 + 5.5 * size * size);
	state.burst = Math.min(state.burst + 1.5 + 2.5 * size, 5);
}

function announcementChance(day: DayShape, minuteOfDay: number): number {
	for (const [minute, chance] of day.announcements) if (minute === minuteOfDay) return chance;
	return 0;
}

function component(halfLife: number, sd: number): Component {
	const keep = 0.5 ** (1 / halfLife);
	return { keep, noise: sd * Math.sqrt(1 - keep * keep), sd, halfLife };
}

function rested(of: Component, value: number, random: RandomState, minutes: number): number {
	const keep = 0.5 ** (minutes / of.halfLife);
	return value * keep + of.sd * Math.sqrt(1 - keep * keep) * bounded(random);
}

function bounded(random: RandomState): number {
	return Math.max(-DEVIATE_MAX, Math.min(DEVIATE_MAX, normal(random)));
}

const BURST_KEEP = 0.5 ** (1 / BURST_HALF_LIFE);

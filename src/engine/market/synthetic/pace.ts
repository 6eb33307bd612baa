import { dayStartOf, nextSessionOpenAt } from "../../instruments/sessions.ts";
import { normal, uniform } from "../../random.ts";
import type { BrokerMs } from "../../units.ts";
import type { SyntheticState, SyntheticTerms } from "./generator.ts";
import { advanceRegime, driftOf, shiftRegime } from "./regime.ts";
import { type Phase, phaseIndexAt, rampAt } from "./scenario.ts";
import { advanceVolatility, restVolatility, volatilityFactor } from "./volatility.ts";

/** The coefficients of the tick loop, constant until `until`. Prices in tick sizes. */
export type Pace = {
	/** Whole seconds; the next refresh. */
	until: BrokerMs;
	/** End of the minute for which volatility and regime were last advanced. */
	minuteEndsAt: BrokerMs;
	/** Scenario phase in force, -1 = none. */
	phase: number;
	/** Standard deviation and drift a quote. */
	sigma: number;
	drift: number;
	/** Mean time between quotes. */
	waitMs: number;
	/** Spread = floor(base + noise * uniform), rounding included. */
	spreadBase: number;
	spreadNoise: number;
};

const MINUTE_MS = 60_000;
/** How often coefficients follow a scenario's ramps. */
const PHASE_STEP_MS = 5_000;
/** Standard deviation of the price change over a closure, in 15-minute standard deviations: `GAP_SCALE * minutes ** GAP_POWER`. */
const GAP_SCALE = 0.25;
const GAP_POWER = 0.3;
const GAP_DEVIATE_MAX = 3;
/** Trends and bursts add variance to the diffusion; this gives the 15-minute standard deviation back its stated size. */
const DIFFUSION_SHARE = 0.88;
/** The mean of the liveliness that volatility gives the stream of quotes is below 1; this undoes it. */
const QUOTES_SCALE = 1.13;
/** Fewest quotes a minute: the longest wait (3.6 times the mean) stays below the 30 s at which a feed counts as dead. */
const QUOTES_MIN = 8;
/** Price stays within these multiples of the first one, whatever the years bring: integers must hold it. */
const PRICE_RANGE = 50;

/** Coefficients that run out at once, so that the first refresh happens before the first row. */
export function createPace(startAt: BrokerMs): Pace {
	return { until: startAt, minuteEndsAt: startAt, phase: -1, sigma: 0, drift: 0, waitMs: 1000, spreadBase: 1, spreadNoise: 0 };
}

/**
 * At `pace.until`: leaps over closed hours, advances volatility and regime when a minute begins, applies what the scenario has
 * at this time, and sets the coefficients of the next stretch (a minute at most). Ends the market at `endAt`.
 */
export function refreshPace(terms: SyntheticTerms, state: SyntheticState): void {
	const { pace } = state;
	if (pace.until >= pace.minuteEndsAt) {
		const openAt = nextSessionOpenAt(terms.instrument, pace.until);
		if (openAt === null) {
			state.ended = true;
			return;
		}
		if (openAt > pace.until) reopen(terms, state, openAt);
		beginMinute(terms, state);
	}
	if (terms.endAt !== null && pace.until >= terms.endAt) {
		state.ended = true;
		return;
	}
	const phase = enterPhase(terms, state);
	setCoefficients(terms, state, phase);
	pace.until = nextRefreshAt(terms, pace, phase);
}

function reopen(terms: SyntheticTerms, state: SyntheticState, openAt: BrokerMs): void {
	const minutes = (openAt - state.pace.until) / MINUTE_MS;
	restVolatility(state.volatility, state.minuteRandom, minutes);
	const deviate = Math.max(-GAP_DEVIATE_MAX, Math.min(GAP_DEVIATE_MAX, normal(state.minuteRandom)));
	// A product of two factors makes most gaps small and some large, as weekends do.
	jump(terms, state, GAP_SCALE * minutes ** GAP_POWER * deviate * (0.5 + 1.5 * uniform(state.minuteRandom) ** 2));
	const second = Math.ceil(openAt / 1000) * 1000;
	state.pace.until = second;
	state.clockAt = second;
	state.nextQuoteAt = second + Math.floor(uniform(state.minuteRandom) * 2000);
}

function beginMinute(terms: SyntheticTerms, state: SyntheticState): void {
	const { pace, volatility } = state;
	const minuteOfDay = minuteOfDayOf(pace.until);
	const hourFactor = terms.character.day.volatility[Math.floor(minuteOfDay / 60)] ?? 1;
	advanceVolatility(volatility, state.minuteRandom, terms.character.day, minuteOfDay, hourFactor, terms.scenario.surprises);
	advanceRegime(state.regime, terms.scenario.mood, state.minuteRandom, state.price);
	if (volatility.jump !== 0) jump(terms, state, volatility.jump);
	state.price = Math.max(terms.startSteps / PRICE_RANGE, Math.min(terms.startSteps * PRICE_RANGE, state.price));
	pace.minuteEndsAt = (Math.floor(pace.until / MINUTE_MS) + 1) * MINUTE_MS;
}

/** The phase at this time, its jump made when it is new. */
function enterPhase(terms: SyntheticTerms, state: SyntheticState): Phase | undefined {
	const { pace } = state;
	const index = phaseIndexAt(terms.scenario, (pace.until - terms.sessionStartAt) / 1000);
	const phase = terms.scenario.phases[index];
	if (index === pace.phase) return phase;
	pace.phase = index;
	// A range must not pull price back to where it was before the scenario struck.
	if (phase === undefined) state.regime.level = state.price;
	else if (phase.jump !== 0) jump(terms, state, phase.jump * state.direction);
	if (phase?.silent === true) {
		const endAt = terms.sessionStartAt + phase.to * 1000;
		state.nextQuoteAt = Math.max(state.nextQuoteAt, endAt + Math.floor(uniform(state.minuteRandom) * 500));
	}
	return phase;
}

function setCoefficients(terms: SyntheticTerms, state: SyntheticState, phase: Phase | undefined): void {
	const { pace, volatility, price } = state;
	const { day } = terms.character;
	const { scenario } = terms;
	const hour = Math.floor(minuteOfDayOf(pace.until) / 60);
	const share = phase === undefined ? 0 : ((pace.until - terms.sessionStartAt) / 1000 - phase.from) / (phase.to - phase.from);
	const factor = volatilityFactor(volatility) * scenario.volatility;
	const sigma15 = price * terms.character.volatility15;
	const sigmaMinute = (DIFFUSION_SHARE * sigma15 * (day.volatility[hour] ?? 1) * factor) / Math.sqrt(15);
	const liveliness = Math.max(0.5, Math.min(3, QUOTES_SCALE * factor ** 0.6));
	const ramped = phase === undefined ? 1 : rampAt(phase.quotes, share);
	const quotesPerMinute = Math.max(QUOTES_MIN, Math.min(1500, (day.quotesPerMinute[hour] ?? 60) * scenario.quotes * liveliness * ramped));
	const driftMinute =
		phase === undefined ? driftOf(state.regime, price, sigmaMinute) : (phase.drift * state.direction * sigma15 * 60) / (phase.to - phase.from);
	const spread = terms.spreadSteps * (day.spread[hour] ?? 1) * (1 + 0.3 * volatility.burst) * (phase === undefined ? 1 : rampAt(phase.spread, share));
	pace.sigma = (sigmaMinute * (phase === undefined ? 1 : rampAt(phase.volatility, share))) / Math.sqrt(quotesPerMinute);
	pace.drift = driftMinute / quotesPerMinute;
	pace.waitMs = MINUTE_MS / quotesPerMinute;
	pace.spreadBase = spread * 0.85 + 0.5;
	pace.spreadNoise = spread * 0.3;
}

function nextRefreshAt(terms: SyntheticTerms, pace: Pace, phase: Phase | undefined): BrokerMs {
	let next = pace.minuteEndsAt;
	if (phase !== undefined) next = Math.min(next, pace.until + PHASE_STEP_MS, terms.sessionStartAt + phase.to * 1000);
	else {
		for (const ahead of terms.scenario.phases) {
			const at = terms.sessionStartAt + ahead.from * 1000;
			if (at > pace.until) next = Math.min(next, at);
		}
	}
	return terms.endAt === null ? next : Math.min(next, terms.endAt);
}

function jump(terms: SyntheticTerms, state: SyntheticState, deviations: number): void {
	const by = deviations * state.price * terms.character.volatility15;
	state.price += by;
	shiftRegime(state.regime, by);
}

function minuteOfDayOf(at: BrokerMs): number {
	return Math.floor((at - dayStartOf(at)) / MINUTE_MS);
}

import type { Instrument } from "../../instrument.ts";
import { fork, type RandomState, uniform } from "../../random.ts";
import type { BrokerMs } from "../../units.ts";
import { TICK_CLOCK, TICK_QUOTE, type TickBatch } from "../tick.ts";
import { type Character, characterOf } from "./character.ts";
import { NORMAL_DEVIATES, TABLE_SIZE, WAITING_TIMES } from "./deviates.ts";
import { createPace, type Pace, refreshPace } from "./pace.ts";
import { createRegime, type RegimeState } from "./regime.ts";
import type { Scenario } from "./scenario.ts";
import { createVolatility, type VolatilityState } from "./volatility.ts";

/** What a synthetic market is asked to be. Times in broker ms; `endAt` null = endless, else no row at or after it. */
export type SyntheticSettings = {
	readonly instrument: Instrument;
	readonly scenario: Scenario;
	readonly seed: number;
	readonly startAt: BrokerMs;
	/** Where the scenario's own clock starts: after the warm-up. */
	readonly sessionStartAt: BrokerMs;
	readonly endAt: BrokerMs | null;
};

/** Everything that changes while a market runs: plain JSON, so that a copy of it continues with the same rows. */
export type SyntheticState = {
	readonly tickRandom: RandomState;
	readonly minuteRandom: RandomState;
	readonly volatility: VolatilityState;
	readonly regime: RegimeState;
	/** The coefficients in force until `pace.until`. */
	readonly pace: Pace;
	/** Latent bid in tick sizes, fractional. */
	price: number;
	nextQuoteAt: BrokerMs;
	/** Start of the earliest second that has no row yet. */
	clockAt: BrokerMs;
	/** +1 or -1: which way the scenario's phases go. */
	readonly direction: number;
	ended: boolean;
};

/** What does not change: settings and what is derived from them. */
export type SyntheticTerms = SyntheticSettings & {
	readonly character: Character;
	/** First price and typical spread in tick sizes. */
	readonly startSteps: number;
	readonly spreadSteps: number;
};

/** A running market: fixed terms and a state that `fillSynthetic` moves. */
export type SyntheticMarket = { readonly terms: SyntheticTerms; readonly state: SyntheticState };

/** Chance gets its own streams by name, so that the number of quotes never disturbs the weather. */
export function createSyntheticMarket(settings: SyntheticSettings): SyntheticMarket {
	const { instrument, scenario, seed } = settings;
	const tick = instrument.tickSizePoints;
	const character = characterOf(instrument);
	const startSteps = Math.max(100, Math.round(character.startPrice / tick));
	const terms: SyntheticTerms = {
		...settings,
		sessionStartAt: wholeSecond(settings.sessionStartAt),
		endAt: settings.endAt === null ? null : wholeSecond(settings.endAt),
		character,
		startSteps,
		spreadSteps: Math.max(1, instrument.typicalSpreadPoints / tick),
	};
	const minuteRandom = fork(seed, "synthetic market minutes");
	const startAt = wholeSecond(settings.startAt);
	const state: SyntheticState = {
		tickRandom: fork(seed, "synthetic market ticks"),
		minuteRandom,
		volatility: createVolatility(minuteRandom),
		regime: createRegime(scenario.mood, minuteRandom, startSteps),
		pace: createPace(startAt),
		price: startSteps,
		nextQuoteAt: startAt,
		clockAt: startAt,
		direction: scenario.direction === "down" || uniform(minuteRandom) < 0.5 ? -1 : 1,
		ended: false,
	};
	return { terms, state };
}

/**
 * Fills the batch with the next rows: quotes at irregular times and a clock row at the start of every open second without one.
 * Fewer rows than fit, or none, mean the end. The rows do not depend on the size of the batch.
 */
export function fillSynthetic(market: SyntheticMarket, batch: TickBatch): void {
	const { terms, state } = market;
	batch.count = 0;
	while (!state.ended) {
		runUntilRefresh(state, terms.instrument.tickSizePoints, batch);
		if (batch.count === batch.atMs.length) return;
		refreshPace(terms, state);
	}
}

/** The hot path: rows until the coefficients need refreshing or the batch is full. One random number a quote feeds three choices. */
function runUntilRefresh(state: SyntheticState, tickSize: number, batch: TickBatch): void {
	const { tickRandom, pace } = state;
	const { atMs, bid, ask, volume, kind } = batch;
	const { until, sigma, drift, waitMs, spreadBase, spreadNoise } = pace;
	const capacity = atMs.length;
	// Locals, because some module loaders make every use of an import a getter call.
	const deviates = NORMAL_DEVIATES;
	const waits = WAITING_TIMES;
	const tableSize = TABLE_SIZE;
	const draw = uniform;
	const quoteKind = TICK_QUOTE;
	const clockKind = TICK_CLOCK;
	let { price, nextQuoteAt, clockAt } = state;
	let row = batch.count;
	while (row < capacity) {
		if (nextQuoteAt >= clockAt + 1000) {
			if (clockAt >= until) break;
			atMs[row] = clockAt;
			bid[row] = 0;
			ask[row] = 0;
			volume[row] = 0;
			kind[row] = clockKind;
			row++;
			clockAt += 1000;
			continue;
		}
		if (nextQuoteAt >= until) break;
		const first = draw(tickRandom) * tableSize;
		const normalRow = first | 0;
		const second = (first - normalRow) * tableSize;
		const waitRow = second | 0;
		price += drift + sigma * (deviates[normalRow] as number);
		const bidPoints = ((price + 0.5) | 0) * tickSize;
		const spreadSteps = (spreadBase + spreadNoise * (second - waitRow)) | 0;
		atMs[row] = nextQuoteAt;
		bid[row] = bidPoints;
		ask[row] = bidPoints + (spreadSteps > 1 ? spreadSteps : 1) * tickSize;
		volume[row] = 1;
		kind[row] = quoteKind;
		row++;
		if (nextQuoteAt >= clockAt) clockAt += 1000;
		nextQuoteAt += 1 + ((waitMs * (waits[waitRow] as number)) | 0);
	}
	state.price = price;
	state.nextQuoteAt = nextQuoteAt;
	state.clockAt = clockAt;
	batch.count = row;
}

function wholeSecond(at: BrokerMs): BrokerMs {
	return Math.floor(at / 1000) * 1000;
}

import type { Instrument } from "../../engine/instrument.ts";
import { nextSessionOpenAt } from "../../engine/instruments/sessions.ts";
import { createSyntheticMarket, fillSynthetic } from "../../engine/market/synthetic/generator.ts";
import { findScenario, requoteProbabilityAt, SCENARIO_TABLE, type Scenario } from "../../engine/market/synthetic/scenario.ts";
import { createTickBatch } from "../../engine/market/tick.ts";
import type { BrokerMs } from "../../engine/units.ts";
import { dataFailure, usageFailure } from "../failure.ts";
import type { FeedIdentity, MarketData } from "../ports.ts";

/** Name and version of the generator: another version may make other rows of the same seed, so replay must compare it. */
export const SYNTHETIC_GENERATOR = "synthetic-1";

/** Default start of a session: Tuesday 2025-03-04 14:00 broker time, an ordinary active afternoon with the busiest hours ahead. */
export const DEFAULT_SESSION_START: BrokerMs = Date.UTC(2025, 2, 4, 14);

/** What a synthetic feed is asked to be. */
export type SyntheticFeedOptions = {
	readonly instrument: Instrument;
	/** A name of `SCENARIO_TABLE`. */
	readonly scenario: string;
	readonly seed: number;
	/** First row; the warm-up lies between this and `sessionStartAt` (engine/market/synthetic/warmup.ts finds it). */
	readonly startAt: BrokerMs;
	/** Scenario events count from here. */
	readonly sessionStartAt: BrokerMs;
	/** No row at or after this; null = endless. */
	readonly endAt: BrokerMs | null;
	/** Rows a batch, 1..1048576; does not change the rows. */
	readonly batchRows: number;
};

/**
 * Opens the generated market as a feed: quotes, and a clock row for every open second without one. Rows depend on instrument,
 * scenario, seed, `startAt` and `sessionStartAt` only. Throws a Failure: exit 2 for an unknown scenario or a value out of range,
 * exit 3 for a symbol that never trades.
 */
export function openSyntheticFeed(options: SyntheticFeedOptions): MarketData {
	const scenario = scenarioOf(options.scenario);
	check(options);
	const market = createSyntheticMarket({ ...options, scenario });
	const batch = createTickBatch(options.batchRows);
	let rows = 0;
	let closed = false;
	const identity: FeedIdentity = {
		kind: "synthetic",
		generator: SYNTHETIC_GENERATOR,
		symbol: options.instrument.symbol,
		scenario: scenario.name,
		seed: options.seed,
		startAt: options.startAt,
		sessionStartAt: options.sessionStartAt,
	};
	return {
		identity,
		traits: { triggerFill: "market", hasClock: true, cadenceMs: 1000 },
		next() {
			if (closed) return null;
			fillSynthetic(market, batch);
			rows += batch.count;
			return batch.count === 0 ? null : batch;
		},
		wait: () => Promise.resolve(),
		failure: () => null,
		report: () => ({ rows, badRows: 0, duplicates: 0, outOfOrder: 0, spreadsFilled: 0, gaps: 0, longestGapMs: 0 }),
		close() {
			closed = true;
		},
	};
}

/**
 * What a scenario does to the broker at a time: the chance, 0..1, that it requotes a request sent then. Known from the feed's
 * identity alone, so that replay sees the same trouble; 0 for recorded feeds.
 */
export function requoteProbabilityOf(identity: FeedIdentity, at: BrokerMs): number {
	if (identity.kind !== "synthetic") return 0;
	const scenario = findScenario(identity.scenario);
	return scenario === null ? 0 : requoteProbabilityAt(scenario, identity.sessionStartAt, at);
}

function scenarioOf(name: string): Scenario {
	const scenario = findScenario(name);
	if (scenario !== null) return scenario;
	const known = SCENARIO_TABLE.map((entry) => entry.name).join(", ");
	throw usageFailure(`unknown scenario "${name}"; known scenarios: ${known}`);
}

function check(options: SyntheticFeedOptions): void {
	const { instrument, startAt, sessionStartAt, endAt, seed, batchRows } = options;
	if (!Number.isFinite(seed)) throw usageFailure(`the seed of the synthetic market must be a number, got ${seed}`);
	if (!isTime(startAt)) throw usageFailure(`the start of the synthetic market must be a time between 1970 and 9999, got ${startAt}`);
	if (!isTime(sessionStartAt)) throw usageFailure(`the start of the session must be a time between 1970 and 9999, got ${sessionStartAt}`);
	if (endAt !== null && !(endAt >= startAt)) throw usageFailure(`the synthetic market must end after it starts, got an end of ${endAt}`);
	if (!(Number.isInteger(batchRows) && batchRows >= 1 && batchRows <= 1_048_576)) throw usageFailure(`batchRows must be 1 to 1048576, got ${batchRows}`);
	if (!(instrument.tickSizePoints >= 1)) throw usageFailure(`${instrument.symbol}: tickSizePoints must be at least 1, got ${instrument.tickSizePoints}`);
	if (nextSessionOpenAt(instrument, startAt) === null) {
		throw dataFailure(`${instrument.symbol} has no trading session on any weekday, so there is no market to generate; give it sessions with --spec`);
	}
}

function isTime(at: number): boolean {
	return at >= 0 && at < 253_402_300_800_000;
}

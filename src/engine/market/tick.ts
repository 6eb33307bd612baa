import type { BrokerMs, Points } from "../units.ts";

/** No quote: the market clock moved on (at least one a market second where the feed can fall silent). */
export const TICK_CLOCK = 0;
/** A quote that agents and brokers see. */
export const TICK_QUOTE = 1;
/** A quote that only the broker sees: the hidden ticks inside a bar of `--ticks open` (rulebook A4.1). */
export const TICK_HIDDEN = 2;

/**
 * Ticks as columns, the only form in which quotes travel: nothing is allocated a tick. Rows 0..count-1 are valid; the arrays
 * may be longer and are reused by the feed after the next `next()`.
 */
export type TickBatch = {
	count: number;
	/** Broker milliseconds, never falling. */
	readonly atMs: Float64Array;
	/** Bid in points; undefined content on TICK_CLOCK rows. */
	readonly bid: Int32Array;
	/** Ask in points, >= bid; undefined content on TICK_CLOCK rows. */
	readonly ask: Int32Array;
	/** How many real ticks the row stands for (a bar's tick volume shared over its path). */
	readonly volume: Int32Array;
	readonly kind: Uint8Array;
};

/** An empty batch with room for `capacity` rows. */
export function createTickBatch(capacity: number): TickBatch {
	return {
		count: 0,
		atMs: new Float64Array(capacity),
		bid: new Int32Array(capacity),
		ask: new Int32Array(capacity),
		volume: new Int32Array(capacity),
		kind: new Uint8Array(capacity),
	};
}

/** Appends one row; the caller has made sure that there is room. */
export function pushTick(batch: TickBatch, at: BrokerMs, bid: Points, ask: Points, volume: number, kind: number): void {
	const row = batch.count++;
	batch.atMs[row] = at;
	batch.bid[row] = bid;
	batch.ask[row] = ask;
	batch.volume[row] = volume;
	batch.kind[row] = kind;
}

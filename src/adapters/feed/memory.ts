import { createTickBatch, type TickBatch } from "../../engine/market/tick.ts";
import type { BrokerMs } from "../../engine/units.ts";
import { dataFailure } from "../failure.ts";
import type { FeedIdentity, FeedTraits, MarketData } from "../ports.ts";

/** Rows that are held at once, at 21 bytes each: ten years of minute bars in OHLC mode take 15 million. */
const ROWS_MAX = 40_000_000;
const FIRST_CAPACITY = 65_536;
/** Rows a batch, as the other feeds give them. */
const BATCH_ROWS = 4096;

/**
 * A feed's rows in memory: columns as in `TickBatch`, rows 0..count-1. The columns lie in shared memory, so that worker threads to which they are
 * sent see the same bytes instead of a copy each. Nobody writes to them once they are recorded.
 */
export type RecordedRows = {
	readonly count: number;
	readonly atMs: Float64Array;
	readonly bid: Int32Array;
	readonly ask: Int32Array;
	readonly volume: Int32Array;
	readonly kind: Uint8Array;
};

/**
 * Reads a recorded or generated feed to its end, once. Throws a `Failure` (exit 3) when the feed breaks on the way or has more rows than are held. The
 * caller closes the feed.
 */
export function recordRows(feed: MarketData): RecordedRows {
	let rows = createRows(FIRST_CAPACITY);
	let count = 0;
	for (let batch = feed.next(); batch !== null; batch = feed.next()) {
		if (batch.count === 0) throw new Error("a feed that has to be waited for cannot be recorded");
		if (count + batch.count > ROWS_MAX) throw dataFailure(`${nameOf(feed.identity)}: makes more than ${ROWS_MAX} rows. Take a shorter time, or --ticks ohlc.`);
		if (count + batch.count > rows.atMs.length) rows = grown(rows, count, count + batch.count);
		copyRows(batch, 0, batch.count, rows, count);
		count += batch.count;
	}
	const failure = feed.failure();
	if (failure !== null) throw dataFailure(failure.message);
	return { ...rows, count };
}

/** The first row at `at` or later; `count` when there is none. */
export function firstRowAt(rows: RecordedRows, at: BrokerMs): number {
	let low = 0;
	let high = rows.count;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((rows.atMs[middle] as number) < at) low = middle + 1;
		else high = middle;
	}
	return low;
}

/**
 * Plays the rows from `from` up to `to` (broker ms, `to` not played; null = no bound) as a feed. It parses and allocates nothing but one batch, so an
 * episode of training may open one each. `identity` and `traits` are those of the feed that was recorded, the identity with this `from` and `to`.
 */
export function openRowsFeed(rows: RecordedRows, from: BrokerMs | null, to: BrokerMs | null, identity: FeedIdentity, traits: FeedTraits): MarketData {
	const first = from === null ? 0 : firstRowAt(rows, from);
	const end = to === null ? rows.count : Math.max(first, firstRowAt(rows, to));
	const batch = createTickBatch(Math.min(BATCH_ROWS, end - first));
	let next = first;
	return {
		identity,
		traits,
		next() {
			const count = Math.min(batch.atMs.length, end - next);
			if (count <= 0) return null;
			// Copied, not lent: the recorded rows stay what they are whoever gets the batch.
			copyRows(rows, next, count, batch, 0);
			batch.count = count;
			next += count;
			return batch;
		},
		wait: () => Promise.resolve(),
		failure: () => null,
		report: () => ({ rows: next - first, badRows: 0, duplicates: 0, outOfOrder: 0, spreadsFilled: 0, gaps: 0, longestGapMs: 0 }),
		close() {
			next = end;
		},
	};
}

function createRows(capacity: number): Omit<RecordedRows, "count"> {
	const integers = (): Int32Array => new Int32Array(new SharedArrayBuffer(capacity * 4));
	return {
		atMs: new Float64Array(new SharedArrayBuffer(capacity * 8)),
		bid: integers(),
		ask: integers(),
		volume: integers(),
		kind: new Uint8Array(new SharedArrayBuffer(capacity)),
	};
}

function grown(rows: Omit<RecordedRows, "count">, count: number, least: number): Omit<RecordedRows, "count"> {
	const larger = createRows(Math.min(ROWS_MAX, Math.max(least, rows.atMs.length * 2)));
	copyRows(rows, 0, count, larger, 0);
	return larger;
}

/** Copies `count` rows from row `at` of `source` to row `to` of `target`. */
function copyRows(source: Omit<TickBatch, "count">, at: number, count: number, target: Omit<TickBatch, "count">, to: number): void {
	const end = at + count;
	target.atMs.set(source.atMs.subarray(at, end), to);
	target.bid.set(source.bid.subarray(at, end), to);
	target.ask.set(source.ask.subarray(at, end), to);
	target.volume.set(source.volume.subarray(at, end), to);
	target.kind.set(source.kind.subarray(at, end), to);
}

function nameOf(identity: FeedIdentity): string {
	return identity.kind === "csv" ? identity.file : `the ${identity.kind} market`;
}

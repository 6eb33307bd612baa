import type { Instrument } from "../../../engine/instrument.ts";
import { createTickBatch, pushTick, TICK_QUOTE, type TickBatch } from "../../../engine/market/tick.ts";
import type { BrokerMs, Points } from "../../../engine/units.ts";
import { Failure } from "../../failure.ts";
import type { FeedFailure, FeedIdentity, MarketData } from "../../ports.ts";
import { PRICE_POINTS_MAX } from "./bars.ts";
import { noteGap } from "./gaps.ts";
import { COLUMN } from "./layout.ts";
import { nextRow, type Rows, rejectRow } from "./rows.ts";

/** A minute of open market without a tick would be a missing M1 bar: that is what counts as a gap. */
const GAP_MS = 60_000;
/** The pace that silence is judged against is never below this: quiet hours are no failure. */
const CADENCE_MS_MIN = 1000;

/** What the reading of a tick export has come to; one record, updated in place. */
type Reading = {
	bid: Points;
	ask: Points;
	/** Time of the last row, and of the last one that was passed on. */
	lastMs: BrokerMs;
	isOver: boolean;
	failure: FeedFailure | null;
	rows: number;
	duplicates: number;
	outOfOrder: number;
	gaps: number;
	longestGapMs: number;
};

/** A tick feed whose first batch has been read already, so that its first rows are known to be good. */
export type TickFeed = { readonly feed: MarketData; readonly firstAt: BrokerMs | null };

/**
 * Streams a ticks export: memory does not grow with the file. Sides left empty keep their last value (rulebook A5.2); rows before both sides
 * are known carry no quote. Rows of the same time are all ticks, except repeats of the same quote, which are counted as duplicates.
 * A time before the last one, a price not above 0 and a bid above its ask are refused. The first batch is read at once and throws its
 * `Failure`; later the feed ends with `failure()`.
 */
export function openTickFeed(
	rows: Rows,
	instrument: Instrument,
	identity: FeedIdentity,
	from: BrokerMs | null,
	to: BrokerMs | null,
	batchRows: number,
): TickFeed {
	const reading: Reading = {
		bid: Number.NaN,
		ask: Number.NaN,
		lastMs: Number.NEGATIVE_INFINITY,
		isOver: false,
		failure: null,
		rows: 0,
		duplicates: 0,
		outOfOrder: 0,
		gaps: 0,
		longestGapMs: 0,
	};
	const fromMs = from ?? Number.NEGATIVE_INFINITY;
	const toMs = to ?? Number.POSITIVE_INFINITY;
	const batch = createTickBatch(batchRows);
	readBatch(rows, reading, instrument, fromMs, toMs, batch);
	let isFirst = true;
	const feed: MarketData = {
		identity,
		traits: { triggerFill: "market", hasClock: false, cadenceMs: cadenceOf(batch) },
		next() {
			if (!isFirst) tryBatch(rows, reading, instrument, fromMs, toMs, batch);
			isFirst = false;
			return batch.count === 0 ? null : batch;
		},
		wait: () => Promise.resolve(),
		failure: () => reading.failure,
		report() {
			const { duplicates, outOfOrder, gaps, longestGapMs } = reading;
			return { rows: reading.rows, badRows: rows.badRows, duplicates, outOfOrder, spreadsFilled: 0, gaps, longestGapMs };
		},
		close() {
			finish(rows, reading);
			batch.count = 0;
			isFirst = false;
		},
	};
	return { feed, firstAt: batch.count === 0 ? null : (batch.atMs[0] as number) };
}

/** Ports never throw: what goes wrong in the middle of a file becomes the feed's failure, after the good rows before it. */
function tryBatch(rows: Rows, reading: Reading, instrument: Instrument, fromMs: BrokerMs, toMs: BrokerMs, batch: TickBatch): void {
	try {
		readBatch(rows, reading, instrument, fromMs, toMs, batch);
	} catch (cause) {
		if (!(cause instanceof Failure)) throw cause;
		finish(rows, reading);
		reading.failure = { message: cause.message };
	}
}

/** Fills the batch; leaves it short only at the end. Rows read before a failure stay in it. */
function readBatch(rows: Rows, reading: Reading, instrument: Instrument, fromMs: BrokerMs, toMs: BrokerMs, batch: TickBatch): void {
	const { values } = rows.layout;
	const capacity = batch.bid.length;
	batch.count = 0;
	if (reading.isOver) return;
	while (batch.count < capacity) {
		if (!nextRow(rows)) {
			noteChange(rows, reading);
			finish(rows, reading);
			return;
		}
		const atMs = (values[COLUMN.date] as number) + (values[COLUMN.time] as number);
		const bid = sideOr(values[COLUMN.bid] as number, reading.bid);
		const ask = sideOr(values[COLUMN.ask] as number, reading.ask);
		const lastMs = reading.lastMs;
		const isQuote = atMs >= lastMs && bid > 0 && bid <= ask && ask <= PRICE_POINTS_MAX;
		const fault = isQuote ? null : faultOf(rows, reading, atMs, bid, ask);
		if (fault !== null) {
			rejectRow(rows, fault);
			continue;
		}
		if (atMs === lastMs && bid === reading.bid && ask === reading.ask) {
			reading.duplicates++;
			continue;
		}
		reading.bid = bid;
		reading.ask = ask;
		reading.lastMs = atMs;
		if (!isQuote || atMs < fromMs) continue;
		if (atMs >= toMs) {
			finish(rows, reading);
			return;
		}
		if (atMs - lastMs >= GAP_MS && reading.rows > 0) noteGap(reading, instrument.sessions, lastMs, atMs, GAP_MS);
		reading.rows++;
		pushTick(batch, atMs, bid, ask, 1, TICK_QUOTE);
	}
}

function sideOr(value: number, previous: Points): Points {
	return Number.isNaN(value) ? previous : value;
}

/** What is wrong with a row that is no complete, possible quote; null when only a side of it is not known yet. */
function faultOf(rows: Rows, reading: Reading, atMs: BrokerMs, bid: Points, ask: Points): string | null {
	const { digits } = rows.layout;
	const price = (points: Points): string => (points / 10 ** digits).toFixed(digits);
	const time = (ms: BrokerMs): string => new Date(ms).toISOString().slice(0, 23).replace("T", " ");
	if (!(atMs >= reading.lastMs)) {
		reading.outOfOrder++;
		return `its time ${time(atMs)} is before ${time(reading.lastMs)} of the row before; ticks cannot be sorted, their order is data`;
	}
	if (bid <= 0) return `BID is ${price(bid)}, but prices are above 0`;
	if (ask <= 0) return `ASK is ${price(ask)}, but prices are above 0`;
	if (bid > PRICE_POINTS_MAX || ask > PRICE_POINTS_MAX) return `BID ${price(bid)} or ASK ${price(ask)} is too large for a price`;
	if (bid > ask) return `BID ${price(bid)} is above ASK ${price(ask)}, a crossed quote`;
	return null;
}

function noteChange(rows: Rows, reading: Reading): void {
	const changed = rows.source.changed();
	if (changed !== null) reading.failure = { message: `${rows.file}: ${changed}. Run the session again on a file at rest.` };
}

function finish(rows: Rows, reading: Reading): void {
	rows.source.close();
	reading.isOver = true;
}

/** The mean step of the first rows: the pace that silence is judged against. */
function cadenceOf(batch: TickBatch): number {
	const steps = batch.count - 1;
	if (steps < 1) return CADENCE_MS_MIN;
	return Math.max(CADENCE_MS_MIN, ((batch.atMs[steps] as number) - (batch.atMs[0] as number)) / steps);
}

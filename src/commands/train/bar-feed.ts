import type { MarketData } from "../../adapters/ports.ts";
import { createTickBatch, pushTick, TICK_QUOTE, type TickBatch } from "../../engine/market/tick.ts";

const MINUTE_MS = 60_000;
/** Rows a batch: a small part of an episode, so that little is made that nobody plays. */
const BATCH_ROWS = 256;
const ROWS_A_BAR = 4;

/**
 * A feed thinned to at most four quotes a bar: its first, lowest, highest and last, at their own times and with their own spreads. Bars are the same to
 * the point, decisions fall on the same quotes (the first of the next bar), and a session runs a tenth to a hundredth of the rows. What is lost is the
 * way between the four and seconds without a quote. Stops fill as the source says: of ticks at the quote that crossed them, which is the bar's extreme
 * here and so a little worse than it would be (exact fills would make gaps a gift, and a learner finds gifts). For training only: results are told
 * from the full feed.
 */
export function thinToBars(feed: MarketData, timeframeMinutes: number): MarketData {
	const barMs = timeframeMinutes * MINUTE_MS;
	const batch = createTickBatch(BATCH_ROWS);
	const bar = createBarQuotes(barMs);
	/** The source's batch, and its first row that has not been looked at. */
	let source: TickBatch | null = null;
	let row = 0;
	let ended = false;
	return {
		identity: feed.identity,
		traits: { triggerFill: feed.traits.triggerFill, hasClock: false, cadenceMs: barMs / ROWS_A_BAR },
		next() {
			batch.count = 0;
			while (!ended && batch.count + ROWS_A_BAR <= BATCH_ROWS) {
				if (source === null || row >= source.count) {
					source = feed.next();
					row = 0;
					ended = source === null;
				}
				if (source !== null) row = bar.addRows(source, row);
				if (ended || bar.isWhole()) bar.writeTo(batch);
			}
			return batch.count === 0 ? null : batch;
		},
		wait: (ms) => feed.wait(ms),
		failure: () => feed.failure(),
		report: () => feed.report(),
		close: () => feed.close(),
	};
}

/** The quotes of one bar that are kept. */
type BarQuotes = {
	/** Takes rows from `from` on until the batch or the bar is over; returns the first that was not taken. */
	addRows(source: TickBatch, from: number): number;
	/** True once a quote of the next bar has been seen. */
	isWhole(): boolean;
	/** Appends what the bar had, oldest first, its volume with the last; the next bar begins. */
	writeTo(batch: TickBatch): void;
};

const [FIRST, LOW, HIGH, LAST] = [0, 1, 2, 3];

function createBarQuotes(barMs: number): BarQuotes {
	const kept = createTickBatch(ROWS_A_BAR);
	/** Which quote of the bar each of the four is. */
	const nth = new Int32Array(ROWS_A_BAR);
	let count = 0;
	let volume = 0;
	let endsAt = 0;
	let whole = false;
	function keep(place: number, number: number, source: TickBatch, row: number): void {
		nth[place] = number;
		kept.atMs[place] = source.atMs[row] as number;
		kept.bid[place] = source.bid[row] as number;
		kept.ask[place] = source.ask[row] as number;
	}
	return {
		addRows(source, from) {
			const { atMs, bid, kind, volume: volumes, count: rows } = source;
			let low = kept.bid[LOW] as number;
			let high = kept.bid[HIGH] as number;
			let number = count;
			let last = -1;
			let row = from;
			for (; row < rows; row++) {
				if (kind[row] !== TICK_QUOTE) continue;
				const at = atMs[row] as number;
				const price = bid[row] as number;
				if (number === 0) {
					endsAt = at - (at % barMs) + barMs;
					for (const place of [FIRST, LOW, HIGH]) keep(place, 0, source, row);
					low = price;
					high = price;
				} else if (at >= endsAt) {
					whole = true;
					break;
				} else if (price < low) {
					low = price;
					keep(LOW, number, source, row);
				} else if (price > high) {
					high = price;
					keep(HIGH, number, source, row);
				}
				volume += volumes[row] as number;
				last = row;
				number++;
			}
			if (last >= 0) keep(LAST, number - 1, source, last);
			count = number;
			return row;
		},
		isWhole: () => whole,
		writeTo(batch) {
			if (count === 0) return;
			let written = -1;
			for (const place of (nth[LOW] as number) < (nth[HIGH] as number) ? [FIRST, LOW, HIGH, LAST] : [FIRST, HIGH, LOW, LAST]) {
				const number = nth[place] as number;
				if (number <= written) continue;
				written = number;
				const ofLast = number === count - 1 ? volume : 0;
				pushTick(batch, kept.atMs[place] as number, kept.bid[place] as number, kept.ask[place] as number, ofLast, TICK_QUOTE);
			}
			count = 0;
			volume = 0;
			whole = false;
		},
	};
}

import type { MarketData } from "../../adapters/ports.ts";
import { createTickBatch, pushTick, TICK_QUOTE, type TickBatch } from "../../engine/market/tick.ts";
import type { BrokerMs } from "../../engine/units.ts";

const MINUTE_MS = 60_000;
/** Rows a batch: one slice of the session's loop. */
const BATCH_ROWS = 4096;

/**
 * A feed thinned to at most four quotes a bar: its first, lowest, highest and last, at their own times and with their own spreads. Bars are the same to
 * the point, decisions fall on the same quotes (the first of the next bar), and a session runs a tenth to a hundredth of the rows. What is lost is the
 * way between the four: stops and targets fill exactly at their price, as in MT5's tester on 1-minute OHLC (docs/SIMULATOR.md), and seconds without a
 * quote are not seen. For training only: results are told from the full feed.
 */
export function thinToBars(feed: MarketData, timeframeMinutes: number): MarketData {
	const barMs = timeframeMinutes * MINUTE_MS;
	const batch = createTickBatch(BATCH_ROWS);
	const bar = createBarQuotes();
	/** The part of the source's batch that has not been looked at. */
	let source: TickBatch | null = null;
	let row = 0;
	let ended = false;
	return {
		identity: feed.identity,
		traits: { triggerFill: "requested", hasClock: false, cadenceMs: barMs / 4 },
		next() {
			batch.count = 0;
			while (!ended && batch.count + 4 <= BATCH_ROWS) {
				if (source === null || row >= source.count) {
					source = feed.next();
					row = 0;
					if (source === null) {
						ended = true;
						bar.writeTo(batch);
						break;
					}
					continue;
				}
				const at = source.atMs[row] as number;
				if (source.kind[row] === TICK_QUOTE) {
					if (at >= bar.endsAt()) bar.writeTo(batch);
					bar.add(at, source.bid[row] as number, source.ask[row] as number, source.volume[row] as number, barMs);
				}
				row++;
			}
			return batch.count === 0 ? null : batch;
		},
		wait: (ms) => feed.wait(ms),
		failure: () => feed.failure(),
		report: () => feed.report(),
		close: () => feed.close(),
	};
}

/** One quote of a bar; `nth` is its place among the bar's quotes. */
type Quote = { nth: number; at: BrokerMs; bid: number; ask: number };

type BarQuotes = {
	/** End of the bar under way, 0 before the first: the first quote at or after it belongs to the next. */
	endsAt(): BrokerMs;
	add(at: BrokerMs, bid: number, ask: number, volume: number, barMs: number): void;
	/** Appends what the bar had, oldest first, its volume with the last; the bar is empty then. */
	writeTo(batch: TickBatch): void;
};

function createBarQuotes(): BarQuotes {
	const [first, low, high, last] = [quote(), quote(), quote(), quote()];
	let count = 0;
	let volume = 0;
	let endsAt = 0;
	return {
		endsAt: () => endsAt,
		add(at, bid, ask, more, barMs) {
			if (count === 0) {
				endsAt = at - (at % barMs) + barMs;
				for (const each of [first, low, high]) set(each, 0, at, bid, ask);
			} else if (bid < low.bid) set(low, count, at, bid, ask);
			else if (bid > high.bid) set(high, count, at, bid, ask);
			set(last, count++, at, bid, ask);
			volume += more;
		},
		writeTo(batch) {
			if (count === 0) return;
			let written = -1;
			for (const each of low.nth < high.nth ? [first, low, high, last] : [first, high, low, last]) {
				if (each.nth <= written) continue;
				written = each.nth;
				pushTick(batch, each.at, each.bid, each.ask, each === last || each.nth === last.nth ? volume : 0, TICK_QUOTE);
			}
			count = 0;
			volume = 0;
		},
	};
}

function quote(): Quote {
	return { nth: 0, at: 0, bid: 0, ask: 0 };
}

function set(into: Quote, nth: number, at: BrokerMs, bid: number, ask: number): void {
	into.nth = nth;
	into.at = at;
	into.bid = bid;
	into.ask = ask;
}

import { TICK_CLOCK, type TickBatch } from "../src/engine/market/tick.ts";
import type { BrokerMs, Money, Points } from "../src/engine/units.ts";

/** Ticks as columns, all of them at once: what the bare loop runs over. */
export type Columns = { readonly count: number; readonly atMs: Float64Array; readonly bid: Int32Array; readonly ask: Int32Array; readonly kind: Uint8Array };

/** What the bare loop comes to; printed, so that no compiler can leave the work out. */
export type BareResult = { readonly trades: number; readonly equity: Money; readonly drawdownPct: number; readonly bars: number };

const FAST_BARS = 20;
const SLOW_BARS = 50;
const ATR_BARS = 14;
const STOP_ATR = 3;
const LOTS = 0.1;
const COMMISSION = 0.35;

/** Copies rows of a batch behind those already there; returns the new count. */
export function appendRows(columns: Columns, count: number, batch: TickBatch): number {
	const rows = Math.min(batch.count, columns.bid.length - count);
	columns.atMs.set(batch.atMs.subarray(0, rows), count);
	columns.bid.set(batch.bid.subarray(0, rows), count);
	columns.ask.set(batch.ask.subarray(0, rows), count);
	columns.kind.set(batch.kind.subarray(0, rows), count);
	return count + rows;
}

/**
 * The arithmetic of a session and nothing else, in one function over typed arrays (performance.md, "the bare loop"): quotes, stops, bars,
 * two moving means, average true range, position, equity, drawdown. No order rules, no score, no journal. `perPoint` = money a point of one lot.
 */
export function bareLoop(columns: Columns, barMs: number, balanceStart: Money, perPoint: Money): BareResult {
	const { count, atMs, bid: bids, ask: asks, kind: kinds } = columns;
	const ring = new Int32Array(SLOW_BARS);
	let balance = balanceStart;
	let equity = balanceStart;
	let peak = balanceStart;
	let drawdown = 0;
	let trades = 0;
	let side = 0;
	let openPrice: Points = 0;
	let stop: Points = 0;
	let bars = 0;
	let endsAt: BrokerMs = 0;
	let high: Points = 0;
	let low: Points = 0;
	let close: Points = 0;
	let previousClose: Points = 0;
	let fastSum = 0;
	let slowSum = 0;
	let atr = 0;
	let before = 0;
	for (let row = 0; row < count; row++) {
		const at = atMs[row] as number;
		if ((kinds[row] as number) === TICK_CLOCK) continue;
		const bid = bids[row] as number;
		const ask = asks[row] as number;
		if (side > 0) {
			equity = balance + (bid - openPrice) * LOTS * perPoint;
			if (bid <= stop) {
				balance = equity - COMMISSION;
				side = 0;
			}
		} else if (side < 0) {
			equity = balance + (openPrice - ask) * LOTS * perPoint;
			if (ask >= stop) {
				balance = equity - COMMISSION;
				side = 0;
			}
		}
		if (equity > peak) peak = equity;
		else if (1 - equity / peak > drawdown) drawdown = 1 - equity / peak;
		if (at < endsAt) {
			if (bid > high) high = bid;
			else if (bid < low) low = bid;
			close = bid;
			continue;
		}
		if (endsAt > 0) {
			const range = Math.max(high, previousClose) - Math.min(low, previousClose);
			atr += (range - atr) / Math.min(bars + 1, ATR_BARS);
			fastSum += close - (ring[(bars + SLOW_BARS - FAST_BARS) % SLOW_BARS] as number);
			slowSum += close - (ring[bars % SLOW_BARS] as number);
			ring[bars % SLOW_BARS] = close;
			previousClose = close;
			bars++;
			const now = bars < SLOW_BARS ? 0 : Math.sign(fastSum / FAST_BARS - slowSum / SLOW_BARS);
			if (now !== 0 && before !== 0 && now !== before) {
				if (side !== 0) balance += (side > 0 ? bid - openPrice : openPrice - ask) * LOTS * perPoint - COMMISSION;
				side = now;
				openPrice = now > 0 ? ask : bid;
				stop = openPrice - now * Math.ceil(STOP_ATR * atr);
				balance -= COMMISSION;
				equity = balance;
				trades++;
			}
			before = now;
		} else previousClose = bid;
		endsAt = at - (at % barMs) + barMs;
		high = bid;
		low = bid;
		close = bid;
	}
	return { trades, equity, drawdownPct: drawdown * 100, bars };
}

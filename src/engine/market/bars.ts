import type { BrokerMs, Points } from "../units.ts";

/** A finished or forming bar of bids, in points; `volume` counts real ticks, `spreadPoints` is the last spread seen. */
export type Bar = {
	openAt: BrokerMs;
	open: Points;
	high: Points;
	low: Points;
	close: Points;
	volume: number;
	spreadPoints: Points;
};

/** Builds bars of one length from quotes. Bars start at whole multiples of the length (broker time), as MT5's do. */
export type BarBuilder = {
	readonly lengthMs: number;
	/** The forming bar; meaningless while `isForming` is false. */
	forming: Bar;
	isForming: boolean;
	/** The bar that closed last. */
	closed: Bar;
	closedCount: number;
	/** When the forming bar ends; 0 while none is forming. */
	endsAt: BrokerMs;
};

/** A builder for bars of `minutes`; MT5 timeframes up to a day. */
export function createBarBuilder(minutes: number): BarBuilder {
	return { lengthMs: minutes * 60_000, forming: emptyBar(), isForming: false, closed: emptyBar(), closedCount: 0, endsAt: 0 };
}

/**
 * Closes the forming bar when time has passed its end: call before `addQuote` with the quote's time.
 * True when a bar closed; it is then in `closed`. A bar without quotes does not exist, as on an MT5 chart.
 */
export function closeBar(builder: BarBuilder, at: BrokerMs): boolean {
	if (at < builder.endsAt || !builder.isForming) return false;
	const done = builder.forming;
	builder.forming = builder.closed;
	builder.isForming = false;
	builder.endsAt = 0;
	builder.closed = done;
	builder.closedCount++;
	return true;
}

/** Adds a quote to the forming bar, opening one when needed. */
export function addQuote(builder: BarBuilder, at: BrokerMs, bid: Points, ask: Points, volume: number): void {
	const bar = builder.forming;
	if (!builder.isForming) {
		builder.isForming = true;
		bar.volume = 0;
		bar.openAt = at - (at % builder.lengthMs);
		builder.endsAt = bar.openAt + builder.lengthMs;
		bar.open = bid;
		bar.high = bid;
		bar.low = bid;
	} else if (bid > bar.high) bar.high = bid;
	else if (bid < bar.low) bar.low = bid;
	bar.close = bid;
	bar.volume += volume;
	bar.spreadPoints = ask - bid;
}

function emptyBar(): Bar {
	return { openAt: 0, open: 0, high: 0, low: 0, close: 0, volume: 0, spreadPoints: 0 };
}

import type { BrokerMs, Points } from "../units.ts";
import { pushTick, TICK_HIDDEN, TICK_QUOTE, type TickBatch } from "./tick.ts";
import { everyTickPath } from "./tick-path-every.ts";

/** How bars become ticks (rulebook A4.1): a modelled path of every tick, the four prices of the bar, or its opening price only. */
export type TickMode = "every" | "ohlc" | "open";

/** Which way a bar is taken to run: 1 = Open, Low, High, Close; -1 = Open, High, Low, Close (rulebook A4.3). */
export type BarDirection = 1 | -1;

/** One bar as recorded by MT5: prices are Bid. Reused by callers from bar to bar, so the fields are writable. */
export type RecordedBar = {
	/** Broker time at which the bar opens. */
	openMs: BrokerMs;
	open: Points;
	high: Points;
	low: Points;
	close: Points;
	/** Ask minus Bid of the whole bar, points, 0 or more. */
	spread: Points;
	/** How many ticks the bar was made of; 0 when the file does not say. */
	tickVolume: number;
};

/**
 * Most rows that one bar becomes in mode `every`. Bars of more ticks (days, weeks) share their tick volume over this many rows,
 * so that a file cannot make a batch grow without limit; M1 to H4 bars stay below it.
 */
export const PATH_ROWS_MAX = 100_000;

/** How many rows `expandBar` appends for a bar of `tickVolume` ticks: the room that the batch must have. */
export function pathRows(mode: TickMode, tickVolume: number): number {
	return mode === "every" && tickVolume > 0 ? Math.min(tickVolume, PATH_ROWS_MAX) : 4;
}

/**
 * Appends the ticks of one bar to `batch` and returns the direction that the bar was given, which the next call takes as
 * `previousDirection` (1 or -1; before the first bar say -1). The caller has made sure of room (`pathRows`) and of a possible bar.
 *
 * Bid is the path, Ask lies `spread` above it for the whole bar (rulebook A4.2). Rows are spread evenly over the bar, from its
 * opening time to its last millisecond; the bar's tick volume is shared over the rows and adds up exactly. `lengthMs` is the time the bar
 * lasts, at least 1 ms; on bars longer than a minute the same path is stretched over the bar, which is rougher than MT5's minute by minute.
 *
 * - `every`: the path of rulebook A4.3, `min(tickVolume, PATH_ROWS_MAX)` rows. A bar without tick volume becomes its four prices.
 * - `ohlc`: four rows, always: Open, the two extremes in the order of the route, Close (A4.4). Equal neighbours are kept, so that rows
 *   come at a steady pace and silence means silence.
 * - `open`: the same four rows, of which all but the Open are seen by the broker only (A4.1).
 */
export function expandBar(mode: TickMode, bar: RecordedBar, lengthMs: number, previousDirection: BarDirection, batch: TickBatch): BarDirection {
	const direction = directionOf(bar, previousDirection);
	if (mode === "every" && bar.tickVolume > 0) everyTickPath(bar, lengthMs, direction, pathRows(mode, bar.tickVolume), batch);
	else fourPrices(bar, lengthMs, direction, mode === "open" ? TICK_HIDDEN : TICK_QUOTE, batch);
	return direction;
}

/** A bar runs towards its close; a doji runs against the bar before it (rulebook A4.3). */
function directionOf(bar: RecordedBar, previous: BarDirection): BarDirection {
	if (bar.close > bar.open) return 1;
	if (bar.close < bar.open) return -1;
	return previous === 1 ? -1 : 1;
}

/** Open, extreme, extreme, Close on four evenly spaced times; the volume's remainders go to the later rows. */
function fourPrices(bar: RecordedBar, lengthMs: number, direction: BarDirection, laterKind: number, batch: TickBatch): void {
	const { openMs, spread, tickVolume } = bar;
	const span = lengthMs - 1;
	const first = direction === 1 ? bar.low : bar.high;
	const second = direction === 1 ? bar.high : bar.low;
	const quarter = Math.floor(tickVolume / 4);
	const half = Math.floor(tickVolume / 2);
	const threeQuarters = Math.floor((tickVolume * 3) / 4);
	pushTick(batch, openMs, bar.open, bar.open + spread, quarter, TICK_QUOTE);
	pushTick(batch, openMs + Math.floor(span / 3), first, first + spread, half - quarter, laterKind);
	pushTick(batch, openMs + Math.floor((span * 2) / 3), second, second + spread, threeQuarters - half, laterKind);
	pushTick(batch, openMs + span, bar.close, bar.close + spread, tickVolume - threeQuarters, laterKind);
}

import type { Instrument } from "../../../engine/instrument.ts";
import { createTickBatch, type TickBatch } from "../../../engine/market/tick.ts";
import { type BarDirection, expandBar, type RecordedBar } from "../../../engine/market/tick-path.ts";
import { timeframeName } from "../../../engine/market/timeframe.ts";
import type { BrokerMs } from "../../../engine/units.ts";
import type { BarRow } from "../wire/messages.ts";

/** Most bars that a bridge gives at a time. */
export const MOST_BARS = 2000;
const MINUTE_MS = 60_000;

/** Bars of the broker's history, the last of them still forming, and what was wrong with them. */
export type BarHistory = { readonly bars: readonly RecordedBar[]; readonly badRows: number; readonly spreadsFilled: number };

/** Reads the rows of a `bars` answer: in order of time, each possible and on the grid of its timeframe; others are counted and left out. */
export function readBars(rows: readonly BarRow[], instrument: Instrument, timeframeMinutes: number): BarHistory {
	const scale = 10 ** instrument.digits;
	const bars: RecordedBar[] = [];
	let spreadKnown = instrument.typicalSpreadPoints;
	let spreadsFilled = 0;
	let lastMs = Number.NEGATIVE_INFINITY;
	for (const [serverS, ...rest] of rows) {
		const [open, high, low, close] = rest.slice(0, 4).map((price) => Math.round(price * scale)) as [number, number, number, number];
		const [, , , , ticks, spread] = rest;
		const openMs = serverS * 1000;
		const isPossible = low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close) && high < 2 ** 31;
		if (!isPossible || openMs <= lastMs || openMs % (timeframeMinutes * MINUTE_MS) !== 0) continue;
		lastMs = openMs;
		if (spread > 0) spreadKnown = spread;
		else spreadsFilled++;
		bars.push({ openMs, open, high, low, close, spread: spreadKnown, tickVolume: Math.max(0, ticks) });
	}
	return { bars, badRows: rows.length - bars.length, spreadsFilled };
}

/**
 * The bars as quotes, four a bar (rulebook A4.4), of which the last bar's end at `until` at the latest: the bar is still forming, and the quote that
 * closes it comes live. With `until` null (no live quote yet) they all get the bar's opening time. Null without bars.
 */
export function barsToRows({ bars }: BarHistory, timeframeMinutes: number, until: BrokerMs | null): TickBatch | null {
	if (bars.length === 0) return null;
	const barMs = timeframeMinutes * MINUTE_MS;
	const batch = createTickBatch(bars.length * 4);
	let direction: BarDirection = -1;
	for (const [i, bar] of bars.entries()) {
		const isForming = i === bars.length - 1;
		const lengthMs = isForming ? Math.max(1, Math.min(barMs, (until ?? bar.openMs) - bar.openMs + 1)) : barMs;
		direction = expandBar("ohlc", bar, lengthMs, direction, batch);
	}
	return batch;
}

/** What the trader should know of the history, or nothing. `warmupBars` as of the feed. */
export function historyNotes({ bars, badRows }: BarHistory, timeframeMinutes: number, warmupBars: number): string[] {
	const closed = Math.max(0, bars.length - 1);
	const wanted = Math.max(0, warmupBars - 1);
	const notes: string[] = [];
	const name = timeframeName(timeframeMinutes);
	if (badRows > 0) notes.push(`${badRows} of the broker's ${name} bars were impossible and were left out of the warm-up.`);
	if (closed < wanted) {
		const missing = wanted - closed;
		notes.push(
			`The broker gave ${closed} of the ${wanted} closed ${name} bars that the warm-up takes; it goes on with live quotes for at least ${missing * timeframeMinutes} minutes.`,
		);
	}
	return notes;
}

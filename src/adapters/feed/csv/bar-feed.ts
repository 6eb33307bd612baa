import type { Instrument } from "../../../engine/instrument.ts";
import { createTickBatch } from "../../../engine/market/tick.ts";
import { type BarDirection, expandBar, pathRows, type RecordedBar, type TickMode } from "../../../engine/market/tick-path.ts";
import { timeframeOfStep } from "../../../engine/market/timeframe.ts";
import type { BrokerMs } from "../../../engine/units.ts";
import { dataFailure } from "../../failure.ts";
import type { FeedIdentity, FeedReport, FeedTraits, MarketData } from "../../ports.ts";
import type { BarTable } from "./bars.ts";
import { type GapCount, noteGap } from "./gaps.ts";

const MINUTE_MS = 60_000;

/** The part of a table that a session runs on: rows `first`..`end`-1. */
export type BarRange = { readonly first: number; readonly end: number };

/** The bars that open at `from` or later and before `to`; null = no bound. May be empty. */
export function rangeOfBars(table: BarTable, from: BrokerMs | null, to: BrokerMs | null): BarRange {
	const first = from === null ? 0 : firstAtOrAfter(table, from);
	const end = to === null ? table.count : firstAtOrAfter(table, to);
	return { first, end: Math.max(first, end) };
}

/**
 * The timeframe of a table in minutes, told by the distances between its bars: the longest one that all of them are multiples of. Throws when
 * they are no whole minutes; `onlyBar` is the answer for a single bar, which tells nothing.
 */
export function inferTimeframe(file: string, table: BarTable, onlyBar: number): number {
	let step = 0;
	let nearest = Number.POSITIVE_INFINITY;
	for (let i = 1; i < table.count; i++) {
		const distance = (table.openMs[i] as number) - (table.openMs[i - 1] as number);
		if (distance < nearest) nearest = distance;
		if (distance !== step && (step === 0 || distance % step !== 0)) step = commonStep(distance, step);
	}
	if (step === 0) return onlyBar;
	if (step % MINUTE_MS !== 0) {
		throw dataFailure(`${file}: its bars are ${step / 1000} s apart, and MT5 has no such timeframe. Give bars of a minute or more, or a ticks export.`);
	}
	return timeframeOfStep(step / MINUTE_MS, nearest / MINUTE_MS);
}

/** Plays bars as ticks, from memory: nothing can fail any more. `batchRows` is raised to what the largest bar needs. */
export function createBarFeed(
	table: BarTable,
	range: BarRange,
	mode: TickMode,
	identity: FeedIdentity,
	lengthMs: number,
	batchRows: number,
	report: FeedReport,
): MarketData {
	let rowsMax = 4;
	for (let i = range.first; i < range.end; i++) rowsMax = Math.max(rowsMax, pathRows(mode, table.tickVolume[i] as number));
	const batch = createTickBatch(Math.max(batchRows, rowsMax));
	const capacity = batch.bid.length;
	const bar: RecordedBar = { openMs: 0, open: 0, high: 0, low: 0, close: 0, spread: 0, tickVolume: 0 };
	let row = range.first;
	let direction: BarDirection = -1;
	return {
		identity,
		traits: traitsOf(mode, lengthMs),
		next() {
			batch.count = 0;
			while (row < range.end) {
				loadBar(table, row, bar);
				if (batch.count + pathRows(mode, bar.tickVolume) > capacity) break;
				direction = expandBar(mode, bar, barLength(table, row, lengthMs), direction, batch);
				row++;
			}
			return batch.count === 0 ? null : batch;
		},
		wait: () => Promise.resolve(),
		failure: () => null,
		report: () => report,
		close() {
			row = range.end;
		},
	};
}

/**
 * Replaces spreads of 0 by the last known one, before the first by the instrument's typical one (rulebook A4.2), in the whole table;
 * counts these and the gaps of the range that is played.
 */
export function completeBars(table: BarTable, range: BarRange, badRows: number, instrument: Instrument, lengthMs: number): FeedReport {
	const count: GapCount = { gaps: 0, longestGapMs: 0 };
	let known = instrument.typicalSpreadPoints;
	let spreadsFilled = 0;
	for (let i = 0; i < range.end; i++) {
		const spread = table.spread[i] as number;
		if (spread > 0) known = spread;
		else {
			table.spread[i] = known;
			if (i >= range.first) spreadsFilled++;
		}
		if (i <= range.first) continue;
		const due = (table.openMs[i - 1] as number) + lengthMs;
		const openMs = table.openMs[i] as number;
		if (openMs > due) noteGap(count, instrument.sessions, due, openMs, lengthMs);
	}
	const { duplicates, outOfOrder } = table;
	return { rows: range.end - range.first, badRows, duplicates, outOfOrder, spreadsFilled, ...count };
}

/**
 * Open-price and OHLC modes fill at the requested price (rulebook A4.1). The cadence is the pace that every bar keeps; where a bar has
 * more ticks it is faster.
 */
function traitsOf(mode: TickMode, lengthMs: number): FeedTraits {
	return { triggerFill: mode === "every" ? "market" : "requested", hasClock: false, cadenceMs: mode === "open" ? lengthMs : lengthMs / 4 };
}

function loadBar(table: BarTable, row: number, bar: RecordedBar): void {
	bar.openMs = table.openMs[row] as number;
	bar.open = table.open[row] as number;
	bar.high = table.high[row] as number;
	bar.low = table.low[row] as number;
	bar.close = table.close[row] as number;
	bar.spread = table.spread[row] as number;
	bar.tickVolume = table.tickVolume[row] as number;
}

/** A bar ends where the next one begins at the latest: months differ in length, and time must never fall. */
function barLength(table: BarTable, row: number, lengthMs: number): number {
	const next = row + 1 < table.count ? (table.openMs[row + 1] as number) : Number.POSITIVE_INFINITY;
	return Math.min(lengthMs, next - (table.openMs[row] as number));
}

function firstAtOrAfter(table: BarTable, at: BrokerMs): number {
	let low = 0;
	let high = table.count;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((table.openMs[middle] as number) < at) low = middle + 1;
		else high = middle;
	}
	return low;
}

/** Greatest common divisor; 0 is the neutral start. */
function commonStep(a: number, b: number): number {
	return b === 0 ? a : commonStep(b, a % b);
}

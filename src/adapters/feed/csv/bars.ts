import { gridMinutes, timeframeName } from "../../../engine/market/timeframe.ts";
import type { BrokerMs } from "../../../engine/units.ts";
import { dataFailure } from "../../failure.ts";
import { COLUMN } from "./layout.ts";
import { nextRow, nothingLeft, type Rows, rejectRow } from "./rows.ts";
import { quoted } from "./trouble.ts";

/** Columns have 32 bits, and any price plus any spread must fit: 1.5 and 0.5 milliard points are beyond every market. */
export const PRICE_POINTS_MAX = 1_500_000_000;
const SPREAD_POINTS_MAX = 500_000_000;
const TICK_VOLUME_MAX = 2 ** 31 - 1;
/** Bars that are held in memory, at 32 bytes each: 38 years of minutes. */
const BARS_MAX = 20_000_000;
/** No row of a bars export is shorter than this, bytes: a day, four one-digit prices, and what stands between. */
const ROW_BYTES_MIN = 18;
const MINUTE_MS = 60_000;

/** All bars of a file in order of time, as columns (prices in points); rows 0..count-1 are valid. */
export type BarTable = {
	count: number;
	openMs: Float64Array;
	open: Int32Array;
	high: Int32Array;
	low: Int32Array;
	close: Int32Array;
	/** As recorded: 0 or less where the file has none. */
	spread: Int32Array;
	tickVolume: Int32Array;
	/** Bars with the time of another one, of which the last was kept. */
	duplicates: number;
	/** Bars that came after a later one; they were sorted in. */
	outOfOrder: number;
};

/**
 * Reads every bar in one pass. Impossible bars are refused or skipped as `rows` says, duplicates by time keep the last, bars out of order are
 * sorted (rulebook A5.3). `namedTimeframe`, minutes, is what the file's name says: bars off its grid are refused; null = unknown.
 */
export function readBars(rows: Rows, namedTimeframe: number | null): BarTable {
	const { values } = rows.layout;
	const gridMs = namedTimeframe === null ? null : gridMinutes(namedTimeframe) * MINUTE_MS;
	let capacity = Math.min(BARS_MAX, Math.ceil(rows.source.textBytes / ROW_BYTES_MIN) + 1);
	const table = createTable(capacity);
	let isSorted = true;
	let lastMs = Number.NEGATIVE_INFINITY;
	while (nextRow(rows)) {
		const openMs = (values[COLUMN.date] as number) + (values[COLUMN.time] as number);
		// One step after a bar on the grid is on the grid: saves a slow remainder on nearly every bar.
		const isOnGrid = gridMs === null || openMs - lastMs === gridMs || openMs % gridMs === 0;
		if (!isOnGrid || !isPossible(values)) {
			rejectRow(rows, faultOf(rows, openMs, namedTimeframe));
			continue;
		}
		if (openMs === lastMs) {
			table.count--;
			table.duplicates++;
		} else if (openMs < lastMs) {
			table.outOfOrder++;
			isSorted = false;
		} else lastMs = openMs;
		if (table.count === capacity) capacity = tooMany(rows);
		store(table, openMs, values);
	}
	if (table.count === 0) throw dataFailure(nothingLeft(rows));
	const sorted = isSorted ? table : sortBars(table);
	if (!rows.layout.hasTime && sorted.duplicates > sorted.count) {
		throw dataFailure(`${rows.file}: has days but no <TIME> column, and several bars a day. Export it from MT5 with its times.`);
	}
	return sorted;
}

/** Room for `capacity` bars; pages that are never written cost no memory. */
function createTable(capacity: number): BarTable {
	const column = (): Int32Array => new Int32Array(capacity);
	return {
		count: 0,
		openMs: new Float64Array(capacity),
		open: column(),
		high: column(),
		low: column(),
		close: column(),
		spread: column(),
		tickVolume: column(),
		duplicates: 0,
		outOfOrder: 0,
	};
}

function tooMany(rows: Rows): never {
	throw dataFailure(`${rows.file}: holds more than ${BARS_MAX} bars. Split it by date.`);
}

function store(table: BarTable, openMs: BrokerMs, values: Float64Array): void {
	const row = table.count++;
	table.openMs[row] = openMs;
	table.open[row] = values[COLUMN.open] as number;
	table.high[row] = values[COLUMN.high] as number;
	table.low[row] = values[COLUMN.low] as number;
	table.close[row] = values[COLUMN.close] as number;
	table.spread[row] = Math.max(0, values[COLUMN.spread] as number);
	table.tickVolume[row] = values[COLUMN.tickVolume] as number;
}

/** True only when every number is proven to make a bar: NaN fails each comparison. */
function isPossible(values: Float64Array): boolean {
	const open = values[COLUMN.open] as number;
	const high = values[COLUMN.high] as number;
	const low = values[COLUMN.low] as number;
	const close = values[COLUMN.close] as number;
	const tickVolume = values[COLUMN.tickVolume] as number;
	const spread = values[COLUMN.spread] as number;
	const isBar = low > 0 && low <= open && low <= close && high >= open && high >= close;
	return isBar && high <= PRICE_POINTS_MAX && spread <= SPREAD_POINTS_MAX && tickVolume >= 0 && tickVolume <= TICK_VOLUME_MAX;
}

/** Says what `isPossible` or the grid objected to. */
function faultOf(rows: Rows, openMs: BrokerMs, namedTimeframe: number | null): string {
	const { values, digits } = rows.layout;
	const price = (column: number): string => ((values[column] as number) / 10 ** digits).toFixed(digits);
	const of = (name: keyof typeof COLUMN): number => values[COLUMN[name]] as number;
	for (const name of ["open", "high", "low", "close"] as const)
		if (!(of(name) > 0)) return `${name.toUpperCase()} is ${price(COLUMN[name])}, but prices are above 0`;
	for (const name of ["open", "close", "low"] as const) {
		if (!(of("high") >= of(name))) return `HIGH ${price(COLUMN.high)} is below ${name.toUpperCase()} ${price(COLUMN[name])}`;
		if (!(of("low") <= of(name))) return `LOW ${price(COLUMN.low)} is above ${name.toUpperCase()} ${price(COLUMN[name])}`;
	}
	if (!(of("high") <= PRICE_POINTS_MAX)) return `HIGH ${price(COLUMN.high)} is too large for a price`;
	if (!(of("spread") <= SPREAD_POINTS_MAX)) return `SPREAD ${of("spread")} is too large for a spread in points`;
	if (!(of("tickVolume") >= 0 && of("tickVolume") <= TICK_VOLUME_MAX)) return `TICKVOL is ${of("tickVolume")}, not a count of ticks`;
	const grid = timeframeName(namedTimeframe ?? 1);
	return `the bar opens at ${quoted(new Date(openMs).toISOString().slice(0, 19))}, off the grid of ${grid} that the file's name gives (rename it if the name is wrong)`;
}

/** The bars in order of time, of equal times the last row only. Sorting keeps the order of the file within a time. */
function sortBars(table: BarTable): BarTable {
	const times = table.openMs;
	const order = Uint32Array.from({ length: table.count }, (_, i) => i).sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
	const kept = order.filter((row, i) => i + 1 === order.length || times[row] !== times[order[i + 1] as number]);
	const pick = (column: Int32Array): Int32Array => Int32Array.from(kept, (row) => column[row] as number);
	return {
		count: kept.length,
		openMs: Float64Array.from(kept, (row) => times[row] as number),
		open: pick(table.open),
		high: pick(table.high),
		low: pick(table.low),
		close: pick(table.close),
		spread: pick(table.spread),
		tickVolume: pick(table.tickVolume),
		duplicates: table.duplicates + order.length - kept.length,
		outOfOrder: table.outOfOrder,
	};
}

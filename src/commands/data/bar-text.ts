import type { BarTable } from "../../adapters/feed/csv/bars.ts";
import { timeframeName } from "../../engine/market/timeframe.ts";
import type { BrokerMs } from "../../engine/units.ts";

/** The first line of a bars export of MT5. */
export const BARS_HEADER = "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\r\n";

/**
 * One bar of a table as MT5 writes it. What Kinetra does not read, the real volume, is written as 0; a spread of 0 stays 0, so that whoever plays the
 * file sees that it was not recorded.
 */
export function barText(table: BarTable, row: number, digits: number): string {
	const price = (column: Int32Array): string => priceText(column[row] as number, digits);
	const prices = `${price(table.open)}\t${price(table.high)}\t${price(table.low)}\t${price(table.close)}`;
	return `${timeText(table.openMs[row] as number)}\t${prices}\t${table.tickVolume[row]}\t0\t${table.spread[row]}\r\n`;
}

/**
 * The name of a bars export as MT5 gives it: `GBPUSD+_M15_202401020000_202512262345.csv`; characters of a symbol that no file should have become `_`, and
 * a dot in front, which would hide the file, goes.
 */
export function exportName(rawSymbol: string, timeframeMinutes: number, from: BrokerMs, to: BrokerMs): string {
	const digits = (at: BrokerMs): string => new Date(at).toISOString().slice(0, 16).replace(/\D/g, "");
	const symbol = rawSymbol.replace(/[^A-Za-z0-9._+#!-]/g, "_").replace(/^\.+/, "");
	return `${symbol}_${timeframeName(timeframeMinutes)}_${digits(from)}_${digits(to)}.csv`;
}

/** A whole number of points as the price they are: exact, for no fraction is computed. */
function priceText(points: number, digits: number): string {
	if (digits === 0) return String(points);
	const text = String(points).padStart(digits + 1, "0");
	return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

function timeText(at: BrokerMs): string {
	const text = new Date(at).toISOString();
	return `${text.slice(0, 10).replaceAll("-", ".")}\t${text.slice(11, 19)}`;
}

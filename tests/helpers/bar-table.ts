import type { BarTable } from "../../src/adapters/feed/csv/bars.ts";

/** One bar, prices and spread in points. */
export type TableBar = {
	readonly at: number;
	readonly open: number;
	readonly high: number;
	readonly low: number;
	readonly close: number;
	readonly spread: number;
	readonly ticks: number;
};

/** A table of these bars, in this order. */
export function tableOf(bars: readonly TableBar[]): BarTable {
	const column = (value: (bar: TableBar) => number): Int32Array => Int32Array.from(bars, value);
	return {
		count: bars.length,
		openMs: Float64Array.from(bars, ({ at }) => at),
		open: column(({ open }) => open),
		high: column(({ high }) => high),
		low: column(({ low }) => low),
		close: column(({ close }) => close),
		spread: column(({ spread }) => spread),
		tickVolume: column(({ ticks }) => ticks),
		duplicates: 0,
		outOfOrder: 0,
	};
}

/** Bars that open at these times: a quiet wave around 100,000 points with a range of 20, changed where `change` says. */
export function quietBars(times: readonly number[], change: (index: number) => Partial<TableBar> = () => ({})): readonly TableBar[] {
	return times.map((at, index) => {
		const open = 100_000 + Math.round(5 * Math.sin(index));
		const close = 100_000 + Math.round(5 * Math.sin(index + 1));
		return { at, open, high: 100_010, low: 99_990, close, spread: 10, ticks: 50, ...change(index) };
	});
}

/** The opening times of bars from `from` (inclusive) to `to` (exclusive), broker ms, on which `isOpen`. */
export function barTimes(from: number, to: number, lengthMs: number, isOpen: (at: number) => boolean = () => true): readonly number[] {
	const times: number[] = [];
	for (let at = from; at < to; at += lengthMs) if (isOpen(at)) times.push(at);
	return times;
}

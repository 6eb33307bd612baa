import type { BarTable } from "../../adapters/feed/csv/bars.ts";
import type { BrokerMs } from "../../engine/units.ts";

/** Prices that no market made, as far as bars can tell. */
export type Outliers = {
	/** Highs and lows that stick out of both neighbours by more than `SPIKE_RANGES` usual ranges. */
	readonly spikes: number;
	/** Bars that open more than `SPIKE_RANGES` usual ranges away from the close before, without a gap in time. */
	readonly jumps: number;
	/** The largest of both: when, and how many usual ranges. */
	readonly worstAt: BrokerMs | null;
	readonly worstRanges: number;
};

/** A bar's usual range is the median range of this many bars before it; medians do not mind the outliers themselves. */
export const RANGE_BARS = 200;
/** News moves a bar by ten usual ranges and more, but the bars beside it move too; beyond this it is a bad quote until proven otherwise. */
export const SPIKE_RANGES = 15;
/** The median is taken anew every so many bars: it moves slowly, and sorting is slow. */
const RENEW_BARS = 50;

/** Looks for spikes and jumps; the first `RANGE_BARS` bars have no usual range yet and are not judged. */
export function outliersOf(table: BarTable, lengthMs: number): Outliers {
	let spikes = 0;
	let jumps = 0;
	let worstAt: BrokerMs | null = null;
	let worstRanges = 0;
	let usual = Number.POSITIVE_INFINITY;
	const note = (row: number, distance: number): boolean => {
		const ranges = distance / usual;
		if (!(ranges > SPIKE_RANGES)) return false;
		if (ranges > worstRanges) [worstAt, worstRanges] = [table.openMs[row] as number, ranges];
		return true;
	};
	for (let i = RANGE_BARS; i < table.count; i++) {
		if ((i - RANGE_BARS) % RENEW_BARS === 0) usual = usualRange(table, i);
		if ((table.openMs[i] as number) - (table.openMs[i - 1] as number) !== lengthMs) continue;
		if (note(i, Math.abs((table.open[i] as number) - (table.close[i - 1] as number)))) jumps++;
		if (i + 1 < table.count && note(i, sticksOut(table, i))) spikes++;
	}
	return { spikes, jumps, worstAt, worstRanges };
}

/** Median of high - low of the bars before `end`, at least a point: a dead market must not make every tick an outlier. */
function usualRange(table: BarTable, end: number): number {
	const ranges = new Int32Array(RANGE_BARS);
	for (let i = 0; i < RANGE_BARS; i++) ranges[i] = (table.high[end - RANGE_BARS + i] as number) - (table.low[end - RANGE_BARS + i] as number);
	return Math.max(1, ranges.sort()[RANGE_BARS >> 1] as number);
}

/** How far a bar's high or low lies beyond those of both neighbours, points. */
function sticksOut(table: BarTable, row: number): number {
	const above = (table.high[row] as number) - Math.max(table.high[row - 1] as number, table.high[row + 1] as number);
	const below = Math.min(table.low[row - 1] as number, table.low[row + 1] as number) - (table.low[row] as number);
	return Math.max(above, below);
}

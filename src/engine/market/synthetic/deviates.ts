/** Rows of each table: 10 bits, so that one 32-bit draw picks from two tables and leaves 12 bits, and both stay in the first-level cache. */
export const TABLE_SIZE = 1024;

/** Longest wait in means, before rescaling; above the tables, which are built when the module loads. */
const WAIT_MAX = 3.5;

/**
 * Mid-quantiles of the standard normal distribution, scaled to variance 1: a uniform index makes a normal deviate for the price
 * of one load. Its tails end at 3.3; the fat tails of the market come from the changing volatility, not from the single tick.
 */
export const NORMAL_DEVIATES: Float64Array = standardised((share) => normalQuantile(share));

/**
 * Waiting times between quotes, mean 1: mid-quantiles of the exponential distribution, cut at 3.5 and rescaled. A pure Poisson
 * stream would fall silent for half a minute now and then at night, which a live feed of a liquid symbol does not.
 */
export const WAITING_TIMES: Float64Array = exponential();

function standardised(quantile: (share: number) => number): Float64Array {
	const table = new Float64Array(TABLE_SIZE);
	let squares = 0;
	for (let row = 0; row < TABLE_SIZE; row++) {
		const value = quantile((row + 0.5) / TABLE_SIZE);
		table[row] = value;
		squares += value * value;
	}
	const scale = 1 / Math.sqrt(squares / TABLE_SIZE);
	return table.map((value) => value * scale);
}

function exponential(): Float64Array {
	const table = new Float64Array(TABLE_SIZE);
	let sum = 0;
	for (let row = 0; row < TABLE_SIZE; row++) {
		const value = Math.min(WAIT_MAX, -Math.log(1 - (row + 0.5) / TABLE_SIZE));
		table[row] = value;
		sum += value;
	}
	return table.map((value) => (value * TABLE_SIZE) / sum);
}

/** Inverse of the normal distribution function; P. J. Acklam's rational approximation, relative error below 1.2e-9. `share` in (0, 1). */
function normalQuantile(share: number): number {
	if (share > 0.5) return -normalQuantile(1 - share);
	if (share < 0.02425) {
		const q = Math.sqrt(-2 * Math.log(share));
		const above = ((((-7.784894002430293e-3 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) * q + 4.374664141464968) * q;
		const below = (((7.784695709041462e-3 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1;
		return (above + 2.938163982698783) / below;
	}
	const q = share - 0.5;
	const r = q * q;
	const above =
		((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r - 30.66479806614716) * r + 2.506628277459239;
	const below = ((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r - 13.28068155288572) * r + 1;
	return (above * q) / below;
}

/**
 * How likely a Student t of `freedom` degrees lies at least as far from 0 as `t`, 0..1: the regularised incomplete beta function
 * I(freedom / (freedom + t^2); freedom / 2, 1 / 2) (Abramowitz and Stegun 26.7.1).
 */
export function studentTails(t: number, freedom: number): number {
	const square = t * t;
	if (square === Number.POSITIVE_INFINITY) return 0;
	return incompleteBeta(freedom / (freedom + square), freedom / 2, 0.5);
}

/** The t beyond which, on both sides together, the share `tails` (above 0, below 1) of a Student distribution of `freedom` degrees lies. */
export function studentQuantile(tails: number, freedom: number): number {
	let high = 1;
	while (studentTails(high, freedom) > tails && high < Number.MAX_VALUE / 2) high *= 2;
	let low = 0;
	// Halving ends when there is no number between the two.
	for (let middle = high / 2; middle > low && middle < high; middle = low + (high - low) / 2) {
		if (studentTails(middle, freedom) > tails) low = middle;
		else high = middle;
	}
	return high;
}

/** I(x; a, b) by the continued fraction of Abramowitz and Stegun 26.5.8, on the side on which it converges fast. */
function incompleteBeta(x: number, a: number, b: number): number {
	if (x <= 0) return 0;
	if (x >= 1) return 1;
	return x < (a + 1) / (a + b + 2) ? betaFraction(x, a, b) : 1 - betaFraction(1 - x, b, a);
}

/** More terms than any argument below needs: they settle after some tens. */
const TERMS_MAX = 500;

/** The front factor over the continued fraction, whose value is worked out from its last term to its first. */
function betaFraction(x: number, a: number, b: number): number {
	const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a;
	let tail = 1;
	for (let term = TERMS_MAX; term >= 1; term--) {
		const m = Math.floor(term / 2);
		const coefficient = term % 2 === 0 ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)) : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
		tail = 1 + coefficient / tail;
	}
	return front / tail;
}

/** Stirling's series from 10 on (error below 1e-12), reached by the recurrence. */
function logGamma(x: number): number {
	let shift = 0;
	let at = x;
	for (; at < 10; at++) shift += Math.log(at);
	const inverse = 1 / (at * at);
	const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / at;
	return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - shift;
}

/** Opens and closes in points, bar by bar. */
export type Bars = { readonly open: Int32Array; readonly close: Int32Array };

/** What the job comes to. The last position stays open and is marked at the last close. */
export type JobResult = { readonly closed: number; readonly equityExact: number; readonly equityInCents: number };

const UNITS = 10_000;
const POINT = 1e-5;
const COMMISSION_SHARE = 0.00002;
const START = 1_000_000;
const FAST = 20;
const SLOW = 50;

/**
 * The peers' job of docs/PERFORMANCE.md, written once more as an array program that shares nothing with Kinetra: reverse 10,000 units on each cross
 * of the 20- and 50-bar means of the closes, filled at the next bar's open, 0.002 % of the notional a side, no spread.
 */
export function arrayProgram({ open, close }: Bars): JobResult {
	let fast = 0;
	let slow = 0;
	let before = 0;
	let side = 0;
	let entry = 0;
	let closed = 0;
	const book = { exact: START, cents: START * 100 };
	for (let bar = 0; bar < close.length; bar++) {
		const price = close[bar] as number;
		fast += price - (bar >= FAST ? (close[bar - FAST] as number) : 0);
		slow += price - (bar >= SLOW ? (close[bar - SLOW] as number) : 0);
		// Whole numbers on both sides, so that equal means are equal.
		const order = bar + 1 < SLOW ? 0 : Math.sign(fast * SLOW - slow * FAST);
		const crossed = order * before < 0;
		before = order;
		const next = open[bar + 1];
		if (!crossed || next === undefined) continue;
		if (side !== 0) {
			pay(book, side * (next - entry) * POINT * UNITS);
			pay(book, -next * POINT * UNITS * COMMISSION_SHARE);
			closed++;
		}
		side = order;
		entry = next;
		pay(book, -next * POINT * UNITS * COMMISSION_SHARE);
	}
	const floating = side * ((close[close.length - 1] ?? entry) - entry) * POINT * UNITS;
	return { closed, equityExact: book.exact + floating, equityInCents: (book.cents + Math.round(floating * 100)) / 100 };
}

/** Adds an amount to both accounts: as it is, and rounded to cents as a broker books it. */
function pay(book: { exact: number; cents: number }, amount: number): void {
	book.exact += amount;
	book.cents += Math.sign(amount) * Math.round(Math.abs(amount) * 100 + 1e-7);
}

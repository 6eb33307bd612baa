/** How long to wait before the next try to connect. */
export type BackOff = {
	/** Ms until the next try: 0.5 s at first, then longer and at random, at most 30 s. */
	next(): number;
	/** The connection that has just ended had been up for so many ms. */
	wasUp(ms: number): void;
};

/** A connection that held this long was a good one; one that comes and goes faster is flapping, and gets no quick try for it (fault 9). */
const STEADY_MS = 10_000;
const GROWTH = 3;

/**
 * Exponential back-off with jitter, between `firstMs` and `longestMs`: each pause is drawn between the first and three times the one before, so that
 * several cockpits which lost the same bridge do not come back at the same moment. `random` gives [0, 1).
 */
export function createBackOff(random: () => number, firstMs = 500, longestMs = 30_000): BackOff {
	let last = 0;
	return {
		next() {
			last = last === 0 ? firstMs : Math.min(longestMs, firstMs + random() * (last * GROWTH - firstMs));
			return last;
		},
		wasUp(ms) {
			if (ms >= STEADY_MS) last = 0;
		},
	};
}

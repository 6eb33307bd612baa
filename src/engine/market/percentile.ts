/** The last values of a series, to tell where a new one ranks among them. Plain JSON. */
export type RankWindow = { readonly length: number; readonly ring: number[]; next: number };

/** Fewer earlier values than this say nothing about rank (chs.md 3). */
const RANK_MIN_COUNT = 50;

/** An empty window over the last `length` values. */
export function createRankWindow(length: number): RankWindow {
	return { length, ring: [], next: 0 };
}

/**
 * The share (0..1) of the window's values below `value`, ties counted half; 0.5 while fewer than 50 are known (chs.md 3). Looks only at
 * values added before. O(window): one pass over at most 500 numbers is faster than keeping them sorted.
 */
export function rankIn(window: RankWindow, value: number): number {
	const { ring } = window;
	const count = ring.length;
	if (count < RANK_MIN_COUNT) return 0.5;
	let below = 0;
	let ties = 0;
	for (let i = 0; i < count; i++) {
		const other = ring[i] as number;
		if (other < value) below++;
		else if (other === value) ties++;
	}
	return (below + ties / 2) / count;
}

/** Adds a value and, once the window is full, forgets the oldest. O(1). */
export function addToRank(window: RankWindow, value: number): void {
	const { ring } = window;
	if (ring.length < window.length) {
		ring.push(value);
		return;
	}
	ring[window.next] = value;
	window.next = window.next + 1 === window.length ? 0 : window.next + 1;
}

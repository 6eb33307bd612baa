/** The last values of a series, to tell where a new one ranks among them. Plain JSON. */
export type RankWindow = {
	readonly length: number;
	readonly ring: number[];
	next: number;
	/** The values of `ring` in rising order: derived, and kept so that a rank is a search instead of a pass over the window. */
	readonly sorted: number[];
};

/** Fewer earlier values than this say nothing about rank (chs.md 3). */
const RANK_MIN_COUNT = 50;

/** An empty window over the last `length` values. */
export function createRankWindow(length: number): RankWindow {
	return { length, ring: [], next: 0, sorted: [] };
}

/**
 * The share (0..1) of the window's values below `value`, ties counted half; 0.5 while fewer than 50 are known (chs.md 3). Looks only at
 * values added before; finite numbers only. O(log window).
 */
export function rankIn(window: RankWindow, value: number): number {
	const { sorted } = window;
	const count = sorted.length;
	if (count < RANK_MIN_COUNT) return 0.5;
	const below = countBelow(sorted, value);
	const ties = sorted[below] === value ? countUpTo(sorted, value) - below : 0;
	return (below + ties / 2) / count;
}

/** Adds a finite value and, once the window is full, forgets the oldest. Moves at most `length` numbers of the sorted copy, in practice a third of them. */
export function addToRank(window: RankWindow, value: number): void {
	const { ring, sorted } = window;
	if (ring.length < window.length) {
		ring.push(value);
		sorted.push(value);
		shift(sorted, sorted.length - 1, value);
		return;
	}
	const gone = countBelow(sorted, ring[window.next] as number);
	ring[window.next] = value;
	window.next = window.next + 1 === window.length ? 0 : window.next + 1;
	shift(sorted, gone, value);
}

/** Puts `value` in the place of the number at `from`, and moves it to where it belongs. */
function shift(sorted: number[], from: number, value: number): void {
	let at = from;
	for (; at > 0 && (sorted[at - 1] as number) > value; at--) sorted[at] = sorted[at - 1] as number;
	for (; at + 1 < sorted.length && (sorted[at + 1] as number) < value; at++) sorted[at] = sorted[at + 1] as number;
	sorted[at] = value;
}

function countBelow(sorted: readonly number[], value: number): number {
	let low = 0;
	let high = sorted.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((sorted[middle] as number) < value) low = middle + 1;
		else high = middle;
	}
	return low;
}

function countUpTo(sorted: readonly number[], value: number): number {
	let low = 0;
	let high = sorted.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((sorted[middle] as number) <= value) low = middle + 1;
		else high = middle;
	}
	return low;
}

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
 * values added before; finite numbers only. O(log window).
 */
export function rankIn(window: RankWindow, value: number): number {
	const order = orderOf(window);
	return rankAmong(order, window.ring.length, value, countBelow(order, window.ring.length, value));
}

/** Adds a finite value and, once the window is full, forgets the oldest. O(log window) and the move of a few hundred numbers at once. */
export function addToRank(window: RankWindow, value: number): void {
	const order = orderOf(window);
	add(window, order, value, countBelow(order, window.ring.length, value));
}

/** `rankIn`, then `addToRank`, with one search for both. */
export function rankAndAdd(window: RankWindow, value: number): number {
	const order = orderOf(window);
	const below = countBelow(order, window.ring.length, value);
	const rank = rankAmong(order, window.ring.length, value, below);
	add(window, order, value, below);
	return rank;
}

/**
 * The values of each ring in rising order: a cache that makes a rank a search instead of a pass over the window. It is derived, so
 * it stands beside the state and is made anew for a window that came out of JSON.
 */
const ORDERS = new WeakMap<RankWindow, Float64Array>();

function orderOf(window: RankWindow): Float64Array {
	const known = ORDERS.get(window);
	if (known !== undefined) return known;
	const order = new Float64Array(window.length);
	order.set(window.ring);
	order.subarray(0, window.ring.length).sort();
	ORDERS.set(window, order);
	return order;
}

function rankAmong(order: Float64Array, count: number, value: number, below: number): number {
	if (count < RANK_MIN_COUNT) return 0.5;
	let upTo = below;
	while (upTo < count && order[upTo] === value) upTo++;
	return (below + (upTo - below) / 2) / count;
}

/** `below` values of the window are smaller: `value` goes there, and the oldest leaves its own place. */
function add(window: RankWindow, order: Float64Array, value: number, below: number): void {
	const { ring } = window;
	if (ring.length < window.length) {
		order.copyWithin(below + 1, below, ring.length);
		order[below] = value;
		ring.push(value);
		return;
	}
	const gone = countBelow(order, ring.length, ring[window.next] as number);
	ring[window.next] = value;
	window.next = window.next + 1 === window.length ? 0 : window.next + 1;
	if (below > gone) {
		order.copyWithin(gone, gone + 1, below);
		order[below - 1] = value;
	} else {
		order.copyWithin(below + 1, below, gone);
		order[below] = value;
	}
}

function countBelow(order: Float64Array, count: number, value: number): number {
	let low = 0;
	let high = count;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((order[middle] as number) < value) low = middle + 1;
		else high = middle;
	}
	return low;
}

import { pushTick, TICK_QUOTE, type TickBatch } from "../../../engine/market/tick.ts";
import type { BrokerMs, Points } from "../../../engine/units.ts";

/**
 * Quotes that have come and have not been taken. Bounded, so that a storm of quotes or a session that stands still cannot fill the memory: when more
 * than `STORM_ROWS` wait, those of the same minute are folded into at most six, which are the first, the last, and those with the lowest and highest bid
 * and ask, in their order. What is left out adds its tick volume to the next one that stays. Every timeframe begins on whole minutes, so open,
 * high, low, close and volume of every bar stay what they were, and no level is passed over. Impossible quotes are not part of that: the first
 * `KEPT_BAD` of a minute stay, more than any limit of control C30. Answers of the broker do not come this way and are never held up.
 */
export type RowQueue = {
	push(at: BrokerMs, bid: Points, ask: Points): void;
	/** Moves as many rows as fit into the batch, oldest first; a row older than `notBefore` gets that time. */
	drainTo(batch: TickBatch, notBefore: BrokerMs): void;
	/** Forgets the rows before a time. */
	dropBefore(at: BrokerMs): void;
	size(): number;
	firstAt(): BrokerMs | null;
};

/** How many rows may wait before they are folded. */
export const STORM_ROWS = 2000;
/** How many may wait at all, when even whole bars are folded: months of M1. The oldest go, and the loss is told. */
export const MOST_ROWS = 20_000;
const KEPT_BAD = 10;
const MINUTE_MS = 60_000;

type Row = { at: BrokerMs; bid: Points; ask: Points; volume: number };

/** An empty queue of a session with bars of `barMs`; `onLoss` is told the span of market time (ms) that had to be thrown away. */
export function createRowQueue(barMs: number, onLoss: (spanMs: number) => void): RowQueue {
	let rows: Row[] = [];
	let head = 0;
	let foldAt = STORM_ROWS;
	const fold = (): void => {
		rows = folded(rows.slice(head), MINUTE_MS);
		if (rows.length > STORM_ROWS && barMs > MINUTE_MS) rows = folded(rows, barMs);
		head = 0;
		const lost = rows.length - MOST_ROWS;
		if (lost > 0) {
			const from = (rows[0] as Row).at;
			rows.splice(0, lost + STORM_ROWS);
			onLoss((rows[0] as Row).at - from);
		}
		foldAt = Math.max(STORM_ROWS, rows.length + STORM_ROWS / 2);
	};
	return {
		push(at, bid, ask) {
			rows.push({ at, bid, ask, volume: 1 });
			if (rows.length - head > foldAt) fold();
		},
		drainTo(batch, notBefore) {
			const room = batch.atMs.length - batch.count;
			const end = Math.min(rows.length, head + room);
			let floor = notBefore;
			for (; head < end; head++) {
				const row = rows[head] as Row;
				if (row.at > floor) floor = row.at;
				pushTick(batch, floor, row.bid, row.ask, row.volume, TICK_QUOTE);
			}
			if (head === rows.length) {
				rows = [];
				head = 0;
				foldAt = STORM_ROWS;
			}
		},
		dropBefore(at) {
			while (head < rows.length && (rows[head] as Row).at < at) head++;
		},
		size: () => rows.length - head,
		firstAt: () => rows[head]?.at ?? null,
	};
}

/** The rows with every span of `spanMs` folded. */
function folded(rows: readonly Row[], spanMs: number): Row[] {
	const kept: Row[] = [];
	let from = 0;
	while (from < rows.length) {
		const span = Math.floor((rows[from] as Row).at / spanMs);
		let end = from + 1;
		while (end < rows.length && Math.floor((rows[end] as Row).at / spanMs) === span) end++;
		foldSpan(rows, from, end, kept);
		from = end;
	}
	return kept;
}

function foldSpan(rows: readonly Row[], from: number, end: number, kept: Row[]): void {
	const stays = new Set<number>();
	const extremes = { first: -1, last: -1, lowBid: -1, highBid: -1, lowAsk: -1, highAsk: -1 };
	let bad = 0;
	for (let i = from; i < end; i++) {
		const { bid, ask } = rows[i] as Row;
		if (!(bid > 0 && ask >= bid)) {
			if (bad++ < KEPT_BAD) stays.add(i);
			continue;
		}
		const at = (place: number): Row => rows[place] as Row;
		if (extremes.first < 0) extremes.first = i;
		extremes.last = i;
		if (extremes.lowBid < 0 || bid < at(extremes.lowBid).bid) extremes.lowBid = i;
		if (extremes.highBid < 0 || bid > at(extremes.highBid).bid) extremes.highBid = i;
		if (extremes.lowAsk < 0 || ask < at(extremes.lowAsk).ask) extremes.lowAsk = i;
		if (extremes.highAsk < 0 || ask > at(extremes.highAsk).ask) extremes.highAsk = i;
	}
	for (const place of Object.values(extremes)) if (place >= 0) stays.add(place);
	let owed = 0;
	for (let i = from; i < end; i++) {
		const row = rows[i] as Row;
		const isPossible = row.bid > 0 && row.ask >= row.bid;
		if (!stays.has(i)) owed += isPossible ? row.volume : 0;
		else if (!isPossible) kept.push(row);
		else {
			row.volume += owed;
			owed = 0;
			kept.push(row);
		}
	}
}

import { createTickBatch, pushTick, type TickBatch } from "../../engine/market/tick.ts";
import type { FeedIdentity, FeedTraits, MarketData } from "../ports.ts";

/** Content of a journal's `rows` line: one batch of live quotes as the engine saw it, a row as in `TickBatch`. */
export type RowsLine = { readonly rows: readonly (readonly [atMs: number, bid: number, ask: number, volume: number, kind: number])[] };

/** The `rows` line of a batch. */
export function rowsLineOf(batch: TickBatch): RowsLine {
	const rows: [number, number, number, number, number][] = [];
	for (let i = 0; i < batch.count; i++) {
		rows.push([batch.atMs[i] as number, batch.bid[i] as number, batch.ask[i] as number, batch.volume[i] as number, batch.kind[i] as number]);
	}
	return { rows };
}

/**
 * Plays the `rows` lines of a journal: the same batches in the same order, then the end. `lines` is the data of these lines, read as they are needed. What is no
 * such line ends the feed with a failure that says which.
 */
export function openRecordedFeed(identity: FeedIdentity, traits: FeedTraits, lines: Iterable<unknown>): MarketData {
	const reader = lines[Symbol.iterator]();
	let batch = createTickBatch(0);
	let count = 0;
	let rows = 0;
	let failure: string | null = null;
	let isOver = false;
	return {
		identity,
		traits,
		next() {
			if (isOver) return null;
			const step = reader.next();
			isOver = step.done === true;
			if (step.done === true) return null;
			count++;
			if (!isRowsLine(step.value)) {
				isOver = true;
				failure = `The quotes of the journal cannot be played: its ${count}. rows line is not a list of rows in order of time.`;
				return null;
			}
			const line = step.value;
			if (batch.atMs.length < line.rows.length) batch = createTickBatch(line.rows.length);
			batch.count = 0;
			for (const [at, bid, ask, volume, kind] of line.rows) pushTick(batch, at, bid, ask, volume, kind);
			rows += batch.count;
			return batch;
		},
		wait: () => Promise.resolve(),
		failure: () => (failure === null ? null : { message: failure }),
		report: () => ({ rows, badRows: 0, duplicates: 0, outOfOrder: 0, spreadsFilled: 0, gaps: 0, longestGapMs: 0 }),
		close() {
			isOver = true;
			reader.return?.();
		},
	};
}

function isRowsLine(value: unknown): value is RowsLine {
	if (typeof value !== "object" || value === null) return false;
	const { rows } = value as { rows?: unknown };
	if (!Array.isArray(rows)) return false;
	let lastAt = Number.NEGATIVE_INFINITY;
	for (const row of rows) {
		if (!Array.isArray(row) || row.length !== 5 || !row.every(Number.isInteger) || !(row[0] >= lastAt)) return false;
		lastAt = row[0];
	}
	return true;
}

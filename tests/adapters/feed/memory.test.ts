import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstRowAt, openRowsFeed, type RecordedRows, recordRows } from "../../../src/adapters/feed/memory.ts";
import { rowsLineOf } from "../../../src/adapters/feed/recorded.ts";
import { openSyntheticFeed } from "../../../src/adapters/feed/synthetic.ts";
import type { MarketData } from "../../../src/adapters/ports.ts";
import { createTickBatch, pushTick, TICK_QUOTE } from "../../../src/engine/market/tick.ts";
import { PLAIN } from "../../helpers/instrument.ts";

const START = Date.UTC(2025, 2, 4, 12);
const SPAN = 900_000;

function source(batchRows = 777): MarketData {
	return openSyntheticFeed({ instrument: PLAIN, scenario: "normal", seed: 3, startAt: START, sessionStartAt: START, endAt: START + SPAN, batchRows });
}

function rowsOf(feed: MarketData): (readonly number[])[] {
	const rows: (readonly number[])[] = [];
	for (let batch = feed.next(); batch !== null; batch = feed.next()) rows.push(...rowsLineOf(batch).rows);
	return rows;
}

const original = source();
const recorded = recordRows(source());
const all = rowsOf(source());

describe("rows in memory", () => {
	it("are those of the feed, whatever its batches, as often as they are played", () => {
		expect(recordRows(source(13)).count).toBe(recorded.count);
		for (let time = 0; time < 2; time++) {
			const played = openRowsFeed(recorded, null, null, original.identity, original.traits);
			expect(rowsOf(played)).toEqual(all);
			expect([played.next(), played.failure(), played.report().rows, played.identity]).toEqual([null, null, all.length, original.identity]);
		}
	});

	it("play any slice in order, and neighbouring slices together are the whole", () => {
		const time = fc.integer({ min: START - 5000, max: START + SPAN + 5000 });
		fc.assert(
			fc.property(time, time, (a, b) => {
				const [from, to] = [Math.min(a, b), Math.max(a, b)];
				const slice = (first: number | null, end: number | null): unknown => rowsOf(openRowsFeed(recorded, first, end, original.identity, original.traits));
				expect(slice(from, to)).toEqual(all.filter(([at]) => Number(at) >= from && Number(at) < to));
				expect([slice(null, from), slice(from, to), slice(to, null)].flat()).toEqual(all);
			}),
			{ numRuns: 30 },
		);
	});

	it("are all there, however many come", () => {
		const total = 300_000;
		const batch = createTickBatch(7001);
		let next = 0;
		const many: MarketData = {
			...original,
			failure: () => null,
			next() {
				batch.count = 0;
				while (batch.count < batch.atMs.length && next < total) pushTick(batch, next, next + 1, ++next + 1, 1, TICK_QUOTE);
				return batch.count === 0 ? null : batch;
			},
		};
		const rows = recordRows(many);
		const wrong = Array.from({ length: total }, (_, i) => i).filter((i) => rows.atMs[i] !== i || rows.bid[i] !== i + 1 || rows.kind[i] !== TICK_QUOTE);
		expect([rows.count, wrong]).toEqual([total, []]);
	});

	it("stay what they are when whoever plays them writes into the batch", () => {
		const batch = openRowsFeed(recorded, null, null, original.identity, original.traits).next();
		batch?.bid.fill(-1);
		expect(rowsOf(openRowsFeed(recorded, null, null, original.identity, original.traits))).toEqual(all);
	});

	it("lie in memory that threads share", () => {
		const { count: _count, ...columns } = recorded;
		for (const column of Object.values(columns)) expect(column.buffer).toBeInstanceOf(SharedArrayBuffer);
	});

	it("end where the feed is closed, and find a time by its first row", () => {
		const played = openRowsFeed(recorded, null, null, original.identity, original.traits);
		played.close();
		expect(played.next()).toBeNull();
		const rows: RecordedRows = { ...recorded, count: 3, atMs: Float64Array.of(10, 20, 20) };
		expect([5, 10, 15, 20, 21].map((at) => firstRowAt(rows, at))).toEqual([0, 0, 1, 1, 3]);
	});

	it.each<[string, Partial<MarketData>, string]>([
		["a feed that breaks on the way", { next: () => null, failure: () => ({ message: "ticks.csv: line 7: bad" }) }, "ticks.csv: line 7: bad"],
		["a feed that has to be waited for", { next: () => createTickBatch(1) }, "cannot be recorded"],
	])("refuse %s", (_name, broken, message) => {
		expect(() => recordRows({ ...original, ...broken })).toThrow(message);
	});
});

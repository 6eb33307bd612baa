import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFreshness } from "../../../../src/adapters/mt5/feed/freshness.ts";
import { barsToRows, historyNotes, readBars } from "../../../../src/adapters/mt5/feed/history.ts";
import { createRowQueue, MOST_ROWS, STORM_ROWS } from "../../../../src/adapters/mt5/feed/row-queue.ts";
import { createServerClock } from "../../../../src/adapters/mt5/feed/server-clock.ts";
import { createTickCursor, type TickCounts } from "../../../../src/adapters/mt5/feed/tick-cursor.ts";
import type { TicksBody } from "../../../../src/adapters/mt5/wire/messages.ts";
import { addQuote, type Bar, closeBar, createBarBuilder } from "../../../../src/engine/market/bars.ts";
import { createTickBatch } from "../../../../src/engine/market/tick.ts";
import { PLAIN } from "../../../helpers/instrument.ts";

const NOON = Date.UTC(2025, 2, 4, 12);
const MINUTE = 60_000;
type Tick = readonly [at: number, bid: number, ask: number];
const noCounts = (): TickCounts => ({ badRows: 0, duplicates: 0, outOfOrder: 0, gaps: 0, longestGapMs: 0 });

function batchOf(sseq: number, ticks: readonly Tick[], more: Partial<TicksBody> = {}): TicksBody {
	const cols = { t: ticks.map(([at]) => at), bid: ticks.map(([, bid]) => bid), ask: ticks.map(([, , ask]) => ask), last: [], vol: [], flags: [] };
	return { symbol: "EURUSD", name: "EURUSD", sseq, offset_s: null, gap: false, ...more, cols };
}

describe("the cursor of a stream", () => {
	const take = (...batches: TicksBody[]): { rows: Tick[]; fates: string[]; counts: TickCounts; place: unknown } => {
		const counts = noCounts();
		const cursor = createTickCursor(5, counts);
		const rows: Tick[] = [];
		const fates = batches.map((body) => cursor.take(body, (...row) => rows.push(row)));
		return { rows, fates, counts, place: cursor.place() };
	};

	it("is nowhere before the first quote", () => {
		expect(take()).toMatchObject({ rows: [], place: null });
	});

	it("gives points, and knows the last time and how many had it", () => {
		const found = take(
			batchOf(1, [
				[NOON, 1.1, 1.10002],
				[NOON, 1.10001, 1.10002],
			]),
			batchOf(2, [[NOON, 1.10003, 1.10004]]),
		);
		expect(found).toMatchObject({ fates: ["taken", "taken"], place: { from_msc: NOON, from_seen: 3 } });
		expect(found.rows).toEqual([
			[NOON, 110_000, 110_002],
			[NOON, 110_001, 110_002],
			[NOON, 110_003, 110_004],
		]);
	});

	it("drops what is older, what repeats itself, what cannot be written down, what is from far away; each is counted", () => {
		const found = take(
			batchOf(1, [
				[NOON, 1.1, 1.1],
				[NOON, 1.1, 1.1],
				[NOON - 1, 1.2, 1.2],
				[NOON + 1, 1e9, 1e9],
				[NOON + 40 * 86_400_000, 1.1, 1.1],
				[NOON + 2, 1.1, 1.1],
			]),
		);
		expect(found.rows.map(([at]) => at)).toEqual([NOON, NOON + 2]);
		expect(found.counts).toMatchObject({ duplicates: 1, outOfOrder: 1, badRows: 2 });
	});

	it("passes crossed and zero quotes on: the engine judges them", () => {
		expect(
			take(
				batchOf(1, [
					[NOON, 1.1, 1.0],
					[NOON + 1, 0, 0],
					[NOON + 2, -1, 1],
				]),
			).rows,
		).toEqual([
			[NOON, 110_000, 100_000],
			[NOON + 1, 0, 0],
			[NOON + 2, -100_000, 100_000],
		]);
	});

	it("leaves a batch alone when one before it is missing, and a repeated one altogether", () => {
		const one = batchOf(1, [[NOON, 1.1, 1.1]]);
		const found = take(one, batchOf(3, [[NOON + 3, 1.3, 1.3]]), one, batchOf(2, [[NOON + 2, 1.2, 1.2]]));
		expect(found.fates).toEqual(["taken", "missing", "repeated", "taken"]);
		expect(found.rows.map(([at]) => at)).toEqual([NOON, NOON + 2]);
		expect(found.counts.duplicates).toBe(1);
	});

	it("begins anew with number 1 after a subscription", () => {
		const counts = noCounts();
		const cursor = createTickCursor(5, counts);
		const rows: Tick[] = [];
		const give = (body: TicksBody): string => cursor.take(body, (...row) => rows.push(row));
		give(batchOf(1, [[NOON, 1.1, 1.1]]));
		cursor.restart();
		expect(give(batchOf(2, [[NOON + 9, 1.9, 1.9]]))).toBe("missing");
		expect(give(batchOf(1, [[NOON + 1, 1.2, 1.2]]))).toBe("taken");
		expect(rows).toHaveLength(2);
		expect(counts.duplicates).toBe(0);
	});

	it("counts a gap and its length", () => {
		const { counts } = take(batchOf(1, [[NOON, 1.1, 1.1]]), batchOf(2, [[NOON + 9000, 1.1, 1.1]], { gap: true }), batchOf(3, [], { gap: true }));
		expect(counts).toMatchObject({ gaps: 2, longestGapMs: 9000 });
	});
});

describe("the broker's time between quotes", () => {
	it("is that of the quickest quote, goes on with ours, and never falls", () => {
		const clock = createServerClock();
		expect([clock.isKnown(), clock.now(50)]).toEqual([false, 0]);
		clock.saw(NOON, 1000);
		expect(clock.now(1500)).toBe(NOON + 500);
		clock.saw(NOON + 600, 1500);
		expect(clock.now(1500)).toBe(NOON + 600);
		clock.saw(NOON + 700, 9000);
		expect(clock.now(9000)).toBe(NOON + 8100);
		expect(clock.now(8000)).toBe(NOON + 8100);
	});

	it("follows a clock that runs faster, and forgets an offset that is no longer true", () => {
		const clock = createServerClock();
		for (let s = 0; s < 100; s++) clock.saw(NOON + s * 60_000, s * 1000);
		expect(clock.now(99_000)).toBe(NOON + 99 * 60_000);
		for (let s = 100; s <= 900; s++) clock.saw(NOON + 99 * 60_000 + (s - 100) * 1000, s * 1000);
		expect(clock.now(1_000_000)).toBeLessThan(NOON + 99 * 60_000 + 901_000);
	});

	it("keeps what it knows over a long silence", () => {
		const clock = createServerClock();
		clock.saw(NOON, 0);
		clock.saw(NOON + 1, 7_200_000);
		expect(clock.now(7_200_000)).toBe(NOON + 7_200_000);
	});

	it("is at least what a row says", () => {
		const clock = createServerClock();
		clock.atLeast(NOON);
		expect(clock.now(5)).toBe(NOON);
	});
});

describe("freshness", () => {
	const live = (...events: (readonly [count: number, msc: number, nowMs: number] | "broke" | "drained")[]): boolean => {
		const fresh = createFreshness();
		for (const event of events) {
			if (event === "broke") fresh.broke();
			else if (event === "drained") fresh.drained();
			else fresh.saw(...event);
		}
		return fresh.isFresh();
	};
	it.each<[string, Parameters<typeof live>, boolean]>([
		["nothing has come", [], false],
		["the first batch is what was missed", [[1, 10_000, 0], "drained"], false],
		["the second is live once it was taken", [[1, 10_000, 0], [1, 11_000, 1000], "drained"], true],
		["but not before", [[1, 10_000, 0], "drained", [1, 11_000, 1000]], false],
		["a full batch has more behind it", [[1, 10_000, 0], [500, 11_000, 1000], "drained"], false],
		["and so has the one after it", [[500, 10_000, 0], [3, 11_000, 1000], "drained"], false],
		["then it is live", [[500, 10_000, 0], [3, 11_000, 1000], [1, 12_000, 2000], "drained"], true],
		["a quote 2 s behind the quickest is old", [[1, 10_000, 0], [1, 10_500, 2500], "drained"], false],
		["one just below is young", [[1, 10_000, 0], [1, 10_501, 2500], "drained"], true],
		["a break ends it", [[1, 10_000, 0], [1, 11_000, 1000], "drained", "broke"], false],
		["and all begins again", [[1, 10_000, 0], [1, 11_000, 1000], "drained", "broke", [1, 12_000, 9000], "drained"], false],
	])("%s", (_name, events, expected) => {
		expect(live(...events)).toBe(expected);
	});
});

describe("quotes that wait", () => {
	const barsOf = (rows: readonly Tick[], volumes: readonly number[]): Bar[] => {
		const builder = createBarBuilder(1);
		const bars: Bar[] = [];
		for (const [i, [at, bid, ask]] of rows.entries()) {
			if (closeBar(builder, at)) bars.push({ ...builder.closed, spreadPoints: 0 });
			addQuote(builder, at, bid, ask, volumes[i] as number);
		}
		return [...bars, { ...builder.forming, spreadPoints: 0 }];
	};
	const drain = (queue: ReturnType<typeof createRowQueue>): { rows: Tick[]; volumes: number[] } => {
		const batch = createTickBatch(MOST_ROWS * 2);
		queue.drainTo(batch, 0);
		const rows = Array.from({ length: batch.count }, (_, i): Tick => [batch.atMs[i] as number, batch.bid[i] as number, batch.ask[i] as number]);
		return { rows, volumes: [...batch.volume.slice(0, batch.count)] };
	};
	const walk = fc
		.array(fc.record({ step: fc.integer({ min: -30, max: 30 }), spread: fc.integer({ min: 0, max: 9 }), after: fc.integer({ min: 0, max: 400 }) }), {
			minLength: STORM_ROWS - 5,
			maxLength: STORM_ROWS * 3,
		})
		.map((steps) => {
			let at = NOON;
			let bid = 110_000;
			return steps.map(({ step, spread, after }): Tick => {
				at += after;
				bid += step;
				return [at, bid, bid + spread];
			});
		});

	it("are given as they came while few wait", () => {
		const queue = createRowQueue(MINUTE, () => {});
		const ticks = Array.from({ length: STORM_ROWS }, (_, i): Tick => [NOON + i, 110_000 + i, 110_001 + i]);
		for (const tick of ticks) queue.push(...tick);
		expect([queue.size(), queue.firstAt()]).toEqual([STORM_ROWS, NOON]);
		expect(drain(queue)).toEqual({ rows: ticks, volumes: ticks.map(() => 1) });
		expect([queue.size(), queue.firstAt()]).toEqual([0, null]);
	});

	it("lose neither the shape of a bar nor its tick volume nor the highest ask in a storm, and stay few", () => {
		fc.assert(
			fc.property(walk, (ticks) => {
				const queue = createRowQueue(MINUTE, () => {});
				for (const tick of ticks) queue.push(...tick);
				expect(queue.size()).toBeLessThanOrEqual(2 * STORM_ROWS);
				const { rows, volumes } = drain(queue);
				expect(barsOf(rows, volumes)).toEqual(
					barsOf(
						ticks,
						ticks.map(() => 1),
					),
				);
				expect(rows.at(-1)).toEqual(ticks.at(-1));
				const highest = (all: readonly Tick[], minute: number): number =>
					Math.max(...all.filter(([at]) => Math.floor(at / MINUTE) === minute).map(([, , ask]) => ask));
				for (const minute of new Set(ticks.map(([at]) => Math.floor(at / MINUTE)))) expect(highest(rows, minute)).toBe(highest(ticks, minute));
				for (let i = 1; i < rows.length; i++) expect((rows[i] as Tick)[0]).toBeGreaterThanOrEqual((rows[i - 1] as Tick)[0]);
			}),
			{ numRuns: 30, endOnFailure: true },
		);
	});

	it("keep enough impossible quotes of a storm for control C30, and their place", () => {
		const queue = createRowQueue(MINUTE, () => {});
		for (let i = 0; i <= STORM_ROWS; i++) queue.push(NOON + i, i % 2 === 0 ? 110_000 + i : 0, i % 2 === 0 ? 110_002 + i : 0);
		const { rows, volumes } = drain(queue);
		expect(rows.filter(([, bid]) => bid === 0)).toHaveLength(10);
		expect(rows[1]).toEqual([NOON + 1, 0, 0]);
		expect(volumes.reduce((sum, volume, i) => sum + ((rows[i] as Tick)[1] > 0 ? volume : 0), 0)).toBe(STORM_ROWS / 2 + 1);
	});

	it("fold to whole bars when minutes are not enough, and lose the oldest only beyond that, which is told", () => {
		let lost = 0;
		const hours = createRowQueue(60 * MINUTE, (spanMs) => {
			lost += spanMs;
		});
		for (let i = 0; i < 30_000; i++) hours.push(NOON + i * 20_000, 110_000 + (i % 7), 110_002 + (i % 5));
		expect([hours.size() <= 2 * STORM_ROWS, lost]).toEqual([true, 0]);
		const minutes = createRowQueue(MINUTE, (spanMs) => {
			lost += spanMs;
		});
		for (let i = 0; i < 60_000; i++) minutes.push(NOON + i * 20_000, 110_000 + (i % 7), 110_002 + (i % 5));
		expect(minutes.size()).toBeLessThanOrEqual(MOST_ROWS + STORM_ROWS);
		expect(lost).toBe((minutes.firstAt() ?? 0) - NOON);
		expect(lost).toBeGreaterThan(0);
	});

	it("never go back behind the row before them, and can be forgotten", () => {
		const queue = createRowQueue(MINUTE, () => {});
		for (const at of [NOON, NOON + 10, NOON + 20]) queue.push(at, 1, 2);
		queue.dropBefore(NOON + 10);
		const batch = createTickBatch(1);
		queue.drainTo(batch, NOON + 15);
		expect([batch.count, batch.atMs[0], queue.size()]).toEqual([1, NOON + 15, 1]);
	});
});

describe("history", () => {
	const at = NOON / 1000;
	const rows = [
		[at, 1.1, 1.1002, 1.0999, 1.1001, 40, 2, 0],
		[at + 60, 1.1001, 1.1003, 1.1, 1.1, 31, 0, 0],
		[at + 120, 1.1, 1.1001, 1.0998, 1.0999, 7, 3, 0],
	] as const;

	it("is read in points; a spread of 0 is the last known one", () => {
		const { bars, badRows, spreadsFilled } = readBars(rows, PLAIN, 1);
		expect(bars).toHaveLength(3);
		expect(bars[1]).toEqual({ openMs: NOON + MINUTE, open: 110_010, high: 110_030, low: 110_000, close: 110_000, spread: 2, tickVolume: 31 });
		expect([badRows, spreadsFilled]).toEqual([0, 1]);
	});

	it.each<[string, readonly [number, number, number, number, number, number, number, number]]>([
		["a high below the close", [at + 180, 1.1, 1.1, 1.0, 1.2, 1, 1, 0]],
		["a low above the open", [at + 180, 1.1, 1.2, 1.11, 1.2, 1, 1, 0]],
		["no price", [at + 180, 0, 0, 0, 0, 1, 1, 0]],
		["a price beyond points", [at + 180, 1, 1e6, 1, 1, 1, 1, 0]],
		["a time off the grid", [at + 181, 1.1, 1.1, 1.1, 1.1, 1, 1, 0]],
		["a time that was there", [at + 120, 1.1, 1.1, 1.1, 1.1, 1, 1, 0]],
	])("leaves out a bar with %s", (_name, row) => {
		const history = readBars([...rows, row], PLAIN, 1);
		expect([history.bars.length, history.badRows]).toEqual([3, 1]);
		expect(historyNotes(history, 1, 3)).toEqual([expect.stringContaining("1 of the broker's M1 bars were impossible")]);
	});

	it("becomes four quotes a bar, the forming one up to the first live quote", () => {
		const batch = barsToRows(readBars(rows, PLAIN, 1), 1, NOON + 2 * MINUTE + 9000);
		expect(batch?.count).toBe(12);
		const times = [...(batch?.atMs.slice(0, 12) ?? [])];
		expect(times.slice(8)).toEqual([0, 3000, 6000, 9000].map((ms) => NOON + 2 * MINUTE + ms));
		expect([...times].sort((a, b) => a - b)).toEqual(times);
	});

	it("leaves the forming bar at its opening when nothing live has come, and within its length when that is old", () => {
		const last = (until: number | null): number => barsToRows(readBars(rows, PLAIN, 1), 1, until)?.atMs[11] ?? 0;
		expect(last(null)).toBe(NOON + 2 * MINUTE);
		expect(last(NOON + 90 * MINUTE)).toBe(NOON + 3 * MINUTE - 1);
		expect(barsToRows(readBars([], PLAIN, 1), 1, NOON)).toBeNull();
	});

	it("says when it is too short for the warm-up", () => {
		expect(historyNotes(readBars(rows, PLAIN, 1), 1, 3)).toEqual([]);
		expect(historyNotes(readBars(rows, PLAIN, 1), 1, 200)).toEqual([expect.stringMatching(/gave 2 of the 199 closed M1 bars .* at least 197 minutes/)]);
		expect(historyNotes(readBars([], PLAIN, 15), 15, 2)).toEqual([expect.stringMatching(/gave 0 of the 1 closed M15 bars .* at least 15 minutes/)]);
	});
});

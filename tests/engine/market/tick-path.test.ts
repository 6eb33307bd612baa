import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTickBatch, TICK_HIDDEN, TICK_QUOTE, type TickBatch } from "../../../src/engine/market/tick.ts";
import { type BarDirection, expandBar, PATH_ROWS_MAX, pathRows, type RecordedBar, type TickMode } from "../../../src/engine/market/tick-path.ts";

const MINUTE = 60_000;

function bar(open: number, high: number, low: number, close: number, tickVolume: number, spread = 3): RecordedBar {
	return { openMs: 600_000, open, high, low, close, spread, tickVolume };
}

function expand(mode: TickMode, source: RecordedBar, previous: BarDirection = -1, lengthMs = MINUTE): TickBatch {
	const batch = createTickBatch(pathRows(mode, source.tickVolume));
	expandBar(mode, source, lengthMs, previous, batch);
	return batch;
}

const bids = (batch: TickBatch): number[] => [...batch.bid.subarray(0, batch.count)];
const volumes = (batch: TickBatch): number[] => [...batch.volume.subarray(0, batch.count)];
const times = (batch: TickBatch): number[] => [...batch.atMs.subarray(0, batch.count)];

describe("every tick (rulebook A4.3)", () => {
	it.each<[string, RecordedBar, BarDirection, number[]]>([
		["one tick: the close only", bar(100, 104, 98, 103, 1), -1, [103]],
		["two ticks: open and close", bar(100, 104, 98, 103, 2), -1, [100, 103]],
		["three, open = close at the low: the high", bar(100, 106, 100, 100, 3), -1, [100, 106, 100]],
		["three, open = close at the high: the low", bar(100, 100, 93, 100, 3), -1, [100, 93, 100]],
		["three, close = low, open below the high: the high", bar(100, 106, 95, 95, 3), -1, [100, 106, 95]],
		["three, close = high, open above the low: the low", bar(100, 106, 95, 106, 3), -1, [100, 95, 106]],
		["three, open = high, close above the low: the low", bar(106, 106, 95, 99, 3), -1, [106, 95, 99]],
		["three, open = low, close below the high: the high", bar(95, 106, 95, 99, 3), -1, [95, 106, 99]],
		["three, no shadows: the middle of the range", bar(95, 105, 95, 105, 3), -1, [95, 100, 105]],
		["three, no shadows, falling", bar(105, 105, 95, 95, 3), -1, [105, 100, 95]],
		["three, both shadows: the longer one", bar(100, 109, 98, 103, 3), -1, [100, 109, 103]],
		["four, rising: 1-1-1", bar(100, 110, 95, 105, 4), -1, [100, 95, 110, 105]],
		["four, falling: 1-1-1", bar(105, 110, 95, 100, 4), -1, [105, 110, 95, 100]],
		["four, doji after a falling bar rises", bar(100, 110, 95, 100, 4), -1, [100, 95, 110, 100]],
		["four, doji after a rising bar falls", bar(100, 110, 95, 100, 4), 1, [100, 110, 95, 100]],
		["five: the even body of 1-2-1 loses a point to the line between", bar(100, 110, 95, 105, 5), -1, [100, 95, 110, 108, 105]],
		["six: 1-3-1, the body steps back once", bar(100, 110, 96, 105, 6), -1, [100, 96, 103, 102, 110, 105]],
		["eight: 2-3-2, shadows pause halfway", bar(100, 110, 96, 104, 8), -1, [100, 98, 96, 103, 102, 110, 107, 104]],
		["twelve, rising: 3-5-3", bar(100, 110, 95, 105, 12), -1, [100, 97, 98, 95, 100, 99, 105, 104, 110, 107, 108, 105]],
		["twelve, falling: the mirror", bar(105, 110, 95, 100, 12), -1, [105, 108, 107, 110, 105, 106, 100, 101, 95, 98, 97, 100]],
		[
			"twelve, no opening shadow: its points go to the body (8, so 7) and one tick between",
			bar(96, 116, 96, 112, 12),
			-1,
			[96, 101, 100, 106, 105, 111, 110, 116, 113, 114, 113, 112],
		],
		["a flat bar stands still", bar(100, 100, 100, 100, 6), -1, [100, 100, 100, 100, 100, 100]],
		[
			"ticks between without room: a one-point saw-tooth",
			bar(100, 102, 100, 102, 16),
			-1,
			[100, 100, 100, 101, 100, 100, 101, 101, 100, 101, 100, 100, 101, 100, 101, 102],
		],
	])("%s", (_name, source, previous, expected) => {
		expect(bids(expand("every", source, previous))).toEqual(expected);
	});

	const bars = fc
		.record({
			low: fc.integer({ min: 1, max: 200_000 }),
			range: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 3000 })),
			a: fc.nat(),
			b: fc.nat(),
			volume: fc.integer({ min: 4, max: 400 }),
		})
		.map(({ low, range, a, b, volume }) => bar(low + (a % (range + 1)), low + range, low, low + (b % (range + 1)), volume));

	it("keeps the five guarantees for any bar of four ticks or more", () => {
		fc.assert(
			fc.property(bars, fc.constantFrom<BarDirection>(1, -1), (source, previous) => {
				const got = bids(expand("every", source, previous));
				expect(got.length).toBe(source.tickVolume);
				expect(got[0]).toBe(source.open);
				expect(got.at(-1)).toBe(source.close);
				expect(Math.min(...got)).toBe(source.low);
				expect(Math.max(...got)).toBe(source.high);
			}),
		);
	});

	it("meets the extremes in the order of the route", () => {
		fc.assert(
			fc.property(bars, (source) => {
				fc.pre(source.open !== source.close && source.open > source.low && source.open < source.high);
				const got = bids(expand("every", source));
				const [first, second] = source.close > source.open ? [source.low, source.high] : [source.high, source.low];
				expect(got.indexOf(first)).toBeLessThan(got.indexOf(second));
			}),
		);
	});

	it("walks, and never jumps, when a bar has more ticks than points", () => {
		const got = bids(expand("every", bar(100, 105, 97, 103, 300)));
		for (let i = 1; i < got.length; i++) expect(Math.abs((got[i] as number) - (got[i - 1] as number))).toBeLessThanOrEqual(1);
	});

	it("makes the four prices of a bar without tick volume", () => {
		const batch = expand("every", bar(100, 110, 95, 105, 0));
		expect(bids(batch)).toEqual([100, 95, 110, 105]);
		expect(volumes(batch)).toEqual([0, 0, 0, 0]);
	});

	it("shares the volume of an immense bar over a bounded number of rows", () => {
		const batch = expand("every", bar(100, 110, 95, 105, 2_147_483_647));
		expect(batch.count).toBe(PATH_ROWS_MAX);
		expect(volumes(batch).reduce((sum, volume) => sum + volume, 0)).toBe(2_147_483_647);
		expect(batch.atMs[batch.count - 1]).toBe(600_000 + MINUTE - 1);
	});
});

describe("ohlc and open prices (rulebook A4.1, A4.4)", () => {
	it("gives a rising bar as open, low, high, close, a falling one as open, high, low, close", () => {
		expect(bids(expand("ohlc", bar(100, 110, 95, 105, 40)))).toEqual([100, 95, 110, 105]);
		expect(bids(expand("ohlc", bar(105, 110, 95, 100, 40)))).toEqual([105, 110, 95, 100]);
	});

	it("keeps equal neighbours, so that rows come at a steady pace", () => {
		expect(bids(expand("ohlc", bar(100, 100, 100, 100, 1)))).toEqual([100, 100, 100, 100]);
	});

	it("alternates through a row of dojis, beginning upwards", () => {
		const batch = createTickBatch(12);
		let direction: BarDirection = -1;
		for (let i = 0; i < 3; i++) direction = expandBar("ohlc", bar(100, 110, 95, 100, 4), MINUTE, direction, batch);
		expect(bids(batch)).toEqual([100, 95, 110, 100, 100, 110, 95, 100, 100, 95, 110, 100]);
		expect(direction).toBe(1);
	});

	it("shows agents the open only in open mode; the broker sees the rest", () => {
		const batch = expand("open", bar(100, 110, 95, 105, 40));
		expect([...batch.kind]).toEqual([TICK_QUOTE, TICK_HIDDEN, TICK_HIDDEN, TICK_HIDDEN]);
		expect([...expand("ohlc", bar(100, 110, 95, 105, 40)).kind]).toEqual([TICK_QUOTE, TICK_QUOTE, TICK_QUOTE, TICK_QUOTE]);
	});

	it("spreads rows evenly from the opening time to the bar's last millisecond", () => {
		expect(times(expand("ohlc", bar(100, 110, 95, 105, 40)))).toEqual([600_000, 619_999, 639_999, 659_999]);
		expect(times(expand("every", bar(100, 110, 95, 105, 1)))).toEqual([600_000]);
		expect(times(expand("every", bar(100, 110, 95, 105, 5)))).toEqual([600_000, 614_999, 629_999, 644_999, 659_999]);
	});

	it.each([
		[0, [0, 0, 0, 0]],
		[1, [0, 0, 0, 1]],
		[3, [0, 1, 1, 1]],
		[10, [2, 3, 2, 3]],
		[40, [10, 10, 10, 10]],
	])("shares a tick volume of %d exactly", (volume, expected) => {
		expect(volumes(expand("ohlc", bar(100, 110, 95, 105, volume)))).toEqual(expected);
	});
});

describe("every mode", () => {
	it("keeps ask one spread above bid, times inside the bar and never falling, and the volume's sum", () => {
		const source = fc.record({
			mode: fc.constantFrom<TickMode>("every", "ohlc", "open"),
			volume: fc.integer({ min: 0, max: 300 }),
			spread: fc.nat(500),
			lengthMs: fc.integer({ min: 1, max: 5_000_000 }),
		});
		fc.assert(
			fc.property(source, ({ mode, volume, spread, lengthMs }) => {
				const batch = expand(mode, bar(1000, 1040, 980, 990, volume, spread), 1, lengthMs);
				let sum = 0;
				for (let i = 0; i < batch.count; i++) {
					expect((batch.ask[i] as number) - (batch.bid[i] as number)).toBe(spread);
					expect(batch.atMs[i]).toBeGreaterThanOrEqual(i === 0 ? 600_000 : (batch.atMs[i - 1] as number));
					sum += batch.volume[i] as number;
				}
				expect(batch.atMs[batch.count - 1]).toBeLessThan(600_000 + lengthMs);
				expect(sum).toBe(volume);
				expect(batch.count).toBe(pathRows(mode, volume));
			}),
		);
	});

	it("appends to what the batch already holds", () => {
		const batch = createTickBatch(8);
		expandBar("ohlc", bar(100, 110, 95, 105, 4), MINUTE, -1, batch);
		expandBar("every", bar(105, 110, 95, 100, 4), MINUTE, 1, batch);
		expect(bids(batch)).toEqual([100, 95, 110, 105, 105, 110, 95, 100]);
		expect(volumes(batch)).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
	});
});

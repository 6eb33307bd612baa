import { describe, expect, it } from "vitest";
import { addToAtr, addToMean, atrOf, createAtr, createMovingMean, meanOf } from "../../../src/engine/market/averages.ts";
import { addQuote, type Bar, closeBar, createBarBuilder } from "../../../src/engine/market/bars.ts";

const MINUTE = 60_000;

describe("bars", () => {
	it("keeps open, high, low and close of the bids and counts real ticks", () => {
		const builder = createBarBuilder(1);
		addQuote(builder, 5 * MINUTE + 1000, 100, 103, 1);
		addQuote(builder, 5 * MINUTE + 2000, 107, 110, 2);
		addQuote(builder, 5 * MINUTE + 3000, 95, 99, 1);
		addQuote(builder, 5 * MINUTE + 59_999, 101, 104, 1);
		expect(closeBar(builder, 6 * MINUTE - 1)).toBe(false);
		expect(closeBar(builder, 6 * MINUTE)).toBe(true);
		expect(builder.closed).toEqual({ openAt: 5 * MINUTE, open: 100, high: 107, low: 95, close: 101, volume: 5, spreadPoints: 3 });
	});

	it("starts bars at whole multiples of their length, whenever the first quote comes", () => {
		const builder = createBarBuilder(15);
		addQuote(builder, 47 * MINUTE, 10, 11, 1);
		expect(builder.endsAt).toBe(60 * MINUTE);
	});

	it("makes no bar of a time without quotes and does not close a bar twice", () => {
		const builder = createBarBuilder(1);
		addQuote(builder, 0, 10, 11, 0);
		expect(closeBar(builder, 3 * MINUTE)).toBe(true);
		expect(closeBar(builder, 4 * MINUTE)).toBe(false);
		addQuote(builder, 9 * MINUTE, 12, 13, 1);
		expect(builder.forming.openAt).toBe(9 * MINUTE);
		expect(builder.closedCount).toBe(1);
	});

	it("does not mix the closed bar with the forming one", () => {
		const builder = createBarBuilder(1);
		addQuote(builder, 0, 10, 11, 1);
		closeBar(builder, MINUTE);
		addQuote(builder, MINUTE, 99, 100, 1);
		expect(builder.closed.close).toBe(10);
		expect(builder.forming.open).toBe(99);
	});
});

describe("moving mean", () => {
	it("is unknown until full, then the mean of the last values", () => {
		const mean = createMovingMean(3);
		addToMean(mean, 1);
		addToMean(mean, 2);
		expect(meanOf(mean)).toBeNull();
		addToMean(mean, 6);
		expect(meanOf(mean)).toBe(3);
		addToMean(mean, 10);
		expect(meanOf(mean)).toBe(6);
	});
});

describe("average true range", () => {
	const bar = (high: number, low: number, close: number): Bar => ({ openAt: 0, open: low, high, low, close, volume: 1, spreadPoints: 0 });

	it("is the mean of the first true ranges, then Wilder's recursion, gaps included", () => {
		const atr = createAtr(2);
		addToAtr(atr, bar(110, 100, 105));
		expect(atrOf(atr)).toBeNull();
		addToAtr(atr, bar(130, 125, 128)); // the gap from 105 counts: 130 - 105 = 25
		expect(atrOf(atr)).toBe(17.5);
		addToAtr(atr, bar(129, 126, 127)); // 128 to 129..126: 3; 17.5 + (3 - 17.5) / 2
		expect(atrOf(atr)).toBe(10.25);
	});
});

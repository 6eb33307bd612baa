import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CurvePoint, TradeRow } from "../../src/engine/summary-type.ts";
import { chsChart, curvePoints, drawCurves, equityChart, priceChart, timeAxis } from "../../src/print/chart.ts";
import { lineWidth, textOf } from "../../src/print/line.ts";

const MINUTE = 60_000;

function points(bids: readonly (number | undefined)[]): CurvePoint[] {
	return bids.map((bid, index) => ({ at: index * MINUTE, equity: 10_000 + index, chs: 0.75, ...(bid === undefined ? {} : { bid }) }));
}

function trade(changes: Partial<TradeRow>): TradeRow {
	return {
		number: 1,
		side: "BUY",
		lots: 0.1,
		openedAt: 0,
		closedAt: 9 * MINUTE,
		openPrice: 1.1,
		closePrice: 1.11,
		net: 1,
		r: 1,
		mfeR: 1,
		maeR: 0,
		entryReason: "",
		exitReason: "",
		shadow: false,
		...changes,
	};
}

describe("charts", () => {
	it("marks entries and exits at their time and price", () => {
		const bids = [1.1, 1.101, 1.102, 1.103, 1.104, 1.105, 1.106, 1.107, 1.108, 1.11];
		const trades = [trade({}), trade({ side: "SELL", openedAt: 4 * MINUTE, openPrice: 1.104, closedAt: 5 * MINUTE, closePrice: 1.105 })];
		const rows = priceChart(points(bids), trades, 3, 44, 5)?.map(textOf) ?? [];
		expect(rows).toMatchInlineSnapshot(`
			[
			  "      1.110 ┤                           ╭●",
			  "      1.108 ┤                        ╭──╯",
			  "      1.106 ┤                 ╭──────╯",
			  "      1.104 ┤           ╭─▼──●╯",
			  "      1.102 ┤    ╭──────╯",
			  "      1.100 ┼▲───╯",
			]
		`);
	});

	it("draws no price where the curve has none, and no mark beyond it or of a shadow trade", () => {
		expect(priceChart(points([undefined, undefined]), [], 5, 60, 5)).toBeNull();
		expect(priceChart(points([1.1, undefined]), [], 5, 60, 5)).toBeNull();
		const outside = [trade({ openedAt: -1, closedAt: 99 * MINUTE }), trade({ shadow: true }), trade({ openPrice: Number.NaN, closedAt: 99 * MINUTE })];
		expect(
			priceChart(points([1.1, 1.2, 1.15]), outside, 5, 60, 5)
				?.map(textOf)
				.join("\n"),
		).not.toMatch(/[▲▼●]/);
	});

	it("says when there is too little for a curve", () => {
		const size = { width: 60, equityRows: 4, chsRows: 4 };
		expect(drawCurves([], { equity: 1, chs: 1 }, size).map(textOf)).toEqual(["No curve: the session has fewer than two points."]);
		expect(drawCurves([{ at: 0, equity: Number.NaN, chs: 1 }], { equity: 1, chs: 1 }, size).map(textOf)).toEqual([
			"No curve: the session has fewer than two points.",
		]);
	});

	it("keeps the curve in its place when an amount is too long for its label", () => {
		const rows = equityChart(
			[123_456_789.5, 123_456_999.5].map((equity, at) => ({ at, equity, chs: 1 })),
			60,
			3,
		).map(textOf);
		expect(rows[0]).toMatch(/^ {2}123457000 ┤/);
	});

	it("ends with what happened after the last bar", () => {
		expect(curvePoints(points([1, 2]), { equity: 5, chs: 0.1 }).at(-1)).toMatchObject({ at: MINUTE, equity: 5, chs: 0.1 });
	});

	it("fits into every width, flat or wild, with the dip of the score in sight", () => {
		const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
		const score = fc.double({ min: 0, max: 1, noNaN: true });
		fc.assert(
			fc.property(
				fc.array(fc.record({ equity: value, chs: score, bid: value }), { minLength: 2, maxLength: 300 }),
				fc.integer({ min: 40, max: 200 }),
				(raw, width) => {
					const curve = raw.map((point, index) => ({ ...point, at: index * MINUTE }));
					const chs = chsChart(curve, width, 5);
					const all = [...equityChart(curve, width, 5), ...chs, ...(priceChart(curve, [trade({})], 5, width, 5) ?? []), timeAxis(curve, width)];
					expect(Math.max(...all.map(lineWidth))).toBeLessThanOrEqual(width);
					expect(all.map(textOf).join("\n")).not.toMatch(/NaN|Infinity|undefined/);
					const labels = chs.map((row) => Number.parseFloat(textOf(row)));
					expect(Math.min(...labels)).toBeCloseTo(Math.min(...raw.map((point) => point.chs)), 1);
				},
			),
		);
	});
});

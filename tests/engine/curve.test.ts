import { describe, expect, it } from "vitest";
import { addToCurve, createCurve, noteChs, pricedLike, withoutPrices } from "../../src/engine/curve.ts";
import { createTally, tallyTrade } from "../../src/engine/tally.ts";

describe("the curve", () => {
	it.each([
		[10, 10],
		[239, 239],
		[240, 120],
		[10_000, 239],
	])("keeps %d offered points in at most 239", (offered, most) => {
		const curve = createCurve();
		for (let index = 0; index < offered; index++) addToCurve(curve, index, index, 1, 110_000, 5);
		expect(curve.points.length).toBeLessThanOrEqual(most);
		expect(curve.points.length).toBeGreaterThanOrEqual(Math.min(offered, 119));
	});

	it("thins evenly: neighbours stay the same distance apart", () => {
		const curve = createCurve();
		for (let index = 0; index < 5000; index++) addToCurve(curve, index, index, 1, 110_000, 5);
		const gaps = curve.points.slice(1).map(({ at }, index) => at - (curve.points[index]?.at ?? 0));
		expect(new Set(gaps)).toEqual(new Set([curve.stride]));
	});
});

describe("the score of the curve", () => {
	it("is the lowest since the point before, so that a trip between two bars is seen", () => {
		const curve = createCurve();
		addToCurve(curve, 1, 100, 0.8, 110_000, 5);
		noteChs(curve, 0.2);
		addToCurve(curve, 2, 100, 0.75, 120_000, 5);
		addToCurve(curve, 3, 100, 0.78, 130_000, 5);
		expect(curve.points.map(({ chs }) => chs)).toEqual([0.8, 0.2, 0.78]);
	});

	it("survives every thinning", () => {
		for (const dip of [1, 2, 117, 238, 239, 240, 500, 4999]) {
			const curve = createCurve();
			for (let index = 0; index <= 5000; index++) addToCurve(curve, index, index, index === dip ? 0.1 : 0.7, 110_000, 5);
			expect(Math.min(curve.lowestChs, ...curve.points.map(({ chs }) => chs)), `dip at ${dip}`).toBe(0.1);
		}
	});
});

describe("the price of the curve", () => {
	it("is the one at its point, through every thinning, and no part of the fingerprint", () => {
		const curve = createCurve();
		for (let index = 0; index < 3000; index++) addToCurve(curve, index, 100, 0.75, 100_000 + 10 * index, 5);
		expect(curve.points.length).toBeGreaterThan(100);
		for (const { at, bid } of curve.points) expect(bid).toBe((10_000 + at) / 10_000);
		expect(JSON.stringify(withoutPrices(curve))).not.toContain("bid");
		expect(withoutPrices(curve)).toMatchObject({ stride: curve.stride, points: curve.points.map(({ at, equity, chs }) => ({ at, equity, chs })) });
	});

	it("is left out where a summary of an older version is compared", () => {
		const points = [{ at: 1, equity: 100, chs: 0.75, bid: 1.1 }];
		const old = [{ at: 1, equity: 100, chs: 0.75 }];
		expect(pricedLike(points, old)).toEqual(old);
		expect(pricedLike(points, points)).toEqual(points);
	});
});

describe("the tally", () => {
	const row = {
		number: 1,
		side: "BUY",
		lots: 1,
		openedAt: 0,
		closedAt: 1,
		openPrice: 1,
		closePrice: 1,
		net: 0,
		r: 0,
		mfeR: 0,
		maeR: 0,
		entryReason: "",
		exitReason: "",
		shadow: false,
	} as const;

	it("counts wins and losses by their net result; exactly nothing is neither", () => {
		const tally = createTally();
		for (const net of [10, -4, 0, 6]) tallyTrade(tally, { ...row, net, r: net / 10, mfeR: 2 });
		expect(tally).toMatchObject({ closed: 4, wins: 2, losses: 1, winSum: 16, lossSum: 4, winR: 1.6, winMfeR: 4 });
	});

	it("keeps the last twenty rows, and counts shadow trades apart", () => {
		const tally = createTally();
		for (let number = 1; number <= 30; number++) tallyTrade(tally, { ...row, number, net: 1, shadow: number % 2 === 0 });
		expect(tally).toMatchObject({ closed: 15, shadowClosed: 15, wins: 15 });
		expect(tally.lastTrades.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, i) => 11 + i));
	});
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	acknowledge,
	allowsRisk,
	type Breaker,
	type BreakerReading,
	createBreaker,
	eventRates,
	readingOf,
	stepBreaker,
	watchBreaker,
} from "../../../src/engine/health/breaker.ts";
import { createChs, onAccount, onClock, onOrder, onStart, onTick, onTrade, rebase, scoreOf } from "../../../src/engine/health/chs.ts";
import type { Chs } from "../../../src/engine/health/state.ts";
import { expectClose, vectorsOf } from "./vectors.ts";

type Row = readonly [BreakerReading, number, number];

const FINE = { drawdown: 0.9, margin: 0.9, overshoot: 0.9 };

function reading(chs: number, over: Partial<BreakerReading> = {}): BreakerReading {
	return { chs, capBy: null, weakest: "agent", score: FINE, ...over };
}

function freshChs(): Chs {
	const chs = createChs({ carry: null, record: null, riskFraction: 0.01, tripLevel: 0.55 });
	onStart(chs, 0, 10_000);
	return chs;
}

describe("breaker vectors", () => {
	it.each(vectorsOf<readonly Row[], readonly Record<string, unknown>[]>("breaker"))("$id: $note", ({ input, expect: wanted }) => {
		let breaker = createBreaker(0.55, []);
		let trades = 0;
		input.forEach(([row, rowTrades, nowMs], index) => {
			const before = breaker.open;
			const event = stepBreaker(breaker, row, rowTrades, nowMs);
			trades = rowTrades;
			expectClose(breaker, wanted[index], `row ${index}`);
			expect(event !== null, `row ${index} tells`).toBe(before !== breaker.open);
			breaker = JSON.parse(JSON.stringify(breaker));
		});
		expectClose({ rates: eventRates(breaker, trades) }, wanted[input.length], "rates");
	});
});

describe("breaker", () => {
	it.each([
		["exactly at the trip level holds", 0.55, false],
		["a hair below trips", 0.5499999, true],
		["NaN trips", Number.NaN, true],
		["minus infinity trips", Number.NEGATIVE_INFINITY, true],
		["missing trips", undefined as unknown as number, true],
	])("%s", (_name, chs, open) => {
		const breaker = createBreaker(0.55, []);
		const event = stepBreaker(breaker, reading(chs), 0, 0);
		expect(breaker.open).toBe(open);
		expect(event?.what ?? null).toBe(open ? "trip" : null);
	});

	it("latches when the score is no number, and when the score says that an input was none, whatever the threshold", () => {
		const blind = createBreaker(0.55, []);
		expect(stepBreaker(blind, reading(Number.NaN), 3, 1000)).toMatchObject({ cause: "input", latched: true, score: 0 });
		const open = createBreaker(0, []);
		expect(stepBreaker(open, reading(0, { capBy: "input" }), 3, 1000)).toMatchObject({ cause: "input", latched: true });
		const clockless = createBreaker(0.55, []);
		expect(stepBreaker(clockless, reading(0.2), 3, Number.NaN)).toMatchObject({ cause: "input", latched: true });
		expect(JSON.parse(JSON.stringify(clockless))).toEqual(clockless);
	});

	it("trips, waits for score and cool-down, re-arms above threshold + 0.10", () => {
		const breaker = createBreaker(0.6, []);
		expect(stepBreaker(breaker, reading(0.59), 5, 0)).toMatchObject({ what: "trip", cause: "blend:agent", score: 0.59, latched: false });
		expect(stepBreaker(breaker, reading(0.9), 14, 0)).toBeNull();
		expect(stepBreaker(breaker, reading(0.69), 15, 0)).toBeNull();
		expect(stepBreaker(breaker, reading(0.71), 15, 0)).toMatchObject({ what: "re-arm", cause: "blend:agent" });
		expect(breaker.open).toBe(false);
	});

	it("waits five minutes after an infrastructure cause", () => {
		const breaker = createBreaker(0.55, []);
		stepBreaker(breaker, reading(0.3, { capBy: "latency" }), 0, 50_000);
		expect(stepBreaker(breaker, reading(0.9), 50, 349_999)).toBeNull();
		expect(stepBreaker(breaker, reading(0.9), 50, 350_000)?.what).toBe("re-arm");
	});

	it("latches an open breaker when the drawdown joins, and waits for the operator", () => {
		const breaker = createBreaker(0.55, []);
		stepBreaker(breaker, reading(0.3, { capBy: "feed" }), 0, 0);
		expect(stepBreaker(breaker, reading(0.3, { capBy: "feed", score: { ...FINE, drawdown: 0.5 } }), 0, 1000)).toMatchObject({ what: "latch", cause: "feed" });
		expect(stepBreaker(breaker, reading(0.9), 0, 900_000)).toBeNull();
		acknowledge(breaker);
		expect(stepBreaker(breaker, reading(0.9), 0, 900_001)?.what).toBe("re-arm");
	});

	it("remembers earlier trips of the same build for the third strike", () => {
		const within = createBreaker(0.55, [40, 80]);
		expect(stepBreaker(within, reading(0.5), 140, 0)?.latched).toBe(true);
		const beyond = createBreaker(0.55, [40, 80]);
		expect(stepBreaker(beyond, reading(0.5), 141, 0)?.latched).toBe(false);
	});

	it("names causes in words", () => {
		expect(stepBreaker(createBreaker(0.55, []), reading(0.3, { capBy: "feed" }), 0, 0)?.text).toBe("no fresh quotes: the feed is silent");
	});
});

describe("watching between decision points", () => {
	it("trips on the clock alone when the feed is silent, and re-arms after quotes and five minutes, without counting a step", () => {
		const chs = freshChs();
		const breaker = createBreaker(0.55, []);
		onTick(chs, 1000);
		onClock(chs, 31_000, true);
		expect(watchBreaker(breaker, chs, 31_000)).toBeNull();
		onClock(chs, 31_001, true);
		expect(watchBreaker(breaker, chs, 31_001)).toMatchObject({ what: "trip", cause: "feed" });
		onTick(chs, 40_000);
		expect(watchBreaker(breaker, chs, 331_000)).toBeNull();
		expect(watchBreaker(breaker, chs, 331_001)?.what).toBe("re-arm");
		expect(breaker.steps).toBe(0);
	});

	it("sees a floating loss and latches; acknowledge and rebase let it re-arm", () => {
		const chs = freshChs();
		const breaker = createBreaker(0.55, []);
		onAccount(chs, 7900, 500, 2);
		expect(watchBreaker(breaker, chs, 0)).toMatchObject({ what: "trip", cause: "drawdown", latched: true });
		rebase(chs);
		expect(watchBreaker(breaker, chs, 900_000)).toBeNull();
		acknowledge(breaker);
		expect(watchBreaker(breaker, chs, 900_000)?.what).toBe("re-arm");
	});

	it("latches on a fault while open", () => {
		const chs = freshChs();
		const breaker = createBreaker(0.55, []);
		onClock(chs, 60_000, true);
		expect(watchBreaker(breaker, chs, 60_000)?.latched).toBe(false);
		onAccount(chs, Number.NaN, null, 0);
		expect(watchBreaker(breaker, chs, 61_000)).toMatchObject({ what: "latch" });
	});

	it("agrees with stepBreaker on random sessions", () => {
		const event = fc.oneof(
			fc.record({ kind: fc.constant("trade" as const), r: fc.double({ min: -3, max: 3, noNaN: true }) }),
			fc.record({ kind: fc.constant("clock" as const), seconds: fc.integer({ min: 1, max: 400 }) }),
			fc.record({ kind: fc.constant("equity" as const), equity: fc.double({ min: 6000, max: 12_000, noNaN: true }) }),
			fc.record({ kind: fc.constant("reject" as const) }),
			fc.record({ kind: fc.constant("ack" as const) }),
		);
		fc.assert(
			fc.property(fc.array(event, { maxLength: 80 }), (events) => {
				const chs = freshChs();
				const stepped = createBreaker(0.55, []);
				const watched = createBreaker(0.55, []);
				let nowMs = 0;
				for (const one of events) {
					if (one.kind === "trade") onTrade(chs, { r: one.r, mfe: 1, mae: 0.5, shadow: stepped.open });
					else if (one.kind === "equity") onAccount(chs, one.equity, null, 0);
					else if (one.kind === "reject") onOrder(chs, { outcome: "rejected", latencyMs: 100, slippageR: 0, exposureR: 0 });
					else if (one.kind === "ack") for (const breaker of [stepped, watched]) acknowledge(breaker);
					else {
						nowMs += one.seconds * 1000;
						onClock(chs, nowMs, true);
						if (one.seconds < 200) onTick(chs, nowMs);
					}
					const told = stepBreaker(stepped, readingOf(chs), chs.trades, nowMs);
					expect(watchBreaker(watched, chs, nowMs)).toEqual(told);
					expect({ ...watched, steps: 0, haltedSteps: 0 }).toEqual({ ...stepped, steps: 0, haltedSteps: 0 });
					if (!stepped.open) expect(scoreOf(chs)).toBeGreaterThanOrEqual(0.55);
				}
			}),
			{ numRuns: 150 },
		);
	});
});

describe("permission", () => {
	const closed = createBreaker(0.55, []);
	const tripped: Breaker = { ...createBreaker(0.55, []), open: true };
	it.each([
		["closed, fresh, at the level", closed, 0.55, 5000, true],
		["closed, below the level", closed, 0.5499, 0, false],
		["closed, no number", closed, Number.NaN, 0, false],
		["closed, infinite", closed, Number.POSITIVE_INFINITY, 0, false],
		["closed, stale", closed, 0.9, 5001, false],
		["closed, age unknown", closed, 0.9, Number.NaN, false],
		["closed, score from the future", closed, 0.9, -1, false],
		["open, healthy", tripped, 0.95, 0, false],
	] as const)("%s", (_name, breaker, score, ageMs, allowed) => {
		expect(allowsRisk(breaker, score, ageMs)).toBe(allowed);
	});
});

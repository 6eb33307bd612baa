import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allowsRisk, createBreaker, readingOf, stepBreaker } from "../../../src/engine/health/breaker.ts";
import { readCarry } from "../../../src/engine/health/carry.ts";
import { carryOf, createChs, onAccount, onBar, onClock, onOrder, onStart, onTick, onTrade, rebase, scoreOf } from "../../../src/engine/health/chs.ts";
import { COMPONENT_NAMES, COMPONENTS, PILLAR_WEIGHTS, PILLARS } from "../../../src/engine/health/components.ts";
import { NEUTRAL } from "../../../src/engine/health/curves.ts";
import { compose } from "../../../src/engine/health/pillars.ts";
import { snapshotOf } from "../../../src/engine/health/snapshot.ts";
import type { Chs } from "../../../src/engine/health/state.ts";

const TERMS = { carry: null, record: null, riskFraction: 0.01, tripLevel: 0.55 };
const FILL = { outcome: "filled", latencyMs: 100, slippageR: 0.01, exposureR: 1 } as const;

function started(): Chs {
	const chs = createChs(TERMS);
	onStart(chs, 0, 10_000);
	return chs;
}

/** A healthy agent with complete evidence: 40 trades at Omega 4, 200 ticks, 40 orders, 120 bars. */
function healthy(): Chs {
	const chs = started();
	for (let i = 0; i < 200; i++) onTick(chs, i * 1000);
	for (let i = 0; i < 120; i++) onBar(chs, i < 60 ? "critical" : "underdamped");
	for (let i = 0; i < 40; i++) {
		onOrder(chs, FILL);
		const won = i % 10 < 7;
		onTrade(chs, { r: won ? 1.9 : -1.05, mfe: won ? 2 : 0.6, mae: won ? 0.4 : 1.05, shadow: false });
	}
	return chs;
}

type Random = { readonly kind: string; readonly a: number; readonly b: number; readonly c: number; readonly flag: boolean };

const LABELS = ["underdamped", "critical", "overdamped"] as const;

function apply(chs: Chs, { kind, a, b, c, flag }: Random): void {
	if (kind === "tick") onTick(chs, a * 1e4);
	else if (kind === "clock") onClock(chs, a * 1e4, flag);
	else if (kind === "bar") onBar(chs, LABELS[Math.floor(Math.abs(a) % 3)] ?? null);
	else if (kind === "account") onAccount(chs, 10_000 + a * 100, flag ? null : 500 + b * 10, c);
	else if (kind === "invalid" || kind === "rejected" || kind === "filled") onOrder(chs, { outcome: kind, latencyMs: a * 100, slippageR: b / 50, exposureR: c });
	else if (kind === "trade") onTrade(chs, { r: a / 10, mfe: b / 10, mae: c / 10, shadow: flag });
	else if (kind === "rebase") rebase(chs);
	else onStart(chs, a * 1e4, 10_000 + b);
}

const KINDS = ["tick", "clock", "bar", "account", "invalid", "rejected", "filled", "trade", "trade", "filled", "rebase", "start"] as const;

function randomEvents(number: fc.Arbitrary<number>): fc.Arbitrary<Random[]> {
	return fc.array(fc.record({ kind: fc.constantFrom(...KINDS), a: number, b: number, c: number, flag: fc.boolean() }), { maxLength: 120 });
}

const ORDINARY = fc.double({ min: -60, max: 60, noNaN: true });
const HOSTILE = fc.oneof(
	{ weight: 8, arbitrary: ORDINARY },
	fc.double(),
	fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0),
);

describe("the table", () => {
	it("has weights that sum to 1 in each pillar and over the pillars", () => {
		for (const pillar of PILLARS) {
			const own = COMPONENT_NAMES.filter((name) => COMPONENTS[name].pillar === pillar);
			expect(
				own.reduce((sum, name) => sum + COMPONENTS[name].weight, 0),
				pillar,
			).toBeCloseTo(1, 12);
		}
		expect(PILLARS.reduce((sum, pillar) => sum + PILLAR_WEIGHTS[pillar], 0)).toBeCloseTo(1, 12);
		expect(COMPONENT_NAMES.filter((name) => COMPONENTS[name].vital).length).toBe(10);
	});

	it("gives s when every component is at s, unless s is capped by being vital", () => {
		const chs = started();
		for (const level of [0, 0.2, 0.55, 0.6, 0.75, 0.9, 1]) {
			for (const pillar of PILLARS) chs.pillars[pillar] = level;
			for (const name of COMPONENT_NAMES) chs.scores[name] = level;
			chs.vitalRisk = level;
			chs.vitalExecution = level;
			compose(chs);
			expect(scoreOf(chs)).toBeCloseTo(level, 12);
		}
	});
});

describe("score and snapshot", () => {
	it("agree exactly, stay in 0..1 and survive JSON over any events, hostile numbers included", () => {
		fc.assert(
			fc.property(randomEvents(HOSTILE), fc.nat(120), (events, cut) => {
				const chs = started();
				let twin = started();
				const breaker = createBreaker(0.55);
				events.forEach((event, index) => {
					apply(chs, event);
					apply(twin, event);
					if (index === cut) twin = JSON.parse(JSON.stringify(twin));
					const score = scoreOf(chs);
					expect(snapshotOf(chs).chs).toBe(score);
					expect(score >= 0 && score <= 1).toBe(true);
					stepBreaker(breaker, readingOf(chs), chs.trades, index * 1000);
					if (allowsRisk(breaker, score, 0)) expect(chs.faults).toBe(0);
				});
				const plain = JSON.parse(JSON.stringify(chs));
				expect(JSON.stringify(twin)).toBe(JSON.stringify(plain));
				for (const name of COMPONENT_NAMES) expect(typeof plain.scores[name], name).toBe("number");
			}),
			{ numRuns: 200 },
		);
	});

	it("names the weakest component of each pillar and the evidence", () => {
		const chs = healthy();
		onAccount(chs, 8400, null, 0);
		const snapshot = snapshotOf(chs);
		expect(snapshot.weakestOf.risk).toBe("drawdown");
		expect(snapshot.evidence).toEqual({ trades: 40, orders: 40, bars: 120, ticks: 200 });
		expect(snapshot.capBy).toBe("drawdown");
	});

	it("the same account or clock twice changes nothing", () => {
		fc.assert(
			fc.property(randomEvents(ORDINARY), ORDINARY, (events, a) => {
				const chs = started();
				for (const event of events) apply(chs, event);
				for (const kind of ["account", "clock"]) {
					const event = { kind, a, b: 1, c: 2, flag: true };
					apply(chs, event);
					const once = JSON.stringify(chs);
					apply(chs, event);
					expect(JSON.stringify(chs)).toBe(once);
				}
			}),
			{ numRuns: 50 },
		);
	});

	it("reading changes nothing", () => {
		const chs = healthy();
		const before = JSON.stringify(chs);
		scoreOf(chs);
		snapshotOf(chs);
		carryOf(chs);
		readingOf(chs);
		expect(JSON.stringify(chs)).toBe(before);
	});
});

describe("a loss", () => {
	const losses = fc.double({ min: -5, max: -0.01, noNaN: true });
	const trades = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 30, maxLength: 90 });

	it("never raises Omega or the edge once evidence is complete", () => {
		fc.assert(
			fc.property(trades, losses, (before, loss) => {
				const chs = started();
				for (const r of before) onTrade(chs, { r, mfe: 1, mae: 1, shadow: false });
				const { omega, edge } = chs.scores;
				onTrade(chs, { r: loss, mfe: 1, mae: 1, shadow: false });
				expect(chs.scores.omega).toBeLessThanOrEqual(omega + 1e-12);
				expect(chs.scores.edge).toBeLessThanOrEqual(edge + 1e-12);
			}),
			{ numRuns: 100 },
		);
	});

	it("of the largest size never raises the agent pillar (a small one may: it lowers the mean loss and so lifts the payoff)", () => {
		fc.assert(
			fc.property(trades, (before) => {
				const chs = started();
				for (const r of before) onTrade(chs, { r, mfe: 1, mae: 1, shadow: false });
				const { agent } = chs.pillars;
				onTrade(chs, { r: -5, mfe: 1, mae: 1, shadow: false });
				expect(chs.pillars.agent).toBeLessThanOrEqual(agent + 1e-12);
			}),
			{ numRuns: 100 },
		);
	});
});

describe("an input that is no number", () => {
	const bad: readonly (readonly [string, (chs: Chs, value: number) => void])[] = [
		["equity", (chs, value) => onAccount(chs, value, null, 0)],
		["margin level", (chs, value) => onAccount(chs, 10_000, value, 0)],
		["open loss", (chs, value) => onAccount(chs, 10_000, null, value)],
		["tick time", (chs, value) => onTick(chs, value)],
		["clock", (chs, value) => onClock(chs, value, true)],
		["latency", (chs, value) => onOrder(chs, { ...FILL, latencyMs: value })],
		["slippage", (chs, value) => onOrder(chs, { ...FILL, slippageR: value })],
		["exposure", (chs, value) => onOrder(chs, { ...FILL, exposureR: value })],
		["result", (chs, value) => onTrade(chs, { r: value, mfe: 1, mae: 1, shadow: false })],
		["favourable excursion", (chs, value) => onTrade(chs, { r: 1, mfe: value, mae: 1, shadow: true })],
		["adverse excursion", (chs, value) => onTrade(chs, { r: 1, mfe: 1, mae: value, shadow: false })],
		["start equity", (chs, value) => onStart(chs, 0, value)],
	];
	it.each(bad)("%s: the score is 0, the breaker opens latched and refuses risk, at once", (_name, send) => {
		for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
			const chs = healthy();
			const breaker = createBreaker(0.55);
			expect(scoreOf(chs)).toBeGreaterThan(0.9);
			send(chs, value);
			expect(scoreOf(chs)).toBe(0);
			expect(snapshotOf(chs).capBy).toBe("input");
			expect(stepBreaker(breaker, readingOf(chs), chs.trades, 0)).toMatchObject({ what: "trip", cause: "input", latched: true });
			expect(allowsRisk(breaker, scoreOf(chs), 0)).toBe(false);
			expect(JSON.parse(JSON.stringify(chs))).toEqual(chs);
		}
	});

	it.each([
		["account", (chs: Chs) => onAccount(chs, Number.NaN, null, 0), (chs: Chs) => onAccount(chs, 10_000, null, 0)],
		["clock", (chs: Chs) => onClock(chs, Number.NaN, true), (chs: Chs) => onClock(chs, 200_000, true)],
		["tick", (chs: Chs) => onTick(chs, Number.NaN), (chs: Chs) => onTick(chs, 200_000)],
		["order", (chs: Chs) => onOrder(chs, { ...FILL, latencyMs: Number.NaN }), rebase],
		["trade", (chs: Chs) => onTrade(chs, { r: Number.NaN, mfe: 1, mae: 1, shadow: false }), rebase],
	])("%s: the score comes back with the next readable one, or for orders and trades with a rebase", (_name, breakIt, mend) => {
		const chs = healthy();
		breakIt(chs);
		expect(scoreOf(chs)).toBe(0);
		mend(chs);
		expect(scoreOf(chs)).toBeGreaterThan(0.9);
	});

	it("an unreadable trade is not counted", () => {
		const chs = healthy();
		onTrade(chs, { r: Number.NaN, mfe: 1, mae: 1, shadow: false });
		expect(chs.trades).toBe(40);
	});

	it.each([
		["risk fraction 0", { ...TERMS, riskFraction: 0 }],
		["risk fraction NaN", { ...TERMS, riskFraction: Number.NaN }],
		["trip level NaN", { ...TERMS, tripLevel: Number.NaN }],
		["trip level above 1", { ...TERMS, tripLevel: 1.5 }],
		["carry with NaN", { ...TERMS, carry: { ...carryOf(healthy()), overshoot: Number.NaN } }],
	])("settings: %s keep the score at 0", (_name, terms) => {
		const chs = createChs(terms);
		onStart(chs, 0, 10_000);
		expect(scoreOf(chs)).toBe(0);
		expect(JSON.parse(JSON.stringify(chs))).toEqual(chs);
	});

	it("no score before the start", () => {
		expect(scoreOf(createChs(TERMS))).toBe(0);
		expect(scoreOf(started())).toBe(NEUTRAL);
	});
});

describe("the feed's age", () => {
	it("does not grow while the market is closed, and a tick from the future counts as one of now", () => {
		const chs = started();
		onTick(chs, 1000);
		onClock(chs, 6000, true);
		expect(snapshotOf(chs).raw.feed).toBeCloseTo(5 / 30, 12);
		onClock(chs, 3_600_000, false);
		expect(snapshotOf(chs).raw.feed).toBeCloseTo(5 / 30, 12);
		onTick(chs, 9e15);
		onClock(chs, 3_601_000, true);
		onClock(chs, 3_661_000, true);
		expect(snapshotOf(chs).raw.feed).toBeCloseTo(2, 12);
		expect(scoreOf(chs)).toBeLessThan(0.55);
	});

	it("fails when no tick ever comes", () => {
		const chs = started();
		onClock(chs, 31_000, true);
		expect(snapshotOf(chs).capBy).toBe("feed");
		expect(scoreOf(chs)).toBeLessThan(0.55);
	});
});

describe("carry", () => {
	it("goes on where the session ended, and a copy shares nothing", () => {
		const first = healthy();
		const carry = carryOf(first);
		const text = JSON.stringify(carry);
		const next = createChs({ ...TERMS, carry: JSON.parse(text) });
		onStart(next, 0, 5000);
		expect(next.pillars.agent).toBe(first.pillars.agent);
		expect(next.arms).toEqual(first.arms);
		onTrade(first, { r: -5, mfe: 0, mae: 5, shadow: false });
		onTrade(next, { r: -5, mfe: 0, mae: 5, shadow: false });
		expect(JSON.stringify(carry)).toBe(text);
		expect(next.pillars.agent).toBe(first.pillars.agent);
	});

	it("uses a record from an earlier stage at once", () => {
		const { record } = carryOf(healthy());
		const next = createChs({ ...TERMS, record });
		expect(next.baseline.mean).not.toBe(createChs(TERMS).baseline.mean);
		expect(next.trades).toBe(0);
	});

	it.each([
		["nothing", undefined],
		["text", "carry"],
		["a number", 7],
		["a list", []],
		["an empty record", {}],
		["a missing arm", { ...carryOf(healthy()), arms: { gone: 0, leak: 0 } }],
		["a null inside", { ...carryOf(healthy()), overshoot: null }],
		["a negative count", { ...carryOf(healthy()), trades: -1 }],
		["a negative arm", { ...carryOf(healthy()), arms: { gone: -50, inverted: 0, leak: 0 } }],
	])("read from a file: refuses %s", (_name, value) => {
		expect(readCarry(value)).toBeNull();
	});

	it("read from a file: accepts its own", () => {
		const carry = carryOf(healthy());
		expect(readCarry(JSON.parse(JSON.stringify(carry)))).toEqual(carry);
	});
});

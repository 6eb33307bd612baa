import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acceptLosses, checkEquity, createLosses, type LossBasis } from "../../../src/engine/limits/losses.ts";
import { defaultRules, limitsOff, type Rules } from "../../../src/engine/rules.ts";
import { UNLIMITED } from "../../../src/engine/rules-table.ts";

const DAY = 86_400_000;
const T0 = 20_000 * DAY + 12 * 3_600_000;
const BASIS: LossBasis = { equity: 10_000, dayStart: null, peakEquity: null, bestProfit: null };
/** Only the limit under test is on. */
const only = (changes: Partial<Rules>): Rules => ({ ...limitsOff(defaultRules("virtual")), ...changes });

describe("loss limits fire beyond the limit and not at it", () => {
	it.each([
		["C21", "SESSION_LOSS", "KILLED", { sessionLossPct: 5 }, 9500, 9499.99, "session loss 5.00 %: from 10000.00 to 9499.99, limit 5 %"],
		["C22", "DAILY_LOSS", "KILLED", { dailyLossPct: 10 }, 9000, 8999.99, "daily loss 10.00 %: from 10000.00 to 8999.99, limit 10 %"],
		["C23", "DRAWDOWN", "HALTED", { drawdownPct: 10 }, 9000, 8999.99, "drawdown 10.00 %: from 10000.00 to 8999.99, limit 10 %"],
		["C24", "LOSS_SPEED", "KILLED", { lossSpeedPct: 4 }, 9600, 9599.99, "fall within 60 s 4.00 %: from 10000.00 to 9599.99, limit 4 %"],
	] as const)("%s %s -> %s", (control, code, state, rules, silent, fires, reason) => {
		const losses = createLosses(only(rules), T0, BASIS);
		expect(checkEquity(losses, only(rules), T0 + 1000, silent)).toBeNull();
		expect(checkEquity(losses, only(rules), T0 + 2000, fires)).toMatchObject({ control, code, state, reason });
		expect(checkEquity(losses, only(rules), T0 + 3000, fires - 100), "fires once").toBeNull();
	});

	it("fires at the virtual defaults 5, 10 and 4 percent in order of gravity", () => {
		const rules = defaultRules("virtual");
		const losses = createLosses(rules, T0, BASIS);
		const codes = [1, 2, 3, 4].map((second) => checkEquity(losses, rules, T0 + second, 8900)?.code ?? null);
		expect(codes).toEqual(["DAILY_LOSS", "SESSION_LOSS", "LOSS_SPEED", null]);
	});
});

describe("C22 daily loss", () => {
	const rules = only({ dailyLossPct: 10 });
	it("starts anew at broker midnight from the last equity of the old day, and cannot be reset before", () => {
		const losses = createLosses(rules, T0, BASIS);
		expect(checkEquity(losses, rules, T0 + 1000, 9100)).toBeNull();
		const midnight = 20_001 * DAY;
		expect(checkEquity(losses, rules, midnight, 8200), "8200 is 9.9 % below 9100").toBeNull();
		expect(checkEquity(losses, rules, midnight + 1, 8189)).toMatchObject({ code: "DAILY_LOSS", until: 20_002 * DAY });
	});

	it("is kept across a restart of the same day and dropped on another", () => {
		const start = (day: number) => createLosses(rules, T0, { ...BASIS, equity: 9100, dayStart: { day, equity: 10_000 } });
		expect(checkEquity(start(20_000), rules, T0 + 1, 8999)).toMatchObject({ code: "DAILY_LOSS" });
		expect(checkEquity(start(19_999), rules, T0 + 1, 8999)).toBeNull();
	});
});

describe("C23 drawdown", () => {
	const rules = only({ drawdownPct: 10 });
	it("counts from the highest equity, also from an earlier session's", () => {
		const losses = createLosses(rules, T0, BASIS);
		expect(checkEquity(losses, rules, T0 + 1, 12_000)).toBeNull();
		expect(checkEquity(losses, rules, T0 + 2, 10_800)).toBeNull();
		expect(checkEquity(losses, rules, T0 + 3, 10_799)).toMatchObject({ code: "DRAWDOWN" });
		expect(checkEquity(createLosses(rules, T0, { ...BASIS, peakEquity: 12_000 }), rules, T0 + 1, 10_799)).toMatchObject({ code: "DRAWDOWN" });
	});

	it("fires again after an accepted loss only for a further fall", () => {
		const losses = createLosses(rules, T0, BASIS);
		expect(checkEquity(losses, rules, T0 + 1, 8900)).toMatchObject({ code: "DRAWDOWN" });
		acceptLosses(losses, rules, T0 + 2);
		expect(checkEquity(losses, rules, T0 + 3, 8011)).toBeNull();
		expect(checkEquity(losses, rules, T0 + 4, 8009)).toMatchObject({ code: "DRAWDOWN" });
	});
});

describe("C24 loss speed", () => {
	const rules = only({ lossSpeedPct: 0.5, lossSpeedWindowMs: 60_000 });
	it("forgets what is more than a minute ago", () => {
		const losses = createLosses(rules, T0, BASIS);
		for (let second = 1; second <= 300; second++) expect(checkEquity(losses, rules, T0 + second * 1000, 10_000 - second * 0.8)).toBeNull();
		expect(losses.sliceMax.length).toBeLessThanOrEqual(61);
	});

	it("sees a fall from a peak in the middle of the window", () => {
		const losses = createLosses(rules, T0, BASIS);
		expect(checkEquity(losses, rules, T0 + 10_000, 10_040)).toBeNull();
		expect(checkEquity(losses, rules, T0 + 20_000, 9995)).toBeNull();
		expect(checkEquity(losses, rules, T0 + 69_000, 9989)).toMatchObject({ code: "LOSS_SPEED" });
	});

	it("keeps a value between the peak and the floor, so that a later fall from it counts", () => {
		const losses = createLosses(rules, T0, BASIS);
		expect(checkEquity(losses, rules, T0 + 30_000, 9990)).toBeNull();
		expect(checkEquity(losses, rules, T0 + 65_000, 9945), "0.45 % below 9990; 10000 has left the window").toBeNull();
		expect(checkEquity(losses, rules, T0 + 80_000, 9940), "0.50 % below 9990").toMatchObject({ code: "LOSS_SPEED" });
	});

	it("agrees with a slow model to one slice, on any path", () => {
		const move = fc.record({ dt: fc.integer({ min: 1, max: 20_000 }), equity: fc.integer({ min: 9900, max: 10_100 }) });
		fc.assert(
			fc.property(fc.array(move, { minLength: 1, maxLength: 80 }), (moves) => {
				const losses = createLosses(rules, T0, BASIS);
				const seen = [{ at: T0, equity: 10_000 }];
				let at = T0;
				for (const { dt, equity } of moves) {
					at += dt;
					seen.push({ at, equity });
					const within = (ms: number) => Math.max(...seen.filter((one) => one.at > at - ms).map((one) => one.equity));
					const fired = checkEquity(losses, rules, at, equity) !== null;
					if (equity < within(60_000) * 0.995) expect(fired).toBe(true);
					if (equity >= within(61_001) * 0.995) expect(fired).toBe(false);
					if (fired) acceptLosses(losses, rules, at);
					if (fired) seen.splice(0, seen.length, { at, equity });
				}
			}),
			{ numRuns: 500 },
		);
	});
});

describe("C24 profit sanity", () => {
	const rules = only({ profitSanityMultiple: 3, profitSanityFloorPct: 5 });
	it.each([
		[null, 20_000, null],
		[300, 10_900, null],
		[300, 10_900.01, "PROFIT_SANITY"],
		[10, 10_500, null],
		[10, 10_500.01, "PROFIT_SANITY"],
	])("best session %s, equity %s -> %s", (bestProfit, equity, code) => {
		const losses = createLosses(rules, T0, { ...BASIS, bestProfit });
		expect(checkEquity(losses, rules, T0 + 1, equity)?.code ?? null).toBe(code);
	});
});

describe("any equity", () => {
	it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("%s kills", (equity) => {
		const rules = defaultRules("virtual");
		expect(checkEquity(createLosses(rules, T0, BASIS), rules, T0 + 1, equity)).toMatchObject({ code: "EQUITY_INVALID", state: "KILLED" });
	});

	it("nothing fires when limits are off", () => {
		const rules = limitsOff(defaultRules("virtual"));
		const losses = createLosses(rules, T0, { ...BASIS, bestProfit: 1 });
		for (const equity of [1, -50_000, 1e9]) expect(checkEquity(losses, rules, T0 + equity + 100_000, equity)).toBeNull();
		expect(rules.dailyLossPct).toBe(UNLIMITED);
	});

	it("continues identically from its JSON", () => {
		const rules = defaultRules("virtual");
		const losses = createLosses(rules, T0, BASIS);
		checkEquity(losses, rules, T0 + 1000, 10_050);
		const copy: typeof losses = JSON.parse(JSON.stringify(losses));
		expect(copy).toEqual(losses);
		expect(checkEquity(copy, rules, T0 + 2000, 9630)).toEqual(checkEquity(losses, rules, T0 + 2000, 9630));
		expect(copy).toEqual(losses);
	});
});

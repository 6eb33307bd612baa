import { describe, expect, it } from "vitest";
import { countSince, remember } from "../../../src/engine/limits/event-window.ts";
import { createLimits, onReset, onSent } from "../../../src/engine/limits/limits.ts";
import { createRates, isDuplicate, noteClose, noteSent, rateProblem, repeatProblem, type Sent } from "../../../src/engine/limits/rates.ts";
import { defaultRules, limitsOff } from "../../../src/engine/rules.ts";

const DAY = 86_400_000;
const T0 = 20_000 * DAY + 3_600_000;
const rules = defaultRules("virtual");
const entry = (intentId: number, side: "BUY" | "SELL" = "BUY", lots = 0.1): Sent => ({ purpose: "open", intentId, side, lots });

describe("C16 message rate", () => {
	it("lets three go at once, then one each two seconds", () => {
		const rates = createRates();
		for (let n = 1; n <= 3; n++) {
			expect(rateProblem(rates, rules, T0)).toBeNull();
			noteSent(rates, rules, T0, entry(n));
		}
		expect(rateProblem(rates, rules, T0 + 1999)).toEqual({ code: "RATE_BURST", got: 4, max: 3, until: T0 + 2000 });
		expect(rateProblem(rates, rules, T0 + 2000)).toBeNull();
		noteSent(rates, rules, T0 + 2000, entry(4));
		expect(rateProblem(rates, rules, T0 + 3999)?.code).toBe("RATE_BURST");
		expect(rateProblem(rates, rules, T0 + 4000)).toBeNull();
		expect(rateProblem(rates, rules, T0 + 10_000), "a rest fills the burst again").toBeNull();
	});

	it("counts closes and cancels without ever asking them, and they delay an entry by a burst at most", () => {
		const rates = createRates();
		for (let n = 1; n <= 50; n++) noteSent(rates, rules, T0, { purpose: n % 2 === 0 ? "close" : "cancel", intentId: n });
		expect(rates.sentToday).toBe(50);
		expect(rateProblem(rates, rules, T0 + 2000)).toBeNull();
	});

	it("allows 60 an hour and not 61", () => {
		const rates = createRates();
		for (let n = 1; n <= 60; n++) {
			expect(rateProblem(rates, rules, T0 + n * 50_000)).toBeNull();
			noteSent(rates, rules, T0 + n * 50_000, entry(n));
		}
		expect(rateProblem(rates, rules, T0 + 61 * 50_000)).toEqual({ code: "RATE_PER_HOUR", got: 61, max: 60, until: T0 + 50_000 + 3_600_000 });
		expect(rateProblem(rates, rules, T0 + 50_000 + 3_600_000)).toBeNull();
	});

	it("allows 200 a broker day and again after midnight", () => {
		const rates = createRates();
		for (let n = 1; n <= 200; n++) noteSent(rates, rules, T0 + n * 70_000, entry(n));
		expect(rateProblem(rates, rules, T0 + 201 * 70_000)).toMatchObject({ code: "RATE_PER_DAY", got: 201, max: 200, until: 20_001 * DAY });
		expect(rateProblem(rates, rules, 20_001 * DAY)).toBeNull();
	});
});

describe("C17 runaway entries", () => {
	it("allows five entries on a side without a close, and starts anew after one", () => {
		const rates = createRates();
		for (let n = 1; n <= 5; n++) {
			expect(repeatProblem(rates, rules, T0 + n * 200_000, "BUY")).toBeNull();
			noteSent(rates, rules, T0 + n * 200_000, entry(n));
		}
		expect(repeatProblem(rates, rules, T0 + 2_000_000, "BUY")).toEqual({ code: "REPEATED_ENTRIES", got: 6, max: 5, until: null });
		expect(repeatProblem(rates, rules, T0 + 2_000_000, "SELL")).toBeNull();
		noteClose(rates);
		expect(repeatProblem(rates, rules, T0 + 2_000_000, "BUY")).toBeNull();
	});

	it("allows ten entries in fifteen minutes", () => {
		const rates = createRates();
		for (let n = 1; n <= 10; n++) {
			expect(repeatProblem(rates, rules, T0 + n * 1000, "BUY")).toBeNull();
			noteSent(rates, rules, T0 + n * 1000, entry(n));
			noteClose(rates);
		}
		expect(repeatProblem(rates, rules, T0 + 11_000, "BUY")).toEqual({ code: "ENTRIES_PER_WINDOW", got: 11, max: 10, until: null });
		expect(repeatProblem(rates, rules, T0 + 1000 + 900_000, "BUY")).toBeNull();
	});

	it("allows six flips in ten minutes", () => {
		const rates = createRates();
		for (let n = 0; n <= 6; n++) {
			const side = n % 2 === 0 ? "BUY" : "SELL";
			expect(repeatProblem(rates, rules, T0 + n * 1000, side)).toBeNull();
			noteSent(rates, rules, T0 + n * 1000, entry(n + 1, side));
			noteClose(rates);
		}
		expect(repeatProblem(rates, rules, T0 + 7000, "SELL")).toEqual({ code: "SIDE_FLIPS", got: 7, max: 6, until: null });
		expect(repeatProblem(rates, rules, T0 + 7000, "BUY")).toBeNull();
	});
});

describe("C13 duplicates", () => {
	it.each([
		[4999, "BUY", 0.1, true],
		[5000, "BUY", 0.1, false],
		[100, "SELL", 0.1, false],
		[100, "BUY", 0.11, false],
	] as const)("%i ms later %s %d -> %s", (later, side, lots, expected) => {
		const rates = createRates();
		noteSent(rates, rules, T0, entry(1));
		expect(isDuplicate(rates, rules, T0 + later, side, lots)).toBe(expected);
	});
});

describe("C20 entries of the session", () => {
	it("turns to REDUCING with the last one sent, whatever became of it", () => {
		const limits = createLimits(rules, 10_000, T0, { maxTrades: 2 });
		expect(onSent(limits, rules, T0, entry(1))).toBeNull();
		expect(onSent(limits, rules, T0, { purpose: "close", intentId: 2 })).toBeNull();
		expect(onSent(limits, rules, T0 + 5000, entry(3))).toMatchObject({
			control: "C20",
			code: "ENTRIES_USED_UP",
			state: "REDUCING",
			reason: "2 of 2 entries sent",
		});
	});

	it.each([
		["virtual", null, 1e15],
		["virtual", 10, 10],
		["demo", null, 10],
		["demo", 50, 10],
		["live", 3, 3],
	] as const)("%s with --max-trades %s allows %s", (mode, maxTrades, expected) => {
		expect(createLimits(defaultRules(mode), 10_000, T0, { maxTrades }).maxTrades).toBe(expected);
	});
});

describe("memory", () => {
	it("stays bounded without limits and with them", () => {
		const off = limitsOff(rules);
		const free = createRates();
		const held = createRates();
		for (let n = 1; n <= 5000; n++) {
			noteSent(free, off, T0 + n, entry(n, n % 2 === 0 ? "BUY" : "SELL"));
			noteSent(held, rules, T0 + n, entry(n, n % 2 === 0 ? "BUY" : "SELL"));
		}
		expect(JSON.stringify(free).length).toBeLessThan(10_000);
		expect(JSON.stringify(held).length).toBeLessThan(10_000);
		expect(rateProblem(free, off, T0 + 5001)).toBeNull();
		expect(repeatProblem(free, off, T0 + 5001, "BUY")).toBeNull();
	});

	it("an event exactly one span ago has left the window", () => {
		const window: number[] = [];
		remember(window, 1000, 100, 10);
		expect([countSince(window, 1099, 100), countSince(window, 1100, 100)]).toEqual([1, 0]);
	});
});

describe("reset", () => {
	it("starts the counters anew but not the intents and the entries of the session", () => {
		const limits = createLimits(rules, 10_000, T0);
		for (let n = 1; n <= 5; n++) onSent(limits, rules, T0 + n * 5000, entry(n));
		onReset(limits, rules, T0 + 60_000, ["C17"]);
		expect(repeatProblem(limits.rates, rules, T0 + 60_000, "BUY")).toBeNull();
		expect([limits.rates.entriesSent, limits.rates.lastIntentId]).toEqual([5, 5]);
	});
});

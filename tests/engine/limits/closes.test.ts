import { describe, expect, it } from "vitest";
import { type ClosedTrade, createCloses, noteClosedTrade } from "../../../src/engine/limits/closes.ts";
import { defaultRules } from "../../../src/engine/rules.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const T0 = 20_000 * DAY + 10 * 3_600_000;
const rules = defaultRules("virtual");
const LOSS: ClosedTrade = { net: -1, reason: "EXPERT" };
const WIN: ClosedTrade = { net: 1, reason: "TP" };
const STOP: ClosedTrade = { net: -10, reason: "SL" };

/** Closes the trades five minutes apart and tells what each caused. */
function run(trades: readonly ClosedTrade[], gapMinutes = 5, from = T0) {
	const closes = createCloses();
	return trades.map((trade, index) => noteClosedTrade(closes, rules, from + index * gapMinutes * MINUTE, trade));
}

describe("C26 losing streak", () => {
	it("pauses at the fourth loss in a row for fifteen minutes (virtual), not at the third", () => {
		const [, , third, fourth] = run([LOSS, LOSS, LOSS, LOSS]);
		expect(third).toBeNull();
		expect(fourth).toMatchObject({ control: "C26", code: "LOSING_STREAK", state: "PAUSED", until: T0 + 15 * MINUTE + 15 * MINUTE });
		expect(fourth?.reason).toBe("4 losing closes in a row, limit 4: no entries for 15 minutes");
	});

	it.each([
		["a win", WIN, null],
		["a result of exactly 0", { net: 0, reason: "EXPERT" } as const, null],
		["a result that is not a number", { net: Number.NaN, reason: "EXPERT" } as const, "LOSING_STREAK"],
	])("%s in the middle -> %s", (_name, middle, code) => {
		expect(run([LOSS, LOSS, middle, LOSS])[3]?.code ?? null).toBe(code);
	});

	it("halts at the second streak of the broker day", () => {
		expect(run(Array(8).fill(LOSS))[7]).toMatchObject({ code: "LOSING_STREAKS", state: "HALTED", until: null });
	});

	it("pauses again when the second streak falls on another day", () => {
		const nearMidnight = 20_001 * DAY - 20 * MINUTE;
		expect(run(Array(8).fill(LOSS), 5, nearMidnight)[7]).toMatchObject({ code: "LOSING_STREAK", state: "PAUSED" });
	});
});

describe("C27 stop guard", () => {
	it("pauses at the third losing stop within sixty minutes", () => {
		const [, second, , third] = run([STOP, STOP, WIN, STOP]);
		expect(second).toBeNull();
		expect(third).toMatchObject({ control: "C27", code: "STOP_GUARD", state: "PAUSED", until: T0 + 30 * MINUTE });
	});

	it("a stop sixty minutes ago no longer counts, one minute less does", () => {
		expect(run([STOP, WIN, STOP, WIN, STOP], 15)[4]).toBeNull();
		expect(run([STOP, WIN, STOP, WIN, STOP], 14.75)[4]).toMatchObject({ code: "STOP_GUARD" });
	});

	it("a stop in profit is no stop-out, a forced close is", () => {
		const trailed: ClosedTrade = { net: 5, reason: "SL" };
		expect(run([trailed, trailed, trailed])[2]).toBeNull();
		expect(run([STOP, WIN, { net: -1, reason: "SO" }, WIN, STOP])[4]).toMatchObject({ code: "STOP_GUARD" });
	});
});

describe("C28 cooldown", () => {
	it("starts with every close", () => {
		const closes = createCloses();
		noteClosedTrade(closes, rules, T0, WIN);
		expect(closes.cooldownUntil).toBe(T0 + 60_000);
		expect(JSON.parse(JSON.stringify(closes))).toEqual(closes);
	});
});

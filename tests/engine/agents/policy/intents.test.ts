import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actionsToIntents } from "../../../../src/engine/agents/policy/intents.ts";
import type { PolicyAction } from "../../../../src/engine/agents/policy/manifest.ts";
import { readIntents } from "../../../../src/engine/agents/read-intents.ts";
import { ACTIONS, position, shortly, viewOf } from "../../../helpers/policy-view.ts";

const SIZING = { riskShare: 0.5, stopAtr: 2, targetAtr: 3 };
const HELD_BACK = { mayEnter: false, control: "C28", reason: "cooldown" } as const;
const ENTRY = "open BUY 0.5 stop 20 target 30";

const CASES: readonly (readonly [what: string, action: PolicyAction, seen: Parameters<typeof viewOf>[0], wanted: string])[] = [
	["hold when flat", "hold", {}, ""],
	["hold with a position", "hold", { positions: [position("BUY")] }, ""],
	["close when flat", "close", {}, ""],
	["close leaves every own position", "close", { positions: [position("BUY", 5), position("SELL", 6)] }, "close 5 + close 6"],
	["buy when flat", "buy", {}, ENTRY],
	["sell when flat", "sell", {}, "open SELL 0.5 stop 20 target 30"],
	["buy with a long position", "buy", { positions: [position("BUY")] }, ""],
	["buy with a short position turns it round", "buy", { positions: [position("SELL")] }, `close 5 + ${ENTRY}`],
	["sell with a long position turns it round", "sell", { positions: [position("BUY")] }, "close 5 + open SELL 0.5 stop 20 target 30"],
	["buy between both sides leaves the short one", "buy", { positions: [position("SELL", 5), position("BUY", 6)] }, "close 5"],
	["buy while the range is unknown", "buy", { atrPoints: null }, ""],
	["buy while nothing moves", "buy", { atrPoints: 0 }, ""],
	["buy against a short position while the range is unknown", "buy", { atrPoints: null, positions: [position("SELL")] }, "close 5"],
	["buy while no entry is allowed", "buy", { entry: HELD_BACK }, ""],
	["buy against a short position while no entry is allowed", "buy", { entry: HELD_BACK, positions: [position("SELL")] }, "close 5"],
	["a stop of part of a point is rounded away from the price", "buy", { atrPoints: 10.1 }, "open BUY 0.5 stop 21 target 31"],
];

describe("actionsToIntents", () => {
	it.each(CASES)("%s", (_what, action, seen, wanted) => {
		expect(shortly(actionsToIntents(action, viewOf(seen), SIZING, "why"))).toBe(wanted);
	});

	it("sets no target without one", () => {
		expect(shortly(actionsToIntents("buy", viewOf(), { ...SIZING, targetAtr: null }, "why"))).toBe("open BUY 0.5 stop 20 target null");
	});

	it("asks for permission only when it would enter, because a no is counted", () => {
		const seen = viewOf({ positions: [position("BUY")] });
		const view = Object.defineProperty({ ...seen }, "entry", {
			get: () => {
				throw new Error("asked");
			},
		});
		for (const action of ["hold", "close", "buy"] as const) expect(() => actionsToIntents(action, view, SIZING, "why")).not.toThrow();
		expect(() => actionsToIntents("sell", view, SIZING, "why")).toThrow("asked");
	});

	it("only ever asks for what the engine can read, one entry at most, and never both keeps and leaves a position", () => {
		const sides = fc.array(fc.constantFrom("BUY" as const, "SELL" as const), { maxLength: 4 });
		const atr = fc.oneof(fc.constant(null), fc.double({ min: 0, max: 1e6, noNaN: true }));
		fc.assert(
			fc.property(fc.constantFrom(...ACTIONS), sides, atr, fc.boolean(), (action, held, atrPoints, isAllowed) => {
				const positions = held.map((side, index) => position(side, index));
				const view = viewOf({ positions, atrPoints, entry: isAllowed ? { mayEnter: true } : HELD_BACK });
				const intents = actionsToIntents(action, view, SIZING, "why");
				expect(readIntents(intents, 10)).toEqual({ intents, problems: [] });
				const opened = intents.filter((intent) => intent.kind === "open");
				expect(opened.length).toBeLessThanOrEqual(isAllowed && atrPoints !== null ? 1 : 0);
				const closed = new Set(intents.flatMap((intent) => (intent.kind === "close" ? [intent.positionId] : [])));
				if (opened.length > 0) expect(closed.size).toBe(positions.length);
				expect(closed.size).toBe(intents.length - opened.length);
			}),
		);
	});
});

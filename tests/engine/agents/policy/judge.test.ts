import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawn, judge, type OutputForm } from "../../../../src/engine/agents/policy/judge.ts";
import { ACTIONS } from "../../../helpers/policy-view.ts";

const LOGITS: OutputForm = { output: { kind: "action-logits", actions: ACTIONS }, count: 4 };
const RETURNS: OutputForm = { output: { kind: "q-values", actions: ACTIONS }, count: 4 };
const CHOICE: OutputForm = { ...LOGITS, count: 1 };
const EXPOSURE = exposure(0.2);

function exposure(deadband: number): OutputForm {
	return { output: { kind: "continuous", deadband }, count: 1 };
}

const CASES: readonly (readonly [what: string, form: OutputForm, values: readonly number[], action: string, why: string])[] = [
	["logits become shares", LOGITS, [0, Math.log(3), 0, Math.log(5)], "close", "close 0.50 (hold 0.10, buy 0.30, sell 0.10)"],
	["shares of a network that ends in softmax stay", LOGITS, [0.3, 0.62, 0.06, 0.02], "buy", "buy 0.62 (hold 0.30, sell 0.06, close 0.02)"],
	["the first of equals wins", LOGITS, [1, 2, 2, 0], "buy", "buy 0.40 (hold 0.15, sell 0.40, close 0.05)"],
	["all equal is the first", LOGITS, [0, 0, 0, 0], "hold", "hold 0.25 (buy 0.25, sell 0.25, close 0.25)"],
	["large logits do not overflow", LOGITS, [1000, 0, 0, 0], "hold", "hold 1.00 (buy 0.00, sell 0.00, close 0.00)"],
	["expected returns are told as they are", RETURNS, [0.01, -0.2, 0.0123, 0], "sell", "sell 0.0123 (hold 0.0100, buy -0.2000, close 0.0000)"],
	["a long exposure", EXPOSURE, [0.6], "buy", "exposure 0.60"],
	["a short one beyond its range", EXPOSURE, [-3], "sell", "exposure -1.00"],
	["a long one beyond its range", EXPOSURE, [3], "buy", "exposure 1.00"],
	["none, written as minus nothing", exposure(0), [-0], "close", "exposure 0.00"],
	["the smallest there is, without a deadband", exposure(0), [5e-324], "buy", "exposure 0.00"],
	["zeros of both signs are equal", LOGITS, [-0, 0, -0, 0], "hold", "hold 0.25 (buy 0.25, sell 0.25, close 0.25)"],
	["logits one of which is below zero are no shares", LOGITS, [-0.5, 1.5, 0, 0], "buy", "buy 0.63 (hold 0.09, sell 0.14, close 0.14)"],
	["nor are those that add up to less than one", LOGITS, [0.1, 0.2, 0, 0], "buy", "buy 0.28 (hold 0.26, sell 0.23, close 0.23)"],
	["returns that look like shares are returns", RETURNS, [0.5, 0.5, 0, 0], "hold", "hold 0.5000 (buy 0.5000, sell 0.0000, close 0.0000)"],
	["one within the deadband", EXPOSURE, [0.19], "close", "exposure 0.19"],
	["one at the deadband", EXPOSURE, [0.2], "buy", "exposure 0.20"],
	["the choice alone", CHOICE, [3], "close", "close (the network tells its choice alone)"],
	["the choice alone, of returns", { ...RETURNS, count: 1 }, [0], "hold", "hold (the network tells its choice alone)"],
	["none without a deadband", exposure(0), [0], "close", "exposure 0.00"],
];

describe("judge", () => {
	it.each(CASES)("%s", (_what, form, values, action, why) => {
		expect(judge(form, values)).toMatchObject({ action, why });
	});

	it.each([
		["NaN", [0, Number.NaN, 0, 0], "output 1 (buy) of the policy is NaN, not a finite number"],
		["infinity", [0, 0, 0, Number.POSITIVE_INFINITY], "output 3 (close) of the policy is Infinity, not a finite number"],
		["minus infinity", [Number.NEGATIVE_INFINITY, 0, 0, 0], "output 0 (hold) of the policy is -Infinity, not a finite number"],
		["too few", [0, 0], "the policy gave 2 outputs, not 4"],
		["too many", [0, 0, 0, 0, 9], "the policy gave 5 outputs, not 4"],
		["none", [], "the policy gave 0 outputs, not 4"],
	])("throws on %s", (_what, values, message) => {
		expect(() => judge(LOGITS, values)).toThrow(message);
	});

	it.each([
		["none", [4], "the policy chose action 4; there are 0 to 3"],
		["below the first", [-1], "the policy chose action -1; there are 0 to 3"],
		["between two", [0.5], "the policy chose action 0.5; there are 0 to 3"],
		["no number", [Number.NaN], "output 0 of the policy is NaN, not a finite number"],
		["missing", [], "the policy gave 0 outputs, not 1"],
		["values", [0, 1, 0, 0], "the policy gave 4 outputs, not 1"],
	])("throws on a choice that is %s", (_what, values, message) => {
		expect(() => judge(CHOICE, values)).toThrow(message);
	});

	it("does not take a single number for a choice where values are due", () => {
		expect(() => judge(LOGITS, [1])).toThrow("the policy gave 1 outputs, not 4");
	});

	it("scales the risk by the size of an exposure only", () => {
		expect(judge(EXPOSURE, [-0.5]).size).toBe(0.5);
		expect(judge(EXPOSURE, [7]).size).toBe(1);
		expect(judge(EXPOSURE, [-7]).size).toBe(1);
		expect(judge(LOGITS, [0, 9, 0, 0]).size).toBe(1);
	});

	it("is as sure as its shares, which add up to one", () => {
		fc.assert(
			fc.property(fc.array(fc.float({ min: -50, max: 50, noNaN: true }), { minLength: 4, maxLength: 4 }), (values) => {
				const { shares, confidence, action } = judge(LOGITS, values);
				expect((shares ?? []).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 3);
				expect(confidence).toBe(Math.max(...(shares ?? [])));
				expect(values[ACTIONS.indexOf(action)]).toBe(Math.max(...values));
			}),
		);
	});
});

describe("drawn", () => {
	const judgement = judge(LOGITS, [0.1, 0.2, 0.3, 0.4]);

	it.each([
		[0, "hold"],
		[0.05, "hold"],
		[0.15, "buy"],
		[0.45, "sell"],
		[0.95, "close"],
		[0.999999999, "close"],
	] as const)("answers %d by the shares", (draw, action) => {
		const { action: chosen, confidence } = drawn(judgement, ACTIONS, draw);
		expect(chosen).toBe(action);
		expect(confidence).toBeCloseTo(judgement.shares?.[ACTIONS.indexOf(action)] ?? -1);
	});

	it("takes the last where shares add up to less than one, and never a share of nothing", () => {
		expect(drawn({ ...judgement, shares: [0.1, 0.2, 0.3, 0.3] }, ACTIONS, 0.95).action).toBe("close");
		expect(drawn({ ...judgement, shares: [0, 0, 1, 0] }, ACTIONS, 0).action).toBe("sell");
	});

	it("is only as sure of what was drawn from returns as their softmax", () => {
		expect(judge(RETURNS, [0.5, 0.5, 0, 0]).confidence).toBeCloseTo(Math.exp(0.5) / (2 * Math.exp(0.5) + 2), 10);
	});

	it("leaves an exposure as it is", () => {
		const exposure = judge(EXPOSURE, [0.5]);
		expect(drawn(exposure, ACTIONS, 0.9)).toBe(exposure);
	});
});

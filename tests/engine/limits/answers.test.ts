import { describe, expect, it } from "vitest";
import { createAnswers, noteAgentFault, noteAnswer, noteDenied, noteSlippage } from "../../../src/engine/limits/answers.ts";
import { defaultRules } from "../../../src/engine/rules.ts";

const T0 = 1_700_000_000_000;
const MINUTE = 60_000;
const rules = defaultRules("virtual");
const denied = (control: string, code = "X") => ({ control, code, message: `${code}: got=2, max=1` });

describe("denials", () => {
	it("C08: the third of a session halts, however far apart", () => {
		const answers = createAnswers();
		const codes = [0, 1, 2].map((n) => noteDenied(answers, rules, T0 + n * 600 * MINUTE, denied("C08", "VOLUME_OFF_STEP"))?.code ?? null);
		expect(codes).toEqual([null, null, "SIZE_DENIALS"]);
	});

	it("C10: five in ten minutes pause for ten, five in more do not", () => {
		const within = createAnswers();
		const fast = [0, 1, 2, 3, 4].map((n) => noteDenied(within, rules, T0 + n * 2 * MINUTE, denied("C10")));
		expect(fast[3]).toBeNull();
		expect(fast[4]).toMatchObject({ code: "COLLAR_DENIALS", state: "PAUSED", until: T0 + 8 * MINUTE + 10 * MINUTE });
		const slow = createAnswers();
		expect([0, 1, 2, 3, 4].map((n) => noteDenied(slow, rules, T0 + n * 2.5 * MINUTE, denied("C10"))).every((one) => one === null)).toBe(true);
	});

	it("C16: three in a minute halt", () => {
		const answers = createAnswers();
		expect([0, 1, 2].map((n) => noteDenied(answers, rules, T0 + n * 20_000, denied("C16"))?.state ?? null)).toEqual([null, null, "HALTED"]);
		const slow = createAnswers();
		expect([0, 1, 2].map((n) => noteDenied(slow, rules, T0 + n * 30_000, denied("C16"))).every((one) => one === null)).toBe(true);
	});

	it.each([
		["C13", "INTENT_REUSED", "INTENT_TWICE"],
		["C17", "SIDE_FLIPS", "ENTRIES_RUNAWAY"],
		["C13", "DUPLICATE", null],
		["C12", "STOP_TOO_CLOSE", null],
		["C09", "ORDER_NOTIONAL_TOO_HIGH", null],
	])("%s %s -> %s at once", (control, code, expected) => {
		expect(noteDenied(createAnswers(), rules, T0, denied(control, code))?.code ?? null).toBe(expected);
	});
});

describe("C29 broker answers", () => {
	it("halts at the third refusal in a row; a fill ends the row, a requote does not", () => {
		const answers = createAnswers();
		const say = (kind: "done" | "refused" | "transient", minute: number) =>
			noteAnswer(answers, rules, T0 + minute * MINUTE, kind, "10006 REJECT")?.code ?? null;
		expect([say("refused", 0), say("refused", 11), say("done", 12), say("refused", 22), say("transient", 23), say("refused", 33)]).toEqual([
			null,
			null,
			null,
			null,
			null,
			null,
		]);
		expect(say("refused", 44)).toBe("BROKER_REJECTS");
	});

	it("halts at the fifth refusal within ten minutes", () => {
		const answers = createAnswers();
		const kinds = ["refused", "done", "refused", "done", "refused", "done", "refused", "done", "refused"] as const;
		const codes = kinds.map((kind, n) => noteAnswer(answers, rules, T0 + n * MINUTE, kind, "10019 NO_MONEY")?.code ?? null);
		expect(codes.slice(0, 8).every((code) => code === null)).toBe(true);
		expect(codes[8]).toBe("BROKER_REJECTS");
	});

	it("an unknown outcome reconciles (C37)", () => {
		expect(noteAnswer(createAnswers(), rules, T0, "unknown", "intent 7: no answer")).toMatchObject({ control: "C37", state: "RECONCILING" });
	});

	it.each([
		[50, 10, null],
		[51, 10, "SLIPPAGE"],
		[5, 0, null],
		[-100, 10, null],
		[Number.NaN, 10, "SLIPPAGE"],
	])("one fill %s points worse at a spread of %s -> %s", (slip, spread, code) => {
		expect(noteSlippage(createAnswers(), rules, slip, spread)?.code ?? null).toBe(code);
	});

	it("judges the mean of five fills, not of four", () => {
		const answers = createAnswers();
		const codes = [21, 21, 21, 21, 21].map((slip) => noteSlippage(answers, rules, slip, 10)?.code ?? null);
		expect(codes).toEqual([null, null, null, null, "SLIPPAGE"]);
		const even = createAnswers();
		expect([20, 20, 20, 20, 20].map((slip) => noteSlippage(even, rules, slip, 10)).every((one) => one === null)).toBe(true);
	});
});

describe("C32 agent guard", () => {
	it("halts at the third fault", () => {
		const answers = createAnswers();
		expect([1, 2, 3].map(() => noteAgentFault(answers, rules, "size NaN")?.code ?? null)).toEqual([null, null, "AGENT_FAULTS"]);
		expect(JSON.parse(JSON.stringify(answers))).toEqual(answers);
	});
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WrongWords } from "../../../src/adapters/wrong-words.ts";
import { type Confirmation, type ConfirmationState, createConfirmation, DEMO_QUESTION } from "../../../src/commands/stage/confirmation.ts";
import type { StageTerms } from "../../../src/commands/stage/confirmed.ts";
import type { PreparedStage } from "../../../src/commands/stage/prepare.ts";

const TERMS: StageTerms = {
	mode: "live",
	accountHash: "a".repeat(64),
	loginTail: "4321",
	server: "Broker-Server",
	tradeMode: "real",
	venue: "sandbox",
	currency: "USD",
	currencyDigits: 2,
	maxLoss: 100.5,
	planHash: "p".repeat(64),
	instrumentHash: "i".repeat(64),
	certificate: "c1",
	rehearsal: null,
	probation: 1,
	found: [],
};

function prepared(mode: "demo" | "live", terms: Partial<StageTerms> = {}): PreparedStage {
	return {
		mode,
		options: { mode, set: [] },
		checks: [],
		facts: [],
		rehearsal: null,
		sandbox: true,
		found: [],
		refusal: "",
		exitCode: 0,
		terms: { ...TERMS, mode, tradeMode: mode === "demo" ? "demo" : "real", ...terms },
	};
}

function memory(): WrongWords & { kept: ReturnType<WrongWords["read"]> } {
	const words = {
		kept: { count: 0, lockedUntilMs: null as number | null },
		read: () => words.kept,
		write(count: number, lockedUntilMs: number | null) {
			words.kept = { count, lockedUntilMs };
		},
	};
	return words;
}

/** A confirmation with a clock that only the test moves. */
function begun(mode: "demo" | "live", terms: Partial<StageTerms> = {}, words: WrongWords = memory()) {
	const clock = { now: 1_000_000, nowMs: () => clock.now };
	return { confirmation: createConfirmation(prepared(mode, terms), clock, words), clock, words };
}

function question(state: ConfirmationState): Extract<ConfirmationState, { kind: "asking" }>["question"] {
	if (state.kind !== "asking") throw new Error(`it is ${state.kind}`);
	return state.question;
}

function kindAfter(confirmation: Confirmation, ...answers: string[]): string {
	for (const answer of answers) confirmation.answer(answer);
	return confirmation.state().kind;
}

describe("demo", () => {
	it("asks in the words of the contract, then for the word DEMO, and confirms what was prepared", () => {
		const { confirmation, clock } = begun("demo");
		expect(question(confirmation.state())).toMatchObject({ text: DEMO_QUESTION, triesLeft: 3, notBeforeWallMs: null, wrong: "" });
		expect(DEMO_QUESTION).toBe("This will execute REAL trades on your DEMO account! Proceed with demo testing? [y/N]");
		expect(question(confirmation.answer("y")).expects).toBe("the word DEMO, in capitals");
		clock.now += 7000;
		expect(confirmation.answer(" DEMO ")).toEqual({
			kind: "confirmed",
			stage: { terms: { ...TERMS, mode: "demo", tradeMode: "demo" }, options: { mode: "demo", set: [] }, found: "none", confirmedWallMs: 1_007_000 },
		});
	});

	it.each(["", "n", "N", "no", "yep", "DEMO", "j", "y y", "1"])("takes %j for no", (answer) => {
		const { confirmation } = begun("demo");
		expect(confirmation.answer(answer)).toEqual({ kind: "given-up", why: "Not confirmed. Nothing was sent." });
		expect(kindAfter(confirmation, "y", "DEMO")).toBe("given-up");
	});

	it.each(["", "demo", "Demo", "DEMO!", "DE MO", "LIVE", "y", "DЕMO"])("does not take %j for DEMO", (answer) => {
		const { confirmation } = begun("demo");
		confirmation.answer("y");
		expect(question(confirmation.answer(answer))).toMatchObject({ triesLeft: 2, wrong: expect.stringMatching(/capitals|not what is asked/) });
	});
});

describe("live", () => {
	it("takes LIVE with the last four digits, and ten seconds later the most that may be lost", () => {
		const { confirmation, clock } = begun("live");
		expect(question(confirmation.answer("LIVE 4321"))).toMatchObject({ notBeforeWallMs: 1_010_000, expects: expect.stringContaining("2 decimals") });
		clock.now += 9_999;
		expect(kindAfter(confirmation, "100.50", "100.5")).toBe("asking");
		expect(question(confirmation.state()).wrong).toBe("");
		clock.now += 1;
		expect(question(confirmation.state()).notBeforeWallMs).toBeNull();
		expect(confirmation.answer("100.50").kind).toBe("confirmed");
	});

	it.each(["LIVE", "LIVE 1234", "LIVE4321", "live 4321", "DEMO", "4321", "LIVE 04321", "LIVE  4321"])("does not take %j", (answer) => {
		const { confirmation, clock } = begun("live");
		confirmation.answer(answer);
		clock.now += 20_000;
		expect(question(confirmation.state()).text).toMatch(/^This will trade REAL MONEY on account ••4321/);
	});

	it.each(["", "100", "100,50", "-100.5", "1e2", "100.51", "100.5 USD", "$100.50", "0", "NaN", "Infinity"])(
		"does not take %j for the maximum loss",
		(answer) => {
			const { confirmation, clock } = begun("live");
			confirmation.answer("LIVE 4321");
			clock.now += 10_000;
			expect(question(confirmation.answer(answer)).wrong).toBe("That is not the maximum loss of this session.");
		},
	);

	it("waits the ten seconds again for whoever begins again", () => {
		const { confirmation, clock, words } = begun("live");
		confirmation.answer("LIVE 4321");
		clock.now += 10_000;
		const again = createConfirmation(prepared("live"), clock, words);
		again.answer("LIVE 4321");
		expect(kindAfter(again, "100.50")).toBe("asking");
	});
});

describe("found positions", () => {
	it("need a choice before anything else", () => {
		const { confirmation } = begun("demo", { found: ["7"] });
		expect(kindAfter(confirmation, "y", "DEMO")).toBe("choosing");
		expect(confirmation.choose("resume").kind).toBe("asking");
		expect(kindAfter(confirmation, "y", "DEMO")).toBe("confirmed");
		expect(confirmation.state()).toMatchObject({ stage: { found: "resume" } });
	});

	it("stay as they are when the start is given up", () => {
		const { confirmation } = begun("demo", { found: ["7"] });
		expect(confirmation.choose("stop")).toMatchObject({ kind: "given-up", why: expect.stringContaining("stay as they are") });
		expect(confirmation.choose("resume").kind).toBe("given-up");
	});

	it.each([
		["resume", "confirmed"],
		["close", "confirmed"],
		["stop", "given-up"],
	] as const)("are as --found %s says, which is no word less to type: %s", (found, outcome) => {
		const asked = { ...prepared("demo", { found: ["7"] }), options: { mode: "demo" as const, set: [], found } };
		const confirmation = createConfirmation(asked, { nowMs: () => 5 }, memory());
		expect(confirmation.state().kind).toBe(found === "stop" ? "given-up" : "asking");
		expect(kindAfter(confirmation, "y", "DEMO")).toBe(outcome);
		if (outcome === "confirmed") expect(confirmation.state()).toMatchObject({ stage: { found } });
	});

	it("cannot be chosen again once they are", () => {
		const { confirmation } = begun("demo", { found: ["7"] });
		confirmation.choose("resume");
		confirmation.choose("close");
		kindAfter(confirmation, "y", "DEMO");
		expect(confirmation.state()).toMatchObject({ stage: { found: "resume" } });
	});
});

describe("three wrong words", () => {
	it("lock for a minute, also for a program that is started again, and then there are three tries again", () => {
		const { confirmation, clock, words } = begun("demo");
		confirmation.answer("y");
		kindAfter(confirmation, "demo", "demo");
		expect(question(confirmation.state()).triesLeft).toBe(1);
		expect(question(confirmation.answer("demo"))).toMatchObject({ triesLeft: 0, notBeforeWallMs: 1_060_000, wrong: expect.stringContaining("third") });
		clock.now += 59_999;
		const again = createConfirmation(prepared("demo"), clock, words);
		expect(question(again.answer("y"))).toMatchObject({ text: DEMO_QUESTION, notBeforeWallMs: 1_060_000 });
		clock.now += 1;
		expect(kindAfter(again, "y")).toBe("asking");
		expect(question(again.state())).toMatchObject({ triesLeft: 3, notBeforeWallMs: null });
		expect(kindAfter(again, "DEMO")).toBe("confirmed");
	});

	it("are counted across programs, and forgotten with the right ones", () => {
		const { confirmation, clock, words } = begun("demo");
		kindAfter(confirmation, "y", "demo");
		const again = createConfirmation(prepared("demo"), clock, words);
		again.answer("y");
		expect(question(again.state()).triesLeft).toBe(2);
		expect(kindAfter(again, "DEMO")).toBe("confirmed");
		expect(words.read()).toEqual({ count: 0, lockedUntilMs: null });
	});

	it("lock for a minute at most, whatever a clock that was put back says", () => {
		const words = memory();
		words.write(0, 1_000_000 + 3_600_000);
		const { confirmation, clock } = begun("demo", {}, words);
		expect(question(confirmation.state()).notBeforeWallMs).toBe(1_060_000);
		clock.now += 60_000;
		expect(question(confirmation.state()).notBeforeWallMs).toBeNull();
	});

	it("give the start up when they cannot be noted: a lock that does not hold is none", () => {
		const words = { ...memory(), write: () => fail("ENOSPC") };
		const { confirmation } = begun("demo", {}, words);
		expect(kindAfter(confirmation, "y", "wrong")).toBe("given-up");
	});

	it("and nothing but the right words in their order, each in its time, confirms", () => {
		const texts = fc.constantFrom("y", "DEMO", "LIVE 4321", "100.50", "x", "");
		const all = fc.array(fc.tuple(texts, fc.integer({ min: 0, max: 30_000 })), { maxLength: 12 });
		let confirmed = 0;
		fc.assert(
			fc.property(fc.constantFrom("demo" as const, "live" as const), all, (mode, typed) => {
				const { confirmation, clock } = begun(mode);
				const taken: { text: string; at: number }[] = [];
				for (const [text, passed] of typed) {
					clock.now += passed;
					const before = confirmation.state();
					if (before.kind === "asking" && before.question.notBeforeWallMs === null) taken.push({ text, at: clock.now });
					confirmation.answer(text);
				}
				if (confirmation.state().kind !== "confirmed") return;
				confirmed++;
				const [first, last] = mode === "demo" ? ["y", "DEMO"] : ["LIVE 4321", "100.50"];
				const begin = taken.find(({ text }) => text === first);
				const end = taken.at(-1);
				expect(end?.text).toBe(last);
				expect((end?.at ?? 0) - (begin?.at ?? Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(mode === "live" ? 10_000 : 0);
			}),
			{ numRuns: 2000 },
		);
		expect(confirmed).toBeGreaterThan(0);
	});
});

function fail(code: string): never {
	throw Object.assign(new Error(code), { code });
}

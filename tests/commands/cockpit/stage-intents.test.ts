import { describe, expect, it } from "vitest";
import { Failure } from "../../../src/adapters/failure.ts";
import { homeAt } from "../../../src/adapters/home.ts";
import { createStageIntents } from "../../../src/commands/cockpit/stage-intents.ts";
import { createConfirmation } from "../../../src/commands/stage/confirmation.ts";
import type { ConfirmedStage, StageTerms } from "../../../src/commands/stage/confirmed.ts";
import type { PrepareAsk, PreparedStage } from "../../../src/commands/stage/prepare.ts";
import { createCockpitStore } from "../../../src/ui/store.ts";
import { CHECKS } from "../../helpers/stage.ts";
import { viewOf } from "../../helpers/view.ts";

const TERMS: StageTerms = {
	mode: "demo",
	accountHash: "a".repeat(64),
	loginTail: "1234",
	server: "Demo-1",
	tradeMode: "demo",
	venue: "mt5",
	currency: "USD",
	currencyDigits: 2,
	maxLoss: 500,
	planHash: "b".repeat(64),
	instrumentHash: "c".repeat(64),
	certificate: "cert",
	rehearsal: null,
	probation: null,
	found: [],
};

function preparedOf(change: Partial<PreparedStage> = {}, terms: Partial<StageTerms> | null = {}): PreparedStage {
	return {
		mode: "demo",
		options: { set: [], mode: "demo" },
		checks: CHECKS.slice(0, 2),
		facts: ["EURUSD"],
		rehearsal: null,
		sandbox: false,
		found: [],
		refusal: "",
		exitCode: 0,
		terms: terms === null ? null : { ...TERMS, ...terms },
		...change,
	} as PreparedStage;
}

type Answer = PreparedStage | Error | Promise<PreparedStage>;

/** The intents over a preparation that comes to `answers`, one a call, and the real typed confirmation. */
function deskOf(...answers: readonly Answer[]) {
	const store = createCockpitStore({ path: ["main", "live-testing", "demo", "stage-start"] });
	const asks: PrepareAsk[] = [];
	const started: ConfirmedStage[] = [];
	const clock = { now: 1_000_000 };
	let wrong = { count: 0, lockedUntilMs: null as number | null };
	const intents = createStageIntents({
		store,
		home: homeAt({ KINETRA_HOME: "/nowhere" }),
		env: {},
		clock: { nowMs: () => clock.now },
		words: {
			read: () => wrong,
			write: (count, lockedUntilMs) => {
				wrong = { count, lockedUntilMs };
			},
		},
		prepare: async (ask) => {
			asks.push(ask);
			const answer = answers[asks.length - 1] ?? preparedOf();
			if (answer instanceof Error) throw answer;
			return answer;
		},
		confirm: createConfirmation,
		start: (stage) => started.push(stage),
	});
	return { store, intents, asks, started, clock, start: () => store.getState().stageStart };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the way into a stage", () => {
	it("starts only what was typed to the end, once", async () => {
		const desk = deskOf();
		desk.intents.prepareStage("demo", { symbol: "EURUSD" });
		expect(desk.start()).toMatchObject({ phase: "checking", mode: "demo", question: null });
		await settled();
		expect(desk.asks[0]?.options).toMatchObject({ mode: "demo", symbol: "EURUSD" });
		expect(desk.start()?.question?.text).toBe("This will execute REAL trades on your DEMO account! Proceed with demo testing? [y/N]");
		desk.intents.answerStage("y");
		expect(desk.started).toEqual([]);
		desk.intents.answerStage("DEMO");
		desk.intents.answerStage("DEMO");
		expect(desk.start()).toMatchObject({ phase: "starting", question: null });
		expect(desk.started).toHaveLength(1);
		expect(desk.started[0]?.terms.accountHash).toBe(TERMS.accountHash);
	});

	it.each<[string, readonly string[], RegExp]>([
		["no", ["n"], /Not confirmed/],
		["nothing typed", [""], /Not confirmed/],
	])("starts nothing after %s", async (_name, words, refusal) => {
		const desk = deskOf();
		desk.intents.prepareStage("demo", {});
		await settled();
		for (const word of words) desk.intents.answerStage(word);
		desk.intents.answerStage("y");
		desk.intents.answerStage("DEMO");
		expect(desk.start()).toMatchObject({ phase: "refused", refusal: expect.stringMatching(refusal) });
		expect(desk.started).toEqual([]);
	});

	it("says what was wrong and how many tries are left; three lock, and the right word in the lock is nothing", async () => {
		const desk = deskOf();
		desk.intents.prepareStage("demo", {});
		await settled();
		desk.intents.answerStage("y");
		desk.intents.answerStage("demo please");
		expect(desk.start()?.question).toMatchObject({ triesLeft: 2, wrong: expect.stringMatching(/\S/) });
		desk.intents.answerStage("x");
		desk.intents.answerStage("x");
		expect(desk.start()?.question?.notBeforeWallMs).toBe(desk.clock.now + 60_000);
		desk.intents.answerStage("DEMO");
		expect(desk.started).toEqual([]);
	});

	it.each<[string, Answer, RegExp]>([
		["what the preparation refuses", preparedOf({ refusal: "The account is REAL." }, null), /^The account is REAL\.$/],
		["options that cannot be", new Failure(2, "--risk: 9 is out of range."), /--risk: 9 is out of range/],
		["a bug in it", new Error("boom\u001b[2J"), /^boom/],
	])("refuses, with why: %s", async (_name, answer, refusal) => {
		const desk = deskOf(answer);
		desk.intents.prepareStage("demo", {});
		await settled();
		expect(desk.start()).toMatchObject({ phase: "refused", refusal: expect.stringMatching(refusal) });
		expect(desk.start()?.refusal).not.toContain("\u001b");
		desk.intents.answerStage("y");
		expect(desk.started).toEqual([]);
	});

	it("refuses a text that is no value before anything is asked of the bridge", () => {
		const desk = deskOf();
		desk.intents.prepareStage("demo", { risk: "much" });
		expect(desk.start()).toMatchObject({ phase: "refused", refusal: expect.stringContaining("much") });
		expect(desk.asks).toEqual([]);
	});

	it("asks about positions that were found first; stop touches nothing and goes back", async () => {
		const found = { found: ["BUY 0.10 EURUSD"] };
		const stopped = deskOf(preparedOf(found, { found: ["77"] }));
		stopped.intents.prepareStage("demo", {});
		await settled();
		expect(stopped.start()).toMatchObject({ phase: "asking", question: null, found: ["BUY 0.10 EURUSD"] });
		stopped.intents.answerStage("y");
		stopped.intents.chooseFound("stop");
		expect(stopped.start()).toBeNull();
		expect(stopped.store.getState().path).toEqual(["main", "live-testing", "demo"]);

		const closed = deskOf(preparedOf(found, { found: ["77"] }));
		closed.intents.prepareStage("demo", {});
		await settled();
		closed.intents.chooseFound("close");
		for (const word of ["y", "DEMO"]) closed.intents.answerStage(word);
		expect(closed.started[0]?.found).toBe("close");
	});

	it("can be left at every point: what comes late changes nothing", async () => {
		let answer: (prepared: PreparedStage) => void = () => {};
		const desk = deskOf(new Promise<PreparedStage>((resolve) => (answer = resolve)));
		desk.intents.prepareStage("demo", {});
		desk.intents.leaveStage();
		expect(desk.asks[0]?.signal?.aborted).toBe(true);
		expect(desk.start()).toBeNull();
		desk.asks[0]?.onCheck(CHECKS[0] as never);
		answer(preparedOf());
		await settled();
		expect(desk.start()).toBeNull();
		desk.intents.answerStage("y");
		desk.intents.answerStage("DEMO");
		expect(desk.started).toEqual([]);
	});

	it("takes rows of the newest preparation only", async () => {
		const desk = deskOf(new Promise<PreparedStage>(() => {}), new Promise<PreparedStage>(() => {}));
		desk.intents.prepareStage("demo", {});
		desk.intents.prepareStage("demo", { symbol: "GBPUSD" });
		desk.asks[0]?.onCheck(CHECKS[0] as never);
		desk.asks[1]?.onCheck(CHECKS[1] as never);
		expect(desk.start()?.checks).toEqual([CHECKS[1]]);
	});

	it("does not begin while a session runs, and is not left once it starts", async () => {
		const desk = deskOf();
		desk.store.setState({ live: viewOf() });
		desk.intents.prepareStage("demo", {});
		expect(desk.asks).toEqual([]);
		desk.store.setState({ live: null });
		desk.intents.prepareStage("demo", {});
		await settled();
		for (const word of ["y", "DEMO"]) desk.intents.answerStage(word);
		desk.intents.leaveStage();
		expect(desk.start()?.phase).toBe("starting");
		expect(desk.intents.refused("The account was switched.")).toBe(true);
		expect(desk.start()).toMatchObject({ phase: "refused", refusal: "The account was switched." });
		expect(desk.intents.refused("again")).toBe(false);
	});
});

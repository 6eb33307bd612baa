import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CountedSession, countSessions, type KnownSession, type Scope } from "../../../src/engine/stages/counts.ts";
import { easierCosts } from "../../../src/engine/stages/easier.ts";
import { gatherEvidence } from "../../../src/engine/stages/gather.ts";
import { isMet, requirementsOf } from "../../../src/engine/stages/requirements.ts";
import { createSessionFold, type SessionFold } from "../../../src/engine/stages/session-fold.ts";
import { configWith, PLAIN } from "../../helpers/session.ts";

const HOUR = 3_600_000;
const SCOPE: Scope = { mode: "virtual", venue: "mt5", bindingHash: "b", account: null };

function fold(changes: Partial<SessionFold> = {}, results: readonly number[] = []): SessionFold {
	return {
		configHash: "c",
		runKey: "r",
		endReason: "duration",
		steeredBy: [],
		trades: results.map((r) => ({ r, mfe: Math.max(r, 0), mae: Math.max(-r, 0), chs: 0.95 })),
		orders: results.length,
		rejections: 0,
		trips: 0,
		decisions: { steps: 60, haltedSteps: 0 },
		latched: null,
		period: null,
		days: [],
		deals: [],
		unreadable: null,
		...changes,
	};
}

function known(n: number, changes: Partial<KnownSession> = {}): KnownSession {
	return {
		sessionId: `S${n}`,
		n,
		startedWall: "2026-01-05T00:00:00.000Z",
		mode: "virtual",
		venue: null,
		bindingHash: "b",
		agentBuild: "sma-1",
		market: `EURUSD (seed ${n})`,
		runKey: `run ${n}`,
		accountHash: null,
		certificate: null,
		never: null,
		state: "ended",
		period: { from: 0, to: HOUR },
		fold: fold({}, [1]),
		...changes,
	};
}

describe("how a session counts", () => {
	const other = known(1, { market: "EURUSD", runKey: "same", period: { from: HOUR, to: 2 * HOUR } });
	it.each<[string, KnownSession, CountedSession["counts"], boolean, RegExp]>([
		["as it should be", known(2), "whole", true, /^$/],
		["without a trade", known(2, { fold: fold() }), "whole", false, /^$/],
		["with a rejection", known(2, { fold: fold({ rejections: 1 }, [1]) }), "whole", false, /^$/],
		["ended by the breaker", known(2, { fold: fold({ endReason: "breaker" }, [1]) }), "whole", false, /ended by breaker/],
		["latched and reset", known(2, { fold: fold({ latched: { control: "C25", reason: "x" } }, [1]) }), "whole", false, /^$/],
		["steered", known(2, { fold: fold({ steeredBy: ["flatten"] }, [1]) }), "losses", false, /steered by the operator \(flatten\)/],
		["stopped", known(2, { fold: fold({ endReason: "interrupt" }, [1]) }), "losses", false, /cut short \(interrupt\)/],
		["with a bug", known(2, { fold: fold({ endReason: "bug" }, [1]) }), "losses", false, /cut short/],
		["never ended", known(2, { state: "aborted", fold: fold({ endReason: null }, [1]) }), "losses", false, /never came to an end/],
		["without its own last word", known(2, { fold: fold({ endReason: null }, [1]) }), "losses", false, /never came to its own end/],
		["of an older version", known(2, { fold: fold({ steeredBy: null }, [1]) }), "losses", false, /does not say whether it was steered/],
		["running", known(2, { state: "running", fold: null }), "no", false, /running/],
		["never to count", known(2, { never: "a drill" }), "no", false, /a drill/],
		["unreadable", known(2, { fold: null }), "no", false, /cannot be read/],
		["on the sandbox", known(2, { venue: "sandbox" }), "no", false, /earned on the sandbox/],
		[
			"on the same days",
			known(2, { market: "EURUSD", period: { from: 2 * HOUR - 1, to: 3 * HOUR } }),
			"no",
			false,
			/session S1 has traded EURUSD .* same days count once/,
		],
		["on the next days", known(2, { market: "EURUSD", period: { from: 2 * HOUR, to: 3 * HOUR } }), "whole", true, /^$/],
		["a repeat", known(2, { runKey: "same", period: null }), "no", false, /repeats session S1/],
	])("%s", (_name, session, counts, clean, why) => {
		const counted = countSessions([other, session], SCOPE).find((one) => one.session === session);
		expect(counted).toMatchObject({ counts, clean, why: expect.stringMatching(why) });
	});

	it("is not asked of other bindings and stages, but their days are spent", () => {
		const foreign = known(1, { bindingHash: "other", market: "EURUSD", period: { from: 0, to: HOUR } });
		const counted = countSessions([foreign, known(2, { market: "EURUSD", period: { from: 0, to: HOUR } })], SCOPE);
		expect(counted.map(({ session, counts }) => [session.sessionId, counts])).toEqual([["S2", "no"]]);
		expect(countSessions([known(1, { mode: "demo" })], SCOPE)).toEqual([]);
	});
});

const counted = (session: KnownSession, counts: CountedSession["counts"] = "whole"): CountedSession => ({
	session,
	counts,
	why: "",
	clean: counts === "whole",
});

describe("evidence put together", () => {
	it("takes a session that was cut short with what speaks against the agent alone", () => {
		const both = fold({ orders: 5, rejections: 1, trips: 2, decisions: { steps: 50, haltedSteps: 10 } }, [3, -1, 2, -0.5, 0]);
		const { evidence, breaker } = gatherEvidence("virtual-to-demo", [counted(known(1, { fold: both }), "losses")]);
		expect(evidence).toMatchObject({ trades: 2, losses: 2, wins: 0, loss: 1.5, orders: 1, rejections: 1 });
		expect(breaker).toEqual({ eventRate: 1, steps: 10 });
		expect(gatherEvidence("virtual-to-demo", [counted(known(1, { fold: both }), "no")]).evidence.trades).toBe(0);
	});

	it("never becomes better by a session that is cut short", () => {
		fc.assert(
			fc.property(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { maxLength: 80 }), (results) => {
				const session = known(1, { fold: fold({}, results) });
				const whole = gatherEvidence("virtual-to-demo", [counted(session)]).evidence;
				const cut = gatherEvidence("virtual-to-demo", [counted(session, "losses")]).evidence;
				expect(cut.gain).toBe(0);
				expect(cut.loss).toBeCloseTo(whole.loss, 9);
				expect(isMet(requirementsOf("virtual-to-demo", gatherEvidence("virtual-to-demo", [counted(session, "losses")])))).toBe(false);
			}),
		);
	});

	it("is broken by a line that cannot be read: nothing passes then", () => {
		const gathered = gatherEvidence("virtual-to-demo", [counted(known(1, { fold: fold({ unreadable: "line 7" }, GOOD60) }))]);
		expect(requirementsOf("virtual-to-demo", gathered).every(({ verdict }) => verdict === "fail")).toBe(true);
	});

	it("passes sixty good trades of five sessions at the checkpoint, and not those of four", () => {
		const five = [0, 1, 2, 3, 4].map((index) => counted(known(index + 1, { fold: fold({}, GOOD60.slice(index * 12, index * 12 + 12)) })));
		expect(requirementsOf("virtual-to-demo", gatherEvidence("virtual-to-demo", five)).filter(({ verdict }) => verdict !== "pass")).toEqual([]);
		const four = [...five.slice(0, 3), counted(known(4, { fold: fold({}, GOOD60.slice(36)) }))];
		const missing = requirementsOf("virtual-to-demo", gatherEvidence("virtual-to-demo", four)).filter(({ verdict }) => verdict !== "pass");
		expect(missing).toMatchObject([{ name: "clean sessions", value: "4", missing: "1 more clean session" }]);
	});

	it("is judged at its checkpoint: what follows may not speak against it, and what was lucky after it does not help", () => {
		const lucky = gatherEvidence("virtual-to-demo", [counted(known(1, { fold: fold({}, [...Array<number>(60).fill(-1), ...Array<number>(39).fill(30)]) }))]);
		const row = requirementsOf("virtual-to-demo", lucky).find(({ name }) => name === "checkpoints passed in a row");
		expect(row).toMatchObject({ value: "0", verdict: "fail", missing: "judged next at 100 trades" });
		const fallen = gatherEvidence("virtual-to-demo", [counted(known(1, { fold: fold({}, [...GOOD60, ...Array<number>(39).fill(-1)]) }))]);
		expect(fallen.progress.promoted).toBe(true);
		expect(isMet(requirementsOf("virtual-to-demo", fallen))).toBe(false);
	});
});

/** Sixty trades, ten of them lost. */
const GOOD60: readonly number[] = Array.from({ length: 60 }, (_, index) => (index % 6 === 2 ? -1 : 1.4 + (index % 3) / 10));

describe("what is missing", () => {
	it.each<[string, readonly number[], string, string]>([
		["trades", [1], "trades", "59 more trades"],
		["losing trades", GOOD60.filter((r) => r > 0), "losing trades", "8 more losing trades"],
		["a bound", GOOD60.slice(0, 24).map((r) => (r > 0 ? r / 2 : r)), "omega lower bound", "more trades like these"],
		["an edge", [1, -1, 1, -1], "omega", "better results"],
		["a first trade", [], "z factor", "no result yet"],
		["orders", [], "validator rejections", "no order yet"],
	])("is said in words: %s", (_name, results, name, words) => {
		const rows = requirementsOf("virtual-to-demo", gatherEvidence("virtual-to-demo", [counted(known(1, { fold: fold({}, results) }))]));
		const row = rows.find((one) => one.name === name);
		expect(row?.missing).toContain(words);
		expect(row?.verdict).not.toBe("pass");
	});

	it("cannot be mended after a rejection", () => {
		const rows = requirementsOf("virtual-to-demo", gatherEvidence("virtual-to-demo", [counted(known(1, { fold: fold({ rejections: 1 }, GOOD60) }))]));
		expect(rows.find(({ name }) => name === "validator rejections")).toMatchObject({ verdict: "fail", missing: expect.stringContaining("nothing helps") });
	});

	it("asks demo for more: days, sessions, checkpoints", () => {
		const rows = requirementsOf("demo-to-live", gatherEvidence("demo-to-live", [counted(known(1, { fold: fold({ days: [1, 2] }, GOOD60) }))]));
		expect(rows.filter(({ name }) => name.startsWith("broker") || name.startsWith("checkpoint"))).toMatchObject([
			{ value: "2", missing: "1 more broker day" },
			{ value: "0", verdict: "insufficient", missing: "judged next at 100 trades" },
		]);
	});
});

describe("a journal folded", () => {
	const lines = (...given: readonly [string, unknown][]) => given.map(([kind, data], index) => ({ n: index + 1, at: 1000 * index, kind, data }));
	const folded = (...given: readonly [string, unknown][]): SessionFold => {
		const maker = createSessionFold();
		for (const line of lines(...given)) maker.add(line);
		return maker.result();
	};
	const trade = { r: 1, mfeR: 2, maeR: 0.5, score: { chs: 0.8 }, shadow: false };

	it("has trades, orders, refusals, latches, deals and the end, and none of shadow trades and holds", () => {
		const result = folded(
			["session", { configHash: "c", runKey: "r" }],
			["trading", {}],
			["order", { purpose: "open" }],
			["order", { purpose: "close" }],
			["refused", { isRejection: true, shadow: false }],
			["refused", { isRejection: false, shadow: false }],
			["refused", { isRejection: true, shadow: true }],
			["broker", { type: "deal", deal: { ticket: 7 } }],
			["trade", trade],
			["trade", { ...trade, shadow: true }],
			["breaker", { what: "trip", latched: false }],
			["breaker", { what: "latch", latched: true, text: "drawdown" }],
			["state", { to: "HALTED", control: "C21", reason: "later" }],
			["ended", { reason: "breaker", breaker: { steps: 9, haltedSteps: 3, trips: 1 }, steeredBy: ["kill"] }],
		);
		expect(result).toEqual({
			...fold({}, []),
			endReason: "breaker",
			steeredBy: ["kill"],
			trades: [{ r: 1, mfe: 2, mae: 0.5, chs: 0.8 }],
			orders: 2,
			rejections: 1,
			trips: 1,
			decisions: { steps: 9, haltedSteps: 3 },
			latched: { control: "C25", reason: "drawdown" },
			period: { from: 1000, to: 13_000 },
			days: [0],
			deals: [7],
		});
	});

	it.each(["r", "mfeR", "maeR", "score"])("is unreadable when a trade lacks %s", (field) => {
		expect(folded(["trade", { ...trade, [field]: undefined }]).unreadable).toContain("line 1 (trade)");
		expect(folded(["trade", { ...trade, [field]: "1" }]).unreadable).not.toBeNull();
	});

	it.each([
		["C21", "KILLED", true],
		["C23", "HALTED", true],
		["C25", "HALTED", true],
		["C26", "HALTED", true],
		["C26", "PAUSED", false],
		["C33", "KILLED", false],
		["C30", "HALTED", false],
	])("takes %s %s for a failure: %s", (control, state, fails) => {
		expect(folded(["breach", { control, state, message: "m" }]).latched !== null).toBe(fails);
	});
});

describe("kinder costs", () => {
	const usual = configWith({ simulator: { latencyMs: 100, latencyJitterMs: 50, slippagePoints: 0.5 }, instrument: { ...PLAIN, symbol: "NEW" } });
	it.each<[string, Parameters<typeof configWith>[0], string | null]>([
		["the usual", {}, null],
		["harder ones", { simulator: { ...usual.simulator, slippagePoints: 2, latencyMs: 900, rejectProbability: 0.1 } }, null],
		["less latency", { simulator: { ...usual.simulator, latencyMs: 99 } }, "simulator.latencyMs 99 (usually 100)"],
		["less slippage", { simulator: { ...usual.simulator, slippagePoints: 0 } }, "slippagePoints"],
		["a fixed spread", { simulator: { ...usual.simulator, spreadModel: "fixed" } }, "spreadModel"],
		["at least a spread", { simulator: { ...usual.simulator, spreadModel: "minimum", spreadPoints: 9 } }, null],
		["no commission", { simulator: { ...usual.simulator, chargeCommission: false } }, "chargeCommission"],
		["no swap", { simulator: { ...usual.simulator, chargeSwap: false } }, "chargeSwap"],
		["a later stop-out", { simulator: { ...usual.simulator, stopOutPct: 1 } }, "stopOutPct"],
		["a known symbol without its commission", { instrument: { ...PLAIN, symbol: "EURUSD" } }, "instrument.commission"],
		["live quotes with the broker's own terms", { instrument: { ...PLAIN, symbol: "EURUSD" }, feed: { kind: "bridge" } }, null],
	])("%s", (_name, changes, expected) => {
		const config = configWith({ simulator: usual.simulator, instrument: usual.instrument, ...changes });
		const found = easierCosts(config);
		if (expected === null) expect(found).toBeNull();
		else expect(found).toContain(expected);
		expect(easierCosts({ ...config, mode: "demo" })).toBeNull();
	});
});

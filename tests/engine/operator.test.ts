import { describe, expect, it } from "vitest";
import { createEngine, type Engine, type Plan, snapshot } from "../../src/engine/engine.ts";
import type { Command } from "../../src/engine/event.ts";
import { applyBreach, applyHold } from "../../src/engine/guard.ts";
import { noteAgentFault } from "../../src/engine/limits/answers.ts";
import type { Position } from "../../src/engine/order.ts";
import { step, stepRow } from "../../src/engine/step.ts";
import { openTrade } from "../../src/engine/trade.ts";
import { anyAgent } from "../helpers/rule-agent.ts";
import { type ConfigChanges, configWith, START } from "../helpers/session.ts";

const KILL: Command = { command: "kill", reason: "red button" };
const RESET: Command = { command: "reset", reason: "seen it" };
const STOP_KEEPING: Command = { command: "stop", reason: "lunch", positions: "keep" };
const POSITION: Position = {
	id: 5,
	intentId: 1,
	symbol: "EURUSD",
	side: "BUY",
	lots: 0.1,
	openPrice: 110_000,
	openedAt: START,
	sl: 109_900,
	tp: 0,
	swap: 0,
	magic: 1,
	comment: "",
} as unknown as Position;

/** An engine that trades with somebody watching, three minutes into its session. */
function trading(changes: ConfigChanges = {}): Engine {
	const config = configWith({ onLatch: "wait", onExit: "keep", ...changes });
	const engine = createEngine(config, { triggerFill: "market", cadenceMs: 60_000 }, null, anyAgent());
	for (let minute = 0; minute < 3; minute++) stepRow(engine, START + minute * 60_000, 110_000, 110_002, 1, 1);
	engine.out.records.length = 0;
	return engine;
}

function give(engine: Engine, ...commands: readonly Command[]): void {
	for (const command of commands) step(engine, { type: "command", at: engine.at, command });
}

/** One open position, as the broker and the engine know it. */
function holding(engine: Engine): Engine {
	const deal = { ...POSITION, ticket: 9, at: START, price: 110_000, positionId: POSITION.id, entry: "IN", commission: 0, swap: 0, profit: 0 };
	engine.trades.push(openTrade(deal as never, { number: 1, shadow: false, openedBar: 0, riskMoney: 100, entryReason: "test" }));
	engine.positions.push({ ...POSITION });
	return engine;
}

/** Something is on its way, so that the end waits. */
function waitForAnswer(engine: Engine): void {
	engine.plans.push({ intentId: 0, answered: false, unknown: false, request: { action: "SLTP", intentId: 0, positionId: 99 } } as unknown as Plan);
}

function closes(engine: Engine): number {
	return engine.out.submits.filter(({ request }) => request.action === "DEAL" && request.positionId === POSITION.id).length;
}

describe("a reset forgives only what had latched", () => {
	/** Short of every limit: a fall of equity, and two faults of the agent of the three that halt. */
	function nearTheLimits(): Engine {
		const engine = trading();
		engine.limits.losses.peakEquity = 10_500;
		engine.chs.account.peak = 10_500;
		engine.limits.rates.entries.push(engine.at);
		for (let fault = 0; fault < 2; fault++) applyBreach(engine, noteAgentFault(engine.limits.answers, engine.config.rules, "NaN"));
		return engine;
	}
	const remembered = ({ limits, chs }: Engine): readonly number[] => [
		limits.losses.peakEquity,
		chs.account.peak,
		limits.answers.agentFaults,
		limits.rates.entries.length,
	];

	it("not the fall and the counts behind a kill of the operator's own: kill and reset would wipe out every limit", () => {
		const engine = nearTheLimits();
		give(engine, KILL, RESET);
		expect(engine.trading.state).toBe("PAUSED");
		expect(remembered(engine)).toEqual([10_500, 10_500, 2, 1]);
	});

	it("not the fall behind a halt for faults", () => {
		const engine = nearTheLimits();
		applyBreach(engine, noteAgentFault(engine.limits.answers, engine.config.rules, "NaN"));
		expect(engine.trading.state).toBe("HALTED");
		give(engine, RESET);
		expect(remembered(engine)).toEqual([10_500, 10_500, 0, 0]);
	});

	it.each(["C21", "C22", "C23", "C24"])("the fall behind a loss latch of %s", (control) => {
		const engine = nearTheLimits();
		applyHold(engine, { control, state: "HALTED", reason: "a loss", until: null });
		give(engine, RESET);
		expect(remembered(engine)).toEqual([10_000, 10_000, 0, 0]);
	});

	it("the score's fall behind a latched breaker, but not the one that C23 watches", () => {
		const engine = nearTheLimits();
		applyHold(engine, { control: "C25", state: "HALTED", reason: "three strikes", until: null });
		give(engine, RESET);
		expect(remembered(engine)).toEqual([10_500, 10_000, 0, 0]);
	});

	it.each([
		["C30", false],
		["C33", true],
	] as const)("the silence of the feed only after a halt of C30: %s", (control, fired) => {
		const engine = trading();
		engine.dataHealth.haltFired = true;
		applyHold(engine, { control, state: "HALTED", reason: "silent", until: null });
		give(engine, RESET);
		expect(engine.dataHealth.haltFired).toBe(fired);
	});

	it("and a loss of the session beyond its limit latches again at once, before an entry could leave, although nothing is open", () => {
		const engine = trading({ rules: { sessionLossPct: 1 } });
		engine.account.balance = engine.account.equity = 9_800;
		applyHold(engine, { control: "C21", state: "KILLED", reason: "2 % lost", until: null });
		give(engine, RESET, { command: "resume" });
		expect(engine.trading).toMatchObject({ state: "KILLED", resets: 1 });
		expect(engine.trading.holds).toContainEqual(expect.objectContaining({ control: "C21", latched: true }));
	});

	it("three times a broker day, and then says so", () => {
		const engine = trading({ rules: { resetsPerDayMax: 3 } });
		for (let time = 0; time < 4; time++) give(engine, KILL, RESET);
		expect(engine.trading.state).toBe("KILLED");
		expect(engine.out.records.filter(({ kind }) => kind === "command-refused")).toMatchObject([
			{ data: { command: "reset", why: "only 3 resets a broker day are allowed" } },
		]);
	});
});

describe("being flat", () => {
	it.each([
		["the data ends", (engine: Engine) => step(engine, { type: "feed-ended", at: engine.at, failure: null })],
		["its time is over", (engine: Engine) => stepRow(engine, (engine.endsAt ?? 0) + 1, 110_000, 110_002, 1, 1)],
	])("was asked for and is kept to when %s, although the session keeps its positions", (_name, end) => {
		const engine = holding(trading({ durationMinutes: 5 }));
		give(engine, { command: "flatten" });
		end(engine);
		expect(engine.stopping).toMatchObject({ flatten: true });
		expect(engine.end).toBeNull();
	});

	it("gives way to a later word: a stop that keeps the positions", () => {
		const engine = holding(trading());
		give(engine, { command: "flatten" }, STOP_KEEPING);
		expect([engine.stopping?.flatten, engine.flattening]).toEqual([false, null]);
	});

	it("is not reached while the outcome of an entry is unknown: it may become a position yet", () => {
		const engine = trading();
		engine.plans.push({ intentId: 77, entry: true, answered: true, unknown: true, request: { action: "DEAL", positionId: null } } as unknown as Plan);
		give(engine, { command: "flatten" });
		expect(engine.flattening).not.toBeNull();
		engine.plans.length = 0;
		stepRow(engine, engine.at + 60_000, 110_000, 110_002, 1, 1);
		expect(engine.flattening).toBeNull();
	});

	it.each([
		["flatten", 1, true],
		["hold", 0, false],
	] as const)("is what a kill during an end that keeps its positions wants with --on-breaker %s", (onBreaker, closed, flattens) => {
		const engine = holding(trading({ onBreaker }));
		waitForAnswer(engine);
		give(engine, STOP_KEEPING, KILL);
		expect([closes(engine), engine.stopping?.flatten]).toEqual([closed, flattens]);
	});
});

describe("what steers a session", () => {
	it.each<[string, readonly Command[], readonly string[]]>([
		["nothing", [], []],
		["a pause", [{ command: "pause" }, { command: "pause" }], ["pause"]],
		["a pause and its end", [{ command: "pause" }, { command: "resume" }], ["pause", "resume"]],
		["a kill and its reset", [KILL, RESET], ["kill", "reset"]],
		["closing everything", [{ command: "flatten" }], ["flatten"]],
		["what is refused does not", [RESET, { command: "resume" }], []],
		["a stop does not, it ends the session", [STOP_KEEPING], []],
	])("%s", (_name, commands, names) => {
		const engine = holding(trading());
		give(engine, ...commands);
		expect(engine.steeredBy).toEqual(names);
	});

	it("not closing everything when there is nothing, and not ending a pause that is none", () => {
		const engine = trading();
		give(engine, { command: "flatten" }, { command: "resume" });
		expect(engine.steeredBy).toEqual([]);
	});

	it("ending a pause that a limit asked for does: an unattended session would have waited", () => {
		const engine = trading();
		applyHold(engine, { control: "C26", state: "PAUSED", reason: "four losses in a row", until: engine.at + 900_000 });
		give(engine, { command: "resume" });
		expect(engine.steeredBy).toEqual(["resume"]);
	});

	it("closing positions that the end was to keep does", () => {
		const engine = holding(trading());
		waitForAnswer(engine);
		give(engine, STOP_KEEPING, { command: "stop", reason: "flat after all", positions: "flatten" });
		expect(engine.steeredBy).toEqual(["flatten"]);
	});

	it("is in no fingerprint: older recordings keep theirs", () => {
		expect(Object.keys(snapshot(trading()) as object)).not.toContain("steeredBy");
	});
});

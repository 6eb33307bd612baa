import { describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../../src/engine/engine.ts";
import type { Command } from "../../src/engine/event.ts";
import { applyBreach, applyHold } from "../../src/engine/guard.ts";
import { noteAgentFault } from "../../src/engine/limits/answers.ts";
import type { PendingOrder } from "../../src/engine/order.ts";
import { step, stepRow } from "../../src/engine/step.ts";
import { anyAgent } from "../helpers/rule-agent.ts";
import { configWith, START } from "../helpers/session.ts";

const PENDING: PendingOrder = {
	ticket: 21,
	intentId: 1,
	symbol: "EURUSD",
	type: "BUY_LIMIT",
	lots: 0.1,
	price: 109_900,
	stopLimit: 0,
	sl: 109_800,
	tp: 0,
	timeInForce: "GTC",
	expiresAt: 0,
	placedAt: START,
	magic: 1,
	comment: "",
};

/** An engine that trades, three minutes into its session. */
function trading(): Engine {
	const engine = createEngine(configWith(), { triggerFill: "market", cadenceMs: 60_000 }, null, anyAgent());
	for (let minute = 0; minute < 3; minute++) stepRow(engine, START + minute * 60_000, 110_000, 110_002, 1, 1);
	engine.out.records.length = 0;
	return engine;
}

function give(engine: Engine, command: Command): void {
	step(engine, { type: "command", at: engine.at, command });
}

function kinds(engine: Engine): string[] {
	return engine.out.records.map(({ kind }) => kind);
}

describe("resetting a latch", () => {
	it("leads to a pause that only the operator ends, and the counters behind it start anew", () => {
		const engine = trading();
		const { answers } = engine.limits;
		for (let n = 0; n < 3; n++) applyBreach(engine, noteAgentFault(answers, engine.config.rules, "NaN"));
		expect(engine.trading.state).toBe("HALTED");
		give(engine, { command: "resume" });
		expect(engine.trading.state).toBe("HALTED");
		give(engine, { command: "reset", reason: "model replaced" });
		expect(engine.trading.state).toBe("PAUSED");
		give(engine, { command: "resume" });
		expect(engine.trading.state).toBe("ACTIVE");
		expect(engine.limits.answers.agentFaults).toBe(0);
	});

	it("does not close an open breaker", () => {
		const engine = trading();
		engine.breaker.open = true;
		engine.breaker.latched = true;
		applyHold(engine, { control: "C25", state: "HALTED", reason: "three strikes", until: null });
		give(engine, { command: "reset", reason: "seen and accepted" });
		give(engine, { command: "resume" });
		expect(engine.breaker).toMatchObject({ open: true, latched: false });
		expect(engine.trading.state).toBe("REDUCING");
	});

	it("of a daily loss is refused until the broker's next day, and says so", () => {
		const engine = trading();
		applyHold(engine, { control: "C22", state: "KILLED", reason: "daily loss 10.2 %", until: START + 10 * 3_600_000 });
		engine.out.records.length = 0;
		give(engine, { command: "reset", reason: "please" });
		expect(engine.trading.state).toBe("KILLED");
		expect(engine.out.records.filter(({ kind }) => kind !== "ending")).toMatchObject([
			{ kind: "command-refused", data: { command: "reset", why: "C22 cannot be reset before the next broker day: daily loss 10.2 %" } },
		]);
		engine.at = START + 10 * 3_600_000;
		give(engine, { command: "reset", reason: "please" });
		expect(engine.trading.state).toBe("PAUSED");
	});
});

describe("killing", () => {
	it("cancels every waiting order, each once, and nothing else leaves", () => {
		const engine = trading();
		engine.orders.push({ ...PENDING }, { ...PENDING, ticket: 22 });
		give(engine, { command: "kill", reason: "red button" });
		expect(engine.out.submits.map(({ request }) => [request.action, request.action === "REMOVE" ? request.ticket : 0])).toEqual([
			["REMOVE", 21],
			["REMOVE", 22],
		]);
		give(engine, { command: "kill", reason: "again" });
		expect(engine.out.submits).toHaveLength(2);
		expect(engine.stopping).toMatchObject({ reason: "kill", detail: "C33: red button" });
	});

	it("is in the journal as a change of state with its reason before anything is cancelled", () => {
		const engine = trading();
		engine.orders.push({ ...PENDING });
		give(engine, { command: "kill", reason: "red button" });
		expect(kinds(engine)).toEqual(["state", "order", "ending"]);
		expect(engine.out.records[0]?.data).toMatchObject({ from: "ACTIVE", to: "KILLED", control: "C33", reason: "red button" });
	});
});

describe("commands that change nothing", () => {
	it.each([{ command: "resume" }, { command: "flatten" }] as const)("%j while all is well", (command) => {
		const engine = trading();
		give(engine, command);
		expect(engine.out.records).toEqual([]);
		expect(engine.out.submits).toEqual([]);
	});

	it("a second pause, and a stop during the end", () => {
		const engine = trading();
		give(engine, { command: "pause" });
		give(engine, { command: "pause" });
		expect(kinds(engine)).toEqual(["state"]);
		give(engine, { command: "kill", reason: "first" });
		give(engine, { command: "stop", reason: "second", positions: null });
		expect(engine.stopping?.detail).toBe("C33: first");
	});
});

import { describe, expect, it } from "vitest";
import { createEngine, type Engine, type Plan } from "../../src/engine/engine.ts";
import type { Command } from "../../src/engine/event.ts";
import { applyHold, watchScore } from "../../src/engine/guard.ts";
import type { PendingOrder } from "../../src/engine/order.ts";
import { step, stepRow } from "../../src/engine/step.ts";
import { anyAgent } from "../helpers/rule-agent.ts";
import { type ConfigChanges, configWith, open, START } from "../helpers/session.ts";

const WAITING = { ticket: 21, intentId: 1, symbol: "EURUSD", type: "BUY_LIMIT", lots: 0.1, price: 109_900 } as unknown as PendingOrder;

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

/** Something is on its way, so that an end waits. */
function waitForAnswer(engine: Engine): void {
	engine.plans.push({ intentId: 0, answered: false, unknown: false, request: { action: "SLTP", intentId: 0, positionId: 99 } } as unknown as Plan);
}

const cancelled = ({ out }: Engine): number[] => out.submits.flatMap(({ request }) => (request.action === "REMOVE" ? [request.ticket] : []));
const refused = ({ out }: Engine): unknown[] => out.records.filter(({ kind }) => kind === "command-refused").map(({ data }) => data);

describe("waiting orders are cancelled by", () => {
	it.each<[string, Command]>([
		["closing everything", { command: "flatten" }],
		["a kill", { command: "kill", reason: "red button" }],
		["a stop", { command: "stop", reason: "enough", positions: "keep" }],
	])("%s, each once", (_name, command) => {
		const engine = trading();
		engine.orders.push({ ...WAITING }, { ...WAITING, ticket: 22 });
		give(engine, command, command);
		expect(cancelled(engine)).toEqual([21, 22]);
	});

	it("a halt of any control, not only a kill", () => {
		const engine = trading();
		engine.orders.push({ ...WAITING });
		applyHold(engine, { control: "C32", state: "HALTED", reason: "three faults", until: null });
		stepRow(engine, engine.at + 60_000, 110_000, 110_002, 1, 1);
		expect(cancelled(engine)).toEqual([21]);
	});
});

describe("the operator's word", () => {
	it("to resume ends no pause while something is latched, killed or halted", () => {
		for (const state of ["HALTED", "KILLED"] as const) {
			const engine = trading();
			give(engine, { command: "pause" });
			applyHold(engine, { control: "C32", state, reason: "three faults", until: null });
			give(engine, { command: "resume" });
			expect(engine.trading.holds.map((hold) => hold.state)).toEqual(["PAUSED", state]);
			expect(refused(engine)).toMatchObject([{ command: "resume", why: expect.stringContaining("needs a reset first") }]);
		}
	});

	it("to close everything during an end that keeps positions makes it one that closes them", () => {
		const engine = trading();
		waitForAnswer(engine);
		give(engine, { command: "stop", reason: "lunch", positions: "keep" }, { command: "flatten" });
		expect(engine.stopping).toMatchObject({ reason: "interrupt", flatten: true });
	});

	it("to close what is being closed already is refused", () => {
		const engine = trading();
		waitForAnswer(engine);
		const stop: Command = { command: "stop", reason: "lunch", positions: "flatten" };
		give(engine, stop, stop);
		expect(refused(engine)).toEqual([{ command: "stop", why: "the session is ending already: interrupt" }]);
	});

	it.each<[string, Command, string]>([
		["closing everything", { command: "flatten" }, "positions are being closed"],
		["a stop", { command: "stop", reason: "lunch", positions: "keep" }, ""],
	])("drops an entry that waits for a close, once: %s", (_name, command, why) => {
		const engine = trading();
		waitForAnswer(engine);
		engine.deferred = { intent: open("SELL") as never, at: engine.at };
		give(engine, command);
		expect(engine.deferred).toBeNull();
		const dropped = engine.out.records.filter(({ kind }) => kind === "dropped").map(({ data }) => (data as { why: string }).why);
		expect(dropped).toEqual(why === "" ? [] : [why]);
	});
});

describe("guards", () => {
	it("end an unattended session for the first of two causes", () => {
		const engine = trading({ onLatch: "end" });
		applyHold(engine, { control: "C21", state: "KILLED", reason: "6 % lost", until: null });
		applyHold(engine, { control: "C32", state: "HALTED", reason: "three faults", until: null });
		stepRow(engine, engine.at + 60_000, 110_000, 110_002, 1, 1);
		expect(engine.stopping).toMatchObject({ reason: "loss-limit", detail: "C21: 6 % lost" });
	});

	it("drop an entry that waits for a close when the breaker opens: it was meant for the account, not for the shadow", () => {
		const engine = trading();
		engine.deferred = { intent: open("SELL") as never, at: engine.at };
		engine.chs.chs = 0.1;
		watchScore(engine, false);
		expect([engine.breaker.open, engine.deferred]).toEqual([true, null]);
		expect(engine.out.records.filter(({ kind }) => kind === "dropped")).toHaveLength(1);
	});
});

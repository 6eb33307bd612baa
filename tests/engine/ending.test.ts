import { describe, expect, it, vi } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import type { Command } from "../../src/engine/event.ts";
import type { OrderRequest } from "../../src/engine/order.ts";
import { step, stepRow } from "../../src/engine/step.ts";
import { anyAgent } from "../helpers/rule-agent.ts";
import { answerTo, configWith, EASY, flat, MINUTE, open, paperBroker, runWith, START, scriptedFeed } from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

const stop = (positions: "keep" | "flatten"): Command => ({ command: "stop", reason: "lunch", positions });
const isClose = (request: OrderRequest): boolean => request.action === "DEAL" && request.positionId !== null;

describe("an orderly end", () => {
	it("asks the agent nothing any more while it waits for an answer", async () => {
		const config = configWith({ rules: EASY, simulator: { latencyMs: 600_000 }, chsThreshold: 0.01 });
		const asked: number[] = [];
		const script = (view: { at: number }, call: number): unknown => {
			asked.push(view.at);
			return call === 1 ? [open("BUY")] : [];
		};
		const rows = flat(20);
		const { engine } = await runWith(config, { feed: scriptedFeed(rows), script: script as never, commands: [{ tick: 4, command: stop("keep") }] });
		expect(engine.phase).toBe("ending");
		expect(engine.tick).toBeGreaterThan(8);
		expect(Math.max(...asked)).toBeLessThanOrEqual(rows[3]?.at ?? 0);
	});

	it.each(["done", "partial"] as const)("that closes waits for the position after an answer that is %s: it is told in three", (outcome) => {
		const config = configWith({ rules: EASY });
		const engine = createEngine(config, { triggerFill: "market", cadenceMs: MINUTE }, null, anyAgent());
		for (let minute = 0; minute < 3; minute++) stepRow(engine, START + minute * MINUTE, 110_000, 110_002, 1, 1);
		const request = { action: "DEAL", intentId: 1, side: "BUY", lots: 0.1, price: 110_002, sl: 109_900, tp: 0, positionId: null } as OrderRequest;
		engine.plans.push({ intentId: 1, riskMoney: 100, reason: "test", entry: true, request, sentAt: engine.at, answered: false, unknown: false });
		step(engine, { type: "command", at: engine.at, command: stop("flatten") });
		const told = answerTo(request, { outcome });
		step(engine, { type: "broker", at: engine.at, event: told });
		expect([engine.plans[0]?.answered, engine.end]).toEqual([true, null]);
	});

	it.each([
		[1, 0],
		[2, 0],
		[100, 1],
	])("that closes tries again after %d refusals, and gives up after its time: %d left", async (refusals, left) => {
		const config = configWith({ rules: { ...EASY, rejectsInRowToHalt: 100, rejectsToHalt: 100 }, chsThreshold: 0.01 });
		const feed = scriptedFeed(flat(40));
		const paper = paperBroker(config, feed);
		let closes = 0;
		const broker = {
			...paper,
			submit(request: OrderRequest, at: number) {
				if (!isClose(request) || ++closes > refusals) paper.submit(request, at);
				else paper.events.push({ ...answerTo(request, { outcome: "rejected", retcode: 10004, lots: 0, price: 0 }), at } as never);
			},
		};
		const script = (_view: unknown, call: number): unknown => (call === 1 ? [open("BUY")] : []);
		const { engine, journal } = await runWith(config, { feed, broker, script: script as never, commands: [{ tick: 4, command: stop("flatten") }] });
		expect(engine.end).toEqual({ reason: "interrupt", detail: "lunch" });
		expect(engine.positions).toHaveLength(left);
		expect(closes).toBe(left === 0 ? refusals + 1 : 21);
		expect(journal.of("ended")[0]?.data).toMatchObject({ openPositions: left });
	});
});

import { describe, expect, it, vi } from "vitest";
import type { BrokerEvent, OrderRequest } from "../../src/engine/order.ts";
import { dealOf, demoConfig, filledOf, type LiveStep, later, positionOf, quote, type RealRun, runReal, statesOf, WARM_UP } from "../helpers/real-broker.ts";
import { answerTo, open, type Row } from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

// A real broker's answer says "done" some tenths of a second before anybody shows the deal and the position of it. Quotes come in between.

/** A session whose first entry is answered at once; its deal and position are told when a step calls `show`. Everything else is filled as it is sent. */
function answered(
	config: Parameters<typeof runReal>[0],
	then: (show: () => void) => readonly LiveStep[],
	parts: Partial<Parameters<typeof runReal>[1]> = {},
): Promise<RealRun> {
	const held: BrokerEvent[] = [];
	let entries = 0;
	return runReal(config, {
		respond(request) {
			const [answer, ...rest] = filledOf(request) as [BrokerEvent, ...BrokerEvent[]];
			if (request.action !== "DEAL" || request.positionId !== null || ++entries > 1) return [answer, ...rest];
			held.push(...rest);
			return [answer];
		},
		steps: (tell) => [...WARM_UP, ...then(() => tell(...held.splice(0)))],
		...parts,
	});
}

function closes({ broker }: RealRun): readonly OrderRequest[] {
	return broker.sent.map(({ request }) => request).filter((request) => request.action === "DEAL" && request.positionId !== null);
}

/** A quote every second. */
function quotes(from: number, to: number): readonly Row[] {
	return Array.from({ length: to - from + 1 }, (_, index) => quote(from + index));
}

describe("an order that was answered as done, before its deal is shown", () => {
	it.each<[string, Partial<Parameters<typeof runReal>[1]>, Parameters<typeof demoConfig>[0]]>([
		["is stopped", { commands: [{ tick: 3, command: { command: "stop", reason: "enough", positions: "flatten" } }] }, {}],
		["comes to its planned end", {}, { durationMinutes: 1 / 60 }],
	])("keeps a session from ending when it %s: what it opened is closed", async (_name, parts, changes) => {
		const run = await answered(demoConfig({ onExit: "flatten", ...changes }), (show) => [quotes(1, 4), show, quotes(5, 8)], parts);
		expect(closes(run)).toMatchObject([{ positionId: 301, lots: 0.1 }]);
		expect(run.engine.positions).toEqual([]);
		expect(run.engine.trades).toEqual([]);
		expect(run.engine.end).not.toBeNull();
	});

	it.each(["flatten", "kill"] as const)("is closed by an earlier %s, though nothing was open then", async (command) => {
		const asked = command === "kill" ? [{ tick: 3, command: { command: "kill", reason: "red" } as const }] : [];
		const run = await answered(demoConfig({ onExit: "keep", onLatch: "wait" }), (show) => [quotes(1, 4), show, quotes(5, 8)], {
			commands: [...asked, { tick: 3, command: { command: "flatten" } }],
		});
		expect(closes(run)).toMatchObject([{ positionId: 301 }]);
		expect(run.engine.positions).toEqual([]);
	});

	it("keeps a session from being used up when its last other trade is closed", async () => {
		let entry = 0;
		const untold: BrokerEvent[] = [];
		const run = await runReal(demoConfig({ onExit: "flatten", maxTrades: 2, rules: { cooldownMs: 1000, duplicateWindowMs: 1000 } }), {
			respond(request) {
				if (request.action !== "DEAL" || request.positionId !== null) return filledOf(request);
				entry++;
				const { intentId, lots } = request;
				if (entry === 1) return filledOf(request);
				untold.push(dealOf({ intentId, lots, ticket: 502, positionId: 302 }), positionOf({ id: 302, intentId, lots }));
				return [answerTo(request, { lots, positionId: 302 })];
			},
			steps: (tell) => [
				...WARM_UP,
				quotes(59, 61),
				() =>
					tell(dealOf({ intentId: null, ticket: 503, entry: "OUT", side: "SELL", reason: "SL", profit: -5, at: later(62) }), {
						type: "position-closed",
						at: later(62),
						positionId: 301,
					}),
				quotes(63, 64),
				() => tell(...untold),
				quotes(65, 68),
			],
			script: (_view, call) => (call <= 2 ? [open("BUY")] : []),
		});
		expect(run.engine.tally).toMatchObject({ entriesSent: 2, entriesFilled: 2 });
		expect(run.journal.of("ending").map(({ data }) => (data as { reason: string }).reason)).not.toContain("max-trades");
		expect(run.engine.positions.map(({ id }) => id)).toEqual([302]);
	});

	it("is not closed twice when it was a close, however long its deal takes", async () => {
		const run = await runReal(demoConfig({ onExit: "keep" }), {
			respond: (request) => (request.action === "DEAL" && request.positionId !== null ? filledOf(request).slice(0, 1) : filledOf(request)),
			steps: () => [...WARM_UP, quotes(1, 8)],
			commands: [{ tick: 3, command: { command: "flatten" } }],
		});
		expect(closes(run)).toHaveLength(1);
	});

	it("counts as a position in the limits: on probation there is one at most", async () => {
		const run = await answered(
			demoConfig({ onExit: "keep", rules: { openPositionsMax: 1, cooldownMs: 1000 } }),
			(show) => [quotes(1, 2), quotes(60, 61), show, quotes(62, 63)],
			{
				script: () => [open("BUY")],
			},
		);
		expect(run.broker.sent.map(({ request }) => request.intentId)).toEqual([1]);
		expect(statesOf(run).filter((state) => /HALTED|KILLED/.test(state))).toEqual([]);
	});
});

import { describe, expect, it, vi } from "vitest";
import type { BrokerEvent, Deal, OrderRequest, Position } from "../../src/engine/order.ts";
import { exitCodeOf } from "../../src/engine/summary.ts";
import type { Script } from "../helpers/engine-hook.ts";
import {
	answerTo,
	close,
	configWith,
	EASY,
	flat,
	MINUTE,
	memoryJournal,
	open,
	type RunResult,
	runWith,
	START,
	scriptedBroker,
	scriptedFeed,
} from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

const CONFIG = configWith({ rules: EASY });

function dealOf(changes: Partial<Deal> = {}): BrokerEvent {
	const deal: Deal = {
		ticket: 1,
		orderTicket: 1,
		positionId: 1,
		intentId: null,
		symbol: "EURUSD",
		entry: "IN",
		side: "BUY",
		lots: 0.1,
		price: 110_002,
		requestedPrice: 110_002,
		spreadCost: 0,
		profit: 0,
		swap: 0,
		commission: 0,
		reason: "EXPERT",
		comment: "",
		at: START,
		...changes,
	};
	return { type: "deal", at: START, deal };
}

function positionOf(changes: Partial<Position> = {}): BrokerEvent {
	const position: Position = {
		id: 1,
		ticket: 1,
		intentId: 1,
		symbol: "EURUSD",
		side: "BUY",
		lots: 0.1,
		openPrice: 110_002,
		openedAt: START,
		sl: 109_900,
		tp: 0,
		swap: 0,
		magic: 1,
		comment: "",
		...changes,
	};
	return { type: "position", at: START, position };
}

/** The whole of a fill: answer, deal, position. */
function filled(request: OrderRequest): BrokerEvent[] {
	return [answerTo(request), dealOf({ intentId: request.intentId }), positionOf({ intentId: request.intentId })];
}

function states(result: RunResult): string[] {
	return result.journal.of("state").map(({ data }) => `${(data as { to: string }).to} ${(data as { control: string }).control}`);
}

describe("an agent that cannot be trusted", () => {
	const NAN = Number.NaN;
	const WRONG: readonly (readonly [string, () => unknown])[] = [
		[
			"throws",
			() => {
				throw new Error("model exploded");
			},
		],
		[
			"throws something that is no error",
			() => {
				throw null;
			},
		],
		["answers nothing", () => undefined],
		["answers null", () => null],
		["answers text", () => "BUY"],
		["answers an object", () => ({ kind: "open" })],
		["answers null among its intents", () => [null]],
		["answers a number", () => [7]],
		["answers an unknown intent", () => [{ kind: "moon" }]],
		["answers an intent without a size", () => [{ kind: "open", side: "BUY", stopPoints: 100, targetPoints: null, reason: "" }]],
		["wants NaN lots", () => [open("BUY", { size: { kind: "lots", lots: NAN } })]],
		["wants infinite lots", () => [open("BUY", { size: { kind: "lots", lots: Number.POSITIVE_INFINITY } })]],
		["wants negative lots", () => [open("BUY", { size: { kind: "lots", lots: -0.1 } })]],
		["wants an unknown kind of size", () => [open("BUY", { size: { kind: "all" } as never })]],
		["wants a NaN share", () => [open("BUY", { size: { kind: "risk", share: NAN } })]],
		["wants twice the planned risk", () => [open("BUY", { size: { kind: "risk", share: 2 } })]],
		["wants a NaN stop", () => [open("BUY", { stopPoints: NAN })]],
		["wants a stop of undefined", () => [open("BUY", { stopPoints: undefined as never })]],
		["wants a stop of text", () => [open("BUY", { stopPoints: "100" as never })]],
		["wants a stop behind the entry", () => [open("BUY", { stopPoints: -100 })]],
		["wants an infinite target", () => [open("BUY", { targetPoints: Number.POSITIVE_INFINITY })]],
		["wants no side", () => [open("HOLD" as never)]],
		["gives a reason that is no text", () => [open("BUY", { reason: { toString: () => "x" } as never })]],
		["closes nothing in particular", () => [close(NAN)]],
		["moves a stop to NaN", () => [{ kind: "modify", positionId: 1, sl: NAN, tp: 0, reason: "" }]],
		["floods", () => Array.from({ length: 100 }, () => open("BUY"))],
		["floods with closes", () => Array.from({ length: 100 }, () => close(1))],
		[
			"answers what JSON cannot hold",
			() => {
				const circle: { self?: unknown } = {};
				circle.self = circle;
				return [circle];
			},
		],
		["answers a bigint", () => [open("BUY", { stopPoints: 100n as never })]],
	];

	it.each(WRONG)("is skipped and halts the session at the third time: %s", async (_name, answer) => {
		const broker = scriptedBroker(() => []);
		const result = await runWith(CONFIG, { feed: scriptedFeed(flat(10)), script: answer, broker });
		expect(broker.sent).toEqual([]);
		expect(result.engine.end?.reason).toBe("halt");
		expect(result.engine.limits.answers.agentFaults).toBe(3);
		expect(result.journal.of("agent-fault")).toHaveLength(3);
		expect(result.journal.of("bug")).toEqual([]);
		expect(states(result)).toEqual(["HALTED C32"]);
		expect(exitCodeOf(result.engine.end?.reason ?? "bug", 130)).toBe(5);
	});

	it("goes on after two faults, and what it asks properly is done", async () => {
		const script = (_view: unknown, call: number): unknown => (call <= 2 ? null : call === 3 ? [open("BUY")] : []);
		const result = await runWith(CONFIG, { feed: scriptedFeed(flat(10)), script });
		expect(result.engine.end?.reason).toBe("end-of-data");
		expect(result.engine.tally.entriesFilled).toBe(1);
	});

	it("may not enter while it is told so, whatever it answers", async () => {
		const config = configWith({ rules: { ...EASY, cooldownMs: 30 * 60_000 } });
		const script = (view: { positions: readonly { positionId: number }[] }, call: number): unknown =>
			call === 2 ? view.positions.map((one) => close(one.positionId)) : [open("BUY")];
		const broker = { sent: [] as OrderRequest[] };
		const result = await runWith(config, { feed: scriptedFeed(flat(10)), script: script as never });
		broker.sent = result.journal.of("order").map(({ data }) => (data as { request: OrderRequest }).request);
		expect(broker.sent.filter((request) => request.action === "DEAL" && request.positionId === null)).toHaveLength(1);
		expect(result.engine.tally.holds.C28 ?? result.engine.tally.holds.COOLDOWN).toBeGreaterThan(3);
		expect(result.engine.evidence.rejections).toBe(0);
	});
});

describe("a broker that says strange things", () => {
	const ONCE = (_view: unknown, call: number): unknown => (call === 1 || call === 4 ? [open("BUY")] : []);

	const HALTS: readonly (readonly [string, (request: OrderRequest) => readonly BrokerEvent[], string])[] = [
		["an answer to an intent that was never sent", (request) => [answerTo(request, { intentId: 999 })], "C39"],
		["two answers to one intent", (request) => [...filled(request), answerTo(request)], "C39"],
		["a deal without an intent", (request) => [answerTo(request, { outcome: "rejected", retcode: 10006 }), dealOf()], "C39"],
		["a deal of another intent", (request) => [answerTo(request, { outcome: "rejected", retcode: 10006 }), dealOf({ intentId: 999 })], "C39"],
		[
			"a deal that closes what is not ours",
			(request) => [answerTo(request, { outcome: "rejected", retcode: 10006 }), dealOf({ entry: "OUT", positionId: 77 })],
			"C39",
		],
		[
			"a position that no deal of ours opened",
			(request) => [answerTo(request, { outcome: "rejected", retcode: 10006 }), positionOf({ id: 55, intentId: null })],
			"C31",
		],
	];
	it.each(HALTS)("halts on %s", async (_name, respond, control) => {
		const broker = scriptedBroker(respond);
		const result = await runWith(CONFIG, { feed: scriptedFeed(flat(10)), script: ONCE, broker });
		expect(states(result)).toContain(`HALTED ${control}`);
		expect(result.engine.end?.reason).toBe("halt");
		expect(broker.sent.filter(({ request }) => request.action === "DEAL" && request.positionId === null)).toHaveLength(1);
	});

	const UNKNOWN: readonly (readonly [string, Parameters<typeof answerTo>[1]])[] = [
		["no answer in time (10012)", { outcome: "rejected", retcode: 10012 }],
		["no connection (10031)", { outcome: "rejected", retcode: 10031 }],
		["an outcome called unknown", { outcome: "unknown", retcode: 10012 }],
		["a rejection with a code that MT5 does not publish", { outcome: "rejected", retcode: 10099 }],
		["a success with a code that MT5 does not publish", { outcome: "done", retcode: 0 }],
		["a market order that was only placed (10008)", { outcome: "placed", retcode: 10008, price: 0, lots: 0 }],
	];
	it.each(UNKNOWN)("reconciles, counts the order as filled and enters no more: %s", async (_name, changes) => {
		const broker = scriptedBroker((request) => [answerTo(request, changes)]);
		// It would enter on every bar, if it were told that it may.
		const eager: Script = (view) => (view.entry.mayEnter ? [open("BUY")] : []);
		const result = await runWith(CONFIG, { feed: scriptedFeed(flat(10)), script: eager, broker });
		expect(broker.sent).toHaveLength(1);
		// Nobody finds out within half a minute, so a person must look.
		expect(states(result)).toEqual(["RECONCILING C37", "HALTED C37"]);
		expect(result.engine.plans).toMatchObject([{ unknown: true, answered: true }]);
		expect(result.engine.end?.reason).toBe("halt");
		expect(result.engine.end?.detail).toContain("NOT CONFIRMED: BUY 0.1 lots (intent 1)");
	});

	it("never sends a close again whose answer was lost: it may have closed already (C37)", async () => {
		const broker = scriptedBroker((request) =>
			request.action === "DEAL" && request.positionId !== null ? [answerTo(request, { outcome: "unknown", retcode: 10012 })] : filled(request),
		);
		const insists: Script = (view, call) => (call === 1 ? [open("BUY")] : view.positions.map(({ positionId }) => close(positionId)));
		const commands = [{ tick: 8, command: { command: "flatten" } }] as const;
		const result = await runWith(CONFIG, { feed: scriptedFeed(flat(12)), script: insists, broker, commands });
		expect(broker.sent.map(({ request }) => request.action === "DEAL" && request.positionId !== null)).toEqual([false, true]);
		// It is not even proposed: a refusal by the validator, which counts lost closes as well, would be noise.
		expect(result.journal.of("refused")).toEqual([]);
		expect(states(result)).toContain("RECONCILING C37");
	});

	it("takes a fill whose answer was lost for what it is, and goes on (C37)", async () => {
		let request: OrderRequest | null = null;
		const broker = scriptedBroker((sent) => {
			request = sent;
			return [answerTo(sent, { outcome: "rejected", retcode: 10012 })];
		});
		const onTick = (at: number): void => {
			if (at !== START + MINUTE + 10_000 || request === null) return;
			broker.events.push(dealOf({ intentId: request.intentId, at }), positionOf({ intentId: request.intentId }));
		};
		const rows = [...flat(2), ...[10, 20].map((s) => ({ at: START + MINUTE + s * 1000, bid: 110_000, ask: 110_002 })), ...flat(6).slice(2)];
		const script: Script = (_view, call) => (call === 1 ? [open("BUY")] : []);
		const result = await runWith({ ...CONFIG, onExit: "keep" }, { feed: scriptedFeed(rows), script, broker: { ...broker, onTick } });
		expect(result.engine.trades).toHaveLength(1);
		expect(states(result)).toEqual(["RECONCILING C37", "ACTIVE C37"]);
		expect(result.engine.tally.entriesFilled).toBe(1);
	});

	const MONEY: readonly (readonly [string, number])[] = [
		["NaN", Number.NaN],
		["infinite", Number.POSITIVE_INFINITY],
		["minus infinite", Number.NEGATIVE_INFINITY],
	];
	it.each(MONEY)("kills the session when the balance becomes %s", async (_name, balance) => {
		const broker = scriptedBroker((request) => [
			...filled(request),
			{ type: "account", at: START, account: { balance, credit: 0, margin: 100, marginCall: false } },
		]);
		const result = await runWith(CONFIG, { feed: scriptedFeed(flat(10)), script: ONCE, broker });
		expect(states(result).some((state) => /^(KILLED|HALTED)/.test(state))).toBe(true);
		expect(result.engine.trading.state).toBe("KILLED");
		expect(exitCodeOf(result.engine.end?.reason ?? "duration", 130)).toBe(5);
		expect(broker.sent.filter(({ request }) => request.action === "DEAL" && request.positionId === null)).toHaveLength(1);
	});

	it("never counts a lost close as done, and does not send it again", async () => {
		const broker = scriptedBroker((request) =>
			request.action === "DEAL" && request.positionId !== null ? [answerTo(request, { outcome: "rejected", retcode: 10031 })] : filled(request),
		);
		const script = (_view: unknown, call: number): unknown => (call === 1 ? [open("BUY")] : call >= 3 ? [close(1)] : []);
		const result = await runWith(CONFIG, { feed: scriptedFeed(flat(10)), script, broker });
		expect(broker.sent.map(({ request }) => request.action === "DEAL" && request.positionId)).toEqual([null, 1]);
		expect(result.engine.positions).toHaveLength(1);
		expect(result.engine.end?.reason).toBe("halt");
	});

	it("survives quotes that are none: they move nothing and halt at the third", async () => {
		const rows = flat(10).map((row, index) => (index >= 5 ? { ...row, bid: 0, ask: 0 } : row));
		const script = (_view: unknown, call: number): unknown => (call === 1 ? [open("BUY")] : []);
		const result = await runWith(CONFIG, { feed: scriptedFeed(rows), script });
		expect(result.engine.peak.drawdownPct).toBeLessThan(1);
		expect(states(result)).toEqual(["HALTED C30"]);
	});
});

describe("a bug of the engine", () => {
	it("stops everything, is in the journal with its cause, and is told apart", async () => {
		const journal = memoryJournal();
		const broker = scriptedBroker(() => {
			throw new Error("adapter broke its promise");
		});
		const result = await runWith(CONFIG, { feed: scriptedFeed(flat(10)), script: (_view, call) => (call === 1 ? [open("BUY")] : []), broker, journal });
		expect(result.engine.end).toEqual({ reason: "bug", detail: "adapter broke its promise" });
		expect(journal.kinds().at(-1)).toBe("bug");
		expect(exitCodeOf("bug", 130)).toBe(70);
	});
});

import { describe, expect, it, vi } from "vitest";
import { magicOf, PAPER_MAGIC } from "../../src/engine/agents/magic.ts";
import type { BrokerEvent, Deal, OrderRequest } from "../../src/engine/order.ts";
import { exitCodeOf, summarise } from "../../src/engine/summary.ts";
import {
	dealOf,
	demoConfig,
	FILLED,
	filledOf,
	type LiveStep,
	later,
	link,
	positionOf,
	quote,
	type RealRun,
	resolved,
	runReal,
	silence,
	statesOf,
	WARM_UP,
} from "../helpers/real-broker.ts";
import { answerTo, close as closing, configWith, flat, open, runWith, START, scriptedFeed } from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

const KEEP = demoConfig({ onExit: "keep" });
const LOST = { outcome: "unknown", retcode: 10012, lots: 0, price: 0 } as const;
const NO = { outcome: "rejected", retcode: 10006, lots: 0, price: 0 } as const;

/** Every second a row without a quote, from `from` to `to`. */
function seconds(from: number, to: number): LiveStep {
	return Array.from({ length: to - from + 1 }, (_, index) => silence(from + index));
}

/** Every second a quote. */
function quotes(from: number, to: number): LiveStep {
	return Array.from({ length: to - from + 1 }, (_, index) => quote(from + index));
}

/** A session whose first entry gets no answer, and what comes `then`. */
function lostEntry(
	then: (tell: (...events: readonly BrokerEvent[]) => void, request: () => OrderRequest) => readonly LiveStep[],
	config = KEEP,
): Promise<RealRun> {
	let sent: OrderRequest | null = null;
	const request = (): OrderRequest => {
		if (sent === null) throw new Error("no order was sent");
		return sent;
	};
	return runReal(config, {
		respond(asked) {
			const first = sent === null;
			sent ??= asked;
			return first ? [{ ...answerTo(asked, LOST), at: later(0) } as BrokerEvent] : filledOf(asked);
		},
		steps: (tell) => [...WARM_UP, ...then(tell, request)],
	});
}

describe("an order whose answer is lost", () => {
	it("is done by what reconciling finds: it counts as an answer would, and entries are allowed again", async () => {
		const { engine, ...result } = await lostEntry((tell, request) => [
			() => tell(resolved(request(), { lots: 0.1, price: 110_003 }, later(3)), dealOf({ at: later(3), price: 110_003 }), positionOf({}, later(3))),
			quotes(4, 5),
		]);
		expect(statesOf({ engine, ...result })).toEqual(["ACTIVE C38", "RECONCILING C37", "ACTIVE C37"]);
		expect(engine.tally).toMatchObject({ entriesSent: 1, entriesFilled: 1 });
		expect(engine.limits.answers.slips).toHaveLength(1);
		expect(engine.chs.orders.attempts).toBe(1);
		expect(engine.trades).toMatchObject([{ entryReason: "enter", riskMoney: 100 }]);
		expect(engine.broker?.intents).toEqual({ sent: 1, filled: 1, notFilled: 0 });
	});

	it("is known by its deal, before anything was reconciled: no halt (C40 is for what was written off)", async () => {
		const run = await lostEntry((tell, request) => [
			() => tell(dealOf({ at: later(2) }), positionOf({}, later(2)), resolved(request(), { lots: 0.1 }, later(3))),
			quotes(4, 5),
		]);
		expect(statesOf(run)).toEqual(["ACTIVE C38", "RECONCILING C37", "ACTIVE C37"]);
		expect(run.engine.tally.entriesFilled).toBe(1);
		expect(run.engine.chs.orders.attempts).toBe(1);
	});

	it("is known by its deal alone", async () => {
		const run = await lostEntry((tell) => [() => tell(dealOf({ at: later(2), price: 110_003 }), positionOf({}, later(2))), quotes(4, 5)]);
		expect(statesOf(run)).toEqual(["ACTIVE C38", "RECONCILING C37", "ACTIVE C37"]);
		expect(run.engine.tally.entriesFilled).toBe(1);
		expect(run.engine.chs.orders.attempts).toBe(1);
	});

	it("is not closed a second time between what was found and its deal", async () => {
		const sent: OrderRequest[] = [];
		const run = await runReal(demoConfig(), {
			respond(request) {
				sent.push(request);
				return request.action === "DEAL" && request.positionId !== null ? [answerTo(request, LOST)] : filledOf(request);
			},
			steps: (tell) => [
				...WARM_UP,
				quotes(1, 5),
				() => tell(resolved(sent[1] as OrderRequest, {}, later(6)), ...filledOf(sent[1] as OrderRequest).slice(1)),
				quotes(7, 9),
			],
			commands: [{ tick: 3, command: { command: "flatten" } }],
		});
		expect(run.broker.sent).toHaveLength(2);
	});

	it("stays unknown after a deal of a part of it", async () => {
		const run = await lostEntry((tell) => [() => tell(dealOf({ at: later(2), lots: 0.04 }), positionOf({ lots: 0.04 }, later(2))), quotes(3, 5)]);
		expect(statesOf(run)).toEqual(["ACTIVE C38", "RECONCILING C37"]);
		expect(run.engine.plans).toMatchObject([{ unknown: true, filled: { lots: 0.04 } }]);
	});

	it("is forgotten when it is proven that nothing was executed: no refusal of the broker, none of the score", async () => {
		const run = await lostEntry((tell, request) => [() => tell(resolved(request(), NO, later(2))), quotes(3, 5)]);
		expect(statesOf(run)).toEqual(["ACTIVE C38", "RECONCILING C37", "ACTIVE C37"]);
		expect(run.engine.plans).toEqual([]);
		expect(run.engine.limits.answers.rejectsInRow).toBe(0);
		expect(run.engine.chs.orders.attempts).toBe(0);
		expect(run.engine.broker?.intents).toEqual({ sent: 1, filled: 0, notFilled: 1 });
	});

	it("halts when it is said that nothing was executed, and a part of it was", async () => {
		const run = await lostEntry((tell, request) => [
			() => tell(dealOf({ at: later(2), lots: 0.04 }), positionOf({ lots: 0.04 }, later(2)), resolved(request(), NO, later(3))),
			quotes(4, 5),
		]);
		expect(statesOf(run)).toEqual(["ACTIVE C38", "RECONCILING C37", "HALTED C40"]);
		expect(run.engine.positions).toMatchObject([{ lots: 0.04 }]);
	});

	it("halts after 30 s when an answer without a price says that it was done and no deal comes", async () => {
		const run = await runReal(KEEP, { respond: (asked) => [answerTo(asked, { price: 0 })], steps: () => [...WARM_UP, quotes(1, 31)] });
		expect(statesOf(run)).toEqual(["ACTIVE C38", "HALTED C37"]);
		expect(run.engine.plans).toMatchObject([{ unknown: true }]);
	});

	it("halts when nobody can tell", async () => {
		const run = await lostEntry((tell, request) => [() => tell(resolved(request(), LOST, later(2))), quotes(3, 5)]);
		expect(statesOf(run)).toEqual(["ACTIVE C38", "RECONCILING C37", "HALTED C37"]);
		expect(run.engine.plans).toMatchObject([{ unknown: true }]);
	});

	it.each([
		["30 s are waited for", 30, ["ACTIVE C38", "RECONCILING C37"]],
		["more are not", 31, ["ACTIVE C38", "RECONCILING C37", "HALTED C37"]],
	])("%s", async (_name, until, states) => {
		expect(statesOf(await lostEntry(() => [quotes(1, until as number)]))).toEqual(states);
	});

	it("halts as well when a broker does not answer at all", async () => {
		const run = await runReal(KEEP, { respond: () => [], steps: () => [...WARM_UP, quotes(1, 31)] });
		expect(statesOf(run)).toEqual(["ACTIVE C38", "HALTED C37"]);
	});

	it("does not let a session end as done: it waits for its three minutes, then says NOT CONFIRMED, also by its exit code", async () => {
		const stop = { command: "stop", reason: "enough", positions: null } as const;
		const parts = { respond: (request: OrderRequest) => [{ ...answerTo(request, LOST), at: later(0) } as BrokerEvent] };
		const steps = (): readonly LiveStep[] => [...WARM_UP, quotes(1, 250)];
		const run = await runReal(KEEP, { ...parts, steps, commands: [{ tick: 4, command: stop }] });
		expect(run.engine.at).toBe(later(182));
		expect(run.engine.end?.detail).toMatch(/NOT CONFIRMED: BUY 0\.1 lots \(intent 1\)$/);
		const summary = summarise(run.engine, OUTER);
		expect(summary.exitCode).toBe(5);
		expect(summary.broker).toMatchObject({ intents: { sent: 1, filled: 0, notFilled: 0, unknown: 1 }, notConfirmed: ["BUY 0.1 lots (intent 1)"] });
		expect(summary.nextStep).toContain("NOT CONFIRMED");
	});

	it.each([
		[
			"resolved before its minutes are over",
			(tell: (...events: readonly BrokerEvent[]) => void, request: () => OrderRequest) => tell(resolved(request(), NO, later(10))),
			130,
		],
	])("ends as asked when it is %s", async (_name, then, code) => {
		const stop = { command: "stop", reason: "enough", positions: null } as const;
		let sent: OrderRequest | null = null;
		const run = await runReal(KEEP, {
			respond(request) {
				sent = request;
				return [{ ...answerTo(request, LOST), at: later(0) } as BrokerEvent];
			},
			steps: (tell) => [...WARM_UP, quotes(1, 9), () => then(tell, () => sent as unknown as OrderRequest), quotes(11, 100)],
			commands: [{ tick: 4, command: stop }],
		});
		expect(run.engine.at).toBeLessThanOrEqual(later(11));
		expect(summarise(run.engine, OUTER).exitCode).toBe(code);
		expect(exitCodeOf("interrupt", 130)).toBe(130);
	});
});

const OUTER = {
	sessionId: "S",
	configHash: "c",
	fingerprint: "f",
	journal: { file: "j", lines: 1, bytes: 1, head: "h" },
	data: { rows: 0, badRows: 0, duplicates: 0, outOfOrder: 0, spreadsFilled: 0, gaps: 0, longestGapSeconds: 0 },
	repeatOf: null,
	file: null,
	evidence: true,
	evidenceNote: "",
	wallStart: "",
	wallEnd: "",
	interruptCode: 130,
};

describe("deals and intents, one to one (C39, C40)", () => {
	const close = { type: "position-closed", at: START, positionId: 301 } as const;
	const SL: Partial<Deal> = { entry: "OUT", side: "SELL", intentId: null, reason: "SL", price: 109_902, requestedPrice: 109_902, profit: -10 };
	const CASES: readonly (readonly [string, (request: OrderRequest) => readonly BrokerEvent[], string | null, object])[] = [
		["an entry that is filled", (request) => filledOf(request), null, { total: 1, ofIntents: 1, ofServer: 0, unmatched: 0 }],
		[
			"and closed by its stop",
			(request) => [...filledOf(request), dealOf({ ...SL, ticket: 777 }), close],
			null,
			{ total: 2, ofIntents: 1, ofServer: 1, unmatched: 0 },
		],
		[
			"filled in two deals",
			(request) => [answerTo(request), dealOf({ lots: 0.06 }), dealOf({ ticket: 502, lots: 0.04 }), positionOf()],
			null,
			{ total: 2, ofIntents: 2 },
		],
		[
			"a close by an intent that was never sent",
			(request) => [...filledOf(request), dealOf({ ...SL, reason: "EXPERT", ticket: 777, intentId: 99 }), close],
			"C39",
			{ total: 2, ofIntents: 1, ofServer: 0, unmatched: 1 },
		],
		...[{ price: 0 }, { lots: 0 }, { price: 0, lots: 0 }].map(
			(left) =>
				[
					`filled by an answer that leaves ${Object.keys(left).join(" and ")} at 0, as MT5 may: the deal tells`,
					(request: OrderRequest) => [answerTo(request, left), ...filledOf(request).slice(1)],
					null,
					{ total: 1, ofIntents: 1, unmatched: 0 },
				] as const,
		),
		["filled with more than was asked for", (request) => [...filledOf(request), dealOf({ ticket: 777, lots: 0.01 })], "C39", { total: 2 }],
		["filled on the other side than was asked for", (request) => filledOf(request, { side: "SELL" }), "C39", { total: 1, ofIntents: 1, unmatched: 0 }],
		["a deal that is told twice", (request) => [...filledOf(request), dealOf({ ticket: 500 + request.intentId })], "C39", { total: 1, ofIntents: 1 }],
		[
			"a deal of an intent that was never sent",
			(request) => [...filledOf(request), dealOf({ ticket: 777, intentId: 99, positionId: 9 })],
			"C39",
			{ unmatched: 1 },
		],
		[
			"a deal without an intent that opens",
			(request) => [...filledOf(request), dealOf({ ticket: 777, intentId: null, positionId: 9 })],
			"C39",
			{ unmatched: 1 },
		],
		["a fill after a definite no", (request) => [answerTo(request, NO), dealOf(), positionOf()], "C40", { total: 1, ofIntents: 1, unmatched: 0 }],
		["a yes found after a definite no", (request) => [answerTo(request, NO), resolved(request, {})], "C40", { total: 0 }],
		["a no found after a definite no", (request) => [answerTo(request, NO), resolved(request, NO)], null, { total: 0 }],
		["the outcome of an intent that was never sent", (request) => [answerTo(request, NO), resolved({ ...request, intentId: 99 }, NO)], "C39", { total: 0 }],
	];
	it.each(CASES)("%s", async (_name, respond, control, deals) => {
		const run = await runReal(KEEP, {
			respond: (request) => (request.intentId === 1 ? respond(request) : filledOf(request)),
			steps: () => [...WARM_UP, quotes(1, 2)],
		});
		const halts = statesOf(run).filter((state) => state.startsWith("HALTED"));
		expect(halts).toEqual(control === null ? [] : [`HALTED ${control}`]);
		expect(run.engine.broker?.deals).toMatchObject(deals);
	});

	it.each([
		[301, []],
		[302, ["HALTED C39"]],
	])("a close of position 301 that closed position %d", async (closed, halts) => {
		const two = (_view: unknown, call: number): unknown => (call <= 2 ? [open("BUY")] : call === 3 ? [closing(301)] : []);
		const run = await runReal(KEEP, {
			respond(request) {
				const { intentId } = request;
				const id = 300 + intentId;
				if (intentId <= 2) return [answerTo(request), dealOf({ intentId, ticket: id, positionId: id }), positionOf({ id, ticket: id, intentId })];
				return [
					answerTo(request),
					dealOf({ entry: "OUT", side: "SELL", ticket: 777, intentId, positionId: closed, price: 110_000, requestedPrice: 110_000 }),
					{ type: "position-closed", at: START, positionId: closed },
				];
			},
			steps: () => [...WARM_UP, [quote(60)], [quote(120)], quotes(121, 122)],
			script: two as never,
		});
		expect(run.engine.positions.map(({ id }) => id)).toEqual([603 - closed]);
		expect(statesOf(run).filter((state) => state.startsWith("HALTED"))).toEqual(halts);
	});

	it("waits for the deals of a close that was answered, whatever closes before", async () => {
		const two = (_view: unknown, call: number): unknown => (call <= 2 ? [open("BUY")] : call === 3 ? [closing(301)] : []);
		const out = (id: number, changes: Partial<Deal>): readonly BrokerEvent[] => [
			dealOf({ entry: "OUT", side: "SELL", positionId: id, price: 110_000, requestedPrice: 110_000, ...changes }),
			{ type: "position-closed", at: START, positionId: id },
		];
		const run = await runReal(demoConfig({ onExit: "keep" }), {
			respond(request) {
				if (request.action === "DEAL" && request.positionId !== null)
					return [answerTo(request), ...out(302, { ticket: 777, intentId: null, reason: "SL" }), ...out(301, { ticket: 778, intentId: request.intentId })];
				const id = 300 + request.intentId;
				return [
					answerTo(request),
					dealOf({ intentId: request.intentId, ticket: id, positionId: id }),
					positionOf({ id, ticket: id, intentId: request.intentId }),
				];
			},
			steps: () => [...WARM_UP, [quote(60)], [quote(120)], quotes(121, 122)],
			script: two as never,
		});
		expect(run.engine.broker?.deals).toEqual({ total: 4, ofIntents: 3, ofServer: 1, unmatched: 0 });
		expect(statesOf(run)).toEqual(["ACTIVE C38"]);
		expect(run.engine.plans).toEqual([]);
	});

	it("adopts a late fill with the risk and the reason it was planned with, and books its money once", async () => {
		const respond = (request: OrderRequest): readonly BrokerEvent[] => [
			answerTo(request, NO),
			dealOf({ commission: -0.7 }),
			positionOf(),
			dealOf({ commission: -0.7 }),
		];
		const { engine } = await runReal(KEEP, { respond, steps: () => [...WARM_UP, quotes(1, 2)] });
		expect(engine.trades).toMatchObject([{ entryReason: "enter", riskMoney: 100, positionId: 301 }]);
		expect(engine.account.balance).toBe(9999.3);
		expect(engine.broker?.ofDeals).toBe(-0.7);
	});
});

describe("the disk before the wire (C42, P1)", () => {
	/** A session whose journal counts what the disk has confirmed; `fails`: the disk says no when it is asked to. */
	async function onDisk(fails: boolean): Promise<RealRun & { readonly left: readonly (readonly [onDisk: number, written: number, last: string])[] }> {
		const left: (readonly [number, number, string])[] = [];
		let confirmed = 0;
		let failure: string | null = null;
		let written = (): readonly { readonly kind: string }[] => [];
		const run = await runReal(KEEP, {
			respond(request) {
				left.push([confirmed, written().length, written().at(-1)?.kind ?? ""]);
				return filledOf(request);
			},
			steps(_tell, journal) {
				written = () => journal.records;
				const flush = (durable: boolean): void => {
					if (!durable) return;
					if (fails) failure = "fsync failed";
					else confirmed = journal.records.length;
				};
				Object.assign(journal, { flush, failure: () => failure });
				return [...WARM_UP, quotes(1, 2)];
			},
		});
		return { ...run, left };
	}

	it("lets an order leave only when the disk has confirmed its line", async () => {
		const { left } = await onDisk(false);
		expect(left).toHaveLength(1);
		for (const [confirmed, written, last] of left) expect([confirmed, last]).toEqual([written, "order"]);
	});

	it("lets none leave when the disk does not confirm, and ends the session", async () => {
		const { left, engine } = await onDisk(true);
		expect(left).toEqual([]);
		expect(engine.end).toMatchObject({ reason: "journal-failure", detail: "fsync failed" });
	});
});

describe("the link to the broker (C37, C38)", () => {
	const EAGER = (view: { entry: { mayEnter: boolean } }): unknown => (view.entry.mayEnter ? [open("BUY")] : []);
	const minute = (n: number): LiveStep => [quote(60 * n)];

	it("takes no risk before the broker has said that everything agrees", async () => {
		const run = await runReal(KEEP, { respond: FILLED, steps: () => [...WARM_UP, minute(1), minute(2)], script: EAGER as never, link: "silent" });
		expect(run.broker.sent).toEqual([]);
		expect(run.engine.trading.state).toBe("RECONCILING");
		expect(run.engine.tally.holds.C38).toBe(3);
	});

	it.each(["down", "reconciling"] as const)("takes none while it is %s, shows why, and goes on when it is up", async (state) => {
		const run = await runReal(KEEP, {
			respond: FILLED,
			steps: (tell) => [
				...WARM_UP.slice(0, 1),
				() => tell(link(state, later(-1), "no answer for 3 s")),
				[quote(0)],
				() => tell(link("up", later(30))),
				minute(1),
				minute(2),
			],
			script: EAGER as never,
		});
		expect(run.broker.sent.map(({ at }) => at)).toEqual([later(60), later(120)]);
		expect(statesOf(run)).toEqual(["ACTIVE C38", "RECONCILING C38", "ACTIVE C38"]);
		expect(JSON.stringify(run.journal.of("state")[1]?.data)).toContain("no answer for 3 s");
		expect(run.engine.broker).toMatchObject({ linkLosses: 1, link: { state: "up" } });
	});

	it("counts a loss once, from down over reconciling to up, and shows the last reason", async () => {
		const run = await runReal(KEEP, {
			respond: FILLED,
			steps: (tell) => [...WARM_UP, () => tell(link("down", later(1), "closed")), () => tell(link("reconciling", later(2), "fence 7")), quotes(3, 4)],
			script: () => [],
		});
		expect(run.engine.broker?.linkLosses).toBe(1);
		expect(run.engine.trading.holds).toMatchObject([{ control: "C38", state: "RECONCILING", reason: "comparing with the broker: fence 7" }]);
	});

	it("tries closes again while our own side refuses them, and counts none of it against broker or agent", async () => {
		let isDown = true;
		const run = await runReal(demoConfig(), {
			respond: (request) =>
				request.action === "DEAL" && request.positionId !== null && isDown ? [answerTo(request, { ...NO, retcode: 10027 })] : filledOf(request),
			steps: (tell) => [
				...WARM_UP,
				() => tell(link("down", later(1))),
				quotes(2, 12),
				() => {
					isDown = false;
					tell(link("up", later(13)));
				},
				quotes(14, 16),
			],
			commands: [{ tick: 4, command: { command: "flatten" } }],
		});
		expect(run.broker.sent.length).toBeGreaterThan(8);
		expect(run.engine.limits.answers.rejects).toEqual([]);
		expect(run.engine.positions).toEqual([]);
		expect(run.engine.chs.orders.attempts).toBe(2);
	});

	it("never goes back in time when a quote arrives behind a later word of the broker", async () => {
		const run = await runReal(KEEP, {
			respond: FILLED,
			steps: (tell) => [...WARM_UP, () => tell(link("reconciling", later(5)), link("up", later(5))), [quote(3)]],
			script: () => [],
		});
		expect([run.engine.at, run.engine.quoteAt]).toEqual([later(5), later(5)]);
	});

	it("books what the broker did in the meantime", async () => {
		const SL: Partial<Deal> = { ticket: 777, entry: "OUT", side: "SELL", intentId: null, reason: "SL", price: 109_902, requestedPrice: 109_902, profit: -10 };
		const run = await runReal(KEEP, {
			respond: FILLED,
			steps: (tell) => [
				...WARM_UP,
				() => tell(link("down", later(1))),
				seconds(2, 9),
				() =>
					tell(
						link("reconciling", later(10)),
						dealOf({ ...SL, at: later(5) }),
						{ type: "position-closed", at: later(10), positionId: 301 },
						link("up", later(11)),
					),
				quotes(12, 13),
			],
		});
		expect(run.engine.tally).toMatchObject({ closed: 1, losses: 1, lossSum: 10 });
		expect(run.journal.of("trade")[0]?.data).toMatchObject({ exitReason: "stop loss", net: -10 });
	});
});

describe("positions from before", () => {
	const adopted = (at: number): BrokerEvent => ({
		type: "adopted",
		at,
		adoption: {
			position: (positionOf({ intentId: null, lots: 0.2, sl: 109_900, tp: 110_300, swap: -0.4 }) as Extract<BrokerEvent, { type: "position" }>).position,
			riskMoney: 80,
			reason: "cross, session S",
			commission: -1.4,
		},
	});
	const HISTORY: LiveStep = [{ at: START, bid: 109_000, ask: 109_002 }];

	it("become trades of the session with their own risk, are no evidence, and are not valued with history", async () => {
		const run = await runReal(demoConfig({ onExit: "keep" }, { found: "resume" }), {
			respond: FILLED,
			steps: () => [HISTORY, quotes(0, 1)],
			script: () => [],
			link: "silent",
			commands: [],
		});
		expect(run.engine.steeredBy).toEqual([]);
		const taken = await runReal(demoConfig({ onExit: "keep" }, { found: "resume" }), {
			respond: FILLED,
			steps: (tell) => [
				() =>
					tell(
						adopted(later(-5)),
						{ type: "account", at: later(-5), account: { balance: 10_000, credit: 50, margin: 200, marginCall: false } },
						link("up", later(-4)),
					),
				HISTORY,
				quotes(0, 1),
			],
			script: () => [],
		});
		const { engine, journal } = taken;
		expect(statesOf(taken).filter((state) => /HALTED|KILLED/.test(state))).toEqual([]);
		expect(engine.trades).toMatchObject([
			{ number: 1, positionId: 301, riskMoney: 80, entryReason: "cross, session S", lots: 0.2, sl: 109_900, tp: 110_300, net: -1.4 },
		]);
		expect(engine.steeredBy).toEqual(["adopted"]);
		expect(journal.of("adoption")).toHaveLength(1);
		// 0.2 lots from 110002 to 110000 lose 0.40, besides the swap: not the 1,000 points to the price of the warm-up.
		expect(engine.account.equity).toBeCloseTo(10_050 - 0.4 - 0.4, 8);
		expect(engine.limits.losses.startEquity).toBeCloseTo(10_049.2, 8);
		expect(engine.peak.drawdownPct).toBeLessThan(0.1);
	});

	it("are worth what they were opened for while there is no quote and the broker's time is not known", async () => {
		const { engine, ...run } = await runReal(demoConfig({ onExit: "keep" }, { found: "resume" }), {
			respond: FILLED,
			steps: (tell) => [
				() => tell(link("reconciling", 0), adopted(0)),
				HISTORY,
				() => tell({ type: "account", at: later(-1), account: { balance: 10_000, credit: 0, margin: 200, marginCall: false } }, link("up", later(-1))),
				quotes(0, 1),
			],
			script: () => [],
			link: "silent",
		});
		expect(statesOf({ engine, ...run }).filter((state) => /HALTED|KILLED/.test(state))).toEqual([]);
		expect(engine.account.equity).toBeCloseTo(10_000 - 0.4 - 0.4, 8);
		expect(engine.peak.drawdownPct).toBeLessThan(0.1);
		expect(engine.breaker.trips).toBe(0);
	});

	it("are closed with the first live quote when the operator chose that", async () => {
		const run = await runReal(demoConfig({}, { found: "close" }), {
			respond: FILLED,
			steps: (tell) => [() => tell(adopted(later(-5)), link("up", later(-4))), HISTORY, quotes(0, 2)],
			script: () => [],
		});
		expect(run.broker.sent).toMatchObject([{ at: later(0), request: { action: "DEAL", positionId: 301, side: "SELL", lots: 0.2, price: 110_000 } }]);
		expect(run.engine.positions).toEqual([]);
	});

	it.each([
		["nobody has asked for", demoConfig({ onExit: "keep" }, { found: "none" }), [adopted(later(-5))]],
		["come twice", demoConfig({ onExit: "keep" }, { found: "resume" }), [adopted(later(-5)), adopted(later(-5))]],
	])("halt when they are such that %s", async (_name, config, events) => {
		const run = await runReal(config, { respond: FILLED, steps: (tell) => [() => tell(...events), HISTORY, quotes(0, 1)], script: () => [] });
		expect(run.engine.trading.state).toBe("HALTED");
		expect(run.engine.positions).toHaveLength(1);
	});

	it("halt when they come while the session trades and nothing is being compared", async () => {
		const run = await runReal(demoConfig({ onExit: "keep" }, { found: "resume" }), {
			respond: FILLED,
			steps: (tell) => [...WARM_UP, () => tell(adopted(later(1))), quotes(2, 3)],
			script: () => [],
		});
		expect(statesOf(run)).toContain("HALTED C38");
	});
});

describe("trouble on the account", () => {
	it.each([
		["C31", "HALTED", "halt"],
		["C39", "HALTED", "halt"],
		["C02", "KILLED", "halt"],
	] as const)("%s makes it %s", async (control, state, reason) => {
		const run = await runReal(KEEP, {
			respond: FILLED,
			steps: (tell) => [...WARM_UP, () => tell({ type: "account-trouble", at: later(1), control, state, detail: "position 55 is not ours" }), quotes(2, 3)],
			script: () => [],
		});
		expect(run.engine.trading).toMatchObject({ state });
		expect(run.engine.end).toEqual({ reason, detail: `${control}: position 55 is not ours` });
		expect(run.kills).toHaveLength(state === "KILLED" ? 1 : 0);
		expect(run.broker.sent).toEqual([]);
	});

	it("closes a position that has lost its stop, and no other, and halts (C12)", async () => {
		const two = (view: unknown, call: number): unknown => (call <= 2 && view !== null ? [open("BUY")] : []);
		const run = await runReal(demoConfig({ onExit: "keep", onLatch: "wait" }), {
			respond(request) {
				const id = request.intentId === 1 ? 301 : 302;
				if (request.action === "DEAL" && request.positionId !== null) return filledOf(request, { positionId: request.positionId });
				return filledOf(request, { positionId: id }).map((event) =>
					event.type === "position" ? { ...event, position: { ...event.position, id, ticket: id } } : event,
				);
			},
			steps: (tell) => [
				...WARM_UP,
				[quote(60)],
				() =>
					tell(positionOf({ id: 302, ticket: 302, intentId: 2, sl: 0 }, later(61)), {
						type: "account-trouble",
						at: later(63),
						control: "C12",
						state: "HALTED",
						detail: "position 302",
					}),
				quotes(64, 66),
			],
			script: two as never,
		});
		expect(run.engine.positions.map(({ id }) => id)).toEqual([301]);
		expect(statesOf(run)).toContain("HALTED C12");
		expect(run.engine.flattening).toBeNull();
	});
});

describe("the loss limits of a real account (C21 to C24)", () => {
	const day = Math.floor(START / 86_400_000);
	it.each([
		["the day began higher", { dayStart: { day, equity: 10_500 }, peakEquity: null, bestProfit: null }, "KILLED C22"],
		["the day before does not count", { dayStart: { day: day - 1, equity: 10_500 }, peakEquity: null, bestProfit: null }, null],
		["the peak was higher", { dayStart: null, peakEquity: 11_200, bestProfit: null }, "HALTED C23"],
		["nothing was lost", { dayStart: { day, equity: 10_100 }, peakEquity: 10_100, bestProfit: 3 }, null],
	] as const)("%s", async (_name, earlier, state) => {
		const run = await runReal(demoConfig({ onExit: "keep" }, { earlier }), { respond: FILLED, steps: () => [...WARM_UP, quotes(1, 2)], script: () => [] });
		expect(statesOf(run).filter((one) => /HALTED|KILLED/.test(one))).toEqual(state === null ? [] : [state]);
	});
});

describe("who sent it (C14)", () => {
	it("is told by the magic: one an agent build, the simulator's own elsewhere", async () => {
		expect(magicOf("sma-1")).toBe(magicOf("sma-1"));
		const builds = ["sma-1", "sma-1(fastBars=3)", "sma-2", "berserker-1", ""];
		expect(new Set(builds.map(magicOf)).size).toBe(builds.length);
		for (const build of builds)
			expect(magicOf(build)).toSatisfy((magic: number) => Number.isSafeInteger(magic) && magic > PAPER_MAGIC && magic <= PAPER_MAGIC + 2 ** 31);
		const run = await runReal(KEEP, { respond: FILLED, steps: () => WARM_UP });
		expect(run.broker.sent[0]?.request.magic).toBe(magicOf("sma-1"));
		const paper = await runWith(configWith({ onExit: "keep" }), { feed: scriptedFeed(flat(3)), script: (_view, call) => (call === 1 ? [open("BUY")] : []) });
		expect(paper.engine.broker).toBeNull();
		expect(paper.journal.of("order")[0]?.data).toMatchObject({ request: { magic: PAPER_MAGIC } });
	});
});

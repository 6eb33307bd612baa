import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { SessionConfig } from "../../src/engine/config.ts";
import type { Command } from "../../src/engine/event.ts";
import type { BrokerEvent, Deal, OrderRequest } from "../../src/engine/order.ts";
import { STATES, type StateChange } from "../../src/engine/trading-state.ts";
import { createRecorder, fingerprintOf, replaySession } from "../../src/replay.ts";
import { hook } from "../helpers/engine-hook.ts";
import { ruleAgent } from "../helpers/rule-agent.ts";
import { close, configWith, EASY, memoryJournal, minutes, open, paperBroker, type RunResult, runWith, scriptedFeed } from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

type Wish = "buy" | "sell" | "close" | "turn" | "nothing";
type Fate = "filled" | "refused" | "requoted" | "unknown";
type Case = {
	readonly moves: readonly number[];
	readonly wishes: readonly Wish[];
	readonly fates: readonly Fate[];
	readonly commands: readonly { readonly tick: number; readonly command: Command }[];
	readonly settings: Pick<SessionConfig, "onBreaker" | "onExit" | "onLatch" | "durationMinutes" | "maxTrades">;
	readonly latencyMs: number;
};

const COMMAND: fc.Arbitrary<Command> = fc.oneof(
	{ weight: 2, arbitrary: fc.constant<Command>({ command: "pause" }) },
	{ weight: 3, arbitrary: fc.constant<Command>({ command: "resume" }) },
	{ weight: 2, arbitrary: fc.constant<Command>({ command: "flatten" }) },
	{ weight: 2, arbitrary: fc.constant<Command>({ command: "kill", reason: "red button" }) },
	{ weight: 3, arbitrary: fc.constant<Command>({ command: "reset", reason: "seen it" }) },
	fc.constantFrom<Command>(
		{ command: "stop", reason: "enough", positions: null },
		{ command: "stop", reason: "enough", positions: "keep" },
		{ command: "stop", reason: "enough", positions: "flatten" },
	),
);

const CASE: fc.Arbitrary<Case> = fc.record({
	moves: fc.array(fc.integer({ min: -60, max: 60 }), { minLength: 30, maxLength: 60 }),
	wishes: fc.array(fc.constantFrom<Wish>("buy", "sell", "close", "turn", "nothing"), { minLength: 20, maxLength: 60 }),
	fates: fc.array(fc.oneof({ weight: 8, arbitrary: fc.constant<Fate>("filled") }, fc.constantFrom<Fate>("refused", "requoted", "unknown")), { minLength: 5 }),
	commands: fc
		.array(fc.record({ tick: fc.integer({ min: 0, max: 55 }), command: COMMAND }), { maxLength: 10 })
		.map((list) => [...list].sort((a, b) => a.tick - b.tick)),
	settings: fc.record({
		onBreaker: fc.constantFrom("hold", "flatten"),
		onExit: fc.constantFrom("keep", "flatten"),
		onLatch: fc.constantFrom("wait", "wait", "end"),
		durationMinutes: fc.constantFrom(null, 20, 40),
		maxTrades: fc.constantFrom(null, 3, 8),
	}),
	latencyMs: fc.constantFrom(0, 100, 90_000, 150_000),
});

const RETCODE: Readonly<Record<Fate, number>> = { filled: 10009, refused: 10006, requoted: 10004, unknown: 10012 };

type Sent = { readonly request: OrderRequest; readonly journalled: boolean; readonly mayEnter: boolean };
type Run = RunResult & { readonly config: SessionConfig; readonly sent: readonly Sent[]; readonly leftOpen: readonly string[]; readonly honest: boolean };

const isEntry = (request: OrderRequest): boolean => request.action === "DEAL" && request.positionId === null;

function feedOf({ moves }: Case) {
	let bid = 110_000;
	return scriptedFeed(
		minutes(
			moves.map((move) => {
				bid += move;
				return bid;
			}),
		),
	);
}

/** Runs a case through the real loop, noting of every order that leaves what the journal and the engine knew at that moment. */
async function run(given: Case): Promise<Run> {
	const { wishes, fates, settings, latencyMs } = given;
	const config = configWith({ ...settings, rules: { ...EASY, maxLots: 1 }, simulator: { latencyMs } });
	const feed = feedOf(given);
	const journal = memoryJournal();
	const paper = paperBroker(config, feed);
	const sent: Sent[] = [];
	const leftOpen: string[] = [];
	let wasFlattening = false;
	const broker = {
		...paper,
		submit(request: OrderRequest, at: number) {
			const { engine } = hook;
			const last = journal.of("order").at(-1)?.data as { request: OrderRequest } | undefined;
			// The last entry of a session leaves with the hold that says so (C20).
			const isHeld = engine?.trading.holds.some(({ control }) => control !== "C20") ?? true;
			const mayEnter = !isHeld && engine?.stopping === null && engine.flattening === null && !engine.breaker.open;
			sent.push({ request, journalled: journal.of("order").some(({ data }) => (data as typeof last)?.request.intentId === request.intentId), mayEnter });
			const fate = fates[(sent.length - 1) % fates.length] ?? "filled";
			if (fate === "filled") paper.submit(request, at);
			else paper.events.push(answer(request, at, fate));
		},
	};
	const watch = {
		begin: () => {},
		record() {
			const { engine } = hook;
			if (engine === null) return;
			const isFlattening = engine.flattening !== null;
			if (wasFlattening && !isFlattening && engine.stopping?.flatten !== false && engine.positions.length > 0) leftOpen.push(`row ${engine.tick}`);
			wasFlattening = isFlattening;
		},
		sampleAt: Number.POSITIVE_INFINITY,
		sample: () => {},
		look: () => {},
	};
	const script = (view: { positions: readonly { positionId: number }[] }, call: number): unknown => {
		const wish = wishes[call % wishes.length];
		const own = view.positions[0]?.positionId;
		const closing = own === undefined ? [] : [close(own)];
		if (wish === "buy") return [open("BUY")];
		if (wish === "sell") return [open("SELL", { stopPoints: 80 })];
		if (wish === "turn") return [...closing, open("SELL")];
		return wish === "close" ? closing : [];
	};
	const result = await runWith(config, { feed, broker, journal, watch, script: script as never, commands: given.commands });
	return { ...result, config, sent, leftOpen, honest: fates.every((fate) => fate === "filled") };
}

function answer(request: OrderRequest, at: number, fate: Fate): BrokerEvent {
	const outcome = fate === "unknown" ? "unknown" : fate === "requoted" ? "requote" : "rejected";
	const data = { lots: 0, price: 0, bid: 0, ask: 0, orderTicket: 0, dealTicket: 0, positionId: 0, latencyMs: 0, comment: "made up" };
	return { type: "answer", at, answer: { intentId: request.intentId, outcome, retcode: RETCODE[fate], ...data } } as unknown as BrokerEvent;
}

describe("whatever the market, the broker and the operator do, in whatever order", () => {
	it("orders leave once, journalled, and no entry leaves that is not allowed", async () => {
		let entries = 0;
		await fc.assert(
			fc.asyncProperty(CASE, async (given) => {
				const { journal, sent, engine } = await run(given);
				expect(sent.filter(({ journalled }) => !journalled)).toEqual([]);
				expect(sent.filter(({ request, mayEnter }) => isEntry(request) && !mayEnter)).toEqual([]);
				const ids = sent.map(({ request }) => request.intentId);
				expect(ids).toEqual(journal.of("order").map(({ data }) => (data as { request: OrderRequest }).request.intentId));
				expect(new Set(ids).size).toBe(ids.length);
				if (given.settings.maxTrades !== null) expect(ids.length === 0 || engine.tally.entriesSent <= given.settings.maxTrades).toBe(true);
				entries += sent.filter(({ request }) => isEntry(request)).length;
			}),
			{ numRuns: 300 },
		);
		expect(entries).toBeGreaterThan(100);
	});

	it("after a kill no entry leaves before a reset and a resume, both heard", async () => {
		let kills = 0;
		await fc.assert(
			fc.asyncProperty(CASE, async (given) => {
				const { journal } = await run(given);
				let state = "ACTIVE";
				for (const { kind, data } of journal.records) {
					if (kind === "command" && (data as Command).command === "kill") kills++;
					if (kind === "state") {
						const change = data as StateChange;
						// What is latched is left by the operator's reset alone, and never to where entries are allowed.
						if (STATES[change.from].latched && !STATES[change.to].latched) expect([change.control, STATES[change.to].open]).toEqual(["C36", false]);
						state = change.to;
					}
					if (kind === "order" && (data as { purpose: string }).purpose === "open") expect(state).toBe("ACTIVE");
				}
			}),
			{ numRuns: 200 },
		);
		expect(kills).toBeGreaterThan(10);
	});

	it("closing everything is not over while something is open, and an end that closes leaves nothing with an honest broker", async () => {
		let flattened = 0;
		await fc.assert(
			fc.asyncProperty(CASE, async (given) => {
				const { engine, leftOpen, honest, journal } = await run(given);
				expect(leftOpen).toEqual([]);
				if (engine.stopping?.flatten === true && honest) expect(engine.positions).toEqual([]);
				expect(journal.of("ended")).toHaveLength(1);
				expect(journal.of("ended")[0]?.data).toMatchObject({ openPositions: engine.positions.length });
				flattened += journal.of("command").filter(({ data }) => (data as Command).command === "flatten").length;
			}),
			{ numRuns: 200 },
		);
		expect(flattened).toBeGreaterThan(10);
	});

	it("the journal has every cent, and replays to the same state", async () => {
		await fc.assert(
			fc.asyncProperty(CASE, async (given) => {
				const { engine, journal, config } = await run(given);
				const deals = journal.of("broker").flatMap(({ data }) => ((data as BrokerEvent).type === "deal" ? [(data as { deal: Deal }).deal] : []));
				const booked = deals.reduce((sum, deal) => sum + deal.profit + deal.swap + deal.commission, config.account.startBalance);
				expect(engine.account.balance).toBeCloseTo(booked, 2);
				const recorder = createRecorder();
				for (const record of journal.records) recorder.add(record);
				const { differsAt, fingerprint } = await replaySession(config, feedOf(given), ruleAgent(config), null, recorder.recording);
				expect([differsAt, fingerprint]).toEqual([null, fingerprintOf(engine)]);
			}),
			{ numRuns: 150 },
		);
	});
});

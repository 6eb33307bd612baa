import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { openRecordedFeed } from "../src/adapters/feed/recorded.ts";
import type { JournalRecord } from "../src/adapters/journal/line.ts";
import type { SessionConfig } from "../src/engine/config.ts";
import type { Command } from "../src/engine/event.ts";
import type { BrokerEvent, OrderRequest, PendingOrder } from "../src/engine/order.ts";
import { createRecorder, fingerprintOf, replaySession } from "../src/replay.ts";
import { hook } from "./helpers/engine-hook.ts";
import {
	dealOf,
	demoConfig,
	FILLED,
	filledOf,
	type LiveStep,
	later,
	link,
	liveFeed,
	positionOf,
	quote,
	type RealRun,
	resolved,
	runReal,
	silence,
	WARM_UP,
} from "./helpers/real-broker.ts";
import { ruleAgent } from "./helpers/rule-agent.ts";
import { answerTo, close, configWith, flat, open, type RunResult, runWith, scriptedFeed } from "./helpers/session.ts";

vi.mock("../src/engine/engine.ts", async (original) => (await import("./helpers/engine-hook.ts")).hooked(await original()));

const KEEP = demoConfig({ onExit: "keep" });

/** Folds what was written again, from its lines alone. */
async function replayed(config: SessionConfig, { engine, journal }: RunResult, script = hook.script) {
	const recorder = createRecorder();
	for (const record of journal.records) recorder.add(record);
	const feed = liveFeed([]);
	const rows = journal.of("rows").map(({ data }) => data);
	hook.script = script;
	const outcome = await replaySession(config, openRecordedFeed(feed.identity, feed.traits, rows), ruleAgent(config), null, recorder.recording);
	return { differsAt: outcome.differsAt, lines: outcome.lines === journal.records.length, same: outcome.fingerprint === fingerprintOf(engine) };
}

const SAME = { differsAt: null, lines: true, same: true };

function briefly(records: readonly JournalRecord[]): string[] {
	return records.map(({ kind, data, tick }) => `${tick} ${kind === "broker" ? (data as BrokerEvent).type : kind}`);
}

describe("a session on live quotes", () => {
	it("journals every batch before the engine sees it, and what comes in between where it came", async () => {
		let sent: OrderRequest | null = null;
		const run = await runReal(KEEP, {
			respond(request) {
				sent = request;
				return [];
			},
			steps: (tell) => [...WARM_UP, () => tell(answerTo(sent as unknown as OrderRequest)), [quote(1), quote(2)], () => tell(link("down", later(3)))],
		});
		const lines = briefly(run.journal.records).filter((line) => /rows|link|answer|order|trading/.test(line));
		expect(lines).toEqual(["0 rows", "0 link", "1 rows", "2 trading", "2 order", "2 answer", "2 rows", "4 link"]);
		expect(run.journal.of("rows").map(({ data }) => (data as { rows: unknown[] }).rows.length)).toEqual([1, 1, 2]);
		expect(await replayed(KEEP, run)).toEqual(SAME);
	});

	it("writes no line for a feed that can be made again", async () => {
		const { journal } = await runWith(configWith(), { feed: scriptedFeed(flat(5)) });
		expect(journal.of("rows")).toEqual([]);
	});

	it("acts on an answer as soon as the wait is over, before any row", async () => {
		let sent: OrderRequest | null = null;
		const run = await runReal(KEEP, {
			respond(request) {
				sent = request;
				return [];
			},
			steps: (tell) => [...WARM_UP, () => tell(...filledOf(sent as unknown as OrderRequest)), [quote(1)]],
		});
		expect(run.journal.of("broker").filter(({ data }) => (data as BrokerEvent).type === "deal")[0]?.tick).toBe(2);
		expect(run.engine.positions).toHaveLength(1);
		expect(await replayed(KEEP, run)).toEqual(SAME);
	});

	it("hears commands while the market is silent", async () => {
		const asked: Command[] = [];
		const run = await runReal(KEEP, {
			respond: FILLED,
			steps: () => [...WARM_UP, () => asked.push({ command: "stop", reason: "enough", positions: null }), () => {}, [quote(60)]],
			asked,
		});
		expect(run.engine.end).toMatchObject({ reason: "interrupt" });
		expect(run.engine.tick).toBe(2);
		expect(await replayed(KEEP, run)).toEqual(SAME);
	});

	it("writes what the broker says in its very last moment before its last line, and replays it there", async () => {
		const asked: Command[] = [];
		const run = await runReal(KEEP, {
			respond: FILLED,
			steps: (tell) => [
				...WARM_UP,
				() => tell({ type: "account", at: later(1), account: { balance: 9_990, credit: 0, margin: 0, marginCall: false } }),
				() => asked.push({ command: "stop", reason: "enough", positions: null }),
				// The balance does not agree with the deals: the session waits for a better one, and hears this instead.
				() => tell(link("down", later(3))),
			],
			asked,
		});
		expect(briefly(run.journal.records).slice(-3)).toEqual(["2 link", "2 state", "2 ended"]);
		expect(await replayed(KEEP, run)).toEqual(SAME);
	});

	it("ends when its journal can no longer be written, also in silence", async () => {
		const run = await runReal(KEEP, {
			respond: FILLED,
			steps: (_tell, journal) => [
				...WARM_UP,
				() => {
					journal.failure = () => "the disk is full";
				},
				() => {},
				[quote(60)],
			],
		});
		expect(run.engine.end).toEqual({ reason: "journal-failure", detail: "the disk is full" });
		expect(run.engine.tick).toBe(2);
	});
});

describe("a kill (C33 to C36)", () => {
	const KILL: Command = { command: "kill", reason: "red button" };
	const waiting = demoConfig({ onExit: "keep", onLatch: "wait" });

	it("reaches the broker once, after the journal holds it and before anything else leaves; the reset lifts it there too", async () => {
		const flushes: string[] = [];
		const asked: Command[] = [];
		const run = await runReal(waiting, {
			respond: FILLED,
			steps: (_tell, journal) => {
				journal.flush = (durable) => void flushes.push(`${durable ? "durable" : "flush"} at line ${journal.records.length}`);
				return [
					...WARM_UP,
					() => asked.push(KILL, { command: "flatten" }),
					() => {},
					() => asked.push({ command: "reset", reason: "looked at it" }),
					() => {},
					[quote(2)],
				];
			},
			asked,
		});
		const state = run.journal.records.findIndex(({ kind, data }) => kind === "state" && (data as { to: string }).to === "KILLED") + 1;
		expect(run.kills).toEqual([`kill at line ${state}, after 1 orders: red button`, "release: reset: looked at it"]);
		expect(flushes).toContain(`durable at line ${state}`);
		const close = run.broker.sent.find(({ request }) => request.action === "DEAL" && request.positionId !== null);
		expect(close?.journalLines).toBeGreaterThan(state);
		expect(await replayed(waiting, run)).toEqual(SAME);
	});

	it("reaches the broker before the cancels that follow from it", async () => {
		const asked: Command[] = [];
		const waitingOrder: PendingOrder = {
			ticket: 9,
			intentId: null,
			symbol: "EURUSD",
			type: "BUY_LIMIT",
			lots: 0.1,
			price: 109_000,
			stopLimit: 0,
			sl: 0,
			tp: 0,
			timeInForce: "GTC",
			expiresAt: 0,
			placedAt: later(0),
			magic: 1,
			comment: "",
		};
		const run = await runReal(waiting, {
			respond: FILLED,
			steps: (tell) => [...WARM_UP, () => tell({ type: "order", at: later(1), order: waitingOrder }), () => asked.push(KILL), () => {}, [quote(2)]],
			script: () => [],
			asked,
		});
		expect(run.broker.sent.map(({ request }) => request.action)).toEqual(["REMOVE"]);
		expect(run.kills[0]).toContain("after 0 orders");
	});

	it.each([
		["closes nothing unless that was asked", false, 1],
		["closes positions when that was asked", true, 0],
	])("by file is a command of the session like any other: %s", async (_name, flatten, left) => {
		let order: { reason: string; flatten: boolean } | null = null;
		const run = await runReal(waiting, {
			respond: FILLED,
			steps: () => [
				...WARM_UP,
				() => {
					order = { reason: "kill file", flatten };
				},
				() => {},
				[quote(2)],
			],
			killed: () => order,
		});
		expect(run.journal.of("command").map(({ data }) => data)).toEqual([{ command: "kill", reason: "kill file" }, ...(flatten ? [{ command: "flatten" }] : [])]);
		expect(run.engine.trading.state).toBe("KILLED");
		expect(run.engine.positions).toHaveLength(left);
		expect(await replayed(waiting, run)).toEqual(SAME);
	});

	it("by file comes back after a reset for as long as the file is there", async () => {
		const asked: Command[] = [];
		const run = await runReal(waiting, {
			respond: FILLED,
			steps: () => [...WARM_UP, () => asked.push({ command: "reset", reason: "looked at it" }), () => {}, () => {}, [quote(2)]],
			asked,
			killed: () => ({ reason: "kill file", flatten: false }),
		});
		expect(run.journal.of("command").map(({ data }) => (data as Command).command)).toEqual(["kill", "reset", "kill"]);
		expect(run.broker.sent).toEqual([]);
		expect(run.kills.map((text) => text.split(" ")[0])).toEqual(["kill", "release:", "kill"]);
	});

	it("reaches a virtual session's broker too, which has nothing to do", async () => {
		const config = configWith({ onExit: "keep" });
		const { engine } = await runWith(config, { feed: scriptedFeed(flat(5)), killed: () => ({ reason: "kill file", flatten: false }) });
		expect(engine.end).toEqual({ reason: "kill", detail: "C33: kill file" });
	});
});

/** What may happen at a real broker, in any order. `n` picks an order, a position or a time. */
type Happening = { readonly what: (typeof WHATS)[number]; readonly n: number };
const WHATS = [
	"quote",
	"quote",
	"quote",
	"minute",
	"minute",
	"silence",
	"down",
	"reconciling",
	"up",
	"up",
	"answers",
	"lost",
	"refused",
	"fills",
	"resolved",
	"not done",
	"stop fires",
	"trouble",
	"paper",
	"flatten",
	"reset",
	"resume",
] as const;

/** Plays happenings against a session that enters whenever it may, checking every order at the moment it leaves. */
async function play(happenings: readonly Happening[]) {
	const config = demoConfig({
		onExit: "keep",
		onLatch: "wait",
		maxTrades: null,
		rules: { rejectsInRowToHalt: 100, rejectsToHalt: 100, entriesPerSessionMax: 10 },
	});
	const wrong: string[] = [];
	const open_: { request: OrderRequest; state: "asked" | "lost" }[] = [];
	const positions: { id: number; intentId: number; lots: number }[] = [];
	const asked: Command[] = [];
	let deals = 0;
	let at = 0;
	let up = true;
	let entries = 0;
	const fill = (request: OrderRequest): readonly BrokerEvent[] => {
		if (request.action !== "DEAL") return [];
		const deal = {
			ticket: ++deals,
			intentId: request.intentId,
			lots: request.lots,
			price: request.price,
			requestedPrice: request.price,
			side: request.side,
			at: later(at),
		};
		if (request.positionId === null) {
			const id = 1000 + deals;
			positions.push({ id, intentId: request.intentId, lots: request.lots });
			return [dealOf({ ...deal, positionId: id }), positionOf({ id, intentId: request.intentId, lots: request.lots }, later(at))];
		}
		const index = positions.findIndex(({ id }) => id === request.positionId);
		if (index < 0) return [];
		positions.splice(index, 1);
		return [
			dealOf({ ...deal, entry: "OUT", positionId: request.positionId, profit: -1 }),
			{ type: "position-closed", at: later(at), positionId: request.positionId },
		];
	};
	const happen = ({ what, n }: Happening, tell: (...events: readonly BrokerEvent[]) => void): void => {
		const one = open_[n % Math.max(1, open_.length)];
		const done = (): void => void open_.splice(open_.indexOf(one as (typeof open_)[number]), 1);
		if (what === "down" || what === "reconciling" || what === "up") {
			up = what === "up";
			tell(link(what, later(at)));
		} else if (what === "trouble" && n % 5 === 0) tell({ type: "account-trouble", at: later(at), control: "C31", state: "HALTED", detail: "made up" });
		else if (what === "flatten") asked.push({ command: "flatten" });
		else if (what === "reset") asked.push({ command: "reset", reason: "made up" });
		else if (what === "resume") asked.push({ command: "resume" });
		else if (what === "stop fires" && positions[0] !== undefined) {
			const { id, lots } = positions.shift() as (typeof positions)[number];
			tell(dealOf({ ticket: ++deals, intentId: null, reason: "SL", entry: "OUT", side: "SELL", positionId: id, lots, profit: -5 }), {
				type: "position-closed",
				at: later(at),
				positionId: id,
			});
		} else if (one === undefined) return;
		else if (one.state === "asked" && what === "answers") {
			done();
			tell(answerTo(one.request, { lots: 0.1, price: 110_002 }), ...fill(one.request));
		} else if (one.state === "asked" && what === "refused") {
			done();
			tell(answerTo(one.request, { outcome: "rejected", retcode: 10006, lots: 0, price: 0 }));
		} else if (one.state === "asked" && what === "lost") {
			one.state = "lost";
			tell(answerTo(one.request, { outcome: "unknown", retcode: 10012, lots: 0, price: 0 }));
		} else if (one.state === "lost" && what === "fills") {
			done();
			tell(...fill(one.request), resolved(one.request, { lots: 0.1, price: 110_002 }, later(at)));
		} else if (one.state === "lost" && what === "resolved") {
			done();
			tell(resolved(one.request, { lots: 0.1, price: 110_002 }, later(at)), ...fill(one.request));
		} else if (one.state === "lost" && what === "not done") {
			done();
			tell(resolved(one.request, { outcome: "rejected", retcode: 10006, lots: 0, price: 0 }, later(at)));
		}
	};
	const run: RealRun = await runReal(config, {
		respond(request) {
			const { engine } = hook;
			const isEntry = request.action === "DEAL" && request.positionId === null;
			if (isEntry) entries++;
			// The last entry of a session leaves with the hold that says so (C20).
			const isHeld = engine === null || engine.trading.holds.some(({ control }) => control !== "C20");
			const unknown = engine?.plans.some((plan) => plan.unknown || (!plan.answered && plan.entry && plan.intentId !== request.intentId)) ?? true;
			if (isEntry && (isHeld || !up || unknown)) wrong.push(`intent ${request.intentId}: ${JSON.stringify(engine?.trading.holds)}`);
			open_.push({ request, state: "asked" });
			return [];
		},
		steps: (tell) => [
			...WARM_UP,
			...happenings.flatMap((one): LiveStep[] => {
				if (one.what === "quote") return [[quote(++at)]];
				if (one.what === "silence") return [[silence(++at)]];
				if (one.what === "minute") {
					at = (Math.floor(at / 60) + 1) * 60;
					return [[quote(at - 1), quote(at)]];
				}
				return [() => happen(one, tell)];
			}),
		],
		asked,
		script: ((view: { entry: { mayEnter: boolean }; positions: readonly { positionId: number }[] }, call: number) =>
			view.entry.mayEnter && view.positions.length < 3
				? [open("BUY")]
				: call % 3 === 0
					? view.positions.slice(0, 1).map(({ positionId }) => close(positionId))
					: []) as never,
	});
	return { run, config, wrong, positions, entries };
}

const HAPPENINGS = fc.array(fc.record({ what: fc.constantFrom(...WHATS), n: fc.nat(30) }), { minLength: 20, maxLength: 80 });

describe("whatever a real broker does, in whatever order", () => {
	it("nothing is opened while reconciling, halted or in doubt; positions are the sum of the deals; the replay is the same", async () => {
		let entries = 0;
		await fc.assert(
			fc.asyncProperty(HAPPENINGS, async (happenings) => {
				const { run, config, wrong, positions, entries: sent } = await play(happenings);
				entries += sent;
				expect(wrong).toEqual([]);
				expect(run.engine.end?.reason).not.toBe("bug");
				expect(run.engine.positions.map(({ id }) => id)).toEqual(positions.map(({ id }) => id));
				const open = run.engine.trades.filter(({ shadow }) => !shadow);
				expect(open.map(({ positionId, lots }) => `${positionId} ${lots}`)).toEqual(positions.map(({ id, lots }) => `${id} ${lots}`));
				const booked = run.journal
					.of("broker")
					.flatMap(({ data }) => ((data as BrokerEvent).type === "deal" ? [(data as Extract<BrokerEvent, { type: "deal" }>).deal] : []));
				expect(run.engine.broker?.ofDeals).toBeCloseTo(
					booked.reduce((sum, deal) => sum + deal.profit, 0),
					6,
				);
				expect(run.engine.broker?.deals).toMatchObject({ total: booked.length, unmatched: 0 });
				expect(await replayed(config, run)).toEqual(SAME);
			}),
			{ numRuns: 250 },
		);
		expect(entries).toBeGreaterThan(150);
	});
});

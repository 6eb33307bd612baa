import { accountHashOf } from "../../src/adapters/mt5/account.ts";
import type { Mt5Broker, Mt5BrokerRequest } from "../../src/adapters/mt5/broker/types.ts";
import { type OpenedBroker, openMt5Broker } from "../../src/adapters/mt5/broker.ts";
import { clientIdOf } from "../../src/adapters/mt5/client-id.ts";
import type { BridgeClient } from "../../src/adapters/mt5/link/client-type.ts";
import type { Agent, FeedIdentity, FeedTraits, MarketData } from "../../src/adapters/ports.ts";
import { createBrokerSide } from "../../src/engine/broker-side.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { Command } from "../../src/engine/event.ts";
import { createTickBatch, pushTick, TICK_CLOCK, TICK_QUOTE } from "../../src/engine/market/tick.ts";
import { createMoneyTerms } from "../../src/engine/money.ts";
import type { BrokerEvent, OrderRequest } from "../../src/engine/order.ts";
import { fork, uniform } from "../../src/engine/random.ts";
import { defaultRules, limitsOff, type Rules } from "../../src/engine/rules.ts";
import { paceOf } from "../../src/pace.ts";
import { runSession } from "../../src/session.ts";
import { type BrokerAudit, createAudit } from "./broker-audit.ts";
import { hook, type Script } from "./engine-hook.ts";
import { PLAIN } from "./instrument.ts";
import { demoConfig } from "./real-broker.ts";
import { ruleAgent } from "./rule-agent.ts";
import { EASY, type MemoryJournal, MINUTE, memoryJournal } from "./session.ts";
import { requireReplays, simAgent } from "./sim-agent.ts";
import { type BridgeDefect, createSimBridge, type Fate } from "./sim-bridge.ts";
import { createSimMarket, type SimMarket } from "./sim-market.ts";
import { settleOpen } from "./sim-rig.ts";
import { createVirtualTime, type VirtualTime } from "./virtual-time.ts";

// Whole sessions in virtual time: the real loop, engine and MT5 broker on the simulated bridge, with a market that moves, a line that breaks, a bridge and a
// program that crash and start again, and an operator who kills. The test file must put the engine's hook in place (engine-hook.ts).

/** Defects planted on purpose: a simulation that does not find them proves nothing. */
export type Defect = BridgeDefect | "sends again after a time-out" | "takes a time-out for a no" | "forgets the kill" | "sends before the disk has it";

/** One seed's outcome: every promise that was broken, and what happened for whoever counts. */
export type SimulatedRun = {
	readonly faults: readonly string[];
	readonly lives: number;
	readonly deals: number;
	readonly unknown: number;
	readonly killed: boolean;
	/** Sessions of an agent outside that came out the same from their journal. */
	readonly replays: number;
	readonly journals: readonly MemoryJournal[];
};

const FATES: readonly Fate[] = [
	"lost-frame",
	"lost-reply",
	"twice",
	"partial",
	"reject",
	"unknown-executed",
	"unknown-not",
	"crash-before",
	"crash-after",
	"queued",
	"queued-rejected",
];
/** Only what the simulation holds the engine to limits it: no session may end because the market went badly. */
const RULES: Rules = {
	...limitsOff(defaultRules("demo")),
	...EASY,
	maxLots: 1,
	openPositionsMax: 3,
	slippageSpreadsMax: 1e6,
	slippageMeanSpreadsMax: 1e6,
	rejectsInRowToHalt: 1e6,
	rejectsToHalt: 1e6,
	staleHaltMs: 1e9,
	agentFaultsToHalt: 1e6,
	deviationSpreads: 1000,
	duplicateWindowMs: 0,
};
const TICK_MS = 1000;
const IDENTITY: FeedIdentity = { kind: "bridge", protocol: 1, venue: "sandbox", server: "SANDBOX-1", symbol: "EURUSD", brokerSymbol: "EURUSD" };
const TRAITS: FeedTraits = { triggerFill: "market", hasClock: true, cadenceMs: TICK_MS };
/** Faults happen for so long after the first life's start; then everything must come to rest by itself, and the operator ends the session. */
const FAULTY_MS = 4 * MINUTE;
const HEAL_MS = 2 * MINUTE;
const MOST_LIVES = 4;

type World = {
	readonly seed: number;
	readonly time: VirtualTime;
	readonly market: SimMarket;
	readonly sim: ReturnType<typeof createSimBridge>;
	readonly random: () => number;
	readonly chance: { readonly crash: number; readonly kill: number; readonly line: number };
	readonly defect: Defect | null;
	readonly faults: string[];
	readonly lives: Life[];
	readonly healing: { faulty: boolean };
	/** An agent outside decides, which thinks for a while, and not always in time. */
	readonly outside: boolean;
	killedMs: number;
};

type Life = {
	readonly sessionId: string;
	config: ReturnType<typeof demoConfig>;
	readonly journal: MemoryJournal & { durable: number };
	readonly audit: BrokerAudit;
	alive: boolean;
	engine: Engine | null;
};

type Settings = { readonly defect?: Defect | null; readonly straggling?: number; readonly outside?: boolean };

/**
 * Lives through one seed. `straggling`: share of orders that are held up on the way to the bridge; drawn when not given. `outside`: an agent outside
 * decides instead of one in the engine.
 */
export async function simulate(seed: number, { defect = null, straggling, outside = false }: Settings = {}): Promise<SimulatedRun> {
	const state = fork(seed, "whole-session");
	const random = (): number => uniform(state);
	const time = createVirtualTime();
	const startMs = time.monotonicMs();
	const market = createSimMarket("hedging", () => time.monotonicMs() - startMs);
	const harm = random() * 0.6;
	const healing = { faulty: true };
	const pickFate = (): Fate => (healing.faulty && random() < harm ? (FATES[Math.floor(random() * FATES.length)] as Fate) : "normal");
	const isBridges = defect === "takes any fence" || defect === "carries out a client id again";
	const sim = createSimBridge({
		time,
		market,
		random,
		fate: pickFate,
		loss: random() < 0.5 ? 0 : random() * 0.3,
		slowestMs: 1 + random() * 200,
		straggling: straggling ?? (random() < 0.5 ? 0 : random() * 0.6),
		magic: String(createBrokerSide(demoConfig())?.magic),
		defect: isBridges ? (defect as BridgeDefect) : null,
	});
	const chance = { crash: random() < 0.5 ? 0 : random() * 0.02, kill: random() < 0.3 ? 0.005 : 0, line: random() < 0.2 ? 0 : random() * 0.03 };
	const world: World = { seed, time, market, sim, random, chance, defect, faults: [], lives: [], healing, outside, killedMs: Number.POSITIVE_INFINITY };
	watchMarket(world);
	time.after(FAULTY_MS, () => {
		healing.faulty = false;
		sim.bridge.loss = 0;
	});
	for (let number = 1; number <= MOST_LIVES; number++) {
		const life = await live(world, number);
		if (life === null || (life.alive && !isLookedAfter(life))) break;
	}
	await time.pass(30_000);
	judge(world);
	const replays = outside ? await requireReplays(world.lives, [IDENTITY, TRAITS, []], world.faults) : 0;
	const unknown = world.lives.flatMap(({ journal }) => journal.of("broker")).filter(({ data }) => (data as BrokerEvent).type === "resolved").length;
	const journals = world.lives.map(({ journal }) => journal);
	return {
		faults: world.faults,
		lives: world.lives.length,
		deals: market.deals.length,
		unknown,
		killed: world.killedMs < Number.POSITIVE_INFINITY,
		replays,
		journals,
	};
}

/** Prices walk, lines break and bridges crash by themselves, as long as there are faults; what is on the account is watched all the time. */
function watchMarket(world: World): void {
	const { time, market, sim, random, chance, healing, faults } = world;
	const bareSince = new Map<string, number>();
	const tick = (): void => {
		time.after(TICK_MS, tick);
		// At last the market stands still, so that both sides can be compared.
		if (time.monotonicMs() < FAULTY_MS + HEAL_MS - 30_000) market.move(Math.round((random() - 0.5) * 40));
		if (!healing.faulty) return;
		const act = random();
		if (act < chance.line) sim.cut(random() * 6000);
		else if (act < chance.line * 1.3) sim.crash(200 + random() * 4000);
		else if (act < chance.line * 1.5) sim.restartWorker();
	};
	const look = (): void => {
		time.after(250, look);
		const { openPositionsMax, maxLots } = RULES;
		const open = [...market.positions.values()];
		if (open.length > openPositionsMax || open.some(({ volume }) => volume > maxLots)) note(faults, `I4: ${open.length} positions are open`);
		for (const { identifier, sl } of open) {
			if (sl > 0) bareSince.delete(identifier);
			else if (time.monotonicMs() - (bareSince.get(identifier) ?? time.monotonicMs()) > 2000) note(faults, `I7: position ${identifier} has no stop`);
			else if (!bareSince.has(identifier)) bareSince.set(identifier, time.monotonicMs());
		}
	};
	tick();
	look();
}

/** One run of the program: opened, adopted, traded, and either ended in order or crashed. Null when it was refused because of a kill. */
async function live(world: World, number: number): Promise<Life | null> {
	const { time, sim, market } = world;
	const journal = { ...memoryJournal(), durable: 0 };
	const audit = createAudit();
	const life: Life = { sessionId: `seed-${world.seed}-${number}`, config: demoConfig(), journal, audit, alive: true, engine: null };
	const wake = { woken: false };
	const account = market.account();
	const config0 = demoConfig();
	const side = createBrokerSide(config0);
	const request: Mt5BrokerRequest = {
		client: clientOf(world),
		instrument: PLAIN,
		terms: createMoneyTerms(PLAIN, config0.account, config0.conversion),
		brokerSymbol: "EURUSD",
		magic: side?.magic ?? 0,
		sessionId: life.sessionId,
		expected: { accountHash: accountHashOf(account.login, account.server), tradeMode: "demo", venue: "sandbox" },
		clock: { nowMs: time.monotonicMs },
		wake: {
			wake: () => {
				wake.woken = true;
			},
			wait: () => Promise.resolve(),
		},
		serverNow: market.now,
		feedIsFresh: () => sim.client.link().state === "up",
		live: null,
		timers: { monotonicMs: time.monotonicMs, after: (ms, act) => time.after(ms, () => void (life.alive && act())) },
	};
	const opened = await openPatiently(request, time);
	if (typeof opened === "string") {
		if (world.killedMs === Number.POSITIVE_INFINITY) note(world.faults, `I10: session ${number} was not opened: ${opened}`);
		return null;
	}
	if (world.killedMs < Number.POSITIVE_INFINITY) note(world.faults, "I5: a session was opened while the kill is latched");
	world.lives.push(life);
	const { broker, found } = opened;
	for (const position of found) {
		const known = world.lives.some(({ sessionId, journal }) =>
			journal.of("order").some(({ data }) => clientIdOf(sessionId, (data as { request: OrderRequest }).request.intentId) === position.cid),
		);
		if (!known) note(world.faults, `I3: position ${position.position?.id} belongs to no journalled order`);
		if (!broker.adopt(position, { riskMoney: 100, reason: "from before" })) note(world.faults, `position ${position.position?.id} was not taken over`);
	}
	const config = demoConfig({ onExit: "keep", seed: world.seed, rules: RULES, unlimited: false }, { found: found.length > 0 ? "resume" : "none" });
	life.config = { ...config, account: { ...config.account, startBalance: account.balance } };
	await run(world, life, { broker, wake });
	return life;
}

type Parts = { readonly broker: Mt5Broker; readonly wake: { woken: boolean } };

async function run(world: World, life: Life, { broker, wake }: Parts): Promise<void> {
	const { time, random, chance, healing } = world;
	const { config } = life;
	const pace = paceOf("max");
	let onLook = (): void => {};
	const commands: Command[] = [];
	const crashed = { now: (): void => {} };
	const gone = new Promise<null>((resolve) => {
		crashed.now = () => resolve(null);
	});
	const crash = (): void => {
		if (!life.alive || !healing.faulty) return;
		life.alive = false;
		// Whoever waits for an agent outside stops waiting.
		pace.abandoned = true;
		// What the disk had not confirmed is lost, or not.
		if (random() < 0.7) life.journal.records.length = Math.min(life.journal.records.length, life.journal.durable);
		world.sim.hangUp();
		crashed.now();
	};
	const operate = (): void => {
		if (!life.alive || life.engine?.end !== null) return;
		time.after(TICK_MS, operate);
		const act = random();
		if (healing.faulty && act < chance.crash) crash();
		else if (healing.faulty && act < chance.crash + chance.kill) commands.push({ command: "kill", reason: "by chance" });
		else if (healing.faulty && act < chance.crash + chance.kill + 0.003) commands.push({ command: "flatten" });
	};
	time.after(TICK_MS, () => operate());
	time.after(Math.max(0, 1000 + FAULTY_MS + HEAL_MS - time.monotonicMs()), () => void commands.push({ command: "stop", reason: "enough", positions: null }));
	hook.script = world.outside ? null : scriptOf(random);
	hook.engine = null;
	const journal = {
		append(kind: string, at: number, tick: number, data: unknown): void {
			if (!life.alive) return;
			life.journal.append(kind, at, tick, data);
			if (kind === "broker") life.audit.hear(data as BrokerEvent);
		},
		flush(durable: boolean): void {
			if (!durable || world.defect === "sends before the disk has it") return;
			life.journal.durable = life.journal.records.length;
		},
		failure: () => null,
	};
	const wired: Mt5Broker = {
		...broker,
		submit(request, at) {
			// The worst moment of all: on the disk, and not on the wire.
			if (random() < chance.crash * 3) crash();
			if (!life.alive) return;
			const isEntry = request.action === "DEAL" && request.positionId === null;
			if (isEntry && world.killedMs < Number.POSITIVE_INFINITY) note(world.faults, "I5: an entry was sent after the kill");
			life.audit.sent(request);
			broker.submit(request, at);
			// The next worst: on the wire, and nothing heard.
			if (random() < chance.crash * 3) crash();
			else if (healing.faulty && random() < chance.line * 10) world.sim.cut(random() * 500);
		},
		kill(reason) {
			if (!life.alive) return;
			world.killedMs = Math.min(world.killedMs, time.monotonicMs());
			if (world.defect !== "forgets the kill") broker.kill(reason);
		},
	};
	const looked = (): Promise<void> =>
		new Promise((resolve) => {
			onLook = resolve;
		});
	const agent: Agent = world.outside ? simAgent({ random, time, wishes: scriptOf(random), isAlive: () => life.alive, looked }) : ruleAgent(config);
	const running = runSession(
		config,
		{ feed: feedOf(world, life, wake), agent, broker: wired, journal, clock: { nowMs: time.monotonicMs } },
		{
			carry: null,
			header: { test: true },
			pace,
			commands,
			watch: {
				begin(engine) {
					life.engine = engine;
				},
				record: () => {},
				sampleAt: Number.POSITIVE_INFINITY,
				sample: () => {},
				look: () => onLook(),
			},
			inputs: null,
			killed: () => null,
			onProgress: () => {},
		},
	);
	await Promise.race([running, gone]);
	if (life.alive) {
		// A killed session waits for the bridge's word before it leaves; the broker is closed only then.
		await time.until(() => broker.isQuiet(), 30_000);
		broker.close();
	}
}

/** Live quotes of the market as long as the line is up; waiting lets virtual time pass. A crashed program waits for ever. */
function feedOf(world: World, life: Life, wake: { woken: boolean }): MarketData {
	const { time, market, sim } = world;
	const batch = createTickBatch(8);
	// The warm-up: one bar of history.
	const first = market.now();
	const pending: [number, boolean][] = [
		[Math.floor(first / MINUTE) * MINUTE - MINUTE, true],
		[first, true],
	];
	const tick = (): void => {
		if (!life.alive || life.engine?.end != null) return;
		time.after(TICK_MS, tick);
		pending.push([market.now(), sim.client.link().state === "up"]);
		wake.woken = true;
	};
	time.after(TICK_MS, tick);
	return {
		identity: IDENTITY,
		traits: TRAITS,
		next() {
			batch.count = 0;
			const { bid, ask } = market.quote();
			for (const [at, isQuote] of pending.splice(0, 8)) pushTick(batch, at, isQuote ? bid : 0, isQuote ? ask : 0, 1, isQuote ? TICK_QUOTE : TICK_CLOCK);
			return batch;
		},
		async wait() {
			await time.until(() => wake.woken || !life.alive, 5000);
			wake.woken = false;
			if (!life.alive) await new Promise(() => {});
		},
		failure: () => null,
		report: () => ({ rows: 0, badRows: 0, duplicates: 0, outOfOrder: 0, spreadsFilled: 0, gaps: 0, longestGapMs: 0 }),
		close() {},
	};
}

/** Wants something at nearly every bar, and always more than it may have. */
function scriptOf(random: () => number): Script {
	return ({ positions }) => {
		const wishes: unknown[] = [];
		const [held] = positions;
		if (held !== undefined && random() < 0.5) wishes.push({ kind: "close", positionId: held.positionId, reason: "enough" });
		else if (held !== undefined && random() < 0.3) {
			const sl = held.sl + (held.side === "BUY" ? -5 : 5);
			wishes.push({ kind: "modify", positionId: held.positionId, sl, tp: 0, reason: "more room" });
		}
		for (let more = 0; more < 4; more++) {
			if (random() < 0.4) continue;
			const side = random() < 0.5 ? "BUY" : "SELL";
			wishes.push({ kind: "open", side, size: { kind: "lots", lots: 0.2 }, stopPoints: 60 + Math.floor(random() * 300), targetPoints: null, reason: "chance" });
		}
		return wishes;
	};
}

/** The program started again and again until it opens, as a person would. A text when it never does: what it said last. */
async function openPatiently(request: Mt5BrokerRequest, time: VirtualTime): Promise<OpenedBroker | string> {
	let said = "nothing";
	for (let attempt = 0; attempt < 20; attempt++) {
		try {
			return await settleOpen(openMt5Broker(request), time);
		} catch (error) {
			said = error instanceof Error ? error.message : String(error);
		}
		if (said.startsWith("A kill is latched")) return said;
		await time.pass(1000);
	}
	return said;
}

/** The bridge's client, with what a defect makes of it. */
function clientOf({ sim, defect }: World): BridgeClient {
	const { client } = sim;
	if (defect !== "sends again after a time-out" && defect !== "takes a time-out for a no") return client;
	let again = 0;
	return {
		...client,
		request: (async (type: "order", d: Parameters<BridgeClient["request"]>[1] & { cid: string }, ms?: number) => {
			const reply = await client.request(type, d as never, ms);
			if (type !== "order" || reply.kind !== "lost") return reply;
			if (defect === "takes a time-out for a no") return { kind: "error", error: { code: "BAD_REQUEST", message: "gave up", retryable: false, details: {} } };
			const cid = `${d.cid.slice(0, -2)}${String(10 + (++again % 90))}`;
			const second = await client.request(type, { ...d, cid } as never, ms);
			return second.kind === "ok" ? { ...second, d: { ...second.d, cid: d.cid } } : second;
		}) as BridgeClient["request"],
	};
}

/** Control C37: an outcome that nobody could tell for 30 s ends the session as it should; a person looks, and starts again. */
function isLookedAfter({ engine }: Pick<Life, "engine">): boolean {
	return engine?.end?.detail.startsWith("C37") === true;
}

/** What must hold when everything has come to rest. */
function judge({ sim, market, lives, faults, killedMs }: World): void {
	for (const [cid, count] of sim.log.executed) if (count > 1) note(faults, `I1: ${cid} was executed ${count} times`);
	const journalled = new Set(
		lives.flatMap(({ sessionId, journal }) =>
			journal.of("order").map(({ data }) => clientIdOf(sessionId, (data as { request: OrderRequest }).request.intentId)),
		),
	);
	for (const cid of sim.journal.keys()) if (!journalled.has(cid)) note(faults, `I3: order ${cid} stands in no journal`);
	if (sim.log.sentAfterKill > 0) note(faults, "I5: the bridge sent an entry after the kill");
	if (killedMs < Number.POSITIVE_INFINITY && !sim.kills.has("agent")) note(faults, "I5: the kill never reached the bridge");
	for (const cid of sim.openCids()) note(faults, `I10: the bridge does not know what became of ${cid}`);
	for (const { audit, alive, engine, sessionId } of lives) {
		for (const fault of audit.faults) note(faults, `${fault.includes("C39") ? "I11" : "I1"}: ${sessionId}: ${fault}`);
		if (!alive || engine === null || isLookedAfter({ engine })) continue;
		const ending = engine.end?.reason ?? "none";
		if (ending === "bug") note(faults, `a bug: ${engine.end?.detail}`);
		if (killedMs === Number.POSITIVE_INFINITY && ending !== "interrupt") note(faults, `I11: ${sessionId} ended by ${ending}: ${engine.end?.detail}`);
		if (killedMs === Number.POSITIVE_INFINITY && audit.open().length > 0) note(faults, `I10: ${audit.open().join()} without a final word`);
		const here = engine.positions.map(({ id, side, lots }) => `${id} ${side} ${lots}`).sort();
		const there = [...market.positions.values()].map(({ identifier, type, volume }) => `${identifier} ${type === 0 ? "BUY" : "SELL"} ${volume}`).sort();
		if (killedMs === Number.POSITIVE_INFINITY && here.join() !== there.join()) note(faults, `I2: positions ${here} here, ${there} there`);
	}
}

function note(faults: string[], text: string): void {
	if (!faults.includes(text) && faults.length < 8) faults.push(text);
}

import { createPaperBroker, type PaperBroker } from "../../src/adapters/broker/paper.ts";
import { openSyntheticFeed, requoteProbabilityOf } from "../../src/adapters/feed/synthetic.ts";
import { encodeLine, GENESIS, type JournalRecord } from "../../src/adapters/journal/line.ts";
import type { Agent, Broker, FeedTraits, MarketData } from "../../src/adapters/ports.ts";
import type { Intent } from "../../src/engine/agents/agent.ts";
import type { AgentSource } from "../../src/engine/agents/choice.ts";
import { agentParams, findAgent } from "../../src/engine/agents/registry.ts";
import type { SessionConfig } from "../../src/engine/config.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { Command, EngineEvent } from "../../src/engine/event.ts";
import type { ChsCarry } from "../../src/engine/health/state.ts";
import type { Instrument } from "../../src/engine/instrument.ts";
import { findInstrument } from "../../src/engine/instruments/built-in.ts";
import { createTickBatch, pushTick, TICK_CLOCK, TICK_QUOTE } from "../../src/engine/market/tick.ts";
import { createMoneyTerms } from "../../src/engine/money.ts";
import type { Answer, BrokerEvent, OrderRequest, Side } from "../../src/engine/order.ts";
import { DEFAULT_SIMULATOR, type SimulatorSettings } from "../../src/engine/paper/settings.ts";
import type { Progress } from "../../src/engine/project.ts";
import { defaultRules, type Rules } from "../../src/engine/rules.ts";
import { type Pace, paceOf } from "../../src/pace.ts";
import { type RecordedInputs, type RecordSink, runSession } from "../../src/session.ts";
import type { Watcher } from "../../src/watcher.ts";
import { hook, type Script } from "./engine-hook.ts";
import { ruleAgent } from "./rule-agent.ts";

export const MINUTE = 60_000;
/** Tuesday 2025-03-04 14:00 broker time. */
export const START = Date.UTC(2025, 2, 4, 14);

/** EURUSD worth exactly one dollar a point and lot, open all week, without costs or distances. */
export const PLAIN: Instrument = {
	...builtIn("EURUSD"),
	stopsLevelPoints: 0,
	swapMode: "DISABLED",
	commission: { kind: "none", rate: 0, minimum: 0, side: "both" },
	sessions: Array.from({ length: 7 }, () => [[0, 1440]] as const),
	typicalSpreadPoints: 2,
};

/** Executes at once and exactly. */
export const EXACT: SimulatorSettings = { ...DEFAULT_SIMULATOR, latencyMs: 0, latencyJitterMs: 0, slippagePoints: 0 };

/** Rules in which only the mandatory stop, size and margin stand in the way of a scripted agent. */
export const EASY: Partial<Rules> = { cooldownMs: 0, duplicateWindowMs: 0, rateBurst: 20, rateIntervalMs: 0, noEntryAroundMidnightMinutes: 0 };

export type ConfigChanges = Partial<Omit<SessionConfig, "rules" | "simulator" | "account" | "agent">> & {
	readonly rules?: Partial<Rules>;
	readonly simulator?: Partial<SimulatorSettings>;
	readonly account?: Partial<SessionConfig["account"]>;
	/** A rule with what differs from its defaults, or a policy or program as it is. */
	readonly agent?: { readonly id: string; readonly params?: Readonly<Record<string, number>>; readonly source?: AgentSource };
};

/** A virtual session of one-minute bars on a 10,000 USD hedging account, one bar of warm-up, risking 1 % a trade. */
export function configWith(changes: ConfigChanges = {}): SessionConfig {
	const { rules, simulator, account, agent, ...rest } = changes;
	return {
		mode: "virtual",
		instrument: PLAIN,
		conversion: { EURUSD: { bid: 1.1, ask: 1.1 }, USDJPY: { bid: 150, ask: 150.01 } },
		account: { currency: "USD", currencyDigits: 2, startBalance: 10_000, leverage: 100, marginMode: "hedging", ...account },
		agent: agentWith(agent ?? { id: "sma" }),
		feed: { kind: "synthetic", scenario: "normal" },
		timeframeMinutes: 1,
		durationMinutes: null,
		maxTrades: null,
		chsThreshold: 0.55,
		riskPct: 1,
		warmupBars: 1,
		seed: 7,
		rules: { ...defaultRules("virtual"), ...rules },
		simulator: { ...EXACT, ...simulator },
		onBreaker: "hold",
		onExit: "flatten",
		onLatch: "end",
		unlimited: false,
		...rest,
	};
}

function agentWith({ id, params: changes = {}, source }: NonNullable<ConfigChanges["agent"]>): SessionConfig["agent"] {
	if (source !== undefined) return { id, params: changes, source };
	const listing = findAgent(id);
	const params = listing === null ? "unknown agent" : agentParams(listing, changes);
	if (typeof params === "string") throw new Error(params);
	return { id, params };
}

function builtIn(symbol: string): Instrument {
	const instrument = findInstrument(symbol);
	if (instrument === null) throw new Error(`no ${symbol}`);
	return instrument;
}

/** One row of a scripted feed; `clock` rows carry no quote. */
export type Row = { readonly at: number; readonly bid: number; readonly ask: number; readonly clock?: true; readonly volume?: number };

/** One quote a minute from `START` on, spread 2: bar i closes when row i + 1 arrives, with `bids[i]` as its close. */
export function minutes(bids: readonly number[], spread = 2): Row[] {
	return bids.map((bid, index) => ({ at: START + index * MINUTE, bid, ask: bid + spread }));
}

/** `count` minutes at the same price. */
export function flat(count: number, bid = 110_000): Row[] {
	return minutes(new Array<number>(count).fill(bid));
}

export type FeedOptions = {
	readonly batchRows?: number;
	readonly traits?: Partial<FeedTraits>;
	readonly failure?: string | null;
	readonly beforeRow?: () => void;
};

/** A feed of exactly these rows. */
export function scriptedFeed(rows: readonly Row[], options: FeedOptions = {}): MarketData {
	const batchRows = options.batchRows ?? 4096;
	const batch = createTickBatch(batchRows);
	let next = 0;
	return {
		identity: { kind: "synthetic", generator: "test", symbol: "EURUSD", scenario: "normal", seed: 1, startAt: START, sessionStartAt: START },
		traits: { triggerFill: "market", hasClock: false, cadenceMs: MINUTE, ...options.traits },
		next() {
			options.beforeRow?.();
			batch.count = 0;
			for (; next < rows.length && batch.count < batchRows; next++) {
				const row = rows[next] as Row;
				pushTick(batch, row.at, row.bid, row.ask, row.volume ?? 1, row.clock === true ? TICK_CLOCK : TICK_QUOTE);
			}
			return batch.count === 0 ? null : batch;
		},
		wait: () => Promise.resolve(),
		failure: () => (options.failure == null || next < rows.length ? null : { message: options.failure }),
		report: () => ({ rows: next, badRows: 0, duplicates: 0, outOfOrder: 0, spreadsFilled: 0, gaps: 0, longestGapMs: 0 }),
		close() {},
	};
}

/** The generated market, from the ordinary Tuesday afternoon on. */
export function syntheticFeed(config: SessionConfig, minutesLong: number, batchRows = 4096): MarketData {
	const scenario = config.feed.kind === "synthetic" ? config.feed.scenario : "normal";
	const endAt = START + minutesLong * MINUTE;
	return openSyntheticFeed({ instrument: config.instrument, scenario, seed: config.seed, startAt: START, sessionStartAt: START, endAt, batchRows });
}

export type MemoryJournal = RecordSink & { readonly records: JournalRecord[]; readonly lines: string[]; kinds(): string[]; of(kind: string): JournalRecord[] };

/** A journal in memory that chains its lines as the real one; it fails from line `failAt` on. */
export function memoryJournal(failAt: number | null = null): MemoryJournal {
	const records: JournalRecord[] = [];
	const lines: string[] = [];
	let head = GENESIS;
	let failure: string | null = null;
	return {
		records,
		lines,
		append(kind, at, tick, data) {
			if (failure !== null) return;
			if (records.length + 1 === failAt) {
				failure = "the disk is full";
				return;
			}
			const { line, hash } = encodeLine(records.length + 1, at, tick, kind, data, head);
			head = hash;
			lines.push(line);
			records.push(JSON.parse(line) as JournalRecord);
		},
		flush: () => {},
		failure: () => failure,
		kinds: () => records.map((record) => record.kind),
		of: (kind) => records.filter((record) => record.kind === kind),
	};
}

export type ScriptedBroker = Broker & { readonly sent: { readonly request: OrderRequest; readonly at: number; readonly journalLines: number }[] };

/** A broker that answers what `respond` says; `journal` lets it note how much had been written when an order arrived. */
export function scriptedBroker(respond: (request: OrderRequest, at: number) => readonly BrokerEvent[], journal?: MemoryJournal): ScriptedBroker {
	const events: BrokerEvent[] = [];
	const sent: ScriptedBroker["sent"] = [];
	return {
		events,
		sent,
		submit(request, at) {
			sent.push({ request, at, journalLines: journal?.records.length ?? 0 });
			events.push(...respond(request, at));
		},
		onTick: () => {},
		kill: () => {},
		release: () => {},
		endData: () => {},
		nextDueAt: () => Number.POSITIVE_INFINITY,
		close: () => {},
	};
}

/** The built-in MT5 for a configuration, watched: `sent` holds every request that reached it. */
export function paperBroker(config: SessionConfig, feed: MarketData): PaperBroker & { readonly sent: OrderRequest[] } {
	const broker = createPaperBroker(
		{
			terms: createMoneyTerms(config.instrument, config.account, config.conversion),
			account: config.account,
			settings: config.simulator,
			triggerFill: feed.traits.triggerFill,
			seed: config.seed,
			ticketStart: 1,
		},
		(at) => requoteProbabilityOf(feed.identity, at),
	);
	const sent: OrderRequest[] = [];
	return {
		...broker,
		sent,
		submit(request, at) {
			sent.push(request);
			broker.submit(request, at);
		},
	};
}

export type RunParts = {
	/** Market seconds a wall second; as fast as possible when not given. */
	readonly speed?: number;
	/** The wall clock; stands still when not given. */
	readonly nowMs?: () => number;
	readonly feed: MarketData;
	/** Who decides, unless `script` does; the rule that the configuration names when not given. */
	readonly agent?: Agent;
	readonly script?: Script | null;
	readonly broker?: Broker;
	readonly journal?: MemoryJournal;
	readonly commands?: readonly { readonly tick: number; readonly command: Command }[];
	readonly carry?: ChsCarry | null;
	/** Changed by the test while the session runs; wins over `speed`. */
	readonly pace?: Pace;
	/** The operator's commands, put in by the test while the session runs. */
	readonly asked?: Command[];
	readonly watch?: Watcher;
	/** What the kill file would say. */
	readonly killed?: () => { readonly reason: string; readonly flatten: boolean } | null;
	readonly onProgress?: (progress: Progress) => void;
};

export type RunResult = { readonly engine: Engine; readonly journal: MemoryJournal; readonly broker: Broker };

/** Runs one session to its end through the real loop. `commands` are given after that many rows. */
export async function runWith(config: SessionConfig, parts: RunParts): Promise<RunResult> {
	const journal = parts.journal ?? memoryJournal();
	const broker = parts.broker ?? paperBroker(config, parts.feed);
	hook.script = parts.script ?? null;
	hook.engine = null;
	const engine = await runSession(
		config,
		{ feed: parts.feed, agent: parts.agent ?? ruleAgent(config), broker, journal, clock: { nowMs: parts.nowMs ?? (() => 0) } },
		{
			carry: parts.carry ?? null,
			header: { test: true },
			pace: parts.pace ?? paceOf(parts.speed ?? "max"),
			commands: parts.asked ?? [],
			watch: parts.watch ?? null,
			inputs: parts.commands === undefined ? null : commandsAt(parts.commands),
			killed: parts.killed ?? (() => null),
			onProgress: parts.onProgress ?? (() => {}),
		},
	);
	return { engine, journal, broker };
}

function commandsAt(commands: readonly { readonly tick: number; readonly command: Command }[]): RecordedInputs {
	let next = 0;
	return {
		next(tick): EngineEvent | null {
			const wanted = commands[next];
			if (wanted === undefined || tick < wanted.tick) return null;
			next++;
			return { type: "command", at: hook.engine?.at ?? 0, command: wanted.command };
		},
	};
}

/** An entry by planned risk with its stop, 100 points away unless told. */
export function open(side: Side, changes: Partial<Extract<Intent, { kind: "open" }>> = {}): Intent {
	return { kind: "open", side, size: { kind: "lots", lots: 0.1 }, stopPoints: 100, targetPoints: null, reason: `enter ${side}`, ...changes };
}

export function close(positionId: number, reason = "leave"): Intent {
	return { kind: "close", positionId, reason };
}

/** A broker's answer; filled with 0.1 lots at 110002 unless told. */
export function answerTo(request: OrderRequest, changes: Partial<Answer> = {}): BrokerEvent {
	const answer: Answer = {
		intentId: request.intentId,
		outcome: "done",
		retcode: 10009,
		lots: 0.1,
		price: 110_002,
		bid: 110_000,
		ask: 110_002,
		orderTicket: 1,
		dealTicket: 1,
		positionId: 1,
		latencyMs: 0,
		comment: "test",
		...changes,
	};
	return { type: "answer", at: START, answer };
}

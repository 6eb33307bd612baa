import type { MarketData } from "../../src/adapters/ports.ts";
import type { BrokerTerms, SessionConfig } from "../../src/engine/config.ts";
import { createTickBatch, pushTick, TICK_CLOCK, TICK_QUOTE } from "../../src/engine/market/tick.ts";
import type { Answer, BrokerEvent, Deal, LinkState, OrderRequest, Position } from "../../src/engine/order.ts";
import { defaultRules } from "../../src/engine/rules.ts";
import type { Script } from "./engine-hook.ts";
import {
	answerTo,
	type ConfigChanges,
	configWith,
	EASY,
	type MemoryJournal,
	MINUTE,
	memoryJournal,
	type Row,
	type RunParts,
	type RunResult,
	runWith,
	type ScriptedBroker,
	START,
	scriptedBroker,
} from "./session.ts";

/** The demo account that the tests trade on. */
export const TERMS: BrokerTerms = {
	venue: "sandbox",
	server: "Stand-In",
	company: "Nobody Ltd",
	loginTail: "1234",
	accountHash: "a".repeat(64),
	tradeMode: "demo",
	brokerSymbol: "EURUSD.x",
	rehearsal: null,
	probation: null,
	found: "none",
	paperTwin: false,
};

/** A demo session on live quotes, of one-minute bars with one of warm-up. */
export function demoConfig(changes: ConfigChanges = {}, terms: Partial<BrokerTerms> = {}): SessionConfig {
	const rules = { ...defaultRules("demo"), ...EASY, maxLots: 1, ...changes.rules };
	return configWith({ mode: "demo", feed: { kind: "bridge" }, broker: { ...TERMS, ...terms }, ...changes, rules });
}

/** The time `seconds` after the first decision: the bar of warm-up is over and the agent has been asked once. */
export function later(seconds: number): number {
	return START + MINUTE + seconds * 1000;
}

/** A quote at that time. */
export function quote(seconds: number, bid = 110_000): Row {
	return { at: later(seconds), bid, ask: bid + 2 };
}

/** A second of silence at that time. */
export function silence(seconds: number): Row {
	return { at: later(seconds), bid: 0, ask: 0, clock: true };
}

/** What comes in, in order: rows of one batch, or something that happens while no row has come. */
export type LiveStep = readonly Row[] | (() => void);

/** Live quotes of exactly these steps; after the last one the feed is over. */
export function liveFeed(steps: readonly LiveStep[]): MarketData & { readonly waits: () => number } {
	const batch = createTickBatch(1000);
	let next = 0;
	let waits = 0;
	let pending: (() => void) | null = null;
	return {
		identity: { kind: "bridge", protocol: 1, venue: "sandbox", server: "Stand-In", symbol: "EURUSD", brokerSymbol: "EURUSD.x" },
		traits: { triggerFill: "market", hasClock: true, cadenceMs: 1000 },
		next() {
			batch.count = 0;
			const step = steps[next++];
			if (step === undefined) return null;
			if (typeof step === "function") pending = step;
			else for (const row of step) pushTick(batch, row.at, row.bid, row.ask, row.volume ?? 1, row.clock === true ? TICK_CLOCK : TICK_QUOTE);
			return batch;
		},
		wait() {
			waits++;
			pending?.();
			pending = null;
			return Promise.resolve();
		},
		failure: () => null,
		report: () => ({ rows: 0, badRows: 0, duplicates: 0, outOfOrder: 0, spreadsFilled: 0, gaps: 0, longestGapMs: 0 }),
		close() {},
		waits: () => waits,
	};
}

/** One session at a scripted broker: what it answers to an order, and what comes in. */
export type RealRun = RunResult & { readonly broker: ScriptedBroker; readonly kills: readonly string[] };

/** Runs a session. `tell` in the steps puts events of the broker into the session. The link is up from the first moment unless `link` says otherwise. */
export async function runReal(
	config: SessionConfig,
	parts: {
		readonly respond: (request: OrderRequest, at: number) => readonly BrokerEvent[];
		readonly steps: (tell: (...events: readonly BrokerEvent[]) => void, journal: MemoryJournal) => readonly LiveStep[];
		readonly script?: Script;
		readonly link?: "up" | "silent";
	} & Partial<RunParts>,
): Promise<RealRun> {
	const journal = memoryJournal();
	const kills: string[] = [];
	const scripted = scriptedBroker(parts.respond, journal);
	const broker: ScriptedBroker = {
		...scripted,
		kill: (reason) => void kills.push(`kill at line ${journal.records.length}, after ${scripted.sent.length} orders: ${reason}`),
		release: (reason) => void kills.push(`release: ${reason}`),
	};
	if (parts.link !== "silent") broker.events.push(link("up", START));
	const feed = liveFeed(parts.steps((...events) => void broker.events.push(...events), journal));
	const script =
		parts.script ??
		((_view, call) =>
			call === 1 ? [{ kind: "open", side: "BUY", size: { kind: "lots", lots: 0.1 }, stopPoints: 100, targetPoints: null, reason: "enter" }] : []);
	const result = await runWith(config, { ...parts, feed, broker, journal, script });
	return { ...result, broker, kills };
}

export function link(state: LinkState, at: number, detail = ""): BrokerEvent {
	return { type: "link", at, state, detail };
}

/** The warm-up's bar and the quote that ends it, on which the agent decides for the first time. */
export const WARM_UP: readonly LiveStep[] = [[{ at: START, bid: 110_000, ask: 110_002 }], [quote(0)]];

/** A deal of intent 1 that buys 0.1 lots, unless told. */
export function dealOf(changes: Partial<Deal> = {}): BrokerEvent {
	const deal: Deal = {
		ticket: 501,
		orderTicket: 401,
		positionId: 301,
		intentId: 1,
		symbol: "EURUSD",
		entry: "IN",
		side: "BUY",
		lots: 0.1,
		price: 110_002,
		requestedPrice: 110_002,
		spreadCost: 0.1,
		profit: 0,
		swap: 0,
		commission: 0,
		reason: "EXPERT",
		comment: "",
		at: START,
		...changes,
	};
	return { type: "deal", at: deal.at, deal };
}

/** The position of that deal. */
export function positionOf(changes: Partial<Position> = {}, at = START): BrokerEvent {
	const position: Position = {
		id: 301,
		ticket: 301,
		intentId: 1,
		symbol: "EURUSD",
		side: "BUY",
		lots: 0.1,
		openPrice: 110_002,
		openedAt: START,
		sl: 109_902,
		tp: 0,
		swap: 0,
		magic: 1,
		comment: "",
		...changes,
	};
	return { type: "position", at, position };
}

/** Everything a broker tells of an order that it fills at once: entries open position 301, closes close it. */
export function filledOf(request: OrderRequest, changes: Partial<Deal> = {}): readonly BrokerEvent[] {
	if (request.action !== "DEAL") return [answerTo(request, { lots: 0, price: 0 })];
	const { intentId, side, lots, price } = request;
	const answer: Partial<Answer> = { lots, price: changes.price ?? price, positionId: 301 };
	const base = { intentId, side, lots, price, requestedPrice: price, ticket: 500 + intentId, ...changes };
	if (request.positionId === null) return [answerTo(request, answer), dealOf(base), positionOf({ intentId, side, lots, openPrice: base.price })];
	return [answerTo(request, answer), dealOf({ entry: "OUT", ...base }), { type: "position-closed", at: START, positionId: request.positionId }];
}

/** A broker that fills whatever it is asked. */
export const FILLED = (request: OrderRequest): readonly BrokerEvent[] => filledOf(request);

/** What became of a lost request. */
export function resolved(request: OrderRequest, changes: Partial<Answer>, at = START): BrokerEvent {
	const answer = (answerTo(request, changes) as Extract<BrokerEvent, { type: "answer" }>).answer;
	return { type: "resolved", at, answer };
}

/** `STATE control` of every change of the trading state. */
export function statesOf({ journal }: RunResult): string[] {
	return journal.of("state").map(({ data }) => {
		const { to, control } = data as { to: string; control: string };
		return `${to} ${control}`;
	});
}

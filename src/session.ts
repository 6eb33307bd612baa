import { setImmediate, setTimeout } from "node:timers/promises";
import { rowsLineOf } from "./adapters/feed/recorded.ts";
import type { Agent, Broker, Clock, MarketData } from "./adapters/ports.ts";
import type { SessionConfig } from "./engine/config.ts";
import { recordEnd } from "./engine/ending.ts";
import { createEngine, type Engine } from "./engine/engine.ts";
import type { Command, EngineEvent } from "./engine/event.ts";
import { carryOf } from "./engine/health/chs.ts";
import type { ChsCarry } from "./engine/health/state.ts";
import type { TickBatch } from "./engine/market/tick.ts";
import { askWithSpread } from "./engine/paper/spread.ts";
import { type Progress, project } from "./engine/project.ts";
import { step, stepRow } from "./engine/step.ts";
import type { BrokerMs } from "./engine/units.ts";
import { hearAgent, isAgentWanted } from "./hear-agent.ts";
import { type Lookout, lookNow } from "./look.ts";
import { createPacer, keepPace, type Pace, type Pacer } from "./pace.ts";
import { executeDue, hearLastWords, replayInputs, settle, takeCommands, type Wires, writeRecords } from "./settle.ts";
import { type Watcher, watched } from "./watcher.ts";

/** How many rows run before the session looks at the world again (signals, the screen); about a millisecond. */
const SLICE_ROWS = 4096;
/** Wall time between two looks while a live market is silent. */
const IDLE_MS = 25;

/** Where journal lines go; adapters/journal has the one that writes files, replay one that compares. */
export type RecordSink = {
	append(kind: string, at: BrokerMs, tick: number, data: unknown): void;
	flush(durable: boolean): void;
	failure(): string | null;
};

/** Inputs that a replay feeds at the row they arrived at; a running session has none. */
export type RecordedInputs = { next(tick: number): EngineEvent | null };

/** The world a session runs in. */
export type SessionPorts = {
	readonly feed: MarketData;
	readonly agent: Agent;
	readonly broker: Broker;
	readonly journal: RecordSink;
	readonly clock: Clock;
};

/** What the wiring decides besides the configuration. */
export type SessionOptions = {
	readonly carry: ChsCarry | null;
	/** Written into the first line: what the session is, as plain JSON. */
	readonly header: unknown;
	readonly pace: Pace;
	/** What the operator asks for, oldest first; taken between slices, journalled, then acted on. */
	readonly commands: Command[];
	readonly watch: Watcher | null;
	readonly inputs: RecordedInputs | null;
	/** The kill from outside that is in force (the kill file, control C33), or null; asked at every look. */
	readonly killed: () => { readonly reason: string; readonly flatten: boolean } | null;
	/** Ten times a second and at the end; `handOn` gives what the session would leave to the next one if it ended now. */
	readonly onProgress: (progress: Progress, handOn: () => ChsCarry) => void;
};

/**
 * Runs one session from the first row to its orderly end and returns the engine in its final state. The loop is the one of
 * architecture.md: rows and answers in, journal first, effects out. It never throws for what the world does (a failed feed, a
 * full disk end the session with their reason); an exception is a bug of the engine.
 */
export async function runSession(config: SessionConfig, given: SessionPorts, options: SessionOptions): Promise<Engine> {
	const ports: Wires = { ...given, journal: options.watch === null ? given.journal : watched(given.journal, options.watch), told: { killed: false } };
	const engine = createEngine(config, ports.feed.traits, options.carry, ports.agent.kind === "inside" ? ports.agent.running : null);
	options.watch?.begin(engine);
	ports.journal.append("session", 0, 0, options.header);
	const loop: Loop = { pacer: createPacer(options.pace), rowsLeft: SLICE_ROWS, nextProgress: 0, speed: options.pace.speed };
	try {
		// What was asked for while the session was being prepared is heard before the first row, which may already lead to an order.
		await setImmediate();
		takeCommands(engine, ports, options);
		for (let batch = ports.feed.next(); batch !== null && engine.end === null && !options.pace.abandoned; batch = ports.feed.next()) {
			if (batch.count === 0) await idle(engine, ports, options, loop);
			else await runBatch(engine, ports, options, loop, batch);
		}
		if (options.pace.abandoned) return engine;
		// What was asked for while the last rows ran is still heard, and refused with a reason when the session is over.
		await setImmediate();
		takeCommands(engine, ports, options);
		replayInputs(engine, ports, options.inputs);
		if (engine.end === null) endFeed(engine, ports, options.inputs);
		if (options.inputs === null) await hearLastWords(engine, ports);
		closeBooks(engine, ports, options.inputs);
	} catch (error) {
		endOnBug(engine, ports, error);
	}
	options.onProgress(project(engine), () => carryOf(engine.chs));
	options.watch?.look();
	return engine;
}

/**
 * Whatever has been heard until now stands before the last line, in a replay too; after it nothing is heard any more. What could not be written in
 * full is a failed session whatever else it was.
 */
function closeBooks(engine: Engine, ports: Wires, inputs: RecordedInputs | null): void {
	settle(engine, ports);
	replayInputs(engine, ports, inputs);
	recordEnd(engine);
	writeRecords(engine, ports);
	const failure = ports.journal.failure();
	if (failure !== null) engine.end = { reason: "journal-failure", detail: failure };
}

/** A bug of the engine: nothing leaves any more, the journal gets the cause, and the summary is still written (architecture, decision 6). */
function endOnBug(engine: Engine, ports: Wires, error: unknown): void {
	const detail = error instanceof Error ? error.message : String(error);
	engine.out.records.length = 0;
	engine.out.submits.length = 0;
	engine.end = { reason: "bug", detail };
	ports.journal.append("bug", engine.at, engine.tick, { detail, stack: error instanceof Error ? (error.stack ?? null) : null });
}

async function runBatch(engine: Engine, ports: Wires, options: SessionOptions, loop: Loop, batch: TickBatch): Promise<void> {
	const { pacer } = loop;
	const { pace, watch, inputs } = options;
	if (ports.feed.identity.kind === "bridge") {
		// What came in before these rows stands before them in the journal.
		replayInputs(engine, ports, inputs);
		if (engine.end !== null) return;
		ports.journal.append("rows", engine.at, engine.tick, rowsLineOf(batch));
	}
	for (let row = 0; row < batch.count && engine.end === null && !pace.abandoned; row++) {
		const at = batch.atMs[row] as number;
		const isDue = --loop.rowsLeft <= 0 || at > pacer.allowedAt || pace.speed !== loop.speed;
		if (isDue || (pacer.untilTrading && engine.phase === "trading")) {
			await lookAround(engine, ports, options, loop, at);
			if (engine.end !== null || pace.abandoned) return;
		}
		if (inputs !== null) replayInputs(engine, ports, inputs);
		if (engine.end === null) runRow(engine, ports, batch, row);
		if (isAgentWanted(engine)) await hearAgent(engine, ports, options, loop);
		if (watch !== null && engine.at >= watch.sampleAt) watch.sample();
	}
}

/** No live row has come: the session looks around, and acts at once on what the broker says in the meantime. */
async function idle(engine: Engine, ports: Wires, options: SessionOptions, loop: Loop): Promise<void> {
	await look(engine, ports, options, loop);
	if (engine.end === null && !options.pace.abandoned) await ports.feed.wait(IDLE_MS);
	if (ports.broker.events.length > 0) settle(engine, ports);
}

/**
 * One row: requests due before it execute on the quote before (rulebook F.1), then broker and engine see the row. A session that ends
 * on an answer does not see the row after it: a replay, which hears the answer before the row, must come to the same state.
 */
function runRow(engine: Engine, ports: Wires, batch: TickBatch, row: number): void {
	const { broker } = ports;
	const at = batch.atMs[row] as number;
	const bid = batch.bid[row] as number;
	const ask = askWithSpread(engine.config.simulator, bid, batch.ask[row] as number);
	const kind = batch.kind[row] as number;
	if (broker.nextDueAt() < at) {
		executeDue(engine, ports, at);
		if (engine.end !== null) return;
	}
	broker.onTick(at, bid, ask, kind);
	if (broker.events.length > 0) {
		settle(engine, ports);
		if (engine.end !== null) return;
	}
	stepRow(engine, at, bid, ask, batch.volume[row] as number, kind);
	if (engine.out.records.length > 0 || engine.out.submits.length > 0 || broker.events.length > 0) settle(engine, ports);
}

/** No more rows: what is due executes on the last quote, the broker closes what is to be closed, and the session ends. */
function endFeed(engine: Engine, ports: Wires, inputs: RecordedInputs | null): void {
	const failure = ports.feed.failure()?.message ?? null;
	const listen = (): void => {
		settle(engine, ports);
		replayInputs(engine, ports, inputs);
	};
	executeDue(engine, ports, Number.POSITIVE_INFINITY);
	listen();
	if (engine.stopping === null) step(engine, { type: "feed-ended", at: engine.at, failure });
	listen();
	if (engine.stopping?.flatten === true) ports.broker.endData(engine.at);
	listen();
	if (engine.end === null) step(engine, { type: "feed-ended", at: engine.at, failure });
	listen();
}

/** The loop's own counters. `rowsLeft`: rows until the next look; `speed`: the pace at the last look, for who watches may slow it down at any row. */
type Loop = Lookout & { readonly pacer: Pacer; rowsLeft: number; speed: number | "max" };

/** Between slices: whatever is asked for and shown; and waiting, when the session is held or the market is ahead. */
async function lookAround(engine: Engine, ports: Wires, options: SessionOptions, loop: Loop, nextAt: BrokerMs): Promise<void> {
	const { pace } = options;
	for (;;) {
		const now = await look(engine, ports, options, loop);
		if (engine.end !== null || pace.abandoned) return;
		loop.speed = pace.speed;
		const waitMs = keepPace(loop.pacer, pace, { phase: engine.phase, at: engine.firstAt === null ? null : engine.at, nextAt }, now);
		if (waitMs === 0) return;
		await setTimeout(waitMs);
	}
}

/** A look between slices; what has come in meanwhile is heard first. Returns the wall time. */
async function look(engine: Engine, ports: Wires, options: SessionOptions, loop: Loop): Promise<number> {
	loop.rowsLeft = SLICE_ROWS;
	await setImmediate();
	return lookNow(engine, ports, options, loop);
}

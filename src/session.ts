import { setImmediate, setTimeout } from "node:timers/promises";
import type { Broker, Clock, MarketData } from "./adapters/ports.ts";
import type { SessionConfig } from "./engine/config.ts";
import { recordEnd } from "./engine/ending.ts";
import { createEngine, type Engine } from "./engine/engine.ts";
import type { Command, EngineEvent } from "./engine/event.ts";
import { carryOf } from "./engine/health/chs.ts";
import type { ChsCarry } from "./engine/health/state.ts";
import { TICK_CLOCK, type TickBatch } from "./engine/market/tick.ts";
import { askWithSpread } from "./engine/paper/spread.ts";
import { type Progress, project } from "./engine/project.ts";
import { step, stepRow } from "./engine/step.ts";
import type { BrokerMs } from "./engine/units.ts";

/** How many rows run before the session looks at the world again (signals, the screen); about a millisecond. */
const SLICE_ROWS = 4096;
/** Wall time between two looks while the speed is limited. */
const PACE_MS = 25;
/** Rounds of "let due requests execute" after the feed has ended; a request can cause another, never without end. */
const DRAIN_ROUNDS = 1000;

/** Where journal lines go; adapters/journal has the one that writes files, replay one that compares. */
export type RecordSink = {
	append(kind: string, at: BrokerMs, tick: number, data: unknown): void;
	flush(durable: boolean): void;
	failure(): string | null;
};

/** Set from outside to end the session orderly; polled between slices. */
export type StopSignal = { requested: string | null };

/** Inputs that a replay feeds at the row they arrived at; a running session has none. */
export type RecordedInputs = { next(tick: number): EngineEvent | null };

/** The world a session runs in. */
export type SessionPorts = { readonly feed: MarketData; readonly broker: Broker; readonly journal: RecordSink; readonly clock: Clock };

/** What the wiring decides besides the configuration. */
export type SessionOptions = {
	readonly carry: ChsCarry | null;
	/** Written into the first line: what the session is, as plain JSON. */
	readonly header: unknown;
	/** Market seconds a wall second, or as fast as the machine can. */
	readonly speed: number | "max";
	readonly stop: StopSignal;
	readonly inputs: RecordedInputs | null;
	/** Ten times a second and at the end; `handOn` gives what the session would leave to the next one if it ended now. */
	readonly onProgress: (progress: Progress, handOn: () => ChsCarry) => void;
};

/**
 * Runs one session from the first row to its orderly end and returns the engine in its final state. The loop is the one of
 * architecture.md: rows and answers in, journal first, effects out. It never throws for what the world does (a failed feed, a
 * full disk end the session with their reason); an exception is a bug of the engine.
 */
export async function runSession(config: SessionConfig, ports: SessionPorts, options: SessionOptions): Promise<Engine> {
	const engine = createEngine(config, ports.feed.traits, options.carry);
	ports.journal.append("session", 0, 0, options.header);
	const pace = createPace(ports.clock, options.speed);
	try {
		for (let batch = ports.feed.next(); batch !== null && engine.end === null; batch = ports.feed.next()) {
			await runBatch(engine, ports, options, pace, batch);
		}
		if (engine.end === null) endFeed(engine, ports, options.inputs);
		closeBooks(engine, ports);
	} catch (error) {
		endOnBug(engine, ports, error);
	}
	options.onProgress(project(engine), () => carryOf(engine.chs));
	return engine;
}

/** The last line, once every answer has been heard; what could not be written in full is a failed session whatever else it was. */
function closeBooks(engine: Engine, ports: SessionPorts): void {
	recordEnd(engine);
	settle(engine, ports);
	const failure = ports.journal.failure();
	if (failure !== null) engine.end = { reason: "journal-failure", detail: failure };
}

/** A bug of the engine: nothing leaves any more, the journal gets the cause, and the summary is still written (architecture, decision 6). */
function endOnBug(engine: Engine, ports: SessionPorts, error: unknown): void {
	const detail = error instanceof Error ? error.message : String(error);
	engine.out.records.length = 0;
	engine.out.submits.length = 0;
	engine.end = { reason: "bug", detail };
	ports.journal.append("bug", engine.at, engine.tick, { detail, stack: error instanceof Error ? (error.stack ?? null) : null });
}

async function runBatch(engine: Engine, ports: SessionPorts, options: SessionOptions, pace: Pace, batch: TickBatch): Promise<void> {
	for (let row = 0; row < batch.count && engine.end === null; row++) {
		if (--pace.rowsLeft <= 0 || (batch.atMs[row] as number) > pace.allowedAt || (pace.isIdle && engine.phase === "trading")) {
			await lookAround(engine, ports, options, pace, batch.atMs[row] as number);
			if (engine.end !== null) return;
		}
		if (options.inputs !== null) replayInputs(engine, ports, options.inputs);
		if (engine.end === null) runRow(engine, ports, batch, row);
	}
}

/**
 * One row: requests due before it execute on the quote before (rulebook F.1), then broker and engine see the row. A session that ends
 * on an answer does not see the row after it: a replay, which hears the answer before the row, must come to the same state.
 */
function runRow(engine: Engine, ports: SessionPorts, batch: TickBatch, row: number): void {
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

function executeDue(engine: Engine, ports: SessionPorts, before: BrokerMs): void {
	for (let round = 0; round < DRAIN_ROUNDS; round++) {
		const due = ports.broker.nextDueAt();
		if (!(due < before)) return;
		ports.broker.onTick(due, 0, 0, TICK_CLOCK);
		settle(engine, ports);
	}
}

/** Journals, then performs, what the engine asked for, and lets it see the answers, until nothing is left to do. */
function settle(engine: Engine, ports: SessionPorts): void {
	const { out } = engine;
	for (;;) {
		if (out.records.length > 0) {
			for (const record of out.records) ports.journal.append(record.kind, record.at, record.tick, record.data);
			out.records.length = 0;
		}
		if (out.submits.length > 0) submitAll(engine, ports);
		const event = ports.broker.events.shift();
		if (event !== undefined) receive(engine, ports, { type: "broker", at: event.at, event });
		else if (out.records.length === 0 && out.submits.length === 0) return;
	}
}

/** Orders leave only after the journal holds them; where real money moves, only after the disk has confirmed it (control C42). */
function submitAll(engine: Engine, ports: SessionPorts): void {
	const approved = engine.out.submits.splice(0);
	if (engine.config.mode !== "virtual") ports.journal.flush(true);
	const failure = ports.journal.failure();
	if (failure !== null) {
		step(engine, { type: "journal-failed", at: engine.at, message: failure });
		return;
	}
	for (const order of approved) ports.broker.submit(order.request, engine.at);
}

/** Journals an input, then lets the engine act on it. */
function receive(engine: Engine, ports: SessionPorts, event: EngineEvent): void {
	if (event.type === "broker") ports.journal.append("broker", event.at, engine.tick, event.event);
	else if (event.type === "command") ports.journal.append("command", event.at, engine.tick, event.command);
	step(engine, event);
}

function replayInputs(engine: Engine, ports: SessionPorts, inputs: RecordedInputs): void {
	for (let event = inputs.next(engine.tick); event !== null; event = inputs.next(engine.tick)) {
		receive(engine, ports, event);
		settle(engine, ports);
	}
}

/** No more rows: what is due executes on the last quote, the broker closes what is to be closed, and the session ends. */
function endFeed(engine: Engine, ports: SessionPorts, inputs: RecordedInputs | null): void {
	const failure = ports.feed.failure()?.message ?? null;
	const listen = (): void => {
		settle(engine, ports);
		if (inputs !== null) replayInputs(engine, ports, inputs);
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

type Pace = {
	rowsLeft: number;
	allowedAt: BrokerMs;
	readonly speed: number | "max";
	readonly clock: Clock;
	/** True while the speed is limited and trading has not begun: the warm-up is history and waits for nobody. */
	isIdle: boolean;
	startWall: number;
	startMarket: BrokerMs;
	nextProgress: number;
};

function createPace(clock: Clock, speed: number | "max"): Pace {
	return { rowsLeft: SLICE_ROWS, allowedAt: Number.POSITIVE_INFINITY, speed, clock, isIdle: speed !== "max", startWall: 0, startMarket: 0, nextProgress: 0 };
}

/** Between slices: signals, a failed journal, the display; and waiting, when the speed is limited and the market is ahead. */
async function lookAround(engine: Engine, ports: SessionPorts, options: SessionOptions, pace: Pace, nextAt: BrokerMs): Promise<void> {
	for (;;) {
		pace.rowsLeft = SLICE_ROWS;
		await setImmediate();
		const failure = ports.journal.failure();
		if (failure !== null) step(engine, { type: "journal-failed", at: engine.at, message: failure });
		else if (options.stop.requested !== null && !engine.stopping) command(engine, ports, { command: "stop", reason: options.stop.requested });
		const now = pace.clock.nowMs();
		if (now >= pace.nextProgress) {
			pace.nextProgress = now + 100;
			options.onProgress(project(engine), () => carryOf(engine.chs));
		}
		// Nobody waits for the market once the session is ending: on a feed of bars the next row may be minutes of wall time away.
		if (pace.speed === "max" || engine.phase !== "trading" || engine.end !== null) return;
		if (pace.isIdle) {
			pace.isIdle = false;
			pace.startMarket = nextAt;
			pace.startWall = now;
		}
		pace.allowedAt = pace.startMarket + (now - pace.startWall) * pace.speed;
		if (nextAt <= pace.allowedAt) return;
		await setTimeout(Math.min(PACE_MS, (nextAt - pace.allowedAt) / pace.speed));
	}
}

function command(engine: Engine, ports: SessionPorts, wanted: Command): void {
	receive(engine, ports, { type: "command", at: engine.at, command: wanted });
	settle(engine, ports);
}

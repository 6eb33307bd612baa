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
import { createPacer, keepPace, type Pace, type Pacer } from "./pace.ts";
import { type Watcher, watched } from "./watcher.ts";

/** How many rows run before the session looks at the world again (signals, the screen); about a millisecond. */
const SLICE_ROWS = 4096;
/** Rounds of "let due requests execute" after the feed has ended; a request can cause another, never without end. */
const DRAIN_ROUNDS = 1000;

/** Where journal lines go; adapters/journal has the one that writes files, replay one that compares. */
export type RecordSink = {
	append(kind: string, at: BrokerMs, tick: number, data: unknown): void;
	flush(durable: boolean): void;
	failure(): string | null;
};

/** Inputs that a replay feeds at the row they arrived at; a running session has none. */
export type RecordedInputs = { next(tick: number): EngineEvent | null };

/** The world a session runs in. */
export type SessionPorts = { readonly feed: MarketData; readonly broker: Broker; readonly journal: RecordSink; readonly clock: Clock };

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
	const ports = options.watch === null ? given : { ...given, journal: watched(given.journal, options.watch) };
	const engine = createEngine(config, ports.feed.traits, options.carry);
	options.watch?.begin(engine);
	ports.journal.append("session", 0, 0, options.header);
	const loop: Loop = { pacer: createPacer(options.pace), rowsLeft: SLICE_ROWS, nextProgress: 0, speed: options.pace.speed };
	try {
		// What was asked for while the session was being prepared is heard before the first row, which may already lead to an order.
		await setImmediate();
		takeCommands(engine, ports, options.commands);
		for (let batch = ports.feed.next(); batch !== null && engine.end === null && !options.pace.abandoned; batch = ports.feed.next()) {
			await runBatch(engine, ports, options, loop, batch);
		}
		if (options.pace.abandoned) return engine;
		// What was asked for while the last rows ran is still heard, and refused with a reason when the session is over.
		await setImmediate();
		takeCommands(engine, ports, options.commands);
		replayInputs(engine, ports, options.inputs);
		if (engine.end === null) endFeed(engine, ports, options.inputs);
		closeBooks(engine, ports);
	} catch (error) {
		endOnBug(engine, ports, error);
	}
	options.onProgress(project(engine), () => carryOf(engine.chs));
	options.watch?.look();
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

async function runBatch(engine: Engine, ports: SessionPorts, options: SessionOptions, loop: Loop, batch: TickBatch): Promise<void> {
	const { pacer } = loop;
	const { pace, watch, inputs } = options;
	for (let row = 0; row < batch.count && engine.end === null && !pace.abandoned; row++) {
		const at = batch.atMs[row] as number;
		const isDue = --loop.rowsLeft <= 0 || at > pacer.allowedAt || pace.speed !== loop.speed;
		if (isDue || (pacer.untilTrading && engine.phase === "trading")) {
			await lookAround(engine, ports, options, loop, at);
			if (engine.end !== null || pace.abandoned) return;
		}
		if (inputs !== null) replayInputs(engine, ports, inputs);
		if (engine.end === null) runRow(engine, ports, batch, row);
		if (watch !== null && engine.at >= watch.sampleAt) watch.sample();
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

/** Journals an input, then lets the engine act on it. A command that comes when the session has ended is refused: nothing can be done any more. */
function receive(engine: Engine, ports: SessionPorts, event: EngineEvent): void {
	if (event.type === "broker") ports.journal.append("broker", event.at, engine.tick, event.event);
	else if (event.type === "command") {
		ports.journal.append("command", event.at, engine.tick, event.command);
		if (engine.end !== null) {
			ports.journal.append("command-refused", event.at, engine.tick, { command: event.command.command, why: "the session has ended" });
			return;
		}
	}
	step(engine, event);
}

/** Commands from outside, in their order, each journalled and settled before the next. */
function takeCommands(engine: Engine, ports: SessionPorts, commands: Command[]): void {
	for (let command = commands.shift(); command !== undefined; command = commands.shift()) {
		receive(engine, ports, { type: "command", at: engine.at, command });
		settle(engine, ports);
	}
}

function replayInputs(engine: Engine, ports: SessionPorts, inputs: RecordedInputs | null): void {
	if (inputs === null) return;
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

/**
 * The loop's own counters. `rowsLeft`: rows until the next look; `nextProgress`: wall time of the next `onProgress`; `speed`: the pace at the
 * last look, for who watches may slow it down at any row.
 */
type Loop = { readonly pacer: Pacer; rowsLeft: number; nextProgress: number; speed: number | "max" };

/** Between slices: commands, a failed journal, the display; and waiting, when the session is held or the market is ahead. */
async function lookAround(engine: Engine, ports: SessionPorts, options: SessionOptions, loop: Loop, nextAt: BrokerMs): Promise<void> {
	const { pace, commands, watch } = options;
	for (;;) {
		loop.rowsLeft = SLICE_ROWS;
		await setImmediate();
		const failure = ports.journal.failure();
		if (failure !== null) step(engine, { type: "journal-failed", at: engine.at, message: failure });
		else takeCommands(engine, ports, commands);
		const now = ports.clock.nowMs();
		if (now >= loop.nextProgress) {
			loop.nextProgress = now + 100;
			options.onProgress(project(engine), () => carryOf(engine.chs));
		}
		watch?.look();
		if (engine.end !== null || pace.abandoned) return;
		loop.speed = pace.speed;
		const waitMs = keepPace(loop.pacer, pace, { phase: engine.phase, at: engine.firstAt === null ? null : engine.at, nextAt }, now);
		if (waitMs === 0) return;
		await setTimeout(waitMs);
	}
}

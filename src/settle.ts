import { brokerReport } from "./engine/broker-report.ts";
import type { Engine } from "./engine/engine.ts";
import type { EngineEvent } from "./engine/event.ts";
import { TICK_CLOCK } from "./engine/market/tick.ts";
import { step } from "./engine/step.ts";
import { worstHold } from "./engine/trading-state.ts";
import type { BrokerMs } from "./engine/units.ts";
import type { RecordedInputs, SessionOptions, SessionPorts } from "./session.ts";

/** Rounds of "let due requests execute" after the feed has ended; a request can cause another, never without end. */
const DRAIN_ROUNDS = 1000;

/** How often, and how long each time (wall ms), the broker's last balance is waited for. */
const LAST_WORDS_ROUNDS = 200;
const LAST_WORDS_MS = 25;

/** The world of a session, and what the broker has been told of kills. */
export type Wires = SessionPorts & { readonly told: { killed: boolean } };

/** Journals, then performs, what the engine asked for, and lets it see the answers, until nothing is left to do. */
export function settle(engine: Engine, ports: Wires): void {
	const { out } = engine;
	for (;;) {
		writeRecords(engine, ports);
		tellKill(engine, ports);
		if (out.submits.length > 0) submitAll(engine, ports);
		const event = ports.broker.events.shift();
		if (event !== undefined) receive(engine, ports, { type: "broker", at: event.at, event });
		else if (out.records.length === 0 && out.submits.length === 0) return;
	}
}

/** What the engine has noted goes to the journal. */
export function writeRecords({ out }: Engine, { journal }: Wires): void {
	for (const record of out.records) journal.append(record.kind, record.at, record.tick, record.data);
	out.records.length = 0;
}

/**
 * A session that has been killed stops at the broker too, before anything else leaves, once the disk holds the cause; the broker is told once, and
 * again when the operator has lifted the latch (controls C33 to C36). A journal that fails does not keep the stop from being sent.
 */
function tellKill(engine: Engine, { journal, broker, told }: Wires): void {
	const isKilled = engine.trading.state === "KILLED";
	if (isKilled === told.killed) return;
	told.killed = isKilled;
	const reason = worstHold(engine.trading)?.reason ?? "no reason known";
	if (!isKilled) broker.release(reason);
	else {
		journal.flush(true);
		broker.kill(reason);
	}
}

/** Orders leave only after the journal holds them; where real money moves, only after the disk has confirmed it (control C42). */
function submitAll(engine: Engine, ports: Wires): void {
	const approved = engine.out.submits.splice(0);
	if (engine.config.mode !== "virtual") ports.journal.flush(true);
	const failure = ports.journal.failure();
	if (failure !== null) {
		step(engine, { type: "journal-failed", at: engine.at, message: failure });
		return;
	}
	for (const order of approved) ports.broker.submit(order.request, engine.at);
}

/**
 * A real broker tells the balance that the last deal left some moments after the deal. Until it agrees with the deals it is waited for, about five seconds at
 * most; whatever else comes first ends the waiting, for a session that is over acts on nothing any more.
 */
export async function hearLastWords(engine: Engine, ports: Wires): Promise<void> {
	for (let round = 0; round < LAST_WORDS_ROUNDS; round++) {
		for (let next = ports.broker.events[0]; next?.type === "account" || next?.type === "paper"; next = ports.broker.events[0]) {
			ports.broker.events.shift();
			receive(engine, ports, { type: "broker", at: next.at, event: next });
		}
		const difference = brokerReport(engine)?.balance.difference ?? 0;
		if (difference === 0 || ports.broker.events.length > 0 || ports.journal.failure() !== null) return;
		await ports.feed.wait(LAST_WORDS_MS);
	}
}

/** Journals an input, then lets the engine act on it. A command that comes when the session has ended is refused: nothing can be done any more. */
export function receive(engine: Engine, ports: Wires, event: EngineEvent): void {
	if (event.type === "broker") ports.journal.append("broker", event.at, engine.tick, event.event);
	else if (event.type === "agent" && event.answer.outcome !== "hold") ports.journal.append("agent", event.at, engine.tick, event.answer);
	else if (event.type === "command") {
		ports.journal.append("command", event.at, engine.tick, event.command);
		if (engine.end !== null) {
			ports.journal.append("command-refused", event.at, engine.tick, { command: event.command.command, why: "the session has ended" });
			return;
		}
	}
	step(engine, event);
}

/** A kill from outside, then the operator's commands in their order, each journalled and settled before the next. */
export function takeCommands(engine: Engine, ports: Wires, { commands, killed }: Pick<SessionOptions, "commands" | "killed">): void {
	const kill = engine.end === null && engine.trading.state !== "KILLED" ? killed() : null;
	// Nothing that was asked for before is done once everything must stop, and a latch that is lifted while the kill is in force falls again.
	if (kill !== null) commands.unshift({ command: "kill", reason: kill.reason }, ...(kill.flatten ? [{ command: "flatten" } as const] : []));
	for (let command = commands.shift(); command !== undefined; command = commands.shift()) {
		receive(engine, ports, { type: "command", at: engine.at, command });
		settle(engine, ports);
	}
}

/** Gives the engine the recorded inputs that stand at this place of the journal. */
export function replayInputs(engine: Engine, ports: Wires, inputs: RecordedInputs | null): void {
	if (inputs === null) return;
	for (let event = inputs.next(engine.tick); event !== null; event = inputs.next(engine.tick)) {
		receive(engine, ports, event);
		settle(engine, ports);
	}
}

/** Requests of a simulated broker that are due before this time execute, with all that follows from them. */
export function executeDue(engine: Engine, ports: Wires, before: BrokerMs): void {
	for (let round = 0; round < DRAIN_ROUNDS; round++) {
		const due = ports.broker.nextDueAt();
		if (!(due < before)) return;
		ports.broker.onTick(due, 0, 0, TICK_CLOCK);
		settle(engine, ports);
	}
}

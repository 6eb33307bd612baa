import { canonicalJson, sha256Hex } from "./adapters/canonical.ts";
import { encodeLine, GENESIS, type JournalRecord } from "./adapters/journal/line.ts";
import type { Agent, Broker, Clock, MarketData } from "./adapters/ports.ts";
import type { AgentAnswer } from "./engine/agents/outside.ts";
import type { SessionConfig } from "./engine/config.ts";
import { type Engine, snapshot } from "./engine/engine.ts";
import type { Command, EngineEvent } from "./engine/event.ts";
import type { ChsCarry } from "./engine/health/state.ts";
import type { BrokerEvent } from "./engine/order.ts";
import { type Pace, paceOf } from "./pace.ts";
import { type RecordSink, runSession } from "./session.ts";
import type { Watcher } from "./watcher.ts";

/** The fingerprint of a session: SHA-256 (64 hex digits) over its final state, key order aside. Equal runs have equal fingerprints. */
export function fingerprintOf(engine: Engine): string {
	return sha256Hex(canonicalJson(snapshot(engine)));
}

/** What a replay needs of a recorded session: its lines in order, already verified, without the seal. */
export type Recording = { readonly header: unknown; readonly inputs: readonly JournalRecord[]; readonly hashes: readonly string[] };

/** Collects a recording line by line; give it every record of a journal. Only inputs and hashes are kept. */
export function createRecorder(): { readonly recording: Recording; add(record: JournalRecord): void } {
	const inputs: JournalRecord[] = [];
	const hashes: string[] = [];
	const recording = { header: null as unknown, inputs, hashes };
	return {
		recording,
		add(record) {
			if (record.kind === "sealed") return;
			if (record.n === 1) recording.header = record.data;
			if (record.kind === "broker" || record.kind === "command" || record.kind === "agent") inputs.push(record);
			hashes.push(record.hash);
		},
	};
}

/** What a replay found. `differsAt`: number of the first line that came out differently, or null when all are the same. */
export type ReplayOutcome = { readonly engine: Engine; readonly fingerprint: string; readonly lines: number; readonly differsAt: number | null };

/** How a replay is shown: at which pace, and who watches. Without one it runs as fast as it can, unseen. */
export type Play = { readonly pace: Pace; readonly clock: Clock; readonly watch: Watcher };

/**
 * Folds a recording: the feed makes its rows again, the broker's answers and the commands come from the journal at the row they
 * arrived at, and the engine must write the same lines. Needs a fresh feed of the same identity. A replay that is abandoned
 * (`pace.abandoned`) has no end; its outcome says nothing.
 */
export async function replaySession(
	config: SessionConfig,
	feed: MarketData,
	agent: Agent,
	carry: ChsCarry | null,
	recording: Recording,
	play: Play | null = null,
): Promise<ReplayOutcome> {
	const sink = comparingSink(recording.hashes);
	const engine = await runSession(
		config,
		{ feed, agent, broker: silentBroker(), journal: sink, clock: play?.clock ?? { nowMs: () => 0 } },
		{
			carry,
			header: recording.header,
			pace: play?.pace ?? paceOf("max"),
			commands: [],
			watch: play?.watch ?? null,
			inputs: inputsOf(recording.inputs, sink),
			killed: () => null,
			onProgress: () => {},
		},
	);
	const shorter = sink.lines() < recording.hashes.length ? sink.lines() + 1 : null;
	return { engine, fingerprint: fingerprintOf(engine), lines: sink.lines(), differsAt: sink.differsAt() ?? shorter };
}

/** Chains the lines as the writer does and compares each hash with the recorded one. */
function comparingSink(hashes: readonly string[]): RecordSink & { lines(): number; differsAt(): number | null } {
	let head = GENESIS;
	let lines = 0;
	let differsAt: number | null = null;
	return {
		append(kind, at, tick, data) {
			lines++;
			const recorded = hashes[lines - 1];
			const before = head;
			head = encodeLine(lines, at, tick, kind, data, before).hash;
			if (head !== recorded && kind === "ended") head = encodeLine(lines, at, tick, kind, olderEnd(data), before).hash;
			if (differsAt === null && head !== recorded) differsAt = lines;
		},
		flush: () => {},
		failure: () => null,
		lines: () => lines,
		differsAt: () => differsAt,
	};
}

/** The last word as older versions wrote it: without what gates are computed from. */
function olderEnd(data: unknown): unknown {
	const { breaker: _breaker, steeredBy: _steeredBy, ...older } = data as Record<string, unknown>;
	return older;
}

/** The recorded answers stand in for the broker, so nothing is executed again. */
function silentBroker(): Broker {
	return {
		events: [],
		submit: () => {},
		onTick: () => {},
		kill: () => {},
		release: () => {},
		endData: () => {},
		nextDueAt: () => Number.POSITIVE_INFINITY,
		close: () => {},
	};
}

/**
 * The inputs in their order, each at its row and after exactly the lines that stood before it: after the last row the answers to the
 * closing orders must not arrive before those orders. Once a line has come out differently, only the row counts.
 */
function inputsOf(records: readonly JournalRecord[], sink: { lines(): number; differsAt(): number | null }): { next(tick: number): EngineEvent | null } {
	let next = 0;
	return {
		next(tick) {
			const record = records[next];
			if (record === undefined || record.tick !== tick) return null;
			if (record.n !== sink.lines() + 1 && sink.differsAt() === null) return null;
			next++;
			if (record.kind === "command") return { type: "command", at: record.at, command: record.data as Command };
			if (record.kind === "agent") return { type: "agent", at: record.at, answer: record.data as AgentAnswer };
			return { type: "broker", at: record.at, event: record.data as BrokerEvent };
		},
	};
}

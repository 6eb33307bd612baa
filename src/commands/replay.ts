import { readStart, readSummary, runningBy, type SessionFolder, type SessionStart } from "../adapters/archive/sessions.ts";
import { canonicalJson } from "../adapters/canonical.ts";
import { wallClock } from "../adapters/clock/wall.ts";
import { dataFailure, EXIT } from "../adapters/failure.ts";
import { encodeLine, GENESIS } from "../adapters/journal/line.ts";
import { type JournalEntry, journalEntries } from "../adapters/journal/reader.ts";
import type { FeedIdentity } from "../adapters/ports.ts";
import type { Command, EngineEvent } from "../engine/event.ts";
import { readCarry } from "../engine/health/carry.ts";
import type { RecordedInputs, RecordSink } from "../session.ts";
import { runSession } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { openBroker, openFeed } from "../wiring.ts";
import { headerOf } from "./run/begin.ts";
import { fingerprintOf } from "./run/finish.ts";

/**
 * Computes a session again from its configuration, its data and the commands in its journal, compares every line on the way and the
 * fingerprint at the end. Exit 0 when both agree, 3 when data or journal are not what they were, 70 when the same inputs gave something else.
 */
export async function replay(files: SessionFolder, json: boolean, terminal: Terminal): Promise<number> {
	const pid = runningBy(files);
	if (pid !== null) throw dataFailure(`Session ${files.id} is still running (process ${pid}); replay it when it has ended.`);
	const start = readStart(files);
	const recorded = readSummary(files)?.fingerprint ?? null;
	const { fingerprint, comparison } = await foldAgain(files, start);
	const matches = recorded === null ? null : fingerprint === recorded && comparison.difference() === null;
	const result = { sessionId: files.id, matches, fingerprint, recorded, journalLines: comparison.lines(), firstDifference: comparison.difference() };
	if (json) terminal.print(JSON.stringify(result));
	else terminal.print(report(result, terminal));
	if (matches === false) terminal.complain(`Session ${files.id} does not replay to what it was. ${versionHint(start)}`);
	return matches === false ? EXIT.bug : EXIT.ok;
}

type Result = {
	readonly matches: boolean | null;
	readonly fingerprint: string;
	readonly recorded: string | null;
	readonly journalLines: number;
	readonly firstDifference: string | null;
};

function report(result: Result, terminal: Terminal): string {
	const { palette } = terminal;
	const verdict =
		result.matches === true
			? palette.good("identical: the replay reached the recorded fingerprint")
			: result.matches === null
				? palette.warn("nothing to compare with: the session has no summary (it was ended by force)")
				: palette.bad(`different from the recorded ${result.recorded}`);
	const lines = [`fingerprint  ${result.fingerprint}`, `journal      ${result.journalLines} lines compared`, `result       ${verdict}`];
	if (result.firstDifference !== null) lines.push(`first        ${result.firstDifference}`);
	return lines.join("\n");
}

async function foldAgain(files: SessionFolder, start: SessionStart): Promise<{ fingerprint: string; comparison: Comparison }> {
	const { timeframeMinutes, ...config } = start.config;
	const { feed, config: completed } = openFeed({ config, timeframeMinutes, timeframeAsked: true });
	try {
		requireSameFeed(start.feed, feed.identity);
		const comparison = compareWith(files.journal);
		try {
			const broker = openBroker(completed, feed);
			const carry = start.carry === null ? null : readCarry(start.carry);
			if (start.carry !== null && carry === null)
				throw dataFailure(`${files.config}: the record that the session started from does not fit this version of Kinetra.`);
			const engine = await runSession(
				completed,
				{ feed, broker, journal: comparison.sink, clock: wallClock() },
				{ carry, header: headerOf(start), speed: "max", stop: { requested: null }, inputs: comparison.inputs, onProgress() {} },
			);
			return { fingerprint: fingerprintOf(engine), comparison };
		} finally {
			comparison.close();
		}
	} finally {
		feed.close();
	}
}

/** The place of the data may change, the data may not. */
function requireSameFeed(then: FeedIdentity, now: FeedIdentity): void {
	if (canonicalJson({ ...then, file: null }) === canonicalJson({ ...now, file: null })) return;
	if (then.kind === "csv" && now.kind === "csv" && then.sha256 !== now.sha256) {
		throw dataFailure(
			`${then.file} is not the file that the session used: its SHA-256 was ${then.sha256}, now it is ${now.sha256}. Put the original back to replay.`,
		);
	}
	throw dataFailure(
		"The feed of this session cannot be made again by this version of Kinetra (its generator or reader has changed). Replay it with the version that ran it.",
	);
}

function versionHint(start: SessionStart): string {
	return `It was run by version ${start.version}; another version may decide differently. With the same version this is a bug: please report it with the session's folder.`;
}

type Comparison = {
	readonly sink: RecordSink;
	readonly inputs: RecordedInputs;
	lines(): number;
	difference(): string | null;
	close(): void;
};

/**
 * A journal that is compared instead of written: each line the replay makes must be the next one of the file. Commands are taken
 * from the file at the row where they stand, for nothing else tells when a person pressed a key.
 */
function compareWith(path: string): Comparison {
	const entries = journalEntries(path);
	let next: JournalEntry | null = advance();
	let head = GENESIS;
	let lines = 0;
	let difference: string | null = null;

	function advance(): JournalEntry | null {
		const result = entries.next();
		return result.done === true ? null : result.value;
	}
	function append(kind: string, at: number, tick: number, data: unknown): void {
		if (next === null || difference !== null) return;
		const { line, hash } = encodeLine(lines + 1, at, tick, kind, data, head);
		if (line !== next.line) difference = `line ${lines + 1}: recorded ${next.line.slice(0, 200)} / replayed ${line.slice(0, 200)}`;
		lines += 1;
		head = hash;
		next = advance();
	}
	return {
		sink: { append, flush() {}, failure: () => null },
		inputs: {
			next(tick) {
				if (next === null || next.record.kind !== "command" || next.record.tick !== tick) return null;
				const event: EngineEvent = { type: "command", at: next.record.at, command: next.record.data as Command };
				return event;
			},
		},
		lines: () => lines,
		difference: () => difference,
		close: () => {
			entries.return({ lines: 0, bytes: 0, head: "", torn: false, sealed: false });
		},
	};
}

import { readStart, readSummary, runningBy, type SessionFolder, type SessionStart } from "../adapters/archive/sessions.ts";
import { canonicalJson } from "../adapters/canonical.ts";
import { dataFailure } from "../adapters/failure.ts";
import { openRecordedFeed } from "../adapters/feed/recorded.ts";
import type { Home } from "../adapters/home.ts";
import { dataOfKind, type JournalReport, readJournal } from "../adapters/journal/reader.ts";
import { BRIDGE_TRAITS } from "../adapters/mt5/feed.ts";
import type { Agent, FeedIdentity, MarketData } from "../adapters/ports.ts";
import { agentForReplay } from "../agent-for-replay.ts";
import type { SessionConfig } from "../engine/config.ts";
import { type ChsCarry, readCarry } from "../engine/health/carry.ts";
import type { BrokerMs } from "../engine/units.ts";
import { createRecorder, type Recording, type ReplayOutcome } from "../replay.ts";
import { openFeed } from "../wiring.ts";
import { cutOff } from "./journal-end.ts";
import { headerOf } from "./run/begin.ts";

/** A stored session, its journal read and checked, ready to be folded again. */
export type StoredRecording = {
	readonly start: SessionStart;
	readonly journal: JournalReport;
	/** The fingerprint that the seal holds; null when the journal has no seal. */
	readonly sealed: string | null;
	readonly recording: Recording;
	readonly carry: ChsCarry | null;
	/** Market time from the beginning of trading (or the first line with a time) to the last line; null when no line has one. */
	readonly span: { readonly from: BrokerMs; readonly to: BrokerMs } | null;
	/** Makes the rows again, and who decided; the caller closes the feed. Throws a `Failure` when data or policy are not what they were. */
	open(home: Home): { readonly feed: MarketData; readonly agent: Agent; readonly config: SessionConfig };
};

/** Reads a session's journal and configuration. Throws a `Failure` (exit 3) when either is damaged, the journal's end is missing or the session still runs. */
export function openRecording(files: SessionFolder): StoredRecording {
	const pid = runningBy(files);
	if (pid !== null) throw dataFailure(`Session ${files.id} is still running (process ${pid}); replay it when it has ended.`);
	const start = readStart(files);
	const recorder = createRecorder();
	let sealed: string | null = null;
	let first: BrokerMs | null = null;
	let trading: BrokerMs | null = null;
	let last: BrokerMs | null = null;
	const journal = readJournal(files.journal, (record) => {
		if (record.kind === "sealed") sealed = String((record.data as { fingerprint?: unknown } | null)?.fingerprint);
		if (record.kind === "trading") trading = record.at;
		if (record.at > 0) {
			first ??= record.at;
			last = record.at;
		}
		recorder.add(record);
	});
	requireItsEnd(files, journal, sealed);
	const carry = start.carry === null ? null : readCarry(start.carry);
	if (start.carry !== null && carry === null)
		throw dataFailure(`${files.config}: the record that the session started from does not fit this version of Kinetra.`);
	const from = trading ?? first;
	return {
		start,
		journal,
		sealed,
		recording: { ...recorder.recording, header: headerOf(start) },
		carry,
		span: from === null || last === null ? null : { from, to: last },
		open(home) {
			const agent = agentForReplay(start.config, home);
			// Live quotes cannot be asked for again: the journal has them.
			if (start.feed.kind === "bridge") {
				return { agent, feed: openRecordedFeed(start.feed, BRIDGE_TRAITS, dataOfKind(files.journal, "rows")), config: start.config };
			}
			const { timeframeMinutes, ...config } = start.config;
			const opened = openFeed({ config, timeframeMinutes, timeframeAsked: true });
			try {
				requireSameFeed(start.feed, opened.feed.identity);
			} catch (error) {
				opened.feed.close();
				throw error;
			}
			return { agent, feed: opened.feed, config: opened.config };
		},
	};
}

/**
 * The first recorded line that came out differently, for people, or null. Without a seal the replay runs on to the planned end: only what was
 * recorded can differ.
 */
export function firstDifferenceOf(files: SessionFolder, { sealed, journal }: StoredRecording, { differsAt }: ReplayOutcome): string | null {
	const isBeyond = sealed === null && (differsAt ?? 0) > journal.lines;
	return differsAt === null || isBeyond ? null : differenceAt(files, differsAt);
}

/** A journal that was cut off, or a summary that is of another end, is damage and no bug: nothing is computed from it. */
function requireItsEnd(files: SessionFolder, journal: JournalReport, sealed: string | null): void {
	const summary = readSummary(files);
	if (summary === null) return;
	const problem = cutOff(files, journal, summary);
	if (problem !== null) throw dataFailure(problem);
	if (sealed !== null && sealed !== summary.fingerprint)
		throw dataFailure(`${files.summary} names the fingerprint ${summary.fingerprint}, the journal's seal ${sealed}: the summary was changed.`);
}

/** The recorded line that came out differently, shortened for a person. */
function differenceAt(files: SessionFolder, number: number): string {
	let found = "made now, not in the journal";
	readJournal(files.journal, (record, line) => {
		if (record.n === number) found = `recorded ${line.slice(0, 200)}`;
	});
	return `line ${number}: ${found}`;
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

import { readStart, readSummary, runningBy, type SessionFolder, type SessionStart } from "../adapters/archive/sessions.ts";
import { canonicalJson } from "../adapters/canonical.ts";
import { dataFailure, EXIT } from "../adapters/failure.ts";
import { type JournalReport, readJournal } from "../adapters/journal/reader.ts";
import type { FeedIdentity } from "../adapters/ports.ts";
import type { Engine } from "../engine/engine.ts";
import { readCarry } from "../engine/health/carry.ts";
import { summarise } from "../engine/summary.ts";
import type { Summary } from "../engine/summary-type.ts";
import { createRecorder, type ReplayOutcome, replaySession } from "../replay.ts";
import type { Terminal } from "../terminal.ts";
import { openFeed } from "../wiring.ts";
import { cutOff } from "./journal-end.ts";
import { configHashOf, headerOf } from "./run/begin.ts";

/**
 * Folds a session's journal again: the feed makes its rows anew, the broker's answers and the commands come from the journal, every
 * line is compared on the way and the fingerprint at the end. A journal without a seal (full disk, ended by force) has no end to
 * compare: its lines are. Exit 0 when all agree, 3 when data or journal are not what they were, 70 when the same inputs gave something else.
 */
export async function replay(files: SessionFolder, json: boolean, terminal: Terminal): Promise<number> {
	const pid = runningBy(files);
	if (pid !== null) throw dataFailure(`Session ${files.id} is still running (process ${pid}); replay it when it has ended.`);
	const start = readStart(files);
	const { outcome, journal, sealed, firstDifference } = await foldAgain(files, start);
	const same = firstDifference === null && (sealed === null || outcome.fingerprint === sealed);
	const result = {
		sessionId: files.id,
		matches: same ? (sealed === null ? null : true) : false,
		fingerprint: sealed === null ? null : outcome.fingerprint,
		recorded: sealed,
		journalLines: journal.sealed ? journal.lines - 1 : journal.lines,
		firstDifference,
	};
	if (json) terminal.print(JSON.stringify(result));
	else terminal.print(report(result, terminal));
	const changed = same && sealed !== null ? changedField(files, start, outcome.engine) : null;
	if (changed !== null) throw dataFailure(`${files.summary} was changed: its ${changed} is not what the journal leads to. The journal is intact; trust that.`);
	if (!same) terminal.complain(`Session ${files.id} does not replay to what it was. ${versionHint(start)}`);
	return same ? EXIT.ok : EXIT.bug;
}

type Result = {
	/** null: the recorded lines came out the same, but the journal has no end to compare. */
	readonly matches: boolean | null;
	readonly fingerprint: string | null;
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
				? palette.warn("the recorded lines are identical; there is no end to compare, because the journal was never sealed (full disk, or ended by force)")
				: palette.bad(result.recorded === null ? "different from the recorded lines" : `different from the recorded ${result.recorded}`);
	const lines = [`fingerprint  ${result.fingerprint ?? "none"}`, `journal      ${result.journalLines} lines compared`, `result       ${verdict}`];
	if (result.firstDifference !== null) lines.push(`first        ${result.firstDifference}`);
	return lines.join("\n");
}

type Folded = {
	readonly outcome: ReplayOutcome;
	readonly journal: JournalReport;
	/** The fingerprint that the seal holds; null when the journal has no seal. */
	readonly sealed: string | null;
	readonly firstDifference: string | null;
};

async function foldAgain(files: SessionFolder, start: SessionStart): Promise<Folded> {
	const recorder = createRecorder();
	let sealed: string | null = null;
	const journal = readJournal(files.journal, (record) => {
		if (record.kind === "sealed") sealed = String((record.data as { fingerprint?: unknown } | null)?.fingerprint);
		recorder.add(record);
	});
	requireItsEnd(files, journal, sealed);
	const { timeframeMinutes, ...config } = start.config;
	const { feed, config: completed } = openFeed({ config, timeframeMinutes, timeframeAsked: true });
	try {
		requireSameFeed(start.feed, feed.identity);
		const carry = start.carry === null ? null : readCarry(start.carry);
		if (start.carry !== null && carry === null)
			throw dataFailure(`${files.config}: the record that the session started from does not fit this version of Kinetra.`);
		const outcome = await replaySession(completed, feed, carry, { ...recorder.recording, header: headerOf(start) });
		// Without a seal the replay runs on to the planned end: only what was recorded can differ.
		const isBeyond = sealed === null && (outcome.differsAt ?? 0) > journal.lines;
		return { outcome, journal, sealed, firstDifference: outcome.differsAt === null || isBeyond ? null : differenceAt(files, outcome.differsAt) };
	} finally {
		feed.close();
	}
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

/**
 * The first field of summary.json that is not what the replay leads to, or null. What only the world knew (wall clock, data counts, evidence)
 * is taken as stored.
 */
function changedField(files: SessionFolder, start: SessionStart, engine: Engine): string | null {
	const stored = readSummary(files);
	if (stored === null) return null;
	const again: Summary = summarise(engine, {
		...stored,
		configHash: configHashOf(start.config),
		repeatOf: start.repeatOf,
		file: start.feed.kind === "csv" ? start.feed.file : null,
		wallStart: start.startedWall,
		wallEnd: stored.end.wall,
		interruptCode: stored.exitCode,
	});
	const keys = Object.keys(again) as (keyof Summary)[];
	return keys.find((key) => canonicalJson(again[key]) !== canonicalJson(stored[key])) ?? null;
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

function versionHint(start: SessionStart): string {
	return `It was run by version ${start.version}; another version may decide differently. With the same version this is a bug: please report it with the session's folder.`;
}

import { readStart, readSummary, runningBy, type SessionFolder, type SessionStart } from "../adapters/archive/sessions.ts";
import { canonicalJson } from "../adapters/canonical.ts";
import { dataFailure, EXIT } from "../adapters/failure.ts";
import { readJournal } from "../adapters/journal/reader.ts";
import type { FeedIdentity } from "../adapters/ports.ts";
import { readCarry } from "../engine/health/carry.ts";
import { createRecorder, type ReplayOutcome, replaySession } from "../replay.ts";
import type { Terminal } from "../terminal.ts";
import { openFeed } from "../wiring.ts";
import { headerOf } from "./run/begin.ts";

/**
 * Folds a session's journal again: the feed makes its rows anew, the broker's answers and the commands come from the journal, every
 * line is compared on the way and the fingerprint at the end. Exit 0 when both agree, 3 when data or journal are not what they were, 70 when the same inputs gave something else.
 */
export async function replay(files: SessionFolder, json: boolean, terminal: Terminal): Promise<number> {
	const pid = runningBy(files);
	if (pid !== null) throw dataFailure(`Session ${files.id} is still running (process ${pid}); replay it when it has ended.`);
	const start = readStart(files);
	const recorded = readSummary(files)?.fingerprint ?? null;
	const { outcome, firstDifference } = await foldAgain(files, start);
	const { fingerprint, lines: journalLines } = outcome;
	const matches = recorded === null ? null : fingerprint === recorded && firstDifference === null;
	const result = { sessionId: files.id, matches, fingerprint, recorded, journalLines, firstDifference };
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

async function foldAgain(files: SessionFolder, start: SessionStart): Promise<{ outcome: ReplayOutcome; firstDifference: string | null }> {
	const { timeframeMinutes, ...config } = start.config;
	const { feed, config: completed } = openFeed({ config, timeframeMinutes, timeframeAsked: true });
	try {
		requireSameFeed(start.feed, feed.identity);
		const carry = start.carry === null ? null : readCarry(start.carry);
		if (start.carry !== null && carry === null)
			throw dataFailure(`${files.config}: the record that the session started from does not fit this version of Kinetra.`);
		const recorder = createRecorder();
		readJournal(files.journal, recorder.add);
		const outcome = await replaySession(completed, feed, carry, { ...recorder.recording, header: headerOf(start) });
		return { outcome, firstDifference: outcome.differsAt === null ? null : differenceAt(files, outcome.differsAt) };
	} finally {
		feed.close();
	}
}

/** The recorded line that came out differently, shortened for a person. */
function differenceAt(files: SessionFolder, number: number): string {
	let found = "the journal has no such line";
	readJournal(files.journal, (record, line) => {
		if (record.n === number) found = line.slice(0, 200);
	});
	return `line ${number}: recorded ${found}`;
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

import { readSummary, type SessionFolder, type SessionStart } from "../adapters/archive/sessions.ts";
import { canonicalJson } from "../adapters/canonical.ts";
import { dataFailure, EXIT } from "../adapters/failure.ts";
import type { Home } from "../adapters/home.ts";
import { pricedLike } from "../engine/curve.ts";
import type { Engine } from "../engine/engine.ts";
import { summarise } from "../engine/summary.ts";
import type { Summary } from "../engine/summary-type.ts";
import { replaySession } from "../replay.ts";
import type { Terminal } from "../terminal.ts";
import { firstDifferenceOf, openRecording } from "./recording.ts";
import { configHashOf } from "./run/begin.ts";

/**
 * Folds a session's journal again: the feed makes its rows anew, the broker's answers and the commands come from the journal, every
 * line is compared on the way and the fingerprint at the end. A journal without a seal (full disk, ended by force) has no end to
 * compare: its lines are. Exit 0 when all agree, 3 when data or journal are not what they were, 70 when the same inputs gave something else.
 */
export async function replay(files: SessionFolder, home: Home, json: boolean, terminal: Terminal): Promise<number> {
	const recorded = openRecording(files);
	const { start, journal, sealed } = recorded;
	const { feed, agent, config } = recorded.open(home);
	const outcome = await replaySession(config, feed, agent, recorded.carry, recorded.recording).finally(() => feed.close());
	const firstDifference = firstDifferenceOf(files, recorded, outcome);
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

/**
 * The first field of summary.json that is not what the replay leads to, or null. What only the world knew (wall clock, data counts, evidence)
 * is taken as stored.
 */
function changedField(files: SessionFolder, start: SessionStart, engine: Engine): string | null {
	const stored = readSummary(files);
	if (stored === null) return null;
	const made = summarise(engine, {
		...stored,
		configHash: configHashOf(start.config),
		repeatOf: start.repeatOf,
		file: start.feed.kind === "csv" ? start.feed.file : null,
		wallStart: start.startedWall,
		wallEnd: stored.end.wall,
		interruptCode: stored.exitCode,
	});
	const again: Summary = { ...made, curve: pricedLike(made.curve, stored.curve) };
	const keys = Object.keys(again) as (keyof Summary)[];
	return keys.find((key) => canonicalJson(again[key]) !== canonicalJson(stored[key])) ?? null;
}

function versionHint(start: SessionStart): string {
	return `It was run by version ${start.version}; another version may decide differently. With the same version this is a bug: please report it with the session's folder.`;
}

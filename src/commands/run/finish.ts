import { type Period, saveCarry } from "../../adapters/archive/carry.ts";
import { rememberRun } from "../../adapters/archive/run-key.ts";
import { writeSummary } from "../../adapters/archive/sessions.ts";
import { EXIT, Failure } from "../../adapters/failure.ts";
import type { Home } from "../../adapters/home.ts";
import type { MarketData } from "../../adapters/ports.ts";
import { reasonOf } from "../../adapters/reason.ts";
import type { Engine } from "../../engine/engine.ts";
import { carryOf } from "../../engine/health/chs.ts";
import type { StageOutcome } from "../../engine/stages/outcome.ts";
import { summarise } from "../../engine/summary.ts";
import type { EndReason, Summary } from "../../engine/summary-type.ts";
import { fingerprintOf } from "../../replay.ts";
import { registerEnd } from "../standing/outcome.ts";
import { neverCounts } from "../standing/register.ts";
import type { BegunSession } from "./begin.ts";
import { periodOf, tradedBefore } from "./period.ts";

/** What is known only after the loop. */
export type Ending = {
	readonly feed: MarketData;
	readonly wallEndMs: number;
	/** 130 or 143. */
	readonly interruptCode: number;
};

/** Ends that cut a session short from outside: it is no evidence, and running it again is no repeat. */
const ABORTED: readonly EndReason[] = ["interrupt", "data-failure", "journal-failure", "bug"];

/**
 * Seals and closes the journal, stores what the session hands on, and writes the summary. Never throws for the world's troubles:
 * they are in `problems`, for stderr, and the summary is returned all the same.
 */
export function finishSession(home: Home, session: BegunSession, engine: Engine, ending: Ending): { summary: Summary; problems: readonly string[] } {
	const { files, start, journal } = session;
	const fingerprint = fingerprintOf(engine);
	const wallEnd = new Date(ending.wallEndMs).toISOString();
	journal.append("sealed", engine.at, engine.tick, { fingerprint, wall: wallEnd });
	journal.close();
	const problems: string[] = [];
	const failure = journal.failure();
	if (failure !== null) problems.push(`${failure}. The journal ${files.journal} holds ${journal.lines()} lines and no seal.`);
	const aborted = failure !== null || engine.end === null || ABORTED.includes(engine.end.reason);
	session.freeReserve();
	const period = periodOf(session, engine.tradingFrom, engine.at);
	const before = tradedBefore(session, period);
	const again = before === null ? null : `not touched: ${before}`;
	const stored = aborted && failure !== null ? "not stored: the journal failed" : (again ?? storeCarry(home, session, engine, period));
	if (stored !== null && session.base !== null && again === null) problems.push(`The agent's record was ${stored}.`);
	// A run whose trades are in no record may be run again.
	if (!aborted && (stored === null || session.base === null || again !== null))
		tryTo(problems, "The index of runs could not be written", () => rememberRun(home, start.runKey, files.id));
	const report = ending.feed.report();
	const never = neverCounts(start) ?? unregisteredNote(session);
	const evidence = !aborted && stored === null && engine.steeredBy.length === 0 && never === null;
	const stage = stageOutcome(home, session, engine, { aborted, nowMs: ending.wallEndMs, problems });
	const summary = summarise(engine, {
		sessionId: files.id,
		configHash: start.configHash,
		fingerprint,
		journal: { file: files.journal, lines: journal.lines(), bytes: journal.bytes(), head: journal.head() },
		data: { ...withoutMs(report), longestGapSeconds: report.longestGapMs / 1000 },
		repeatOf: start.repeatOf,
		file: start.feed.kind === "csv" ? start.feed.file : null,
		evidence,
		evidenceNote: never ?? evidenceNote(engine, aborted, stored),
		...(stage === null ? {} : { stage }),
		wallStart: start.startedWall,
		wallEnd,
		interruptCode: ending.interruptCode,
	});
	const honest =
		failure === null || summary.endReason === "journal-failure"
			? summary
			: { ...summary, endReason: "journal-failure" as const, endDetail: failure, exitCode: EXIT.data };
	const unwritten = writeSummary(files, honest);
	if (unwritten === null) return { summary: honest, problems };
	problems.push(`${unwritten}. It is printed here only.`);
	return { summary: { ...honest, exitCode: honest.exitCode === EXIT.ok ? EXIT.data : honest.exitCode }, problems };
}

function unregisteredNote({ unregistered }: BegunSession): string | null {
	return unregistered === null ? null : `It is not in the ledger, so it never counts. ${unregistered}`;
}

type Closing = { readonly aborted: boolean; readonly nowMs: number; readonly problems: string[] };

/** Enters the end into the ledger, with what follows from it. A session whose end could not be entered is known as one that never ended. */
function stageOutcome(home: Home, session: BegunSession, engine: Engine, { aborted, nowMs, problems }: Closing): StageOutcome | null {
	if (session.unregistered !== null) {
		problems.push(session.unregistered);
		return null;
	}
	const { journal, files } = session;
	// What cut the journal short is the reason, whatever the engine meant to end with.
	const reason = journal.failure() !== null ? "journal-failure" : (engine.end?.reason ?? "bug");
	const period = engine.tradingFrom === null ? null : { from: engine.tradingFrom, to: engine.at };
	try {
		return registerEnd(home, { session: files.id, head: journal.head(), lines: journal.lines(), reason, period }, nowMs);
	} catch (error) {
		problems.push(
			`The ledger has not got the end of this session: ${error instanceof Failure ? error.message : reasonOf(error)} It counts as ${aborted ? "cut short" : "one that never ended"}.`,
		);
		return null;
	}
}

/** Why the agent's record was not stored, or null when it was. Losses count even when the session was interrupted: stopping must not heal. */
function storeCarry(home: Home, session: BegunSession, engine: Engine, period: Period | null): string | null {
	if (session.base === null) return `not touched: ${whyUntouched(session)}`;
	try {
		const saved = saveCarry(home, session.agentBuild, engine.config.mode, session.base, session.files.id, {
			carry: carryOf(engine.chs),
			period,
		});
		return saved.stored ? null : `not stored: ${saved.because}`;
	} catch (error) {
		return `not stored: ${error instanceof Failure ? error.message : reasonOf(error)}`;
	}
}

function whyUntouched({ start }: BegunSession): string {
	if (start.config.unlimited) return "a measuring run";
	if (start.repeatOf !== null) return "a repeat";
	return start.trainedOn === undefined ? "a drill" : "on what the agent was trained on";
}

/** Why the session counts or not. What it lost is in the agent's record in any case: steering, as stopping, must not heal (chs.md 2, control C04). */
function evidenceNote(engine: Engine, aborted: boolean, stored: string | null): string {
	const record = stored === null ? "The agent's record includes it." : `The agent's record was ${stored}.`;
	if (aborted) return `It did not reach its own end. ${record}`;
	const { steeredBy } = engine;
	return steeredBy.length === 0 ? record : `The operator steered it (${steeredBy.join(", ")}): it does not show what the agent does alone. ${record}`;
}

function withoutMs<T extends { longestGapMs: number }>(report: T): Omit<T, "longestGapMs"> {
	const { longestGapMs: _longest, ...rest } = report;
	return rest;
}

function tryTo(problems: string[], what: string, work: () => void): void {
	try {
		work();
	} catch (error) {
		problems.push(`${what}: ${reasonOf(error)}.`);
	}
}

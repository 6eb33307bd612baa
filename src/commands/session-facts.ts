import { readStart, readSummary, runningBy, type SessionFolder } from "../adapters/archive/sessions.ts";
import { cleanSummary, withNumbers, wrongField } from "../adapters/archive/summary-shape.ts";
import { cleanText } from "../adapters/clean-text.ts";
import { dataFailure, Failure } from "../adapters/failure.ts";
import { type JournalReport, verifyJournal } from "../adapters/journal/reader.ts";
import type { Summary } from "../engine/summary-type.ts";
import type { SessionRow } from "../ui/state.ts";
import { cutOff } from "./journal-end.ts";

/** A session as a list shows it; what is not known is null. Texts are cleaned. */
export type SessionFacts = Omit<SessionRow, "ended" | "startedWallMs"> & {
	/** Its end reason, or `running`, `not finished`, `damaged`. */
	readonly state: string;
	readonly startedWall: string | null;
};

const NOTHING: Omit<SessionFacts, "id" | "state"> = {
	startedWall: null,
	mode: null,
	symbol: null,
	agent: null,
	agentBuild: null,
	scenario: null,
	trades: null,
	netProfit: null,
	currency: null,
	chs: null,
	evidence: null,
	gate: null,
};

/** What a list says of a session. A damaged one is listed as such; it must not hide the others. */
export function sessionFacts(files: SessionFolder): SessionFacts {
	try {
		const summary = readableSummary(files);
		return summary === null ? { id: files.id, ...NOTHING, ...begun(files), state: runningBy(files) === null ? "not finished" : "running" } : factsOf(summary);
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		return { id: files.id, ...NOTHING, state: "damaged" };
	}
}

function factsOf(summary: Summary): SessionFacts {
	return {
		id: summary.sessionId,
		state: summary.endReason,
		startedWall: summary.start.wall,
		mode: summary.mode,
		symbol: summary.symbol,
		agent: summary.agent,
		agentBuild: summary.agentBuild,
		scenario: summary.scenario,
		trades: summary.tradesClosed,
		netProfit: summary.netProfit,
		currency: summary.currency,
		chs: summary.chs.final,
		evidence: summary.evidence,
		gate: summary.gate,
	};
}

/**
 * The stored summary, fit to be drawn: its texts cleaned, its types checked; null when the session has none (it is running, or was
 * ended by force). Throws a `Failure` when it is damaged.
 */
export function readableSummary(files: SessionFolder): Summary | null {
	const summary = readSummary(files);
	if (summary === null) return null;
	const field = wrongField(summary);
	if (field !== null) {
		throw dataFailure(
			`${files.summary} is damaged: its field ${cleanText(field, 80) || "(all)"} is missing or of the wrong type. The journal beside it is untouched: kinetra sessions verify ${files.id}`,
		);
	}
	return withNumbers(cleanSummary(summary));
}

/** What is known of a session that has no summary; nothing when even its configuration is missing. */
function begun(files: SessionFolder): Partial<SessionFacts> {
	try {
		const { config, startedWall } = readStart(files);
		const scenario = config.feed.kind === "synthetic" ? cleanText(config.feed.scenario, 40) : null;
		return {
			mode: cleanText(config.mode, 20),
			symbol: cleanText(config.instrument.symbol, 40),
			agent: cleanText(config.agent.id, 40),
			scenario,
			startedWall: cleanText(startedWall, 40),
		};
	} catch {
		return {};
	}
}

/** Why a session has no summary yet, or none at all, and what can be done. */
export function unfinished(files: SessionFolder): Failure {
	const pid = runningBy(files);
	if (pid !== null) return dataFailure(`Session ${files.id} is still running (process ${pid}); its summary is written when it ends.`);
	const { config, startedWall } = readStart(files);
	return dataFailure(
		`Session ${files.id} (${config.instrument.symbol}, ${config.agent.id}, started ${startedWall}) has no summary: its process was ended before it could write one. Its journal is kept; check it with: kinetra sessions verify ${files.id}`,
	);
}

/** What checking a journal found: how far it is whole, how it ends, and what is wrong with it (null = nothing). */
export type JournalFacts = {
	readonly report: JournalReport | null;
	readonly ending: "sealed" | "still running" | "not sealed" | null;
	readonly problem: string | null;
};

/** Checks the chain, and that the journal ends where the summary says: a cut tail leaves an intact chain behind. */
export function journalFacts(files: SessionFolder): JournalFacts {
	let report: JournalReport | null = null;
	try {
		report = verifyJournal(files.journal);
		return { report, ending: endingOf(files, report), problem: problemOf(files, report, readSummary(files)) };
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		return { report, ending: report === null ? null : endingOf(files, report), problem: error.message };
	}
}

function endingOf(files: SessionFolder, report: JournalReport): JournalFacts["ending"] {
	if (report.sealed) return "sealed";
	return runningBy(files) !== null ? "still running" : "not sealed";
}

function problemOf(files: SessionFolder, report: JournalReport, summary: Summary | null): string | null {
	if (summary !== null) return cutOff(files, report, summary);
	if (report.sealed || runningBy(files) !== null) return null;
	return `The journal ${files.journal} is intact for ${report.lines} lines${report.torn ? " (a torn last line was left out)" : ""}, but it has no seal and no summary: the session was ended by force.`;
}

import type { SessionFolder } from "../adapters/archive/sessions.ts";
import { findSession, listSessionIds, readStart, readSummary, runningBy, sessionFolder } from "../adapters/archive/sessions.ts";
import { dataFailure, EXIT, Failure } from "../adapters/failure.ts";
import type { Home } from "../adapters/home.ts";
import { type JournalReport, verifyJournal } from "../adapters/journal/reader.ts";
import type { SessionsAction } from "../args.ts";
import type { Summary } from "../engine/summary-type.ts";
import { summaryLines } from "../print/summary.ts";
import { clip, formatNumber, table } from "../print/text.ts";
import type { Terminal } from "../terminal.ts";
import { cutOff } from "./journal-end.ts";

/** Sessions shown by `list` on a terminal; `--json` gives all. */
const LIST_SHOWN = 40;

/** `kinetra sessions ...`: looks at what was run. Returns the exit code. */
export async function sessions(action: SessionsAction, json: boolean, home: Home, terminal: Terminal): Promise<number> {
	if (action.name === "list") return list(json, home, terminal);
	const files = findSession(home, action.id);
	switch (action.name) {
		case "show":
			return show(files, json, terminal);
		case "verify":
			return verify(files, json, terminal);
		case "replay":
			return (await import("./replay.ts")).replay(files, json, terminal);
		case "export":
			return (await import("./export.ts")).exportSession(files, action.folder, json, terminal);
	}
}

type Listed = {
	readonly id: string;
	readonly state: string;
	readonly symbol: string | null;
	readonly agent: string | null;
	readonly trades: number | null;
	readonly netProfit: number | null;
	readonly currency: string | null;
	readonly chs: number | null;
	readonly startedWall: string | null;
};

function list(json: boolean, home: Home, terminal: Terminal): number {
	const ids = listSessionIds(home);
	if (json) {
		terminal.print(JSON.stringify(ids.map((id) => listed(sessionFolder(home, id)))));
		return EXIT.ok;
	}
	if (ids.length === 0) {
		terminal.print(`No session yet in ${home.sessions}. Start one with: kinetra run`);
		return EXIT.ok;
	}
	const shown = ids.slice(-LIST_SHOWN).map((id) => listed(sessionFolder(home, id)));
	const head = ["session", "ended", "symbol", "agent", "trades", "net", "CHS"].map((cell) => terminal.palette.faint(cell));
	const rows = shown.map((row) => [
		row.id,
		clip(row.state, 14),
		row.symbol ?? "",
		clip(row.agent ?? "", 10),
		row.trades === null ? "" : String(row.trades),
		row.netProfit === null ? "" : row.netProfit.toFixed(2),
		row.chs === null ? "" : formatNumber(row.chs),
	]);
	terminal.print(table([head, ...rows], [4, 5, 6]).join("\n"));
	if (ids.length > shown.length) terminal.print(`${ids.length - shown.length} older ones: kinetra sessions list --json`);
	return EXIT.ok;
}

/** A damaged session is listed as such; it must not hide the others. */
function listed(files: SessionFolder): Listed {
	const none = { symbol: null, agent: null, trades: null, netProfit: null, currency: null, chs: null, startedWall: null };
	try {
		const summary = readSummary(files);
		if (summary === null) return { id: files.id, ...none, ...begun(files), state: runningBy(files) === null ? "not finished" : "running" };
		return {
			id: files.id,
			state: summary.endReason,
			symbol: summary.symbol,
			agent: summary.agent,
			trades: summary.tradesClosed,
			netProfit: summary.netProfit,
			currency: summary.currency,
			chs: summary.chs.final,
			startedWall: summary.start.wall,
		};
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		return { id: files.id, ...none, state: "damaged" };
	}
}

/** What is known of a session that has no summary; nothing when even its configuration is missing. */
function begun(files: SessionFolder): Partial<Listed> {
	try {
		const { config, startedWall } = readStart(files);
		return { symbol: config.instrument.symbol, agent: config.agent.id, startedWall };
	} catch {
		return {};
	}
}

function show(files: SessionFolder, json: boolean, terminal: Terminal): number {
	const summary = readSummary(files);
	if (summary === null) throw unfinished(files);
	terminal.print(json ? JSON.stringify(summary) : summaryLines(summary, files.folder, terminal.palette).join("\n"));
	return EXIT.ok;
}

function unfinished(files: SessionFolder): Failure {
	const pid = runningBy(files);
	if (pid !== null) return dataFailure(`Session ${files.id} is still running (process ${pid}); its summary is written when it ends.`);
	const { config, startedWall } = readStart(files);
	return dataFailure(
		`Session ${files.id} (${config.instrument.symbol}, ${config.agent.id}, started ${startedWall}) has no summary: its process was ended before it could write one. Its journal is kept; check it with: kinetra sessions verify ${files.id}`,
	);
}

/** Checks the chain, and that the journal ends where the summary says: a cut tail leaves an intact chain behind. */
function verify(files: SessionFolder, json: boolean, terminal: Terminal): number {
	let report: JournalReport | null = null;
	let problem: string | null;
	try {
		report = verifyJournal(files.journal);
		problem = problemOf(files, report, readSummary(files));
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		problem = error.message;
	}
	if (json) terminal.print(JSON.stringify({ sessionId: files.id, ok: problem === null, ...(report ?? {}), problem }));
	if (problem !== null) throw dataFailure(problem);
	if (!json && report !== null) {
		const ending = report.sealed ? "sealed" : runningBy(files) !== null ? "still running" : "not sealed (the session could not write any more)";
		terminal.print(`${terminal.palette.good("intact")}  ${report.lines} lines, ${ending}, head ${report.head}`);
	}
	return EXIT.ok;
}

function problemOf(files: SessionFolder, report: JournalReport, summary: Summary | null): string | null {
	if (summary !== null) return cutOff(files, report, summary);
	if (report.sealed || runningBy(files) !== null) return null;
	return `The journal ${files.journal} is intact for ${report.lines} lines${report.torn ? " (a torn last line was left out)" : ""}, but it has no seal and no summary: the session was ended by force.`;
}

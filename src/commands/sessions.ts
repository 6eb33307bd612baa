import type { SessionFolder } from "../adapters/archive/sessions.ts";
import { findSession, listSessionIds, readSummary, sessionFolder } from "../adapters/archive/sessions.ts";
import { dataFailure, EXIT } from "../adapters/failure.ts";
import type { Home } from "../adapters/home.ts";
import type { SessionsAction } from "../args.ts";
import { summaryLines } from "../print/summary.ts";
import { clip, formatNumber, table } from "../print/text.ts";
import type { Terminal } from "../terminal.ts";
import { journalFacts, readableSummary, type SessionFacts, sessionFacts, unfinished } from "./session-facts.ts";

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
			return (await import("./replay.ts")).replay(files, home, json, terminal);
		case "export":
			return (await import("./export.ts")).exportSession(files, action.folder, json, terminal);
	}
}

/** What `sessions list --json` gives of a session. */
function listed(facts: SessionFacts): object {
	const { id, state, symbol, agent, trades, netProfit, currency, chs, startedWall } = facts;
	return { id, state, symbol, agent, trades, netProfit, currency, chs, startedWall };
}

function list(json: boolean, home: Home, terminal: Terminal): number {
	const ids = listSessionIds(home);
	if (json) {
		terminal.print(JSON.stringify(ids.map((id) => listed(sessionFacts(sessionFolder(home, id))))));
		return EXIT.ok;
	}
	if (ids.length === 0) {
		terminal.print(`No session yet in ${home.sessions}. Start one with: kinetra run`);
		return EXIT.ok;
	}
	const shown = ids.slice(-LIST_SHOWN).map((id) => sessionFacts(sessionFolder(home, id)));
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

function show(files: SessionFolder, json: boolean, terminal: Terminal): number {
	// For programs the file as it is; people get what can be drawn.
	const summary = json ? readSummary(files) : readableSummary(files);
	if (summary === null) throw unfinished(files);
	terminal.print(json ? JSON.stringify(summary) : summaryLines(summary, files.folder, terminal.palette).join("\n"));
	return EXIT.ok;
}

function verify(files: SessionFolder, json: boolean, terminal: Terminal): number {
	const { report, ending, problem } = journalFacts(files);
	if (json) terminal.print(JSON.stringify({ sessionId: files.id, ok: problem === null, ...(report ?? {}), problem }));
	if (problem !== null) throw dataFailure(problem);
	if (!json && report !== null) {
		const said = ending === "not sealed" ? "not sealed (the session could not write any more)" : ending;
		terminal.print(`${terminal.palette.good("intact")}  ${report.lines} lines, ${said}, head ${report.head}`);
	}
	return EXIT.ok;
}

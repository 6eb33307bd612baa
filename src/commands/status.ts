import { readdirSync } from "node:fs";
import { listSessionIds, readSummary, runningBy, sessionFolder } from "../adapters/archive/sessions.ts";
import { EXIT, Failure } from "../adapters/failure.ts";
import { parseExportName } from "../adapters/feed/csv/file-name.ts";
import type { Home } from "../adapters/home.ts";
import { codeOf, reasonOf } from "../adapters/reason.ts";
import type { Terminal } from "../terminal.ts";
import { VERSION } from "../version.ts";

type Status = {
	readonly version: string;
	readonly home: string;
	readonly data: { readonly state: "prepared" | "not prepared"; readonly files: number; readonly folder: string; readonly problem: string | null };
	readonly bridge: { readonly state: "not available yet" };
	readonly credentials: { readonly state: "none" };
	readonly lastSession: {
		readonly id: string;
		readonly state: string;
		readonly symbol: string | null;
		readonly agent: string | null;
		readonly netProfit: number | null;
		readonly currency: string | null;
	} | null;
};

/** `kinetra status`: the facts of the status bar. */
export function status(json: boolean, home: Home, terminal: Terminal): number {
	const facts: Status = {
		version: VERSION,
		home: home.root,
		data: dataFacts(home),
		bridge: { state: "not available yet" },
		credentials: { state: "none" },
		lastSession: lastSession(home),
	};
	if (json) {
		terminal.print(JSON.stringify(facts));
		return EXIT.ok;
	}
	const { data, lastSession: last } = facts;
	const dataText =
		data.problem !== null
			? data.problem
			: data.files > 0
				? `${data.files} MT5 export${data.files === 1 ? "" : "s"} in ${data.folder}`
				: `Data not prepared (no MT5 export in ${data.folder}; --file takes one from anywhere, the synthetic market needs none)`;
	terminal.print(
		[
			`Kinetra      ${VERSION}`,
			`home         ${home.root}`,
			`data         ${dataText}`,
			"bridge       not available yet",
			"credentials  none",
			`last session ${last === null ? "none" : `${last.id}  ${last.state}${last.symbol === null ? "" : `  ${last.symbol} ${last.agent}  net ${last.netProfit?.toFixed(2)} ${last.currency}`}`}`,
		].join("\n"),
	);
	return EXIT.ok;
}

function dataFacts(home: Home): Status["data"] {
	try {
		const files = readdirSync(home.data).filter((name) => /\.csv(\.gz)?$/i.test(name) && parseExportName(name) !== null).length;
		return { state: files > 0 ? "prepared" : "not prepared", files, folder: home.data, problem: null };
	} catch (error) {
		const problem = codeOf(error) === "ENOENT" ? null : `${home.data} cannot be read: ${reasonOf(error)}`;
		return { state: "not prepared", files: 0, folder: home.data, problem };
	}
}

/** A damaged last session must not take the status away: it is said in its place. */
function lastSession(home: Home): Status["lastSession"] {
	const none = { symbol: null, agent: null, netProfit: null, currency: null };
	try {
		const id = listSessionIds(home).at(-1);
		if (id === undefined) return null;
		const files = sessionFolder(home, id);
		const summary = readSummary(files);
		if (summary === null) return { id, state: runningBy(files) === null ? "not finished" : "running", ...none };
		return { id, state: summary.endReason, symbol: summary.symbol, agent: summary.agent, netProfit: summary.netProfit, currency: summary.currency };
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		return { id: "unreadable", state: error.message, ...none };
	}
}

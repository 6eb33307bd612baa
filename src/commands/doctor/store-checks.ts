import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readLedger } from "../../adapters/archive/ledger.ts";
import { listSessionIds, runningBy, sessionFolder } from "../../adapters/archive/sessions.ts";
import { Failure } from "../../adapters/failure.ts";
import type { Home } from "../../adapters/home.ts";
import { readKill } from "../../adapters/kill-file.ts";
import { lockOwner } from "../../adapters/lock.ts";
import { reasonOf } from "../../adapters/reason.ts";
import type { CheckRow } from "../../print/check-row.ts";
import type { DataFacts } from "../cockpit/status-facts.ts";
import { dataText } from "../cockpit/status-parts.ts";
import { killRow } from "../connection/kill-row.ts";
import { attention, failed, ok, type Verdict } from "../connection/verdict.ts";
import { journalFacts, sessionFacts } from "../session-facts.ts";
import { row } from "./machine-checks.ts";

/** Reading journals stops after this time, ms; what was left out is said. */
const JOURNALS_MS = 4000;
const NAMED_MOST = 3;

/** What Kinetra keeps: data, models, ledger, sessions, locks, kill file. A row each; nothing is changed. */
export function storeRows(home: Home, data: DataFacts): readonly CheckRow[] {
	return [
		row("data-files", "data files", dataRow(data)),
		row("model-files", "model files", ok("none: the built-in agents need none, and this version loads none")),
		row("ledger", "ledger", ledgerRow(home)),
		row("sessions", "sessions", sessionsRow(home)),
		row("locks", "locks", locksRow(home)),
		row("kill-file", "kill file", killRow(null, readKill(home))),
	];
}

function dataRow(data: DataFacts): Verdict {
	if (data.state === "unreadable") return failed(dataText(data), `${data.problem ?? ""}. Repair the folder's permissions.`);
	if (data.state === "partly ready")
		return attention(dataText(data), `An agent should be tested on days it has not seen: put exports into both ${data.folder}/train and ${data.folder}/test.`);
	return ok(data.state === "not prepared" ? "none: the generated market needs none" : dataText(data));
}

function ledgerRow(home: Home): Verdict {
	const { lines, broken, notes } = readLedger(home);
	if (broken !== null)
		return failed(`broken after ${lines.length} lines`, `${broken} Without it nothing can be proven, so demo counts as rehearsal and live is refused.`);
	const found = lines.length === 0 ? "empty" : `${lines.length} lines, whole`;
	return notes.length === 0 ? ok(found) : attention(found, notes.join(" "));
}

/** Damaged sessions, and those that were ended by force. The newest journals are checked line by line. */
function sessionsRow(home: Home): Verdict {
	try {
		const ids = listSessionIds(home);
		if (ids.length === 0) return ok("none yet");
		const states = ids.map((id) => ({ id, state: sessionFacts(sessionFolder(home, id)).state }));
		const damaged = states.filter(({ state }) => state === "damaged").map(({ id }) => id);
		const unfinished = states.filter(({ state }) => state === "not finished").map(({ id }) => id);
		const { bad, checked } = badJournals(home, ids.filter((id) => !damaged.includes(id) && !unfinished.includes(id)).reverse());
		const found = [`${ids.length}, ${checked} journals checked`];
		if (damaged.length > 0) found.push(`${damaged.length} damaged: ${named(damaged)}`);
		if (bad.length > 0) found.push(`${bad.length} with a broken journal: ${named(bad)}`);
		if (unfinished.length > 0) found.push(`${unfinished.length} ended by force: ${named(unfinished)}`);
		const worst = [...damaged, ...bad, ...unfinished][0];
		if (worst === undefined) return ok(found.join("; "));
		const advice = `See what is left with: kinetra sessions verify ${worst}`;
		return damaged.length + bad.length > 0 ? failed(found.join("; "), `${advice} Such a session proves nothing.`) : attention(found.join("; "), advice);
	} catch (error) {
		return failed("cannot be listed", error instanceof Failure ? error.message : reasonOf(error));
	}
}

function badJournals(home: Home, ids: readonly string[]): { readonly bad: readonly string[]; readonly checked: number } {
	const until = performance.now() + JOURNALS_MS;
	const bad: string[] = [];
	let checked = 0;
	for (const id of ids) {
		if (performance.now() > until) break;
		if (journalFacts(sessionFolder(home, id)).problem !== null) bad.push(id);
		checked++;
	}
	return { bad, checked };
}

/** Locks whose process is gone. They hold nobody up: whoever wants the lock takes it over. */
function locksRow(home: Home): Verdict {
	try {
		const left = locksIn(home.root)
			.concat(locksIn(home.agents))
			.filter((path) => lockOwner(path) === null);
		const sessions = listSessionIds(home).filter((id) => locksIn(sessionFolder(home, id).folder).length > 0);
		const dead = sessions.filter((id) => runningBy(sessionFolder(home, id)) === null);
		const running = sessions.length - dead.length;
		const held = running === 0 ? "no session runs" : `${running} session${running === 1 ? " runs" : "s run"}`;
		if (left.length + dead.length === 0) return ok(held);
		return attention(
			`${held}; ${left.length + dead.length} left by processes that are gone${dead.length > 0 ? `: session ${named(dead)}` : ""}`,
			"They hold nobody up and are taken over when they are needed. They say that a process was ended by force.",
		);
	} catch (error) {
		return failed("cannot be looked at", error instanceof Failure ? error.message : reasonOf(error));
	}
}

function locksIn(folder: string): string[] {
	try {
		return readdirSync(folder)
			.filter((name) => name.endsWith(".lock"))
			.map((name) => join(folder, name));
	} catch {
		// No folder, no locks; a folder that cannot be read has its own row.
		return [];
	}
}

function named(ids: readonly string[]): string {
	return `${ids.slice(0, NAMED_MOST).join(", ")}${ids.length > NAMED_MOST ? " ..." : ""}`;
}

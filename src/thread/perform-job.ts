import { findSession, readStart, type SessionFolder } from "../adapters/archive/sessions.ts";
import type { Home } from "../adapters/home.ts";
import { readJournal } from "../adapters/journal/reader.ts";
import { writeExport } from "../commands/export.ts";
import { journalFacts } from "../commands/session-facts.ts";
import { sessionTrades } from "../commands/session-trades.ts";
import { standings } from "../commands/standing/standings.ts";
import { createDossiers, type TradeDossier } from "../engine/dossier.ts";
import type { JobAsked, JobName, JobTable } from "./jobs.ts";
import { DOSSIERS_KEPT } from "./publisher.ts";

/** Does one job of the archive. Throws a `Failure` for what cannot be read or written. */
export function performJob(home: Home, asked: JobAsked): JobTable[JobName]["answer"] {
	switch (asked.job) {
		case "dossier":
			return dossierOf(findSession(home, asked.sessionId), asked.number, asked.shadow);
		case "verify":
			return journalFacts(findSession(home, asked.sessionId));
		case "export":
			return writeExport(findSession(home, asked.sessionId), asked.folder);
		case "trades":
			return sessionTrades(findSession(home, asked.sessionId));
		case "standings":
			return standings(home, asked.nowMs);
	}
}

/** Reads the journal up to the end of the trade; of the trades before it none needs to be kept, but they may overlap. */
function dossierOf(files: SessionFolder, number: number, shadow: boolean): TradeDossier | null {
	const dossiers = createDossiers(DOSSIERS_KEPT, readStart(files).config);
	let found = dossiers.of(number, shadow);
	readJournal(files.journal, (record) => {
		dossiers.add(record);
		if (found === null || found.row === null) found = dossiers.of(number, shadow) ?? found;
	});
	return found;
}

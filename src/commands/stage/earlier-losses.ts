import { listSessionIds, readStart, readSummary, type SessionFolder, sessionFolder } from "../../adapters/archive/sessions.ts";
import type { Home } from "../../adapters/home.ts";
import { readJournal } from "../../adapters/journal/reader.ts";
import { type LossHistory, lossHistoryAfter } from "../../engine/broker-report.ts";
import type { SessionConfig } from "../../engine/config.ts";

const DAY_MS = 86_400_000;

/**
 * Where the loss limits of day and permit start from (controls C22 to C24): after the last session of this stage on the account; undefined when there was
 * none. A session that was ended by force has no summary: its own beginning then counts, so that a crash does not make a day's losses forgotten.
 */
export function earlierLosses(home: Home, accountHash: string, mode: "demo" | "live"): LossHistory | undefined {
	for (const id of [...listSessionIds(home)].reverse()) {
		const files = sessionFolder(home, id);
		const config = configOf(files);
		if (config === null || config.mode !== mode || config.broker?.accountHash !== accountHash) continue;
		const report = reportOf(files);
		const day = report === null ? startedDay(files) : 0;
		// One that was ended before its first row has neither traded nor seen the time: the one before it tells.
		if (report === null && day === null) continue;
		return lossHistoryAfter(config, day ?? 0, report);
	}
	return undefined;
}

/** The configuration, or null when it cannot be read: then nothing says that it was on this account. */
function configOf(files: SessionFolder): SessionConfig | null {
	try {
		return readStart(files).config;
	} catch {
		return null;
	}
}

function reportOf(files: SessionFolder): LossHistory | null {
	try {
		return readSummary(files)?.broker?.losses ?? null;
	} catch {
		return null;
	}
}

/** The broker day of the session's first row, from its journal; null when it has none. Damage further on does not matter. */
function startedDay(files: SessionFolder): number | null {
	let first: number | null = null;
	try {
		readJournal(files.journal, ({ at }) => {
			if (at > 0) first ??= at;
		});
	} catch {
		// What was read before the damage tells enough.
	}
	return first === null ? null : Math.floor(first / DAY_MS);
}

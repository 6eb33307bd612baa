import { existsSync } from "node:fs";
import { join } from "node:path";
import { findSession, sessionFolder } from "../../adapters/archive/sessions.ts";
import { cleanText } from "../../adapters/clean-text.ts";
import { Failure } from "../../adapters/failure.ts";
import type { Home } from "../../adapters/home.ts";
import type { Clock } from "../../adapters/ports.ts";
import { reasonOf } from "../../adapters/reason.ts";
import type { Standing } from "../../engine/stages/standing.ts";
import type { runJob } from "../../thread/client.ts";
import type { Intents } from "../../ui/intents.ts";
import type { Loadable, ScreenId, StoredSummary } from "../../ui/state.ts";
import { type CockpitStore, notify } from "../../ui/store.ts";
import { readableSummary, unfinished } from "../session-facts.ts";
import { createSessionRows } from "./session-rows.ts";

export type ArchiveIntents = Pick<Intents, "loadSessions" | "openSummary" | "loadTrades" | "compare" | "exportSession" | "verifySession" | "loadStandings">;

/** Where the archive is, and who does its long work: journals are read in a thread of their own (`runJob` of thread/client.ts). */
type Parts = { readonly store: CockpitStore; readonly home: Home; readonly entry: URL; readonly clock: Clock; readonly runJob: typeof runJob };

/** What the screen can ask of the stored sessions. Nothing throws: trouble becomes a notice or the reason in the slice that was asked for. */
export function createArchiveIntents({ store, home, entry, clock, runJob: run }: Parts): ArchiveIntents {
	const rows = createSessionRows(home);
	let loads = 0;
	let standingLoads = 0;

	async function loadSessions(): Promise<void> {
		const load = ++loads;
		// A list that is there stays until the new one is: no flicker.
		store.setState(({ sessions }) => (sessions.state === "ready" ? {} : { sessions: { state: "loading" } }));
		try {
			const value = await rows.read(() => load !== loads);
			if (value !== null) store.setState({ sessions: { state: "ready", value } });
		} catch (error) {
			if (load === loads) store.setState({ sessions: { state: "failed", reason: messageOf(error) } });
		}
	}

	return {
		loadSessions: () => void loadSessions(),
		loadStandings() {
			const load = ++standingLoads;
			store.setState(({ standings }) => (standings.state === "ready" ? {} : { standings: { state: "loading" } }));
			const show = (standings: Loadable<readonly Standing[]>): void => {
				if (load === standingLoads) store.setState({ standings });
			};
			run(entry, home.root, { job: "standings", nowMs: clock.nowMs() }).then(
				(value) => show({ state: "ready", value }),
				(error: unknown) => show({ state: "failed", reason: messageOf(error) }),
			);
		},
		openSummary: (id) => store.setState({ summary: loadedFrom(() => stored(home, id)) }),
		loadTrades(id) {
			run(entry, home.root, { job: "trades", sessionId: id }).then(
				(trades) =>
					store.setState(({ summary }) =>
						summary.state === "ready" && summary.value.summary.sessionId === id ? { summary: { state: "ready", value: { ...summary.value, trades } } } : {},
					),
				(error: unknown) => notify(store, `The trades cannot be read from the journal of ${id.slice(-6)}: ${messageOf(error)}`, "bad"),
			);
		},
		compare: (left, right) => store.setState({ compare: loadedFrom(() => ({ left: stored(home, left), right: stored(home, right) })) }),
		exportSession(id) {
			const folder = exportFolder(home, id);
			notify(store, `Writing the export of ${id.slice(-6)} ...`, "good");
			run(entry, home.root, { job: "export", sessionId: id, folder }).then(
				(files) =>
					notify(store, `Exported to ${cleanText(folder, 300)}: ${files.map(({ file, rows: count }) => `${nameOf(file)} (${count} rows)`).join(", ")}`, "good"),
				(error: unknown) => notify(store, messageOf(error), "bad"),
			);
		},
		verifySession(id) {
			notify(store, `Checking the journal of ${id.slice(-6)} ...`, "good");
			run(entry, home.root, { job: "verify", sessionId: id }).then(
				({ report, ending, problem }) =>
					problem === null
						? notify(
								store,
								`Journal of ${id.slice(-6)}: intact, ${report?.lines ?? 0} lines, ${endingText(ending)}.`,
								ending === "not sealed" ? "warn" : "good",
							)
						: tellProblem(store, cleanText(problem, 600)),
				(error: unknown) => notify(store, messageOf(error), "bad"),
			);
		},
	};
}

/** A broken journal is worth more than one passing row: where it was asked for and nothing else is in front, all of it is said. */
function tellProblem(store: CockpitStore, problem: string): void {
	notify(store, problem, "bad");
	const { dialog, path } = store.getState();
	if (dialog !== null || !ASKING.includes(path.at(-1) ?? "main")) return;
	store.setState({ dialog: { title: "The journal is not whole", tone: "warn", lines: [problem], input: null, choices: [] } });
}

/** The screens that have the key for it. */
const ASKING: readonly ScreenId[] = ["sessions", "summary"];

function endingText(ending: "sealed" | "still running" | "not sealed" | null): string {
	return ending === "not sealed" ? "not sealed (the session could not write any more)" : (ending ?? "its end is not known");
}

/** A stored summary, fit to be drawn. Throws a `Failure`. */
function stored(home: Home, id: string): StoredSummary {
	const files = findSession(home, id);
	const summary = readableSummary(files);
	if (summary === null) throw unfinished(files);
	return { summary, folder: cleanText(files.folder, 400) };
}

/**
 * Where an export goes: `export` in the session's folder, or `export-2`, `export-3` ... when there is one: nothing is overwritten, and
 * what belongs to a session stays with it.
 */
function exportFolder(home: Home, id: string): string {
	const { folder } = sessionFolder(home, id);
	for (let number = 1; ; number++) {
		const path = join(folder, number === 1 ? "export" : `export-${number}`);
		if (!existsSync(path)) return path;
	}
}

function nameOf(path: string): string {
	return cleanText(path.split(/[\\/]/).at(-1) ?? path, 80);
}

function loadedFrom<T>(read: () => T): Loadable<T> {
	try {
		return { state: "ready", value: read() };
	} catch (error) {
		return { state: "failed", reason: messageOf(error) };
	}
}

function messageOf(error: unknown): string {
	return cleanText(error instanceof Failure || error instanceof Error ? error.message : reasonOf(error), 600);
}

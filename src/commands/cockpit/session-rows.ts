import { statSync } from "node:fs";
import { listSessionIds, type SessionFolder, sessionFolder } from "../../adapters/archive/sessions.ts";
import type { Home } from "../../adapters/home.ts";
import type { SessionRow } from "../../ui/state.ts";
import { type SessionFacts, sessionFacts } from "../session-facts.ts";

/** Reads the list of sessions without stopping the screen. */
export type SessionRows = {
	/** All sessions, newest first; null when `isStale` says that nobody waits any more. Rejects with a `Failure` when the home cannot be read. */
	read(isStale: () => boolean): Promise<readonly SessionRow[] | null>;
};

/** Sessions read between two looks at keys and clocks: some ten milliseconds of work. */
const SLICE = 12;

/** Reads sessions in slices. What a finished session has come to is kept as long as its summary is the same file. */
export function createSessionRows(home: Home): SessionRows {
	let known = new Map<string, { readonly stamp: string; readonly row: SessionRow }>();
	return {
		async read(isStale) {
			const ids = [...listSessionIds(home)].reverse();
			const found: typeof known = new Map();
			const rows: SessionRow[] = [];
			for (const [index, id] of ids.entries()) {
				if (index % SLICE === 0 && index > 0) await pause();
				if (isStale()) return null;
				const files = sessionFolder(home, id);
				const stamp = stampOf(files);
				const before = known.get(id);
				const row = stamp !== null && before?.stamp === stamp ? before.row : rowOf(sessionFacts(files));
				if (stamp !== null) found.set(id, { stamp, row });
				rows.push(row);
			}
			known = found;
			return rows;
		},
	};
}

/** Tells one version of a summary from another; null while there is none, so that it is looked at again. */
function stampOf(files: SessionFolder): string | null {
	try {
		const { mtimeMs, ctimeMs, size, ino } = statSync(files.summary);
		return `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
	} catch {
		return null;
	}
}

function rowOf({ state, startedWall, ...facts }: SessionFacts): SessionRow {
	const startedWallMs = startedWall === null ? Number.NaN : Date.parse(startedWall);
	return { ...facts, ended: state, startedWallMs: Number.isFinite(startedWallMs) ? startedWallMs : null };
}

/** Lets keys, clocks and drawing have their turn. */
function pause(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}

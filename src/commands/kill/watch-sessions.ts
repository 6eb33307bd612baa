import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { listSessionIds, runningBy, type SessionFolder, sessionFolder } from "../../adapters/archive/sessions.ts";
import type { Home } from "../../adapters/home.ts";
import { pause } from "../connection/market-facts.ts";

/** A session that a process was running when the kill began. */
export type RunningSession = { readonly files: SessionFolder; readonly pid: number };

/** What became of it: its journal says that it is killed, or it has ended; or neither was seen in time. `tookMs` since the kill file was there. */
export type SessionOutcome = { readonly id: string; readonly pid: number; readonly kind: "killed" | "ended" | "not-confirmed"; readonly tookMs: number };

/** Looked at from the end: a session writes its kill as one of its last lines. */
const TAIL_BYTES = 1_048_576;
const LOOK_MS = 50;

/** The sessions of this home that are being run now. Throws a `Failure` when the sessions cannot be listed. */
export function runningSessions(home: Home): readonly RunningSession[] {
	return listSessionIds(home).flatMap((id) => {
		const files = sessionFolder(home, id);
		const pid = runningBy(files);
		return pid === null ? [] : [{ files, pid }];
	});
}

/** Waits until every session's journal says that it is killed, at most `timeoutMs` after `startedAt` (performance.now()). */
export async function watchSessions(sessions: readonly RunningSession[], startedAt: number, timeoutMs: number, signal: AbortSignal): Promise<SessionOutcome[]> {
	const seen = new Map<string, SessionOutcome>();
	for (;;) {
		const tookMs = performance.now() - startedAt;
		for (const { files, pid } of sessions) {
			if (seen.has(files.id)) continue;
			if (isKilled(files)) seen.set(files.id, { id: files.id, pid, kind: "killed", tookMs });
			else if (runningBy(files) === null) seen.set(files.id, { id: files.id, pid, kind: "ended", tookMs });
		}
		if (seen.size === sessions.length || tookMs >= timeoutMs || signal.aborted) {
			return sessions.map(({ files, pid }) => seen.get(files.id) ?? { id: files.id, pid, kind: "not-confirmed", tookMs });
		}
		await pause(LOOK_MS, signal);
	}
}

/** Whether the last change of the session's trading state that its journal tells is into KILLED. A journal that cannot be read proves nothing. */
function isKilled({ journal }: SessionFolder): boolean {
	const lines = tailOf(journal).split("\n");
	const last = lines.findLast((line) => line.includes('"kind":"state"'));
	return last !== undefined && /"to":"KILLED"/.test(last);
}

function tailOf(path: string): string {
	let fd: number | null = null;
	try {
		fd = openSync(path, "r");
		const { size } = fstatSync(fd);
		const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
		return bytes.toString("utf8", 0, readSync(fd, bytes, 0, bytes.length, size - bytes.length));
	} catch {
		return "";
	} finally {
		if (fd !== null) closeSync(fd);
	}
}

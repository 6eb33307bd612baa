import { join } from "node:path";
import type { SessionConfig } from "../../engine/config.ts";
import { canonicalJson, sha256Hex } from "../canonical.ts";
import { dataFailure } from "../failure.ts";
import { type Home, readPrivateFile, writePrivateFile } from "../home.ts";
import type { FeedIdentity } from "../ports.ts";

/**
 * What makes two runs the same run: configuration, data and seed, but neither the place where the data lies nor whether somebody watches (`onLatch`). Two sessions with one run key
 * that start from the same carried record write the same journal.
 */
export function runKeyOf(config: SessionConfig, feed: FeedIdentity): string {
	const { onLatch: _onLatch, ...settings } = config;
	return sha256Hex(canonicalJson({ config: { ...settings, feed: { ...config.feed, file: null } }, feed: { ...feed, file: null } }));
}

/** The first session that finished with this run key, or null: what a new one repeats. Throws a `Failure` when the index entry is damaged. */
export function firstRunOf(home: Home, runKey: string): string | null {
	const path = pathOf(home, runKey);
	const text = readPrivateFile(path);
	if (text === null) return null;
	const id: unknown = parse(text)?.sessionId;
	if (typeof id !== "string") throw dataFailure(`${path} is damaged. Delete it: it is only an index, no session is lost.`);
	return id;
}

/** Remembers the first session of a run key; later ones leave it as it is. Throws system errors. */
export function rememberRun(home: Home, runKey: string, sessionId: string): void {
	if (readPrivateFile(pathOf(home, runKey)) === null) writePrivateFile(pathOf(home, runKey), `${JSON.stringify({ format: 1, sessionId })}\n`);
}

function pathOf(home: Home, runKey: string): string {
	return join(home.runs, `${runKey}.json`);
}

function parse(text: string): { sessionId?: unknown } | null {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === "object" ? value : null;
	} catch {
		return null;
	}
}

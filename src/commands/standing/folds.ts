import { statSync } from "node:fs";
import { join } from "node:path";
import { type SessionFolder, sessionFolder } from "../../adapters/archive/sessions.ts";
import { ensureSigner, type Signer } from "../../adapters/archive/signing-key.ts";
import { canonicalJson } from "../../adapters/canonical.ts";
import { Failure } from "../../adapters/failure.ts";
import { type Home, makePrivateFolder, readPrivateFile, requirePrivateFolder, writePrivateFile } from "../../adapters/home.ts";
import { readJournal } from "../../adapters/journal/reader.ts";
import { reasonOf } from "../../adapters/reason.ts";
import { createSessionFold, type SessionFold } from "../../engine/stages/session-fold.ts";

/** What the ledger says of a journal: its configuration, and where it ends; `end` null when the session never ended. */
export type FoldAsk = {
	readonly sessionId: string;
	readonly configHash: string;
	readonly runKey: string;
	readonly end: { readonly head: string; readonly lines: number } | null;
};

/** Reads the journals of sessions; `fresh`: none is taken from the store, every line is read and checked. */
export type FoldReader = { fold(ask: FoldAsk): SessionFold | string };

/**
 * A reader of journals that remembers, signed, what those of ended sessions came to: they never change. One that has changed in size or time since
 * is read again. A fold that could not be made is a sentence that says why: a journal that is missing, broken or not the one of the ledger.
 */
export function createFoldReader(home: Home, fresh: boolean): FoldReader {
	const store = fresh ? null : createStore(home);
	return {
		fold(ask) {
			const files = sessionFolder(home, ask.sessionId);
			const stamp = stampOf(files);
			if (stamp === null) return `the journal of session ${ask.sessionId} is missing`;
			const known = ask.end === null ? null : (store?.find(ask, stamp) ?? null);
			if (known !== null) return known;
			const made = foldJournal(files, ask);
			if (typeof made !== "string" && ask.end !== null) store?.keep(ask, stamp, made);
			return made;
		},
	};
}

function foldJournal(files: SessionFolder, { sessionId, configHash, runKey, end }: FoldAsk): SessionFold | string {
	try {
		const maker = createSessionFold();
		const report = readJournal(files.journal, (record) => maker.add(record));
		if (end !== null && (report.head !== end.head || report.lines !== end.lines)) {
			return `the journal of session ${sessionId} ends at line ${report.lines} with ${report.head.slice(0, 8)}, the ledger says line ${end.lines} with ${end.head.slice(0, 8)}`;
		}
		const fold = maker.result();
		if (report.lines > 0 && fold.configHash !== configHash)
			return `the journal of session ${sessionId} has another configuration (configHash) than the ledger says`;
		if (report.lines > 0 && fold.runKey !== runKey) return `the journal of session ${sessionId} is of another run (runKey) than the ledger says`;
		return fold;
	} catch (error) {
		return error instanceof Failure ? error.message : `the journal of session ${sessionId} cannot be read: ${reasonOf(error)}`;
	}
}

type Stamp = { readonly size: number; readonly mtimeMs: number };

function stampOf(files: SessionFolder): Stamp | null {
	try {
		const { size, mtimeMs } = statSync(files.journal);
		return { size, mtimeMs };
	} catch {
		return null;
	}
}

type Store = { find(ask: FoldAsk, stamp: Stamp): SessionFold | null; keep(ask: FoldAsk, stamp: Stamp, fold: SessionFold): void };

/** Null when it cannot be used: everything is read then, as if it were new. */
function createStore(home: Home): Store | null {
	const folder = join(home.root, "evidence");
	let signer: Signer;
	try {
		signer = ensureSigner(home);
		makePrivateFolder(folder);
		requirePrivateFolder(folder);
	} catch {
		return null;
	}
	const keyOf = (ask: FoldAsk, stamp: Stamp): object => ({ format: FOLD_FORMAT, ...ask, ...stamp });
	return {
		find(ask, stamp) {
			try {
				const stored = JSON.parse(readPrivateFile(join(folder, `${ask.sessionId}.json`)) ?? "null") as { key?: unknown; fold?: unknown; mac?: unknown } | null;
				if (stored === null || typeof stored.mac !== "string") return null;
				const content = canonicalJson({ key: keyOf(ask, stamp), fold: stored.fold });
				return signer.isMine(content, stored.mac) ? (stored.fold as SessionFold) : null;
			} catch {
				return null;
			}
		},
		keep(ask, stamp, fold) {
			try {
				const key = keyOf(ask, stamp);
				writePrivateFile(join(folder, `${ask.sessionId}.json`), `${canonicalJson({ key, fold, mac: signer.sign(canonicalJson({ key, fold })) })}\n`);
			} catch {
				// Only a memory: without it the journal is read again.
			}
		},
	};
}

/** To be raised when a fold gets other fields or meanings: older ones are then made again. */
const FOLD_FORMAT = 1;

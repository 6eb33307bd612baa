import { type Ledger, readLedger } from "../../adapters/archive/ledger.ts";
import type { AccountRef, CertificateFacts, LedgerEvent } from "../../adapters/archive/ledger-event.ts";
import type { LedgerLine } from "../../adapters/archive/ledger-line.ts";
import { runningBy, sessionFolder } from "../../adapters/archive/sessions.ts";
import type { Home } from "../../adapters/home.ts";
import type { Binding } from "../../engine/stages/binding.ts";
import type { KnownSession } from "../../engine/stages/counts.ts";
import { createFoldReader, type FoldReader } from "./folds.ts";

/** The ledger's line of one kind. */
export type LineOf<K extends LedgerEvent["kind"]> = Extract<LedgerLine, { kind: K }>;

/** Ledger and journals together: everything that gates are computed from. */
export type Book = {
	readonly ledger: Ledger;
	readonly bindings: ReadonlyMap<string, Binding>;
	/** Every session of the ledger, oldest first. */
	readonly sessions: readonly KnownSession[];
	/** The account of each demo or live session, by session id. */
	readonly accounts: ReadonlyMap<string, AccountRef>;
	/** Where the ledger says that a session's journal ends, by session id. */
	readonly heads: ReadonlyMap<string, string>;
	/** What is wrong with a journal, by session id. */
	readonly damage: ReadonlyMap<string, string>;
	readonly certificates: readonly (CertificateFacts & { readonly n: number })[];
	of<K extends LedgerEvent["kind"]>(kind: K): readonly LineOf<K>[];
};

/**
 * Opens the book. `fresh`: every journal is read and checked from the first line to the last, nothing is remembered; to be used before something is
 * certified. Never throws for damage.
 */
export function openBook(home: Home, { fresh }: { readonly fresh: boolean }): Book {
	const ledger = readLedger(home);
	const of = <K extends LedgerEvent["kind"]>(kind: K): readonly LineOf<K>[] => ledger.lines.filter((line): line is LineOf<K> => line.kind === kind);
	const bindings = new Map(of("binding").map(({ data }) => [data.hash, data.binding]));
	const certificates = of("certificate").map(({ n, data }) => ({ ...data, n }));
	const begun = of("begun");
	const ended = new Map(of("ended").map((line) => [line.data.session, line]));
	const damage = new Map<string, string>();
	const reader = createFoldReader(home, fresh);
	const sessions = begun.map((line) => knownSession(home, { line, end: ended.get(line.data.session), bindings, certificates, reader, damage }));
	return {
		ledger,
		bindings,
		sessions,
		certificates,
		damage,
		of,
		accounts: new Map(begun.flatMap(({ data }) => (data.account === null ? [] : [[data.session, data.account] as const]))),
		heads: new Map([...ended.values()].map(({ data }) => [data.session, data.head])),
	};
}

type Parts = {
	readonly line: LineOf<"begun">;
	readonly end: LineOf<"ended"> | undefined;
	readonly bindings: ReadonlyMap<string, Binding>;
	readonly certificates: Book["certificates"];
	readonly reader: FoldReader;
	readonly damage: Map<string, string>;
};

function knownSession(home: Home, { line, end, bindings, certificates, reader, damage }: Parts): KnownSession {
	const { data, n, wall } = line;
	const sessionId = data.session;
	const running = end === undefined && runningBy(sessionFolder(home, sessionId)) !== null;
	const ask = { sessionId, configHash: data.configHash, runKey: data.runKey, end: end === undefined ? null : { head: end.data.head, lines: end.data.lines } };
	// What can never count need not be there any more; what is being written has no end yet.
	const made = data.never !== null || running ? null : reader.fold(ask);
	if (typeof made === "string") damage.set(sessionId, made);
	const fold = typeof made === "string" ? null : made;
	return {
		sessionId,
		n,
		startedWall: wall,
		mode: data.mode,
		venue: data.venue,
		bindingHash: data.binding,
		agentBuild: bindings.get(data.binding)?.agentBuild ?? "",
		market: data.market,
		runKey: data.runKey,
		accountHash: data.account?.hash ?? null,
		certificate: opened(data.certificate, line, certificates),
		never: data.never,
		state: running ? "running" : end === undefined ? "aborted" : "ended",
		period: end === undefined ? (fold?.period ?? null) : end.data.period,
		fold,
	};
}

/** The certificate that a session names opened its stage only if the ledger had it before, and it had not run out. */
function opened(id: string | null, { n, wall }: LineOf<"begun">, certificates: Book["certificates"]): string | null {
	const found = certificates.find((certificate) => certificate.id === id && certificate.n < n);
	return found !== undefined && Date.parse(wall) < Date.parse(found.expires) ? found.id : null;
}

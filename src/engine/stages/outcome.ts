import type { SessionCounts } from "./standing.ts";

/** What a session did for the gates; part of its summary. Plain JSON. */
export type StageOutcome = {
	readonly counts: SessionCounts["counts"];
	/** Why it counts only in part or not at all; empty when it counts whole. */
	readonly why: string;
	/** What came of it, in sentences: how far the evidence is, a certificate, a demotion. */
	readonly news: readonly string[];
	/** Hash of the ledger's last line afterwards, to be kept elsewhere; null when the session is not in the ledger. */
	readonly ledgerHead: string | null;
};

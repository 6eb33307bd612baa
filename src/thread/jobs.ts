import type { JournalFacts } from "../commands/session-facts.ts";
import type { TradeDossier } from "../engine/dossier.ts";
import type { Standing } from "../engine/stages/standing.ts";
import type { JournalTrades } from "../ui/state.ts";

/** Long work in the archive that must not stop the screen: what each job is asked and what it answers. */
export type JobTable = {
	/** Everything the journal of a session has on one trade; null when it has no such trade. */
	readonly dossier: { readonly ask: { readonly sessionId: string; readonly number: number; readonly shadow: boolean }; readonly answer: TradeDossier | null };
	/** Checks a journal's chain, and that it ends where the summary says. */
	readonly verify: { readonly ask: { readonly sessionId: string }; readonly answer: JournalFacts };
	/** Writes trades.csv, orders.csv and equity.csv into a folder; existing files are never overwritten. */
	readonly export: {
		readonly ask: { readonly sessionId: string; readonly folder: string };
		readonly answer: readonly { readonly file: string; readonly rows: number }[];
	};
	/** The closed trades of a session, best and worst among them. */
	readonly trades: { readonly ask: { readonly sessionId: string }; readonly answer: JournalTrades };
	/** Where every agent and configuration stands on the way to live. `nowMs`: wall time, for what expires. */
	readonly standings: { readonly ask: { readonly nowMs: number }; readonly answer: readonly Standing[] };
};

export type JobName = keyof JobTable;

/** A job with what it is asked. */
export type JobAsked = { readonly [Name in JobName]: { readonly job: Name } & JobTable[Name]["ask"] }[JobName];

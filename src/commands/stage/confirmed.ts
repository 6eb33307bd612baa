import type { RunOptions } from "../../config/options.ts";
import type { Venue } from "../../engine/config.ts";
import type { Money } from "../../engine/units.ts";

/** What becomes of positions of this agent that are on the account already: taken over, closed at once, or the start is given up. */
export type FoundChoice = "resume" | "close" | "stop";

/**
 * What a person is asked to confirm, by the broker's word and ours. Looked up again, and compared field by field, right before the session may send
 * its first order: anything that differs refuses.
 */
export type StageTerms = {
	readonly mode: "demo" | "live";
	/** SHA-256 over login and server, 64 hex digits. */
	readonly accountHash: string;
	readonly loginTail: string;
	readonly server: string;
	readonly tradeMode: "demo" | "real";
	readonly venue: Venue;
	readonly currency: string;
	readonly currencyDigits: number;
	/** What the session may lose (control C21), account currency, rounded up to its digits: the number that live asks for. */
	readonly maxLoss: Money;
	/** SHA-256 over everything that was asked for: options, files and limits as they were read. */
	readonly planHash: string;
	/** SHA-256 over the broker's specification of the symbol. */
	readonly instrumentHash: string;
	/** The certificate that opens the stage; null for a rehearsal. */
	readonly certificate: string | null;
	/** What is missing for evidence; null = the session counts. */
	readonly rehearsal: readonly string[] | null;
	/** Live: which of the probation sessions this is; null after them and in demo. */
	readonly probation: number | null;
	/** MT5 identifiers of this agent's positions on the account, sorted. */
	readonly found: readonly string[];
};

/**
 * A demo or live session that a person has confirmed with typed words; made by `createConfirmation` only. Plain JSON, so that it can travel to the
 * engine's thread. It holds for two minutes.
 */
export type ConfirmedStage = {
	readonly terms: StageTerms;
	readonly options: RunOptions;
	readonly found: "none" | "resume" | "close";
	readonly confirmedWallMs: number;
};

/** How long a confirmation holds. */
export const CONFIRMATION_MS = 120_000;

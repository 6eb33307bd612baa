import type { Home } from "../../adapters/home.ts";
import type { Clock } from "../../adapters/ports.ts";
import type { RunOptions } from "../../config/options.ts";
import type { CheckRow } from "../../print/check-row.ts";
import type { StageTerms } from "./confirmed.ts";

/** What is to be prepared: the options of a demo or live session, and who hears of it. */
export type PrepareAsk = {
	readonly home: Home;
	/** `mode` is demo or live, here or in the file of `--config`. */
	readonly options: RunOptions;
	readonly env: Record<string, string | undefined>;
	readonly clock: Clock;
	/** Gives up early. */
	readonly signal?: AbortSignal;
	/** Each check as soon as it is known, in order. */
	onCheck(row: CheckRow): void;
};

/**
 * A demo or live session before anybody has confirmed it. Nothing was sent, nothing at the bridge was changed. `terms` is null when it may not
 * start: `refusal` then says why and what to do, and `exitCode` is 3 (connection) or 4 (refused).
 */
export type PreparedStage = {
	readonly mode: "demo" | "live";
	readonly options: RunOptions;
	readonly checks: readonly CheckRow[];
	/** What will be traded, on which account, with which limits: at most 12 lines (control C06). */
	readonly facts: readonly string[];
	/** What is missing for evidence, in sentences; null = the session counts. */
	readonly rehearsal: readonly string[] | null;
	readonly sandbox: boolean;
	/** Positions of this agent that are on the account already, a line each. */
	readonly found: readonly string[];
	/** Empty unless it may not start. */
	readonly refusal: string;
	readonly exitCode: number;
	readonly terms: StageTerms | null;
};

/**
 * Looks at everything that a demo or live session needs: the connection, whose account it is by the broker's word (control C02), the gate, what is
 * open on the account, kills in force, disk space. Goes to the bridge as `watch` and changes nothing there. Throws a usage `Failure` for options that
 * cannot be; everything else that speaks against the start is in the result.
 */
export async function prepareStage(ask: PrepareAsk): Promise<PreparedStage> {
	throw new Error(`not there yet: ${ask.options.mode}`);
}

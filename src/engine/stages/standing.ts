import type { Mode, Venue } from "../config.ts";
import type { Gate } from "./gates.ts";

/** One demand of a gate against all evidence of a binding. */
export type Requirement = {
	/** `trades`, `omega`, `omega lower bound`, `clean sessions`, `broker days`, ... */
	readonly name: string;
	/** `> 2.7`, `at least 60`. */
	readonly must: string;
	/** As text with its unit; `--` = not known yet. */
	readonly value: string;
	readonly verdict: "pass" | "fail" | "insufficient";
	/** How much more is needed, in words (`52 more trades`); empty when nothing is. */
	readonly missing: string;
};

/** How a session takes part in the evidence: whole; its losses only (cut short, steered: what was lost counts, what was won does not); or not at all. */
export type SessionCounts = {
	readonly sessionId: string;
	readonly startedWall: string;
	readonly counts: "whole" | "losses" | "no";
	readonly why: string;
	readonly trades: number;
};

/** A certificate for the eyes. `problem`: why it does not open its stage (expired, voided by what), or null. */
export type CertificateView = { readonly id: string; readonly issuedWall: string; readonly expiresWall: string; readonly problem: string | null };

/** One gate of one binding. */
export type GateStanding = {
	readonly gate: Gate;
	/** The stage that the evidence comes from. */
	readonly from: Mode;
	readonly requirements: readonly Requirement[];
	/** Trades of the evidence, and at which count it is judged next; passes in a row at checkpoints, and how many are needed. */
	readonly trades: number;
	readonly nextCheckpoint: number;
	readonly passes: number;
	readonly passesNeeded: number;
	readonly verdict: "open" | "closed" | "broken";
	/** In a sentence: why it is open or closed, what to do next. */
	readonly text: string;
	readonly certificate: CertificateView | null;
	/** Newest first. */
	readonly sessions: readonly SessionCounts[];
};

/** Where an agent build with one configuration stands on the way from virtual to live. */
export type Standing = {
	readonly agentBuild: string;
	readonly symbol: string;
	readonly timeframe: string;
	/** Hash of everything that certificates are bound to, 64 hex digits. */
	readonly bindingHash: string;
	/** Settings that differ from the defaults, in words, so that two bindings of one agent can be told apart. */
	readonly settings: readonly string[];
	readonly venue: Venue;
	readonly gates: readonly GateStanding[];
	/** Probation sessions done of those needed before the limits of live widen (control C07). */
	readonly probation: { readonly done: number; readonly of: number };
	/** The last demotion, in words, or null. */
	readonly demoted: string | null;
	/** Why nothing can be proven (the ledger or a journal is damaged or missing), or null. */
	readonly broken: string | null;
};

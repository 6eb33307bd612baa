import type { PolicyAction, TriadRole } from "./policy/manifest.ts";

/** What one member of a triad wanted, and how sure it was (softmax share of its action, 0..1). */
export type Vote = { readonly role: TriadRole; readonly action: PolicyAction; readonly confidence: number };

/** Something about a decision that must be told besides the decision: journalled as `agent-note`, counted and shown. */
export type AgentNote =
	| OutsideNote
	/** The members of a triad did not agree. `role`: whose word counted; null = nobody's, it holds. */
	| { readonly note: "disagreement"; readonly votes: readonly Vote[]; readonly role: TriadRole | null; readonly why: string };

/**
 * The observation lies outside what the policy was trained on: it holds. The worst feature with the bounds it was held against; `others`: how many
 * more there are. `member`: only this member of a triad holds for it.
 */
export type OutsideNote = {
	readonly note: "outside";
	readonly feature: string;
	readonly value: number;
	readonly low: number;
	readonly high: number;
	readonly others: number;
	readonly member?: TriadRole;
};

/** Takes what an agent has to tell while it decides. */
export type TakeNote = (note: AgentNote) => void;

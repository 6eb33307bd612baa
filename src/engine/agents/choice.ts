/**
 * Where an agent that is no rule of Kinetra's comes from. The hash covers everything that decides: every byte of a policy's folder, or a
 * program's command, files and interpreter (docs/WRITING_AGENTS.md). `runtime`: who computes the network; ours is part of the engine and makes a
 * replay's decisions again, another's answers are inputs that the journal keeps.
 */
export type AgentSource =
	| { readonly kind: "policy"; readonly sha256: string; readonly runtime: "kinetra" | "onnxruntime" }
	| { readonly kind: "process"; readonly sha256: string };

/** Who decides in a session. Plain JSON, part of the configuration: what was loaded, not where it lay. */
export type AgentChoice = {
	/** Name of a rule of the registry, or the one that the manifest gives. */
	readonly id: string;
	readonly params: Readonly<Record<string, number>>;
	/** Absent: a rule of the registry. */
	readonly source?: AgentSource;
};

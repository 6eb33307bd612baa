import type { LoadedAgent } from "../adapters/agent/loaded.ts";
import type { AgentChoice } from "../engine/agents/choice.ts";
import type { Change } from "./changes.ts";

/** What `--agent` named, loaded, with everything that a plan needs to know of it. */
export type ResolvedAgent = {
	readonly loaded: LoadedAgent;
	readonly choice: AgentChoice;
	/** Closed bars that it needs before it may decide. */
	readonly warmupBars: number;
	/** In one sentence for people. */
	readonly line: string;
};

/**
 * Finds and loads who decides: the name of a rule or of a policy that ships with Kinetra, a policy's folder, an `.onnx` file, or `process:COMMAND`.
 * `changes` are the parameters of `--set agent.KEY=VALUE`. Throws a usage `Failure` that says what is wrong and what is near.
 */
export async function resolveAgent(text: string, changes: readonly Change[]): Promise<ResolvedAgent> {
	throw new Error(`not yet: ${text} ${changes.length}`);
}

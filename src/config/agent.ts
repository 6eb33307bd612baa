import type { AgentProgram, LoadedAgent } from "../adapters/agent/loaded.ts";
import type { LoadedPolicy } from "../adapters/agent/policy-folder.ts";
import type { AgentChoice } from "../engine/agents/choice.ts";
import { POLICY_PARAMETERS, type Policy } from "../engine/agents/policy/policy.ts";
import { agentWarmupBars, findAgent } from "../engine/agents/registry.ts";
import { readAgentText } from "./agent-name.ts";
import { type Change, parametersWith } from "./changes.ts";

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
 * `changes` are the parameters of `--set agent.KEY=VALUE`. What reads policies and programs is loaded only when there is one. Throws a `Failure` that
 * says what is wrong and what is near.
 */
export async function resolveAgent(text: string, changes: readonly Change[]): Promise<ResolvedAgent> {
	const named = readAgentText(text);
	switch (named.kind) {
		case "rule":
			return ruleAgent(named.name, changes);
		case "built-in": {
			const { builtInPolicy } = await import("../adapters/agent/built-in.ts");
			return policyAgent(builtInPolicy(named.name), changes);
		}
		case "path": {
			const { readPolicyFolder } = await import("../adapters/agent/policy-folder.ts");
			return policyAgent(readPolicyFolder(named.path), changes);
		}
		case "process": {
			const { loadProgram } = await import("../adapters/agent/process/program.ts");
			return programAgent(await loadProgram(named.command), changes);
		}
	}
}

function ruleAgent(id: string, changes: readonly Change[]): ResolvedAgent {
	const listing = findAgent(id);
	if (listing === null) throw new Error(`${id} is no rule`);
	const choice = { id, params: parametersWith(listing, changes) };
	return { loaded: { kind: "rule" }, choice, warmupBars: agentWarmupBars(id, choice.params), line: listing.line };
}

function policyAgent({ policy, model, folder, files }: LoadedPolicy, changes: readonly Change[]): ResolvedAgent {
	const { name: id, warmupBars, line } = policy.manifest;
	const params = parametersWith({ id, parameters: POLICY_PARAMETERS }, changes);
	const choice: AgentChoice = { id, params, source: { kind: "policy", sha256: policy.sha256, runtime: runtimeOf(policy) } };
	return { loaded: { kind: "policy", policy, model, folder, files }, choice, warmupBars, line };
}

function runtimeOf(policy: Policy): "kinetra" | "onnxruntime" {
	return policy.kind === "single" && policy.network === null ? "onnxruntime" : "kinetra";
}

function programAgent(program: AgentProgram, changes: readonly Change[]): ResolvedAgent {
	const params = parametersWith({ id: program.name, parameters: [] }, changes);
	const choice: AgentChoice = { id: program.name, params, source: { kind: "process", sha256: program.sha256 } };
	return { loaded: { kind: "process", program }, choice, warmupBars: program.warmupBars, line: `a program: ${program.command.join(" ")}` };
}

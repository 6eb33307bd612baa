import type { LoadedAgent } from "./adapters/agent/loaded.ts";
import { type Starting, unattendedStart } from "./adapters/agent/process/starting.ts";
import type { Agent } from "./adapters/ports.ts";
import type { AgentChoice } from "./engine/agents/choice.ts";
import type { Policy } from "./engine/agents/policy/policy.ts";
import { startPolicy } from "./engine/agents/policy/run.ts";
import { startAgentById } from "./engine/agents/registry.ts";
import type { SessionConfig } from "./engine/config.ts";

/** Starts who decides in a session. `starting` is for programs, which take their time and complain. Rejects with a `Failure` when it cannot be started. */
export async function openAgent(loaded: LoadedAgent, config: SessionConfig, starting: Starting = unattendedStart()): Promise<Agent> {
	switch (loaded.kind) {
		case "rule":
			return insideAgent(config.agent);
		case "policy":
			return openPolicy(loaded, config);
		case "process":
			return (await import("./adapters/agent/process/open-program.ts")).openProgram(loaded.program, config, starting);
	}
}

/** A network that Kinetra does not compute itself is asked from outside. */
async function openPolicy({ policy, model }: Extract<LoadedAgent, { kind: "policy" }>, config: SessionConfig): Promise<Agent> {
	if (policy.kind === "triad" || policy.network !== null) return insidePolicy(policy, config);
	if (model === null) throw new Error(`policy ${policy.manifest.name} has neither a network nor a model`);
	const { openModelAgent } = await import("./adapters/agent/onnxruntime/model-agent.ts");
	return openModelAgent(policy, model, config.agent.params);
}

/** A policy that is computed in the engine. */
export function insidePolicy(policy: Policy, { agent, seed }: Pick<SessionConfig, "agent" | "seed">): Agent {
	return { kind: "inside", running: startPolicy(policy, agent.params, seed), close: () => {} };
}

/** A rule, with its parameters as they were checked. */
export function insideAgent({ id, params }: AgentChoice): Agent {
	return { kind: "inside", running: startAgentById(id, params), close: () => {} };
}

import type { LoadedAgent } from "./adapters/agent/loaded.ts";
import type { Home } from "./adapters/home.ts";
import type { Agent } from "./adapters/ports.ts";
import type { AgentChoice } from "./engine/agents/choice.ts";
import { startAgentById } from "./engine/agents/registry.ts";
import type { SessionConfig } from "./engine/config.ts";

/** Starts who decides in a session; `folder` is the session's, where a program's complaints are kept. Rejects with a `Failure` when it cannot be started. */
export async function openAgent(loaded: LoadedAgent, config: Pick<SessionConfig, "agent" | "seed">, _folder: string): Promise<Agent> {
	if (loaded.kind !== "rule") throw new Error(`${loaded.kind} agents cannot be opened yet`);
	return insideAgent(config.agent);
}

/**
 * Who decided in a recorded session: the same rule, or the same policy out of the home's store; answers from outside are in the journal, so nothing is
 * started for them. Throws a `Failure` (exit 3) when the policy is not there any more.
 */
export function agentForReplay(config: Pick<SessionConfig, "agent" | "seed">, _home: Home): Agent {
	if (config.agent.source !== undefined) throw new Error("policies cannot be replayed yet");
	return insideAgent(config.agent);
}

function insideAgent({ id, params }: AgentChoice): Agent {
	return { kind: "inside", running: startAgentById(id, params), close: () => {} };
}

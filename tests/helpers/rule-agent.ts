import type { Agent } from "../../src/adapters/ports.ts";
import type { RunningAgent } from "../../src/engine/agents/agent.ts";
import { agentParams, findAgent, startAgentById } from "../../src/engine/agents/registry.ts";
import type { SessionConfig } from "../../src/engine/config.ts";

/** The rule that a configuration names, as the session's agent. */
export function ruleAgent(config: Pick<SessionConfig, "agent">): Agent {
	return { kind: "inside", running: startAgentById(config.agent.id, config.agent.params), close: () => {} };
}

/** Some agent, for an engine whose agent does not matter. */
export function anyAgent(): RunningAgent {
	const listing = findAgent("sma");
	const params = listing === null ? "no agent" : agentParams(listing, {});
	if (typeof params === "string") throw new Error(params);
	return startAgentById("sma", params);
}

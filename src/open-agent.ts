import type { LoadedAgent } from "./adapters/agent/loaded.ts";
import { type Starting, unattendedStart } from "./adapters/agent/process/starting.ts";
import type { Home } from "./adapters/home.ts";
import type { Agent, OutsideAgent } from "./adapters/ports.ts";
import type { AgentChoice } from "./engine/agents/choice.ts";
import { startAgentById } from "./engine/agents/registry.ts";
import type { SessionConfig } from "./engine/config.ts";

/** Starts who decides in a session. `starting` is for programs, which take their time and complain. Rejects with a `Failure` when it cannot be started. */
export async function openAgent(loaded: LoadedAgent, config: SessionConfig, starting: Starting = unattendedStart()): Promise<Agent> {
	switch (loaded.kind) {
		case "rule":
			return insideAgent(config.agent);
		case "policy":
			throw new Error("policies cannot be opened yet");
		case "process":
			return (await import("./adapters/agent/process/open-program.ts")).openProgram(loaded.program, config, starting);
	}
}

/**
 * Who decided in a recorded session: the same rule, or the same policy out of the home's store; answers from outside are in the journal, so nothing is
 * started for them. Throws a `Failure` (exit 3) when the policy is not there any more.
 */
export function agentForReplay(config: Pick<SessionConfig, "agent" | "seed">, _home: Home): Agent {
	const { source } = config.agent;
	if (source === undefined) return insideAgent(config.agent);
	if (source.kind === "process" || source.runtime === "onnxruntime") return RECORDED;
	throw new Error("policies cannot be replayed yet");
}

/** Stands for an agent whose answers are in the journal: it is never asked. */
const RECORDED: OutsideAgent = {
	kind: "outside",
	tell: () => {},
	ask: ({ question }) => Promise.resolve({ question, outcome: "failed", what: "an agent of a recorded session was asked: its answers are in the journal" }),
	close: () => Promise.resolve(),
};

function insideAgent({ id, params }: AgentChoice): Agent {
	return { kind: "inside", running: startAgentById(id, params), close: () => {} };
}

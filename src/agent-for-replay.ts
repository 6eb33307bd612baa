import { storedPolicy } from "./adapters/agent/policy-store.ts";
import type { Home } from "./adapters/home.ts";
import type { Agent, OutsideAgent } from "./adapters/ports.ts";
import type { SessionConfig } from "./engine/config.ts";
import { insideAgent, insidePolicy } from "./open-agent.ts";

/**
 * Who decided in a recorded session: the same rule, or the same policy out of the home's store; answers from outside are in the journal, so nothing is
 * started for them. Throws a `Failure` (exit 3) when the policy is not there any more.
 */
export function agentForReplay(config: Pick<SessionConfig, "agent" | "seed">, home: Home): Agent {
	const { source } = config.agent;
	if (source === undefined) return insideAgent(config.agent);
	if (source.kind === "process" || source.runtime === "onnxruntime") return RECORDED;
	return insidePolicy(storedPolicy(home, source.sha256), config);
}

/** Stands for an agent whose answers are in the journal: it is never asked. */
const RECORDED: OutsideAgent = {
	kind: "outside",
	tell: () => {},
	ask: ({ question }) => Promise.resolve({ question, outcome: "failed", what: "an agent of a recorded session was asked: its answers are in the journal" }),
	close: () => Promise.resolve(),
};

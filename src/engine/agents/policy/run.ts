import type { AgentView, Intent, RunningAgent } from "../agent.ts";
import type { TakeNote } from "../note.ts";
import { actionsToIntents } from "./intents.ts";
import type { Judgement } from "./judge.ts";
import type { PolicyAction, PolicyManifest } from "./manifest.ts";
import { createMind, isOutside } from "./mind.ts";
import type { Policy, SinglePolicy } from "./policy.ts";
import { startTriad } from "./triad.ts";

/**
 * A policy as the agent of a session: pure and deterministic, its state plain JSON. `params`: POLICY_PARAMETERS, each with a value. The seed is the
 * session's: only a triad's researcher draws. Throws when the network is not ours to compute.
 */
export function startPolicy(policy: Policy, params: Readonly<Record<string, number>>, seed: number): RunningAgent {
	return policy.kind === "triad" ? startTriad(policy, params, seed) : startSingle(policy, params);
}

/** What a judgement asks for under the sizing of its policy. */
export function judgementToIntents(
	judgement: Judgement,
	view: Pick<AgentView, "positions" | "atrPoints" | "entry">,
	{ sizing }: Pick<PolicyManifest, "sizing">,
): readonly Intent[] {
	const sized = judgement.size === 1 ? sizing : { ...sizing, riskShare: sizing.riskShare * judgement.size };
	return actionsToIntents(judgement.action, view, sized, judgement.why);
}

type SingleState = { decisions: number; outside: number; last: PolicyAction | null };

function startSingle(policy: SinglePolicy, params: Readonly<Record<string, number>>): RunningAgent {
	const mind = createMind(policy, params);
	const state: SingleState = { decisions: 0, outside: 0, last: null };
	let words: string | null = null;
	return {
		state,
		onBar() {},
		decide(view: AgentView, note: TakeNote) {
			state.decisions++;
			const opinion = mind(view.observation);
			if (isOutside(opinion)) {
				state.outside++;
				state.last = "hold";
				words = null;
				note(opinion);
				return NOTHING;
			}
			state.last = opinion.action;
			words = opinion.why;
			return judgementToIntents(opinion, view, policy.manifest);
		},
		lastWords: () => words,
	};
}

const NOTHING: readonly Intent[] = [];

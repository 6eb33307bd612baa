import { builtInPolicy } from "../../adapters/agent/built-in.ts";
import { BUILT_IN_POLICIES } from "../../adapters/agent/built-in-names.ts";
import { Failure } from "../../adapters/failure.ts";
import { reasonOf } from "../../adapters/reason.ts";
import { POLICY_PARAMETERS, type Policy } from "../../engine/agents/policy/policy.ts";
import { type AgentListing, agentParams, buildOf, listAgents } from "../../engine/agents/registry.ts";
import type { PolicyFacts } from "../../print/policy-lines.ts";

/** An agent that can be named: a rule (`policy` null), or a policy that ships with Kinetra; `problem`: why it cannot be used. */
export type KnownAgent = AgentListing & { readonly policy: PolicyFacts | null; readonly problem: string | null };

/** Rules first, then the policies that ship with Kinetra, each read and checked. A damaged one is said, not thrown. `root`: where they lie. */
export function knownAgents(names = BUILT_IN_POLICIES, root?: string): readonly KnownAgent[] {
	const rules = listAgents().map((listing) => ({ ...listing, policy: null, problem: null }));
	return [...rules, ...names.map((name) => knownPolicy(name, root))];
}

/** A policy as people may know it: its listing, and where it comes from. */
export function policyListing(policy: Policy): AgentListing & { readonly policy: PolicyFacts } {
	const { name: id, line, warmupBars, timeframe, symbols, provenance } = policy.manifest;
	const params = agentParams({ id, parameters: POLICY_PARAMETERS }, {});
	if (typeof params === "string") throw new Error(params);
	const isOurs = policy.kind === "triad" || policy.network !== null;
	const build = buildOf({ id, params, source: { kind: "policy", sha256: policy.sha256, runtime: isOurs ? "kinetra" : "onnxruntime" } });
	return { id, build, line, warmupBars, parameters: POLICY_PARAMETERS, policy: { ...provenance, sha256: policy.sha256, timeframe, symbols } };
}

function knownPolicy(name: string, root: string | undefined): KnownAgent {
	try {
		return { ...policyListing(builtInPolicy(name, root).policy), problem: null };
	} catch (error) {
		const problem = error instanceof Failure ? error.message : reasonOf(error);
		return { id: name, build: name, line: "a policy that ships with Kinetra", warmupBars: 0, parameters: [], policy: null, problem };
	}
}

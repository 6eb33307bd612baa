import { builtInPolicy } from "../../adapters/agent/built-in.ts";
import { BUILT_IN_POLICIES } from "../../adapters/agent/built-in-names.ts";
import { keptPlace, keptPolicies, storedPolicy } from "../../adapters/agent/policy-store.ts";
import { Failure } from "../../adapters/failure.ts";
import type { Home } from "../../adapters/home.ts";
import { reasonOf } from "../../adapters/reason.ts";
import { POLICY_PARAMETERS, type Policy } from "../../engine/agents/policy/policy.ts";
import { type AgentListing, agentParams, buildOf, listAgents } from "../../engine/agents/registry.ts";
import type { PolicyFacts } from "../../print/policy-lines.ts";

/**
 * An agent that can be named: a rule (`policy` null), a policy that ships with Kinetra, or one of the user's own that a session here has used.
 * `argument`: what `--agent` takes for it. `problem`: why it cannot be used.
 */
export type KnownAgent = AgentListing & { readonly argument: string; readonly policy: PolicyFacts | null; readonly problem: string | null };

/** Policies of the user's own that are listed: those used last. Whoever trains a lot has many, and all of them are read and checked. */
const OWN_MAX = 12;

/** Rules first, then the policies that ship with Kinetra, each read and checked. A damaged one is said, not thrown. `root`: where they lie. */
export function knownAgents(names = BUILT_IN_POLICIES, root?: string): readonly KnownAgent[] {
	const rules = listAgents().map((listing) => ({ ...listing, argument: listing.id, policy: null, problem: null }));
	return [...rules, ...names.map((name) => knownPolicy(name, root))];
}

/**
 * The user's own policies, as far as sessions have used them, from the copies that the home keeps: the one kept last first. `listed`: those that are on
 * the list already. A damaged one is said, not thrown.
 */
export function ownPolicies(home: Home, listed: readonly KnownAgent[]): readonly KnownAgent[] {
	const shipped = listed.flatMap(({ policy }) => (policy === null ? [] : [policy.sha256]));
	const own = keptPolicies(home, OWN_MAX + shipped.length).filter((sha256) => !shipped.includes(sha256));
	return own.slice(0, OWN_MAX).map((sha256) => ownPolicy(home, sha256));
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

function ownPolicy(home: Home, sha256: string): KnownAgent {
	const argument = keptPlace(home, sha256);
	try {
		return { ...policyListing(storedPolicy(home, sha256)), argument, problem: null };
	} catch (error) {
		return { ...damaged(sha256.slice(0, 12), error), argument, line: "a policy that a session here has used" };
	}
}

function knownPolicy(name: string, root: string | undefined): KnownAgent {
	try {
		return { ...policyListing(builtInPolicy(name, root).policy), argument: name, problem: null };
	} catch (error) {
		return { ...damaged(name, error), argument: name, line: "a policy that ships with Kinetra" };
	}
}

function damaged(id: string, error: unknown): Omit<KnownAgent, "argument" | "line"> {
	const problem = error instanceof Failure ? error.message : reasonOf(error);
	return { id, build: id, warmupBars: 0, parameters: [], policy: null, problem };
}

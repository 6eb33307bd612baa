import { type AgentKind, type AgentParameter, type RunningAgent, startAgent } from "./agent.ts";
import { berserker } from "./berserker.ts";
import { buyAndHold } from "./buy-and-hold.ts";
import type { AgentChoice } from "./choice.ts";
import { POLICY_PARAMETERS } from "./policy/policy.ts";
import { sma } from "./sma.ts";

/** What can be said of an agent without starting it. */
export type AgentListing = {
	readonly id: string;
	readonly build: string;
	readonly line: string;
	readonly warmupBars: number;
	readonly parameters: readonly AgentParameter[];
};

type Entry = {
	readonly listing: AgentListing;
	warmupBars(params: Readonly<Record<string, number>>): number;
	start(params: Readonly<Record<string, number>>): RunningAgent;
};

/** Hides an agent's state type, so that kinds with different states share one table. */
function entryOf<S>(kind: AgentKind<S>): Entry {
	const defaults = Object.fromEntries(kind.parameters.map((parameter) => [parameter.key, parameter.value]));
	return {
		listing: { id: kind.id, build: `${kind.id}-${kind.version}`, line: kind.line, warmupBars: kind.warmupBars(defaults), parameters: kind.parameters },
		warmupBars: (params) => kind.warmupBars(params),
		start: (params) => startAgent(kind, params),
	};
}

const ENTRIES: readonly Entry[] = [entryOf(berserker), entryOf(sma), entryOf(buyAndHold)];

/** Everything that can be named after `--agent`. */
export function listAgents(): readonly AgentListing[] {
	return ENTRIES.map((entry) => entry.listing);
}

/** The listing of one agent, or null when the name is unknown. */
export function findAgent(id: string): AgentListing | null {
	return ENTRIES.find((entry) => entry.listing.id === id)?.listing ?? null;
}

/** The agent's default parameters overlaid with `changes`; a message when a key is unknown, a value out of its range or not whole where it counts. */
export function agentParams(
	listing: Pick<AgentListing, "id" | "parameters">,
	changes: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> | string {
	const params: Record<string, number> = Object.fromEntries(listing.parameters.map((parameter) => [parameter.key, parameter.value]));
	for (const [key, value] of Object.entries(changes)) {
		const parameter = listing.parameters.find((candidate) => candidate.key === key);
		if (parameter === undefined)
			return `agent ${listing.id} has no parameter ${key}; it has ${listing.parameters.map((candidate) => candidate.key).join(", ") || "none"}`;
		if (!(value >= parameter.min && value <= parameter.max)) return `agent.${key}=${value} is outside ${parameter.min} to ${parameter.max} (${parameter.line})`;
		if (parameter.whole === true && !Number.isInteger(value)) return `agent.${key}=${value} must be a whole number (${parameter.line})`;
		params[key] = value;
	}
	return params;
}

/**
 * The identity of an agent's behaviour: kind and version, or name and the beginning of its hash, and every parameter that differs from its
 * default. The record of trades (chs.md 2, `carry`), certificates and magic numbers belong to it.
 */
export function buildOf({ id, params, source }: AgentChoice): string {
	const listing = source === undefined ? findAgent(id) : null;
	const base = source === undefined ? (listing?.build ?? id) : `${id}@${source.sha256.slice(0, BUILD_HASH_DIGITS)}`;
	const known = source === undefined ? (listing?.parameters ?? []) : source.kind === "policy" ? POLICY_PARAMETERS : [];
	const changed = known.filter((parameter) => params[parameter.key] !== parameter.value).map((parameter) => `${parameter.key}=${params[parameter.key]}`);
	return changed.length === 0 ? base : `${base}(${changed.join(",")})`;
}

/** 128 bits of SHA-256: with fewer, whoever makes two policies could make them look like one build, and the second would take over the first one's certificates. */
const BUILD_HASH_DIGITS = 32;

/** Bars that this agent with these parameters must see before it may decide. */
export function agentWarmupBars(id: string, params: Readonly<Record<string, number>>): number {
	return entryFor(id).warmupBars(params);
}

/** A fresh agent; the id has been checked by the configuration. */
export function startAgentById(id: string, params: Readonly<Record<string, number>>): RunningAgent {
	return entryFor(id).start(params);
}

function entryFor(id: string): Entry {
	const entry = ENTRIES.find((candidate) => candidate.listing.id === id);
	if (entry === undefined) throw new Error(`unknown agent ${id}`);
	return entry;
}

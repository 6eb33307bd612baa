import type { AgentPosition, AgentView, Intent } from "../../src/engine/agents/agent.ts";
import type { AgentNote } from "../../src/engine/agents/note.ts";
import type { PolicyAction, PolicyManifest } from "../../src/engine/agents/policy/manifest.ts";
import type { SinglePolicy } from "../../src/engine/agents/policy/policy.ts";
import { emptyObservation, fieldIndex } from "../../src/engine/market/observation.ts";
import { makeNetwork } from "../../src/engine/network/network.ts";
import type { Side } from "../../src/engine/order.ts";
import { TINY_FEATURES, tinyPolicy } from "./policy.ts";

export const ACTIONS: readonly PolicyAction[] = ["hold", "buy", "sell", "close"];

/** Default values of the parameters of a policy. */
export const PARAMS = { outsideMargin: 0.25 };

/** A policy that answers these numbers to everything. */
export function fixedPolicy(outputs: readonly number[], changes: Partial<PolicyManifest> = {}): SinglePolicy {
	const inputs = TINY_FEATURES.length;
	const weights = new Float32Array(inputs * outputs.length);
	const network = makeNetwork(inputs, [{ kind: "dense", inputs, outputs: outputs.length, weights, bias: Float32Array.from(outputs) }]);
	return { kind: "single", manifest: tinyPolicy(changes).manifest, network };
}

/** A policy that always wants this, with a share of about 0.95. */
export function wanting(action: PolicyAction, changes: Partial<PolicyManifest> = {}): SinglePolicy {
	return fixedPolicy(
		ACTIONS.map((one) => (one === action ? 4 : 0)),
		changes,
	);
}

/** An own position. */
export function position(side: Side, positionId = 5): AgentPosition {
	return { positionId, side, lots: 1, openPrice: 100, openedAt: 0, sl: 1, tp: 0, ageBars: 1, floatingR: 0, mfeR: 0 };
}

/** A view in which everything is neutral but what is given; `fields` by their names. */
export function viewOf({
	fields,
	...changes
}: Partial<Omit<AgentView, "observation">> & { readonly fields?: Readonly<Record<string, number>> } = {}): AgentView {
	const observation = emptyObservation();
	for (const [name, value] of Object.entries(fields ?? {})) observation[fieldIndex(name)] = value;
	const bar = { openAt: 0, open: 100, high: 100, low: 100, close: 100, volume: 1, spreadPoints: 1 };
	return { at: 0, bar, observation, atrPoints: 10, bid: 100, ask: 101, positions: [], entry: { mayEnter: true }, ...changes };
}

/** Intents in short words: `close 5 + open BUY 0.5 stop 20 target 30`. */
export function shortly(intents: readonly Intent[]): string {
	return intents.map(words).join(" + ");
}

function words(intent: Intent): string {
	if (intent.kind !== "open") return `${intent.kind} ${intent.positionId}`;
	const size = intent.size.kind === "risk" ? intent.size.share : intent.size.lots;
	return `open ${intent.side} ${size} stop ${intent.stopPoints} target ${intent.targetPoints}`;
}

/** Takes notes and keeps them. */
export function noteTaker(): { readonly notes: AgentNote[]; readonly take: (note: AgentNote) => void } {
	const notes: AgentNote[] = [];
	return { notes, take: (note) => notes.push(note) };
}

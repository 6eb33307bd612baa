import type { Bar } from "../market/bars.ts";
import type { Side } from "../order.ts";
import type { BrokerMs, Lots, Points } from "../units.ts";
import type { TakeNote } from "./note.ts";

/** One of the agent's own positions (real, or shadow while the breaker is open: the agent cannot tell them apart). */
export type AgentPosition = {
	readonly positionId: number;
	readonly side: Side;
	readonly lots: Lots;
	readonly openPrice: Points;
	readonly openedAt: BrokerMs;
	readonly sl: Points;
	readonly tp: Points;
	/** Closed bars since the position opened. */
	readonly ageBars: number;
	/** Floating result and best excursion so far, in R (chs.md 2). */
	readonly floatingR: number;
	readonly mfeR: number;
};

/** Whether the agent may ask for an entry now; when not, the control and the reason. */
export type EntryPermission = { readonly mayEnter: true } | { readonly mayEnter: false; readonly control: string; readonly reason: string };

/** What an agent sees at a decision. `observation` follows the table of market/observation.ts and is reused: read it, do not keep it. */
export type AgentView = {
	readonly at: BrokerMs;
	readonly bar: Readonly<Bar>;
	readonly observation: readonly number[];
	/** Average true range of 14 bars, points; null until there are 14. */
	readonly atrPoints: Points | null;
	readonly bid: Points;
	readonly ask: Points;
	readonly positions: readonly AgentPosition[];
	readonly entry: EntryPermission;
};

/** How much an agent wants: a share 0..1 of the planned risk a trade, or lots outright. */
export type SizeIntent = { readonly kind: "risk"; readonly share: number } | { readonly kind: "lots"; readonly lots: Lots };

/** What an agent can ask for. Distances are points from the entry price; null = none. An empty answer means hold. */
export type Intent =
	| {
			readonly kind: "open";
			readonly side: Side;
			readonly size: SizeIntent;
			readonly stopPoints: Points | null;
			readonly targetPoints: Points | null;
			readonly reason: string;
	  }
	| { readonly kind: "close"; readonly positionId: number; readonly reason: string }
	| { readonly kind: "modify"; readonly positionId: number; readonly sl: Points; readonly tp: Points; readonly reason: string };

/** A number a user may set with `--set agent.KEY=VALUE`; `whole` ones count something. */
export type AgentParameter = {
	readonly key: string;
	readonly value: number;
	readonly min: number;
	readonly max: number;
	readonly whole?: true;
	readonly line: string;
};

/**
 * A kind of agent. Pure and deterministic: its state `S` is plain JSON, part of the session's fingerprint. `onBar` is called for every closed bar, warm-up included; `decide` only when the session trades, after `onBar`.
 */
export type AgentKind<S> = {
	readonly id: string;
	/** Raised whenever decisions may change: the agent's record is bound to it. */
	readonly version: number;
	readonly line: string;
	readonly parameters: readonly AgentParameter[];
	/** Closed bars needed before the first decision. */
	warmupBars(params: Readonly<Record<string, number>>): number;
	create(params: Readonly<Record<string, number>>): S;
	onBar(state: S, view: AgentView): void;
	/** `note` takes what must be told besides. */
	decide(state: S, view: AgentView, note: TakeNote): readonly Intent[];
};

/** A running agent with its state type hidden. */
export type RunningAgent = {
	readonly state: unknown;
	onBar(view: AgentView): void;
	decide(view: AgentView, note: TakeNote): readonly Intent[];
	/** What was behind its last decision, for the screen and in one line; null when there is nothing to tell. No part of the state. */
	lastWords?(): string | null;
};

/** Binds a kind to fresh state; the session keeps `state` in its snapshot. */
export function startAgent<S>(kind: AgentKind<S>, params: Readonly<Record<string, number>>): RunningAgent {
	const state = kind.create(params);
	return { state, onBar: (view) => kind.onBar(state, view), decide: (view, note) => kind.decide(state, view, note) };
}

/** The value of a parameter that the registry has made sure exists. */
export function param(params: Readonly<Record<string, number>>, key: string): number {
	const value = params[key];
	if (value === undefined) throw new Error(`agent parameter ${key} is missing`);
	return value;
}

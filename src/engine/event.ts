import type { AgentAnswer } from "./agents/outside.ts";
import type { BrokerEvent } from "./order.ts";
import type { BrokerMs } from "./units.ts";

/** What the operator (a key, a signal, a second terminal) can ask of a session. */
export type Command =
	/** Ends the session orderly. `positions` null (absent in older journals): as `--on-exit` says. */
	| { readonly command: "stop"; readonly reason: string; readonly positions: "flatten" | "keep" | null }
	| { readonly command: "pause" }
	| { readonly command: "resume" }
	| { readonly command: "kill"; readonly reason: string }
	/** Closes every position and cancels every waiting order; no entry is made until it is done, and entries go on afterwards. */
	| { readonly command: "flatten" }
	/** Lifts a latched halt; the typed reason is journalled (control C36). */
	| { readonly command: "reset"; readonly reason: string };

/** Everything but a feed row that can happen to the engine. Broker events, commands and answers of an agent outside are journalled before the engine sees them. */
export type EngineEvent =
	| { readonly type: "broker"; readonly at: BrokerMs; readonly event: BrokerEvent }
	| { readonly type: "command"; readonly at: BrokerMs; readonly command: Command }
	| { readonly type: "agent"; readonly at: BrokerMs; readonly answer: AgentAnswer }
	| { readonly type: "feed-ended"; readonly at: BrokerMs; readonly failure: string | null }
	| { readonly type: "journal-failed"; readonly at: BrokerMs; readonly message: string };

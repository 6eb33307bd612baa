import type { AgentView, EntryPermission } from "./agent.ts";
import type { AgentNote } from "./note.ts";

/** What an agent outside the engine is told of a closed bar: a copy of its view, plain JSON, which the adapters put into lines (docs/WRITING_AGENTS.md). */
export type Sight = Omit<AgentView, "entry">;

/** A question to an agent outside: decide on this bar. Numbered from 1, one at a time. */
export type Question = Sight & { readonly question: number; readonly entry: EntryPermission };

/**
 * What came of a question. `intents` is only claimed to be intents. `hold` answers are counted and not journalled; in a replay no recorded answer
 * at its place means that one.
 */
export type AgentAnswer =
	| { readonly question: number; readonly outcome: "hold" }
	/** `note`: what it has to tell besides, as a policy that another runtime computes does when it holds outside its training. */
	| { readonly question: number; readonly outcome: "decided"; readonly intents: unknown; readonly note?: AgentNote }
	/** No answer within its time, or a broken one: HOLD, and a fault of the agent (control C32). */
	| { readonly question: number; readonly outcome: "late" | "failed"; readonly what: string };

/** The question that is open: the engine holds until it is answered. Plain JSON, part of the state. */
export type Outside = {
	/** Number of the last question. */
	asked: number;
	/** True while its answer is awaited. */
	waiting: boolean;
};

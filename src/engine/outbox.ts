import type { Question, Sight } from "./agents/outside.ts";
import type { BrokerMs } from "./units.ts";
import type { Approved } from "./validation/verdict.ts";

/** One line for the journal: what happened and why, as plain JSON. `tick` = rows of the feed processed so far. */
export type JournalRecord = { readonly kind: string; readonly at: BrokerMs; readonly tick: number; readonly data: unknown };

/**
 * What the engine wants done, as data: first `records` reach the journal, then `submits` leave, then the agent outside is told what it may see
 * (`sights`) and asked (`questions`, one at a time). The session empties all of them.
 */
export type Outbox = { readonly records: JournalRecord[]; readonly submits: Approved[]; readonly sights: Sight[]; readonly questions: Question[] };

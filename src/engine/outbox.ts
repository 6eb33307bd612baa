import type { BrokerMs } from "./units.ts";
import type { Approved } from "./validation/verdict.ts";

/** One line for the journal: what happened and why, as plain JSON. `tick` = rows of the feed processed so far. */
export type JournalRecord = { readonly kind: string; readonly at: BrokerMs; readonly tick: number; readonly data: unknown };

/** What the engine wants done, as data: first `records` reach the journal, then `submits` leave. The session empties both. */
export type Outbox = { readonly records: JournalRecord[]; readonly submits: Approved[] };

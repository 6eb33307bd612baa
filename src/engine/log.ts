import type { JournalRecord } from "./outbox.ts";
import type { BrokerMs, Lots, Money } from "./units.ts";

/** What the trade log can be filtered by. */
export type LogKind = "trade" | "order" | "refused" | "breaker" | "limit" | "data" | "agent" | "command" | "session";

/** How much an entry matters: `alarm` changes the frame, `warn` is an alert, `info` is read when somebody looks. */
export type Weight = "info" | "good" | "warn" | "alarm";

/** One line of the trade log, made from one line of the journal. Bounded, plain JSON. */
export type LogEntry = {
	readonly at: BrokerMs;
	readonly kind: LogKind;
	readonly weight: Weight;
	/** Two or three words: `BUY filled`, `stop loss`, `breaker trip`. */
	readonly event: string;
	readonly price: number | null;
	readonly lots: Lots | null;
	/** Net result in account currency, of closed trades. */
	readonly result: Money | null;
	/** Why, in a sentence; cleaned. */
	readonly reason: string;
	/** The control behind it (`C25`), or null. */
	readonly control: string | null;
	/** Number of the trade that it belongs to, where it is known. */
	readonly trade: { readonly number: number; readonly shadow: boolean } | null;
	/** What the chart marks: a fill of this kind at `price`. */
	readonly mark: "buy" | "sell" | "exit" | null;
};

/** The entry for a journal line, or null for lines that nobody needs to read (score snapshots, account reports). */
export function logEntryOf(_record: JournalRecord, _digits: number): LogEntry | null {
	return null;
}

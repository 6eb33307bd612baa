import type { Engine } from "./engine/engine.ts";
import type { JournalRecord } from "./engine/outbox.ts";
import type { BrokerMs } from "./engine/units.ts";
import type { RecordSink } from "./session.ts";

/** Watches a session from within its thread, for a screen. It changes nothing. */
export type Watcher = {
	/** Called before the first row. */
	begin(engine: Engine): void;
	/** Every journal line, after it was accepted and before the engine acts on it. */
	record(record: JournalRecord): void;
	/** Market time from which `sample` is wanted; looked at after every row. */
	sampleAt: BrokerMs;
	sample(): void;
	/** Between slices of rows, at least every 25 ms while waiting, and once at the end. */
	look(): void;
};

/**
 * A journal whose lines are shown to whoever watches, once it has accepted them. What follows a failed write is shown as well, for it is why
 * the session ends, but no order: it never leaves.
 */
export function watched(journal: RecordSink, watch: Watcher): RecordSink {
	return {
		append(kind, at, tick, data) {
			journal.append(kind, at, tick, data);
			if (kind === "order" && journal.failure() !== null) return;
			watch.record({ kind, at, tick, data });
		},
		flush: (durable) => journal.flush(durable),
		failure: () => journal.failure(),
	};
}

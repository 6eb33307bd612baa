import type { BrokerEvent } from "../../engine/order.ts";
import {
	cancelQueued,
	closeAllPaper,
	createPaperBook,
	nextPaperDueAt,
	type PaperBook,
	type PaperOptions,
	setPaperConditions,
	submitToPaper,
	tickPaper,
} from "../../engine/paper/book.ts";
import type { BrokerMs } from "../../engine/units.ts";
import type { Broker } from "../ports.ts";

/** The built-in MT5 as a Broker port. `book` is the simulated account, for its figures and for the end of the data. */
export type PaperBroker = Broker & { readonly book: PaperBook };

/**
 * Opens a simulated account (docs/SIMULATOR.md). The order of events of one operation is: `answer`, `order` or `deal`, then `position`
 * or `position-closed`, `order-removed`, `account`; times never fall. After `close()` requests still on their way are answered with
 * 10007 and later ones too, so that every request has exactly one answer. `requoteProbabilityAt` is the market's trouble at the time
 * a request is sent (a scenario's requotes), on top of the settings.
 */
export function createPaperBroker(options: PaperOptions, requoteProbabilityAt: (at: BrokerMs) => number = () => 0): PaperBroker {
	const book = createPaperBook(options);
	const events: BrokerEvent[] = [];
	let closed = false;
	return {
		book,
		events,
		submit(request, at) {
			setPaperConditions(book, { requoteProbability: requoteProbabilityAt(at), slippageFactor: 1 });
			if (closed) cancelQueued(book, { request, sentAt: book.at, dueAt: book.at }, events);
			else submitToPaper(book, request, at, events);
		},
		onTick(at, bid, ask, kind) {
			if (!closed) tickPaper(book, at, bid, ask, kind, events);
		},
		kill: () => {},
		release: () => {},
		endData(at) {
			if (!closed) closeAllPaper(book, at, "END", events);
		},
		nextDueAt() {
			return nextPaperDueAt(book);
		},
		close() {
			closed = true;
			for (const queued of book.queue.splice(0)) cancelQueued(book, queued, events);
		},
	};
}

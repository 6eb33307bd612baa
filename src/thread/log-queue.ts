import type { LogEntry } from "../engine/log.ts";
import { LOG_KEPT } from "../ui/session-view.ts";

/** Log entries that the screen has not been sent yet; bounded, what does not fit is counted. */
export type LogQueue = { add(entry: LogEntry): void; take(): { readonly log: readonly LogEntry[]; readonly lost: number }; isEmpty(): boolean };

/** An empty queue. When it is full the oldest entry that is no warning goes first: alarms must come through. */
export function createLogQueue(): LogQueue {
	let entries: LogEntry[] = [];
	let lost = 0;
	return {
		add(entry) {
			entries.push(entry);
			if (entries.length <= LOG_KEPT) return;
			const leastNeeded = entries.findIndex(({ weight }) => weight === "info" || weight === "good");
			entries.splice(Math.max(leastNeeded, 0), 1);
			lost++;
		},
		take() {
			const taken = { log: entries, lost };
			entries = [];
			lost = 0;
			return taken;
		},
		isEmpty: () => entries.length === 0 && lost === 0,
	};
}

import type { LogEntry } from "../../engine/log.ts";
import type { SessionView } from "../session-view.ts";
import type { Views } from "../views.ts";
import { matches } from "../widgets/list.ts";

/** The rows of the list in front (log or trades) after the filters, oldest first, and the place of the selected one; -1 when there is none. */
export type LogRows = { readonly rows: readonly LogEntry[]; readonly selected: number; readonly following: boolean };

/** What the list shows of a session's log. O(LOG_KEPT). */
export function logRows(log: SessionView["log"], view: Views["session"]): LogRows {
	const { kind, filter, anchor } = view.log;
	const isWanted = (entry: LogEntry): boolean => filter === "" || matches(textOfEntry(entry), filter);
	const rows = log.filter((entry) => (view.list === "trades" ? isClosedTrade(entry) : kind === null || entry.kind === kind) && isWanted(entry));
	return { rows, selected: anchor === null ? rows.length - 1 : placeOf(anchor, rows), following: anchor === null };
}

/** The entry that the mark stands at, or null. */
export function selectedEntry(log: SessionView["log"], view: Views["session"]): LogEntry | null {
	const { rows, selected } = logRows(log, view);
	return rows[selected] ?? null;
}

function isClosedTrade(entry: LogEntry): boolean {
	return entry.trade !== null && entry.result !== null;
}

/** Where the entry is; when the ring or a filter has dropped it, the last one that is not younger, else the oldest. */
function placeOf(anchor: LogEntry, rows: readonly LogEntry[]): number {
	const exact = rows.indexOf(anchor);
	if (exact >= 0) return exact;
	let place = -1;
	for (const [index, entry] of rows.entries()) if (entry.at <= anchor.at) place = index;
	return place >= 0 ? place : Math.min(0, rows.length - 1);
}

function textOfEntry(entry: LogEntry): string {
	return `${entry.event} ${entry.reason} ${entry.control ?? ""} ${entry.kind}`;
}

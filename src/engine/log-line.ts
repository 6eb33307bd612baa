import { type JournalFields, numberOf } from "./journal-fields.ts";
import type { LogEntry, LogKind } from "./log.ts";
import type { TradeNumbers } from "./trade-numbers.ts";
import { type BrokerMs, type Lots, toPrice } from "./units.ts";

/** What an entry is made with: the line's time, its data, and what the log remembers of the lines before. */
export type LogLine = { readonly at: BrokerMs; readonly data: JournalFields; readonly memory: LogMemory };

/** What the log keeps between lines; bounded. */
export type LogMemory = {
	readonly digits: number;
	readonly numbers: TradeNumbers;
	/** What was asked for, by intent: reason, kind and volume of requests that have no deal yet. */
	readonly asked: Map<number, { readonly what: string; readonly reason: string; readonly lots: Lots | null; readonly request: JournalFields }>;
	/** Open lots and the price of the last closing deal, by position. */
	readonly open: Map<number, { readonly lots: Lots; readonly closePrice: number | null }>;
	/** Control and time of the breach or breaker event before, whose change of state needs no second line. */
	told: { readonly control: string; readonly at: BrokerMs } | null;
};

/** An entry with everything absent but what is given. */
export function entry(line: LogLine, kind: LogKind, event: string, reason: string, more: Partial<LogEntry> = {}): LogEntry {
	return { at: line.at, kind, weight: "info", event, price: null, lots: null, result: null, reason, control: null, trade: null, mark: null, ...more };
}

/** A price of the journal, in points, as people read it; null when there is none (0) or it is no number. */
export function priceOf(line: LogLine, data: JournalFields, name: string): number | null {
	const points = numberOf(data, name);
	return points === null || points === 0 ? null : toPrice(points, line.memory.digits);
}

/** Keeps at most `most` entries of a map: the oldest goes. */
export function remember<K, V>(map: Map<K, V>, key: K, value: V, most = 1000): void {
	map.delete(key);
	map.set(key, value);
	const oldest = map.keys().next();
	if (map.size > most && oldest.done !== true) map.delete(oldest.value);
}

/** Appends to a list that keeps its newest `most`. */
export function bounded<T>(list: T[], value: T, most: number): void {
	list.push(value);
	if (list.length > most) list.shift();
}

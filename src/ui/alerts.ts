import type { LogEntry } from "../engine/log.ts";
import type { BrokerMs } from "../engine/units.ts";

/** Something the user must know; at most five are shown (control C41). */
export type Alert = {
	/** Counts up; the same cause again raises `count` instead of making a new one. */
	readonly id: number;
	readonly at: BrokerMs;
	readonly lastAt: BrokerMs;
	readonly weight: "good" | "warn" | "alarm";
	readonly text: string;
	readonly control: string | null;
	readonly count: number;
};

/** Alerts with the first cause kept on top until it is acknowledged. */
export type AlertBook = {
	/** The first warning or alarm that nobody has acknowledged; null when there is none. */
	readonly first: Alert | null;
	/** The newest ones, newest last. */
	readonly recent: readonly Alert[];
	readonly nextId: number;
};

export const NO_ALERTS: AlertBook = { first: null, recent: [], nextId: 1 };

/** Adds what a log entry means for the alerts; entries of weight `info` mean nothing. */
export function addAlert(book: AlertBook, _entry: LogEntry): AlertBook {
	return book;
}

/** The user has seen it: the first cause makes room for the next one. */
export function acknowledge(book: AlertBook): AlertBook {
	return { ...book, first: null };
}

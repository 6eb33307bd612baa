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
	/** The newest four besides `first`, newest last. */
	readonly recent: readonly Alert[];
	readonly nextId: number;
	/** Warnings and alarms after `first` that nobody has acknowledged, oldest first: each comes on top in its turn, even when newer ones have pushed it out of `recent`. */
	readonly waiting: readonly Alert[];
};

/** Alerts shown besides the first. */
const RECENT_MAX = 4;
/** Alerts that wait to be acknowledged; of more, the mildest and then the newest is given up, for the first causes explain the rest. */
const WAITING_MAX = 20;

export const NO_ALERTS: AlertBook = { first: null, recent: [], nextId: 1, waiting: [] };

/**
 * Adds what a log entry means for the alerts; entries of weight `info` mean nothing. The same event of the same control again raises the
 * count of the alert that is still there. Good news is shown and never takes an unacknowledged warning or alarm away.
 */
export function addAlert(book: AlertBook, entry: LogEntry): AlertBook {
	if (entry.weight === "info") return book;
	const { first, recent, waiting, nextId } = book;
	const known = [...(first === null ? [] : [first]), ...waiting, ...recent].find((alert) => isSame(alert, entry));
	const alert: Alert =
		known === undefined
			? { id: nextId, at: entry.at, lastAt: entry.at, weight: entry.weight, text: textOf(entry), control: entry.control, count: 1 }
			: { ...known, lastAt: entry.at, text: textOf(entry), count: known.count + 1 };
	const ids = known === undefined ? nextId + 1 : nextId;
	if (first?.id === alert.id) return { first: alert, recent, nextId: ids, waiting };
	const isNewFirst = first === null && alert.weight !== "good";
	return {
		first: isNewFirst ? alert : first,
		recent: isNewFirst ? without(recent, alert) : [...without(recent, alert), alert].slice(-RECENT_MAX),
		nextId: ids,
		waiting: isNewFirst || alert.weight === "good" ? waiting : queued(waiting, alert),
	};
}

/** True when an alarm waits to be acknowledged that did not wait before; the same alarm again rings only after it was acknowledged. */
export function hasNewAlarm(before: AlertBook, after: AlertBook): boolean {
	const waited = new Set(unseenAlarms(before).map(({ id }) => id));
	return unseenAlarms(after).some(({ id }) => !waited.has(id));
}

/** The alarms that nobody has acknowledged, oldest cause first. */
function unseenAlarms({ first, waiting }: AlertBook): readonly Alert[] {
	return [...(first === null ? [] : [first]), ...waiting].filter(({ weight }) => weight === "alarm");
}

/** The user has seen the first cause: it makes room for the next one that nobody has acknowledged. */
export function acknowledge(book: AlertBook): AlertBook {
	const [next = null, ...waiting] = book.waiting;
	return { ...book, first: next, recent: next === null ? book.recent : without(book.recent, next), waiting };
}

/** The event's words carry no numbers, its reason may: so they tell whether it is the same cause. */
function isSame(alert: Alert, entry: LogEntry): boolean {
	return alert.control === entry.control && alert.weight === entry.weight && causeOf(alert.text) === entry.event;
}

/** `event: reason`. */
function textOf({ event, reason }: LogEntry): string {
	return reason === "" || reason === event ? event : `${event}${SEPARATOR}${reason}`;
}

function causeOf(text: string): string {
	const end = text.indexOf(SEPARATOR);
	return end < 0 ? text : text.slice(0, end);
}

const SEPARATOR = " · ";

function without(alerts: readonly Alert[], gone: Alert): readonly Alert[] {
	return alerts.filter(({ id }) => id !== gone.id);
}

/** In its place when it waits already, else at the end. */
function queued(waiting: readonly Alert[], alert: Alert): readonly Alert[] {
	if (waiting.some(({ id }) => id === alert.id)) return waiting.map((one) => (one.id === alert.id ? alert : one));
	const all = [...waiting, alert];
	if (all.length <= WAITING_MAX) return all;
	const given = all.findLast(({ weight }) => weight === "warn") ?? alert;
	return without(all, given);
}

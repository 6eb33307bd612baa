import { UNLIMITED } from "../rules-table.ts";
import type { BrokerMs } from "../units.ts";

/** Times of past events, oldest first; a plain array because it lives in the journal's snapshot. */
export type EventWindow = BrokerMs[];

/**
 * Remembers an event and forgets what can no longer matter: events older than `spanMs`, and more than `cap`, the number at which
 * the rule would act anyway. With no limit nothing is kept, so that memory stays flat.
 */
export function remember(window: EventWindow, at: BrokerMs, spanMs: number, cap: number): void {
	if (cap >= UNLIMITED) return;
	window.push(at);
	while (window.length > cap || !((window[0] as number) > at - spanMs)) window.shift();
}

/** How many remembered events lie within the last `spanMs`; an event exactly `spanMs` ago has left the window. */
export function countSince(window: EventWindow, at: BrokerMs, spanMs: number): number {
	let first = 0;
	while (first < window.length && !((window[first] as number) > at - spanMs)) first++;
	return window.length - first;
}

import type { Key } from "../../ui/key.ts";

/** Keys in the order in which they came, each after the screen has dealt with the one before. */
export type KeyQueue = { push(key: Key, raw: string): void };

/**
 * Several keys can arrive in one read (`4`, `1`, Enter from a fast typist or a paste). Each may bring another menu to the front, and the
 * next one is meant for that: so React gets a turn between them. `urgent` ones do not wait for the rest.
 */
export function createKeyQueue(handle: (key: Key, raw: string) => void, urgent: readonly Key[]): KeyQueue {
	const waiting: { readonly key: Key; readonly raw: string }[] = [];
	let busy = false;
	function next(): void {
		const first = waiting.shift();
		busy = first !== undefined;
		if (first === undefined) return;
		// The next turn is asked for first: a handler that throws must not make the rest wait for ever.
		setImmediate(next);
		handle(first.key, first.raw);
	}
	return {
		push(key, raw) {
			if (urgent.includes(key)) return handle(key, raw);
			waiting.push({ key, raw });
			if (!busy) next();
		},
	};
}

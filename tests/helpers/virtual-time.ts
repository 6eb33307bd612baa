import type { Timers } from "../../src/adapters/mt5/broker/timers.ts";

/** Time that passes only when a test says so; what is due happens in order, and promises settle in between. */
export type VirtualTime = Timers & {
	/** Lets `ms` pass. */
	pass(ms: number): Promise<void>;
	/** Lets time pass until `isSo`, at most `mostMs`; false when it never was. */
	until(isSo: () => boolean, mostMs?: number): Promise<boolean>;
	/** Makes the machine stand still: time has passed, and nothing has run meanwhile. */
	freeze(ms: number): void;
};

type Due = { readonly at: number; readonly number: number; readonly act: () => void };

/** Begins at 1000 ms. */
export function createVirtualTime(): VirtualTime {
	let now = 1000;
	let number = 0;
	const due: Due[] = [];
	const before = (one: Due, other: Due): boolean => one.at < other.at || (one.at === other.at && one.number < other.number);
	const settle = async (): Promise<void> => {
		for (let turn = 0; turn < 20; turn++) await null;
	};
	const next = (limit: number): Due | null => {
		let first: Due | null = null;
		for (const item of due) if (first === null || before(item, first)) first = item;
		if (first === null || first.at > limit) return null;
		due.splice(due.indexOf(first), 1);
		return first;
	};
	const step = async (limit: number): Promise<boolean> => {
		const item = next(limit);
		if (item === null) return false;
		now = Math.max(now, item.at);
		item.act();
		await settle();
		return true;
	};
	return {
		monotonicMs: () => now,
		after(ms, act) {
			const item = { at: now + Math.max(0, ms), number: number++, act };
			due.push(item);
			return () => {
				const index = due.indexOf(item);
				if (index >= 0) due.splice(index, 1);
			};
		},
		async pass(ms) {
			await settle();
			const end = now + ms;
			while (await step(end)) {
				// Until nothing is due any more.
			}
			now = end;
			await settle();
		},
		async until(isSo, mostMs = 120_000) {
			await settle();
			const end = now + mostMs;
			while (!isSo()) if (!(await step(end))) return isSo();
			return true;
		},
		freeze(ms) {
			now += ms;
		},
	};
}

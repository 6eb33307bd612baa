import type { BrokerMs } from "../../../engine/units.ts";

/**
 * The broker's time between quotes. A quote that arrives at `nowMs` of our steady clock with the broker's time `msc` shows that the broker's clock is at
 * least `msc - nowMs` ahead of ours: the quickest of them tells the offset best, so the largest counts. Only those of the last five to ten minutes,
 * because the two clocks drift, and because a broker changes to summer time. The estimate never falls and fills silence only: quotes have their own time.
 */
export type ServerClock = {
	/** A quote arrived. */
	saw(msc: BrokerMs, nowMs: number): void;
	/** The broker's time is at least this: a row has it. */
	atLeast(at: BrokerMs): void;
	/** The estimate, or the latest time that is known while no quote has come. */
	now(nowMs: number): BrokerMs;
	/** Whether a quote has come. */
	isKnown(): boolean;
};

const BUCKET_MS = 300_000;

/** A clock that knows nothing yet. */
export function createServerClock(): ServerClock {
	let bucketAt = 0;
	let aheadBefore = Number.NEGATIVE_INFINITY;
	let ahead = Number.NEGATIVE_INFINITY;
	let latest: BrokerMs = 0;
	return {
		saw(msc, nowMs) {
			if (ahead === Number.NEGATIVE_INFINITY) bucketAt = nowMs;
			else if (nowMs - bucketAt >= BUCKET_MS) {
				aheadBefore = ahead;
				ahead = Number.NEGATIVE_INFINITY;
				bucketAt = nowMs;
			}
			if (msc - nowMs > ahead) ahead = msc - nowMs;
		},
		atLeast(at) {
			if (at > latest) latest = at;
		},
		now(nowMs) {
			const estimate = nowMs + Math.max(ahead, aheadBefore);
			if (estimate > latest) latest = estimate;
			return latest;
		},
		isKnown: () => ahead !== Number.NEGATIVE_INFINITY,
	};
}

import type { BrokerMs } from "../../../engine/units.ts";

/**
 * Whether the quotes that come are those of now. After the start and after every break the first batch is what was missed; so is one after a full
 * batch, for more was waiting. What comes after that has just happened, and is fresh when the quote itself is young as well.
 */
export type Freshness = {
	/** The stream was interrupted. */
	broke(): void;
	/** A batch of `count` quotes came at `nowMs` of the steady clock, its last one with the broker's time `msc`. */
	saw(count: number, msc: BrokerMs, nowMs: number): void;
	/** All that waited has been taken by the session. */
	drained(): void;
	isFresh(): boolean;
};

/** Most quotes in one batch (docs/BRIDGE_PROTOCOL.md, Streams). */
const FULL_BATCH = 500;
/** A quote younger than this is one of now (ms). */
const YOUNG_MS = 2000;

/** Not fresh. */
export function createFreshness(): Freshness {
	let isCaughtUp = false;
	let isLive = false;
	let isDrained = false;
	let ahead = Number.NEGATIVE_INFINITY;
	return {
		broke() {
			isCaughtUp = false;
			isLive = false;
			isDrained = false;
			ahead = Number.NEGATIVE_INFINITY;
		},
		saw(count, msc, nowMs) {
			ahead = Math.max(ahead, msc - nowMs);
			if (isCaughtUp && count < FULL_BATCH && nowMs + ahead - msc < YOUNG_MS) isLive = true;
			isCaughtUp = count < FULL_BATCH;
		},
		drained() {
			if (isLive) isDrained = true;
		},
		isFresh: () => isLive && isDrained,
	};
}

import type { Clock } from "../ports.ts";

/** Whole milliseconds since some moment, at the pace of real time whatever is done to the machine's clock: for measuring how long, never when. */
export function steadyClock(): Clock {
	return { nowMs: () => Math.round(performance.now()) };
}

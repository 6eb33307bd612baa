import type { Clock } from "../ports.ts";

/** The machine's clock: milliseconds since 1970, never going back (a corrected clock must not make time run backwards within a session). */
export function wallClock(): Clock {
	let last = 0;
	return {
		nowMs() {
			last = Math.max(last, Date.now());
			return last;
		},
	};
}

import type { Clock } from "../ports.ts";

/**
 * The machine's clock: whole milliseconds since 1970, never going back (a corrected clock must not make time run backwards within a session)
 * and never standing still: where the machine's clock was put back, it goes on from the time it had.
 */
export function wallClock(): Clock {
	let now = Date.now();
	let seen = { wall: now, steady: performance.now() };
	return {
		nowMs() {
			const at = { wall: Date.now(), steady: performance.now() };
			const wentBack = at.wall < seen.wall;
			const passed = wentBack ? Math.max(0, at.steady - seen.steady) : at.wall - seen.wall;
			now += Math.round(passed);
			seen = at;
			return now;
		},
	};
}

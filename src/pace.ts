import type { BrokerMs } from "./engine/units.ts";

/** How fast a session goes. Changed from outside while it runs and looked at between slices of rows. */
export type Pace = {
	/** Market seconds a wall second, or as fast as the machine can. */
	speed: number | "max";
	/** No row runs. For replays: a market that others trade in cannot be held. */
	held: boolean;
	/** Runs at full speed, held or not, until the first row at or after this market time; null when it is reached. */
	seekTo: BrokerMs | null;
	/** The run is given up where it is, without an end: for replays that are closed or start over. */
	abandoned: boolean;
};

/** A pace that goes on at `speed`. */
export function paceOf(speed: number | "max"): Pace {
	return { speed, held: false, seekTo: null, abandoned: false };
}

/** Whether this is a speed; with one that is not, every row would be allowed at once. */
export function isSpeed(asked: unknown): asked is number | "max" {
	return asked === "max" || (typeof asked === "number" && Number.isFinite(asked) && asked > 0);
}

/** Wall time between two looks while the market is ahead. */
const WAIT_MS = 25;
/** How far the market may run behind the wall, in wall ms; what is more (a laptop that slept) is never caught up. */
const BEHIND_MS_MAX = 1000;

/** Follows the wall clock and says up to which market time rows may run. */
export type Pacer = {
	/** Market time up to which rows may run without another look; Infinity = all. */
	allowedAt: BrokerMs;
	/** True while everything may run only because trading has not begun: the warm-up is history and waits for nobody. */
	untilTrading: boolean;
	/** Where the market is by the wall clock, and when (wall ms) and at which speed that was worked out. */
	position: BrokerMs;
	wallMs: number;
	speed: number | "max";
};

/** A pacer before the first row: the warm-up may run at once, unless the session is held or has a place to stop at. */
export function createPacer(pace: Pace): Pacer {
	const allowedAt = pace.held || pace.seekTo !== null ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
	return { allowedAt, untilTrading: pace.speed !== "max", position: Number.NEGATIVE_INFINITY, wallMs: 0, speed: pace.speed };
}

/** Where the session is: its phase as far as the pace cares, the time of its last row (null before the first) and of its next. */
export type Place = { readonly phase: "warmup" | "trading" | "ending"; readonly at: BrokerMs | null; readonly nextAt: BrokerMs };

/**
 * Works out `allowedAt` for now and returns how long to wait before looking again, in wall ms: 0 = the next row may run. A change of speed
 * takes effect from where the market is: no jump and no burst.
 */
export function keepPace(pacer: Pacer, pace: Pace, place: Place, nowMs: number): number {
	const { nextAt } = place;
	const elapsedMs = Math.max(0, nowMs - pacer.wallMs);
	pacer.wallMs = nowMs;
	pacer.untilTrading = false;
	if (pace.seekTo !== null && nextAt >= pace.seekTo) pace.seekTo = null;
	if (pace.seekTo !== null) return allow(pacer, place, pace.seekTo - 1);
	if (pace.held) {
		pacer.allowedAt = Number.NEGATIVE_INFINITY;
		return WAIT_MS;
	}
	// Nobody waits for the market once the session is ending: on a feed of bars the next row may be minutes of wall time away.
	if (pace.speed === "max" || place.phase === "ending") return allow(pacer, place, Number.POSITIVE_INFINITY);
	if (place.phase === "warmup") {
		pacer.untilTrading = true;
		return allow(pacer, place, Number.POSITIVE_INFINITY);
	}
	const { speed } = pace;
	const reached = place.at ?? nextAt;
	if (pacer.speed === speed) pacer.position += elapsedMs * speed;
	else pacer.position = Math.min(pacer.position + (pacer.speed === "max" ? 0 : elapsedMs * pacer.speed), nextAt);
	pacer.speed = speed;
	pacer.position = Math.max(reached, Math.min(pacer.position, nextAt + BEHIND_MS_MAX * speed));
	pacer.allowedAt = pacer.position;
	return nextAt <= pacer.allowedAt ? 0 : Math.min(WAIT_MS, (nextAt - pacer.allowedAt) / speed);
}

/** Rows may run without waiting; the market is then where the session is. */
function allow(pacer: Pacer, place: Place, until: BrokerMs): number {
	pacer.allowedAt = until;
	pacer.position = place.at ?? place.nextAt;
	return 0;
}

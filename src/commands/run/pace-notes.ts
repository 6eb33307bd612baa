import { formatSeconds } from "../../print/text.ts";

/** A session longer than this by the wall clock is announced: the default speed turns two years of bars into days. */
const LONG_MS = 600_000;

/** What a limited speed means for a long stretch of market time, in case the user did not. */
export function paceNotes(speed: number | "max", durationMinutes: number | null, marketMs: number | null): string[] {
	if (speed === "max") return [];
	const market = Math.min(durationMinutes === null ? Number.POSITIVE_INFINITY : durationMinutes * 60_000, marketMs ?? Number.POSITIVE_INFINITY);
	const wall = market / speed;
	if (!(wall > LONG_MS) || !Number.isFinite(wall)) return [];
	return [`At ${speed} x real time this may take ${formatSeconds(wall / 1000)}; --speed max runs it at once.`];
}

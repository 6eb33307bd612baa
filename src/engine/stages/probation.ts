import type { Rules } from "../rules.ts";
import type { Lots } from "../units.ts";

/** Live sessions that are on probation before the limits of live hold (control C07). */
export const PROBATION_SESSIONS = 3;
/** Longest session on probation, market minutes. */
export const PROBATION_MINUTES = 30;

/** The limits of live on probation: the smallest volume the symbol has, one position, half an hour. Only ever tighter than `rules`. */
export function probationRules(rules: Rules, volumeMin: Lots): Rules {
	return {
		...rules,
		maxLots: Math.min(rules.maxLots, volumeMin),
		exposureLotsMultiple: Math.min(rules.exposureLotsMultiple, 1),
		openPositionsMax: Math.min(rules.openPositionsMax, 1),
		sessionMinutesMax: Math.min(rules.sessionMinutesMax, PROBATION_MINUTES),
	};
}

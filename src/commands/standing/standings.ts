import type { Home } from "../../adapters/home.ts";
import type { Standing } from "../../engine/stages/standing.ts";

/**
 * Where every agent build and configuration stands on the way from virtual to live, the one with the newest session first; recomputed from
 * ledger and journals. Never throws for damage: `broken` says what is wrong.
 */
export function standings(_home: Home, _nowMs: number): readonly Standing[] {
	return [];
}

import type { Engine } from "./engine.ts";
import { coolDownOf } from "./health/breaker.ts";
import { scoreOf } from "./health/chs.ts";
import { causeText } from "./health/words.ts";
import type { BreakerView } from "./project.ts";

const MINUTE_MS = 60_000;

/** The breaker for the screen: what opened it, and what is still missing before new risk is allowed. Changes nothing. */
export function breakerView(engine: Engine): BreakerView {
	const { breaker } = engine;
	return {
		open: breaker.open,
		latched: breaker.latched,
		trips: breaker.trips,
		tripLevel: breaker.tripLevel,
		rearmLevel: breaker.rearmLevel,
		cause: breaker.cause,
		causeText: breaker.cause === null ? null : causeText(breaker.cause),
		tripScore: breaker.open ? engine.lowestSinceTrip : null,
		openedAt: breaker.open ? breaker.openedAtMs : null,
		needs: needsOf(engine),
	};
}

/** What closes an open breaker, as far as it is not there yet. One that needs nothing more closes at its next look. */
function needsOf(engine: Engine): readonly string[] {
	const { breaker, chs } = engine;
	if (!breaker.open) return [];
	const needs: string[] = [];
	if (breaker.latched) needs.push("a reset by the operator, with a reason");
	const score = scoreOf(chs);
	if (!(score > breaker.rearmLevel)) needs.push(`CHS above ${breaker.rearmLevel.toFixed(2)}: now ${shown(score)}`);
	const { unit, done, needed } = coolDownOf(breaker, chs.trades, engine.at);
	if (done >= needed) return needs;
	if (unit === "trades") needs.push(`${needed - done} more shadow ${needed - done === 1 ? "trade" : "trades"}: ${done} of ${needed} done`);
	else needs.push(`${lengthOf(needed - done)} more of cool-down`);
	return needs;
}

function lengthOf(ms: number): string {
	if (ms < MINUTE_MS) return `${Math.ceil(ms / 1000)} s`;
	const minutes = Math.ceil(ms / MINUTE_MS);
	return `${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
}

/** Three decimals, cut: a score just below a level must not read as the level. */
function shown(score: number): string {
	return (Math.floor(score * 1000) / 1000).toFixed(3);
}

import type { Engine } from "./engine.ts";
import { closePosition } from "./submit.ts";

/** A close that was definitely refused (a requote, a closed market) is tried again after this much market time. */
const RETRY_MS = 1000;

/** Closes every position, and keeps at it until none is left: closing is tried again where the broker said a definite no. */
export function flatten(engine: Engine, reason: string): void {
	engine.flattening = { reason, retryAt: engine.at + RETRY_MS };
	for (const position of engine.positions) closePosition(engine, position, reason);
}

/**
 * Called on every row and event while flattening. A close in flight or of unknown outcome is never sent twice (control C37); an entry of
 * unknown outcome may still become a position, so until that is known nobody is flat.
 */
export function keepFlattening(engine: Engine): void {
	const { flattening } = engine;
	if (flattening === null || engine.at < flattening.retryAt) return;
	if (engine.positions.length === 0 && engine.plans.every((plan) => plan.answered && !plan.unknown)) engine.flattening = null;
	else flatten(engine, flattening.reason);
}

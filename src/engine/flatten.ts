import { isHistory } from "./broker-side.ts";
import type { Engine } from "./engine.ts";
import type { Position } from "./order.ts";
import { closePosition } from "./submit.ts";
import { isPending } from "./unknown.ts";

/** A close that was definitely refused (a requote, a closed market, no link) is tried again after this much market time. */
const RETRY_MS = 1000;

/** Closes every position, and keeps at it until none is left: closing is tried again where the broker said a definite no. */
export function flatten(engine: Engine, reason: string): void {
	closeAll(engine, reason, undefined);
}

/**
 * Called on every row and event while flattening. A close in flight or of unknown outcome is never sent twice (control C37); an entry of
 * unknown outcome, or one that was executed and is not shown yet, may still become a position, so until that is known nobody is flat.
 */
export function keepFlattening(engine: Engine): void {
	const { flattening } = engine;
	if (flattening === null || engine.at < flattening.retryAt) return;
	if (concerned(engine, flattening.only).length === 0 && !engine.plans.some(isPending)) engine.flattening = null;
	else closeAll(engine, flattening.reason, flattening.only);
}

function closeAll(engine: Engine, reason: string, only: "unstopped" | undefined): void {
	engine.flattening = { reason, retryAt: engine.at + RETRY_MS, ...(only === undefined ? {} : { only }) };
	// The quotes of the warm-up's history price nothing: the closes leave with the first live one.
	if (isHistory(engine)) return;
	for (const position of concerned(engine, only)) closePosition(engine, position, reason);
}

function concerned({ positions }: Engine, only: "unstopped" | undefined): readonly Position[] {
	return only === undefined ? positions : positions.filter((position) => position.sl === 0);
}

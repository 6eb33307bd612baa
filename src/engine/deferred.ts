import { holdOf } from "./decide.ts";
import { type Engine, record } from "./engine.ts";
import { proposeEntry } from "./submit.ts";

/** A signal older than this is not acted on any more, market ms. */
const SIGNAL_AGE_MS_MAX = 10_000;

/** Proposes an entry that waited for a close, now that the close is confirmed; drops it when it is stale or no longer allowed. */
export function resumeDeferred(engine: Engine): void {
	const { deferred } = engine;
	if (deferred === null || engine.phase !== "trading") return;
	if (engine.trades.some((trade) => trade.side !== deferred.intent.side)) return;
	engine.deferred = null;
	const age = engine.at - deferred.at;
	const hold = engine.breaker.open ? null : holdOf(engine);
	if (age <= SIGNAL_AGE_MS_MAX && hold === null) proposeEntry(engine, deferred.intent);
	else record(engine, "dropped", { intent: deferred.intent, why: hold?.message ?? `the signal is ${age} ms old` });
}

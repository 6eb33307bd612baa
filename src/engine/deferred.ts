import type { EntryPermission } from "./agents/agent.ts";
import { type Engine, record } from "./engine.ts";
import { proposeEntry } from "./submit.ts";
import { entryPermission } from "./view.ts";

/** A signal older than this is not acted on any more, market ms. */
const SIGNAL_AGE_MS_MAX = 10_000;

/**
 * Proposes an entry that waits for a close as soon as the close is confirmed; drops it when it is stale or no longer allowed: the close
 * may have been the loss after which the score allows nothing.
 */
export function resumeDeferred(engine: Engine): void {
	const { deferred } = engine;
	if (deferred === null || engine.phase !== "trading") return;
	if (engine.trades.some((trade) => trade.side !== deferred.intent.side)) return;
	engine.deferred = null;
	const age = engine.at - deferred.at;
	const permission: EntryPermission =
		age <= SIGNAL_AGE_MS_MAX ? entryPermission(engine) : { mayEnter: false, control: "C10", reason: `the signal is ${age} ms old` };
	if (permission.mayEnter) proposeEntry(engine, deferred.intent);
	else record(engine, "dropped", { intent: deferred.intent, why: permission.reason });
}

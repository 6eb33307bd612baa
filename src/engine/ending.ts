import { type Engine, record } from "./engine.ts";
import { flatten } from "./flatten.ts";
import { latchedEnd } from "./guard.ts";
import { removeOrder } from "./submit.ts";
import type { EndReason } from "./summary-type.ts";
import { isPending, planText, unknownPlans } from "./unknown.ts";

/**
 * How long closing everything may take before the session ends with what is left: market ms, and rows, because bars come minutes apart. At a real broker a close
 * whose answer was lost is looked up first, which takes the bridge a minute from when the line is back (docs/BRIDGE_PROTOCOL.md), and then it is sent again.
 */
const ENDING_MS_MAX = 60_000;
const ENDING_AT_BROKER_MS_MAX = 180_000;
const ENDING_ROWS_MIN = 20;

/**
 * Starts the orderly end: no entries from now on, pendings cancelled, positions closed when `flattens`; the first reason stays.
 * The session ends as soon as nothing is in flight (and, when flattening, nothing is open), or after a minute of market time, three at a real broker.
 */
export function beginEnding(engine: Engine, reason: EndReason, detail: string, flattens: boolean): void {
	if (engine.stopping !== null || engine.end !== null) return;
	startStopping(engine, reason, detail, flattens);
	for (const order of engine.orders) removeOrder(engine, order, "session ends");
	if (flattens) flatten(engine, `session ends: ${reason}`);
	finishIfDone(engine);
}

/**
 * The feed has no more rows: starts the orderly end without sending anything, for no time passes any more in which it could be
 * executed. What is to be closed is closed by the broker at the last quote (adapters/ports.ts, `endData`).
 */
export function endWithFeed(engine: Engine, reason: EndReason, detail: string, flattens: boolean): void {
	if (engine.stopping === null && engine.end === null) startStopping(engine, reason, detail, flattens);
}

/** A session that was to end with its positions kept closes them after all. */
export function flattenAtEnd(engine: Engine, reason: string): void {
	if (engine.stopping === null) return;
	engine.stopping = { ...engine.stopping, flatten: true };
	flatten(engine, reason);
}

/**
 * The reason of an end is its first cause, whether somebody watched or not: a session that waits for its operator in a latched halt and then
 * reaches its planned end, or is stopped, has been ended by that halt, and the exit code says so. A feed or journal that fails is worse news.
 */
function startStopping(engine: Engine, asked: EndReason, because: string, flattens: boolean): void {
	const latch = asked === "data-failure" || asked === "journal-failure" || asked === "bug" ? null : latchedEnd(engine);
	// Closing everything has been asked for already (by the operator, by the breaker): the end does not take that back.
	const closes = flattens || engine.flattening !== null;
	const reason = latch?.reason ?? asked;
	const detail = latch === null ? because : `${latch.detail}; not reset before the end (${because})`;
	engine.stopping = { reason, detail, flatten: closes, since: engine.at, sinceTick: engine.tick };
	engine.phase = "ending";
	engine.deferred = null;
	record(engine, "ending", { reason, detail, positions: closes ? "flatten" : "keep", open: engine.positions.length });
}

/** Ends the session when its orderly end has nothing left to wait for; called after every answer and every row while ending. */
export function finishIfDone(engine: Engine): void {
	const { stopping } = engine;
	if (stopping === null || engine.end !== null) return;
	// What nobody knows the outcome of is not done (control C37), nor is what was executed and not shown yet: both are waited for like an answer, and no longer.
	const waiting = engine.plans.some(isPending);
	const open = stopping.flatten && engine.positions.length > 0;
	if ((waiting || open) && isPatient(engine)) return;
	finish(engine);
}

/** Whether there is time left for the orderly end. When there is none, nothing is sent to a real broker any more whose answer nobody would hear. */
export function isPatient({ stopping, at, tick, broker }: Engine): boolean {
	return stopping === null || at - stopping.since < (broker === null ? ENDING_MS_MAX : ENDING_AT_BROKER_MS_MAX) || tick - stopping.sinceTick < ENDING_ROWS_MIN;
}

/** Ends now, whatever is open: the feed is over, the journal cannot be written, or the wait was too long. */
export function finish(engine: Engine): void {
	if (engine.end !== null || engine.stopping === null) return;
	const { reason, detail } = engine.stopping;
	const unknown = unknownPlans(engine);
	engine.end = { reason, detail: unknown.length === 0 ? detail : `${detail}; NOT CONFIRMED: ${unknown.map(planText).join(", ")}` };
	if (engine.halted.since !== null) {
		engine.halted.ms += engine.at - engine.halted.since;
		engine.halted.since = null;
	}
}

/**
 * The journal's last word. Written when the broker has told everything: the deal that ends a session comes before the balance it leaves. How often
 * the breaker was asked, and what the operator did, are in no other line, and gates are recomputed from the journal alone (control C04).
 */
export function recordEnd(engine: Engine): void {
	const { steps, haltedSteps, trips } = engine.breaker;
	record(engine, "ended", {
		...engine.end,
		openPositions: engine.positions.length,
		balance: engine.account.balance,
		equity: engine.account.equity,
		breaker: { steps, haltedSteps, trips },
		steeredBy: [...engine.steeredBy],
	});
}

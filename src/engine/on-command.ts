import { beginEnding, flattenAtEnd } from "./ending.ts";
import { type Engine, record } from "./engine.ts";
import type { Command } from "./event.ts";
import { applyBreach, applyHold, noteChange } from "./guard.ts";
import { acknowledge } from "./health/breaker.ts";
import { rebase } from "./health/chs.ts";
import { rearmData } from "./limits/data-health.ts";
import { isLossLatch, onEquity, onReset } from "./limits/limits.ts";
import { removeOrder } from "./submit.ts";
import { BREAKER_CONTROL, OPERATOR_CONTROL, reset, resume, worstHold } from "./trading-state.ts";

/** What the operator asked for; it is in the journal already. A command that cannot be done is journalled as refused, with the reason. */
export function onCommand(engine: Engine, command: Command): void {
	switch (command.command) {
		case "stop":
			// Journals of older versions have no `positions`.
			stop(engine, command.reason, command.positions ?? null);
			return;
		case "pause":
			applyHold(engine, { control: OPERATOR_CONTROL, state: "PAUSED", reason: "paused by the operator", until: null });
			noteSteering(engine, "pause");
			return;
		case "resume":
			resumeEntries(engine);
			return;
		case "kill":
			kill(engine, command.reason);
			return;
		case "flatten":
			flattenAll(engine);
			return;
		case "reset":
			resetLatch(engine, command.reason);
	}
}

/** Ends the session orderly. While it is ending already only one thing can still be asked: that positions to be kept are closed. */
function stop(engine: Engine, reason: string, positions: "flatten" | "keep" | null): void {
	const { stopping, config } = engine;
	// The operator's last word on positions counts.
	if (stopping === null && positions === "keep") engine.flattening = null;
	if (stopping === null) beginEnding(engine, "interrupt", reason, (positions ?? config.onExit) === "flatten");
	else if (positions === "flatten" && !stopping.flatten) {
		flattenAtEnd(engine, reason);
		noteSteering(engine, "flatten");
	} else
		refuse(
			engine,
			"stop",
			`the session is ending already: ${stopping.reason}${stopping.flatten && positions === "keep" ? ", positions are being closed" : ""}`,
		);
}

/** Ends every pause. What is stricter than a pause stays, and is named where nothing else came of it. */
function resumeEntries(engine: Engine): void {
	const { trading } = engine;
	const worst = worstHold(trading);
	const isPaused = trading.holds.some((hold) => hold.state === "PAUSED");
	if (worst?.latched === true) refuse(engine, "resume", `${worst.state} is latched and needs a reset first (${worst.control}: ${worst.reason})`);
	else if (isPaused || worst === null) {
		noteChange(engine, resume(trading, engine.at));
		if (isPaused) noteSteering(engine, "resume");
	} else refuse(engine, "resume", `nothing is paused, but ${worst.state} (${worst.control}: ${worst.reason})`);
}

/** The operator wants to be flat: nothing open, nothing waiting, nothing on its way in. Entries stay allowed once that is done. */
function flattenAll(engine: Engine): void {
	if (engine.deferred !== null) record(engine, "dropped", { intent: engine.deferred.intent, why: "positions are being closed" });
	if (engine.deferred !== null || engine.positions.length > 0 || engine.orders.length > 0 || engine.plans.length > 0) noteSteering(engine, "flatten");
	engine.deferred = null;
	for (const order of engine.orders) removeOrder(engine, order, FLATTENED);
	engine.flattening = { reason: FLATTENED, retryAt: engine.at };
	if (engine.stopping !== null && !engine.stopping.flatten) flattenAtEnd(engine, FLATTENED);
}

const FLATTENED = "flattened by the operator";

/**
 * The operator has changed what the agent alone would have done: whoever picks when it trades, or when it leaves, can pick the result, so the
 * session is no evidence (run/finish.ts). A stop is not noted: a session that is stopped has not reached its end, which is no evidence either.
 */
function noteSteering(engine: Engine, command: Command["command"]): void {
	if (!engine.steeredBy.includes(command)) engine.steeredBy.push(command);
}

function refuse(engine: Engine, command: Command["command"], why: string): void {
	record(engine, "command-refused", { command, why });
}

/** Stops everything at once: latched, pendings cancelled; positions as `--on-breaker` says, their stops stay with the broker (control C33). */
function kill(engine: Engine, reason: string): void {
	noteSteering(engine, "kill");
	applyHold(engine, { control: "C33", state: "KILLED", reason, until: null });
	for (const order of engine.orders) removeOrder(engine, order, "killed");
	if (engine.config.onBreaker === "flatten" && engine.stopping?.flatten === false) flattenAtEnd(engine, "killed");
}

/**
 * Lifts what is latched; trading goes on only after a separate resume (control C36). Only what had latched starts anew: a kill and its reset
 * must not wipe out a fall of equity or a count that is still short of its limit.
 */
function resetLatch(engine: Engine, reason: string): void {
	const lifted = engine.trading.holds.filter(({ latched }) => latched).map(({ control }) => control);
	const change = reset(engine.trading, engine.at, reason, engine.config.rules.resetsPerDayMax);
	if (typeof change === "string") {
		refuse(engine, "reset", change);
		return;
	}
	noteSteering(engine, "reset");
	noteChange(engine, change);
	acknowledge(engine.breaker);
	// The latch is lifted, the breaker is not: it still waits for the score and its cool-down.
	if (engine.breaker.open) applyHold(engine, { control: BREAKER_CONTROL, state: "REDUCING", reason: "the breaker is still open after the reset", until: null });
	if (lifted.some((control) => control === BREAKER_CONTROL || isLossLatch(control))) rebase(engine.chs);
	if (lifted.includes("C30")) rearmData(engine.dataHealth);
	onReset(engine.limits, engine.config.rules, engine.at, lifted);
	// What is still beyond its limit latches again here: with nothing open no quote would, and an entry could leave first.
	applyBreach(engine, onEquity(engine.limits, engine.config.rules, engine.at, engine.account.equity));
}

import { beginEnding } from "./ending.ts";
import { type Engine, record } from "./engine.ts";
import type { Command } from "./event.ts";
import { applyHold, noteChange } from "./guard.ts";
import { acknowledge } from "./health/breaker.ts";
import { rebase } from "./health/chs.ts";
import { rearmData } from "./limits/data-health.ts";
import { onReset } from "./limits/limits.ts";
import { removeOrder } from "./submit.ts";
import { BREAKER_CONTROL, OPERATOR_CONTROL, reset, resume } from "./trading-state.ts";

/** What the operator asked for; it is in the journal already. A command that cannot be done is journalled as refused, with the reason. */
export function onCommand(engine: Engine, command: Command): void {
	switch (command.command) {
		case "stop":
			beginEnding(engine, "interrupt", command.reason, engine.config.onExit === "flatten");
			return;
		case "pause":
			applyHold(engine, { control: OPERATOR_CONTROL, state: "PAUSED", reason: "paused by the operator", until: null });
			return;
		case "resume":
			noteChange(engine, resume(engine.trading, engine.at));
			return;
		case "kill":
			kill(engine, command.reason);
			return;
		case "flatten":
			engine.flattening = { reason: "flattened by the operator", retryAt: engine.at };
			return;
		case "reset":
			resetLatch(engine, command.reason);
	}
}

/** Stops everything at once: latched, pendings cancelled; positions as `--on-breaker` says, their stops stay with the broker (control C33). */
function kill(engine: Engine, reason: string): void {
	applyHold(engine, { control: "C33", state: "KILLED", reason, until: null });
	for (const order of engine.orders) removeOrder(engine, order);
}

/** Lifts what is latched and accepts the losses behind it; trading goes on only after a separate resume (control C36). */
function resetLatch(engine: Engine, reason: string): void {
	const change = reset(engine.trading, engine.at, reason, engine.config.rules.resetsPerDayMax);
	if (typeof change === "string") {
		record(engine, "command-refused", { command: "reset", why: change });
		return;
	}
	noteChange(engine, change);
	acknowledge(engine.breaker);
	// The latch is lifted, the breaker is not: it still waits for the score and its cool-down.
	if (engine.breaker.open) applyHold(engine, { control: BREAKER_CONTROL, state: "REDUCING", reason: "the breaker is still open after the reset", until: null });
	rebase(engine.chs);
	rearmData(engine.dataHealth);
	onReset(engine.limits, engine.config.rules, engine.at);
}

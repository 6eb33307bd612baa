import type { Engine, Plan } from "./engine.ts";
import type { Lots } from "./units.ts";

/** Far below any broker's volume step. */
const DUST: Lots = 1e-8;

/** Requests whose outcome nobody knows: the answer was lost and not resolved, or a real broker has not given one (control C37). */
export function unknownPlans(engine: Engine): readonly Plan[] {
	return engine.plans.filter((plan) => plan.unknown || (engine.broker !== null && !plan.answered));
}

/**
 * A real broker has answered that the request was done and has not shown all its deals yet, which takes tenths of a second: what it opened is not among
 * the positions, what it closed still is. Never so at the simulator, whose `doneLots` is not set.
 */
export function isUntold({ filled, doneLots }: Plan): boolean {
	return (filled?.lots ?? 0) < (doneLots ?? 0) - DUST;
}

/** Whether the broker has still to say what became of a request: its answer, or the deals behind the answer. One of unknown outcome is neither. */
export function isInFlight(plan: Plan): boolean {
	return !plan.answered || isUntold(plan);
}

/** Whether anything may still come of a request: until nothing may, nobody is flat and no session is over. */
export function isPending(plan: Plan): boolean {
	return plan.unknown || isInFlight(plan);
}

/** `BUY 0.1 lots (intent 3)`: a request for people. */
export function planText({ intentId, request, entry }: Plan): string {
	const what = request.action === "DEAL" ? `${entry ? request.side : "close"} ${request.lots} lots` : request.action.toLowerCase();
	return `${what} (intent ${intentId})`;
}

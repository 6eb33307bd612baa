import type { Engine, Plan } from "./engine.ts";

/** Requests whose outcome nobody knows: the answer was lost and not resolved, or a real broker has not given one (control C37). */
export function unknownPlans(engine: Engine): readonly Plan[] {
	return engine.plans.filter((plan) => plan.unknown || (engine.broker !== null && !plan.answered));
}

/** `BUY 0.1 lots (intent 3)`: a request for people. */
export function planText({ intentId, request, entry }: Plan): string {
	const what = request.action === "DEAL" ? `${entry ? request.side : "close"} ${request.lots} lots` : request.action.toLowerCase();
	return `${what} (intent ${intentId})`;
}

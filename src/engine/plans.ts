import { writeOff } from "./broker-side.ts";
import { beginEnding } from "./ending.ts";
import type { Engine, Plan } from "./engine.ts";
import { applyHold, noteChange } from "./guard.ts";
import { release } from "./trading-state.ts";
import type { Lots } from "./units.ts";
import { isPending, isUntold, planText } from "./unknown.ts";

/** A request whose outcome is not known for longer than this halts: a person must look (control C37). */
const UNKNOWN_MS_MAX = 30_000;
/** Far below any broker's volume step. */
const DUST: Lots = 1e-8;

/** A latched halt with its control. */
export function halt(engine: Engine, control: string, reason: string): void {
	applyHold(engine, { control, state: "HALTED", reason, until: null });
}

/** Forgets a plan that is done. */
export function dropPlan(engine: Engine, plan: Plan): void {
	const index = engine.plans.indexOf(plan);
	if (index >= 0) engine.plans.splice(index, 1);
}

/** Forgets a plan of which nothing (more) was executed; a real broker's late fill of it is recognised (control C40). */
export function abandonPlan(engine: Engine, plan: Plan): void {
	dropPlan(engine, plan);
	writeOff(engine, plan);
}

/** Plans that may go once a position is closed: answered, known, not the reason of an open position, and with all their deals. */
export function isDone(engine: Engine, plan: Plan): boolean {
	if (!plan.answered || plan.unknown) return false;
	if (engine.positions.some((position) => position.intentId === plan.intentId)) return false;
	return !isUntold(plan);
}

/** Whether the deals of a request have executed its whole volume. */
export function isFilled(plan: Plan): boolean {
	return plan.request.action === "DEAL" && plan.filled !== undefined && plan.filled.lots >= plan.request.lots - DUST;
}

/** Whether the deals of a request have executed more than was asked for (control C39). */
export function isOverfilled(plan: Plan): boolean {
	return plan.request.action === "DEAL" && plan.filled !== undefined && plan.filled.lots > plan.request.lots + DUST;
}

/** Nothing new may leave while an outcome is unknown; when the last one is known again that hold goes (control C37). */
export function releaseWhenKnown(engine: Engine): void {
	if (engine.plans.some((plan) => plan.unknown)) return;
	noteChange(engine, release(engine.trading, engine.at, "C37", "every outcome is known again"));
}

/** Halts when an outcome has been unknown for too long, or a real broker has not answered at all. Called on every row; O(plans), no allocation. */
export function watchUnknown(engine: Engine): void {
	for (let index = 0; index < engine.plans.length; index++) {
		const plan = engine.plans[index];
		if (plan === undefined) continue;
		if (plan.answered ? !plan.unknown : engine.broker === null) continue;
		if (engine.at - (plan.unknownSince ?? plan.sentAt) <= UNKNOWN_MS_MAX) continue;
		if (engine.trading.holds.some((known) => known.control === "C37" && known.state === "HALTED")) return;
		halt(engine, "C37", `${planText(plan)} has had no known outcome for ${UNKNOWN_MS_MAX / 1000} s: a person must look at the terminal`);
		return;
	}
}

/** All entries of the session are used and nothing is open any more: it has done what it was asked (control C20). */
export function endWhenUsedUp(engine: Engine): void {
	const { maxTrades, unlimited } = engine.config;
	if (unlimited || maxTrades === null || engine.tally.entriesSent < maxTrades) return;
	if (engine.positions.length > 0 || engine.trades.some((trade) => !trade.shadow) || engine.plans.some(isPending)) return;
	beginEnding(engine, "max-trades", `all ${maxTrades} entries are used and closed`, true);
}

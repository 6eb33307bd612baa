import { answerKind } from "./answer-kind.ts";
import { isCutOff } from "./broker-side.ts";
import { type Engine, type Plan, record } from "./engine.ts";
import { applyBreach } from "./guard.ts";
import { onOrder } from "./health/chs.ts";
import { type AnswerKind, noteAnswer, noteSlippage } from "./limits/answers.ts";
import { pointValueOf } from "./money.ts";
import type { Answer } from "./order.ts";
import { abandonPlan, dropPlan, endWhenUsedUp, halt, isFilled, releaseWhenKnown } from "./plans.ts";
import { twinAnswer } from "./twin/fold.ts";
import type { Lots, Points } from "./units.ts";

/** An answer settles its plan. `unknown` is neither yes nor no: the plan stays counted as filled and nothing new may leave (control C37). */
export function onAnswer(engine: Engine, answer: Answer): void {
	const plan = engine.plans.find((known) => known.intentId === answer.intentId && !known.answered);
	if (plan === undefined) {
		halt(engine, "C39", `an answer came for intent ${answer.intentId}, which is not waiting for one`);
		return;
	}
	plan.answered = true;
	const kind = answerKind(plan.request, answer);
	if (kind === "unknown") {
		plan.unknown = true;
		plan.unknownSince = engine.at;
	}
	// With the link down our own side refuses, so that nothing can be in doubt: no refusal of the broker, and no fault of the agent.
	const wasSent = kind === "done" || kind === "unknown" || !isCutOff(engine);
	const text = `intent ${answer.intentId}: ${answer.retcode} ${answer.comment}`;
	if (wasSent) applyBreach(engine, noteAnswer(engine.limits.answers, engine.config.rules, engine.at, kind, text));
	settleAnswer(engine, plan, answer, kind, wasSent);
	// The deals may have been told before the answer that was lost.
	if (kind === "unknown") settleByDeals(engine, plan);
}

function settleAnswer(engine: Engine, plan: Plan, answer: Answer, kind: AnswerKind, wasSent: boolean): void {
	if (kind === "done") onDone(engine, plan, answer);
	else if (kind !== "unknown" && wasSent) scoreOrder(engine, plan, { outcome: "rejected", latencyMs: answer.latencyMs, slippageR: 0, exposureR: 0 });
	if (engine.broker?.twin != null && kind !== "unknown") twinAnswer(engine.broker.twin, "real", answer, kind === "done", engine.terms);
	if (plan.entry && kind !== "done") record(engine, "entry-failed", { intentId: plan.intentId, retcode: answer.retcode, comment: answer.comment, kind });
	if (!plan.entry && plan.request.action === "DEAL" && kind !== "done") engine.deferred = null;
	if (kind === "refused" || kind === "transient") giveUp(engine, plan);
}

/**
 * What became of a request whose answer was lost (controls C37, C38). A yes counts as the answer would have; a proven no is neither a refusal
 * of the broker nor of the score; what only a person can tell halts. About a request that its deals have settled it says nothing new.
 */
export function onResolved(engine: Engine, answer: Answer): void {
	const plan = engine.plans.find((known) => known.intentId === answer.intentId && known.unknown);
	if (plan === undefined) onResolvedBefore(engine, answer);
	else if (answer.outcome === "unknown") halt(engine, "C37", `nobody can tell what became of intent ${answer.intentId}: a person must look at the terminal`);
	// A market order that was taken but not executed is still neither.
	else if (answer.outcome === "placed" && plan.request.action === "DEAL") return;
	else {
		plan.unknown = false;
		if (answer.outcome === "rejected") {
			if (plan.entry) record(engine, "entry-failed", { intentId: plan.intentId, retcode: answer.retcode, comment: answer.comment, kind: "refused" });
			const { lots } = plan.filled ?? { lots: 0 };
			if (lots > 0) halt(engine, "C40", `intent ${plan.intentId} is said not to have been executed, and ${lots} lots of it were`);
			giveUp(engine, plan);
		} else onDone(engine, plan, answer);
		if (engine.broker?.twin != null) twinAnswer(engine.broker.twin, "real", answer, answer.outcome !== "rejected", engine.terms);
		releaseWhenKnown(engine);
	}
}

function onResolvedBefore(engine: Engine, { intentId, outcome }: Answer): void {
	if (!(intentId > 0 && intentId < engine.nextIntent)) halt(engine, "C39", `the outcome of intent ${intentId} was found, which was never sent`);
	else if (outcome !== "rejected" && engine.broker?.writtenOff.some((known) => known.intentId === intentId) === true)
		halt(engine, "C40", `intent ${intentId} was taken for not executed and is found ${outcome}`);
}

function giveUp(engine: Engine, plan: Plan): void {
	if (engine.broker !== null && plan.request.action === "DEAL") engine.broker.intents.notFilled++;
	abandonPlan(engine, plan);
	endWhenUsedUp(engine);
}

/** The whole volume of a request of unknown outcome has been dealt: it was done, whatever became of its answer. */
export function settleByDeals(engine: Engine, plan: Plan): void {
	const { filled } = plan;
	if (!plan.unknown || filled === undefined || !isFilled(plan)) return;
	plan.unknown = false;
	noteFill(engine, plan, { lots: filled.lots, price: filled.lotsPrice / filled.lots, latencyMs: Math.max(0, filled.at - plan.sentAt) });
	releaseWhenKnown(engine);
}

function onDone(engine: Engine, plan: Plan, answer: Answer): void {
	const { action } = plan.request;
	if (action === "DEAL" && answer.lots > 0 && answer.price > 0) noteFill(engine, plan, answer);
	else if (action === "DEAL" && engine.broker !== null) {
		// MT5 may confirm and leave price or volume at 0: what was executed is then told by the deals alone.
		plan.unknown = true;
		plan.unknownSince = engine.at;
		settleByDeals(engine, plan);
	} else if (action !== "PENDING") dropPlan(engine, plan);
}

/** A deal of ours is known to be done: score, slippage and counts. */
function noteFill(engine: Engine, plan: Plan, fill: { readonly lots: Lots; readonly price: Points; readonly latencyMs: number }): void {
	const { request } = plan;
	if (request.action !== "DEAL") return;
	const slippagePoints = request.side === "BUY" ? fill.price - request.price : request.price - fill.price;
	const value = pointValueOf(engine.terms, fill.price) * fill.lots;
	const exposure = plan.entry && request.sl > 0 ? (Math.abs(fill.price - request.sl) * value) / plan.riskMoney : 0;
	if (plan.entry) engine.tally.entriesFilled++;
	if (engine.broker !== null) {
		engine.broker.intents.filled++;
		plan.doneLots = fill.lots;
	}
	scoreOrder(engine, plan, { outcome: "filled", latencyMs: fill.latencyMs, slippageR: (slippagePoints * value) / plan.riskMoney, exposureR: exposure });
	const spread = Math.max(engine.ask - engine.bid, engine.config.instrument.typicalSpreadPoints);
	applyBreach(engine, noteSlippage(engine.limits.answers, engine.config.rules, slippagePoints, spread));
}

/** Only requests that trade are attempts for the score; changes of levels are not. */
function scoreOrder(engine: Engine, plan: Plan, result: Parameters<typeof onOrder>[1]): void {
	if (plan.request.action === "DEAL" || plan.request.action === "PENDING") onOrder(engine.chs, result);
}

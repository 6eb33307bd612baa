import { answerKind } from "./answer-kind.ts";
import { beginEnding } from "./ending.ts";
import { type Engine, type Plan, record } from "./engine.ts";
import { applyBreach, applyHold } from "./guard.ts";
import { onOrder, onTrade, scoreOf } from "./health/chs.ts";
import { journalSnapshotOf } from "./health/snapshot.ts";
import { noteAnswer, noteSlippage } from "./limits/answers.ts";
import { noteClosedTrade } from "./limits/closes.ts";
import { checkEquity } from "./limits/losses.ts";
import { noteClose } from "./limits/rates.ts";
import { markToMarket } from "./mark.ts";
import { pointValueOf } from "./money.ts";
import type { AccountReport, Answer, BrokerEvent, Deal, DealReason, PendingOrder, Position } from "./order.ts";
import { addTradeToEvidence } from "./stages/evidence.ts";
import { rowOf, tallyDeal, tallyTrade } from "./tally.ts";
import { addToTrade, openTrade, reduceTrade, reopenTrade, resultInR, type Trade } from "./trade.ts";
import { type Lots, roundMoney } from "./units.ts";

/** What the broker said; it is in the journal already. The broker's reports are the truth of positions, orders and balance. */
export function onBrokerEvent(engine: Engine, event: BrokerEvent): void {
	switch (event.type) {
		case "answer":
			onAnswer(engine, event.answer);
			break;
		case "deal":
			onDeal(engine, event.deal);
			break;
		case "position":
			onPosition(engine, event.position);
			break;
		case "position-closed":
			onPositionClosed(engine, event.positionId);
			break;
		case "order":
			onOrderPlaced(engine, event.order);
			break;
		case "order-removed":
			onOrderRemoved(engine, event.ticket);
			break;
		case "account":
			onAccountReport(engine, event.account);
	}
}

/** An answer settles its plan. `unknown` is neither yes nor no: the plan stays counted as filled and nothing new may leave (control C37). */
function onAnswer(engine: Engine, answer: Answer): void {
	const plan = engine.plans.find((known) => known.intentId === answer.intentId && !known.answered);
	if (plan === undefined) {
		halt(engine, "C39", `an answer came for intent ${answer.intentId}, which is not waiting for one`);
		return;
	}
	plan.answered = true;
	const kind = answerKind(plan.request, answer);
	plan.unknown = kind === "unknown";
	applyBreach(
		engine,
		noteAnswer(engine.limits.answers, engine.config.rules, engine.at, kind, `intent ${answer.intentId}: ${answer.retcode} ${answer.comment}`),
	);
	if (kind === "done") onFilled(engine, plan, answer);
	else if (kind !== "unknown") scoreOrder(engine, plan, { outcome: "rejected", latencyMs: answer.latencyMs, slippageR: 0, exposureR: 0 });
	if (plan.entry && kind !== "done") record(engine, "entry-failed", { intentId: plan.intentId, retcode: answer.retcode, comment: answer.comment, kind });
	if (!plan.entry && plan.request.action === "DEAL" && kind !== "done") engine.deferred = null;
	if (kind !== "refused" && kind !== "transient") return;
	dropPlan(engine, plan);
	endWhenUsedUp(engine);
}

function onFilled(engine: Engine, plan: Plan, answer: Answer): void {
	const { request } = plan;
	if (request.action !== "DEAL" || !(answer.lots > 0 && answer.price > 0)) {
		if (request.action !== "PENDING") dropPlan(engine, plan);
		return;
	}
	const slippagePoints = request.side === "BUY" ? answer.price - request.price : request.price - answer.price;
	const value = pointValueOf(engine.terms, answer.price) * answer.lots;
	const exposure = plan.entry && request.sl > 0 ? (Math.abs(answer.price - request.sl) * value) / plan.riskMoney : 0;
	if (plan.entry) engine.tally.entriesFilled++;
	scoreOrder(engine, plan, { outcome: "filled", latencyMs: answer.latencyMs, slippageR: (slippagePoints * value) / plan.riskMoney, exposureR: exposure });
	const spread = Math.max(engine.ask - engine.bid, engine.config.instrument.typicalSpreadPoints);
	applyBreach(engine, noteSlippage(engine.limits.answers, engine.config.rules, slippagePoints, spread));
}

/** Only requests that trade are attempts for the score; changes of levels are not. */
function scoreOrder(engine: Engine, plan: Plan, result: Parameters<typeof onOrder>[1]): void {
	if (plan.request.action === "DEAL" || plan.request.action === "PENDING") onOrder(engine.chs, result);
}

function onDeal(engine: Engine, deal: Deal): void {
	const slippagePoints = deal.side === "BUY" ? deal.price - deal.requestedPrice : deal.requestedPrice - deal.price;
	tallyDeal(engine.tally, deal, slippagePoints * pointValueOf(engine.terms, deal.price) * deal.lots);
	// Booked at once: what follows from the deal must not be judged on the balance before it. The account's report then has the last word.
	engine.account.balance = roundMoney(engine.account.balance + deal.profit + deal.swap + deal.commission, engine.config.account.currencyDigits);
	const trade = engine.trades.find((open) => open.positionId === deal.positionId && !open.shadow);
	if (deal.entry === "IN") {
		if (trade === undefined) bear(engine, deal, deal.lots);
		else if (deal.reason === "ROLLOVER") reopenTrade(trade, deal);
		else addToTrade(trade, deal);
		return;
	}
	if (trade === undefined) {
		halt(engine, "C39", `deal ${deal.ticket} closes position ${deal.positionId}, which is not ours`);
		return;
	}
	const closing = Math.min(deal.lots, trade.lots);
	const left = Number((deal.lots - closing).toFixed(8));
	trade.exitReason = exitReasonOf(engine, deal);
	reduceTrade(trade, deal, closing);
	if (deal.entry !== "INOUT") return;
	closeTrade(engine, trade);
	if (left > 0) bear(engine, { ...deal, commission: 0, swap: 0, profit: 0 }, left);
}

/** A trade begins with its opening deal. One without a plan of ours is foreign: it is watched, and nothing new may leave (controls C31, C39). */
function bear(engine: Engine, deal: Deal, lots: Lots): void {
	const plan = engine.plans.find((known) => known.intentId === deal.intentId);
	if (plan === undefined) halt(engine, "C39", `deal ${deal.ticket} opened position ${deal.positionId} without an intent of ours`);
	else if (plan.unknown) {
		plan.unknown = false;
		halt(engine, "C40", `intent ${plan.intentId}, whose answer was lost, was filled after all by deal ${deal.ticket}`);
	}
	const riskMoney = plan?.riskMoney ?? (engine.config.riskPct / 100) * engine.account.equity;
	const trade = openTrade(
		{ ...deal, lots },
		{ number: engine.nextTrade++, shadow: false, openedBar: engine.bars.closedCount, riskMoney, entryReason: plan?.reason ?? "not ours" },
	);
	if (plan?.request.action === "DEAL") {
		trade.sl = plan.request.sl;
		trade.tp = plan.request.tp;
	}
	engine.trades.push(trade);
}

function exitReasonOf(engine: Engine, deal: Deal): string {
	const plan = engine.plans.find((known) => known.intentId === deal.intentId);
	return plan?.reason ?? EXIT_TEXT[deal.reason];
}

const EXIT_TEXT: Readonly<Record<DealReason, string>> = {
	EXPERT: "closed by request",
	SL: "stop loss",
	TP: "take profit",
	SO: "stop-out by the broker",
	ROLLOVER: "rollover",
	END: "end of the data",
};

/** A position as the broker has it now. One that no deal of this session opened is foreign: it halts, and it is never touched (control C31). */
function onPosition(engine: Engine, position: Position): void {
	const trade = engine.trades.find((open) => open.positionId === position.id && !open.shadow);
	if (trade === undefined) {
		halt(engine, "C31", `position ${position.id} is on the account and not of this session`);
		return;
	}
	const index = engine.positions.findIndex((known) => known.id === position.id);
	if (index >= 0) engine.positions[index] = position;
	else engine.positions.push(position);
	trade.sl = position.sl;
	trade.tp = position.tp;
	if (trade.openSwap === position.swap) return;
	trade.openSwap = position.swap;
	markToMarket(engine);
}

function onPositionClosed(engine: Engine, positionId: number): void {
	const index = engine.positions.findIndex((known) => known.id === positionId);
	if (index >= 0) engine.positions.splice(index, 1);
	const trade = engine.trades.find((open) => open.positionId === positionId && !open.shadow);
	if (trade !== undefined) closeTrade(engine, trade);
	for (const plan of engine.plans.filter((known) => known.answered && !known.unknown && !isWaiting(engine, known))) dropPlan(engine, plan);
}

/** A trade is over: its result reaches score, evidence, limits and tally, and the journal gets the row with the score it led to. */
function closeTrade(engine: Engine, trade: Trade): void {
	const reason = trade.closedBy ?? "EXPERT";
	engine.trades.splice(engine.trades.indexOf(trade), 1);
	if (engine.trades.every((other) => other.shadow)) engine.account.margin = 0;
	markToMarket(engine);
	const row = rowOf(trade, engine.terms, engine.at, engine.config.account.currencyDigits);
	const { r, mfe, mae } = resultInR(trade, engine.terms);
	onTrade(engine.chs, { r, mfe, mae, shadow: false });
	const score = scoreOf(engine.chs);
	addTradeToEvidence(engine.evidence, { r, mfe, mae, chs: score });
	tallyTrade(engine.tally, row);
	noteClose(engine.limits.rates);
	record(engine, "trade", { ...row, positionId: trade.positionId, reason, score: journalSnapshotOf(engine.chs) });
	applyBreach(engine, noteClosedTrade(engine.limits.closes, engine.config.rules, engine.at, { net: trade.net, reason }));
	endWhenUsedUp(engine);
}

function halt(engine: Engine, control: string, reason: string): void {
	applyHold(engine, { control, state: "HALTED", reason, until: null });
}

/** A plan whose trade is still open is needed for its reasons. */
function isWaiting(engine: Engine, plan: Plan): boolean {
	return engine.positions.some((position) => position.intentId === plan.intentId);
}

function dropPlan(engine: Engine, plan: Plan): void {
	const index = engine.plans.indexOf(plan);
	if (index >= 0) engine.plans.splice(index, 1);
}

/** All entries of the session are used and nothing is open any more: it has done what it was asked (control C20). */
export function endWhenUsedUp(engine: Engine): void {
	const { maxTrades, unlimited } = engine.config;
	if (unlimited || maxTrades === null || engine.tally.entriesSent < maxTrades) return;
	if (engine.positions.length > 0 || engine.trades.some((trade) => !trade.shadow) || engine.plans.some((plan) => !plan.answered)) return;
	beginEnding(engine, "max-trades", `all ${maxTrades} entries are used and closed`, true);
}

function onOrderPlaced(engine: Engine, order: PendingOrder): void {
	const index = engine.orders.findIndex((known) => known.ticket === order.ticket);
	if (index >= 0) engine.orders[index] = order;
	else engine.orders.push(order);
}

function onOrderRemoved(engine: Engine, ticket: number): void {
	const index = engine.orders.findIndex((order) => order.ticket === ticket);
	if (index >= 0) engine.orders.splice(index, 1);
}

function onAccountReport(engine: Engine, report: AccountReport): void {
	const { account } = engine;
	if (report.marginCall && !account.marginCall) record(engine, "margin-call", report);
	account.balance = report.balance;
	account.credit = report.credit;
	account.margin = report.margin;
	account.marginCall = report.marginCall;
	markToMarket(engine);
	applyBreach(engine, checkEquity(engine.limits.losses, engine.config.rules, engine.at, account.equity));
}

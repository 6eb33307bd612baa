import { isHistory } from "./broker-side.ts";
import { type Engine, record } from "./engine.ts";
import { applyBreach } from "./guard.ts";
import { checkEquity } from "./limits/losses.ts";
import { markToMarket } from "./mark.ts";
import { onAnswer, onResolved } from "./on-answer.ts";
import { closeTrade, onDeal } from "./on-deal.ts";
import { onAdopted, onLink, onTrouble } from "./on-link.ts";
import type { AccountReport, BrokerEvent, PendingOrder, Position } from "./order.ts";
import { dropPlan, halt, isDone } from "./plans.ts";
import { twinPaper } from "./twin/fold.ts";

/** What the broker said; it is in the journal already. The broker's reports are the truth of positions, orders and balance. */
export function onBrokerEvent(engine: Engine, event: BrokerEvent): void {
	if (engine.broker !== null && event.at > engine.broker.heardAt) engine.broker.heardAt = event.at;
	switch (event.type) {
		case "answer":
			onAnswer(engine, event.answer);
			break;
		case "resolved":
			onResolved(engine, event.answer);
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
			break;
		case "link":
			onLink(engine, event.state, event.detail, event.at);
			break;
		case "adopted":
			onAdopted(engine, event.adoption);
			break;
		case "account-trouble":
			onTrouble(engine, event);
			break;
		case "paper":
			if (engine.broker?.twin != null) twinPaper(engine.broker.twin, event.paper, engine.terms);
	}
}

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
	for (const plan of engine.plans.filter((known) => isDone(engine, known))) dropPlan(engine, plan);
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
	if (engine.broker !== null) engine.broker.reportedBalance = report.balance;
	markToMarket(engine);
	if (!isHistory(engine)) applyBreach(engine, checkEquity(engine.limits.losses, engine.config.rules, engine.at, account.equity));
}

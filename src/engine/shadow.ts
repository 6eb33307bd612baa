import { type Engine, record } from "./engine.ts";
import { watchScore } from "./guard.ts";
import { onOrder, onTrade, scoreOf } from "./health/chs.ts";
import { TICK_QUOTE } from "./market/tick.ts";
import { pointValueOf } from "./money.ts";
import type { BrokerEvent, Deal, DealReason, OrderRequest } from "./order.ts";
import { submitToPaper, tickPaper } from "./paper/book.ts";
import { rowOf, tallyTrade } from "./tally.ts";
import { addToTrade, openTrade, reduceTrade, resultInR, type Trade } from "./trade.ts";
import type { Money } from "./units.ts";

/**
 * Shadow trades: while the breaker is open the agent goes on on paper, so that a recovery can be seen (chs.md 7). They pass the same
 * validation and the same simulator as real paper orders, feed the score, and never touch the account.
 */
export function submitShadow(engine: Engine, request: OrderRequest, riskMoney: Money, reason: string): void {
	if (request.action === "DEAL" && request.positionId !== null && isClosing(engine, request.positionId)) return;
	engine.shadowActive = true;
	record(engine, "shadow-order", { request, riskMoney, reason });
	engine.shadowPlans.push({ intentId: request.intentId, riskMoney, reason, request });
	const out: BrokerEvent[] = [];
	tickPaper(engine.shadow, engine.at, engine.bid, engine.ask, TICK_QUOTE, out);
	submitToPaper(engine.shadow, request, engine.at, out);
	absorb(engine, out);
}

/** A close is not sent twice, in the shadow neither: the second would be answered with a refusal that the score counts. */
function isClosing(engine: Engine, positionId: number): boolean {
	return engine.shadowPlans.some(({ request }) => request.action === "DEAL" && request.positionId === positionId);
}

/** Moves the shadow book by one row of the feed. */
export function tickShadow(engine: Engine, kind: number): void {
	const { scratch } = engine;
	tickPaper(engine.shadow, engine.at, engine.bid, engine.ask, kind, scratch);
	if (scratch.length > 0) absorb(engine, scratch.splice(0));
}

function absorb(engine: Engine, events: readonly BrokerEvent[]): void {
	for (const event of events) {
		if (event.type === "answer") onShadowAnswer(engine, event.answer.intentId, event.answer.outcome === "rejected", event.answer.latencyMs, event.answer.price);
		else if (event.type === "deal") onShadowDeal(engine, event.deal);
		else if (event.type === "position-closed") onShadowClosed(engine, event.positionId);
	}
	engine.shadowActive = engine.trades.some((trade) => trade.shadow) || engine.shadowPlans.length > 0;
}

/** The attempt counts for orders and latency; its size does not, because no money is behind it. */
function onShadowAnswer(engine: Engine, intentId: number, rejected: boolean, latencyMs: number, price: number): void {
	const plan = engine.shadowPlans.find((known) => known.intentId === intentId);
	if (plan === undefined) return;
	if (rejected || plan.request.action !== "DEAL" || plan.request.positionId !== null) engine.shadowPlans.splice(engine.shadowPlans.indexOf(plan), 1);
	if (plan.request.action !== "DEAL") return;
	const slippagePoints = plan.request.side === "BUY" ? price - plan.request.price : plan.request.price - price;
	const slippageR = rejected ? 0 : (slippagePoints * pointValueOf(engine.terms, price) * plan.request.lots) / plan.riskMoney;
	onOrder(engine.chs, { outcome: rejected ? "rejected" : "filled", latencyMs, slippageR, exposureR: 0 });
}

function onShadowDeal(engine: Engine, deal: Deal): void {
	const trade = engine.trades.find((open) => open.shadow && open.positionId === deal.positionId);
	if (deal.entry === "IN" && trade !== undefined) {
		addToTrade(trade, deal);
		dropPlan(engine, deal.intentId);
	} else if (deal.entry === "IN") bear(engine, deal);
	else if (trade !== undefined) closePart(engine, trade, deal);
}

/** A netting account closes and reverses with the same requests that open: the rest of such a deal is a new trade. */
function closePart(engine: Engine, trade: Trade, deal: Deal): void {
	const closing = Math.min(deal.lots, trade.lots);
	const left = Number((deal.lots - closing).toFixed(8));
	trade.exitReason = EXIT_TEXT[deal.reason] ?? deal.reason;
	reduceTrade(trade, deal, closing);
	if (deal.entry === "INOUT") {
		closeShadow(engine, trade);
		if (left > 0) bear(engine, { ...deal, lots: left, commission: 0, swap: 0, profit: 0 });
	} else dropPlan(engine, deal.intentId);
}

const EXIT_TEXT: Readonly<Partial<Record<DealReason, string>>> = { EXPERT: "closed by the agent", SL: "stop loss", TP: "take profit" };

function dropPlan(engine: Engine, intentId: number | null): void {
	const index = engine.shadowPlans.findIndex((known) => known.intentId === intentId);
	if (index >= 0) engine.shadowPlans.splice(index, 1);
}

function bear(engine: Engine, deal: Deal): void {
	const plan = engine.shadowPlans.find((known) => known.intentId === deal.intentId);
	if (plan === undefined) return;
	engine.shadowPlans.splice(engine.shadowPlans.indexOf(plan), 1);
	const trade = openTrade(deal, {
		number: engine.nextTrade++,
		shadow: true,
		openedBar: engine.bars.closedCount,
		riskMoney: plan.riskMoney,
		entryReason: plan.reason,
	});
	if (plan.request.action === "DEAL") {
		trade.sl = plan.request.sl;
		trade.tp = plan.request.tp;
	}
	engine.trades.push(trade);
}

function onShadowClosed(engine: Engine, positionId: number): void {
	const trade = engine.trades.find((open) => open.shadow && open.positionId === positionId);
	if (trade !== undefined) closeShadow(engine, trade);
}

function closeShadow(engine: Engine, trade: Trade): void {
	engine.trades.splice(engine.trades.indexOf(trade), 1);
	const { r, mfe, mae } = resultInR(trade, engine.terms);
	onTrade(engine.chs, { r, mfe, mae, shadow: true });
	const row = rowOf(trade, engine.terms, engine.at, engine.config.account.currencyDigits);
	tallyTrade(engine.tally, row);
	record(engine, "shadow-trade", { ...row, score: scoreOf(engine.chs) });
	watchScore(engine, false);
}

import { isNewDeal } from "./broker-side.ts";
import { type Engine, type Plan, record } from "./engine.ts";
import { applyBreach } from "./guard.ts";
import { onTrade, scoreOf } from "./health/chs.ts";
import { journalSnapshotOf } from "./health/snapshot.ts";
import { noteClosedTrade } from "./limits/closes.ts";
import { noteClose } from "./limits/rates.ts";
import { markToMarket } from "./mark.ts";
import { pointValueOf } from "./money.ts";
import { settleByDeals } from "./on-answer.ts";
import { type Deal, type DealReason, type OrderRequest, sideOf } from "./order.ts";
import { endWhenUsedUp, halt, isOverfilled } from "./plans.ts";
import { addTradeToEvidence } from "./stages/evidence.ts";
import { rowOf, tallyDeal, tallyTrade } from "./tally.ts";
import { addToTrade, openTrade, reduceTrade, reopenTrade, resultInR, type Trade } from "./trade.ts";
import { twinDeal } from "./twin/fold.ts";
import { type Lots, roundMoney } from "./units.ts";

/** An executed trade: the truth of what was bought and sold. Each is booked once and belongs to one intent, or to the server (control C39). */
export function onDeal(engine: Engine, deal: Deal): void {
	const plan = engine.plans.find((known) => known.intentId === deal.intentId);
	const trade = engine.trades.find((open) => open.positionId === deal.positionId && !open.shadow);
	if (engine.broker !== null && !matchDeal(engine, deal, plan, trade)) return;
	const slippagePoints = deal.side === "BUY" ? deal.price - deal.requestedPrice : deal.requestedPrice - deal.price;
	tallyDeal(engine.tally, deal, slippagePoints * pointValueOf(engine.terms, deal.price) * deal.lots);
	// Booked at once: what follows from the deal must not be judged on the balance before it. The account's report then has the last word.
	engine.account.balance = roundMoney(engine.account.balance + deal.profit + deal.swap + deal.commission, engine.config.account.currencyDigits);
	book(engine, deal, trade);
	if (plan !== undefined) noteDealOf(engine, plan, deal);
	if (engine.broker?.twin != null) twinDeal(engine.broker.twin, "real", null, deal, engine.terms);
}

function book(engine: Engine, deal: Deal, trade: Trade | undefined): void {
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

/** Matches a real broker's deal with what we sent; false when it was told before: it is not booked twice. */
function matchDeal(engine: Engine, deal: Deal, plan: Plan | undefined, trade: Trade | undefined): boolean {
	const { broker } = engine;
	if (broker === null) return true;
	if (!isNewDeal(broker, deal.ticket)) {
		halt(engine, "C39", `deal ${deal.ticket} was told twice`);
		return false;
	}
	broker.deals.total++;
	broker.ofDeals = roundMoney(broker.ofDeals + deal.profit + deal.swap + deal.commission, engine.config.account.currencyDigits);
	if (plan !== undefined) {
		broker.deals.ofIntents++;
		if (!isAskedFor(plan.request, deal))
			halt(engine, "C39", `deal ${deal.ticket} (${deal.side} on position ${deal.positionId}) is not what intent ${plan.intentId} asked for`);
	} else if (writtenOff(engine, deal) !== undefined) {
		broker.deals.ofIntents++;
		halt(engine, "C40", `intent ${deal.intentId}, which was taken for not executed, was filled after all by deal ${deal.ticket}`);
	} else if (deal.intentId === null && trade !== undefined && deal.entry !== "IN") broker.deals.ofServer++;
	else {
		broker.deals.unmatched++;
		halt(engine, "C39", `deal ${deal.ticket} of position ${deal.positionId} belongs to no order of this session`);
	}
	return true;
}

/** Whether a deal can be the doing of a request: the side and the position that it named. Changes of levels and cancels make none. */
function isAskedFor(request: OrderRequest, { side, positionId }: Deal): boolean {
	switch (request.action) {
		case "DEAL":
			return side === request.side && (request.positionId === null || request.positionId === positionId);
		case "PENDING":
			return side === sideOf(request.type);
		case "CLOSE_BY":
			return positionId === request.positionId || positionId === request.byPositionId;
		default:
			return false;
	}
}

function writtenOff(engine: Engine, deal: Deal): Plan | undefined {
	return deal.intentId === null ? undefined : engine.broker?.writtenOff.find((known) => known.intentId === deal.intentId);
}

/** Adds up what was executed of a request where that decides something: at a real broker, and while its answer is lost. */
function noteDealOf(engine: Engine, plan: Plan, deal: Deal): void {
	if (engine.broker === null && !plan.unknown) return;
	const { lots, lotsPrice } = plan.filled ?? { lots: 0, lotsPrice: 0 };
	plan.filled = { lots: Number((lots + deal.lots).toFixed(8)), lotsPrice: lotsPrice + deal.lots * deal.price, at: deal.at };
	if (isOverfilled(plan)) halt(engine, "C39", `intent ${plan.intentId} was filled with ${plan.filled.lots} lots, more than was asked for`);
	settleByDeals(engine, plan);
}

/** A trade begins with its opening deal. One without a plan of ours is foreign: it is watched, and nothing new may leave (controls C31, C39). */
function bear(engine: Engine, deal: Deal, lots: Lots): void {
	const plan = engine.plans.find((known) => known.intentId === deal.intentId) ?? writtenOff(engine, deal);
	if (plan === undefined) halt(engine, "C39", `deal ${deal.ticket} opened position ${deal.positionId} without an intent of ours`);
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
	const plan = engine.plans.find((known) => known.intentId === deal.intentId) ?? writtenOff(engine, deal);
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

/** A trade is over: its result reaches score, evidence, limits and tally, and the journal gets the row with the score it led to. */
export function closeTrade(engine: Engine, trade: Trade): void {
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

import { spreadLimitPoints } from "../limits/entry-hold.ts";
import { isDuplicate, type RateProblem, rateProblem, repeatProblem } from "../limits/rates.ts";
import { marginOf, notionalOf, profitOf } from "../money.ts";
import { type Side, sideOf } from "../order.ts";
import { mayOpen } from "../trading-state.ts";
import type { Lots, Money, Points } from "../units.ts";
import { type Case, dealingPrice, openingOf, pendingEntry, waitingOpenings } from "./context.ts";
import { above, type Finding, notA, under } from "./finding.ts";

const DUST = 1e-9;

/** An intent number is used once, ever (C13): numbers rise, so it must be above every one that left or is waiting. */
export function intentReused({ ctx, request }: Case): Finding | null {
	const last = [...ctx.inFlight, ...ctx.unknown].reduce((max, other) => Math.max(max, other.intentId), ctx.limits.rates.lastIntentId);
	return request.intentId > last ? null : under(request.intentId, last + 1, "(intent number)");
}

/** New exposure only while ACTIVE. */
export function notActive({ ctx }: Case): Finding | null {
	return mayOpen(ctx.state) ? null : notA(ctx.state, "ACTIVE");
}

/** A request of unknown outcome blocks new entries of the symbol (C37). */
export function unknownOutcome({ ctx }: Case): Finding | null {
	return ctx.unknown.length === 0 ? null : above(ctx.unknown.length, 0, "requests without a known outcome");
}

/** No new entry while one is in flight (C13). */
export function entryInFlight({ ctx }: Case): Finding | null {
	const entries = ctx.inFlight.filter((request) => openingOf(ctx, request) !== null).length;
	return entries === 0 ? null : above(entries, 0, "entries in flight");
}

/** The quote an entry is based on must be fresh (C10). */
export function quoteOld({ ctx }: Case): Finding | null {
	const age = ctx.at - ctx.quote.at;
	return age <= ctx.rules.quoteAgeMsMax ? null : above(age, ctx.rules.quoteAgeMsMax, "ms");
}

/** The spread must be sane (C10). */
export function spreadWide({ ctx }: Case): Finding | null {
	const spread = ctx.quote.ask - ctx.quote.bid;
	const limit = spreadLimitPoints(ctx.rules, ctx.terms.instrument, ctx.medianSpreadPoints);
	return spread <= limit ? null : above(spread, limit, "points");
}

/** The requested price of a deal must be near the market (C10). */
export function priceTooFar({ ctx, request }: Case): Finding | null {
	if (request.action !== "DEAL") return null;
	const market = dealingPrice(ctx.quote, request.side);
	const limit = Math.max(ctx.rules.priceDistanceSpreads * (ctx.quote.ask - ctx.quote.bid), (ctx.rules.priceDistancePct / 100) * market);
	const distance = Math.abs(request.price - market);
	return distance <= limit ? null : above(distance, limit, "points from the market");
}

/** The deviation of a market order is bounded by the spread: the present or the typical one, whichever is larger (C10). */
export function deviationTooLarge({ ctx, request }: Case): Finding | null {
	if (request.action !== "DEAL") return null;
	const limit = ctx.rules.deviationSpreads * Math.max(ctx.quote.ask - ctx.quote.bid, ctx.terms.instrument.typicalSpreadPoints);
	return request.deviationPoints <= limit ? null : above(request.deviationPoints, limit, "points");
}

/** A waiting order must not lie far from the market (C10). */
export function pendingTooFar({ ctx, request }: Case): Finding | null {
	if (request.action !== "PENDING" && request.action !== "MODIFY") return null;
	const middle = (ctx.quote.bid + ctx.quote.ask) / 2;
	const limit = (ctx.rules.pendingDistancePct / 100) * middle;
	const distance = Math.abs(request.price - middle);
	return distance <= limit ? null : above(distance, limit, "points from the market");
}

/** Every entry carries its stop (C12). */
export function stopMissing({ ctx, request }: Case): Finding | null {
	if (!ctx.rules.requireStop || (request.action !== "DEAL" && request.action !== "PENDING")) return null;
	return request.sl > 0 ? null : notA("no stop loss", "a stop loss in the request");
}

/** Money between entry and stop, and the plan that goes with it, against equity (C12). Without a stop (only where the rule allows it) the plan alone counts. */
export function riskTooHigh({ ctx, request, opening, plannedRisk }: Case): Finding | null {
	if (opening === null || (request.action !== "DEAL" && request.action !== "PENDING")) return null;
	const atStop = request.sl > 0 ? -profitOf(ctx.terms, opening.side, opening.lots, opening.price, request.sl) : 0;
	const pct = (Math.max(atStop, plannedRisk) / ctx.account.equity) * 100;
	const proven = ctx.account.equity > 0 && pct <= ctx.rules.riskPerTradePctMax + DUST;
	return proven ? null : above(pct, ctx.rules.riskPerTradePctMax, "% of equity");
}

/** A stop may only move towards less risk and is never taken away (C12). A moved waiting order may not widen its distance either. */
export function stopLoosened({ request, position, order }: Case): Finding | null {
	if (request.action === "SLTP" && position !== null && position.sl > 0) {
		const tighter = request.sl > 0 && (position.side === "BUY" ? request.sl >= position.sl : request.sl <= position.sl);
		if (tighter) return null;
		return request.sl === 0
			? notA("no stop loss", `the stop at ${position.sl} kept`)
			: notA(`stop ${request.sl}`, `${position.side === "BUY" ? "at least" : "at most"} ${position.sl}`);
	}
	if (request.action !== "MODIFY" || order === null || order.sl === 0) return null;
	if (request.sl === 0) return notA("no stop loss", `the stop at ${order.sl} kept`);
	const before = Math.abs(pendingEntry(order) - order.sl);
	const after = Math.abs(pendingEntry({ ...request, type: order.type }) - request.sl);
	return after <= before ? null : above(after, before, "points to the stop");
}

/** Value of one order against equity (C09). */
export function orderNotional({ ctx, opening }: Case): Finding | null {
	if (opening === null) return null;
	const multiple = notionalOf(ctx.terms, opening.lots, opening.price) / ctx.account.equity;
	const proven = ctx.account.equity > 0 && multiple <= ctx.rules.orderNotionalEquityMultiple + DUST;
	return proven ? null : above(multiple, ctx.rules.orderNotionalEquityMultiple, "times equity");
}

/** Value of everything open, waiting, in flight and unknown after the order (C09). */
export function openNotional({ ctx, opening }: Case): Finding | null {
	if (opening === null) return null;
	let notional: Money = notionalOf(ctx.terms, opening.lots, opening.price);
	for (const position of ctx.positions) notional += notionalOf(ctx.terms, position.lots, position.openPrice);
	for (const order of ctx.orders) notional += notionalOf(ctx.terms, order.lots, pendingEntry(order));
	for (const other of waitingOpenings(ctx)) notional += notionalOf(ctx.terms, other.lots, other.price);
	const multiple = notional / ctx.account.equity;
	const proven = ctx.account.equity > 0 && multiple <= ctx.rules.openNotionalEquityMultiple + DUST;
	return proven ? null : above(multiple, ctx.rules.openNotionalEquityMultiple, "times equity");
}

/** The same side and volume again within the window (C13). */
export function duplicate({ ctx, opening }: Case): Finding | null {
	if (opening === null || !isDuplicate(ctx.limits.rates, ctx.rules, ctx.at, opening.side, opening.lots)) return null;
	return notA(`${opening.side} ${opening.lots} lots again`, `${ctx.rules.duplicateWindowMs} ms apart`);
}

/** Worst case of one side: positions, waiting orders, in flight and unknown, and this order (C18). */
export function exposureTooHigh({ ctx, opening }: Case): Finding | null {
	if (opening === null) return null;
	const limit = ctx.rules.maxLots * ctx.rules.exposureLotsMultiple;
	const lots = exposureOf(ctx, opening.side) + opening.lots;
	return lots <= limit + DUST ? null : above(lots, limit, `lots ${opening.side}`);
}

/** Lots of one side that exist or may come to exist without a further request. */
export function exposureOf(ctx: Case["ctx"], side: Side): Lots {
	let lots: Lots = 0;
	for (const position of ctx.positions) if (position.side === side) lots += position.lots;
	for (const order of ctx.orders) if (sideOf(order.type) === side) lots += order.lots;
	for (const other of waitingOpenings(ctx)) if (other.side === side) lots += other.lots;
	return lots;
}

/** Positions with entries in flight and unknown (C19), and the broker's own limit, which on hedging accounts counts waiting orders too (10040). */
export function positionsLimit({ ctx, request, opening }: Case): Finding | null {
	if (opening === null) return null;
	const adds = ctx.account.marginMode === "hedging" || ctx.positions.length === 0 ? 1 : 0;
	const count = ctx.positions.length + waitingOpenings(ctx).length + (request.action === "DEAL" ? adds : 0);
	if (!(count <= ctx.rules.openPositionsMax)) return above(count, ctx.rules.openPositionsMax, "positions");
	const { positions } = ctx.brokerLimits;
	const atBroker = ctx.positions.length + ctx.orders.length + ctx.inFlight.length + 1;
	return positions === 0 || ctx.account.marginMode === "netting" || atBroker <= positions ? null : above(atBroker, positions, "positions and orders");
}

/** Waiting orders (C19, 10033). */
export function ordersLimit({ ctx, request }: Case): Finding | null {
	if (request.action !== "PENDING") return null;
	const waiting = [...ctx.inFlight, ...ctx.unknown].filter((other) => other.action === "PENDING").length;
	const count = ctx.orders.length + waiting + 1;
	const limit = ctx.brokerLimits.orders === 0 ? ctx.rules.pendingOrdersMax : Math.min(ctx.rules.pendingOrdersMax, ctx.brokerLimits.orders);
	return count <= limit ? null : above(count, limit, "waiting orders");
}

/** Entries of the session (C20). */
export function maxTrades({ ctx }: Case): Finding | null {
	const next = ctx.limits.rates.entriesSent + 1;
	return next <= ctx.limits.maxTrades ? null : above(next, ctx.limits.maxTrades, "entries in the session");
}

/** Message rate (C16). */
export function rate(code: RateProblem["code"]): (subject: Case) => Finding | null {
	return ({ ctx }) => asFinding(rateProblem(ctx.limits.rates, ctx.rules, ctx.at), code);
}

/** Runaway entries (C17). */
export function runaway(code: RateProblem["code"]): (subject: Case) => Finding | null {
	return ({ ctx, opening }) => (opening === null ? null : asFinding(repeatProblem(ctx.limits.rates, ctx.rules, ctx.at, opening.side), code));
}

function asFinding(problem: RateProblem | null, code: RateProblem["code"]): Finding | null {
	return problem === null || problem.code !== code ? null : above(problem.got, problem.max, "");
}

/** Free margin must cover the order as if it filled now, requests in flight included (10019). Hedging relief is not counted on: never too little. */
export function noMoney(subject: Case): Finding | null {
	const { ctx, opening } = subject;
	if (opening === null) return null;
	const needed = marginNeeded(subject);
	return needed <= ctx.account.freeMargin + DUST ? null : under(ctx.account.freeMargin, needed, `${ctx.terms.accountCurrency} free margin`);
}

/** The margin level that remains after the order (C11). */
export function marginLevelLow(subject: Case): Finding | null {
	const { ctx, opening } = subject;
	if (opening === null) return null;
	const level: Points = (ctx.account.equity / (ctx.account.margin + marginNeeded(subject))) * 100;
	return level >= ctx.rules.marginLevelPctMin - DUST ? null : under(level, ctx.rules.marginLevelPctMin, "% margin level");
}

function marginNeeded({ ctx, opening }: Case): Money {
	if (opening === null) return 0;
	return [opening, ...waitingOpenings(ctx)].reduce((sum, one) => sum + marginOf(ctx.terms, one.side, one.lots, one.price), 0);
}

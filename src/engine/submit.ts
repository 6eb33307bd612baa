import type { Intent } from "./agents/agent.ts";
import { PAPER_MAGIC } from "./agents/magic.ts";
import type { BrokerSide } from "./broker-side.ts";
import { type Engine, type Plan, record } from "./engine.ts";
import { applyBreach } from "./guard.ts";
import { onOrder } from "./health/chs.ts";
import type { Filling, Instrument } from "./instrument.ts";
import { noteDenied } from "./limits/answers.ts";
import { onSent } from "./limits/limits.ts";
import { medianSpread } from "./market/spread-window.ts";
import { notionalOf } from "./money.ts";
import { type OrderRequest, opposite, type PendingOrder, type Position, type Side } from "./order.ts";
import { submitShadow } from "./shadow.ts";
import { sizeEntry } from "./sizing.ts";
import { addOrderToEvidence } from "./stages/evidence.ts";
import { count } from "./tally.ts";
import { twinSent } from "./twin/fold.ts";
import type { Lots, Money, Points } from "./units.ts";
import { isInFlight, isPending } from "./unknown.ts";
import type { ValidationContext } from "./validation/context.ts";
import { fillingFor } from "./validation/filling.ts";
import { validate } from "./validation/validator.ts";
import type { Approved, Refused } from "./validation/verdict.ts";

type OpenIntent = Extract<Intent, { kind: "open" }>;

/** Turns the agent's wish into a sized, stopped, validated order; real, or a shadow order while the breaker is open. */
export function proposeEntry(engine: Engine, intent: OpenIntent): void {
	const { config, account } = engine;
	const { instrument } = config;
	const price = intent.side === "BUY" ? engine.ask : engine.bid;
	const towards = intent.side === "BUY" ? 1 : -1;
	const stop = intent.stopPoints === null ? null : onGrid(intent.stopPoints, instrument.tickSizePoints);
	const target = intent.targetPoints === null ? null : onGrid(intent.targetPoints, instrument.tickSizePoints);
	const riskMoney = (config.riskPct / 100) * account.equity;
	const shadow = engine.breaker.open && !config.unlimited;
	const sl = stop === null ? 0 : price - towards * stop;
	const lots = lotsOfIntent(engine, intent, contextOf(engine), price, sl);
	if (typeof lots !== "number") {
		refuse(engine, lots, shadow);
		return;
	}
	const request: OrderRequest = {
		action: "DEAL",
		...common(engine, config.agent.id),
		side: intent.side,
		lots,
		price,
		deviationPoints: Math.floor(config.rules.deviationSpreads * (engine.ask - engine.bid)),
		sl,
		tp: target === null ? 0 : price + towards * target,
		filling: dealFilling(instrument),
		positionId: null,
	};
	send(engine, request, riskMoney, intent.reason, shadow);
}

/** Closes a whole position at the market, in pieces when it is larger than one order may be; nothing when a close is on its way or its outcome is unknown. */
export function closePosition(engine: Engine, position: Position, reason: string): void {
	const onItsWay = engine.plans.some((plan) => isPending(plan) && plan.request.action === "DEAL" && plan.request.positionId === position.id);
	if (onItsWay) return;
	const trade = engine.trades.find((open) => open.positionId === position.id && !open.shadow);
	const request = closeRequest(engine, position.id, position.side, Math.min(position.lots, engine.config.instrument.volumeMax));
	send(engine, request, trade?.riskMoney ?? (engine.config.riskPct / 100) * engine.account.equity, reason, false);
}

/** Cancels a waiting order; nothing when its cancel is on its way. */
export function removeOrder(engine: Engine, order: PendingOrder, reason: string): void {
	const onItsWay = engine.plans.some((plan) => !plan.answered && plan.request.action === "REMOVE" && plan.request.ticket === order.ticket);
	if (onItsWay) return;
	send(engine, { action: "REMOVE", ...common(engine, "cancel"), ticket: order.ticket }, 0, reason, false);
}

/** The agent closes one of its trades, real or shadow. A position it does not have is a note in the journal, not a fault: it may just have closed. */
export function closeTradeByAgent(engine: Engine, intent: Extract<Intent, { kind: "close" }>): void {
	const trade = engine.trades.find((open) => open.positionId === intent.positionId);
	const position = engine.positions.find((open) => open.id === intent.positionId);
	if (trade === undefined) record(engine, "nothing-to-close", { positionId: intent.positionId });
	else if (trade.shadow) submitShadow(engine, closeRequest(engine, trade.positionId, trade.side, trade.lots), trade.riskMoney, intent.reason);
	else if (position !== undefined) closePosition(engine, position, intent.reason);
}

/** The agent moves the levels of one of its trades; the validator lets stops move only towards less risk (control C12). */
export function modifyByAgent(engine: Engine, intent: Extract<Intent, { kind: "modify" }>): void {
	const trade = engine.trades.find((open) => open.positionId === intent.positionId);
	if (trade === undefined) {
		record(engine, "nothing-to-modify", { positionId: intent.positionId });
		return;
	}
	const request: OrderRequest = { action: "SLTP", ...common(engine, engine.config.agent.id), positionId: trade.positionId, sl: intent.sl, tp: intent.tp };
	if (trade.shadow) submitShadow(engine, request, trade.riskMoney, intent.reason);
	else send(engine, request, trade.riskMoney, intent.reason, false);
}

/** Validates, journals and queues a request; a refusal is journalled with its code and counted. */
function send(engine: Engine, request: OrderRequest, riskMoney: Money, reason: string, shadow: boolean): void {
	const opens = request.action === "DEAL" && request.positionId === null;
	const context = contextOf(engine);
	// A shadow order is judged as if the breaker were closed: it is the breaker that sent it into the shadow.
	const verdict = validate(shadow ? { ...context, state: "ACTIVE" } : context, { request, plannedRisk: opens ? riskMoney : 0 });
	if (verdict.verdict === "refused") {
		refuse(engine, verdict, shadow);
		return;
	}
	if (shadow) submitShadow(engine, verdict.request, riskMoney, reason);
	else approve(engine, verdict, riskMoney, reason);
}

function approve(engine: Engine, approved: Approved, riskMoney: Money, reason: string): void {
	const { request, purpose, changes } = approved;
	const entry = purpose === "open";
	engine.tally.approved++;
	if (changes.length > 0) engine.tally.adjusted++;
	if (entry) {
		engine.tally.entriesSent++;
		addOrderToEvidence(engine.evidence, false);
	}
	record(engine, "order", { request, purpose, riskMoney, reason, changes, bid: engine.bid, ask: engine.ask });
	const plan: Plan = { intentId: request.intentId, riskMoney, reason, entry, request, sentAt: engine.at, answered: false, unknown: false };
	engine.plans.push(plan);
	if (engine.broker !== null) noteSentToBroker(engine.broker, plan);
	engine.out.submits.push(approved);
	const { rules } = engine.config;
	const sent =
		entry && request.action === "DEAL"
			? ({ purpose: "open", intentId: request.intentId, side: request.side, lots: request.lots } as const)
			: ({ purpose: purpose === "open" ? "modify" : purpose, intentId: request.intentId } as const);
	applyBreach(engine, onSent(engine.limits, rules, engine.at, sent));
}

function noteSentToBroker(broker: BrokerSide, { request, riskMoney }: Plan): void {
	if (request.action !== "DEAL") return;
	broker.intents.sent++;
	if (broker.twin !== null) twinSent(broker.twin, request, riskMoney);
}

function refuse(engine: Engine, refused: Refusal, shadow: boolean): void {
	record(engine, "refused", { ...refused, shadow });
	if (refused.isRejection) onOrder(engine.chs, { outcome: "invalid", latencyMs: 0, slippageR: 0, exposureR: 0 });
	if (shadow) return;
	if (refused.isRejection) addOrderToEvidence(engine.evidence, true);
	engine.tally.refused++;
	count(engine.tally.refusedByCode, refused.code);
	applyBreach(engine, noteDenied(engine.limits.answers, engine.config.rules, engine.at, refused));
}

type Refusal = Pick<Refused, "control" | "message" | "isRejection" | "actual" | "limit"> & { readonly code: string };

/** The volume an agent wants outright, or the one its share of the planned risk allows at this stop. */
function lotsOfIntent(engine: Engine, intent: OpenIntent, context: ValidationContext, price: Points, stopPrice: Points): Lots | Refusal {
	if (intent.size.kind === "lots") return intent.size.lots;
	const riskPct = engine.config.riskPct * intent.size.share;
	const sizing = sizeEntry(context, { side: intent.side, entryPrice: price, stopPrice, riskPct, commissionPerLot: roundTripCommission(engine, price) });
	return sizing.kind === "sized" ? sizing.lots : sizing;
}

/** Commission of opening and closing one lot, account currency (rulebook A2.6). */
function roundTripCommission(engine: Engine, price: Points): Money {
	const { kind, rate, minimum, side } = engine.config.instrument.commission;
	if (kind === "none" || !engine.config.simulator.chargeCommission) return 0;
	const base = kind === "perLot" ? 1 : notionalOf(engine.terms, 1, price) / (kind === "perMillion" ? 1_000_000 : 100);
	return Math.max(minimum, base * rate) * (side === "both" ? 2 : 1);
}

function closeRequest(engine: Engine, positionId: number, side: Side, lots: Lots): OrderRequest {
	const closing = opposite(side);
	return {
		action: "DEAL",
		...common(engine, "close"),
		side: closing,
		lots,
		price: closing === "BUY" ? engine.ask : engine.bid,
		deviationPoints: Math.floor(engine.config.rules.deviationSpreads * (engine.ask - engine.bid)),
		sl: 0,
		tp: 0,
		filling: dealFilling(engine.config.instrument),
		positionId,
	};
}

function common(engine: Engine, comment: string): { intentId: number; symbol: string; magic: number; comment: string } {
	const magic = engine.broker?.magic ?? PAPER_MAGIC;
	return { intentId: engine.nextIntent++, symbol: engine.config.instrument.symbol, magic, comment: `kinetra ${comment}` };
}

/** The policy the symbol takes (rulebook A.2); one that takes none gets FOK, which the validator then refuses by name. */
function dealFilling(instrument: Instrument): Filling {
	return fillingFor(instrument, false) ?? "FOK";
}

/** A distance on the symbol's tick grid, rounded up: a stop is never nearer than asked for. */
function onGrid(points: Points, tickSize: Points): Points {
	return Math.ceil(points / tickSize) * tickSize;
}

function contextOf(engine: Engine): ValidationContext {
	const { account, config } = engine;
	return {
		at: engine.at,
		terms: engine.terms,
		account: { equity: account.equity, margin: account.margin, freeMargin: account.equity - account.margin, marginMode: config.account.marginMode },
		quote: { bid: engine.bid, ask: engine.ask, at: engine.quoteAt },
		medianSpreadPoints: medianSpread(engine.spreads, engine.at),
		state: engine.trading.state,
		positions: engine.positions,
		orders: engine.orders,
		inFlight: engine.plans.filter(isInFlight).map((plan) => plan.request),
		unknown: engine.plans.filter((plan) => plan.unknown).map((plan) => plan.request),
		rules: config.rules,
		limits: engine.limits,
		brokerLimits: { orders: config.simulator.limitOrders, positions: config.simulator.limitPositions },
	};
}

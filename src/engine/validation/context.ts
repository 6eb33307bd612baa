import type { Limits } from "../limits/limits.ts";
import type { MoneyTerms } from "../money.ts";
import { type OrderRequest, opposite, type PendingOrder, type Position, type Side, sideOf } from "../order.ts";
import type { Rules } from "../rules.ts";
import type { TradingState } from "../trading-state.ts";
import type { BrokerMs, Lots, Money, Points } from "../units.ts";
import type { Purpose } from "./verdict.ts";

/** Everything the validator may look at: the engine's own view at this moment. Read only; built at a decision, not on every tick. */
export type ValidationContext = {
	readonly at: BrokerMs;
	readonly terms: MoneyTerms;
	readonly account: { readonly equity: Money; readonly margin: Money; readonly freeMargin: Money; readonly marginMode: "netting" | "hedging" };
	readonly quote: { readonly bid: Points; readonly ask: Points; readonly at: BrokerMs };
	/** Median spread of the last five minutes, points; null when there is too little of it. */
	readonly medianSpreadPoints: Points | null;
	readonly state: TradingState;
	readonly positions: readonly Position[];
	readonly orders: readonly PendingOrder[];
	/** Requests that left and are not answered yet. */
	readonly inFlight: readonly OrderRequest[];
	/** Requests whose outcome is unknown: they count as filled in every limit (5.1 P8). */
	readonly unknown: readonly OrderRequest[];
	readonly rules: Rules;
	readonly limits: Limits;
	/** The broker's own count limits, 0 = none (retcodes 10033, 10040). */
	readonly brokerLimits: { readonly orders: number; readonly positions: number };
};

/** A volume on one side at a price: what a request would add to exposure. */
export type Opening = { readonly side: Side; readonly lots: Lots; readonly price: Points };

/** A well-formed request with what it refers to, as the checks see it. */
export type Case = {
	readonly ctx: ValidationContext;
	readonly request: OrderRequest;
	readonly plannedRisk: Money;
	readonly purpose: Purpose;
	/** What it opens; null for anything but `open`. */
	readonly opening: Opening | null;
	/** The position it closes or changes, when it is known. */
	readonly position: Position | null;
	/** The pending order it changes or removes, when it is known. */
	readonly order: PendingOrder | null;
};

/** Looks up what a well-formed request refers to and what it would do. */
export function caseOf(ctx: ValidationContext, request: OrderRequest, plannedRisk: Money): Case {
	const opening = openingOf(ctx, request);
	return { ctx, request, plannedRisk, purpose: purposeOf(request, opening), opening, position: positionOf(ctx, request), order: orderOf(ctx, request) };
}

/** The price a market deal of this side gets: ask for buys, bid for sells (rulebook A.7). */
export function dealingPrice(quote: { readonly bid: Points; readonly ask: Points }, side: Side): Points {
	return side === "BUY" ? quote.ask : quote.bid;
}

/** The price at which a position of this side would be closed. */
export function closingPrice(quote: { readonly bid: Points; readonly ask: Points }, side: Side): Points {
	return dealingPrice(quote, opposite(side));
}

/** The price a pending order would open at: its limit price for the stop-limit types, else its own. */
export function pendingEntry(order: { readonly type: PendingOrder["type"]; readonly price: Points; readonly stopLimit: Points }): Points {
	return order.type === "BUY_STOP_LIMIT" || order.type === "SELL_STOP_LIMIT" ? order.stopLimit : order.price;
}

/**
 * What a request would add: all of a pending order; all of a deal, except that on a netting account a deal against the position first
 * closes it (rulebook A.10) and only the excess opens. Null when nothing is opened.
 */
export function openingOf(ctx: ValidationContext, request: OrderRequest): Opening | null {
	if (request.action === "PENDING") return { side: sideOf(request.type), lots: request.lots, price: pendingEntry(request) };
	if (request.action !== "DEAL" || request.positionId !== null) return null;
	const price = dealingPrice(ctx.quote, request.side);
	const against = nettingAgainst(ctx, request);
	if (against === null) return { side: request.side, lots: request.lots, price };
	const excess = request.lots - against.lots;
	return excess > 1e-9 ? { side: request.side, lots: excess, price } : null;
}

/** Lots that requests in flight and unknown would open on a side. */
export function waitingOpenings(ctx: ValidationContext): Opening[] {
	return [...ctx.inFlight, ...ctx.unknown].map((request) => openingOf(ctx, request)).filter((opening) => opening !== null);
}

function nettingAgainst(ctx: ValidationContext, request: OrderRequest): Position | null {
	if (request.action !== "DEAL" || ctx.account.marginMode !== "netting") return null;
	return ctx.positions.find((position) => position.symbol === request.symbol && position.side !== request.side) ?? null;
}

function purposeOf(request: OrderRequest, opening: Opening | null): Purpose {
	switch (request.action) {
		case "PENDING":
			return "open";
		case "DEAL":
			return opening === null ? "close" : "open";
		case "SLTP":
		case "MODIFY":
			return "modify";
		case "REMOVE":
			return "cancel";
		case "CLOSE_BY":
			return "close";
	}
}

function positionOf(ctx: ValidationContext, request: OrderRequest): Position | null {
	if (request.action === "SLTP" || request.action === "CLOSE_BY") return byId(ctx, request.positionId);
	if (request.action !== "DEAL") return null;
	return request.positionId === null ? nettingAgainst(ctx, request) : byId(ctx, request.positionId);
}

function byId(ctx: ValidationContext, id: number): Position | null {
	return ctx.positions.find((position) => position.id === id) ?? null;
}

function orderOf(ctx: ValidationContext, request: OrderRequest): PendingOrder | null {
	if (request.action !== "MODIFY" && request.action !== "REMOVE") return null;
	return ctx.orders.find((order) => order.ticket === request.ticket) ?? null;
}

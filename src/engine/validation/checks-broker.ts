import type { OrderFamily } from "../instrument.ts";
import { dayStartOf, isSessionOpen } from "../instruments/sessions.ts";
import { type OrderRequest, opposite, type PendingType, sideOf } from "../order.ts";
import { isOnStep, type Lots } from "../units.ts";
import { type Case, openingOf } from "./context.ts";
import { dealFillings, pendingFillings } from "./filling.ts";
import { above, type Finding, notA, under } from "./finding.ts";

const DAY_MS = 86_400_000;
const DUST = 1e-9;

/** Whether the position or order that a request refers to exists (10036, 10013); hedging closes must be of the other side. */
export function unknownTarget({ request, position, order }: Case): Finding | null {
	switch (request.action) {
		case "DEAL":
			return request.positionId === null || position !== null ? null : notA(request.positionId, "an open position");
		case "SLTP":
		case "CLOSE_BY":
			return position === null ? notA(request.positionId, "an open position") : null;
		case "MODIFY":
		case "REMOVE":
			return order === null ? notA(request.ticket, "a waiting order") : null;
		case "PENDING":
			return null;
	}
}

/** A close must be of the other side, a close-by of an opposite position on a hedging account (rulebook A.8, A.10). */
export function wrongCounterpart({ ctx, request, position }: Case): Finding | null {
	if (position === null) return null;
	if (request.action === "DEAL" && request.positionId !== null && request.side !== opposite(position.side)) return notA(request.side, opposite(position.side));
	if (request.action !== "CLOSE_BY") return null;
	const other = ctx.positions.find((candidate) => candidate.id === request.byPositionId);
	if (ctx.account.marginMode !== "hedging") return notA("close-by", "a hedging account");
	return other !== undefined && other.symbol === position.symbol && other.side !== position.side
		? null
		: notA(request.byPositionId, "an opposite position of the symbol");
}

/** The order family must be accepted by the symbol, and SL and TP where the request carries them (10035). */
export function forbiddenFamily({ ctx, request, purpose }: Case): Finding | null {
	const accepted = ctx.terms.instrument.orderFamilies;
	const missing = familiesOf(request, purpose === "close").find((family) => !accepted.includes(family));
	return missing === undefined ? null : notA(missing, accepted.join("|"));
}

function familiesOf(request: OrderRequest, closing: boolean): OrderFamily[] {
	if (request.action === "CLOSE_BY") return ["CLOSEBY"];
	if (request.action === "REMOVE" || closing) return [];
	const levels: OrderFamily[] = [...(request.sl !== 0 ? (["SL"] as const) : []), ...(request.tp !== 0 ? (["TP"] as const) : [])];
	if (request.action === "DEAL") return ["MARKET", ...levels];
	return request.action === "PENDING" ? [familyOf(request.type), ...levels] : levels;
}

function familyOf(type: PendingType): OrderFamily {
	if (type.endsWith("STOP_LIMIT")) return "STOP_LIMIT";
	return type.endsWith("LIMIT") ? "LIMIT" : "STOP";
}

/** Some servers do not take SL and TP in the opening request of Market and Exchange execution (rulebook A.3). */
export function levelsInRequest({ ctx, request, purpose }: Case): Finding | null {
	const { stopsInRequest, executionMode } = ctx.terms.instrument;
	if (purpose !== "open" || request.action !== "DEAL" || stopsInRequest || executionMode === "INSTANT" || executionMode === "REQUEST") return null;
	return request.sl === 0 && request.tp === 0 ? null : notA("SL or TP in the request", "none");
}

/** Trading of the symbol is off altogether (10017). */
export function symbolDisabled({ ctx }: Case): Finding | null {
	return ctx.terms.instrument.tradeMode === "DISABLED" ? notA("DISABLED", "a symbol that trades") : null;
}

/** The symbol only lets positions be closed (10044). */
export function closeOnly({ ctx, opening }: Case): Finding | null {
	return opening !== null && ctx.terms.instrument.tradeMode === "CLOSEONLY" ? notA("an opening order", "closing only") : null;
}

/** Sells that open on a long-only symbol (10042). */
export function longOnly({ ctx, opening }: Case): Finding | null {
	return opening?.side === "SELL" && ctx.terms.instrument.tradeMode === "LONGONLY" ? notA("SELL", "BUY") : null;
}

/** Buys that open on a short-only symbol (10043). */
export function shortOnly({ ctx, opening }: Case): Finding | null {
	return opening?.side === "BUY" && ctx.terms.instrument.tradeMode === "SHORTONLY" ? notA("BUY", "SELL") : null;
}

/** Outside the trading session (10018). */
export function marketClosed({ ctx }: Case): Finding | null {
	return isSessionOpen(ctx.terms.instrument, ctx.at) ? null : notA("closed", "open");
}

/** No usable quote (10021). */
export function noQuote({ ctx }: Case): Finding | null {
	const { bid, ask } = ctx.quote;
	return bid > 0 && ask >= bid && Number.isFinite(ask) ? null : notA(`bid ${bid} ask ${ask}`, "a quote");
}

/** The volume of a deal or waiting order; the whole rest of a position may be smaller than the minimum. */
export function volumeBelowMin({ ctx, request, position, purpose }: Case): Finding | null {
	if (request.action !== "DEAL" && request.action !== "PENDING") return null;
	if (purpose === "close" && position !== null && Math.abs(request.lots - position.lots) < DUST) return null;
	const { volumeMin } = ctx.terms.instrument;
	return request.lots >= volumeMin ? null : under(request.lots, volumeMin, "lots");
}

/** The broker's maximum, and for entries our own (C08). */
export function volumeAboveMax({ ctx, request, purpose }: Case): Finding | null {
	if (request.action !== "DEAL" && request.action !== "PENDING") return null;
	const { volumeMax } = ctx.terms.instrument;
	const max = purpose === "open" ? Math.min(volumeMax, ctx.rules.maxLots) : volumeMax;
	return request.lots <= max ? null : above(request.lots, max, "lots");
}

/** Whole steps only (10014). */
export function volumeOffStep({ ctx, request }: Case): Finding | null {
	if (request.action !== "DEAL" && request.action !== "PENDING") return null;
	const { volumeStep } = ctx.terms.instrument;
	return isOnStep(request.lots, volumeStep) ? null : notA(request.lots, `a multiple of ${volumeStep} lots`);
}

/** More than the position has (10038), closes already on their way included on the same position (10039 would be the answer). */
export function closeTooLarge({ ctx, request, position, purpose }: Case): Finding | null {
	if (request.action !== "DEAL" || purpose !== "close" || position === null) return null;
	let rest = position.lots;
	for (const other of [...ctx.inFlight, ...ctx.unknown]) {
		const same =
			other.action === "DEAL" &&
			(other.positionId === position.id || (other.positionId === null && ctx.account.marginMode === "netting" && other.side !== position.side));
		if (same) rest -= other.lots;
	}
	return request.lots <= rest + DUST ? null : above(request.lots, Math.max(0, rest), "lots left to close");
}

/** Open volume plus waiting orders in the same direction (10034, rulebook A.9). */
export function volumeLimit({ ctx, opening }: Case): Finding | null {
	const limit = ctx.terms.instrument.volumeLimit;
	if (opening === null || limit === 0) return null;
	let sum: Lots = opening.lots;
	for (const position of ctx.positions) if (position.side === opening.side) sum += position.lots;
	for (const order of ctx.orders) if (sideOf(order.type) === opening.side) sum += order.lots;
	for (const request of [...ctx.inFlight, ...ctx.unknown]) {
		const other = openingOf(ctx, request);
		if (other?.side === opening.side) sum += other.lots;
	}
	return sum <= limit + DUST ? null : above(sum, limit, "lots in one direction");
}

/** The policy must be one the execution mode and the symbol's flags allow (10030). */
export function forbiddenFilling({ ctx, request }: Case): Finding | null {
	if (request.action !== "DEAL" && request.action !== "PENDING") return null;
	const { instrument } = ctx.terms;
	const allowed = request.action === "DEAL" ? dealFillings(instrument) : pendingFillings(instrument, request.type);
	return allowed.includes(request.filling) ? null : notA(request.filling, allowed.join("|") || "a symbol with a usable policy");
}

/** How long a waiting order lives: a kind the symbol takes, ending in the future (10022). */
export function badExpiration({ ctx, request }: Case): Finding | null {
	if (request.action !== "PENDING" && request.action !== "MODIFY") return null;
	const { timesInForce } = ctx.terms.instrument;
	if (!timesInForce.includes(request.timeInForce)) return notA(request.timeInForce, timesInForce.join("|"));
	const end = request.timeInForce === "SPECIFIED_DAY" ? dayStartOf(request.expiresAt) + DAY_MS : request.expiresAt;
	if (request.timeInForce === "GTC" || request.timeInForce === "DAY" || end > ctx.at) return null;
	return under(request.expiresAt, ctx.at, "ms, a time in the future");
}

/** Opposite positions are forbidden (10046, hedging accounts only). */
export function hedgeForbidden({ ctx, opening }: Case): Finding | null {
	if (opening === null || ctx.account.marginMode !== "hedging" || !ctx.terms.instrument.hedgeProhibited) return null;
	return ctx.positions.some((position) => position.side !== opening.side) ? notA(opening.side, "the side already open") : null;
}

/** The oldest position must be closed first (10045). */
export function fifoBroken({ ctx, request, position }: Case): Finding | null {
	if (position === null || request.action !== "DEAL" || ctx.account.marginMode !== "hedging" || !ctx.terms.instrument.fifoClose) return null;
	const older = ctx.positions.find((other) => other.openedAt < position.openedAt || (other.openedAt === position.openedAt && other.id < position.id));
	return older === undefined ? null : notA(position.id, `position ${older.id}, which is older`);
}

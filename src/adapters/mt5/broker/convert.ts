import type { TimeInForce } from "../../../engine/instrument.ts";
import type { DealEntry, DealReason, OrderType, PendingOrder, PendingType, Position, Side } from "../../../engine/order.ts";
import type { Points } from "../../../engine/units.ts";
import type { DealBody, Digits, OrderBody, PositionBody } from "../wire/messages.ts";

/** How the broker's symbol becomes the engine's: its name here, and its decimals. */
export type Grid = { readonly symbol: string; readonly digits: number };

/** MT5 ORDER_TYPE 0 to 7 by number (rulebook A.1). */
const ORDER_TYPES: readonly OrderType[] = ["BUY", "SELL", "BUY_LIMIT", "SELL_LIMIT", "BUY_STOP", "SELL_STOP", "BUY_STOP_LIMIT", "SELL_STOP_LIMIT"];
/** MT5 ORDER_TYPE_TIME by number. */
const TIMES: readonly TimeInForce[] = ["GTC", "DAY", "SPECIFIED", "SPECIFIED_DAY"];
/** MT5 DEAL_ENTRY by number. */
const ENTRIES: readonly DealEntry[] = ["IN", "OUT", "INOUT", "OUT_BY"];
/** MT5 DEAL_REASON of deals that the server made by itself; all others were asked for by somebody. */
const SERVER_REASONS: Readonly<Record<number, DealReason>> = { 4: "SL", 5: "TP", 6: "SO", 7: "ROLLOVER" };
/** Farther from a whole count of points than this, a price is a mean of several and stays broken. */
const WHOLE_WITHIN = 1e-4;

/** A price in points: whole, unless it is a mean of several deals. */
export function pointsOf(price: number, digits: number): Points {
	const points = price * 10 ** digits;
	const whole = Math.round(points);
	return Math.abs(points - whole) < WHOLE_WITHIN ? whole : Number(points.toFixed(6));
}

/** A ticket as the engine counts it; null for one beyond 2^53, which a number cannot hold. */
export function ticketOf(digits: Digits): number | null {
	const number = Number(digits);
	return Number.isSafeInteger(number) ? number : null;
}

/** Which way a deal or position goes; null for entries of the account's history that are no trades (balance, credit, ...). */
export function sideOfType(type: number): Side | null {
	return type === 0 ? "BUY" : type === 1 ? "SELL" : null;
}

/** The type of a waiting order; null for market orders, which the terminal shows while they execute. */
export function pendingTypeOf(type: number): PendingType | null {
	const name = ORDER_TYPES[type];
	return name === undefined || name === "BUY" || name === "SELL" ? null : name;
}

/** What a deal did to its position; null for a number that MT5 does not publish. */
export function entryOf(deal: DealBody): DealEntry | null {
	return ENTRIES[deal.entry] ?? null;
}

/** Why the server made a deal by itself, or null when somebody asked for it. */
export function serverReasonOf(deal: DealBody): DealReason | null {
	return SERVER_REASONS[deal.reason] ?? null;
}

/** A position in engine units; null when it cannot be told in them (a ticket beyond 2^53, a type that does not exist). */
export function positionFrom(body: PositionBody, grid: Grid, intentId: number | null): Position | null {
	const [id, ticket, side] = [ticketOf(body.identifier), ticketOf(body.ticket), sideOfType(body.type)];
	if (id === null || ticket === null || side === null) return null;
	return {
		id,
		ticket,
		intentId,
		symbol: grid.symbol,
		side,
		lots: body.volume,
		openPrice: pointsOf(body.price_open, grid.digits),
		openedAt: body.time_msc,
		sl: pointsOf(body.sl, grid.digits),
		tp: pointsOf(body.tp, grid.digits),
		swap: body.swap,
		magic: Number(body.magic),
		comment: body.comment,
	};
}

/** A waiting order in engine units; null for market orders and for what cannot be told in them. */
export function orderFrom(body: OrderBody, grid: Grid, intentId: number | null): PendingOrder | null {
	const [ticket, type, timeInForce] = [ticketOf(body.ticket), pendingTypeOf(body.type), TIMES[body.type_time]];
	if (ticket === null || type === null || timeInForce === undefined) return null;
	return {
		ticket,
		intentId,
		symbol: grid.symbol,
		type,
		lots: body.volume_current,
		price: pointsOf(body.price_open, grid.digits),
		stopLimit: pointsOf(body.price_stoplimit, grid.digits),
		sl: pointsOf(body.sl, grid.digits),
		tp: pointsOf(body.tp, grid.digits),
		timeInForce,
		expiresAt: body.time_expiration * 1000,
		placedAt: body.time_setup_msc,
		magic: Number(body.magic),
		comment: body.comment,
	};
}

/** Volumes on the grid of lots: sums of deals without the dust of binary fractions. */
export function onLotGrid(lots: number): number {
	return Number(lots.toFixed(8)) || 0;
}

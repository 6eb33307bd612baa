import type { Filling, Instrument, OrderFamily, TimeInForce } from "../instrument.ts";
import { dayStartOf, isSessionOpen } from "../instruments/sessions.ts";
import { marginOf } from "../money.ts";
import { type DealRequest, type ModifyRequest, type OrderRequest, opposite, type PendingRequest, type PendingType, type Side, sideOf } from "../order.ts";
import { RETCODE } from "../retcodes.ts";
import { type BrokerMs, isOnStep, type Lots } from "../units.ts";
import { commissionOf } from "./fill.ts";
import { canAfford, paperAccount } from "./margin.ts";
import { areLevelsValid, isOnTick, isPendingPriceValid, isPositionFrozen } from "./price-rules.ts";
import { closePrice, dealPrice, LAST_TIME, NEVER, type PaperBook, type PaperPosition } from "./state.ts";

/** Passed: no return code stands against the request. */
export const OK = 0;

/** Checks 1 to 4 of rulebook A.4, common to all requests: the symbol, trading allowed, session open, quotes present. */
export function checkMarket(book: PaperBook, request: OrderRequest): number {
	const { instrument } = book.terms;
	if (request.symbol !== instrument.symbol) return RETCODE.INVALID;
	if (instrument.tradeMode === "DISABLED") return RETCODE.TRADE_DISABLED;
	if (!isSessionOpen(instrument, book.at)) return RETCODE.MARKET_CLOSED;
	return book.bid > 0 ? OK : RETCODE.PRICE_OFF;
}

/** Checks of a deal that opens (or, on netting, adds, nets or reverses), in the order of rulebook A.4 from 2 to 13. */
export function checkOpening(book: PaperBook, request: DealRequest): number {
	const { instrument } = book.terms;
	const { side, lots, sl, tp } = request;
	if (!isSide(side) || !areNumbers(lots, sl, tp)) return RETCODE.INVALID;
	if (!hasFamily(instrument, "MARKET") || (sl !== 0 && !hasFamily(instrument, "SL")) || (tp !== 0 && !hasFamily(instrument, "TP")))
		return RETCODE.INVALID_ORDER;
	const netted = book.marginMode === "netting" ? book.positions[0] : undefined;
	const closeLots = netted !== undefined && netted.side !== side ? Math.min(lots, netted.lots) : 0;
	const openLots = lots - closeLots;
	const refused = openLots > 0 ? tradeModeRefusal(instrument, side) : OK;
	if (refused !== OK) return refused;
	if (!isVolumeValid(instrument, lots)) return RETCODE.INVALID_VOLUME;
	if (exceedsVolumeLimit(book, side, openLots)) return RETCODE.LIMIT_VOLUME;
	if (exceedsPositionLimit(book)) return RETCODE.LIMIT_POSITIONS;
	if (!isDealFillingValid(instrument, request.filling)) return RETCODE.INVALID_FILL;
	if (isPriceNeeded(instrument) && !(isOnTick(instrument, request.price) && request.deviationPoints >= 0)) return RETCODE.INVALID_PRICE;
	if (openLots > 0 && !isOpeningLevelsValid(book, request)) return RETCODE.INVALID_STOPS;
	if (netted !== undefined && closeLots > 0 && isPositionFrozen(instrument, netted.side, closePrice(book, netted.side), netted.sl, netted.tp))
		return RETCODE.FROZEN;
	if (isHedgeForbidden(book, side)) return RETCODE.HEDGE_PROHIBITED;
	if (openLots > 0 && !canAffordDeal(book, side, openLots, closeLots)) return RETCODE.NO_MONEY;
	return OK;
}

/** Checks of a deal that closes `position`. Levels in the request are ignored, the trade mode allows it always (rulebook A.5, A.8). */
export function checkClosing(book: PaperBook, request: DealRequest, position: PaperPosition): number {
	const { instrument } = book.terms;
	if (!isSide(request.side) || !areNumbers(request.lots) || request.side !== opposite(position.side)) return RETCODE.INVALID;
	if (!(request.lots > 0)) return RETCODE.INVALID_VOLUME;
	if (request.lots > position.lots) return RETCODE.INVALID_CLOSE_VOLUME;
	if (request.lots > instrument.volumeMax || !isOnStep(request.lots, instrument.volumeStep)) return RETCODE.INVALID_VOLUME;
	if (request.lots < instrument.volumeMin && request.lots !== position.lots) return RETCODE.INVALID_VOLUME;
	if (!isDealFillingValid(instrument, request.filling)) return RETCODE.INVALID_FILL;
	if (isPriceNeeded(instrument) && !(isOnTick(instrument, request.price) && request.deviationPoints >= 0)) return RETCODE.INVALID_PRICE;
	if (isPositionFrozen(instrument, position.side, closePrice(book, position.side), position.sl, position.tp)) return RETCODE.FROZEN;
	return isBehindInFifo(book, position) ? RETCODE.FIFO_CLOSE : OK;
}

/** Checks of a waiting order at placing, in the order of rulebook A.4. */
export function checkPending(book: PaperBook, request: PendingRequest): number {
	const { instrument } = book.terms;
	const { type, lots, price, stopLimit, sl, tp } = request;
	const family = familyOf(type);
	if (family === null || !areNumbers(lots, price, stopLimit, sl, tp)) return RETCODE.INVALID;
	if (!hasFamily(instrument, family) || (sl !== 0 && !hasFamily(instrument, "SL")) || (tp !== 0 && !hasFamily(instrument, "TP"))) return RETCODE.INVALID_ORDER;
	const refused = tradeModeRefusal(instrument, sideOf(type));
	if (refused !== OK) return refused;
	if (!isVolumeValid(instrument, lots)) return RETCODE.INVALID_VOLUME;
	if (exceedsVolumeLimit(book, sideOf(type), lots)) return RETCODE.LIMIT_VOLUME;
	if (book.settings.limitOrders > 0 && book.orders.length >= book.settings.limitOrders) return RETCODE.LIMIT_ORDERS;
	if (exceedsPositionLimit(book)) return RETCODE.LIMIT_POSITIONS;
	if (!isPendingFillingValid(instrument, type, request.filling)) return RETCODE.INVALID_FILL;
	if (endOf(instrument, request, book.at) === null) return RETCODE.INVALID_EXPIRATION;
	const waiting = checkPendingLevels(book, type, request);
	if (waiting !== OK) return waiting;
	const reserved = pendingMargin(book, sideOf(type), lots, price);
	return reserved > 0 && !(paperAccount(book).freeMargin >= reserved) ? RETCODE.NO_MONEY : OK;
}

/** Price and levels of a waiting order (A.4 checks 8 and 9); levels count from its own price, of stop-limits from the limit price. */
export function checkPendingLevels(book: PaperBook, type: PendingType, request: PendingRequest | ModifyRequest): number {
	const { instrument } = book.terms;
	const { price, stopLimit, sl, tp } = request;
	if (!isPendingPriceValid(instrument, type, price, stopLimit, book.bid, book.ask)) return RETCODE.INVALID_PRICE;
	const opensAt = familyOf(type) === "STOP_LIMIT" ? stopLimit : price;
	return areLevelsValid(instrument, sideOf(type), opensAt, sl, tp) ? OK : RETCODE.INVALID_STOPS;
}

/**
 * When a waiting order lapses (rulebook A.1, A.8): never (GTC), at the day's end (DAY), at its time (SPECIFIED), at the end of that day
 * (SPECIFIED_DAY). Null when the symbol does not take that kind or the end is not after `at` (retcode 10022).
 */
export function endOf(instrument: Instrument, request: { readonly timeInForce: TimeInForce; readonly expiresAt: BrokerMs }, at: BrokerMs): BrokerMs | null {
	if (!instrument.timesInForce.includes(request.timeInForce)) return null;
	switch (request.timeInForce) {
		case "GTC":
			return NEVER;
		case "DAY":
			return dayStartOf(at + 86_400_000);
		case "SPECIFIED":
			return request.expiresAt > at && request.expiresAt <= LAST_TIME ? request.expiresAt : null;
		case "SPECIFIED_DAY":
			return request.expiresAt <= LAST_TIME && dayStartOf(request.expiresAt) + 86_400_000 > at ? dayStartOf(request.expiresAt) + 86_400_000 : null;
	}
}

/** Margin that a waiting order reserves: none over the counter, the initial margin on exchanges (rulebook A2.1). */
export function pendingMargin(book: PaperBook, side: Side, lots: Lots, price: number): number {
	return book.terms.instrument.executionMode === "EXCHANGE" ? marginOf(book.terms, side, lots, price) : 0;
}

/** Whether an opposite position would be opened where that is forbidden (10046, hedging accounts only). */
export function isHedgeForbidden(book: PaperBook, side: Side): boolean {
	return book.marginMode === "hedging" && book.terms.instrument.hedgeProhibited && book.positions.some((position) => position.side !== side);
}

/** Whether an older position must be closed before this one (10045, rulebook A.10). */
export function isBehindInFifo(book: PaperBook, position: PaperPosition): boolean {
	return book.marginMode === "hedging" && book.terms.instrument.fifoClose && book.positions[0] !== position;
}

/** Whether the account can carry the deal at the current quote, commission included (10019). */
export function canAffordDeal(book: PaperBook, side: Side, openLots: Lots, closeLots: Lots): boolean {
	const price = dealPrice(book, side);
	const cost = commissionOf(book, closeLots > 0 ? "INOUT" : "IN", openLots + closeLots, closeLots, price);
	return canAfford(book, side, openLots, closeLots, price, cost);
}

/** The order family of a type (rulebook A.1, order_mode bits), null for a word that is no type. */
export function familyOf(type: PendingType): OrderFamily | null {
	switch (type) {
		case "BUY_LIMIT":
		case "SELL_LIMIT":
			return "LIMIT";
		case "BUY_STOP":
		case "SELL_STOP":
			return "STOP";
		case "BUY_STOP_LIMIT":
		case "SELL_STOP_LIMIT":
			return "STOP_LIMIT";
	}
	return null;
}

function isSide(side: Side): boolean {
	return side === "BUY" || side === "SELL";
}

/** Finite and not negative: what every volume, price and level must be before anything else is asked (10013). */
export function areNumbers(...values: readonly number[]): boolean {
	return values.every((value) => Number.isFinite(value) && value >= 0);
}

export function hasFamily(instrument: Instrument, family: OrderFamily): boolean {
	return instrument.orderFamilies.includes(family);
}

function tradeModeRefusal(instrument: Instrument, side: Side): number {
	if (instrument.tradeMode === "CLOSEONLY") return RETCODE.CLOSE_ONLY;
	if (instrument.tradeMode === "LONGONLY" && side === "SELL") return RETCODE.LONG_ONLY;
	return instrument.tradeMode === "SHORTONLY" && side === "BUY" ? RETCODE.SHORT_ONLY : OK;
}

function isVolumeValid(instrument: Instrument, lots: Lots): boolean {
	return lots >= instrument.volumeMin && lots <= instrument.volumeMax && isOnStep(lots, instrument.volumeStep);
}

/** Rulebook A.9: open volume plus waiting orders in the same direction (10034). */
function exceedsVolumeLimit(book: PaperBook, side: Side, lots: Lots): boolean {
	const limit = book.terms.instrument.volumeLimit;
	if (!(limit > 0) || !(lots > 0)) return false;
	let sum = lots;
	for (const position of book.positions) if (position.side === side) sum += position.lots;
	for (const order of book.orders) if (sideOf(order.type) === side) sum += order.lots;
	return !(sum <= limit + 1e-9);
}

/** Rulebook A.9: hedging counts positions and waiting orders; netting positions only, and a symbol that has one is accepted (10040). */
function exceedsPositionLimit(book: PaperBook): boolean {
	const limit = book.settings.limitPositions;
	return limit > 0 && book.marginMode === "hedging" && book.positions.length + book.orders.length >= limit;
}

/** Request and instant execution compare the request's price with the market; the other two ignore it (rulebook A.3). */
export function isPriceNeeded(instrument: Instrument): boolean {
	return instrument.executionMode === "REQUEST" || instrument.executionMode === "INSTANT";
}

/** Rulebook A.2, the table of execution mode and policy, for deals. */
function isDealFillingValid(instrument: Instrument, filling: Filling): boolean {
	if (filling !== "FOK" && filling !== "IOC" && filling !== "RETURN") return false;
	if (isPriceNeeded(instrument)) return true;
	if (filling === "RETURN") return instrument.executionMode === "EXCHANGE";
	return instrument.fillingFlags.includes(filling);
}

/** Rulebook A.2: waiting orders may carry RETURN everywhere; BOC is for limits and stop-limits on symbols that have the flag. */
function isPendingFillingValid(instrument: Instrument, type: PendingType, filling: Filling): boolean {
	if (filling === "RETURN") return true;
	if (filling === "BOC") return familyOf(type) !== "STOP" && instrument.fillingFlags.includes("BOC");
	return isDealFillingValid(instrument, filling);
}

/** SL and TP of an opening deal: refused by servers that do not take them in the request (A.3), else by distance (A.6). */
function isOpeningLevelsValid(book: PaperBook, request: DealRequest): boolean {
	const { instrument } = book.terms;
	if ((request.sl !== 0 || request.tp !== 0) && !instrument.stopsInRequest && !isPriceNeeded(instrument)) return false;
	return areLevelsValid(instrument, request.side, closePrice(book, request.side), request.sl, request.tp);
}

import type { Instrument } from "../instrument.ts";
import type { PendingType, Side } from "../order.ts";
import type { Points } from "../units.ts";

/** The part of an instrument that the distance rules need. */
export type PriceGrid = Pick<Instrument, "tickSizePoints" | "stopsLevelPoints" | "freezeLevelPoints" | "executionMode">;

/** Whether a price lies on the tick grid and is positive. */
export function isOnTick(grid: PriceGrid, price: Points): boolean {
	return price > 0 && Number.isInteger(price / grid.tickSizePoints);
}

/** At least the stops level away; with level 0 still strictly on the right side (rulebook A.6). */
function isFarEnough(grid: PriceGrid, distance: Points): boolean {
	return distance > 0 && distance >= grid.stopsLevelPoints;
}

/**
 * Whether SL and TP (0 = none) of a `side` position may be set while its closing price is `reference`: bid for longs, ask for shorts;
 * for waiting orders their own open price (rulebook A.6).
 */
export function areLevelsValid(grid: PriceGrid, side: Side, reference: Points, sl: Points, tp: Points): boolean {
	const direction = side === "BUY" ? 1 : -1;
	if (sl !== 0 && !(isOnTick(grid, sl) && isFarEnough(grid, (reference - sl) * direction))) return false;
	return tp === 0 || (isOnTick(grid, tp) && isFarEnough(grid, (tp - reference) * direction));
}

/**
 * Whether a waiting order may be placed at `price` (rulebook A.6): limits below the ask or above the bid, stops beyond, by the stops
 * level. On exchanges a limit may be on the wrong side and then executes at once. `stopLimit` of the stop-limit types lies on the
 * better side of the trigger, at least the stops level away (equal is allowed at level 0).
 */
export function isPendingPriceValid(grid: PriceGrid, type: PendingType, price: Points, stopLimit: Points, bid: Points, ask: Points): boolean {
	if (!isOnTick(grid, price)) return false;
	switch (type) {
		case "BUY_LIMIT":
			return grid.executionMode === "EXCHANGE" || isFarEnough(grid, ask - price);
		case "SELL_LIMIT":
			return grid.executionMode === "EXCHANGE" || isFarEnough(grid, price - bid);
		case "BUY_STOP":
			return isFarEnough(grid, price - ask);
		case "SELL_STOP":
			return isFarEnough(grid, bid - price);
		case "BUY_STOP_LIMIT":
			return isFarEnough(grid, price - ask) && isOnTick(grid, stopLimit) && price - stopLimit >= grid.stopsLevelPoints;
		case "SELL_STOP_LIMIT":
			return isFarEnough(grid, bid - price) && isOnTick(grid, stopLimit) && stopLimit - price >= grid.stopsLevelPoints;
	}
}

/** Whether a waiting order's trigger is reached (rulebook A.7): buys judged by the ask, sells by the bid. */
export function isTriggered(type: PendingType, price: Points, bid: Points, ask: Points): boolean {
	switch (type) {
		case "BUY_LIMIT":
			return ask <= price;
		case "SELL_LIMIT":
			return bid >= price;
		case "BUY_STOP":
		case "BUY_STOP_LIMIT":
			return ask >= price;
		case "SELL_STOP":
		case "SELL_STOP_LIMIT":
			return bid <= price;
	}
}

/** Whether a position's SL or TP is so near its closing price that it may not be changed or closed (rulebook A.6, freeze column). */
export function isPositionFrozen(grid: PriceGrid, side: Side, reference: Points, sl: Points, tp: Points): boolean {
	if (grid.freezeLevelPoints <= 0) return false;
	const direction = side === "BUY" ? 1 : -1;
	if (sl !== 0 && !((reference - sl) * direction > grid.freezeLevelPoints)) return true;
	return tp !== 0 && !((tp - reference) * direction > grid.freezeLevelPoints);
}

/** Whether a waiting order is so near its trigger that it may not be changed or removed (rulebook A.6, freeze column). */
export function isOrderFrozen(grid: PriceGrid, type: PendingType, price: Points, bid: Points, ask: Points): boolean {
	if (grid.freezeLevelPoints <= 0) return false;
	return !(distanceToTrigger(type, price, bid, ask) > grid.freezeLevelPoints);
}

function distanceToTrigger(type: PendingType, price: Points, bid: Points, ask: Points): Points {
	switch (type) {
		case "BUY_LIMIT":
			return ask - price;
		case "SELL_LIMIT":
			return price - bid;
		case "BUY_STOP":
		case "BUY_STOP_LIMIT":
			return price - ask;
		case "SELL_STOP":
		case "SELL_STOP_LIMIT":
			return bid - price;
	}
}

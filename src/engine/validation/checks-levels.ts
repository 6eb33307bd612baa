import { type PendingType, type Side, sideOf } from "../order.ts";
import { isOrderFrozen, isPendingPriceValid, isPositionFrozen } from "../paper/price-rules.ts";
import type { Points } from "../units.ts";
import { type Case, closingPrice, pendingEntry } from "./context.ts";
import { type Finding, notA, under } from "./finding.ts";

/** Stop and target of a request and the price they are measured from; null when it sets none. */
export type Levels = { readonly side: Side; readonly reference: Points; readonly sl: Points; readonly tp: Points };

/** Rulebook A.6: deals and positions are measured from the price they would close at, waiting orders from their own open price. */
export function levelsOf({ ctx, request, purpose, position, order }: Case): Levels | null {
	switch (request.action) {
		case "DEAL":
			return purpose === "open" ? { side: request.side, reference: closingPrice(ctx.quote, request.side), sl: request.sl, tp: request.tp } : null;
		case "PENDING":
			return { side: sideOf(request.type), reference: pendingEntry(request), sl: request.sl, tp: request.tp };
		case "SLTP":
			return position === null ? null : { side: position.side, reference: closingPrice(ctx.quote, position.side), sl: request.sl, tp: request.tp };
		case "MODIFY":
			return order === null ? null : { side: sideOf(order.type), reference: pendingEntry({ ...request, type: order.type }), sl: request.sl, tp: request.tp };
		case "REMOVE":
		case "CLOSE_BY":
			return null;
	}
}

/** Points from the reference to a stop (positive on the losing side) or to a target (positive on the winning side). */
export function distanceOf(levels: Levels, which: "sl" | "tp"): Points {
	const towardsLoss = levels.side === "BUY" ? levels.reference - levels[which] : levels[which] - levels.reference;
	return which === "sl" ? towardsLoss : -towardsLoss;
}

/** Every price must lie on the tick grid, which is coarser than a point on some symbols (rulebook A.6). */
export function offTick({ ctx, request, purpose }: Case): Finding | null {
	const tick = ctx.terms.instrument.tickSizePoints;
	const prices: readonly (readonly [string, Points])[] =
		request.action === "PENDING" || request.action === "MODIFY"
			? [
					["price", request.price],
					["stopLimit", request.stopLimit],
					["sl", request.sl],
					["tp", request.tp],
				]
			: request.action === "SLTP" || (request.action === "DEAL" && purpose === "open")
				? [
						["sl", request.sl],
						["tp", request.tp],
					]
				: [];
	const wrong = prices.find(([, price]) => !Number.isInteger(price / tick));
	return wrong === undefined ? null : notA(`${wrong[0]} ${wrong[1]}`, `a multiple of ${tick} points`);
}

/** A waiting order's price on the wrong side of the market (10015). */
export function priceWrongSide(subject: Case): Finding | null {
	const gap = pendingGap(subject);
	return gap === null || gap.distance > 0 ? null : under(gap.distance, 1, "points on the right side of the market");
}

/** A waiting order nearer to the market than the stops level (10015); for stop-limits also trigger and limit to each other. */
export function priceTooClose(subject: Case): Finding | null {
	const gap = pendingGap(subject);
	if (gap === null) return null;
	const { instrument } = subject.ctx.terms;
	const { bid, ask } = subject.ctx.quote;
	if (!(gap.distance >= instrument.stopsLevelPoints)) return under(gap.distance, instrument.stopsLevelPoints, "points");
	if (isPendingPriceValid(instrument, gap.type, gap.price, gap.stopLimit, bid, ask)) return null;
	const between = gap.type === "BUY_STOP_LIMIT" ? gap.price - gap.stopLimit : gap.stopLimit - gap.price;
	return under(between, instrument.stopsLevelPoints, "points between trigger and limit price");
}

type Gap = { readonly type: PendingType; readonly price: Points; readonly stopLimit: Points; readonly distance: Points };

/** How far the trigger price lies from the market on its right side; null where no rule applies (limits on exchanges may be marketable). */
function pendingGap({ ctx, request, order }: Case): Gap | null {
	if (request.action !== "PENDING" && request.action !== "MODIFY") return null;
	const type = request.action === "PENDING" ? request.type : order?.type;
	if (type === undefined) return null;
	const isLimit = type === "BUY_LIMIT" || type === "SELL_LIMIT";
	if (isLimit && ctx.terms.instrument.executionMode === "EXCHANGE") return null;
	const { bid, ask } = ctx.quote;
	const fromMarket = sideOf(type) === "BUY" ? request.price - ask : bid - request.price;
	return { type, price: request.price, stopLimit: request.stopLimit, distance: isLimit ? -fromMarket : fromMarket };
}

/** A stop on the wrong side of its reference; level 0 does not switch the side rule off (10016, rulebook A.6). */
export function stopWrongSide(subject: Case): Finding | null {
	return levelWrongSide(subject, "sl");
}

/** A stop nearer than the stops level (10016). */
export function stopTooClose(subject: Case): Finding | null {
	return levelTooClose(subject, "sl");
}

/** A target on the wrong side (10016). */
export function targetWrongSide(subject: Case): Finding | null {
	return levelWrongSide(subject, "tp");
}

/** A target nearer than the stops level (10016). */
export function targetTooClose(subject: Case): Finding | null {
	return levelTooClose(subject, "tp");
}

function levelWrongSide(subject: Case, which: "sl" | "tp"): Finding | null {
	const levels = levelsOf(subject);
	if (levels === null || levels[which] === 0) return null;
	const distance = distanceOf(levels, which);
	return distance > 0 ? null : under(distance, 1, `points on the ${which === "sl" ? "losing" : "winning"} side`);
}

function levelTooClose(subject: Case, which: "sl" | "tp"): Finding | null {
	const levels = levelsOf(subject);
	if (levels === null || levels[which] === 0) return null;
	const distance = distanceOf(levels, which);
	const min = subject.ctx.terms.instrument.stopsLevelPoints;
	return distance >= min ? null : under(distance, min, "points");
}

/** The market is inside the freeze level of a position's level or of a waiting order (10029). */
export function frozen({ ctx, request, position, order }: Case): Finding | null {
	const { instrument } = ctx.terms;
	const { bid, ask } = ctx.quote;
	const isFrozen =
		(position !== null && isPositionFrozen(instrument, position.side, closingPrice(ctx.quote, position.side), position.sl, position.tp)) ||
		(order !== null && isOrderFrozen(instrument, order.type, order.price, bid, ask));
	return isFrozen ? notA(`${request.action} inside the freeze level`, `more than ${instrument.freezeLevelPoints} points away`) : null;
}

/** A change that changes nothing (10025). */
export function nothingChanged({ request, position, order }: Case): Finding | null {
	if (request.action === "SLTP" && position !== null) {
		return position.sl === request.sl && position.tp === request.tp ? notA("the same levels", "a change") : null;
	}
	if (request.action !== "MODIFY" || order === null) return null;
	const same =
		order.price === request.price &&
		order.stopLimit === request.stopLimit &&
		order.sl === request.sl &&
		order.tp === request.tp &&
		order.timeInForce === request.timeInForce &&
		order.expiresAt === request.expiresAt;
	return same ? notA("the same order", "a change") : null;
}

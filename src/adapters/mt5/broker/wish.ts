import type { DealRequest, LevelsRequest, ModifyRequest, OrderRequest, PendingRequest } from "../../../engine/order.ts";
import { RETCODE } from "../../../engine/retcodes.ts";
import type { Points } from "../../../engine/units.ts";
import { toPrice } from "../../../engine/units.ts";
import type { Fence, OrderWish } from "../wire/messages.ts";
import { refusal, type Verdict } from "./verdict.ts";

/** What a wish needs besides its request. */
export type WishTerms = {
	readonly cid: string;
	readonly digits: number;
	readonly brokerSymbol: string;
	readonly fence: Fence;
	/** The ticket by which the terminal knows a position, digits: another than its identifier only after a netting reversal (rulebook A.10). */
	readonly ticketOfPosition: (id: number) => string;
};

/** Older than this at the bridge an order is refused (EXPIRED_TTL). Below the 5 s after which the session calls its outcome unknown. */
const TTL_MS = 4000;
const MOST_DEVIATION = 100_000;
const MOST_LOTS = 1_000_000;

/** Whether a request may add to what is at risk. */
export function isEntry(request: OrderRequest): boolean {
	return request.action === "PENDING" || (request.action === "DEAL" && request.positionId === null);
}

/** What is wrong with a request in itself, as a definite no; null when it can be told to a bridge. Nothing here looks at the market: that is the validator's work. */
export function findFault(request: OrderRequest): Verdict | null {
	switch (request.action) {
		case "DEAL":
			return faultOfVolume(request.lots) ?? faultOfLevels([request.sl, request.tp]) ?? faultOfTickets([request.positionId ?? 1]);
		case "PENDING":
			return faultOfVolume(request.lots) ?? faultOfPrice(request.price) ?? faultOfLevels([request.sl, request.tp, request.stopLimit]);
		case "SLTP":
			return faultOfLevels([request.sl, request.tp]) ?? faultOfTickets([request.positionId]);
		case "MODIFY":
			return faultOfPrice(request.price) ?? faultOfLevels([request.sl, request.tp, request.stopLimit]) ?? faultOfTickets([request.ticket]);
		case "REMOVE":
			return faultOfTickets([request.ticket]);
		case "CLOSE_BY":
			return faultOfTickets([request.positionId, request.byPositionId]);
		default:
			// A journal of another version, or a bug: never sent.
			return refusal(RETCODE.INVALID, "not sent: there is no such action");
	}
}

/** The body of the `order` frame. */
export function wishOf(request: OrderRequest, terms: WishTerms): OrderWish {
	const common = { cid: terms.cid, magic: String(request.magic), ttl_ms: TTL_MS, fence: terms.fence };
	switch (request.action) {
		case "DEAL":
			return { ...common, ...dealPart(request, terms) };
		case "PENDING":
			return { ...common, ...pendingPart(request, terms) };
		case "SLTP":
			return { ...common, action: "sltp", position: position(request.positionId, terms), ...levels(request, terms) };
		case "MODIFY":
			return {
				...common,
				action: "modify",
				order: String(request.ticket),
				price: toPrice(request.price, terms.digits),
				...levels(request, terms),
				...stopLimit(request, terms),
				...life(request),
			};
		case "REMOVE":
			return { ...common, action: "remove", order: String(request.ticket) };
		case "CLOSE_BY":
			return { ...common, action: "close_by", position: position(request.positionId, terms), position_by: position(request.byPositionId, terms) };
	}
}

type Part = Omit<OrderWish, "cid" | "magic" | "ttl_ms" | "fence">;

function dealPart(request: DealRequest, terms: WishTerms): Part {
	const { digits, brokerSymbol: symbol } = terms;
	const deviation = Math.min(MOST_DEVIATION, Math.max(0, Math.floor(request.deviationPoints)));
	const base = {
		action: "deal",
		symbol,
		type: request.side === "BUY" ? "buy" : "sell",
		volume: request.lots,
		deviation_points: deviation,
		filling: fillingOf(request),
	} as const;
	// A close is never held back by a price limit: getting out of a fast market matters more than its price.
	if (request.positionId !== null) return { ...base, position: position(request.positionId, terms) };
	const worst = request.side === "BUY" ? request.price + deviation : request.price - deviation;
	const guard = Number.isFinite(worst) && worst > 0 ? { guard: { price_limit: toPrice(worst, digits) } } : {};
	return { ...base, ...levels(request, terms), ...guard };
}

function pendingPart(request: PendingRequest, terms: WishTerms): Part {
	return {
		action: "pending",
		symbol: terms.brokerSymbol,
		type: request.type.toLowerCase(),
		volume: request.lots,
		price: toPrice(request.price, terms.digits),
		filling: fillingOf(request),
		...levels(request, terms),
		...stopLimit(request, terms),
		...life(request),
	};
}

function fillingOf(request: DealRequest | PendingRequest): "fok" | "ioc" | "return" | "boc" {
	const names = { FOK: "fok", IOC: "ioc", RETURN: "return", BOC: "boc" } as const;
	return names[request.filling];
}

function levels(request: DealRequest | PendingRequest | LevelsRequest | ModifyRequest, terms: WishTerms): { readonly sl: number; readonly tp: number } {
	return { sl: toPrice(request.sl, terms.digits), tp: toPrice(request.tp, terms.digits) };
}

function stopLimit(request: PendingRequest | ModifyRequest, terms: WishTerms): { readonly stoplimit?: number } {
	return request.stopLimit > 0 ? { stoplimit: toPrice(request.stopLimit, terms.digits) } : {};
}

function life(request: PendingRequest | ModifyRequest): Pick<OrderWish, "time_in_force" | "expiration"> {
	const names = { GTC: "gtc", DAY: "day", SPECIFIED: "specified", SPECIFIED_DAY: "specified_day" } as const;
	const ends = request.timeInForce.startsWith("SPECIFIED") ? { expiration: Math.floor(request.expiresAt / 1000) } : {};
	return { time_in_force: names[request.timeInForce], ...ends };
}

function position(id: number, terms: WishTerms): string {
	return terms.ticketOfPosition(id);
}

function faultOfVolume(lots: number): Verdict | null {
	return lots > 0 && lots <= MOST_LOTS ? null : refusal(RETCODE.INVALID_VOLUME, `not sent: a volume of ${lots} lots`);
}

function faultOfPrice(price: Points): Verdict | null {
	return price > 0 && Number.isFinite(price) ? null : refusal(RETCODE.INVALID_PRICE, `not sent: a price of ${price} points`);
}

function faultOfLevels(given: readonly Points[]): Verdict | null {
	const bad = given.find((level) => !(level >= 0 && Number.isFinite(level)));
	return bad === undefined ? null : refusal(RETCODE.INVALID_STOPS, `not sent: a level of ${bad} points`);
}

function faultOfTickets(given: readonly number[]): Verdict | null {
	const bad = given.find((ticket) => !(Number.isSafeInteger(ticket) && ticket > 0));
	return bad === undefined ? null : refusal(RETCODE.INVALID, `not sent: ${bad} is no ticket`);
}

import type { PendingOrder } from "../../../engine/order.ts";
import { sideOf } from "../../../engine/order.ts";
import { RETCODE } from "../../../engine/retcodes.ts";
import type { OrderBody } from "../wire/messages.ts";
import { senderOf } from "./answers.ts";
import { orderFrom, pendingTypeOf, sideOfType } from "./convert.ts";
import { type Desk, firstSeen, isLookedAfter, tell, tellTrouble, type Working } from "./desk.ts";
import { fits } from "./positions.ts";

/** A waiting order that is gone may have been filled by a deal that shows later: only a look that was asked for later than this can say no. */
const LATE_DEAL_MS = 2000;
const UNEXPLAINED_MS = 3000;

/** Tells our waiting orders that are new or look different, unless a request of ours about them is still without its answer. */
export function tellOrders(desk: Desk): void {
	for (const body of desk.orders.values()) {
		if (body.magic !== desk.magic || body.symbol !== desk.brokerSymbol || desk.endedOrders.has(body.ticket)) continue;
		if (pendingTypeOf(body.type) === null || changePending(desk, body.ticket)) continue;
		const known = desk.working.get(body.ticket);
		const sender = known === undefined ? senderOf(desk, body, body.ticket) : null;
		if (known === undefined && (sender === null || sender.told === "nothing")) continue;
		const intentId = known?.intentId ?? sender?.request.intentId ?? null;
		const order = orderFrom(body, desk.grid, intentId);
		if (order === null || (known !== undefined && isSame(known.told, order))) continue;
		if (known === undefined) desk.working.set(body.ticket, { ticket: body.ticket, intentId, told: order, goneSinceMs: null, removed: false });
		else known.told = order;
		tell(desk, { type: "order", order });
	}
}

/** An order that was placed and is gone before it was ever shown (a kill, an expiry): told as it was asked for, so that its end can be told. */
export function tellUnseenOrders(desk: Desk): void {
	for (const { request, verdict, told, phase } of desk.open) {
		if (request.action !== "PENDING" || phase !== "settled" || told !== "final" || verdict?.outcome !== "placed") continue;
		const since = desk.matters.get(`intent ${request.intentId}`);
		const ticket = String(verdict.orderTicket);
		if (since === undefined || !isLookedAfter(desk, since, UNEXPLAINED_MS) || desk.orders.has(ticket) || desk.working.has(ticket)) continue;
		const { intentId, symbol, type, lots, price, stopLimit, sl, tp, timeInForce, expiresAt, magic, comment } = request;
		const own = { ticket: verdict.orderTicket, placedAt: desk.lastAt };
		const order = { ...own, intentId, symbol, type, lots, price, stopLimit, sl, tp, timeInForce, expiresAt, magic, comment };
		desk.working.set(ticket, { ticket, intentId, told: order, goneSinceMs: since, removed: false });
		tell(desk, { type: "order", order });
	}
}

/** Brings the list of working orders up to date with what is shown, and with our own removals that were carried out. */
export function noteGoneOrders(desk: Desk): void {
	for (const working of desk.working.values()) {
		if (desk.orders.has(working.ticket)) working.goneSinceMs = null;
		else working.goneSinceMs ??= desk.nowMs;
		if (desk.removed.has(working.ticket)) working.removed = true;
	}
}

/** Tells of orders that work no more, after the deals and positions that came of them. */
export function tellRemovedOrders(desk: Desk): void {
	for (const working of [...desk.working.values()]) {
		const why = endOf(desk, working);
		if (why === null) continue;
		desk.working.delete(working.ticket);
		desk.endedOrders.add(working.ticket);
		const retcode = why === "filled" ? RETCODE.DONE : why === "cancelled" ? RETCODE.CANCEL : 0;
		tell(desk, { type: "order-removed", ticket: working.told.ticket, why, retcode: working.removed ? RETCODE.DONE : retcode });
	}
}

/** Waiting orders that are not of this session (control C31); of our magic only when nothing has explained them for a while. */
export function watchStrangeOrders(desk: Desk): void {
	for (const body of desk.orders.values()) {
		const key = `order ${body.ticket}`;
		if (desk.working.has(body.ticket) || desk.endedOrders.has(body.ticket) || desk.before.has(key) || desk.told.has(key)) continue;
		if (isClosing(desk, body) || senderOf(desk, body, body.ticket) !== null) continue;
		const what = `order ${body.ticket} (${body.volume_current} lots ${body.symbol})`;
		if (body.magic !== desk.magic || body.symbol !== desk.brokerSymbol) tellTrouble(desk, key, "C31", "HALTED", `${what} was placed by somebody else`);
		else if (!mayBeOurs(desk, body) && isLookedAfter(desk, firstSeen(desk, key), UNEXPLAINED_MS)) {
			tellTrouble(desk, key, "C39", "HALTED", `${what} carries this agent's number, and no order of this session placed it`);
		}
	}
}

function endOf(desk: Desk, working: Working): "filled" | "cancelled" | "expired" | null {
	if (working.removed) return "cancelled";
	if (working.goneSinceMs === null) return null;
	if (desk.deals.some((deal) => deal.order === working.ticket)) return null;
	const filled = desk.filledByOrder.get(working.ticket);
	if (filled !== undefined) {
		const held = desk.mine.get(filled.positionId);
		const body = desk.positions.get(filled.positionId);
		// The position that it opened is told first.
		const isShown = held === undefined || (body !== undefined && fits(held, body));
		return isShown || isLookedAfter(desk, working.goneSinceMs, UNEXPLAINED_MS) ? "filled" : null;
	}
	if (!isLookedAfter(desk, working.goneSinceMs, LATE_DEAL_MS)) return null;
	const { expiresAt } = working.told;
	return expiresAt > 0 && desk.serverNow() >= expiresAt ? "expired" : "cancelled";
}

/** Market orders that the terminal shows while they execute: of the server on our position (its stop or target fired), or of a request of ours. */
function isClosing(desk: Desk, body: OrderBody): boolean {
	return sideOfType(body.type) !== null && (desk.mine.has(body.position_id) || desk.closed.has(body.position_id) || mayBeOurs(desk, body));
}

function mayBeOurs(desk: Desk, body: OrderBody): boolean {
	if (body.magic !== desk.magic) return false;
	const [pending, side] = [pendingTypeOf(body.type), sideOfType(body.type)];
	return [...desk.open].some(({ request, phase, told }) => {
		if (phase === "settled" && told !== "nothing") return false;
		return pending !== null
			? request.action === "PENDING" && request.type === pending
			: (request.action === "DEAL" && request.side === side) ||
					request.action === "CLOSE_BY" ||
					(request.action === "PENDING" && sideOf(request.type) === side);
	});
}

function changePending(desk: Desk, ticket: string): boolean {
	return desk.waiting.some(({ request }) => (request.action === "MODIFY" || request.action === "REMOVE") && String(request.ticket) === ticket);
}

function isSame(one: PendingOrder, other: PendingOrder): boolean {
	return (Object.keys(one) as (keyof PendingOrder)[]).every((name) => one[name] === other[name]);
}

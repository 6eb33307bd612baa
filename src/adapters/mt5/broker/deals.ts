import { pointValueOf } from "../../../engine/money.ts";
import { type Deal, type DealEntry, type Side, sideOf } from "../../../engine/order.ts";
import { type Money, roundMoney } from "../../../engine/units.ts";
import type { DealBody } from "../wire/messages.ts";
import { senderOf } from "./answers.ts";
import { entryOf, onLotGrid, pointsOf, serverReasonOf, sideOfType, ticketOf } from "./convert.ts";
import { type Desk, type Held, type Sent, tell, tellTrouble } from "./desk.ts";

/** Sums of volumes closer than this are equal (lots; far below any broker's step). */
export const LOTS_DUST = 1e-7;

/** A deal that the bridge shows, in an event or a snapshot. Known ones are only ever added (P7): a ticket counts once, however often it is shown. */
export function takeDeal(desk: Desk, deal: DealBody): void {
	if (sideOfType(deal.type) === null || entryOf(deal) === null) return;
	if (desk.knownDeals.has(deal.ticket)) {
		// Shown again, perhaps with the client id that the bridge did not know the first time.
		if (deal.cid !== null) desk.deals = desk.deals.map((held) => (held.ticket === deal.ticket ? deal : held));
		return;
	}
	desk.knownDeals.add(deal.ticket);
	desk.deals.push(deal);
}

/**
 * Tells the deals whose time has come, oldest first. A deal waits for the answer of its order, and for every earlier deal of its position; one that nobody
 * claims waits while an order of ours that may have made it is still without an outcome.
 */
export function tellDeals(desk: Desk): void {
	if (desk.deals.length === 0) return;
	desk.deals.sort((one, other) => one.time_msc - other.time_msc || Number(one.ticket) - Number(other.ticket));
	const blocked = new Set<string>();
	const kept: DealBody[] = [];
	for (const deal of desk.deals) {
		if (blocked.has(deal.position_id) || mustWait(desk, deal)) {
			blocked.add(deal.position_id);
			kept.push(deal);
		} else settleDeal(desk, deal);
	}
	desk.deals = kept;
}

function mustWait(desk: Desk, deal: DealBody): boolean {
	const sender = senderOf(desk, deal, deal.order);
	if (sender !== null) return sender.told === "nothing";
	if (serverReasonOf(deal) !== null || (deal.magic !== desk.magic && !desk.mine.has(deal.position_id))) return false;
	for (const sent of desk.open) if ((sent.phase !== "settled" || sent.told === "nothing") && mayHaveMade(sent, deal)) return true;
	return false;
}

function mayHaveMade({ request }: Sent, deal: DealBody): boolean {
	const side = sideOfType(deal.type);
	if (request.action === "DEAL") return request.side === side && (request.positionId === null || String(request.positionId) === deal.position_id);
	if (request.action === "PENDING") return sideOf(request.type) === side;
	return request.action === "CLOSE_BY" && [request.positionId, request.byPositionId].some((id) => String(id) === deal.position_id);
}

function settleDeal(desk: Desk, deal: DealBody): void {
	const [ticket, positionId, side, entry] = [ticketOf(deal.ticket), ticketOf(deal.position_id), sideOfType(deal.type), entryOf(deal)];
	const sender = senderOf(desk, deal, deal.order);
	const held = desk.mine.get(deal.position_id);
	if (sender === null && held === undefined) {
		tellStranger(desk, deal);
		return;
	}
	if (ticket === null || positionId === null || side === null || entry === null) {
		tellTrouble(desk, `deal ${deal.ticket}`, "C38", "HALTED", `deal ${deal.ticket} has a number that cannot be read: look at the terminal`);
		return;
	}
	const odd = oddIn(desk, deal);
	if (odd !== null) {
		tellTrouble(desk, `deal ${deal.ticket}`, "C39", "HALTED", `deal ${deal.ticket} ${odd}, and it is said to be of this session: look at the terminal`);
		return;
	}
	noteByHand(desk, deal, sender);
	desk.account.moves++;
	desk.account.told = null;
	tell(desk, { type: "deal", deal: dealOf(desk, deal, { ticket, positionId, side, entry }, sender, held) });
	book(desk, deal, sender, side, entry);
}

/** What cannot be true of a deal of ours; null when nothing is. Booked all the same, it would be reckoned in the points of another symbol. */
function oddIn(desk: Desk, deal: DealBody): string | null {
	if (deal.symbol !== desk.brokerSymbol) return `is in ${deal.symbol}, not in ${desk.brokerSymbol}`;
	if (!(deal.volume > 0)) return `has a volume of ${deal.volume}`;
	return deal.price > 0 ? null : `has a price of ${deal.price}`;
}

function dealOf(
	desk: Desk,
	deal: DealBody,
	read: { readonly ticket: number; readonly positionId: number; readonly side: Side; readonly entry: DealEntry },
	sender: Sent | null,
	held: Held | undefined,
): Deal {
	const price = pointsOf(deal.price, desk.grid.digits);
	return {
		...read,
		orderTicket: ticketOf(deal.order) ?? 0,
		intentId: sender?.request.intentId ?? null,
		symbol: desk.grid.symbol,
		lots: deal.volume,
		price,
		requestedPrice: requestedPrice(deal, sender, held) || price,
		spreadCost: spreadCost(desk, deal, read.entry, price, sender),
		profit: deal.profit,
		swap: deal.swap,
		commission: deal.commission + deal.fee || 0,
		reason: serverReasonOf(deal) ?? "EXPERT",
		comment: deal.comment,
		at: deal.time_msc,
	};
}

/** The price asked for, or the level that fired; 0 when neither is known. */
function requestedPrice(deal: DealBody, sender: Sent | null, held: Held | undefined): number {
	const reason = serverReasonOf(deal);
	if (reason === "SL") return held?.told?.sl ?? 0;
	if (reason === "TP") return held?.told?.tp ?? 0;
	if (sender?.request.action === "DEAL") return sender.request.price;
	if (sender?.request.action === "PENDING") return sender.request.stopLimit || sender.request.price;
	return 0;
}

/** Half the spread of the quote that the answer carries, else of the last one seen. Nothing where no spread is paid. */
function spreadCost(desk: Desk, deal: DealBody, entry: DealEntry, price: number, sender: Sent | null): Money {
	if (entry === "OUT_BY" || serverReasonOf(deal) === "ROLLOVER") return 0;
	const answered = sender?.verdict ?? null;
	const { bid, ask } = answered !== null && answered.bid > 0 && answered.ask > 0 ? answered : desk.quote;
	const cost = (Math.max(0, ask - bid) / 2) * pointValueOf(desk.terms, price) * deal.volume;
	return Number.isFinite(cost) ? roundMoney(cost, desk.terms.accountDigits) : 0;
}

/** Volume by deals: the truth about our positions. */
function book(desk: Desk, deal: DealBody, sender: Sent | null, side: Side, entry: DealEntry): void {
	const id = deal.position_id;
	const opens = entry === "IN" || entry === "INOUT";
	let held = desk.mine.get(id);
	if (held === undefined && opens) {
		held = { id, intentId: sender?.request.intentId ?? null, signedLots: 0, wantsStop: false, bareSinceMs: null, told: null };
		desk.mine.set(id, held);
	}
	if (held !== undefined) {
		held.signedLots = onLotGrid(held.signedLots + (side === "BUY" ? deal.volume : -deal.volume));
		if (opens && sender !== null && (sender.request.action === "DEAL" || sender.request.action === "PENDING") && sender.request.sl > 0) held.wantsStop = true;
	}
	const filled = desk.filledByOrder.get(deal.order);
	desk.filledByOrder.set(deal.order, { lots: onLotGrid((filled?.lots ?? 0) + deal.volume), positionId: id });
	if (sender === null) return;
	sender.dealCount++;
	sender.filledLots = onLotGrid(sender.filledLots + deal.volume);
	const { request } = sender;
	if ((request.action === "DEAL" || request.action === "PENDING") && sender.filledLots > request.lots + LOTS_DUST) {
		const detail = `intent ${request.intentId} asked for ${request.lots} lots and ${sender.filledLots} were executed`;
		tellTrouble(desk, `filled ${sender.cid}`, "C39", "HALTED", detail);
	}
}

/** A deal on our position that neither an order of this session nor the server made: it is told as it is, and it halts. */
function noteByHand(desk: Desk, deal: DealBody, sender: Sent | null): void {
	if (sender !== null || serverReasonOf(deal) !== null) return;
	const who = deal.cid === null ? "by somebody else" : "by an order that this session did not send (a kill, or another session)";
	const control = deal.cid === null ? "C31" : "C39";
	tellTrouble(desk, `deal ${deal.ticket}`, control, "HALTED", `position ${deal.position_id} was traded ${who}: deal ${deal.ticket}, ${deal.volume} lots`);
}

/** A deal on a position that is not ours: never touched, and it halts. */
function tellStranger(desk: Desk, deal: DealBody): void {
	const isAgents = deal.magic === desk.magic;
	const what = `deal ${deal.ticket} of ${deal.volume} lots ${deal.symbol} on position ${deal.position_id}`;
	if (isAgents) tellTrouble(desk, `position ${deal.position_id}`, "C39", "HALTED", `${what} carries this agent's number, and no order of this session made it`);
	else tellTrouble(desk, `position ${deal.position_id}`, "C31", "HALTED", `${what} was made by somebody else`);
}

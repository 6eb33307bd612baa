import { notionalOf, pointValueOf, profitOf } from "../money.ts";
import { type BrokerEvent, type Deal, type DealEntry, type DealReason, opposite, type Side } from "../order.ts";
import { type Lots, lotsOf, type Money, type Points, roundMoney } from "../units.ts";
import { marginPerLotAt, refreshMargin } from "./margin.ts";
import { type PaperBook, type PaperPosition, reportPosition } from "./state.ts";

/** A trade that is certain to happen: what the matching decided. */
export type Fill = {
	readonly orderTicket: number;
	readonly intentId: number | null;
	readonly side: Side;
	readonly lots: Lots;
	readonly price: Points;
	readonly requestedPrice: Points;
	/** Levels of the position it opens; not used when it only closes. */
	readonly sl: Points;
	readonly tp: Points;
	readonly magic: number;
	readonly comment: string;
	readonly reason: DealReason;
};

/** What a fill came to. */
export type Filled = { readonly dealTicket: number; readonly positionId: number };

/**
 * Books a fill (rulebook A.10): closes `closing` (whole or in part) when given, else opens on a hedging account and nets on a
 * netting one. Emits the deal, then the position's new state; margin is refreshed, the account report is the caller's.
 */
export function bookFill(book: PaperBook, fill: Fill, closing: PaperPosition | null, out: BrokerEvent[]): Filled {
	if (closing !== null) return closePart(book, fill, closing, out);
	const position = book.marginMode === "netting" ? book.positions[0] : undefined;
	if (position === undefined) return openPosition(book, fill, out);
	if (position.side === fill.side) return addTo(book, fill, position, out);
	return fill.lots <= position.lots ? closePart(book, fill, position, out) : reverse(book, fill, position, out);
}

function openPosition(book: PaperBook, fill: Fill, out: BrokerEvent[]): Filled {
	const position: PaperPosition = {
		id: fill.orderTicket,
		ticket: fill.orderTicket,
		intentId: fill.intentId,
		side: fill.side,
		lots: fill.lots,
		openPrice: fill.price,
		openedAt: book.at,
		sl: fill.sl,
		tp: fill.tp,
		swap: 0,
		magic: fill.magic,
		comment: fill.comment,
		marginPerLot: marginPerLotAt(book, fill.side, fill.price),
	};
	const dealTicket = recordDeal(book, fill, { positionId: position.id, entry: "IN", profit: 0, swap: 0, closedLots: 0 }, out);
	book.positions.push(position);
	refreshMargin(book);
	reportPosition(book, position, out);
	return { dealTicket, positionId: position.id };
}

/** Adds to a netting position: volume-weighted price, levels and magic of the newest deal, zeros clear levels (rulebook A.10). */
function addTo(book: PaperBook, fill: Fill, position: PaperPosition, out: BrokerEvent[]): Filled {
	const lots = onGrid(book, position.lots + fill.lots);
	// Written so that the mean of equal prices is that price, without binary dust.
	const mean = (old: number, added: number): number => old + ((added - old) * fill.lots) / (position.lots + fill.lots);
	position.openPrice = mean(position.openPrice, fill.price);
	position.marginPerLot = mean(position.marginPerLot, marginPerLotAt(book, fill.side, fill.price));
	position.lots = lots;
	position.sl = fill.sl;
	position.tp = fill.tp;
	position.magic = fill.magic;
	const dealTicket = recordDeal(book, fill, { positionId: position.id, entry: "IN", profit: 0, swap: 0, closedLots: 0 }, out);
	refreshMargin(book);
	reportPosition(book, position, out);
	return { dealTicket, positionId: position.id };
}

/** Closes `fill.lots` of a position: profit of that part, its share of the swap; price, levels and the rest stay (rulebook A.10). */
function closePart(book: PaperBook, fill: Fill, position: PaperPosition, out: BrokerEvent[]): Filled {
	const profit = profitOf(book.terms, position.side, fill.lots, position.openPrice, fill.price);
	const swap = takeSwap(book, position, fill.lots);
	const dealTicket = recordDeal(book, fill, { positionId: position.id, entry: "OUT", profit, swap, closedLots: fill.lots }, out);
	shrink(book, position, fill.lots, out);
	return { dealTicket, positionId: position.id };
}

/** Closes a netting position and opens the rest on the other side in one deal; the identifier stays, the ticket changes (rulebook A.10). */
function reverse(book: PaperBook, fill: Fill, position: PaperPosition, out: BrokerEvent[]): Filled {
	const closedLots = position.lots;
	const profit = profitOf(book.terms, position.side, closedLots, position.openPrice, fill.price);
	const swap = takeSwap(book, position, closedLots);
	const dealTicket = recordDeal(book, fill, { positionId: position.id, entry: "INOUT", profit, swap, closedLots }, out);
	position.side = fill.side;
	position.lots = onGrid(book, fill.lots - closedLots);
	position.openPrice = fill.price;
	position.openedAt = book.at;
	position.ticket = fill.orderTicket;
	position.sl = fill.sl;
	position.tp = fill.tp;
	position.magic = fill.magic;
	position.marginPerLot = marginPerLotAt(book, fill.side, fill.price);
	refreshMargin(book);
	reportPosition(book, position, out);
	return { dealTicket, positionId: position.id };
}

/**
 * Closes two opposite positions against each other (rulebook A.10, CLOSE_BY): the smaller volume, two OUT_BY deals at the other's
 * open price, the whole profit on the first, no spread paid. Returns the first deal.
 */
export function closeBy(book: PaperBook, first: PaperPosition, second: PaperPosition, orderTicket: number, intentId: number, out: BrokerEvent[]): Filled {
	const lots = Math.min(first.lots, second.lots);
	const profit = profitOf(book.terms, first.side, lots, first.openPrice, second.openPrice);
	const leg = (position: PaperPosition, other: PaperPosition, legProfit: Money): number => {
		const fill: Fill = {
			orderTicket,
			intentId,
			side: opposite(position.side),
			lots,
			price: other.openPrice,
			requestedPrice: other.openPrice,
			sl: 0,
			tp: 0,
			magic: position.magic,
			comment: `close by #${other.id}`,
			reason: "EXPERT",
		};
		const swap = takeSwap(book, position, lots);
		return recordDeal(book, fill, { positionId: position.id, entry: "OUT_BY", profit: legProfit, swap, closedLots: lots }, out);
	};
	const dealTicket = leg(first, second, profit);
	leg(second, first, 0);
	shrink(book, first, lots, out);
	shrink(book, second, lots, out);
	return { dealTicket, positionId: first.id };
}

type DealParts = { readonly positionId: number; readonly entry: DealEntry; readonly profit: Money; readonly swap: Money; readonly closedLots: Lots };

/** Rounds the parts of a deal to the account's digits (rulebook A2.3), books them on the balance and tells of the deal. */
export function recordDeal(book: PaperBook, fill: Fill, parts: DealParts, out: BrokerEvent[]): number {
	const { terms } = book;
	const digits = terms.accountDigits;
	const profit = roundMoney(parts.profit, digits);
	const isRollover = fill.reason === "ROLLOVER";
	const commission = isRollover ? 0 : -commissionOf(book, parts.entry, fill.lots, parts.closedLots, fill.price) || 0;
	const halfSpread = isRollover || parts.entry === "OUT_BY" ? 0 : Math.max(0, book.ask - book.bid) / 2;
	const deal: Deal = {
		ticket: book.nextDeal++,
		orderTicket: fill.orderTicket,
		positionId: parts.positionId,
		intentId: fill.intentId,
		symbol: terms.instrument.symbol,
		entry: parts.entry,
		side: fill.side,
		lots: fill.lots,
		price: fill.price,
		requestedPrice: fill.requestedPrice,
		spreadCost: roundMoney(halfSpread * fill.lots * pointValueOf(terms, fill.price), digits),
		profit,
		swap: parts.swap,
		commission,
		reason: fill.reason,
		comment: fill.comment,
		at: book.at,
	};
	book.balance = roundMoney(book.balance + profit + parts.swap + commission, digits);
	out.push({ type: "deal", at: book.at, deal });
	return deal.ticket;
}

/** Commission of a deal, account currency, >= 0, rounded (rulebook A2.6): the schedule's side decides which part of the volume pays. */
export function commissionOf(book: PaperBook, entry: DealEntry, lots: Lots, closedLots: Lots, price: Points): Money {
	const { kind, rate, minimum, side } = book.terms.instrument.commission;
	if (kind === "none" || !book.settings.chargeCommission) return 0;
	const charged = side === "both" ? lots : side === "in" ? lots - closedLots : closedLots;
	if (!(charged > 0) || (entry === "IN" && side === "out")) return 0;
	const base = kind === "perLot" ? charged : notionalOf(book.terms, charged, price) / (kind === "perMillion" ? 1_000_000 : 100);
	return roundMoney(Math.max(minimum, base * rate), book.terms.accountDigits);
}

/** Moves the swap share of `lots` from the position into a deal (proportional to volume, rulebook A2.5). */
function takeSwap(book: PaperBook, position: PaperPosition, lots: Lots): Money {
	const digits = book.terms.accountDigits;
	const share = lots >= position.lots ? position.swap : roundMoney((position.swap * lots) / position.lots, digits);
	position.swap = roundMoney(position.swap - share, digits);
	return share;
}

function shrink(book: PaperBook, position: PaperPosition, lots: Lots, out: BrokerEvent[]): void {
	position.lots = onGrid(book, position.lots - lots);
	if (position.lots <= 0) book.positions.splice(book.positions.indexOf(position), 1);
	refreshMargin(book);
	if (position.lots > 0) reportPosition(book, position, out);
	else out.push({ type: "position-closed", at: book.at, positionId: position.id });
}

/** Snaps a volume to the step's grid so that 0.3 - 0.1 is 0.2. */
function onGrid(book: PaperBook, lots: Lots): Lots {
	const { volumeStep } = book.terms.instrument;
	return lotsOf(Math.round(lots / volumeStep), volumeStep);
}

import { holdingMarginOf, type MoneyTerms, marginOf, profitOf } from "../money.ts";
import type { BrokerEvent, Side } from "../order.ts";
import type { Lots, Money, Points } from "../units.ts";
import type { PaperBook } from "./state.ts";

/** Volume and margin of the two sides and what waiting orders reserve; the input of the hedged margin rule. */
export type MarginSums = { longLots: Lots; longMargin: Money; shortLots: Lots; shortMargin: Money; reserved: Money };

/** The figures of an account (rulebook A2.2). `level` is percent, null while no margin is in use. */
export type AccountFigures = {
	readonly balance: Money;
	readonly credit: Money;
	/** Floating profit with collected swap. */
	readonly profit: Money;
	readonly equity: Money;
	readonly margin: Money;
	readonly freeMargin: Money;
	readonly level: number | null;
};

/** Derives equity, free margin and level (rulebook A2.2). */
export function figuresOf(balance: Money, credit: Money, profit: Money, margin: Money): AccountFigures {
	const equity = balance + credit + profit;
	return { balance, credit, profit, equity, margin, freeMargin: equity - margin, level: margin > 0 ? (equity / margin) * 100 : null };
}

/** The account at the last quote. */
export function paperAccount(book: PaperBook): AccountFigures {
	return figuresOf(book.balance, book.credit, floatingAt(book, book.bid, book.ask), book.margin);
}

/** Floating profit and collected swap of all positions if they were closed at this quote, account currency, unrounded. */
export function floatingAt(book: PaperBook, bid: Points, ask: Points): Money {
	let sum = 0;
	for (const position of book.positions) {
		sum += position.swap + profitOf(book.terms, position.side, position.lots, position.openPrice, position.side === "BUY" ? bid : ask);
	}
	return sum;
}

/** Equity at the given quote. */
export function equityAt(book: PaperBook, bid: Points, ask: Points): Money {
	return book.balance + book.credit + floatingAt(book, bid, ask);
}

/** Sums over the book's positions and orders. */
export function marginSums(book: PaperBook): MarginSums {
	const sums: MarginSums = { longLots: 0, longMargin: 0, shortLots: 0, shortMargin: 0, reserved: 0 };
	for (const position of book.positions) addSide(sums, position.side, position.lots, position.marginPerLot);
	for (const order of book.orders) sums.reserved += order.margin;
	return sums;
}

/** Adds a position to the sums. */
export function addSide(sums: MarginSums, side: Side, lots: Lots, marginPerLot: Money): void {
	if (side === "BUY") {
		sums.longLots += lots;
		sums.longMargin += lots * marginPerLot;
	} else {
		sums.shortLots += lots;
		sums.shortMargin += lots * marginPerLot;
	}
}

/**
 * Margin of the whole account (rulebook A2.1, hedged positions): the uncovered volume of the larger side at that side's mean margin,
 * the covered volume once at `marginHedged`'s share of the mean of both sides, and reservations; or, with `hedgedUsesLargerLeg`, the
 * larger side alone.
 */
export function marginInUse(terms: MoneyTerms, sums: MarginSums): Money {
	const { longLots, longMargin, shortLots, shortMargin, reserved } = sums;
	const { hedgedUsesLargerLeg, marginHedged, marginInitial, contractSize } = terms.instrument;
	if (!(longLots > 0) || !(shortLots > 0)) return longMargin + shortMargin + reserved;
	if (hedgedUsesLargerLeg) return Math.max(longMargin, shortMargin) + reserved;
	const covered = Math.min(longLots, shortLots);
	const uncovered = Math.abs(longLots - shortLots);
	const perLot = longLots > shortLots ? longMargin / longLots : shortMargin / shortLots;
	const whole = marginInitial > 0 ? marginInitial : contractSize;
	const share = whole > 0 ? marginHedged / whole : 0;
	return uncovered * perLot + covered * share * ((longMargin + shortMargin) / (longLots + shortLots)) + reserved;
}

/** Recomputes the margin in use after positions or orders changed. */
export function refreshMargin(book: PaperBook): void {
	book.margin = marginInUse(book.terms, marginSums(book));
}

/** Margin a lot that a position opened now at `price` will keep. */
export function marginPerLotAt(book: PaperBook, side: Side, price: Points): Money {
	return holdingMarginOf(book.terms, side, 1, price);
}

/**
 * Whether the account can carry `lots` more of `side` at `price` after closing `closeLots` of the other side (netting), `cost` being
 * charged at once. A trade that frees margin always may (covering a position on a hedging account).
 */
export function canAfford(book: PaperBook, side: Side, lots: Lots, closeLots: Lots, price: Points, cost: Money): boolean {
	const sums = marginSums(book);
	if (closeLots > 0) {
		if (side === "BUY") sums.shortMargin -= sums.shortLots > 0 ? (sums.shortMargin * closeLots) / sums.shortLots : 0;
		else sums.longMargin -= sums.longLots > 0 ? (sums.longMargin * closeLots) / sums.longLots : 0;
		if (side === "BUY") sums.shortLots = Math.max(0, sums.shortLots - closeLots);
		else sums.longLots = Math.max(0, sums.longLots - closeLots);
	}
	addSide(sums, side, lots, marginOf(book.terms, side, 1, price));
	const after = marginInUse(book.terms, sums);
	// The tolerance is the dust of adding volumes, far below a cent.
	if (after <= book.margin + 1e-6) return true;
	return equityAt(book, book.bid, book.ask) - cost - after >= 0;
}

/** Re-reads the margin call flag (level at or below `marginCallPct`; rulebook A2.4: a flag, nothing else). */
export function refreshMarginCall(book: PaperBook): void {
	book.marginCall = book.margin > 0 && !(equityAt(book, book.bid, book.ask) > (book.margin * book.settings.marginCallPct) / 100);
}

/** Tells of balance, margin and the margin call flag. */
export function reportAccount(book: PaperBook, out: BrokerEvent[]): void {
	refreshMarginCall(book);
	const { balance, credit, margin, marginCall } = book;
	out.push({ type: "account", at: book.at, account: { balance, credit, margin, marginCall } });
}

import { DAY_MS, weekdayOf } from "../instruments/sessions.ts";
import { conversionOf, convert, profitOf } from "../money.ts";
import { type BrokerEvent, opposite } from "../order.ts";
import { type Money, type Points, roundMoney } from "../units.ts";
import { type Fill, recordDeal } from "./fill.ts";
import { marginPerLotAt, refreshMargin, reportAccount } from "./margin.ts";
import { closePrice, type PaperBook, type PaperPosition, removeOrder, reportPosition } from "./state.ts";

/**
 * The change of the broker's day at `book.at`: swap of the night that ends the day before, then what `gtcMode` sweeps away
 * (rulebook A2.5, A.8). `book.nextMidnight` moves on.
 */
export function rollOver(book: PaperBook, out: BrokerEvent[]): void {
	const nights = nightsOf(book, weekdayOf(book.nextMidnight - DAY_MS));
	book.nextMidnight += DAY_MS;
	if (nights > 0 && book.settings.chargeSwap && book.bid > 0) chargeSwap(book, nights, out);
	sweepDaily(book, out);
}

/**
 * How often the night after `weekday` is charged: three times on the triple day, else once a weekday and never on Saturday and Sunday;
 * without a triple day every night once (rulebook A2.5; so that a week always has seven nights).
 */
export function nightsOf(book: PaperBook, weekday: number): number {
	const triple = book.terms.instrument.swapRollover3Days;
	if (triple === 7) return 1;
	if (weekday === triple) return 3;
	return weekday === 0 || weekday === 6 ? 0 : 1;
}

function chargeSwap(book: PaperBook, nights: number, out: BrokerEvent[]): void {
	const { swapMode, swapLong, swapShort } = book.terms.instrument;
	for (const position of [...book.positions]) {
		const rate = position.side === "BUY" ? swapLong : swapShort;
		if (rate === 0 || swapMode === "DISABLED") continue;
		if (swapMode === "REOPEN_CURRENT" || swapMode === "REOPEN_BID") {
			reopen(book, position, rate * nights, out);
			continue;
		}
		const amount = roundMoney(swapOf(book, position, rate) * nights, book.terms.accountDigits);
		if (amount === 0) continue;
		position.swap = roundMoney(position.swap + amount, book.terms.accountDigits);
		reportPosition(book, position, out);
	}
}

/** Swap of one night, account currency, signed as the rate is (rulebook A2.5). Interest modes use a year of 360 days. */
function swapOf(book: PaperBook, position: PaperPosition, rate: number): Money {
	const { terms } = book;
	const { instrument } = terms;
	const price = closePrice(book, position.side);
	const inCurrency = (currency: string, amount: number): Money =>
		convert(terms, conversionOf(instrument, currency, terms.accountCurrency, terms.rates), amount, price);
	switch (instrument.swapMode) {
		case "POINTS":
			return inCurrency(instrument.currencyProfit, position.lots * rate * terms.perPoint);
		case "CURRENCY_SYMBOL":
			return inCurrency(instrument.currencyBase, position.lots * rate);
		case "CURRENCY_MARGIN":
			return inCurrency(instrument.currencyMargin, position.lots * rate);
		case "CURRENCY_PROFIT":
			return inCurrency(instrument.currencyProfit, position.lots * rate);
		case "CURRENCY_DEPOSIT":
			return position.lots * rate;
		case "INTEREST_CURRENT":
			return inCurrency(instrument.currencyProfit, (position.lots * instrument.contractSize * price * terms.point * rate) / 36_000);
		case "INTEREST_OPEN":
			return inCurrency(instrument.currencyProfit, (position.lots * instrument.contractSize * position.openPrice * terms.point * rate) / 36_000);
		case "DISABLED":
		case "REOPEN_CURRENT":
		case "REOPEN_BID":
			return 0;
	}
}

/**
 * Closes a position at the day's end and opens it again at that price moved by the swap points (REOPEN_CURRENT), or at the bid moved by
 * them (REOPEN_BID). A positive swap improves the new open price. The identifier stays (inferred), no commission is charged.
 */
function reopen(book: PaperBook, position: PaperPosition, swapPoints: number, out: BrokerEvent[]): void {
	const { swapMode } = book.terms.instrument;
	const direction = position.side === "BUY" ? 1 : -1;
	const closedAt = swapMode === "REOPEN_BID" ? book.bid : closePrice(book, position.side);
	const openedAt: Points = Math.max(1, Math.round(closedAt - direction * swapPoints));
	const profit = profitOf(book.terms, position.side, position.lots, position.openPrice, closedAt);
	const { lots, magic, sl, tp, swap } = position;
	const orderTicket = book.nextOrder++;
	const base: Fill = {
		orderTicket,
		intentId: null,
		side: opposite(position.side),
		lots,
		price: closedAt,
		requestedPrice: closedAt,
		sl,
		tp,
		magic,
		comment: "rollover",
		reason: "ROLLOVER",
	};
	recordDeal(book, base, { positionId: position.id, entry: "OUT", profit, swap, closedLots: lots }, out);
	const again: Fill = { ...base, side: position.side, price: openedAt, requestedPrice: openedAt };
	recordDeal(book, again, { positionId: position.id, entry: "IN", profit: 0, swap: 0, closedLots: 0 }, out);
	position.swap = 0;
	position.openPrice = openedAt;
	position.openedAt = book.at;
	position.marginPerLot = marginPerLotAt(book, position.side, openedAt);
	refreshMargin(book);
	reportPosition(book, position, out);
	reportAccount(book, out);
}

/** DAILY sweeps good-till-cancelled orders and all levels at the day change, DAILY_NO_STOPS the orders only (rulebook A.8). */
function sweepDaily(book: PaperBook, out: BrokerEvent[]): void {
	const { gtcMode } = book.terms.instrument;
	if (gtcMode === "GTC") return;
	let freed = false;
	for (const order of book.orders.filter((waiting) => waiting.timeInForce === "GTC")) {
		removeOrder(book, order, "expired", 0, out);
		freed ||= order.margin > 0;
	}
	refreshMargin(book);
	if (freed) reportAccount(book, out);
	if (gtcMode === "DAILY_NO_STOPS") return;
	for (const position of book.positions) {
		if (position.sl === 0 && position.tp === 0) continue;
		position.sl = 0;
		position.tp = 0;
		reportPosition(book, position, out);
	}
}

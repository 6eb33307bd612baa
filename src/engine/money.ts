import type { ConversionRates, Instrument } from "./instrument.ts";
import type { Side } from "./order.ts";
import type { Lots, Money, Points } from "./units.ts";

/**
 * How an amount in one currency becomes account currency (rulebook A2.3). `price` conversions go through the traded symbol's own
 * price; `rate` holds bid and ask of one unit of the currency in account currency, so gains take the bid and losses the ask.
 */
export type Conversion =
	| { readonly kind: "same" }
	| { readonly kind: "dividePrice" }
	| { readonly kind: "timesPrice" }
	| { readonly kind: "rate"; readonly bid: number; readonly ask: number }
	| { readonly kind: "missing"; readonly pair: string };

/** An instrument seen from one account: everything that turns points and lots into account currency. Plain JSON. */
export type MoneyTerms = {
	readonly instrument: Instrument;
	readonly accountCurrency: string;
	readonly accountDigits: number;
	readonly leverage: number;
	readonly rates: ConversionRates;
	/** Price of one point: 10^-digits. */
	readonly point: number;
	/** Profit currency that one point of one lot is worth. */
	readonly perPoint: number;
	readonly profit: Conversion;
	readonly margin: Conversion;
	/** `perPoint` times the rate for gains and for losses; both `perPoint` when no rate is needed. */
	readonly perPointGain: number;
	readonly perPointLoss: number;
	/** How `profitOf` ends: the factors as they are, divided by the exit price, or not at all. */
	readonly profitBy: "factor" | "price" | "missing";
};

/** Builds the terms; what can be computed once is. Never throws: see `canConvert` for rates that are missing. */
export function createMoneyTerms(
	instrument: Instrument,
	account: { readonly currency: string; readonly currencyDigits: number; readonly leverage: number },
	rates: ConversionRates,
): MoneyTerms {
	const profit = conversionOf(instrument, instrument.currencyProfit, account.currency, rates);
	const perPoint = perPointOf(instrument);
	return {
		instrument,
		accountCurrency: account.currency,
		accountDigits: account.currencyDigits,
		leverage: account.leverage,
		rates,
		point: 10 ** -instrument.digits,
		perPoint,
		profit,
		margin: conversionOf(instrument, instrument.currencyMargin, account.currency, rates),
		perPointGain: profit.kind === "rate" ? perPoint * profit.bid : perPoint,
		perPointLoss: profit.kind === "rate" ? perPoint * profit.ask : perPoint,
		profitBy: profit.kind === "missing" ? "missing" : profit.kind === "dividePrice" ? "price" : "factor",
	};
}

/** Names the pair whose rate is missing ("USDJPY"), or null when profit and margin can both be computed. */
export function canConvert(terms: MoneyTerms): string | null {
	if (terms.profit.kind === "missing") return terms.profit.pair;
	return terms.margin.kind === "missing" ? terms.margin.pair : null;
}

/**
 * Profit of `lots` opened at `openPrice` and closed at `closePrice`, account currency, unrounded (rulebook A2.1, A2.3): converted at
 * the exit price when the symbol is its own conversion pair, else gains at the bid and losses at the ask of the profit currency.
 * NaN when a rate is missing.
 */
export function profitOf(terms: MoneyTerms, side: Side, lots: Lots, openPrice: Points, closePrice: Points): Money {
	const moved = side === "BUY" ? closePrice - openPrice : openPrice - closePrice;
	const amount = moved * lots * (moved > 0 ? terms.perPointGain : terms.perPointLoss);
	if (terms.profitBy === "factor") return amount;
	return terms.profitBy === "price" ? amount / (closePrice * terms.point) : Number.NaN;
}

/**
 * Initial margin of `lots` at `price`, account currency, unrounded (rulebook A2.1): the formula of the calc mode, or the
 * instrument's fixed amount a lot; converted at ask for buys and bid for sells. NaN when a rate is missing.
 */
export function marginOf(terms: MoneyTerms, side: Side, lots: Lots, price: Points): Money {
	return marginWith(terms, side, lots, price, terms.instrument.marginInitial);
}

/** As `marginOf`, for a position that is held: the maintenance amount where the instrument has one (rulebook A2.1). */
export function holdingMarginOf(terms: MoneyTerms, side: Side, lots: Lots, price: Points): Money {
	const { marginInitial, marginMaintenance } = terms.instrument;
	return marginWith(terms, side, lots, price, marginMaintenance > 0 ? marginMaintenance : marginInitial);
}

/** What `lots` are worth at `price`, account currency (the losing side of the rate: never too small). NaN when a rate is missing. */
export function notionalOf(terms: MoneyTerms, lots: Lots, price: Points): Money {
	return lots * price * pointValueOf(terms, price);
}

/** Account currency that one point of one lot is worth at `price`, at the worse side of the rate. NaN when a rate is missing. */
export function pointValueOf(terms: MoneyTerms, price: Points): Money {
	if (terms.profitBy === "factor") return terms.perPointLoss;
	return terms.profitBy === "price" ? terms.perPointLoss / (price * terms.point) : Number.NaN;
}

/** A signed amount of `conversion`'s currency in account currency: gains at the bid, losses at the ask. NaN when the rate is missing. */
export function convert(terms: MoneyTerms, conversion: Conversion, amount: number, price: Points): Money {
	switch (conversion.kind) {
		case "same":
			return amount;
		case "dividePrice":
			return amount / (price * terms.point);
		case "timesPrice":
			return amount * price * terms.point;
		case "rate":
			return amount * (amount > 0 ? conversion.bid : conversion.ask);
		case "missing":
			return Number.NaN;
	}
}

/**
 * The way from `currency` to the account's (rulebook A2.3, in its precedence): none, the traded pair's own price, the direct pair,
 * the inverse pair, two steps through USD.
 */
export function conversionOf(instrument: Instrument, currency: string, accountCurrency: string, rates: ConversionRates): Conversion {
	if (currency === accountCurrency) return { kind: "same" };
	const isPair = instrument.calcMode === "FOREX" || instrument.calcMode === "FOREX_NO_LEVERAGE";
	const { currencyBase, currencyProfit } = instrument;
	if (isPair && currency === currencyProfit && accountCurrency === currencyBase) return { kind: "dividePrice" };
	if (isPair && currency === currencyBase && accountCurrency === currencyProfit) return { kind: "timesPrice" };
	const direct = pairRate(currency, accountCurrency, rates);
	if (direct !== null) return { kind: "rate", ...direct };
	if (currency === "USD" || accountCurrency === "USD") return { kind: "missing", pair: pairName(currency, accountCurrency) };
	const toDollar = pairRate(currency, "USD", rates);
	if (toDollar === null) return { kind: "missing", pair: pairName(currency, "USD") };
	const fromDollar = pairRate("USD", accountCurrency, rates);
	if (fromDollar === null) return { kind: "missing", pair: pairName("USD", accountCurrency) };
	return { kind: "rate", bid: toDollar.bid * fromDollar.bid, ask: toDollar.ask * fromDollar.ask };
}

/** Bid and ask of one `from` in `to`, from the pair in either direction; null when neither is known or a quote is not usable. */
function pairRate(from: string, to: string, rates: ConversionRates): { bid: number; ask: number } | null {
	const direct = rates[from + to];
	if (direct !== undefined && direct.bid > 0 && direct.ask >= direct.bid && direct.ask < 1e12) return { bid: direct.bid, ask: direct.ask };
	const inverse = rates[to + from];
	if (inverse !== undefined && inverse.bid > 0 && inverse.ask >= inverse.bid && inverse.ask < 1e12) return { bid: 1 / inverse.ask, ask: 1 / inverse.bid };
	return null;
}

/** Currencies in the order in which the market names pairs: the earlier one is the base. */
const PAIR_ORDER = ["BTC", "XAU", "XAG", "EUR", "GBP", "AUD", "NZD", "USD", "CAD", "CHF"];

/** The market's name of the pair of two currencies, whichever is first ("USDJPY", "EURUSD"). */
function pairName(one: string, other: string): string {
	const rank = (currency: string): number => {
		const index = PAIR_ORDER.indexOf(currency);
		return index < 0 ? PAIR_ORDER.length : index;
	};
	return rank(one) <= rank(other) ? one + other : other + one;
}

/** Profit currency a point a lot: tick value over tick size for FUTURES, else contract size times the point (rulebook A2.1). */
function perPointOf(instrument: Instrument): number {
	if (instrument.calcMode === "FUTURES") return instrument.tickValue / instrument.tickSizePoints;
	return instrument.contractSize / 10 ** instrument.digits;
}

function marginWith(terms: MoneyTerms, side: Side, lots: Lots, price: Points, fixedPerLot: number): Money {
	const rate = side === "BUY" ? terms.instrument.marginRateLong : terms.instrument.marginRateShort;
	const perLot = fixedPerLot > 0 || terms.instrument.calcMode === "FUTURES" ? fixedPerLot : marginPerLot(terms, price);
	const amount = lots * perLot * rate;
	const { margin } = terms;
	if (margin.kind === "rate") return amount * (side === "BUY" ? margin.ask : margin.bid);
	return convert(terms, margin, amount, price);
}

/** Margin currency a lot by the calc mode's formula (rulebook A2.1); FUTURES has no formula, only the fixed amount. */
function marginPerLot(terms: MoneyTerms, price: Points): number {
	const { calcMode, contractSize, tickValue, tickSizePoints } = terms.instrument;
	switch (calcMode) {
		case "FOREX":
			return contractSize / terms.leverage;
		case "FOREX_NO_LEVERAGE":
			return contractSize;
		case "CFD":
			return contractSize * price * terms.point;
		case "CFDLEVERAGE":
			return (contractSize * price * terms.point) / terms.leverage;
		case "CFDINDEX":
			return (contractSize * price * tickValue) / tickSizePoints;
		case "FUTURES":
			return terms.instrument.marginInitial;
	}
}

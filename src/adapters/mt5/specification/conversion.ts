import { setTimeout } from "node:timers/promises";
import type { ConversionRates, Instrument } from "../../../engine/instrument.ts";
import { canConvert, conversionOf, createMoneyTerms } from "../../../engine/money.ts";
import { cleanText } from "../../clean-text.ts";
import { dataFailure } from "../../failure.ts";
import type { BridgeClient } from "../link/client-type.ts";

/** Most pairs that profit and margin can need: two by way of the dollar each. */
const MOST_PAIRS = 4;
/** A symbol that was just put into Market Watch has its first quote a moment later. */
const QUOTE_TRIES = 10;
const QUOTE_PAUSE_MS = 200;

type Rate = { readonly bid: number; readonly ask: number };

/**
 * The rates that turn profit and margin of `instrument` into the account's currency, as the broker quotes them now: the direct pair in either
 * direction where there is one, else by way of the dollar (rulebook A2.3). Empty when none is needed. Throws a `Failure` (exit 3) that names the
 * pair which the broker does not quote.
 */
export async function conversionFrom(client: BridgeClient, instrument: Instrument, currency: string): Promise<ConversionRates> {
	const rates: Record<string, Rate> = {};
	for (const from of new Set([instrument.currencyProfit, instrument.currencyMargin])) {
		if (conversionOf(instrument, from, currency, rates).kind === "missing") await addPair(client, from, currency, rates);
	}
	for (let round = 0; round <= MOST_PAIRS; round++) {
		const missing = canConvert(createMoneyTerms(instrument, { currency, currencyDigits: 2, leverage: 1 }, rates));
		if (missing === null) return rates;
		// Names of currencies have three letters; a name of another length cannot be taken apart, and is not guessed at.
		const isFound = missing.length === 6 && (await addPair(client, missing.slice(0, 3), missing.slice(3), rates));
		if (!isFound) throw notFound(instrument, currency, missing);
	}
	throw notFound(instrument, currency, "a pair");
}

function notFound({ symbol }: Instrument, currency: string, pair: string): Error {
	return dataFailure(
		`The broker has no quote of ${cleanText(pair, 20)}, without which results of ${symbol} cannot be told in ${cleanText(currency, 12)}. Add the pair to Market Watch in MetaTrader 5 (or name it in symbol_map of bridge.json), or choose a symbol in the account's currency.`,
	);
}

/** Asks for the pair under its name in either direction; false when the broker has neither. */
async function addPair(client: BridgeClient, one: string, other: string, rates: Record<string, Rate>): Promise<boolean> {
	for (const [base, profit] of [
		[one, other],
		[other, one],
	] as const) {
		const rate = await quoteOf(client, base, profit);
		if (rate === null) continue;
		rates[base + profit] = rate;
		return true;
	}
	return false;
}

/** The quote of a pair; null when the broker has no such symbol, or another one under that name. Throws a `Failure` when the bridge does not answer. */
async function quoteOf(client: BridgeClient, base: string, profit: string): Promise<Rate | null> {
	for (let attempt = 0; attempt < QUOTE_TRIES; attempt++) {
		const reply = await client.request("symbol_spec", { symbol: base + profit });
		if (reply.kind === "lost") throw dataFailure(`The bridge did not tell the quote of ${base}${profit}: ${reply.why}. Test the connection and start again.`);
		if (reply.kind === "error") {
			if (!reply.error.retryable) return null;
		} else {
			const { spec, tick } = reply.d;
			if (spec.currency_base !== base || spec.currency_profit !== profit) return null;
			if (tick !== null && tick.bid > 0 && tick.ask >= tick.bid) return { bid: tick.bid, ask: tick.ask };
		}
		await setTimeout(QUOTE_PAUSE_MS);
	}
	return null;
}

import type { MarginCheck } from "../../adapters/mt5/specification.ts";
import type { Instrument } from "../../engine/instrument.ts";
import { isSessionOpen, nextSessionOpenAt } from "../../engine/instruments/sessions.ts";
import { formatMoney, formatNumber, formatSeconds, formatTime } from "../../print/text.ts";
import { attention, failed, ok, type Verdict } from "./verdict.ts";
import { milliseconds } from "./way-rows.ts";

/** What is known of how alive the quotes of a symbol are. */
export type QuoteFacts = {
	/** Age of the newest quote by the bridge, ms; null = nothing proves one. */
	readonly ageMs: number | null;
	/** It was seen to move while we looked. */
	readonly moved: boolean;
	/** How long we looked, ms. */
	readonly watchedMs: number;
	/** Above this age a quote is old, ms (the bridge's own limit for entries). */
	readonly staleMs: number;
	/** The broker's time now; null while the bridge does not know its offset. */
	readonly serverNow: number | null;
	/** Hours of the symbol: from what Kinetra knows of it, for MT5's Python package does not tell them (rulebook A2.7); null = not known. */
	readonly instrument: Instrument | null;
};

/** Whether the market is open, as far as quotes and known hours tell. */
export function sessionRow(quote: QuoteFacts): Verdict {
	if (isFresh(quote)) return ok("open: quotes are coming");
	const { instrument, serverNow } = quote;
	if (!isClosed(quote) || instrument === null || serverNow === null)
		return attention(
			"not known: no quotes are coming",
			"MetaTrader 5 does not tell a program the hours of a symbol. If the price stands still in the terminal too, the market is closed.",
		);
	const opensAt = nextSessionOpenAt(instrument, serverNow);
	return attention(
		`closed by its usual hours${opensAt === null ? "" : `, opens ${formatTime(opensAt)} broker time`}`,
		"No order is taken until it opens. A session can be started then.",
	);
}

/** How old the newest quote is. */
export function quoteRow(quote: QuoteFacts): Verdict {
	const { ageMs, moved, watchedMs } = quote;
	if (isFresh(quote)) return ok(moved ? "moving" : milliseconds(ageMs ?? 0));
	const found = ageMs === null ? `none was seen to move in ${milliseconds(watchedMs)}` : `${formatSeconds(ageMs / 1000)} old`;
	if (isClosed(quote)) return attention(found, "The market is closed by its usual hours; then this is as it should be.");
	return failed(
		found,
		"The market should be open, but no quotes come. In the terminal: is the connection mark in the lower right corner green? Is the symbol in Market Watch, and does its price move? It may also be a holiday.",
	);
}

function isFresh({ ageMs, moved, staleMs }: QuoteFacts): boolean {
	return moved || (ageMs !== null && ageMs <= staleMs);
}

function isClosed({ instrument, serverNow }: QuoteFacts): boolean {
	return instrument !== null && serverNow !== null && !isSessionOpen(instrument, serverNow);
}

/** Beyond this the two clocks are said to differ (control C38 reconciles at jumps of a second). */
const CLOCK_MS = 2000;

/** How our clock stands to the bridge's, and what the broker's is. `offsetMs`: bridge minus ours, null = not measured. */
export function clockRow(offsetMs: number | null, serverOffsetS: number | null): Verdict {
	const server = serverOffsetS === null ? "broker's time not known yet" : `broker's time UTC${signedHours(serverOffsetS)}`;
	if (offsetMs === null) return failed(`not measured; ${server}`, "The bridge does not answer pings. Look at its window.");
	const found = `${offsetMs >= 0 ? "+" : "-"}${milliseconds(Math.abs(offsetMs))} against the bridge; ${server}`;
	if (Math.abs(offsetMs) > CLOCK_MS)
		return attention(found, "The clocks of this machine and of the bridge's differ. Set both by network time; times in the journal are wrong otherwise.");
	if (serverOffsetS === null)
		return attention(found, "The bridge learns the broker's time from moving quotes. With a closed market it cannot; test again when quotes move.");
	return ok(found);
}

function signedHours(seconds: number): string {
	const hours = Math.abs(seconds) / 3600;
	return `${seconds < 0 ? "-" : "+"}${Number.isInteger(hours) ? hours : hours.toFixed(2)}`;
}

/** More than this between the broker's margin and ours is told, percent. */
const MARGIN_PCT = 2;

/** The broker's own margin for a small volume beside our formula's: they must agree, or sizes and margin levels would be judged wrongly. */
export function marginRow({ lots, broker, ours, differsPct }: MarginCheck, currency: string): Verdict {
	const found = `${formatNumber(lots)} lots: broker ${money(broker, currency)}, own formula ${money(ours, currency)}`;
	if (broker === null)
		return attention(found, "The broker did not answer the question for the margin. Orders are checked by it once more before they are sent.");
	if (differsPct === null)
		return attention(
			found,
			"Our own formula cannot be computed (a conversion rate is missing, or the margin is 0). The broker's own check of each order still stands.",
		);
	if (Math.abs(differsPct) > MARGIN_PCT)
		return attention(
			`${found}, ${formatNumber(Math.abs(differsPct))} % apart`,
			"The broker charges margin by rules that it does not tell (tiers, weekend rates). Its own check of each order decides; leave room.",
		);
	return ok(found);
}

function money(amount: number | null, currency: string): string {
	return amount === null ? "--" : formatMoney(amount, currency);
}

import { resolve } from "node:path";
import type { Instrument } from "../../engine/instrument.ts";
import type { TickMode } from "../../engine/market/tick-path.ts";
import { timeframeName } from "../../engine/market/timeframe.ts";
import type { BrokerMs } from "../../engine/units.ts";
import { dataFailure, usageFailure } from "../failure.ts";
import type { FeedIdentity, MarketData } from "../ports.ts";
import { completeBars, createBarFeed, rangeOfBars } from "./csv/bar-feed.ts";
import { readBarFile } from "./csv/bar-file.ts";
import { builtInSymbol, parseExportName } from "./csv/file-name.ts";
import type { BarReading, KeptBars, ReadBars } from "./csv/kept-bars.ts";
import { nothingLeft, openRows, type Rows } from "./csv/rows.ts";
import { openTickFeed } from "./csv/tick-feed.ts";

/** Version of the reading rules: a replay needs the same reader to make the same ticks. */
const READER = "mt5-csv-1";
const MINUTE_MS = 60_000;

/** What a CSV feed is opened with. */
export type CsvFeedRequest = {
	/** An MT5 bars or ticks export (rulebook A5), plain or gz. */
	readonly file: string;
	/** The symbol asked for; null = whatever the file's name says. Refused when the name says another one. */
	readonly symbol: string | null;
	/** The timeframe asked for, minutes; null = the file's (M1 for ticks). */
	readonly timeframeMinutes: number | null;
	/** How bars become ticks; a ticks export is used as it is. */
	readonly ticks: TickMode;
	/** First broker ms played; null = from the beginning. */
	readonly from: BrokerMs | null;
	/** Broker ms at which playing stops, not played itself; null = to the end. */
	readonly to: BrokerMs | null;
	readonly instrument: Instrument;
	/** Leave bad rows out and count them, instead of refusing the file. */
	readonly skipBadRows: boolean;
	/** Rows a batch, 1 or more. */
	readonly batchRows: number;
};

/** An open CSV feed and what opening it told. */
export type CsvFeed = {
	readonly feed: MarketData;
	readonly content: "bars" | "ticks";
	/** The session's timeframe: as asked, else the file's, else M1. */
	readonly timeframeMinutes: number;
	/** Time of the first row played. */
	readonly firstAt: BrokerMs;
	/** End of the last bar played; null for ticks, which are not read ahead. */
	readonly endAt: BrokerMs | null;
	/** What the user should know about how the file is used; one sentence each. */
	readonly notes: readonly string[];
};

/**
 * Opens an MT5 export as a market data port. A bars export is read, checked and hashed in one pass and played from memory (32 bytes a bar); a
 * ticks export is hashed, then streamed. Throws a `Failure` (exit 3 for the data, 2 for a request that contradicts the file) with file,
 * line, reason, value and what to do. The caller closes the feed. `kept`: where bars that were read before may be found.
 */
export function openCsvFeed(request: CsvFeedRequest, kept: KeptBars | null = null): CsvFeed {
	checkRequest(request);
	if (kept !== null) {
		// What is no bars export is kept by nobody: it is opened below.
		const bars = kept.of(readingOf(request), () => readBars(request));
		if (bars !== null) return openBars(request, { ...bars, table: { ...bars.table, spread: bars.table.spread.slice() } });
	}
	const rows = openRows(request.file, request.instrument.digits, request.skipBadRows);
	try {
		return rows.layout.content === "bars" ? openBars(request, barsOf(request, rows)) : openTicks(request, rows);
	} catch (cause) {
		rows.source.close();
		throw cause;
	}
}

function readingOf({ file, instrument, skipBadRows, timeframeMinutes }: CsvFeedRequest): BarReading {
	return { file, digits: instrument.digits, skipBadRows, onlyBar: timeframeMinutes ?? 1 };
}

/** All bars of a file; null when it is an export of ticks. */
function readBars(request: CsvFeedRequest): ReadBars | null {
	const rows = openRows(request.file, request.instrument.digits, request.skipBadRows);
	try {
		return rows.layout.content === "bars" ? barsOf(request, rows) : null;
	} finally {
		rows.source.close();
	}
}

/** Reads and closes. */
function barsOf(request: CsvFeedRequest, rows: Rows): ReadBars {
	const read = readBarFile(rows, readingOf(request).onlyBar);
	const bars = { ...read, sha256: rows.source.sha256(), badRows: rows.badRows };
	rows.source.close();
	return bars;
}

function checkRequest(request: CsvFeedRequest): void {
	const { file, symbol, from, to } = request;
	const named = parseExportName(file);
	if (symbol !== null && named?.symbol != null && named.symbol !== (builtInSymbol(symbol) ?? symbol) && named.rawSymbol !== symbol) {
		throw usageFailure(`--symbol ${symbol}: the file's name says ${named.symbol} (${file}). Leave --symbol out, or rename the file if its name is wrong.`);
	}
	if (from !== null && to !== null && !(from < to))
		throw usageFailure(`--from ${dateText(from)} is not before --to ${dateText(to)}: nothing lies between. Exchange them.`);
}

/** Plays bars; spreads that the table lacks are written into it. */
function openBars(request: CsvFeedRequest, { table, timeframeMinutes: fileMinutes, sha256, badRows }: ReadBars): CsvFeed {
	const { instrument, ticks, from, to } = request;
	const timeframeMinutes = sessionTimeframe(request, fileMinutes);
	const lengthMs = fileMinutes * MINUTE_MS;
	const range = rangeOfBars(table, from, to);
	const lastOpenMs = table.openMs[table.count - 1] as number;
	if (range.first === range.end) throw emptyRange(request, `from ${dateText(table.openMs[0] as number)} to ${dateText(lastOpenMs + lengthMs)}`);
	const report = completeBars(table, range, badRows, instrument, lengthMs);
	const identity = identityOf(request, sha256, "bars", fileMinutes);
	const feed = createBarFeed(table, range, ticks, identity, lengthMs, request.batchRows, report);
	const endAt = (table.openMs[range.end - 1] as number) + lengthMs;
	return { feed, content: "bars", timeframeMinutes, firstAt: table.openMs[range.first] as number, endAt, notes: barNotes(request, fileMinutes) };
}

/** The engine builds longer bars from the ticks of shorter ones; the other way round there is nothing to build from. */
function sessionTimeframe(request: CsvFeedRequest, fileMinutes: number): number {
	const asked = request.timeframeMinutes ?? fileMinutes;
	if (asked % fileMinutes !== 0) {
		const [wanted, has] = [timeframeName(asked), timeframeName(fileMinutes)];
		throw usageFailure(
			`--timeframe ${wanted}: ${request.file} holds ${has} bars, of which no ${wanted} bars can be made. Give ${has}, a multiple of it, or another file.`,
		);
	}
	return asked;
}

function barNotes(request: CsvFeedRequest, fileMinutes: number): string[] {
	const name = timeframeName(fileMinutes);
	if (request.ticks === "open") return [`Agents see one quote each ${name} bar, its opening price; highs and lows are seen by the broker only.`];
	if (fileMinutes === 1) return [];
	return [`Each ${name} bar becomes ticks along a modelled path: rough inside the bar. An M1 or ticks export is finer.`];
}

function openTicks(request: CsvFeedRequest, rows: Rows): CsvFeed {
	const { file, instrument, from, to, batchRows } = request;
	const timeframeMinutes = request.timeframeMinutes ?? 1;
	const identity = identityOf(request, rows.source.sha256(), "ticks", timeframeMinutes);
	const { feed, firstAt } = openTickFeed(rows, instrument, identity, from, to, batchRows);
	if (firstAt === null) {
		const isRanged = rows.firstFault === null && (from !== null || to !== null);
		throw isRanged ? emptyRange(request, "other times only") : dataFailure(nothingLeft(rows));
	}
	const notes = request.ticks === "ohlc" ? [] : [`--ticks ${request.ticks} does not apply: ${file} holds ticks, which are used as they are.`];
	return { feed, content: "ticks", timeframeMinutes, firstAt, endAt: null, notes };
}

function emptyRange(request: CsvFeedRequest, covered: string): Error {
	const { file, from, to } = request;
	const asked = [from === null ? "" : ` from ${dateText(from)}`, to === null ? "" : ` up to ${dateText(to)}`].join("");
	return dataFailure(`${file}: has no rows${asked}; it covers ${covered} (broker time). Change --from and --to.`);
}

function identityOf(request: CsvFeedRequest, sha256: string, content: "bars" | "ticks", timeframeMinutes: number): FeedIdentity {
	const { file, ticks, from, to, skipBadRows } = request;
	return { kind: "csv", reader: READER, file: resolve(file), sha256, content, ticks, timeframeMinutes, from, to, skipBadRows };
}

/** Broker time for people. */
function dateText(ms: BrokerMs): string {
	return new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}

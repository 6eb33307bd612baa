import { dataFailure, type Failure } from "../../failure.ts";
import { quoted } from "./trouble.ts";

/** What a column means; also the index of its value in `Layout.values`. */
export const COLUMN = { ignored: 0, date: 1, time: 2, open: 3, high: 4, low: 5, close: 6, tickVolume: 7, spread: 8, bid: 9, ask: 10 } as const;
const COLUMN_KINDS = 11;

/** How the rows of a file are to be read, from its header line; `values` holds the row read last. */
export type Layout = {
	readonly content: "bars" | "ticks";
	/** The byte between fields. */
	readonly delimiter: number;
	/** A COLUMN code a column, left to right. */
	readonly columns: Uint8Array;
	/** The columns' names as the file writes them, for messages. */
	readonly names: readonly string[];
	/** Decimals of the instrument: prices become whole points by it. */
	readonly digits: number;
	/** False when days are all that is known (D1, W1, MN1). */
	readonly hasTime: boolean;
	/**
	 * By COLUMN code: date = broker ms of the day (or of the moment), time = ms since midnight, prices and spread in points, tick volume. NaN = the
	 * field is empty. Columns the file does not have stay 0.
	 */
	readonly values: Float64Array;
	/** The day read last, as year * 10000 + month * 100 + day, and its broker ms: most rows repeat it. */
	cachedDay: number;
	cachedDayMs: number;
};

/** Names as MT5, its Python package and common converters write them, without brackets, blanks and underscores, in small letters. */
const MEANINGS: Readonly<Record<string, number>> = {
	date: COLUMN.date,
	datetime: COLUMN.date,
	timestamp: COLUMN.date,
	time: COLUMN.time,
	open: COLUMN.open,
	high: COLUMN.high,
	low: COLUMN.low,
	close: COLUMN.close,
	tickvol: COLUMN.tickVolume,
	tickvolume: COLUMN.tickVolume,
	ticks: COLUMN.tickVolume,
	spread: COLUMN.spread,
	bid: COLUMN.bid,
	ask: COLUMN.ask,
};

const DELIMITERS = ["\t", ";", ","] as const;
const EXPECTED =
	"MT5 writes <DATE> <TIME> <OPEN> <HIGH> <LOW> <CLOSE> <TICKVOL> <VOL> <SPREAD> for bars and <DATE> <TIME> <BID> <ASK> <LAST> <VOLUME> <FLAGS> for ticks";

/** Reads a header line (rulebook A5.1 to A5.3): any of tab, `;` and `,` between names, with or without brackets, in any case. */
export function readHeader(file: string, line: number, text: string, digits: number): Layout {
	const refuse = (reason: string): Failure => dataFailure(`${file}: line ${line}: ${reason}. ${EXPECTED}; the first line must name the columns.`);
	const delimiter = DELIMITERS.reduce((best, next) => (text.split(next).length > text.split(best).length ? next : best));
	const names = text.split(delimiter).map((name) => name.trim());
	if (names.length < 3) throw refuse(`${quoted(text)} is no header of a bars or ticks export`);
	const columns = columnsOf(names);
	const has = (...kinds: number[]): boolean => kinds.every((kind) => columns.includes(kind));
	const isBars = has(COLUMN.date, COLUMN.open, COLUMN.high, COLUMN.low, COLUMN.close);
	const isTicks = has(COLUMN.date, COLUMN.bid, COLUMN.ask);
	if (!isBars && !isTicks) throw refuse(`the columns ${quoted(text)} are those of neither bars nor ticks`);
	const double = names.find((_, i) => columns[i] !== COLUMN.ignored && columns.indexOf(columns[i] as number) !== i);
	if (double !== undefined) throw refuse(`the column ${quoted(double)} comes twice`);
	const content = isBars ? "bars" : "ticks";
	const foreign = isBars ? [COLUMN.bid, COLUMN.ask] : [COLUMN.open, COLUMN.high, COLUMN.low, COLUMN.close, COLUMN.tickVolume, COLUMN.spread];
	for (let i = 0; i < columns.length; i++) if (foreign.includes(columns[i] as never)) columns[i] = COLUMN.ignored;
	const hasTime = has(COLUMN.time) || !/^<?date>?$/i.test(names[columns.indexOf(COLUMN.date)] ?? "");
	return { content, delimiter: delimiter.charCodeAt(0), columns, names, digits, hasTime, values: new Float64Array(COLUMN_KINDS), cachedDay: 0, cachedDayMs: 0 };
}

/** `time` alone is a full date and time, as MT5's Python package writes it; `time_msc`, the same in milliseconds, is the better one. */
function columnsOf(names: readonly string[]): Uint8Array {
	const plain = names.map((name) => name.toLowerCase().replace(/[<>"\s_-]/g, ""));
	const columns = Uint8Array.from(plain, (name) => MEANINGS[name] ?? COLUMN.ignored);
	const milliseconds = plain.indexOf("timemsc");
	if (milliseconds >= 0) {
		for (let i = 0; i < columns.length; i++) if (columns[i] === COLUMN.date || columns[i] === COLUMN.time) columns[i] = COLUMN.ignored;
		columns[milliseconds] = COLUMN.date;
	} else if (!columns.includes(COLUMN.date)) {
		const time = columns.indexOf(COLUMN.time);
		if (time >= 0) columns[time] = COLUMN.date;
	}
	return columns;
}

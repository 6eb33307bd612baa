import type { LogEntry, Weight } from "../../engine/log.ts";
import { cellWidth, clipText, fitLine, fitText, type Line, span, type Tone, textOf } from "../../print/line.ts";
import type { Size } from "../pane.ts";
import type { SessionAbout } from "../session-view.ts";
import type { Views } from "../views.ts";
import { type Column, fitColumns, rowLine, titleLine } from "../widgets/columns.ts";
import { windowStart } from "../widgets/list.ts";
import { clockText, countText, dayClockText, lotsText, priceText, signedText, signTone, UNKNOWN } from "./figures.ts";
import { type LogRows, logRows } from "./log-rows.ts";
import type { Panel } from "./shown.ts";

/** Rows from which titles, and from which the selected row's reason in full, are shown. */
const TITLES_FROM_ROWS = 7;
const DETAIL_FROM_ROWS = 6;
/** As long as the events of priced rows are: `shadow stop loss`. */
const EVENT_COLUMNS = 16;

export type LogSlice = {
	readonly log: readonly LogEntry[];
	readonly logLost: number;
	readonly about: SessionAbout;
	readonly view: Views["session"];
};

/** What has happened, newest at the bottom, or the closed trades. */
export const logPanel: Panel<LogSlice> = {
	select: ({ log, logLost, about }, { views }) => ({ log, logLost, about, view: views.session }),
	title: ({ view }) => (view.list === "trades" ? "Trades" : "Trade log"),
	right: status,
	paint: paintLog,
};

const WEIGHT_MARKS: Readonly<Record<Weight, readonly [mark: string, tone: Tone]>> = {
	info: [" ", "plain"],
	good: ["✓", "good"],
	warn: ["⚠", "warn"],
	alarm: ["■", "bad"],
};

/** The mark and tone of how much an entry matters. */
export function weightMark(weight: Weight): readonly [mark: string, tone: Tone] {
	return WEIGHT_MARKS[weight] ?? WEIGHT_MARKS.warn;
}

/** The seconds of a day, or the day as well once the log reaches over midnight: a time alone would then be any day's. */
function timeColumn(log: readonly LogEntry[]): Column<LogEntry> {
	// What was told before the broker's time was known is of no day.
	const first = log.find(({ at }) => dayClockText(at) !== UNKNOWN);
	const isOneDay = dayClockText(first?.at ?? null).slice(0, 5) === dayClockText(log.at(-1)?.at ?? null).slice(0, 5);
	const [width, text] = isOneDay ? [8, clockText] : [11, dayClockText];
	return { title: "time", width, align: "left", rank: 1, cell: (entry) => span(text(entry.at), "faint") };
}

function columnsOf({ about, log }: LogSlice): readonly Column<LogEntry>[] {
	return [
		timeColumn(log),
		{ title: "", width: 1, align: "left", rank: 1, cell: (entry) => span(...weightMark(entry.weight)) },
		{ title: "event", width: EVENT_COLUMNS, align: "left", rank: 1, cell: (entry) => span(eventText(entry), weightMark(entry.weight)[1]) },
		{
			title: "price",
			width: about.digits > 3 ? 8 : 9,
			align: "right",
			rank: 4,
			cell: (entry) => span(entry.price === null ? "" : priceText(entry.price, about.digits)),
		},
		{ title: "lots", width: 5, align: "right", rank: 5, cell: (entry) => span(entry.lots === null ? "" : lotsText(entry.lots, about.lotsDigits)) },
		{
			title: "result",
			width: 9,
			align: "right",
			rank: 3,
			cell: ({ result }) => span(result === null ? "" : signedText(result, about.currencyDigits), result === null ? "plain" : signTone(result)),
		},
		{ title: "reason", width: 8, align: "left", rank: 2, grows: true, cell: (entry) => span(reasonText(entry), "faint") },
	];
}

function paintLog(slice: LogSlice, size: Size): readonly Line[] {
	const { view } = slice;
	const { rows, selected } = logRows(slice.log, view);
	if (rows.length === 0) return [[span(emptyText(slice), "faint")]];
	const columns = fitColumns(columnsOf(slice), size.width - 2);
	const titles: readonly Line[] = size.height >= TITLES_FROM_ROWS ? [[span("  "), ...titleLine(columns)]] : [];
	const current = rows[selected];
	const detail: readonly Line[] = size.height >= DETAIL_FROM_ROWS && current !== undefined ? [detailLine(current, size.width)] : [];
	const room = Math.max(1, size.height - titles.length - detail.length);
	const start = windowStart(selected, rows.length, room);
	const shown = rows.slice(start, start + room).map((entry, index) => entryLine(columns, entry, start + index === selected, !isFollowing(view), size.width));
	while (detail.length > 0 && shown.length < room) shown.push([]);
	return [...titles, ...shown, ...detail];
}

function isFollowing(view: Views["session"]): boolean {
	return view.log.anchor === null;
}

function entryLine(columns: readonly Column<LogEntry>[], entry: LogEntry, isSelected: boolean, isInverse: boolean, width: number): Line {
	const line: Line = [span(isSelected ? "❯ " : "  ", "accent"), ...(isWordy(entry) ? wordsLine(columns, entry) : rowLine(withRoom(columns, entry), entry))];
	return isSelected && isInverse ? [span(textOf(fitLine(line, width)), "selected")] : line;
}

/** True for rows without figures: their words take the room of the columns that would be empty. */
function isWordy({ price, lots, result }: LogEntry): boolean {
	return price === null && lots === null && result === null;
}

function wordsLine(columns: readonly Column<LogEntry>[], entry: LogEntry): Line {
	const place = columns.findIndex(({ title }) => title === "event");
	const before = columns.slice(0, place);
	const room = columns.slice(place).reduce((sum, { width }) => sum + width + 1, -1);
	const event = fitText(eventText(entry), Math.max(columns[place]?.width ?? 0, cellWidth(eventText(entry))));
	return fitLine(
		[...rowLine(before, entry), span(" "), span(event, weightMark(entry.weight)[1]), span(` ${reasonText(entry)}`, "faint")],
		rowWidth(before) + 1 + room,
	);
}

/** The columns for a row with figures: a reason that is too long takes the empty ones before it. */
function withRoom(columns: readonly Column<LogEntry>[], entry: LogEntry): readonly Column<LogEntry>[] {
	const reason = columns.at(-1);
	if (reason === undefined || cellWidth(reasonText(entry)) <= reason.width) return columns;
	const last = columns.slice(0, -1).findLastIndex(({ cell }) => cell(entry).text !== "");
	const empty = columns.slice(last + 1, -1).reduce((sum, { width }) => sum + width + 1, 0);
	return [...columns.slice(0, last + 1), { ...reason, width: reason.width + empty }];
}

function rowWidth(columns: readonly Column<LogEntry>[]): number {
	return columns.reduce((sum, { width }) => sum + width + 1, -1);
}

/** The selected row's reason, which the row itself may have had to cut. */
function detailLine(entry: LogEntry, width: number): Line {
	const trade = entry.trade === null ? "" : `  Enter opens ${entry.trade.shadow ? "shadow trade" : "trade"} ${entry.trade.number}`;
	const control = entry.control === null ? "" : `${entry.control}: `;
	const room = Math.max(0, width - trade.length - 2);
	return [span("❯ ", "accent"), span(clipText(`${control}${entry.reason === "" ? entry.event : entry.reason}`, room)), span(trade, "key")];
}

function eventText(entry: LogEntry): string {
	return entry.trade?.shadow === true && !entry.event.includes("shadow") ? `shadow ${entry.event}` : entry.event;
}

function reasonText(entry: LogEntry): string {
	return entry.control === null ? entry.reason : `${entry.control} ${entry.reason}`;
}

function emptyText({ log, view }: LogSlice): string {
	if (view.list === "trades") return "No trade has been closed yet. l shows the log.";
	if (log.length === 0) return "Nothing has happened yet.";
	return `No entry matches${view.log.kind === null ? "" : ` kind ${view.log.kind}`}${view.log.filter === "" ? "" : ` "${view.log.filter}"`}. f changes the kind.`;
}

/** Filter, loss and whether the list follows: `kind breaker  ⏸ 12 newer, End follows`. */
function status(slice: LogSlice): Line {
	const { view } = slice;
	if (view.log.typing) return [span("/", "key"), span(view.log.filter, "strong"), span("█", "accent"), span(" Enter keeps", "faint")];
	const parts: Line[] = [];
	if (slice.logLost > 0) parts.push([span(`⚠ ${countText(slice.logLost)} not shown, the journal has them`, "warn")]);
	if (view.list === "log" && view.log.kind !== null) parts.push([span(`only ${view.log.kind}`, "accent")]);
	if (view.log.filter !== "") parts.push([span(`"${view.log.filter}"`, "accent")]);
	parts.push([followText(logRows(slice.log, view))]);
	return parts.flatMap((part, index) => (index === 0 ? part : [span("  "), ...part]));
}

function followText({ rows, selected, following }: LogRows): { text: string; tone: Tone } {
	return following ? span("following", "faint") : span(`⏸ ${rows.length - 1 - selected} newer, End follows`, "warn");
}

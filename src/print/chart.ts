import asciichart from "asciichart";
import type { CurvePoint, TradeRow } from "../engine/summary-type.ts";
import { type Line, line, span, type Tone } from "./line.ts";
import { formatTime } from "./text.ts";

/** Columns of the labels before a curve, and of what stands between them and the curve. */
const LABEL = 11;
const LEFT = LABEL + 2;

/** The room of the two curves: columns of a line, and steps between the lowest and the highest value. */
export type CurvesSize = { readonly width: number; readonly equityRows: number; readonly chsRows: number };

/** A point that may know the bid: curves of an older version have none. */
type Priced = CurvePoint & { readonly bid?: number };

/** Columns of a time with its day. */
const TIME = 16;

type End = Pick<CurvePoint, "equity" | "chs">;

/** Equity and health as two drawings of lines and corners, or one line that says why there is none. */
export function drawCurves(curve: readonly CurvePoint[], end: End, size: CurvesSize): Line[] {
	const points = curvePoints(curve, end);
	if (points.length < 2) return [line("No curve: the session has fewer than two points.")];
	return [
		line("Equity"),
		...equityChart(points, size.width, size.equityRows),
		[],
		line("CHS"),
		...chsChart(points, size.width, size.chsRows),
		timeAxis(points, size.width),
	];
}

/** The points that can be drawn; what happened after the last closed bar is one of them. */
export function curvePoints(curve: readonly CurvePoint[], end: End): readonly CurvePoint[] {
	const last = curve.at(-1);
	const points = last === undefined ? [] : [...curve, { ...last, ...end }];
	return points.filter((point) => Number.isFinite(point.equity) && Number.isFinite(point.chs));
}

/** The equity of at least two points. */
export function equityChart(points: readonly CurvePoint[], width: number, rows: number): Line[] {
	const values = resampled(
		points.map((point) => point.equity),
		columnsOf(width),
	);
	return plot(values, rows, (value) => value.toFixed(2)).map((row) => line(row.trimEnd()));
}

/** The score of at least two points; every dip is seen, however long the session was. */
export function chsChart(points: readonly CurvePoint[], width: number, rows: number): Line[] {
	const chs = points.map((point) => point.chs);
	const decimals = Math.max(...chs) - Math.min(...chs) < 0.1 ? 4 : 2;
	return plot(lowest(chs, columnsOf(width)), rows, (value) => value.toFixed(decimals)).map((row) => line(row.trimEnd()));
}

/** Any series of at least two numbers, `decimals` of them on the axis. */
export function seriesChart(values: readonly number[], width: number, rows: number, decimals: number): string[] {
	return plot(resampled(values, columnsOf(width)), rows, (value) => value.toFixed(decimals)).map((row) => row.trimEnd());
}

/** The first and the last time below their ends of a curve. */
export function timeAxis(points: readonly CurvePoint[], width: number): Line {
	const [first, last] = [points[0], points.at(-1)];
	if (first === undefined || last === undefined) return [];
	const room = columnsOf(width) - 1;
	// Where there is no room for both days, the times of day must do.
	const [from, to] = [first, last].map(({ at }) => (room < 2 * TIME + 1 ? formatTime(at).slice(-5) : formatTime(at)));
	return line(`${" ".repeat(LEFT)}${from}${to?.padStart(room - (from?.length ?? 0))}`);
}

const MARKS = { BUY: ["▲", "good"], SELL: ["▼", "bad"], exit: ["●", "accent"] } as const satisfies Record<string, readonly [string, Tone]>;

/**
 * The bid with the entries (▲ buy, ▼ sell) and exits (●) of `trades` on it, or null when the curve has no prices (sessions of an
 * older version). `digits`: decimals of the price.
 */
export function priceChart(points: readonly Priced[], trades: readonly TradeRow[], digits: number, width: number, rows: number): Line[] | null {
	const priced = points.flatMap(({ at, bid }) => (bid !== undefined && Number.isFinite(bid) ? [{ at, bid }] : []));
	if (priced.length < 2) return null;
	const columns = columnsOf(width);
	const values = resampled(
		priced.map((point) => point.bid),
		columns,
	);
	const [from, to] = [priced[0]?.at ?? 0, priced.at(-1)?.at ?? 0];
	const marks = trades
		.filter((trade) => !trade.shadow)
		.flatMap((trade) => [
			{ at: trade.openedAt, price: trade.openPrice, mark: MARKS[trade.side] },
			{ at: trade.closedAt, price: trade.closePrice, mark: MARKS.exit },
		])
		.filter((mark) => mark.at >= from && mark.at <= to && Number.isFinite(mark.price));
	const prices = [...values, ...marks.map((mark) => mark.price)];
	const [low, high] = [Math.min(...prices), Math.max(...prices)];
	const text = plot(values, rows, (value) => value.toFixed(digits), { low, high });
	const cells = text.map((row) => Array.from(row.padEnd(LEFT + columns)).map((character): readonly [string, Tone] => [character, "plain"]));
	for (const { at, price, mark } of marks) {
		const index = Math.max(
			0,
			priced.findLastIndex((point) => point.at <= at),
		);
		const column = Math.min(columns - 2, Math.round((index * (columns - 1)) / (priced.length - 1)));
		const ratio = isFlat(low, high) ? 0 : rows / (high - low);
		const above = Math.round(price * ratio) - Math.round(low * ratio);
		const row = cells[Math.max(0, cells.length - 1 - above)];
		if (row !== undefined) row[LEFT + column] = mark;
	}
	return cells.map(spansOf);
}

function columnsOf(width: number): number {
	return Math.max(20, width - LEFT - 1);
}

/** Neighbours of one tone become one span. */
function spansOf(row: readonly (readonly [string, Tone])[]): Line {
	const spans: { text: string; tone: Tone }[] = [];
	for (const [character, tone] of row) {
		const last = spans.at(-1);
		if (last !== undefined && last.tone === tone) last.text += character;
		else spans.push({ text: character, tone });
	}
	const end = spans.at(-1);
	if (end?.tone === "plain") end.text = end.text.trimEnd();
	return spans.map(({ text, tone }) => span(text, tone));
}

function plot(series: readonly number[], height: number, label: (value: number) => string, range?: { readonly low: number; readonly high: number }): string[] {
	const low = range?.low ?? Math.min(...series);
	const high = range?.high ?? Math.max(...series);
	// A flat curve has no height of its own; without one the library would scale by its value.
	const flat = isFlat(low, high);
	const config = flat ? { height: 0, min: low, max: low } : { height, min: low, max: high };
	const values = flat ? series.map(() => low) : [...series];
	return asciichart.plot(values, { ...config, format: (value: number) => labelText(value, label) }).split("\n");
}

/** True when the values differ by nothing but the dust of binary fractions. */
function isFlat(low: number, high: number): boolean {
	return !(high - low > 1e-9 * Math.max(1, Math.abs(low), Math.abs(high)));
}

/** The label in its columns; an amount too long for them gives up its decimals. */
function labelText(value: number, label: (value: number) => string): string {
	const text = label(value);
	return (text.length > LABEL ? value.toFixed(0) : text).padStart(LABEL);
}

/** The values at `count` places spread evenly from the first to the last. */
function resampled(values: readonly number[], count: number): number[] {
	return Array.from({ length: count }, (_, column) => values[Math.round((column * (values.length - 1)) / (count - 1))] ?? 0);
}

/** The lowest value from one such place to the next: a short trip stays visible in a long session. */
function lowest(values: readonly number[], count: number): number[] {
	const place = (column: number): number => Math.round((column * (values.length - 1)) / (count - 1));
	return Array.from({ length: count }, (_, column) => {
		const from = column === 0 ? 0 : Math.min(place(column - 1) + 1, place(column));
		return Math.min(...values.slice(from, place(column) + 1));
	});
}

import type { BrokerMs } from "../../engine/units.ts";
import { fitLine, type Line, lineWidth, span } from "../../print/line.ts";
import type { Size } from "../pane.ts";
import type { Marker, Sample, SessionAbout } from "../session-view.ts";
import { type Plot, type PlotMark, paintPlot, plotColumns } from "../widgets/plot.ts";
import { amountText, clockText, dayClockText, scoreText } from "./figures.ts";
import type { Panel, Running } from "./shown.ts";

export type ChartKind = "price" | "equity" | "chs";

/** In the order in which `c` goes through them. */
export const CHART_KINDS = ["price", "equity", "chs"] as const satisfies readonly ChartKind[];

export type ChartSlice = {
	readonly kind: ChartKind;
	readonly samples: readonly Sample[];
	readonly markers: readonly Marker[];
	readonly about: SessionAbout;
	readonly tripLevel: number;
	readonly rearmLevel: number;
};

const TITLES: Readonly<Record<ChartKind, string>> = { price: "Price", equity: "Equity", chs: "CHS" };

const DAY_MS = 86_400_000;

/** The chart of `kind`, or of what the user has chosen with an offset: `0` the chosen one, `1` and `2` the others. */
export function chartPanel(offset: 0 | 1 | 2): Panel<ChartSlice> {
	return {
		select: (view, state) => sliceOf(view, otherKind(state.views.session.chart, offset)),
		title: ({ kind, about }) => (kind === "price" ? `Price ${about.symbol}` : kind === "equity" ? `Equity ${about.currency}` : TITLES.chs),
		right: legend,
		paint: paintChart,
	};
}

/** The kind that is `by` places behind in CHART_KINDS. */
export function otherKind(kind: ChartKind, by: number): ChartKind {
	return CHART_KINDS[(CHART_KINDS.indexOf(kind) + by) % CHART_KINDS.length] ?? "price";
}

function sliceOf({ samples, markers, about, now }: Running, kind: ChartKind): ChartSlice {
	return { kind, samples, markers, about, tripLevel: now.breaker.tripLevel, rearmLevel: now.breaker.rearmLevel };
}

function legend({ kind }: ChartSlice): Line {
	if (kind === "price") return [span("▲ buy ", "good"), span("▼ sell ", "bad"), span("● exit", "accent")];
	if (kind === "equity") return [span("· start balance", "faint")];
	return [span("· trip level", "bad")];
}

function paintChart(slice: ChartSlice, size: Size): readonly Line[] {
	const { kind, samples } = slice;
	const valid = samples.filter((sample) => Number.isFinite(sample.at) && Number.isFinite(figureOf(sample, kind)) && (kind !== "price" || sample.bid > 0));
	const first = valid[0];
	const last = valid.at(-1);
	if (first === undefined || last === undefined || valid.length < 2 || !(last.at > first.at)) {
		return [[span(`No ${kind === "chs" ? "score" : kind} to draw yet: it needs two points in time.`, "faint")]];
	}
	const format = labelOf(slice);
	const levels = levelsOf(slice);
	const ends = [...rangeOf(valid, kind), ...levels.map(({ value }) => value)];
	const labelWidth = Math.max(...ends.map((value) => format(value).length), 6);
	const columns = plotColumns(size.width, labelWidth);
	const plot: Plot = {
		values: resampled(valid, kind, columns + 1, first.at, last.at),
		tone: kind === "chs" ? "good" : "accent",
		marks: kind === "price" ? marksOf(slice, first.at, last.at) : [],
		levels,
		format,
	};
	return [...paintPlot(plot, { width: size.width, height: size.height - 1 }, labelWidth), timeAxis(first.at, last.at, labelWidth + 2, size.width)];
}

/** The lowest and the highest value: of all labels theirs are the longest, and making the text of each is most of a chart's cost. */
function rangeOf(samples: readonly Sample[], kind: ChartKind): readonly [low: number, high: number] {
	let low = Number.POSITIVE_INFINITY;
	let high = Number.NEGATIVE_INFINITY;
	for (const sample of samples) {
		const value = figureOf(sample, kind);
		if (value < low) low = value;
		if (value > high) high = value;
	}
	return [low, high];
}

function figureOf(sample: Sample, kind: ChartKind): number {
	return kind === "price" ? sample.bid : kind === "equity" ? sample.equity : sample.chs;
}

/** One value a column of equal market time: the last of the column, for the score the lowest; a column without a sample repeats the one before. */
function resampled(samples: readonly Sample[], kind: ChartKind, count: number, from: BrokerMs, to: BrokerMs): number[] {
	const columns = new Array<number>(count).fill(Number.NaN);
	for (const sample of samples) {
		const column = Math.min(count - 1, Math.max(0, Math.round(((sample.at - from) / (to - from)) * (count - 1))));
		const value = figureOf(sample, kind);
		const known = columns[column] ?? Number.NaN;
		columns[column] = kind === "chs" && known < value ? known : value;
	}
	let carried = columns.find((value) => Number.isFinite(value)) ?? 0;
	return columns.map((value) => {
		if (Number.isFinite(value)) carried = value;
		return carried;
	});
}

function marksOf({ markers }: ChartSlice, from: BrokerMs, to: BrokerMs): readonly PlotMark[] {
	const glyphs = { buy: ["▲", "good"], sell: ["▼", "bad"], exit: ["●", "accent"] } as const;
	return markers
		.filter(({ at, price }) => at >= from && at <= to && Number.isFinite(price) && price > 0)
		.map(({ at, price, kind }) => ({ x: (at - from) / (to - from), value: price, glyph: glyphs[kind][0], tone: glyphs[kind][1] }));
}

function levelsOf({ kind, about, tripLevel }: ChartSlice): Plot["levels"] {
	if (kind === "equity") return [{ value: about.startBalance, tone: "faint" }];
	return kind === "chs" ? [{ value: tripLevel, tone: "bad" }] : [];
}

function labelOf({ kind, about }: ChartSlice): (value: number) => string {
	if (kind === "price") return (value) => value.toFixed(about.digits);
	return kind === "equity" ? (value) => amountText(value, about.currencyDigits) : scoreText;
}

/** Begin, middle and end of the market time that is drawn. */
function timeAxis(from: BrokerMs, to: BrokerMs, indent: number, width: number): Line {
	const text = to - from >= DAY_MS ? dayClockText : clockText;
	const [left, middle, right] = [text(from), text(from + (to - from) / 2), text(to)] as const;
	const room = width - indent;
	const start: Line = [span(" ".repeat(indent)), span(left, "faint")];
	if (room < left.length + right.length + 2) return fitLine(start, width);
	const middleAt = indent + Math.floor((room - middle.length) / 2);
	const hasMiddle = room >= 3 * (left.length + 3);
	const upTo = (line: Line, column: number): Line => [...line, span(" ".repeat(Math.max(1, column - lineWidth(line))))];
	const withMiddle = hasMiddle ? [...upTo(start, middleAt), span(middle, "faint")] : start;
	return [...upTo(withMiddle, width - right.length), span(right, "faint")];
}

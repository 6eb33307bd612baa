import asciichart from "asciichart";
import { fitText, type Line, span, type Tone } from "../../print/line.ts";
import type { Size } from "../pane.ts";

/** Something drawn over the curve at a place of 0..1 of the width. */
export type PlotMark = { readonly x: number; readonly value: number; readonly glyph: string; readonly tone: Tone };

export type Plot = {
	/** One value a column; every one finite. */
	readonly values: readonly number[];
	readonly tone: Tone;
	readonly marks: readonly PlotMark[];
	/** Levels drawn as dotted lines behind the curve; they widen the scale. */
	readonly levels: readonly { readonly value: number; readonly tone: Tone }[];
	readonly format: (value: number) => string;
};

/** The library's glyphs, with a plain axis. */
const SYMBOLS: NonNullable<Parameters<typeof asciichart.plot>[1]>["symbols"] = ["│", "│", "╶", "╴", "─", "╰", "╭", "╮", "╯", "│"];

/** Columns that the scale and its axis take from a plot with these labels. */
export function plotColumns(width: number, labelWidth: number): number {
	return Math.max(2, width - labelWidth - 2);
}

/** A curve of exactly `size.height` rows with its scale to the left; nothing where there is no room or no value. */
export function paintPlot(plot: Plot, size: Size, labelWidth: number): readonly Line[] {
	const { values } = plot;
	const top = size.height - 1;
	if (top < 1 || values.length === 0) return [];
	const [low, high] = rangeOf(plot, top);
	const levelOf = (value: number): number => Math.round(Math.min(1, Math.max(0, (value - low) / (high - low))) * top);
	const columns = plotColumns(size.width, labelWidth);
	// The library joins neighbours, so a curve of n columns needs n + 1 points.
	const points = Array.from({ length: columns + 1 }, (_, column) => levelOf(values[Math.round((column * (values.length - 1)) / columns)] ?? 0));
	const rows = asciichart.plot(points, { min: 0, max: top, height: top, offset: 3, format: () => "   ", symbols: SYMBOLS }).split("\n");
	const lines = byLevel(plot.levels, levelOf);
	const marks = byLevel(plot.marks, levelOf);
	return rows.map((row, index) => {
		const level = top - index;
		const label = isLabelled(level, top) ? plot.format(low + ((high - low) * level) / top) : "";
		const scale = span(`${fitText(label, labelWidth, "right")} │`, "faint");
		const curve = row.slice(5).padEnd(columns).slice(0, columns);
		const [dotted, marked] = [lines.get(level), marks.get(level)];
		// Most rows have nothing but the curve.
		if (dotted === undefined && marked === undefined) return [scale, span(curve, plot.tone)];
		const cells: [glyph: string, tone: Tone][] = Array.from(curve, (glyph) => [glyph, plot.tone]);
		for (const line of dotted ?? []) dot(cells, line.tone);
		for (const mark of marked ?? []) cells[Math.min(columns - 1, Math.max(0, Math.round(mark.x * (columns - 1))))] = [mark.glyph, mark.tone];
		return [scale, ...joined(cells)];
	});
}

/** Things of the plot by the row they are in, in their order. */
function byLevel<Thing extends { readonly value: number }>(
	things: readonly Thing[],
	levelOf: (value: number) => number,
): ReadonlyMap<number, readonly Thing[]> {
	const rows = new Map<number, Thing[]>();
	for (const thing of things) {
		const level = levelOf(thing.value);
		const row = rows.get(level);
		if (row === undefined) rows.set(level, [thing]);
		else row.push(thing);
	}
	return rows;
}

/** Lowest and highest value of curve, marks and levels; a flat curve lies in the middle of a range of its own. */
function rangeOf({ values, marks, levels }: Plot, top: number): readonly [low: number, high: number] {
	let low = Number.POSITIVE_INFINITY;
	let high = Number.NEGATIVE_INFINITY;
	const widen = (value: number): void => {
		if (!Number.isFinite(value)) return;
		if (value < low) low = value;
		if (value > high) high = value;
	};
	for (const value of values) widen(value);
	for (const { value } of marks) widen(value);
	for (const { value } of levels) widen(value);
	if (!(low <= high)) return [0, 1];
	if (high - low > Math.abs(high) * 1e-12) return [low, high];
	// On a row of its own: half way between two it would be drawn beside a label that is not its value.
	const row = (Math.abs(high) * 0.001 || 1) / top;
	const below = Math.floor(top / 2);
	return [low - below * row, high + (top - below) * row];
}

function dot(cells: [glyph: string, tone: Tone][], tone: Tone): void {
	for (const [column, [glyph]] of cells.entries()) if (glyph === " ") cells[column] = ["·", tone];
}

/** Top, bottom and every fourth row between carry a label. */
function isLabelled(level: number, top: number): boolean {
	return level === 0 || level === top || (level % 4 === 0 && top - level >= 2);
}

function joined(cells: readonly (readonly [glyph: string, tone: Tone])[]): Line {
	const line: { text: string; tone: Tone }[] = [];
	for (const [glyph, tone] of cells) {
		const last = line.at(-1);
		if (last?.tone === tone) last.text += glyph;
		else line.push({ text: glyph, tone });
	}
	return line;
}

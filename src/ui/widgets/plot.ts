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
	const [low, high] = rangeOf(plot);
	const levelOf = (value: number): number => Math.round(Math.min(1, Math.max(0, (value - low) / (high - low))) * top);
	const columns = plotColumns(size.width, labelWidth);
	// The library joins neighbours, so a curve of n columns needs n + 1 points.
	const points = Array.from({ length: columns + 1 }, (_, column) => levelOf(values[Math.round((column * (values.length - 1)) / columns)] ?? 0));
	const rows = asciichart.plot(points, { min: 0, max: top, height: top, offset: 3, format: () => "   ", symbols: SYMBOLS }).split("\n");
	return rows.map((row, index) => {
		const level = top - index;
		const cells: [glyph: string, tone: Tone][] = Array.from(row.slice(5).padEnd(columns).slice(0, columns), (glyph) => [glyph, plot.tone]);
		for (const line of plot.levels) {
			if (levelOf(line.value) === level) dot(cells, line.tone);
		}
		for (const mark of plot.marks) {
			if (levelOf(mark.value) === level) cells[Math.min(columns - 1, Math.max(0, Math.round(mark.x * (columns - 1))))] = [mark.glyph, mark.tone];
		}
		const label = isLabelled(level, top) ? plot.format(low + ((high - low) * level) / top) : "";
		return [span(`${fitText(label, labelWidth, "right")} │`, "faint"), ...joined(cells)];
	});
}

/** Lowest and highest value of curve, marks and levels; a flat curve lies in the middle of a range of its own. */
function rangeOf({ values, marks, levels }: Plot): readonly [low: number, high: number] {
	let low = Number.POSITIVE_INFINITY;
	let high = Number.NEGATIVE_INFINITY;
	for (const value of [...values, ...marks.map((mark) => mark.value), ...levels.map((level) => level.value)]) {
		if (!Number.isFinite(value)) continue;
		if (value < low) low = value;
		if (value > high) high = value;
	}
	if (!(low <= high)) return [0, 1];
	if (high - low > Math.abs(high) * 1e-12) return [low, high];
	const half = Math.abs(high) * 0.0005 || 0.5;
	return [low - half, high + half];
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

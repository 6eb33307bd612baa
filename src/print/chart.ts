import asciichart from "asciichart";
import type { CurvePoint } from "../engine/summary-type.ts";
import { formatTime } from "./text.ts";

/** Columns of a curve, and width of the labels before it: together below 80. */
const COLUMNS = 64;
const LABEL = 11;

/** Equity and health as two drawings of lines and corners, or one line that says why there is none. */
export function drawCurves(curve: readonly CurvePoint[], end: Omit<CurvePoint, "at">): string[] {
	// The curve has a point a closed bar; what happened after the last one must be seen too.
	const lastAt = curve.at(-1)?.at;
	const points = (lastAt === undefined ? [] : [...curve, { ...end, at: lastAt }]).filter(
		(point) => Number.isFinite(point.equity) && Number.isFinite(point.chs),
	);
	const first = points[0];
	const last = points.at(-1);
	if (first === undefined || last === undefined || points.length < 2) return ["No curve: the session has fewer than two points."];
	const chs = points.map((point) => point.chs);
	return [
		"Equity",
		...draw(
			resampled(
				points.map((point) => point.equity),
				COLUMNS,
			),
			5,
			(value) => value.toFixed(2),
		),
		"",
		"CHS",
		...draw(lowest(chs, COLUMNS), 4, (value) => value.toFixed(Math.max(...chs) - Math.min(...chs) < 0.1 ? 4 : 2)),
		`${" ".repeat(LABEL + 2)}${formatTime(first.at)}${formatTime(last.at).padStart(COLUMNS - 17)}`,
	];
}

function draw(series: readonly number[], height: number, label: (value: number) => string): string[] {
	const low = Math.min(...series);
	const high = Math.max(...series);
	// A flat curve has no height of its own; without one the library would scale by its value.
	const config = low === high ? { height: 0, min: low, max: high } : { height };
	return asciichart
		.plot([...series], { ...config, format: (value: number) => label(value).padStart(LABEL) })
		.split("\n")
		.map((line) => line.trimEnd());
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

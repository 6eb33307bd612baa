import type { LimitRow } from "../../engine/project.ts";
import { clipText, fitText, type Line, span, type Tone } from "../../print/line.ts";
import type { Size } from "../pane.ts";
import { bar } from "../widgets/bar.ts";
import { ageText, countText, minutesText, UNKNOWN } from "./figures.ts";
import type { Panel } from "./shown.ts";

/** Share of a limit from which its row warns. */
const NEAR = 0.8;

export type LimitsSlice = { readonly limits: readonly LimitRow[] };

/** How far it is to each limit that can stop the session, the nearest first. */
export const limitsPanel: Panel<LimitsSlice> = {
	select: ({ now }) => ({ limits: now.limits }),
	title: () => "Limits",
	right: () => [span("nearest first", "faint")],
	paint: paintLimits,
};

function paintLimits({ limits }: LimitsSlice, size: Size): readonly Line[] {
	if (limits.length === 0) return [[span("No limit is set that could stop this session.", "faint")]];
	const sorted = [...limits].sort((left, right) => order(right) - order(left));
	const shown = sorted.length > size.height ? sorted.slice(0, Math.max(1, size.height)) : sorted;
	const names = Math.min(16, Math.max(...shown.map(({ label }) => label.length)));
	const values = Math.min(18, Math.max(...shown.map((row) => valueText(row).length)));
	return shown.map((row) => limitLine(row, names, values, size.width));
}

function limitLine(row: LimitRow, names: number, values: number, width: number): Line {
	const share = shareOf(row);
	const tone: Tone = !(share < 1) ? "bad" : share >= NEAR ? "warn" : "good";
	const barCells = Math.max(4, Math.min(16, width - names - values - 16));
	const known = Number.isFinite(share);
	const mark = !known || share >= NEAR ? "⚠" : " ";
	return [
		span(mark, tone),
		span(fitText(row.label, names)),
		span(` ${fitText(valueText(row), values, "right")} `, tone === "good" ? "plain" : tone),
		...bar(share, barCells, tone),
		span(` ${clipText(row.action, Math.max(0, width - names - values - barCells - 9))}`, "faint"),
		span(` ${row.control}`, "faint"),
	];
}

/** `4/10`, `12:31/60:00`, `1.20/5.00 %`, `3.0 s/2 min`. Never rounded up to a limit that has not been passed. */
function valueText({ value, limit, unit }: LimitRow): string {
	switch (unit) {
		case "count":
			return `${countText(value)}/${countText(limit)}`;
		case "minutes":
			return `${minutesText(value)}/${minutesText(limit)}`;
		case "percent":
			return `${cut(value)}/${cut(limit)} %`;
		case "ms":
			return `${ageText(value)}/${ageText(limit)}`;
	}
}

function cut(percent: number | null): string {
	if (percent === null || !Number.isFinite(percent)) return UNKNOWN;
	const hundredths = Math.round(percent * 100);
	const cutDown = hundredths / 100 > percent && percent > 0 ? hundredths - 1 : hundredths;
	return (Math.max(0, cutDown) / 100).toFixed(2);
}

/** 1 = the limit is reached; NaN when either is not known. */
function shareOf({ value, limit }: LimitRow): number {
	if (value === null || !Number.isFinite(value) || !Number.isFinite(limit)) return Number.NaN;
	if (limit <= 0) return value >= limit ? 1 : 0;
	return Math.max(0, value / limit);
}

/** Unknown ones come first: not proven to be far away. */
function order(row: LimitRow): number {
	const share = shareOf(row);
	return Number.isNaN(share) ? Number.MAX_VALUE : share;
}

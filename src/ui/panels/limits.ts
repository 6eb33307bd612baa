import type { LimitRow } from "../../engine/project.ts";
import { fitText, type Line, span, type Tone } from "../../print/line.ts";
import type { Size } from "../pane.ts";
import { bar } from "../widgets/bar.ts";
import { ageText, countText, minutesText, UNKNOWN } from "./figures.ts";
import type { Panel } from "./shown.ts";

/** Share of a limit from which its row warns. */
const NEAR = 0.8;
const LABEL_MIN = 10;
const BAR_MIN = 4;
const BAR_MAX = 16;
const CONTROL_COLUMNS = 3;

export type LimitsSlice = { readonly limits: readonly LimitRow[] };

/** How far it is to each limit that can stop the session, the nearest first. */
export const limitsPanel: Panel<LimitsSlice> = {
	select: ({ now }) => ({ limits: now.limits }),
	title: () => "Limits",
	right: () => [span("nearest first", "faint")],
	paint: paintLimits,
};

/** Widths of a row's parts; `bar` and `control` are 0 where there is no room for them. */
type Widths = { readonly label: number; readonly value: number; readonly bar: number; readonly action: number; readonly control: number };

function paintLimits({ limits }: LimitsSlice, size: Size): readonly Line[] {
	if (limits.length === 0) return [[span("No limit is set that could stop this session.", "faint")]];
	const sorted = [...limits].sort((left, right) => order(right) - order(left));
	const shown = sorted.slice(0, Math.max(1, size.height));
	const widths = widthsFor(shown, size.width);
	return shown.map((row) => limitLine(row, widths));
}

/** Value and action are shown in full, then as much of the label as leaves a bar. */
function widthsFor(rows: readonly LimitRow[], width: number): Widths {
	const longest = (text: (row: LimitRow) => string): number => Math.max(...rows.map((row) => text(row).length));
	const value = longest(valueText);
	const action = longest((row) => row.action);
	const label = longest((row) => row.label);
	const room = width - 2 - (1 + value) - (1 + action);
	const control = room - label - (1 + BAR_MIN) >= CONTROL_COLUMNS + 1 ? CONTROL_COLUMNS : 0;
	const left = room - (control === 0 ? 0 : 1 + control);
	const shown = Math.max(Math.min(label, LABEL_MIN), Math.min(label, left - 1 - BAR_MIN));
	const bar = Math.min(BAR_MAX, left - shown - 1);
	return { label: bar < BAR_MIN ? Math.max(0, Math.min(label, left)) : shown, value, bar: bar < BAR_MIN ? 0 : bar, action, control };
}

function limitLine(row: LimitRow, widths: Widths): Line {
	const share = shareOf(row);
	const isNear = !(share < NEAR);
	const tone: Tone = !(share < 1) ? "bad" : isNear ? "warn" : "good";
	return [
		span(isNear ? "⚠ " : "  ", tone),
		span(fitText(row.label, widths.label)),
		span(` ${fitText(valueText(row), widths.value, "right")} `, tone === "good" ? "plain" : tone),
		...bar(share, widths.bar, tone),
		span(`${widths.bar === 0 ? "" : " "}${fitText(row.action, widths.action)}`, isNear ? tone : "faint"),
		...(widths.control === 0 ? [] : [span(` ${fitText(row.control, widths.control)}`, "faint")]),
	];
}

/** `4/10`, `12:31/60:00`, `1.20/5.00 %`, `3.0 s/2 min`. Never rounded up to a limit that has not been passed. */
function valueText({ value, limit, unit }: LimitRow): string {
	switch (unit) {
		case "count":
			return `${countText(value)}/${countText(limit)}`;
		case "minutes":
			return `${minutesText(value, limit)}/${minutesText(limit)}`;
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

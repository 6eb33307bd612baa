import { clipLine, fitLine, type Line, line, lineWidth, span } from "../../print/line.ts";
import { ruleLine, spread, wrapped } from "../../print/line-block.ts";
import { standLines } from "../../print/summary-broker.ts";
import { evidenceLines, nextStepLines, titleOf } from "../../print/summary-head.ts";
import type { Size } from "../pane.ts";
import type { StoredSummary } from "../state.ts";
import type { Views } from "../views.ts";
import { paintPager } from "../widgets/pager.ts";
import { outcomeOf } from "./outcome.ts";
import { TABS, TEXT_ROWS, TRADES_TAB, tabCount, tabLines } from "./tabs.ts";
import { paintTrades } from "./trades.ts";

/** The whole summary screen: how it ended on top, a tab below, the next step always at the bottom. */
export function paintSummary(stored: StoredSummary, view: Views["summary"], size: Size): readonly Line[] {
	const width = textWidth(size);
	const body = bodySize(stored, size);
	const shown = view.tab === TRADES_TAB ? paintTrades(stored, view.selected, body) : paintPager(tabLines(stored, view.tab, body), view, body);
	return [...headLines(stored, view.tab, width), ...shown, ...nextLines(stored, width)].map((row) => (row.length === 0 ? row : [span(" "), ...row]));
}

/** The room that head and next step leave for the tab. */
export function bodySize(stored: StoredSummary, size: Size): Size {
	const width = textWidth(size);
	const taken = headLines(stored, 0, width).length + nextLines(stored, width).length;
	return { width, height: Math.max(2, size.height - taken) };
}

/** One column stays free on the left. */
function textWidth(size: Size): number {
	return Math.max(20, size.width - 1);
}

function headLines(stored: StoredSummary, tab: number, width: number): readonly Line[] {
	const { summary } = stored;
	const { mark, words, tone } = outcomeOf(summary);
	const why = wrapped(`${mark} ${words} (${summary.endReason}): ${summary.endDetail}`, width - 2, tone);
	// An alarm is a bar over the whole width: seen without reading.
	const bar = tone === "alarm" ? why.map((row) => fitLine([span(" ", tone), ...row], width, tone)) : why;
	return [
		spread(line(span(titleOf(summary), "strong")), line(span(summary.start.wall.slice(0, 16).replace("T", " "), "faint")), width),
		...cut(bar, width),
		// Not cut: an order that nobody knows of must not be what is left out.
		...standLines(summary, width, "short"),
		...cut(evidenceLines(summary, width), width),
		tabsLine(tab, tabCount(stored), width),
	];
}

function tabsLine(tab: number, count: number, width: number): Line {
	const parts = TABS.slice(0, count).flatMap((title, index): Line => {
		const gap = index === 0 ? [] : [span("  ")];
		return index === tab ? [...gap, span(` ${index + 1} ${title} `, "selected")] : [...gap, span(`${index + 1}`, "key"), span(` ${title}`)];
	});
	const used = lineWidth(parts);
	return used >= width ? clipLine(parts, width) : [...parts, span(" "), ...ruleLine(width - used - 1)];
}

function nextLines({ summary }: StoredSummary, width: number): readonly Line[] {
	return cut(nextStepLines(summary, width), width);
}

/** At most TEXT_ROWS rows; an ellipsis says when there is more. */
function cut(lines: readonly Line[], width: number): readonly Line[] {
	if (lines.length <= TEXT_ROWS) return lines;
	const last = lines[TEXT_ROWS - 1] ?? [];
	const more = lineWidth(last) < width ? [...last, span("…")] : clipLine([...last, span(" ")], width);
	return [...lines.slice(0, TEXT_ROWS - 1), more];
}

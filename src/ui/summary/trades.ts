import type { Summary, TradeRow } from "../../engine/summary-type.ts";
import { figure, signedFigure, signedPlain } from "../../print/figures.ts";
import { clipLine, type Line, line, span, textOf } from "../../print/line.ts";
import { tradeTable } from "../../print/summary-trades.ts";
import { formatCount } from "../../print/text.ts";
import type { Size } from "../pane.ts";
import { windowStart } from "../widgets/list.ts";

/** The trades that the summary keeps, newest first: the rows of the trades tab. */
export function tradesNewestFirst(summary: Summary): readonly TradeRow[] {
	return [...summary.trades].reverse();
}

/** A text line a trade, for searching; in the order of `tradesNewestFirst`. */
export function tradeLines(summary: Summary, width: number): readonly Line[] {
	return tradeTable(tradesNewestFirst(summary), width - MARGIN).slice(1);
}

/** The mark of the selected row and a blank. */
const MARGIN = 2;

/** Best and worst trade, and the list with the selected one marked. */
export function paintTrades(summary: Summary, selected: number, size: Size): readonly Line[] {
	const trades = tradesNewestFirst(summary);
	if (trades.length === 0) return [line("No trade was closed."), line(span("Why not: see Orders in the overview (1).", "faint"))];
	const top = bestAndWorst(summary).map((row) => clipLine(row, size.width));
	const [head = [], ...rows] = tradeTable(trades, size.width - MARGIN);
	const height = Math.max(1, size.height - top.length - 3);
	const at = Math.min(selected, trades.length - 1);
	const from = windowStart(at, rows.length, height);
	const shown = rows.slice(from, from + height).map((row, index): Line => {
		if (from + index !== at) return [span("  "), ...row];
		return [span("❯ ", "accent"), span(textOf(row), "selected")];
	});
	while (shown.length < height) shown.push([]);
	const all = summary.tradesClosed + summary.shadowTrades;
	const foot = `${at + 1} of ${trades.length}, newest first${all > trades.length ? `; ${formatCount(all)} in all: e exports every one` : ""}; Enter opens one`;
	return [...top, [], [span("  "), ...head], ...shown, [span(foot, "faint")]];
}

function bestAndWorst(summary: Summary): readonly Line[] {
	const real = summary.trades.filter((trade) => !trade.shadow && Number.isFinite(trade.net));
	const [first] = real;
	if (first === undefined) return [line("No real trade among these: shadow trades move no money.")];
	const best = real.reduce((a, b) => (b.net > a.net ? b : a), first);
	const worst = real.reduce((a, b) => (b.net < a.net ? b : a), first);
	return [labelled("best ", best, summary.currency), labelled("worst", worst, summary.currency)];
}

function labelled(label: string, trade: TradeRow, currency: string): Line {
	return line(
		span(label, "faint"),
		`  #${trade.number}  ${trade.side} ${figure(trade.lots)}  `,
		span(signedFigure(trade.net, currency), trade.net < 0 ? "bad" : "good"),
		`  ${signedPlain(trade.r)} R  ${trade.entryReason} -> ${trade.exitReason}`,
	);
}

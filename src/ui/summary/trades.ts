import type { TradeRow } from "../../engine/summary-type.ts";
import { figure, signedFigure, signedPlain } from "../../print/figures.ts";
import { clipLine, type Line, line, span, textOf } from "../../print/line.ts";
import { tradeTable } from "../../print/summary-trades.ts";
import { formatCount } from "../../print/text.ts";
import type { Size } from "../pane.ts";
import type { StoredSummary } from "../state.ts";
import { windowStart } from "../widgets/list.ts";

/** The trades at hand, oldest first: those of the journal, and until it has been read the last ones that the summary keeps. */
export function tradesOf({ summary, trades }: StoredSummary): readonly TradeRow[] {
	return trades?.newest ?? summary.trades;
}

/** The same, newest first: the rows of the trades tab. */
export function tradesNewestFirst(stored: StoredSummary): readonly TradeRow[] {
	return [...tradesOf(stored)].reverse();
}

/** A text line a trade, for searching; in the order of `tradesNewestFirst`. */
export function tradeLines(stored: StoredSummary, width: number): readonly Line[] {
	return tradeTable(tradesNewestFirst(stored), width - MARGIN).slice(1);
}

/** The mark of the selected row and a blank. */
const MARGIN = 2;

/** Best and worst trade, and the list with the selected one marked. */
export function paintTrades(stored: StoredSummary, selected: number, size: Size): readonly Line[] {
	const { summary } = stored;
	const trades = tradesNewestFirst(stored);
	if (trades.length === 0) return [line("No trade was closed."), line(span("Why not: see Orders in the overview (1).", "faint"))];
	const top = bestAndWorst(stored).map((row) => clipLine(row, size.width));
	const [head = [], ...rows] = tradeTable(trades, size.width - MARGIN);
	const height = Math.max(1, size.height - top.length - 3);
	const at = Math.min(selected, trades.length - 1);
	const from = windowStart(at, rows.length, height);
	const shown = rows.slice(from, from + height).map((row, index): Line => {
		if (from + index !== at) return [span("  "), ...row];
		return [span("❯ ", "accent"), span(textOf(row), "selected")];
	});
	while (shown.length < height) shown.push([]);
	const all = stored.trades?.count ?? summary.tradesClosed + summary.shadowTrades;
	const foot = `${at + 1} of ${trades.length}, newest first${all > trades.length ? `; ${formatCount(all)} in all: e exports every one` : ""}; Enter opens one`;
	return [...top, [], [span("  "), ...head], ...shown, [span(foot, "faint")]];
}

function bestAndWorst({ summary, trades }: StoredSummary): readonly Line[] {
	const { best, worst } = trades ?? extremesOf(summary.trades);
	if (best === null || worst === null) return [line("No real trade among these: shadow trades move no money.")];
	return [labelled("best ", best, summary.currency), labelled("worst", worst, summary.currency)];
}

function extremesOf(trades: readonly TradeRow[]): { readonly best: TradeRow | null; readonly worst: TradeRow | null } {
	const real = trades.filter((trade) => !trade.shadow && Number.isFinite(trade.net)).sort((a, b) => a.net - b.net);
	return { best: real.at(-1) ?? null, worst: real[0] ?? null };
}

function labelled(label: string, trade: TradeRow, currency: string): Line {
	return line(
		span(label, "faint"),
		`  #${trade.number}  ${trade.side} ${figure(trade.lots)}  `,
		span(signedFigure(trade.net, currency), trade.net < 0 ? "bad" : "good"),
		`  ${signedPlain(trade.r)} R  ${trade.entryReason} -> ${trade.exitReason}`,
	);
}

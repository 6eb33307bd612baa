import type { Summary, TradeRow } from "../engine/summary-type.ts";
import { figure, signedPlain, UNKNOWN } from "./figures.ts";
import { clipText, type Line, line, lineWidth, span } from "./line.ts";
import { cell, lineTable } from "./line-block.ts";
import { formatTime } from "./text.ts";

/** Trades that the plain summary shows. */
const TRADES_PRINTED = 5;
/** From this width on a row also has its entry and its excursions. */
const WIDE = 104;

/** The last trades of a session. */
export function lastTradesLines(summary: Summary, width: number): Line[] {
	const last = summary.trades.slice(-TRADES_PRINTED);
	return last.length === 0 ? [line("none")] : tradeTable(last, width);
}

/** A heading and a row a trade; the reason takes what the figures leave of the width. */
export function tradeTable(trades: readonly TradeRow[], width: number): Line[] {
	const wide = width >= WIDE;
	const head = ["#", ...(wide ? ["opened"] : []), "closed", "side", "lots", "open", "close", "net", "R", ...(wide ? ["MFE", "MAE"] : [])];
	const rows = trades.map((trade) => rowOf(trade, wide));
	const right = head.map((name, column) => (["lots", "open", "close", "net", "R", "MFE", "MAE"].includes(name) ? column : -1));
	return lineTable([head.map((text) => cell(text, "faint")), ...rows], right).map((row, index) => {
		const trade = trades[index - 1];
		const why = trade === undefined ? "why" : `${trade.shadow ? "shadow: " : ""}${reasonOf(trade, wide)}`;
		const shown = clipText(why, Math.max(8, width - 2 - lineWidth(row)));
		return [...row, span("  "), span(shown, index === 0 ? "faint" : "plain")];
	});
}

function reasonOf(trade: TradeRow, wide: boolean): string {
	return wide && trade.entryReason !== "" ? `${trade.entryReason} -> ${trade.exitReason}` : trade.exitReason;
}

function rowOf(trade: TradeRow, wide: boolean): Line[] {
	const r = Number.isFinite(trade.r) ? signedPlain(trade.r) : UNKNOWN;
	return [
		cell(String(trade.number)),
		...(wide ? [cell(formatTime(trade.openedAt).slice(5))] : []),
		cell(formatTime(trade.closedAt).slice(5)),
		cell(trade.side),
		cell(figure(trade.lots)),
		cell(price(trade.openPrice)),
		cell(price(trade.closePrice)),
		cell(signedPlain(trade.net), trade.net < 0 ? "bad" : "good"),
		cell(r),
		...(wide ? [cell(signedPlain(trade.mfeR)), cell(signedPlain(-trade.maeR))] : []),
	];
}

function price(value: number): string {
	return Number.isFinite(value) ? String(value) : UNKNOWN;
}

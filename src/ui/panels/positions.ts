import type { OrderRow, PositionRow } from "../../engine/project.ts";
import type { BrokerMs } from "../../engine/units.ts";
import { type Line, span, type Tone } from "../../print/line.ts";
import type { Size } from "../pane.ts";
import { type Column, fitColumns, rowLine, titleLine } from "../widgets/columns.ts";
import { countText, levelText, lotsText, minutesText, priceText, signedText, signTone, UNKNOWN } from "./figures.ts";
import type { Panel } from "./shown.ts";

/** Rows from which the columns get their titles. */
const TITLES_FROM_ROWS = 3;

export type PositionsSlice = {
	readonly positions: readonly PositionRow[];
	readonly orders: readonly OrderRow[];
	readonly at: BrokerMs;
	readonly digits: number;
	readonly lotsDigits: number;
	readonly currencyDigits: number;
};

/** Open positions and orders; what nobody knows the fate of stands on top. */
export const positionsPanel: Panel<PositionsSlice> = {
	select: ({ now, about }) => ({
		positions: now.positions,
		orders: now.orders,
		// Only ages need it: while nothing is open the time goes on without a new picture.
		at: now.positions.length + now.orders.length === 0 ? 0 : now.at,
		digits: about.digits,
		lotsDigits: about.lotsDigits,
		currencyDigits: about.currencyDigits,
	}),
	title: () => "Positions & orders",
	right: ({ positions, orders }) => counts(positions, orders),
	paint: paintPositions,
};

/** A row of the table, as texts. */
type Shown = {
	readonly mark: string;
	readonly what: string;
	readonly tone: Tone;
	readonly lots: string;
	readonly entry: string;
	readonly sl: string;
	readonly tp: string;
	readonly now: string;
	readonly points: string;
	readonly money: string;
	readonly moneyTone: Tone;
	readonly age: string;
};

const COLUMNS: readonly Column<Shown>[] = [
	{ title: "", width: 1, align: "left", rank: 1, cell: (row) => span(row.mark, row.tone) },
	{ title: "what", width: 13, align: "left", rank: 1, grows: true, cell: (row) => span(row.what, row.tone) },
	{ title: "lots", width: 5, align: "right", rank: 2, cell: (row) => span(row.lots) },
	{ title: "entry", width: 8, align: "right", rank: 3, cell: (row) => span(row.entry) },
	{ title: "SL", width: 8, align: "right", rank: 5, cell: (row) => span(row.sl, row.sl === "none" ? "warn" : "plain") },
	{ title: "TP", width: 8, align: "right", rank: 6, cell: (row) => span(row.tp, "faint") },
	{ title: "now", width: 8, align: "right", rank: 8, cell: (row) => span(row.now) },
	{ title: "points", width: 6, align: "right", rank: 4, cell: (row) => span(row.points, row.moneyTone) },
	{ title: "money", width: 9, align: "right", rank: 1, cell: (row) => span(row.money, row.moneyTone) },
	{ title: "age", width: 8, align: "right", rank: 7, cell: (row) => span(row.age, "faint") },
];

function paintPositions(slice: PositionsSlice, size: Size): readonly Line[] {
	const rows = sortedRows(slice);
	if (rows.length === 0) return [[span("Flat: no open position, no order.", "faint")]];
	const columns = fitColumns(COLUMNS, size.width);
	const titles = size.height >= TITLES_FROM_ROWS ? [titleLine(columns)] : [];
	const room = Math.max(1, size.height - titles.length);
	const shown = rows.length > room ? rows.slice(0, room - 1) : rows;
	const more = rows.length > room ? [[span(`and ${rows.length - shown.length} more`, "warn")]] : [];
	return [...titles, ...shown.map((row) => rowLine(columns, row)), ...more];
}

/** Unknown orders, positions, orders in flight, waiting orders, shadow positions. */
function sortedRows(slice: PositionsSlice): readonly Shown[] {
	const orders = (status: OrderRow["status"]): readonly Shown[] =>
		slice.orders.filter((order) => order.status === status).map((order) => orderRow(order, slice));
	const positions = (shadow: boolean): readonly Shown[] =>
		slice.positions.filter((position) => position.shadow === shadow).map((position) => positionRow(position, slice));
	return [...orders("unknown"), ...positions(false), ...orders("in flight"), ...orders("waiting"), ...positions(true)];
}

function positionRow(row: PositionRow, slice: PositionsSlice): Shown {
	const tone = row.shadow ? "faint" : signTone(row.money);
	return {
		mark: row.side === "BUY" ? "▲" : "▼",
		what: `${row.side} ${row.shadow ? "shadow " : ""}${countText(row.tradeNumber)}`,
		tone: row.shadow ? "faint" : "strong",
		lots: lotsText(row.lots, slice.lotsDigits),
		entry: priceText(row.openPrice, slice.digits),
		sl: levelText(row.sl, slice.digits),
		tp: levelText(row.tp, slice.digits),
		now: priceText(row.now, slice.digits),
		points: pointsText(row.points),
		money: signedText(row.money, slice.currencyDigits),
		moneyTone: tone,
		age: minutesText((slice.at - row.openedAt) / 60_000),
	};
}

function orderRow(row: OrderRow, slice: PositionsSlice): Shown {
	const isUnknown = row.status === "unknown";
	return {
		mark: isUnknown ? "⚠" : "·",
		what: isUnknown ? `UNKNOWN ${row.what}` : `${row.what} ${row.status}`,
		tone: isUnknown ? "bad" : "warn",
		lots: row.lots === 0 ? "" : lotsText(row.lots, slice.lotsDigits),
		entry: row.price === 0 ? "" : priceText(row.price, slice.digits),
		sl: row.sl === 0 ? "" : priceText(row.sl, slice.digits),
		tp: row.tp === 0 ? "" : priceText(row.tp, slice.digits),
		now: "",
		points: "",
		money: isUnknown ? "counts" : "",
		moneyTone: "warn",
		age: minutesText((slice.at - row.since) / 60_000),
	};
}

function pointsText(points: number | null): string {
	if (points === null || !Number.isFinite(points)) return UNKNOWN;
	const whole = Math.round(points);
	return whole > 0 ? `+${whole}` : String(whole === 0 ? 0 : whole);
}

function counts(positions: readonly PositionRow[], orders: readonly OrderRow[]): Line {
	const unknown = orders.filter(({ status }) => status === "unknown").length;
	const shadow = positions.filter(({ shadow: isShadow }) => isShadow).length;
	const parts = [`${positions.length - shadow} open`];
	if (orders.length > unknown) parts.push(`${orders.length - unknown} orders`);
	if (shadow > 0) parts.push(`${shadow} shadow`);
	return [...(unknown > 0 ? [span(`⚠ ${unknown} UNKNOWN  `, "bad" as const)] : []), span(parts.join(", "), "faint")];
}

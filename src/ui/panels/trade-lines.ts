import type { DossierStep, TradeDossier } from "../../engine/dossier.ts";
import type { TradeRow } from "../../engine/summary-type.ts";
import { cellWidth, clipLine, fitText, type Line, line, span } from "../../print/line.ts";
import { wrapped } from "../../print/line-block.ts";
import { formatNumber, formatSeconds } from "../../print/text.ts";
import { amountText, clockText, dayClockText, signedText, signTone, UNKNOWN } from "./figures.ts";

const MONEY_DIGITS = 2;
const NAME_COLUMNS = 24;

/** A trade as a text of at most `width` columns: result, excursions, costs, what happened, and what the agent saw. */
export function tradeLines(dossier: TradeDossier, width: number): readonly Line[] {
	const { row } = dossier;
	const kind = dossier.shadow ? "Shadow trade" : "Trade";
	return [
		line(span(`${kind} ${dossier.number}`, "strong"), span(`  position ${dossier.positionId}`, "faint")),
		...(dossier.shadow
			? wrapped("A paper trade inside the engine, made while the breaker was open: it feeds the score, never the account.", width, "faint")
			: []),
		[],
		...(row === null ? [line(span("● still open", "accent"), span("  result and excursions are known once it is closed", "faint"))] : resultLines(row, width)),
		[],
		heading("Costs", width),
		...costLines(dossier, width),
		[],
		heading("What happened", width),
		...stepLines(dossier.steps, width),
		[],
		heading("What the agent saw", width),
		...observationLines(dossier, width),
	].map((row) => clipLine(row, width));
}

function resultLines(row: TradeRow, width: number): readonly Line[] {
	const decimals = Math.max(decimalsOf(row.openPrice), decimalsOf(row.closePrice));
	const price = (value: number): string => (Number.isFinite(value) ? value.toFixed(decimals) : UNKNOWN);
	return [
		line(
			span(`${row.side === "BUY" ? "▲" : "▼"} ${row.side} `, "strong"),
			`${number(row.lots)} lots  ${price(row.openPrice)} to ${price(row.closePrice)}  `,
			span(signedText(row.net, MONEY_DIGITS), signTone(row.net)),
			span(`  ${inR(row.r)}`, signTone(row.r)),
		),
		...fact("opened", `${dayClockText(row.openedAt)}  ${row.entryReason}`, width),
		...fact("closed", `${dayClockText(row.closedAt)}  ${row.exitReason}`, width),
		...fact("held", held(row), width),
		...fact("best excursion (MFE)", `${inR(row.mfeR)}, ${captured(row)}`, width),
		...fact("worst excursion (MAE)", inR(-Math.abs(row.maeR)), width),
	];
}

function costLines({ costs }: TradeDossier, width: number): readonly Line[] {
	if (costs === null) return wrapped("A shadow trade costs nothing: its deals are in no account.", width, "faint");
	const rows = [
		["spread", costs.spread],
		["commission", costs.commission],
		["swap", costs.swap],
		["slippage", costs.slippage],
	] as const;
	return rows.map(([name, amount]) =>
		line(
			"  ",
			span(fitText(name, NAME_COLUMNS), "faint"),
			span(fitText(amountText(amount, MONEY_DIGITS), 12, "right")),
			span(amount < 0 ? "  gained" : "", "good"),
		),
	);
}

/** A row for each step, its details below it in columns as they fit. */
function stepLines(steps: readonly DossierStep[], width: number): readonly Line[] {
	if (steps.length === 0) return [line("  ", span("The journal has no line on it.", "faint"))];
	return steps.flatMap(({ at, what, details }) => {
		const text = details.map(([name, value]) => `${name} ${value}`).join(" · ");
		const rest = text === "" ? [] : wrapped(text, Math.max(1, width - 12), "faint").map((row) => line(" ".repeat(12), ...row));
		return [line("  ", span(clockText(at), "faint"), "  ", span(what, "strong")), ...rest];
	});
}

function observationLines({ observation }: TradeDossier, width: number): readonly Line[] {
	if (observation === null) return wrapped("The decision behind this trade is not at hand (it was made before the journal's last lines).", width, "faint");
	const names = Math.min(40, Math.max(NAME_COLUMNS, ...observation.map(({ name }) => cellWidth(name))));
	const cells = observation.map(
		({ name, unit, value }): Line => [
			span(`${fitText(name, names)} `, "faint"),
			span(fitText(number(value), 12, "right")),
			span(` ${fitText(unit, 10)}`, "faint"),
		],
	);
	const columns = Math.max(1, Math.floor((width - 2) / (names + 26)));
	const rows = Math.ceil(cells.length / columns);
	return Array.from({ length: rows }, (_, row) => line("  ", ...Array.from({ length: columns }, (__, column) => cells[column * rows + row] ?? []).flat()));
}

function heading(title: string, width: number): Line {
	return line(span(title, "accent"), span(` ${"─".repeat(Math.max(0, width - title.length - 1))}`, "faint"));
}

function fact(name: string, text: string, width: number): readonly Line[] {
	const rows = wrapped(text, Math.max(1, width - NAME_COLUMNS - 2));
	return (rows.length === 0 ? [[span(UNKNOWN)]] : rows).map((row, index) => line("  ", span(fitText(index === 0 ? name : "", NAME_COLUMNS), "faint"), ...row));
}

function held({ openedAt, closedAt }: TradeRow): string {
	const seconds = (closedAt - openedAt) / 1000;
	return Number.isFinite(seconds) && seconds >= 0 ? formatSeconds(seconds) : UNKNOWN;
}

/** How much of the best move was kept; nothing can be said when there was none. */
function captured({ r, mfeR }: TradeRow): string {
	if (mfeR <= 0) return "it never moved in its favour";
	const share = Math.round((100 * r) / mfeR);
	if (!Number.isFinite(mfeR) || !Number.isFinite(share)) return "how much of it was kept is not known";
	return r > 0 ? `${share} % of it kept` : "none of it kept";
}

function inR(value: number): string {
	if (!Number.isFinite(value)) return `${UNKNOWN} R`;
	return `${value > 0 ? "+" : ""}${(Object.is(value, -0) ? 0 : value).toFixed(2)} R`;
}

function number(value: number): string {
	return Number.isFinite(value) ? formatNumber(value) : UNKNOWN;
}

function decimalsOf(value: number): number {
	return Math.min(8, String(value).split(".")[1]?.length ?? 0);
}

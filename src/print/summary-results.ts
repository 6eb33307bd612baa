import { causeText } from "../engine/health/words.ts";
import type { Summary } from "../engine/summary-type.ts";
import { figure, moneyFigure, secondsFigure, signedFigure } from "./figures.ts";
import { type Line, line, span } from "./line.ts";
import { cell, lineTable, wrapped } from "./line-block.ts";
import { formatCount, formatTime } from "./text.ts";

/** Money, trades and costs, and the measures of quality or the reason why one does not exist. */
export function resultLines(summary: Summary, width: number): Line[] {
	return [...moneyLines(summary), ...measures(summary).flatMap(([name, text]) => wrapped(`${name}: ${text}`, width))];
}

function moneyLines(summary: Summary): Line[] {
	const money = (amount: number): string => moneyFigure(amount, summary.currency);
	const { costs } = summary;
	return [
		line(
			`balance ${money(summary.startBalance)} -> ${money(summary.endBalance)}  net `,
			span(signedFigure(summary.netProfit, summary.currency), summary.netProfit < 0 ? "bad" : "good"),
		),
		line(`equity ${money(summary.endEquity)}  open positions ${figure(summary.openPositions)}  largest drawdown ${figure(summary.maxDrawdownPct)} %`),
		line(
			`trades ${figure(summary.tradesExecuted)} opened, ${figure(summary.tradesClosed)} closed: ${figure(summary.wins)} won, ${figure(summary.losses)} lost; shadow ${figure(summary.shadowTrades)}`,
		),
		line(`costs: spread ${money(costs.spread)}, commission ${money(costs.commission)},`),
		line(`       swap ${money(costs.swap)}, slippage ${money(costs.slippage)}`),
	];
}

type Measure = "winRate" | "payoff" | "omega" | "zFactor" | "energyCapturedPct" | "mfeCapturedPct";

/** The measures of quality as name and text: a value, or `none` with its reason. */
export function measures(summary: Summary): readonly (readonly [name: string, text: string])[] {
	const known = (field: Measure, format: (value: number) => string): string => {
		const value = summary[field];
		return value === null ? `none (${summary.missing[field] ?? "not measured"})` : format(value);
	};
	return [
		["win rate", known("winRate", (value) => `${figure(100 * value)} %`)],
		["payoff", known("payoff", figure)],
		["Omega", known("omega", figure)],
		["z", known("zFactor", figure)],
		["energy captured", known("energyCapturedPct", (value) => `${figure(value)} %`)],
		["favourable move captured", known("mfeCapturedPct", (value) => `${figure(value)} %`)],
	];
}

/** Breaker events that the plain summary shows. */
const EVENTS_PRINTED = 6;

/** The score with its pillars, and what the breaker did. */
export function healthLines(summary: Summary, width: number): Line[] {
	return [...scoreLines(summary), ...breakerLines(summary, width, EVENTS_PRINTED)];
}

/** The score and its four pillars with their weakest components. */
export function scoreLines(summary: Summary): Line[] {
	const { chs } = summary;
	const rows = Object.entries(chs.pillars).map(([name, pillar]) => [cell(name), cell(figure(pillar.score)), cell(`weakest: ${pillar.weakest}`)]);
	return [
		line("CHS ", span(figure(chs.final), "strong"), ` (${chs.state})  lowest ${figure(chs.min)}  mean ${figure(chs.mean)}  evidence: ${chs.evidence}`),
		...lineTable(rows, [1]),
	];
}

/** How often the breaker acted, and its last `kept` events with their causes. */
export function breakerLines(summary: Summary, width: number, kept: number): Line[] {
	const { breaker } = summary;
	const rate =
		breaker.eventRatePct === null
			? `none (${summary.missing["breaker.eventRatePct"] ?? summary.missing.eventRatePct ?? "no decisions"})`
			: `${figure(breaker.eventRatePct)} %`;
	const events = breaker.events.slice(-kept).flatMap((event) => {
		const why = event.what === "re-arm" ? "new risk is allowed again" : `${causeText(event.cause)} (${event.cause})`;
		return wrapped(`${formatTime(event.at)}  ${event.what} at CHS ${figure(event.chs)}: ${why}`, width - 2);
	});
	return [
		line(`breaker: ${breaker.trips === 1 ? "1 trip" : `${figure(breaker.trips)} trips`}, halted ${secondsFigure(breaker.haltedSeconds)}, event rate ${rate}`),
		...events.map((row): Line => row.map((part) => span(`  ${part.text}`, "warn"))),
	];
}

/** What validation made of the agent's orders, and what was held back. */
export function ordersLines(summary: Summary, width: number): Line[] {
	const { validator, holds } = summary;
	const counted = (counts: Readonly<Record<string, number>>): string =>
		Object.entries(counts)
			.sort(([, a], [, b]) => b - a)
			.map(([code, count]) => `${code} ${formatCount(count)}`)
			.join(", ");
	const refused = validator.refused > 0 ? wrapped(`refused: ${counted(validator.byCode)}`, width) : [];
	const held = counted(holds);
	return [
		line(`validator: ${validator.approved} approved, ${validator.refused} refused, ${validator.adjusted} adjusted`),
		...refused,
		...wrapped(held === "" ? "no entry was held back" : `entries held back (no rejections): ${held}`, width),
		...(summary.agentNotes === undefined ? [] : notesLines(summary.agentNotes, width)),
	];
}

/** How often the agent held because the market was not what it was trained on, and how often a triad's members did not agree. */
function notesLines({ outside, memberOutside, disagreements, lastOutside }: NonNullable<Summary["agentNotes"]>, width: number): Line[] {
	const last = lastOutside === null ? "" : `; last ${lastOutside}`;
	const members = memberOutside === 0 ? "" : `one member ${formatCount(memberOutside)} times`;
	const told = [outside === 0 ? "" : `${formatCount(outside)} times (it held)${last}`, members].filter((text) => text !== "").join("; ");
	const counts = Object.entries(disagreements).filter(([, count]) => count > 0);
	const total = counts.reduce((sum, [, count]) => sum + count, 0);
	return [
		...(told === "" ? [] : wrapped(`outside its training: ${told}`, width, "warn")),
		...(total === 0
			? []
			: wrapped(`triad disagreed ${formatCount(total)} times; decided by ${counts.map(([role, count]) => `${role} ${formatCount(count)}`).join(", ")}`, width)),
	];
}

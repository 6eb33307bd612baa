import type { Summary } from "../../engine/summary-type.ts";
import { chsChart, curvePoints, equityChart, priceChart, timeAxis } from "../../print/chart.ts";
import { figure } from "../../print/figures.ts";
import { type Line, line, span } from "../../print/line.ts";
import { beside, cell, lineTable, titled, wrapped } from "../../print/line-block.ts";
import { brokerLines, standLines, twinLines } from "../../print/summary-broker.ts";
import { filesLines, hasSimulator, simulatorLines } from "../../print/summary-files.ts";
import { breakerLines, scoreLines } from "../../print/summary-results.ts";
import type { Size } from "../pane.ts";
import type { StoredSummary } from "../state.ts";
import { overviewLines, TWO_COLUMNS_FROM, trimEnd } from "./overview.ts";
import { tradesOf } from "./trades.ts";

/** The parts of the summary screen; trades are a list and have a painter of their own. */
export const TABS = ["Overview", "Charts", "Trades", "Health & breaker", "Settings", "Broker"] as const;
export const TRADES_TAB = 2;

/** How many of the parts a session has: only demo and live ones have a broker. */
export function tabCount({ summary }: StoredSummary): number {
	return summary.broker === undefined && summary.paperTwin === undefined ? TABS.length - 1 : TABS.length;
}

/** The text of a tab at this size; empty for the trades. */
export function tabLines(stored: StoredSummary, tab: number, size: Size): Line[] {
	switch (TABS[tab]) {
		case "Charts":
			return chartsLines(stored, size);
		case "Health & breaker":
			return healthTab(stored.summary, size.width);
		case "Settings":
			return settingsTab(stored, size.width);
		case "Broker":
			return brokerTab(stored.summary, size.width);
		case "Trades":
			return [];
		default:
			return [...overviewLines(stored.summary, size.width), ...inFull(stored.summary, size.width)];
	}
}

/** At most this many rows for why it ended, for the evidence and for the next step: what is longer is in full below the overview. */
export const TEXT_ROWS = 2;

/** The texts that head and foot of the screen have no room for. */
function inFull(summary: Summary, width: number): Line[] {
	const texts = [
		["Why it ended", summary.endDetail],
		["Evidence", summary.evidenceNote],
		["Next step", summary.nextStep],
	] as const;
	const long = texts.filter(([, text]) => wrapped(text, width - 20).length > TEXT_ROWS - 1);
	return long.flatMap(([title, text]) => [[], ...titled(title, wrapped(text, width - 2), width)]);
}

/** Rows that a chart needs beside its steps: title, first value, blank. */
const CHART_ROWS = 3;

function chartsLines(stored: StoredSummary, size: Size): Line[] {
	const { summary } = stored;
	const points = curvePoints(summary.curve, { equity: summary.endEquity, chs: summary.chs.final });
	if (points.length < 2) return [line("No charts: the session has fewer than two closed bars.")];
	const digits = priceDigits(summary);
	const steps = (charts: number): number => Math.max(3, Math.min(14, Math.floor((size.height - 2) / charts) - CHART_ROWS));
	const price = priceChart(points, tradesOf(stored), digits, size.width, steps(3));
	const rows = steps(price === null ? 2 : 3);
	const priced: Line[] =
		price === null ? [] : [line("Price (bid)  ", span("▲", "good"), " buy  ", span("▼", "bad"), " sell  ", span("●", "accent"), " exit"), ...price, []];
	return [
		...priced,
		line(`Equity, ${summary.currency}`),
		...equityChart(points, size.width, rows),
		[],
		line("CHS, the lowest of each step"),
		...chsChart(points, size.width, rows),
		timeAxis(points, size.width),
	];
}

/** Decimals of the symbol's prices, as many as the trades show; five where there is none. */
function priceDigits(summary: Summary): number {
	const decimals = summary.trades.map((trade) => String(trade.openPrice).split(".")[1]?.length ?? 0);
	return decimals.length === 0 ? 5 : Math.min(8, Math.max(...decimals));
}

function healthTab(summary: Summary, width: number): Line[] {
	const wide = width >= TWO_COLUMNS_FROM;
	const room = wide ? Math.floor((width - 3) / 2) : width;
	const score = [...titled("Health score", scoreLines(summary), room), []];
	const events = [...titled("Circuit breaker", breakerLines(summary, room - 2, summary.breaker.events.length), room), []];
	const components = titled("Components, weakest first", componentLines(summary), room);
	return trimEnd(wide ? beside(components, [...score, ...events], room) : [...score, ...events, ...components]);
}

function componentLines(summary: Summary): Line[] {
	const rows = Object.entries(summary.chs.components)
		.sort(([, a], [, b]) => a.score - b.score)
		.map(([name, { raw, score }]) => [cell(name), cell(figure(score)), cell(raw === null ? "none" : figure(raw))]);
	if (rows.length === 0) return [line("none recorded")];
	return lineTable([[cell("component", "faint"), cell("score", "faint"), cell("measured", "faint")], ...rows], [1, 2]);
}

/** The broker's figures beside the journal's, and what the simulator made of the same orders. */
function brokerTab(summary: Summary, width: number): Line[] {
	const { broker, paperTwin, currency } = summary;
	const wide = width >= TWO_COLUMNS_FROM;
	const room = wide ? Math.floor((width - 3) / 2) : width;
	const section = (title: string, lines: readonly Line[]): Line[] => [...titled(title, lines, room), []];
	const left = broker === undefined ? [] : section("Broker", [...standLines(summary, room - 2), ...brokerLines(broker, currency, room - 2)]);
	const right = section(
		"Would paper have told the truth?",
		paperTwin === undefined ? [line("not compared: start the session with --shadow")] : twinLines(paperTwin, currency, room - 2),
	);
	return trimEnd(wide ? beside(left, right, room) : [...left, ...right]);
}

function settingsTab({ summary, folder }: StoredSummary, width: number): Line[] {
	const wide = width >= TWO_COLUMNS_FROM;
	const room = wide ? Math.floor((width - 3) / 2) : width;
	const section = (title: string, lines: readonly Line[]): Line[] => [...titled(title, lines, room), []];
	const settings = Object.entries(summary.settings).map(([key, value]) => [cell(key), cell(String(value))]);
	const left = [
		...section("Files", filesLines(summary, folder, room - 2)),
		...section("Journal", wrapped(summary.journal.file, room - 2)),
		...section("Times", [
			line(`market  ${summary.start.market ?? "never began"} to ${summary.end.market ?? "no row"}`),
			line(`wall    ${summary.start.wall} to ${summary.end.wall}`),
		]),
	];
	const data = section("Data", simulatorLines({ ...summary, settings: {} as Summary["settings"] }, room - 2));
	const right = [...data, ...(hasSimulator(summary) ? section("Simulated terminal", lineTable(settings)) : [])];
	const identity = section("Configuration", [...wrapped(`hash ${summary.configHash}`, room - 2), line(`exit code ${figure(summary.exitCode)}`)]);
	return trimEnd(wide ? beside([...left, ...identity], right, room) : [...left, ...right, ...identity]);
}

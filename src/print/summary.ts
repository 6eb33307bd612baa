import { cleanSummary } from "../adapters/archive/summary-shape.ts";
import { cleanText } from "../adapters/clean-text.ts";
import type { Summary } from "../engine/summary-type.ts";
import { drawCurves } from "./chart.ts";
import { colouredText } from "./coloured.ts";
import type { Line } from "./line.ts";
import { titled } from "./line-block.ts";
import type { Palette } from "./palette.ts";
import { brokerLines, twinLines } from "./summary-broker.ts";
import { filesLines, hasSimulator, simulatorLines } from "./summary-files.ts";
import { headerLines, nextStepLines, targetsLines } from "./summary-head.ts";
import { healthLines, ordersLines, resultLines } from "./summary-results.ts";
import { stageLines } from "./summary-stage.ts";
import { lastTradesLines } from "./summary-trades.ts";
import { formatCount, WIDTH } from "./text.ts";

/** What a finished session prints: at most 80 columns; values that do not exist show their reason instead of a number. */
export function summaryLines(summary: Summary, folder: string, palette: Palette): string[] {
	return summaryPage(cleanSummary(summary), cleanText(folder, 400), WIDTH).map((row) => colouredText(row, palette));
}

/** The whole summary as one page of lines; `summary` and `folder` must have passed the cleaning of their texts. */
function summaryPage(summary: Summary, folder: string, width: number): Line[] {
	const inner = width - 2;
	const section = (title: string, lines: readonly Line[]): Line[] => [...titled(title, lines, width), []];
	return [
		...headerLines(summary, width),
		...section("Promotion targets (this session)", targetsLines(summary.gate, inner)),
		...(summary.stage === undefined ? [] : section("Gates (kinetra gates)", stageLines(summary.stage, inner))),
		...section("Result", resultLines(summary, inner)),
		...(summary.broker === undefined ? [] : section("Broker", brokerLines(summary.broker, summary.currency, inner))),
		...(summary.paperTwin === undefined ? [] : section("Would paper have told the truth?", twinLines(summary.paperTwin, summary.currency, inner))),
		...section("Health", healthLines(summary, inner)),
		...section("Orders", ordersLines(summary, inner)),
		...section("Curves", drawCurves(summary.curve, { equity: summary.endEquity, chs: summary.chs.final }, { width: inner, equityRows: 5, chsRows: 4 })),
		...section(`Last trades (of ${formatCount(summary.tradesClosed + summary.shadowTrades)})`, lastTradesLines(summary, inner)),
		...section(hasSimulator(summary) ? "Simulator and data" : "Data", simulatorLines(summary, inner)),
		...section("Files", filesLines(summary, folder, inner)),
		...nextStepLines(summary, width),
	];
}

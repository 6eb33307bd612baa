import { cleanText } from "../adapters/clean-text.ts";
import { causeText } from "../engine/health/words.ts";
import type { GateRow, Summary } from "../engine/summary-type.ts";
import { drawCurves } from "./chart.ts";
import type { Palette } from "./palette.ts";
import {
	clip,
	formatBytes,
	formatCount,
	formatMoney,
	formatNumber,
	formatSeconds,
	formatSigned,
	formatTime,
	table,
	visibleLength,
	WIDTH,
	withoutColours,
	wrap,
} from "./text.ts";

/** What a finished session prints: at most 80 columns; values that do not exist show their reason instead of a number. */
export function summaryLines(summary: Summary, folder: string, palette: Palette): string[] {
	return [
		...header(summary, palette),
		...section("Promotion targets (this session)", targets(summary.gate, palette), palette),
		...section("Result", [...result(summary, palette)], palette),
		...section("Health", health(summary, palette), palette),
		...section("Orders", orders(summary), palette),
		...section("Curves", drawCurves(summary.curve, { equity: summary.endEquity, chs: summary.chs.final }), palette),
		...section(`Last trades (of ${formatCount(summary.tradesClosed + summary.shadowTrades)})`, lastTrades(summary, palette), palette),
		...section("Simulator and data", simulator(summary), palette),
		...section("Files", files(summary, folder), palette),
		...wrap(`Next: ${outside(summary.nextStep)}`, WIDTH).map((line) => palette.accent(line)),
	];
}

function header(summary: Summary, palette: Palette): string[] {
	const title = `${summary.mode.toUpperCase()}  ${summary.symbol} ${summary.timeframe}  ${outside(summary.agentBuild)}`;
	const planned = summary.exitCode === 0;
	const lines = [
		palette.strong(`${title}${summary.unlimited ? "  UNLIMITED" : ""}`),
		...wrap(`Ended: ${outside(summary.endReason)}. ${outside(summary.endDetail)}`, WIDTH).map((line) => (planned ? line : palette.bad(line))),
	];
	if (summary.repeatOf !== null) lines.push(palette.warn(`Repeats session ${summary.repeatOf} exactly: not new evidence.`));
	lines.push(...wrap(`Evidence: ${summary.evidence ? "yes" : "no"}. ${outside(summary.evidenceNote)}`, WIDTH));
	return [rule(palette), ...lines, rule(palette)];
}

const VERDICTS = { pass: "PASS", fail: "FAIL", insufficient: "not enough" } as const;

function targets(gate: readonly GateRow[], palette: Palette): string[] {
	const colour = { pass: palette.good, fail: palette.bad, insufficient: palette.warn } as const;
	const rows = gate.map((row) => [
		row.label,
		row.must,
		row.value === null ? "none" : formatNumber(row.value),
		row.bound === null || row.boundMust === null ? "" : `${formatNumber(row.bound)} (${row.boundMust})`,
		colour[row.verdict](VERDICTS[row.verdict]),
	]);
	const lines = table([["target", "must be", "value", "95 % bound", "verdict"].map((cell) => palette.faint(cell)), ...rows], [2]);
	const whys = gate
		.filter((row) => row.why !== "")
		.flatMap((row) => wrap(`${row.label}: ${outside(row.why)}`, WIDTH - 4).map((line) => palette.faint(`  ${line}`)));
	return [...lines, ...whys];
}

function result(summary: Summary, palette: Palette): string[] {
	const money = (amount: number): string => formatMoney(amount, summary.currency);
	const net = formatSigned(summary.netProfit, summary.currency);
	const { costs } = summary;
	const lines = [
		`balance ${money(summary.startBalance)} -> ${money(summary.endBalance)}  net ${summary.netProfit < 0 ? palette.bad(net) : palette.good(net)}`,
		`equity ${money(summary.endEquity)}  open positions ${summary.openPositions}  largest drawdown ${formatNumber(summary.maxDrawdownPct)} %`,
		`trades ${summary.tradesExecuted} opened, ${summary.tradesClosed} closed: ${summary.wins} won, ${summary.losses} lost; shadow ${summary.shadowTrades}`,
		`costs: spread ${money(costs.spread)}, commission ${money(costs.commission)},`,
		`       swap ${money(costs.swap)}, slippage ${money(costs.slippage)}`,
	];
	const values = [
		["win rate", known(summary, "winRate", (value) => `${formatNumber(100 * value)} %`)],
		["payoff", known(summary, "payoff", formatNumber)],
		["Omega", known(summary, "omega", formatNumber)],
		["z", known(summary, "zFactor", formatNumber)],
		["energy captured", known(summary, "energyCapturedPct", (value) => `${formatNumber(value)} %`)],
		["favourable move captured", known(summary, "mfeCapturedPct", (value) => `${formatNumber(value)} %`)],
	] as const;
	return [...lines, ...values.flatMap(([name, text]) => wrap(`${name}: ${text}`, WIDTH - 2))];
}

/** A value that may be null, or the reason why it is. */
function known(
	summary: Summary,
	field: "winRate" | "payoff" | "omega" | "zFactor" | "energyCapturedPct" | "mfeCapturedPct",
	format: (value: number) => string,
): string {
	const value = summary[field];
	return value === null ? `none (${outside(summary.missing[field] ?? "not measured")})` : format(value);
}

function health(summary: Summary, palette: Palette): string[] {
	const { chs, breaker } = summary;
	const rows = Object.entries(chs.pillars).map(([name, pillar]) => [name, formatNumber(pillar.score), `weakest: ${outside(pillar.weakest)}`]);
	const rate =
		breaker.eventRatePct === null
			? `none (${outside(summary.missing["breaker.eventRatePct"] ?? summary.missing.eventRatePct ?? "no decisions")})`
			: `${formatNumber(breaker.eventRatePct)} %`;
	const events = breaker.events.slice(-6).flatMap((event) => {
		const why = event.what === "re-arm" ? "new risk is allowed again" : `${causeText(outside(event.cause))} (${outside(event.cause)})`;
		return wrap(`${formatTime(event.at)}  ${outside(event.what)} at CHS ${formatNumber(event.chs)}: ${why}`, WIDTH - 4);
	});
	return [
		`CHS ${palette.strong(formatNumber(chs.final))} (${outside(chs.state)})  lowest ${formatNumber(chs.min)}  mean ${formatNumber(chs.mean)}  evidence: ${outside(chs.evidence)}`,
		...table(rows, [1]),
		`breaker: ${breaker.trips === 1 ? "1 trip" : `${breaker.trips} trips`}, halted ${formatSeconds(breaker.haltedSeconds)}, event rate ${rate}`,
		...events.map((line) => palette.warn(`  ${line}`)),
	];
}

function orders(summary: Summary): string[] {
	const { validator, holds } = summary;
	const counted = (counts: Readonly<Record<string, number>>): string =>
		Object.entries(counts)
			.sort(([, a], [, b]) => b - a)
			.map(([code, count]) => `${code} ${formatCount(count)}`)
			.join(", ");
	const lines = [`validator: ${validator.approved} approved, ${validator.refused} refused, ${validator.adjusted} adjusted`];
	if (validator.refused > 0) lines.push(...wrap(`refused: ${counted(validator.byCode)}`, WIDTH - 2));
	const held = counted(holds);
	lines.push(...wrap(held === "" ? "no entry was held back" : `entries held back (no rejections): ${held}`, WIDTH - 2));
	return lines;
}

function lastTrades(summary: Summary, palette: Palette): string[] {
	const last = summary.trades.slice(-5);
	if (last.length === 0) return ["none"];
	const rows = last.map((trade) => [
		String(trade.number),
		formatTime(trade.closedAt).slice(5),
		trade.side,
		formatNumber(trade.lots),
		String(trade.openPrice),
		String(trade.closePrice),
		trade.net < 0 ? palette.bad(trade.net.toFixed(2)) : palette.good(`+${trade.net.toFixed(2)}`),
		`${trade.r >= 0 ? "+" : ""}${trade.r.toFixed(2)}`,
	]);
	const head = ["#", "closed", "side", "lots", "open", "close", "net", "R"].map((cell) => palette.faint(cell));
	// The reason takes what the figures leave of the line.
	return table([head, ...rows], [3, 4, 5, 6, 7]).map((line, index) => {
		const trade = last[index - 1];
		const why = trade === undefined ? "why" : `${trade.shadow ? "shadow: " : ""}${outside(trade.exitReason)}`;
		const shown = clip(why, Math.max(8, WIDTH - 4 - visibleLength(line)));
		return `${line}  ${index === 0 ? palette.faint(shown) : shown}`;
	});
}

function simulator(summary: Summary): string[] {
	const settings = Object.entries(summary.settings)
		.map(([key, value]) => `${key} ${String(value)}`)
		.join(", ");
	const { data } = summary;
	const from =
		summary.file === null
			? `${summary.feed} market${summary.scenario === null ? "" : `, scenario ${outside(summary.scenario)}${summary.scenario === "normal" ? "" : " (with its own spreads and requotes)"}`}`
			: outside(summary.file);
	const troubles = [
		[data.badRows, "bad rows skipped"],
		[data.duplicates, "duplicates"],
		[data.outOfOrder, "out of order"],
		[data.spreadsFilled, "spreads filled in"],
		[data.gaps, `gaps (longest ${formatSeconds(data.longestGapSeconds)})`],
	] as const;
	const noted = troubles.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
	return [
		...wrap(
			`data: ${from}; ${formatCount(summary.ticks)} ticks, ${formatCount(summary.bars)} bars, ${formatSeconds(summary.marketSeconds)} of market time`,
			WIDTH - 2,
		),
		...(noted.length > 0 ? wrap(`noted in the data: ${noted.join(", ")}`, WIDTH - 2) : []),
		...wrap(settings, WIDTH - 2),
	];
}

function files(summary: Summary, folder: string): string[] {
	const { journal } = summary;
	return [
		`session      ${summary.sessionId}`,
		`seed         ${summary.seed}`,
		`fingerprint  ${summary.fingerprint}`,
		`journal      ${formatCount(journal.lines)} lines, ${formatBytes(journal.bytes)}`,
		...wrap(outside(folder), WIDTH - 15).map((line, index) => `${index === 0 ? "folder      " : "            "} ${line}`),
	];
}

function section(title: string, lines: readonly string[], palette: Palette): string[] {
	return [palette.strong(title), ...lines.flatMap(fitted).map((line) => (line === "" ? "" : `  ${line}`)), ""];
}

/** A line that is too long for its section is broken at blanks; its colours are given up then. */
function fitted(line: string): string[] {
	if (visibleLength(line) <= WIDTH - 2) return [line];
	return wrap(withoutColours(line), WIDTH - 2);
}

function rule(palette: Palette): string {
	return palette.faint("─".repeat(WIDTH));
}

/** Names and reasons may come from a broker, a file or an agent. */
function outside(text: string): string {
	return cleanText(text, 400);
}

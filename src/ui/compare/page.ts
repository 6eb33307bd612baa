import type { GateRow, Summary } from "../../engine/summary-type.ts";
import { curvePoints, drawCurves } from "../../print/chart.ts";
import { figure } from "../../print/figures.ts";
import { cellWidth, clipText, type Line, line, span } from "../../print/line.ts";
import { beside, cell, lineTable, titled, wrapped } from "../../print/line-block.ts";
import { VERDICTS } from "../../print/summary-head.ts";
import type { StoredSummary } from "../state.ts";
import { outcomeOf } from "../summary/outcome.ts";
import { trimEnd } from "../summary/overview.ts";
import { type Measure, measuresOf } from "./measures.ts";

/** From this width on the curves stand side by side. */
const BESIDE_FROM = 130;

/** Two sessions: what was set differently first, then results, targets and curves. */
export function compareLines(left: StoredSummary, right: StoredSummary, width: number): Line[] {
	const [a, b] = [left.summary, right.summary];
	const section = (title: string, lines: readonly Line[]): Line[] => [...titled(title, lines, width), []];
	const { different, same } = settings(a, b);
	const room = Math.max(10, Math.floor((width - 30) / 2));
	// Of a path that is too long its end tells more.
	const short = (text: string): string => (/[\\/]/.test(text) ? tailOf(text, room) : clipText(text, room));
	const head = (name: string): Line[] => [cell(name, "faint"), ...[a, b].map((summary) => cell(clipText(nameOf(summary), room), "strong"))];
	const settingRows = different.map(([name, one, two]) => [cell(name), cell(short(one), "warn"), cell(short(two), "warn")]);
	return trimEnd([
		...section("Set differently", different.length === 0 ? [line("nothing: the same settings, data and seed")] : lineTable([head("setting"), ...settingRows])),
		...(same.length === 0 ? [] : [...wrapped(`The same: ${same.map(([name, value]) => `${name} ${value}`).join(", ")}`, width, "faint"), []]),
		...cautions(a, b).flatMap((text, index, all) => [...wrapped(`⚠ ${text}`, width, "warn"), ...(index === all.length - 1 ? [[]] : [])]),
		...section("Results (✓ the better one)", lineTable([head("measure"), ...measuresOf(a, b).map(measureRow)])),
		...section("Promotion targets", lineTable([head("target"), ...targetRows(a, b)])),
		...curves(a, b, width),
	]);
}

/** The end of a text that is too long for `width` columns. */
function tailOf(text: string, width: number): string {
	const characters = Array.from(text);
	while (cellWidth(characters.join("")) > width - 1 && cellWidth(text) > width) characters.shift();
	return characters.join("") === text ? text : `…${characters.join("")}`;
}

/** `JE5Q2A sma-1`. */
function nameOf(summary: Summary): string {
	return `${summary.sessionId.slice(-6)} ${summary.agentBuild}`;
}

type Setting = readonly [name: string, left: string, right: string];

function settings(a: Summary, b: Summary): { readonly different: readonly Setting[]; readonly same: readonly Setting[] } {
	const of = (summary: Summary): ReadonlyMap<string, string> =>
		new Map([
			["mode", summary.mode],
			["symbol", summary.symbol],
			["timeframe", summary.timeframe],
			["agent", summary.agentBuild],
			["feed", summary.feed],
			["scenario", summary.scenario ?? "none"],
			["file", summary.file ?? "none"],
			["seed", String(summary.seed)],
			["limits", summary.unlimited ? "none (measuring run)" : "in force"],
			["start balance", `${figure(summary.startBalance)} ${summary.currency}`],
			["market time", `${figure(summary.marketSeconds / 60)} min`],
			...Object.entries(summary.settings).map(([key, value]): [string, string] => [key, String(value)]),
		]);
	const [one, two] = [of(a), of(b)];
	const names = [...new Set([...one.keys(), ...two.keys()])];
	const all = names.map((name): Setting => [name, one.get(name) ?? "not known", two.get(name) ?? "not known"]);
	// Rules and limits are in the configuration but not in a summary: its hash tells that they differ.
	const hidden: readonly Setting[] =
		a.configHash === b.configHash ? [] : [["configuration", `hash ${a.configHash.slice(0, 8)}`, `hash ${b.configHash.slice(0, 8)}`]];
	return {
		different: [...all.filter(([, left, right]) => left !== right), ...hidden],
		same: all.filter(([, left, right]) => left === right),
	};
}

function cautions(a: Summary, b: Summary): readonly string[] {
	const found: string[] = [];
	if (a.currency !== b.currency) found.push(`Amounts are in ${a.currency} and ${b.currency}: they cannot be compared.`);
	if (Math.min(a.tradesClosed, b.tradesClosed) < 30) found.push("Fewer than 30 closed trades on one side: a difference may be chance.");
	const uncounted = [a, b].filter((summary) => !summary.evidence);
	if (uncounted.length > 0) found.push(`Not evidence: ${uncounted.map(nameOf).join(" and ")}.`);
	return found;
}

function measureRow({ name, left, right, better }: Measure): Line[] {
	const shown = (text: string, isBetter: boolean): Line => (isBetter ? [span(`✓ ${text}`, "good")] : [span(`  ${text}`)]);
	return [cell(name), shown(left, better === "left"), shown(right, better === "right")];
}

function targetRows(a: Summary, b: Summary): Line[][] {
	return a.gate.map((row) => {
		const twin = b.gate.find(({ target }) => target === row.target);
		return [cell(`${row.label.split(",")[0]} ${row.must}`), targetCell(row), twin === undefined ? cell("none") : targetCell(twin)];
	});
}

function targetCell(row: GateRow): Line {
	const { word, tone } = VERDICTS[row.verdict];
	return line(`  ${row.value === null ? "none" : figure(row.value)} `, span(word, tone));
}

function curves(a: Summary, b: Summary, width: number): Line[] {
	const sideBySide = width >= BESIDE_FROM;
	const room = sideBySide ? Math.floor((width - 3) / 2) : width;
	const [one, two] = [a, b].map((summary): Line[] => {
		const { mark, words } = outcomeOf(summary);
		const end = { equity: summary.endEquity, chs: summary.chs.final };
		const drawn =
			curvePoints(summary.curve, end).length < 2
				? [line("No curve: fewer than two closed bars.")]
				: drawCurves(summary.curve, end, { width: room - 2, equityRows: sideBySide ? 7 : 5, chsRows: sideBySide ? 6 : 4 });
		return titled(`${nameOf(summary)}: ${mark} ${words}`, drawn, room);
	});
	if (one === undefined || two === undefined) return [];
	return sideBySide ? beside(one, two, room) : [...one, [], ...two];
}

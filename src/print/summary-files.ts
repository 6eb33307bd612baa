import type { Summary } from "../engine/summary-type.ts";
import { secondsFigure } from "./figures.ts";
import { type Line, line } from "./line.ts";
import { wrapped } from "./line-block.ts";
import { formatBytes, formatCount } from "./text.ts";

/** Whether a simulator filled orders: all of them, or beside the broker (`--shadow`). Its settings say nothing about a broker's own fills. */
export function hasSimulator({ broker, paperTwin }: Summary): boolean {
	return broker === undefined || paperTwin !== undefined;
}

/** Where the quotes came from and what was noted about them, and how the simulated terminal was set, if there was one. */
export function simulatorLines(summary: Summary, width: number): Line[] {
	const settings = Object.entries(summary.settings)
		.map(([key, value]) => `${key} ${String(value)}`)
		.join(", ");
	const { data } = summary;
	const troubles = [
		[data.badRows, "bad rows skipped"],
		[data.duplicates, "duplicates"],
		[data.outOfOrder, "out of order"],
		[data.spreadsFilled, "spreads filled in"],
		[data.gaps, `gaps (longest ${secondsFigure(data.longestGapSeconds)})`],
	] as const;
	const noted = troubles.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
	return [
		...wrapped(
			`data: ${dataOf(summary)}; ${formatCount(summary.ticks)} ticks, ${formatCount(summary.bars)} bars, ${secondsFigure(summary.marketSeconds)} of market time`,
			width,
		),
		...(noted.length > 0 ? wrapped(`noted in the data: ${noted.join(", ")}`, width) : []),
		...(hasSimulator(summary) ? wrapped(settings, width) : []),
	];
}

/** The source of the quotes in words. */
function dataOf(summary: Summary): string {
	if (summary.file !== null) return summary.file;
	if (summary.feed === "bridge") return "live quotes through the bridge";
	if (summary.scenario === null) return `${summary.feed} market`;
	return `${summary.feed} market, scenario ${summary.scenario}${summary.scenario === "normal" ? "" : " (with its own spreads and requotes)"}`;
}

/** What identifies the session, and where its files are. `folder` must have passed `cleanText`. */
export function filesLines(summary: Summary, folder: string, width: number): Line[] {
	const { journal } = summary;
	return [
		line(`session      ${summary.sessionId}`),
		line(`seed         ${summary.seed}`),
		line(`fingerprint  ${summary.fingerprint}`),
		line(`journal      ${formatCount(journal.lines)} lines, ${formatBytes(journal.bytes)}`),
		...wrapped(folder, width - 13).map((row, index) => line(`${index === 0 ? "folder      " : "            "} `, ...row)),
	];
}

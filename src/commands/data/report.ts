import { cleanText } from "../../adapters/clean-text.ts";
import { timeframeName } from "../../engine/market/timeframe.ts";
import type { Palette } from "../../print/palette.ts";
import { formatCount, formatSeconds, formatTime, table, visibleLength, WIDTH, wrap } from "../../print/text.ts";
import type { FileReport, UsableFile } from "./examine.ts";
import type { DataManifest } from "./manifest.ts";

const VERDICTS = { good: "good", remarks: "usable, with remarks", refused: "REFUSED" } as const;
/** Dates that are named; the rest is counted. */
const DAYS_SHOWN = 6;

/** The report on one file for people, the last line empty. */
export function reportLines(report: FileReport, palette: Palette): readonly string[] {
	const verdict = VERDICTS[report.verdict];
	const colour = report.verdict === "good" ? palette.good : report.verdict === "remarks" ? palette.warn : palette.bad;
	const blanks = WIDTH - visibleLength(report.name) - verdict.length;
	const head = blanks < 2 ? [palette.strong(report.name), colour(verdict)] : [`${palette.strong(report.name)}${" ".repeat(blanks)}${colour(verdict)}`];
	if (report.verdict === "refused") return [...head, ...indented(report.why, "  ! "), ""];
	return [...head, ...figures(report).flatMap((line) => indented(line, "  ")), ...report.remarks.flatMap((line) => indented(line, "  ! ")), ""];
}

function figures({ terms, timeframeMinutes, rows, from, to, quality }: UsableFile): string[] {
	const { hours, zeroSpreads } = quality;
	const lines = [
		`${cleanText(terms.symbol, 40)} ${timeframeName(timeframeMinutes)}, ${formatCount(rows)} bars, ${formatTime(from)} to ${formatTime(to)} (broker time)`,
	];
	if (hours !== null) {
		const missing = `${(hours.missingShare * 100).toFixed(1)} % of the trading hours without a bar`;
		const longest =
			hours.longestGapAt === null
				? ""
				: `, in ${formatCount(hours.gaps)} gaps; the longest ${formatSeconds(hours.longestGapMs / 1000)} from ${formatTime(hours.longestGapAt)}`;
		lines.push(`${missing}${longest}`);
		if (hours.missingDays.length > 0) lines.push(`trading days without a bar: ${daysText(hours.missingDays)}`);
	}
	if (zeroSpreads > 0) lines.push(`${formatCount(zeroSpreads)} bars with spread 0`);
	return lines;
}

function daysText(days: readonly number[]): string {
	const shown = days.slice(0, DAYS_SHOWN).map((day) => formatTime(day).slice(0, 10));
	return `${shown.join(", ")}${days.length > DAYS_SHOWN ? ` and ${days.length - DAYS_SHOWN} more` : ""}`;
}

/** What was divided, where it lies and what comes next, for people. */
export function preparedLines({ split, sources, files }: DataManifest, out: string, palette: Palette): readonly string[] {
	const shown = cleanText(out, 300);
	const at = split.at.replace("T", " ");
	const [train, test] = (["train", "test"] as const).map((folder) => files.filter((file) => file.folder === folder).length);
	const rows = sources.map(({ name, trainRows, embargoRows, testRows }) => [name, ...[trainRows, embargoRows, testRows].map(formatCount)]);
	return [
		...wrap(`Training ends before ${at} (broker time), the same moment for every file. Then ${split.embargoBars} bars of each are left out.`, WIDTH),
		"",
		...table([["file", "train bars", "left out", "test bars"], ...rows], [1, 2, 3]),
		"",
		palette.good(`Data ready (${train} train, ${test} test files)`),
		`in ${shown}`,
		...wrap("Train on the first only, judge on the second only. Next:", WIDTH),
		`kinetra train --agent ppo --data ${shown}`,
	];
}

/** The report on one file for programs: times in ISO form, broker time. */
export function reportJson(report: FileReport): unknown {
	if (report.verdict === "refused") return report;
	const { days: _days, terms, timeframeMinutes, from, to, quality, ...rest } = report;
	const { hours, outliers, constant, hourShifts, zeroSpreads } = quality;
	return {
		...rest,
		symbol: terms.symbol,
		brokerSymbol: terms.rawSymbol,
		digits: terms.digits,
		timeframe: timeframeName(timeframeMinutes),
		from: iso(from),
		to: iso(to),
		zeroSpreads,
		hours: hours === null ? null : { ...hours, longestGapAt: iso(hours.longestGapAt), missingDays: hours.missingDays.map((day) => iso(day)?.slice(0, 10)) },
		outliers: { ...outliers, worstAt: iso(outliers.worstAt) },
		constant: { ...constant, longestAt: iso(constant.longestAt) },
		hourShifts: hourShifts.map(({ at, byMinutes }) => ({ at: iso(at), byMinutes })),
	};
}

/** A whole preparation for programs. */
export function preparedJson(reports: readonly FileReport[], manifest: DataManifest, out: string): unknown {
	return { files: reports.map(reportJson), folder: out, manifest };
}

function iso(at: number | null): string | null {
	return at === null ? null : new Date(at).toISOString().slice(0, 19);
}

function indented(text: string, mark: string): string[] {
	return wrap(text, WIDTH - mark.length).map((line, index) => `${index === 0 ? mark : " ".repeat(mark.length)}${line}`);
}

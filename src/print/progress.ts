import type { Progress } from "../engine/project.ts";
import type { Palette } from "./palette.ts";
import { clip, formatNumber, formatTime } from "./text.ts";

/** The running session in one line of at most `width` columns, coloured by state. */
export function progressLine(progress: Progress, width: number, palette: Palette): string {
	const text = clip(progressText(progress), Math.max(20, width - 1));
	if (progress.state === "HALTED" || progress.state === "KILLED") return palette.bad(text);
	return progress.state === "ACTIVE" ? text : palette.warn(text);
}

/** The same as plain text: `14:07  7/60 min  equity 10,012.50  CHS 0.62 good  ACTIVE  trades 2/10  open 1`. */
export function progressText(progress: Progress): string {
	if (progress.phase === "warmup") return `warm-up ${progress.warmupDone}/${progress.warmupTotal} bars  ${formatTime(progress.at)}`;
	const minutes = `${Math.floor(progress.marketMinute)}${progress.minutesTotal === null ? "" : `/${formatNumber(progress.minutesTotal)}`} min`;
	return [
		formatTime(progress.at),
		minutes,
		`equity ${progress.equity.toFixed(2)}`,
		`CHS ${Number.isFinite(progress.chs) ? progress.chs.toFixed(2) : "none"} ${progress.chsState}`.trimEnd(),
		progress.breakerOpen ? `${progress.state} (breaker)` : progress.state,
		`trades ${progress.trades}${progress.maxTrades === null ? "" : `/${progress.maxTrades}`}`,
		`open ${progress.openPositions}`,
	].join("  ");
}

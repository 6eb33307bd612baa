import { seriesChart } from "../../print/chart.ts";
import type { Palette } from "../../print/palette.ts";
import { clip, formatCount, formatNumber, formatSeconds } from "../../print/text.ts";
import type { Terminal } from "../../terminal.ts";
import type { RoundFigures, TrainProgress } from "./progress.ts";

/** What a user sees of a training. */
export type TrainDisplay = {
	onRound(figures: RoundFigures, progress: TrainProgress, wallMs: number): void;
	/** Sessions of the test at the end. */
	onTest(done: number, total: number): void;
};

/** Steps to do, and those that had been done when this program began: speed is of this program only. */
export type DisplayOrder = {
	readonly steps: number;
	readonly doneBefore: number;
	/** Wall time from this program's begin at which it ends all the same, ms; null or absent = not before its steps are done. */
	readonly endsAtMs?: number | null;
};

/** Wall time between two pictures, and between two plain lines. */
const REDRAW_MS = 250;
const PLAIN_MS = 5000;
const CHART_ROWS = 6;
const CHART_COLUMNS_MIN = 39;
/** Widest picture, and the narrowest that says anything. */
const WIDTH_MAX = 100;
const WIDTH_MIN = 20;

/** One JSON object a round. */
export function jsonTraining(terminal: Terminal, order: DisplayOrder): TrainDisplay {
	return {
		onRound({ stats, ...figures }, progress, wallMs) {
			terminal.print(
				JSON.stringify({
					type: "round",
					...figures,
					loss: stats.loss,
					entropy: stats.entropy,
					explore: stats.explore,
					heldOut: progress.lastScore,
					best: progress.best === null ? null : { steps: progress.best.steps, score: progress.best.score },
					stepsPerSecond: Math.round(speedOf(figures.steps, order, wallMs)),
				}),
			);
		},
		onTest: () => {},
	};
}

/** A block that is redrawn on a terminal, a plain line now and then elsewhere. */
export function peoplesTraining(terminal: Terminal, order: DisplayOrder): TrainDisplay {
	let nextAt = 0;
	const due = (wallMs: number, isLast: boolean): boolean => {
		if (wallMs < nextAt && !isLast) return false;
		nextAt = wallMs + (terminal.interactive ? REDRAW_MS : PLAIN_MS);
		return true;
	};
	return {
		onRound(figures, progress, wallMs) {
			if (!due(wallMs, figures.steps >= order.steps)) return;
			if (terminal.interactive) terminal.redraw(blockOf(figures, progress, order, wallMs, terminal.columns(), terminal.palette).join("\n"));
			else terminal.print(headOf(figures, progress, order, wallMs));
		},
		onTest(done, total) {
			if (terminal.interactive) terminal.redraw(clip(`test  ${done}/${total} sessions`, terminal.columns() - 1));
			else if (done === total) terminal.print(`test  ${done}/${total} sessions`);
		},
	};
}

/** Steps a second since this program began. */
function speedOf(steps: number, { doneBefore }: DisplayOrder, wallMs: number): number {
	return wallMs > 0 ? ((steps - doneBefore) / wallMs) * 1000 : 0;
}

function leftText(steps: number, order: DisplayOrder, wallMs: number): string {
	const speed = speedOf(steps, order, wallMs);
	const { endsAtMs = null } = order;
	const ways = [...(speed > 0 ? [Math.max(0, order.steps - steps) / speed] : []), ...(endsAtMs === null ? [] : [Math.max(0, endsAtMs - wallMs) / 1000])];
	return `${ways.length === 0 ? "unknown time" : formatSeconds(Math.min(...ways))} left`;
}

function headOf(figures: RoundFigures, progress: TrainProgress, order: DisplayOrder, wallMs: number): string {
	const speed = speedOf(figures.steps, order, wallMs);
	return [
		`${formatCount(figures.steps)}/${formatCount(order.steps)} steps`,
		`${formatCount(Math.round(speed))}/s`,
		leftText(figures.steps, order, wallMs),
		`reward ${signed(figures.meanReward, 4)}/step`,
		learningText(figures),
		bestText(progress),
	].join("  ");
}

function learningText({ stats }: RoundFigures): string {
	const more =
		stats.entropy !== null ? `  entropy ${stats.entropy.toFixed(3)}` : stats.explore !== null ? `  explore ${(stats.explore * 100).toFixed(0)}%` : "";
	return `loss ${stats.loss === null ? "--" : formatNumber(stats.loss)}${more}`;
}

function bestText({ best }: TrainProgress): string {
	return best === null ? "best: not judged yet" : `best ${signed(best.score, 2)} R/episode at ${formatCount(best.steps)}`;
}

/** The picture: progress, learning, what it earns, and the reward so far. Every line fits `columns`. */
export function blockOf(
	figures: RoundFigures,
	progress: TrainProgress,
	order: DisplayOrder,
	wallMs: number,
	columns: number,
	palette: Palette,
): readonly string[] {
	const width = Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, columns)) - 1;
	const speed = speedOf(figures.steps, order, wallMs);
	const share = Math.min(1, figures.steps / order.steps);
	const cells = Math.max(10, width - 52);
	const filled = Math.floor(share * cells);
	const lines = [
		`[${"#".repeat(filled)}${".".repeat(cells - filled)}] ${Math.floor(share * 100)}%  ${formatCount(figures.steps)} steps  ${formatCount(Math.round(speed))}/s  ${leftText(figures.steps, order, wallMs)}`,
		`reward ${signed(figures.meanReward, 4)} a step   net ${signed(figures.meanNetR, 2)} R   ${figures.meanTrades === null ? "--" : figures.meanTrades.toFixed(1)} trades an episode`,
		`${learningText(figures)}`,
		`held out ${signed(progress.lastScore, 2)} R   ${bestText(progress)}`,
	].map((text) => clip(text, width));
	const chart = progress.curve.length < 2 || width < CHART_COLUMNS_MIN ? [] : seriesChart(progress.curve, width, CHART_ROWS, 4);
	return [...lines, ...(chart.length === 0 ? [] : [palette.faint("mean reward a step, by round"), ...chart])];
}

function signed(value: number | null, digits: number): string {
	return value === null ? "--" : `${value >= 0 ? "+" : ""}${value.toFixed(digits)}`;
}

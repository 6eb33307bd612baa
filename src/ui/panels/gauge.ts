import { COMPONENTS, PILLARS, type Pillar } from "../../engine/health/components.ts";
import type { ChsSnapshot } from "../../engine/health/snapshot.ts";
import { evidenceText } from "../../engine/health/words.ts";
import { fitLine, fitText, type Line, line, lineWidth, span, type Tone } from "../../print/line.ts";
import type { Size } from "../pane.ts";
import { bar, type Tick } from "../widgets/bar.ts";
import { countText, scoreText, UNKNOWN } from "./figures.ts";
import type { Panel } from "./shown.ts";

const PROMOTION_LEVEL = 0.9;
/** Rows from which every pillar gets a row of its own. */
const ROOMY_ROWS = 7;
/** Columns that the legend needs in full. */
const LEGEND_COLUMNS = 42;

export type GaugeSlice = {
	/** Null while features warm up. */
	readonly health: ChsSnapshot | null;
	readonly chs: number;
	readonly word: string;
	readonly warmupDone: number;
	readonly warmupTotal: number;
	readonly tripLevel: number;
	readonly rearmLevel: number;
};

/** The health score: value, word, bar with its three levels, evidence and pillars. */
export const gaugePanel: Panel<GaugeSlice> = {
	select: ({ now }) => ({
		health: now.health,
		chs: now.chs,
		word: now.chsState,
		warmupDone: now.warmupDone,
		warmupTotal: now.warmupTotal,
		tripLevel: now.breaker.tripLevel,
		rearmLevel: now.breaker.rearmLevel,
	}),
	title: () => "Health (CHS)",
	right: ({ health }) => (health === null ? [] : [span(restsOn(health.evidence.trades), "faint")]),
	paint: paintGauge,
};

/** What the score rests on, short enough for the smallest box. */
function restsOn(trades: number): string {
	if (!Number.isFinite(trades)) return "evidence not known";
	return trades === 0 ? "no trade yet" : evidenceText(trades);
}

/** What each word means, for whoever sees it the first time. */
const MEANINGS: Readonly<Record<string, readonly [tone: Tone, line: string]>> = {
	failing: ["bad", "below the trip level: no new risk"],
	weak: ["warn", "between trip and re-arm level"],
	unknown: ["faint", "too few trades to judge"],
	fair: ["accent", "trades on; not yet good"],
	good: ["good", "0.75 or more"],
	"promotion level": ["good", "0.90 or more"],
};

function paintGauge(slice: GaugeSlice, size: Size): readonly Line[] {
	const { health } = slice;
	if (health === null || !Number.isFinite(slice.chs)) return paintUnknown(slice, size);
	const [tone, meaning] = MEANINGS[slice.word] ?? ["plain", ""];
	const ticks = ticksOf(slice);
	const value: Line = [
		span(scoreText(slice.chs), tone === "faint" ? "plain" : tone),
		span(` ${slice.word}`, tone === "faint" ? "strong" : tone),
		span(`  ${meaning}`, "faint"),
	];
	const levels = legend(slice, size.width);
	const gauge = bar(slice.chs, size.width, tone === "faint" ? "plain" : tone, ticks);
	if (size.height < ROOMY_ROWS) {
		return [value, gauge, ...pillarPairs(health, size.width), holder(health), levels].slice(0, Math.max(0, size.height));
	}
	const air = size.height > ROOMY_ROWS + 1 ? [[]] : [];
	return [value, gauge, levels, ...air, ...PILLARS.map((pillar) => pillarLine(health, pillar, size.width)), holder(health)];
}

/** No score yet: an empty bar, and what is waited for. */
function paintUnknown(slice: GaugeSlice, size: Size): readonly Line[] {
	const why =
		slice.health === null ? `warming up, ${countText(slice.warmupDone)} of ${countText(slice.warmupTotal)} bars` : "the score cannot be computed: no new risk";
	return [
		line(span(UNKNOWN, "strong"), " ", span("not known", "strong"), span(`  ${why}`, "faint")),
		bar(Number.NaN, size.width, "faint", ticksOf(slice)),
		legend(slice, size.width),
		line(span("No entry before the score is known.", "faint")),
	];
}

function ticksOf({ tripLevel, rearmLevel }: GaugeSlice): readonly Tick[] {
	return [
		{ level: tripLevel, tone: "bad" },
		{ level: rearmLevel, tone: "warn" },
		{ level: PROMOTION_LEVEL, tone: "good" },
	];
}

function legend({ tripLevel, rearmLevel }: GaugeSlice, width: number): Line {
	const highest = width >= LEGEND_COLUMNS ? "promotion" : "goal";
	return [
		span("│", "bad"),
		span(`${levelOf(tripLevel)} trip  `, "faint"),
		span("│", "warn"),
		span(`${levelOf(rearmLevel)} re-arm  `, "faint"),
		span("│", "good"),
		span(`${levelOf(PROMOTION_LEVEL)} ${highest}`, "faint"),
	];
}

/** A level as it was set: two decimals where they say it all. */
function levelOf(level: number): string {
	if (!Number.isFinite(level)) return UNKNOWN;
	const decimals = Math.abs(level * 100 - Math.round(level * 100)) < 1e-6 ? 2 : 4;
	return level.toFixed(decimals);
}

/** `▼ agent     0.61 █████░░░ gains over losses (Omega) 0.55`; the mark is the weakest pillar's. */
function pillarLine(health: ChsSnapshot, pillar: Pillar, width: number): Line {
	const component = health.weakestOf[pillar];
	const score = health.pillars[pillar];
	const isWeakest = health.weakest === pillar;
	const barCells = width >= 56 ? 8 : 5;
	const head: Line = [
		span(isWeakest ? "▼ " : "  ", "warn"),
		span(fitText(pillar, 10), isWeakest ? "strong" : "plain"),
		span(`${shortScore(score)} `),
		...bar(score, barCells, toneOfScore(score)),
		span(" "),
	];
	const weak = shortScore(health.score[component]);
	const room = Math.max(0, width - lineWidth(head) - weak.length - 1);
	return [...head, span(`${fitText(COMPONENTS[component].label, room)} ${weak}`, "faint")];
}

const SHORTEST_BAR = 3;

/** Two pillars a row, where rows are few. */
function pillarPairs(health: ChsSnapshot, width: number): readonly Line[] {
	const half = Math.floor((width - 1) / 2);
	const cell = (pillar: Pillar): Line => {
		const score = health.pillars[pillar];
		const mark = health.weakest === pillar ? "▼" : " ";
		const name = fitText(pillar, 9);
		const cells = half - 18;
		const drawn = cells >= SHORTEST_BAR ? bar(score, cells, toneOfScore(score)) : [];
		return fitLine([span(mark, "warn"), span(`${name} `), span(`${shortScore(score)} `, toneOfScore(score)), ...drawn], half);
	};
	return [
		[...cell("agent"), ...cell("risk")],
		[...cell("market"), ...cell("execution")],
	];
}

/** What holds the score down: the cap, else the weakest pillar with its weakest component. */
function holder(health: ChsSnapshot): Line {
	if (health.capBy !== null) {
		const by = health.capBy === "input" ? "an input that was no number" : COMPONENTS[health.capBy].label;
		return [span(`⚠ capped at ${scoreText(health.cap)} by `, "warn"), span(by, "warn")];
	}
	return [span(`▼ ${health.weakest}: ${COMPONENTS[health.weakestOf[health.weakest]].label}`, "faint")];
}

function shortScore(score: number): string {
	const text = scoreText(score);
	return text === UNKNOWN ? " -- " : text.slice(0, 4);
}

function toneOfScore(score: number): Tone {
	if (!(score >= 0.55)) return "bad";
	if (score < 0.75) return "warn";
	return "good";
}

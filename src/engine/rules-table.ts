import type { Mode } from "./config.ts";

/**
 * What "no limit" is in a rule: finite, so that it survives JSON and comparison, and beyond every amount, count or age a session
 * can reach. Only rules whose row allows it may carry it.
 */
export const UNLIMITED = 1e15;

type Row<T> = {
	/** The control of docs/CONTROLS.md that the value belongs to. */
	readonly control: string;
	readonly unit: string;
	readonly defaults: Readonly<Record<Mode, T>>;
	readonly line: string;
};

/** A numeric rule: its default a stage, what it may be set to, and which direction is the careful one. */
export type NumberRow = Row<number> & {
	readonly kind: "number";
	/** Direction of less risk. Tightening keeps certificates, loosening voids them (control C03). */
	readonly tighter: "lower" | "higher";
	readonly min: number;
	readonly max: number;
	/** Compiled-in bounds below `max` that no configuration of that stage can pass. */
	readonly ceiling: Readonly<Partial<Record<Mode, number>>>;
	/** Stages in which the word `none` (no limit) is accepted. */
	readonly none: readonly Mode[];
	/** In virtual the rule may be set to 0, which switches it off; elsewhere `min` holds (control C07: no bypass). */
	readonly offInVirtual: boolean;
	readonly whole: boolean;
};

/** A yes-or-no rule; outside virtual it cannot be changed (control C07). */
export type FlagRow = Row<boolean> & { readonly kind: "flag" };

type Extra = Partial<Pick<NumberRow, "ceiling" | "none" | "offInVirtual" | "whole">>;

/** Three stages in the order virtual, demo, live; one number when they agree. */
type Stages<T> = T | readonly [virtual: T, demo: T, live: T];

function limit(control: string, unit: string, values: Stages<number>, [min, max]: readonly [number, number], line: string, extra: Extra = {}): NumberRow {
	const whole = unit === "count" || unit === "ms" || unit === "minutes";
	return {
		kind: "number",
		control,
		unit,
		defaults: stages(values),
		tighter: "lower",
		min,
		max,
		line,
		ceiling: {},
		none: [],
		offInVirtual: false,
		whole,
		...extra,
	};
}

/** A rule of which more is more careful: pauses, distances to keep, levels to hold. */
function least(control: string, unit: string, values: Stages<number>, range: readonly [number, number], line: string, extra: Extra = {}): NumberRow {
	return { ...limit(control, unit, values, range, line, extra), tighter: "higher" };
}

function flag(control: string, values: Stages<boolean>, line: string): FlagRow {
	return { kind: "flag", control, unit: "yes/no", defaults: stages(values), line };
}

function stages<T>(values: Stages<T>): Record<Mode, T> {
	if (isTriple(values)) return { virtual: values[0], demo: values[1], live: values[2] };
	return { virtual: values, demo: values, live: values };
}

function isTriple<T>(values: Stages<T>): values is readonly [T, T, T] {
	return Array.isArray(values);
}

const MINUTE = 60_000;
const off: Extra = { offInVirtual: true };
const noneInVirtual: Extra = { none: ["virtual"] };

/**
 * Every limit the engine knows, with its default a stage (controls.md 4). Virtual follows the catalogue except where a default
 * session of an hour on M1 with 1 % risk could not run: C20 (`--max-trades` and `--duration` decide), C24 (0.5 % in a minute is
 * half of one planned loss), C26 and C27 (a pause of an hour is the whole session), C30 (a silent minute must not end the
 * session before the breaker can re-arm). In demo and live C24 is half as much again as the largest risk of one trade (C12), where the catalogue
 * has 0.5 %: that is no more than one planned loss, so an ordinary stop would kill the session; a stop that slips by half of itself, or two losses
 * within the minute, still do. docs/CONTROLS.md is generated from this table.
 */
export const RULES = {
	maxLots: limit("C08", "lots", [1, 0.1, 0.01], [1e-8, 1000], "Largest volume of one order", { ceiling: { live: 1 }, ...noneInVirtual }),
	autoAdjust: flag("C08", true, "Repair volume, price rounding and stop distance towards less risk instead of refusing"),
	sizeDenialsToHalt: limit("C08", "count", 3, [1, 100], "Refused shapes or sizes in a session that halt it", noneInVirtual),
	orderNotionalEquityMultiple: limit("C09", "x equity", [15, 10, 5], [0.01, 500], "Largest notional value of one order", noneInVirtual),
	openNotionalEquityMultiple: limit("C09", "x equity", [20, 15, 8], [0.01, 500], "Largest notional value of everything open after the order", noneInVirtual),
	quoteAgeMsMax: limit("C10", "ms", 2000, [100, 60_000], "Oldest quote an entry may be based on"),
	priceDistanceSpreads: limit("C10", "x spread", 3, [0, 20], "Distance of a requested price from the market; the larger of this and priceDistancePct"),
	priceDistancePct: limit("C10", "% of price", 0.1, [0, 2], "Distance of a requested price from the market; the larger of this and priceDistanceSpreads"),
	deviationSpreads: limit("C10", "x spread", 1.5, [0, 20], "Largest deviation a market order may allow"),
	spreadMedianMultiple: limit("C10", "x median", 3, [1, 50], "Widest spread for an entry, against the median of the last five minutes"),
	pendingDistancePct: limit("C10", "% of price", 2, [0.01, 20], "Distance of a pending order from the middle of the quote"),
	collarDenialsToPause: limit("C10", "count", 5, [1, 100], "Refusals by the price collar within collarDenialsWindowMs that pause", noneInVirtual),
	collarDenialsWindowMs: least("C10", "ms", 10 * MINUTE, [MINUTE, 1440 * MINUTE], "Window of collarDenialsToPause"),
	collarPauseMs: least("C10", "ms", 10 * MINUTE, [MINUTE, 1440 * MINUTE], "Length of that pause"),
	marginLevelPctMin: least("C11", "%", [200, 300, 500], [100, 100_000], "Margin level that must remain after the trade"),
	requireStop: flag("C12", true, "Every entry carries a stop loss in the same request"),
	riskPerTradePctMax: limit("C12", "% of equity", [2, 1, 0.5], [0.01, 2], "Money between entry and stop"),
	duplicateWindowMs: least("C13", "ms", 5000, [1000, 10 * MINUTE], "Same symbol, side and volume within this time is a duplicate", off),
	noEntryAroundMidnightMinutes: least("C15", "minutes", 5, [1, 120], "No entries this long before and after broker midnight", off),
	noEntryBeforeWeekendMinutes: least("C15", "minutes", 15, [1, 1440], "No entries this long before the last close of the week", off),
	rateBurst: limit("C16", "count", 3, [1, 20], "Entries and modifications that may be sent at once", noneInVirtual),
	rateIntervalMs: least("C16", "ms", 2000, [100, 10 * MINUTE], "After a burst, one more each of these", off),
	ratePerHour: limit("C16", "count", 60, [1, 1000], "Entries and modifications an hour", noneInVirtual),
	ratePerDay: limit("C16", "count", 200, [1, 10_000], "Entries and modifications a broker day", noneInVirtual),
	rateDenialsToHalt: limit("C16", "count", 3, [1, 100], "Refusals by the message rate within rateDenialsWindowMs that halt", noneInVirtual),
	rateDenialsWindowMs: least("C16", "ms", MINUTE, [10_000, 1440 * MINUTE], "Window of rateDenialsToHalt"),
	repeatEntriesMax: limit("C17", "count", 5, [1, 100], "Entries on one side without a close in between", noneInVirtual),
	entriesPerWindowMax: limit("C17", "count", 10, [1, 1000], "Entries within entriesWindowMs", noneInVirtual),
	entriesWindowMs: least("C17", "ms", 15 * MINUTE, [MINUTE, 1440 * MINUTE], "Window of entriesPerWindowMax"),
	sideFlipsMax: limit("C17", "count", 6, [1, 1000], "Changes of side between entries within sideFlipsWindowMs", noneInVirtual),
	sideFlipsWindowMs: least("C17", "ms", 10 * MINUTE, [MINUTE, 1440 * MINUTE], "Window of sideFlipsMax"),
	exposureLotsMultiple: limit("C18", "x maxLots", [3, 2, 1], [1, 100], "Worst-case lots a side: positions, pendings, in flight and unknown", noneInVirtual),
	openPositionsMax: limit("C19", "count", [5, 3, 1], [1, 200], "Open positions, with entries in flight and unknown", noneInVirtual),
	pendingOrdersMax: limit("C19", "count", [5, 3, 0], [0, 200], "Waiting orders", noneInVirtual),
	entriesPerSessionMax: limit(
		"C20",
		"count",
		[UNLIMITED, 10, 5],
		[1, 10_000],
		"Entries sent in a session, whatever their outcome; --max-trades tightens",
		noneInVirtual,
	),
	sessionMinutesMax: limit("C20", "minutes", [UNLIMITED, 120, 60], [1, 1440], "Market minutes after which no entry is made; --duration tightens", {
		ceiling: { live: 480 },
		...noneInVirtual,
	}),
	sessionLossPct: limit("C21", "% of start equity", [5, 2, 1], [0.1, 100], "Loss of the session, floating included", noneInVirtual),
	dailyLossPct: limit("C22", "% of day's start equity", [10, 4, 2], [0.1, 100], "Loss of the broker day, kept across restarts", {
		ceiling: { demo: 5, live: 5 },
		...noneInVirtual,
	}),
	drawdownPct: limit("C23", "% of peak equity", [UNLIMITED, 10, 5], [0.1, 100], "Fall from the highest equity", noneInVirtual),
	lossSpeedPct: limit(
		"C24",
		"% of equity",
		[4, 1.5, 0.75],
		[0.05, 100],
		"Fall of equity within lossSpeedWindowMs: more than one planned loss (riskPerTradePctMax)",
		noneInVirtual,
	),
	lossSpeedWindowMs: least("C24", "ms", MINUTE, [10_000, 60 * MINUTE], "Window of lossSpeedPct"),
	profitSanityMultiple: limit("C24", "x best session", 3, [1, 100], "Profit beyond this multiple of the best earlier session is reviewed", noneInVirtual),
	profitSanityFloorPct: limit("C24", "% of start equity", [5, 2, 1], [0.1, 100], "Profit below this is never reviewed", noneInVirtual),
	losingStreakToPause: limit("C26", "count", 4, [1, 100], "Losing closes in a row that pause", noneInVirtual),
	losingStreakPauseMinutes: least("C26", "minutes", [15, 60, 60], [1, 1440], "Length of that pause"),
	losingStreaksToHalt: limit("C26", "count", 2, [1, 100], "Such streaks in a broker day that halt", noneInVirtual),
	stopGuardStopsToPause: limit("C27", "count", 3, [1, 100], "Losing stop-outs within stopGuardWindowMinutes that pause", noneInVirtual),
	stopGuardWindowMinutes: least("C27", "minutes", 60, [1, 1440], "Window of stopGuardStopsToPause"),
	stopGuardPauseMinutes: least("C27", "minutes", [15, 60, 60], [1, 1440], "Length of that pause"),
	cooldownMs: least("C28", "ms", MINUTE, [1000, 1440 * MINUTE], "No entry on a symbol this long after a close", off),
	rejectsInRowToHalt: limit("C29", "count", 3, [1, 100], "Definite refusals by the broker in a row that halt"),
	rejectsToHalt: limit("C29", "count", 5, [1, 100], "Definite refusals by the broker within rejectsWindowMs that halt"),
	rejectsWindowMs: least("C29", "ms", 10 * MINUTE, [MINUTE, 1440 * MINUTE], "Window of rejectsToHalt"),
	slippageSpreadsMax: limit("C29", "x spread", 5, [0.1, 100], "Adverse slippage of one filled request"),
	slippageMeanSpreadsMax: limit("C29", "x spread", 2, [0.1, 100], "Mean slippage of the last five filled requests"),
	staleNoEntryMs: limit("C30", "ms", 10_000, [1000, 10 * MINUTE], "Silence of an open market that stops entries until two fresh quotes"),
	staleHaltMs: limit("C30", "ms", [120_000, 30_000, 30_000], [1000, 60 * MINUTE], "Silence of an open market that halts"),
	badQuotesToHalt: limit("C30", "count", 3, [1, 100], "Crossed, zero or impossible quotes in a row that halt"),
	jumpPct: limit("C30", "% of price", 0.5, [0.01, 20], "Jump between quotes a second apart that stops entries (grows with the root of the feed's cadence)"),
	jumpConfirmTicks: least("C30", "count", 2, [1, 100], "Quotes near the new price that confirm a jump"),
	agentFaultsToHalt: limit("C32", "count", 3, [1, 100], "Invalid answers of the agent in a session that halt"),
	resetsPerDayMax: limit("C36", "count", [UNLIMITED, UNLIMITED, 2], [0, 100], "Operator resets of a latched state a broker day", { none: ["virtual", "demo"] }),
} as const satisfies Record<string, NumberRow | FlagRow>;

/** Name of a rule, as in `--set rules.KEY=VALUE`. */
export type RuleKey = keyof typeof RULES;

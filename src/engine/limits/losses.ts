import type { Rules } from "../rules.ts";
import { UNLIMITED } from "../rules-table.ts";
import type { BrokerMs, Money } from "../units.ts";
import { type Breach, breach } from "./breach.ts";

const DAY_MS = 86_400_000;
/** The loss-speed window is kept as the highest equity of each of this many slices, so its memory and cost are bounded. */
const SLICES = 60;
const NEVER = Number.MAX_VALUE;

/**
 * What C21 to C24 remember. All money is equity in account currency, floating result, swap and commission included. `floor`,
 * `ceiling` and `nextAt` are derived: between them nothing can happen, which makes a tick three comparisons.
 */
export type Losses = {
	readonly startEquity: Money;
	/** Highest profit of earlier qualifying sessions, or null when there are none. */
	readonly bestProfit: Money | null;
	day: number;
	dayStartEquity: Money;
	peakEquity: Money;
	lastEquity: Money;
	/** Slices whose highest equity is not topped by a later slice: numbers falling, slice indexes rising. */
	readonly sliceIndex: number[];
	readonly sliceMax: Money[];
	sessionFired: boolean;
	dayFired: boolean;
	drawdownFired: boolean;
	speedFired: boolean;
	profitFired: boolean;
	floor: Money;
	ceiling: Money;
	nextAt: BrokerMs;
};

/** Where the loss limits start from. `dayStart` and `peakEquity` come from earlier sessions of the same broker day and permit. */
export type LossBasis = {
	readonly equity: Money;
	readonly dayStart: { readonly day: number; readonly equity: Money } | null;
	readonly peakEquity: Money | null;
	readonly bestProfit: Money | null;
};

/** Fresh loss limits at `at`. */
export function createLosses(rules: Rules, at: BrokerMs, basis: LossBasis): Losses {
	const day = Math.floor(at / DAY_MS);
	const losses: Losses = {
		startEquity: basis.equity,
		bestProfit: basis.bestProfit,
		day,
		dayStartEquity: basis.dayStart?.day === day ? basis.dayStart.equity : basis.equity,
		peakEquity: Math.max(basis.equity, basis.peakEquity ?? basis.equity),
		lastEquity: basis.equity,
		sliceIndex: [],
		sliceMax: [],
		sessionFired: false,
		dayFired: false,
		drawdownFired: false,
		speedFired: false,
		profitFired: false,
		floor: 0,
		ceiling: 0,
		nextAt: 0,
	};
	moveWindow(losses, rules, at, basis.equity);
	settle(losses, rules, at);
	return losses;
}

/**
 * Judges equity against C21 to C24: null, or the gravest limit that is newly passed (each fires once until `acceptLosses`). Call it on
 * every quote while a position is open and after every deal. A loss equal to the limit is still within it. On feeds slower than
 * the C24 window the window holds one value only, and the other limits have to catch a fall.
 */
export function checkEquity(losses: Losses, rules: Rules, at: BrokerMs, equity: Money): Breach | null {
	if (equity >= losses.floor && equity <= losses.ceiling && at < losses.nextAt) {
		losses.lastEquity = equity;
		return null;
	}
	return checkSlowly(losses, rules, at, equity);
}

/** After an operator's reset: the loss is accepted as the new basis of drawdown and speed; session and day keep theirs and fire again at once. */
export function acceptLosses(losses: Losses, rules: Rules, at: BrokerMs): void {
	losses.peakEquity = losses.lastEquity;
	losses.sliceIndex.length = 0;
	losses.sliceMax.length = 0;
	losses.sessionFired = false;
	losses.dayFired = false;
	losses.drawdownFired = false;
	losses.speedFired = false;
	moveWindow(losses, rules, at, losses.lastEquity);
	settle(losses, rules, at);
}

/** The falls that C21 to C24 judge, as they are now, in percent of their bases; 0 = no fall. Changes nothing. */
export function fallsOf(
	losses: Losses,
	rules: Rules,
	at: BrokerMs,
	equity: Money,
): { readonly session: number; readonly day: number; readonly drawdown: number; readonly speed: number } {
	// Day and window move on only when equity is judged; whoever looks in between must not see yesterday's.
	const dayBasis = Math.floor(at / DAY_MS) > losses.day ? losses.lastEquity : losses.dayStartEquity;
	const oldest = Math.floor((at / rules.lossSpeedWindowMs) * SLICES) - SLICES;
	const recent = losses.sliceMax[losses.sliceIndex.findIndex((slice) => slice >= oldest)] ?? losses.lastEquity;
	return {
		session: fallPct(losses.startEquity, equity),
		day: fallPct(dayBasis, equity),
		drawdown: fallPct(losses.peakEquity, equity),
		speed: fallPct(recent, equity),
	};
}

function fallPct(basis: Money, equity: Money): number {
	const pct = ((basis - equity) / Math.abs(basis)) * 100;
	return pct < 0 ? 0 : pct;
}

function checkSlowly(losses: Losses, rules: Rules, at: BrokerMs, equity: Money): Breach | null {
	if (!Number.isFinite(equity)) return breach("EQUITY_INVALID", `equity is ${equity}`);
	const day = Math.floor(at / DAY_MS);
	if (day > losses.day) {
		// The last value of the old day, not the first of the new: a swap or a gap at midnight belongs to the new day.
		losses.day = day;
		losses.dayStartEquity = losses.lastEquity;
		losses.dayFired = false;
	}
	losses.lastEquity = equity;
	if (equity > losses.peakEquity) losses.peakEquity = equity;
	moveWindow(losses, rules, at, equity);
	const found = gravest(losses, rules, equity);
	settle(losses, rules, at);
	return found;
}

function gravest(losses: Losses, rules: Rules, equity: Money): Breach | null {
	const { startEquity, dayStartEquity, peakEquity } = losses;
	if (!losses.dayFired && !(equity >= below(dayStartEquity, rules.dailyLossPct))) {
		losses.dayFired = true;
		return breach("DAILY_LOSS", fallText("daily loss", dayStartEquity, equity, rules.dailyLossPct), (losses.day + 1) * DAY_MS);
	}
	if (!losses.sessionFired && !(equity >= below(startEquity, rules.sessionLossPct))) {
		losses.sessionFired = true;
		return breach("SESSION_LOSS", fallText("session loss", startEquity, equity, rules.sessionLossPct));
	}
	const recent = losses.sliceMax[0] ?? equity;
	if (!losses.speedFired && !(equity >= below(recent, rules.lossSpeedPct))) {
		losses.speedFired = true;
		return breach("LOSS_SPEED", fallText(`fall within ${rules.lossSpeedWindowMs / 1000} s`, recent, equity, rules.lossSpeedPct));
	}
	if (!losses.drawdownFired && !(equity >= below(peakEquity, rules.drawdownPct))) {
		losses.drawdownFired = true;
		return breach("DRAWDOWN", fallText("drawdown", peakEquity, equity, rules.drawdownPct));
	}
	if (!losses.profitFired && !(equity <= profitCeiling(losses, rules))) {
		losses.profitFired = true;
		const text = `profit ${(equity - startEquity).toFixed(2)} is more than ${rules.profitSanityMultiple} times the best session ${(losses.bestProfit ?? 0).toFixed(2)}`;
		return breach("PROFIT_SANITY", text);
	}
	return null;
}

function below(basis: Money, pct: number): Money {
	return basis - (Math.abs(basis) * pct) / 100;
}

function fallText(what: string, from: Money, to: Money, limitPct: number): string {
	return `${what} ${(((from - to) / Math.abs(from)) * 100).toFixed(2)} %: from ${from.toFixed(2)} to ${to.toFixed(2)}, limit ${limitPct} %`;
}

function profitCeiling(losses: Losses, rules: Rules): Money {
	if (losses.bestProfit === null || rules.profitSanityMultiple >= UNLIMITED) return NEVER;
	return losses.startEquity + Math.max(losses.bestProfit * rules.profitSanityMultiple, (losses.startEquity * rules.profitSanityFloorPct) / 100);
}

/** Sliding maximum over slices: a slice is dropped when it is too old or a later one is at least as high. Amortised O(1). */
function moveWindow(losses: Losses, rules: Rules, at: BrokerMs, equity: Money): void {
	if (!watchesHighs(rules)) return;
	const { sliceIndex, sliceMax } = losses;
	const slice = Math.floor((at / rules.lossSpeedWindowMs) * SLICES);
	const last = sliceIndex.length - 1;
	if (last >= 0 && !((sliceIndex[last] as number) >= slice - SLICES)) {
		// Nothing is recent enough, as on every quote of a slow feed: one value takes the place of all.
		sliceIndex.length = 1;
		sliceMax.length = 1;
		sliceIndex[0] = slice;
		sliceMax[0] = equity;
		return;
	}
	while (sliceIndex.length > 0 && !((sliceIndex[0] as number) >= slice - SLICES)) {
		sliceIndex.shift();
		sliceMax.shift();
	}
	while (sliceMax.length > 0 && (sliceMax[sliceMax.length - 1] as number) <= equity) {
		sliceIndex.pop();
		sliceMax.pop();
	}
	if (sliceIndex[sliceIndex.length - 1] === slice) return;
	sliceIndex.push(slice);
	sliceMax.push(equity);
}

/** The band of equity and time in which `checkEquity` has nothing to do. */
function settle(losses: Losses, rules: Rules, at: BrokerMs): void {
	let floor = -NEVER;
	if (!losses.dayFired) floor = Math.max(floor, below(losses.dayStartEquity, rules.dailyLossPct));
	if (!losses.sessionFired) floor = Math.max(floor, below(losses.startEquity, rules.sessionLossPct));
	if (!losses.drawdownFired) floor = Math.max(floor, below(losses.peakEquity, rules.drawdownPct));
	if (!losses.speedFired) floor = Math.max(floor, below(losses.sliceMax[0] ?? losses.lastEquity, rules.lossSpeedPct));
	losses.floor = floor;
	const nextDay = (losses.day + 1) * DAY_MS;
	const slice = Math.floor((at / rules.lossSpeedWindowMs) * SLICES);
	const watches = watchesHighs(rules);
	losses.ceiling = watches ? (losses.sliceMax[losses.sliceMax.length - 1] ?? losses.lastEquity) : profitCeiling(losses, rules);
	losses.nextAt = watches ? Math.min(((slice + 1) * rules.lossSpeedWindowMs) / SLICES, nextDay) : nextDay;
}

/** Whether any rule measures from a high of equity; in a measuring run none does, and nothing need follow the highs. */
function watchesHighs(rules: Rules): boolean {
	return rules.lossSpeedPct < UNLIMITED || rules.drawdownPct < UNLIMITED;
}

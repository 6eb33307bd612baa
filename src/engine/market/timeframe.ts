/** MT5's timeframes in minutes, shortest first; a month is 30 days here, its real length comes from the next bar. */
const TIMEFRAMES: readonly (readonly [name: string, minutes: number])[] = [
	["M1", 1],
	["M2", 2],
	["M3", 3],
	["M4", 4],
	["M5", 5],
	["M6", 6],
	["M10", 10],
	["M12", 12],
	["M15", 15],
	["M20", 20],
	["M30", 30],
	["H1", 60],
	["H2", 120],
	["H3", 180],
	["H4", 240],
	["H6", 360],
	["H8", 480],
	["H12", 720],
	["D1", 1440],
	["W1", 10_080],
	["MN1", 43_200],
];

/** What MT5 writes into file names instead of D1, W1 and MN1. */
const SPELLINGS: Readonly<Record<string, string>> = { DAILY: "D1", WEEKLY: "W1", MONTHLY: "MN1", MN: "MN1" };

const DAY_MINUTES = 1440;

/** Minutes of a timeframe as MT5 names it (`M15`, `H1`, `Daily`), in any case; null when there is no such timeframe. */
export function minutesOfTimeframe(name: string): number | null {
	const upper = name.toUpperCase();
	const wanted = SPELLINGS[upper] ?? upper;
	return TIMEFRAMES.find(([known]) => known === wanted)?.[1] ?? null;
}

/** The name of a timeframe for people: `M15`; lengths that MT5 does not have are spelled out. */
export function timeframeName(minutes: number): string {
	return TIMEFRAMES.find(([, length]) => length === minutes)?.[0] ?? `${minutes} minutes`;
}

/**
 * The timeframe of bars whose opening times all are multiples of `stepMinutes`: the longest of MT5's that divides it. Days are
 * the grid of weeks and months too, so these are told by the shortest distance between bars, `nearestMinutes`.
 */
export function timeframeOfStep(stepMinutes: number, nearestMinutes: number): number {
	if (nearestMinutes >= 28 * DAY_MINUTES && stepMinutes % DAY_MINUTES === 0) return 43_200;
	if (nearestMinutes >= 7 * DAY_MINUTES && stepMinutes % (7 * DAY_MINUTES) === 0) return 10_080;
	let found = 1;
	for (const [, minutes] of TIMEFRAMES) if (minutes <= DAY_MINUTES && stepMinutes % minutes === 0) found = minutes;
	return found;
}

/** The grid on which bars of a timeframe open, minutes: weeks and months start on a day of their own. */
export function gridMinutes(timeframeMinutes: number): number {
	return Math.min(timeframeMinutes, DAY_MINUTES);
}

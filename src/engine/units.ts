/**
 * The grids the broker thinks in. Prices travel through the engine as whole **points** (1 point = 10^-digits of the quote),
 * so that "8 points away" is exact and `bid <= stopLoss` never suffers from binary fractions. Volumes are lots, compared on
 * the grid of `volumeStep`. Times are milliseconds of the broker's wall clock, encoded as MT5 does: as if it were UTC.
 */

/** A price, or a distance between prices, counted in points of its symbol. Whole, except the mean open price of a netting position. */
export type Points = number;
/** A volume in lots (1 lot = `contractSize` units of the base asset). */
export type Lots = number;
/** Milliseconds since 1970 of the broker's wall clock (MT5 encodes server time as if it were UTC). */
export type BrokerMs = number;
/** An amount in the account currency unless the name says otherwise. */
export type Money = number;

/** The price that a count of points stands for, rounded to `digits` decimals so that it prints cleanly. */
export function toPrice(points: Points, digits: number): number {
	return Number((points / 10 ** digits).toFixed(digits));
}

/** A price for people: always with the symbol's digits (`127212` points, 5 digits -> `1.27212`). */
export function formatPrice(points: Points, digits: number): string {
	return (points / 10 ** digits).toFixed(digits);
}

/** How many whole steps fit into `lots`, rounded down; 0.29 / 0.01 is 29 and not 28 although the quotient is 28.999... */
export function stepsIn(lots: Lots, step: Lots): number {
	return Math.floor(lots / step + 1e-7);
}

/** True when `lots` is a whole multiple of `step` (tolerance 1e-7 steps, far below any broker's grid). */
export function isOnStep(lots: Lots, step: Lots): boolean {
	const steps = lots / step;
	return Math.abs(steps - Math.round(steps)) < 1e-7;
}

/** A count of steps as lots, without the dust of binary fractions (29 steps of 0.01 -> 0.29). */
export function lotsOf(steps: number, step: Lots): Lots {
	return Number((steps * step).toFixed(8));
}

/** Rounds an amount to the currency's digits, half away from zero, as MT5 books deals (rulebook A2.3, inferred). */
export function roundMoney(amount: Money, digits: number): Money {
	const scale = 10 ** digits;
	const scaled = Math.abs(amount) * scale;
	const rounded = Math.round(scaled + scaled * Number.EPSILON * 4) / scale;
	return amount < 0 ? -rounded || 0 : rounded;
}

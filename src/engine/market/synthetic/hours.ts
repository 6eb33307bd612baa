/**
 * What a day looks like, hour 0..23 of broker time (GMT+2/+3, so that midnight is the New York close; rulebook A5.4).
 * The shapes are rounded from two years of M15 bars (docs/SIMULATOR.md shows the measured table); they hold no price.
 */
export type DayShape = {
	/** Volatility of the hour over the day's mean. */
	readonly volatility: readonly number[];
	/** Quotes a minute in a market of average volatility. */
	readonly quotesPerMinute: readonly number[];
	/** Spread of the hour over the instrument's typical spread. */
	readonly spread: readonly number[];
	/** Announcements: minute of the day and the chance that one moves the market on a weekday. */
	readonly announcements: readonly (readonly [minute: number, chance: number])[];
};

/** Currency pairs: quiet Asia, London from 09, New York 15-17, spreads wide in the hour after midnight while liquidity rolls over. */
export const CURRENCY_DAY: DayShape = {
	volatility: [0.8, 0.78, 0.8, 0.88, 0.82, 0.73, 0.68, 0.68, 0.8, 1.18, 1.27, 1.18, 1.02, 1.02, 1.08, 1.49, 1.61, 1.66, 1.28, 1.03, 0.95, 0.92, 0.82, 0.67],
	quotesPerMinute: [16, 25, 32, 54, 54, 45, 38, 38, 45, 69, 82, 75, 65, 61, 63, 93, 100, 107, 83, 66, 57, 56, 50, 28],
	spread: [20, 1.5, 1.2, 1.1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1.1, 1.8],
	announcements: [
		[9 * 60, 0.05],
		[10 * 60 + 30, 0.07],
		[15 * 60 + 30, 0.16],
		[17 * 60, 0.07],
		[21 * 60, 0.04],
	],
};

/** Gold and silver: two Asian openings (03-04), then as currencies. Closed in hour 0. */
export const METAL_DAY: DayShape = {
	volatility: [0.84, 0.84, 0.7, 1, 1.15, 0.9, 0.74, 0.7, 0.9, 1, 1.04, 0.98, 0.87, 0.88, 0.92, 1.5, 1.7, 1.72, 1.28, 1.01, 0.91, 0.86, 0.84, 0.6],
	quotesPerMinute: [60, 76, 90, 160, 200, 160, 127, 119, 155, 180, 182, 170, 155, 148, 165, 255, 310, 306, 246, 200, 180, 157, 153, 70],
	spread: [1.3, 1.3, 1.1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1.2],
	announcements: CURRENCY_DAY.announcements,
};

/** Share indices: the cash session of New York (16:30-23:00) is the day. Closed in hour 0. */
export const INDEX_DAY: DayShape = {
	volatility: [0.8, 0.9, 0.64, 0.73, 0.6, 0.51, 0.47, 0.47, 0.56, 0.67, 0.92, 0.86, 0.67, 0.71, 0.83, 1.1, 1.85, 2.1, 1.65, 1.42, 1.42, 1.39, 1.5, 0.85],
	quotesPerMinute: [50, 52, 55, 74, 66, 52, 43, 42, 51, 64, 98, 91, 72, 72, 83, 112, 209, 250, 211, 186, 182, 182, 193, 79],
	spread: [1.2, 1.2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
	announcements: [
		[15 * 60 + 30, 0.15],
		[17 * 60, 0.07],
		[21 * 60, 0.05],
	],
};

/** Crypto: open always, most active in American hours. */
export const CRYPTO_DAY: DayShape = {
	volatility: [0.98, 0.95, 0.93, 1.03, 1.03, 0.91, 0.81, 0.74, 0.74, 0.82, 0.87, 0.83, 0.77, 0.78, 0.85, 0.98, 1.4, 1.62, 1.3, 1.21, 1.13, 1.11, 1.11, 1.04],
	quotesPerMinute: [76, 84, 85, 94, 90, 82, 74, 69, 67, 70, 74, 74, 71, 71, 76, 92, 128, 143, 125, 114, 106, 101, 100, 86],
	spread: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
	announcements: [[15 * 60 + 30, 0.08]],
};

/** The realism knobs of the paper broker (rulebook F.3). All plain numbers and words; printed in every summary. */
export type SimulatorSettings = {
	/** Time from sending a request to its execution, market ms (rulebook A4.6: requests only, never server-side triggers). */
	readonly latencyMs: number;
	/** Uniform extra latency 0..this, market ms. */
	readonly latencyJitterMs: number;
	/** Standard deviation of adverse slippage of market deals beyond the quote, points; always against the trader, |N(0, sd)|. */
	readonly slippagePoints: number;
	/** Chance that an IOC or RETURN deal is filled only in part, 0..1. */
	readonly partialFillProbability: number;
	/** Chance that an instant-execution request is requoted whatever its deviation, 0..1. */
	readonly requoteProbability: number;
	/** Chance that the dealer rejects a valid request (retcode 10006), 0..1. */
	readonly rejectProbability: number;
	/** `recorded`: the feed's; `fixed`: `spreadPoints` for every tick; `minimum`: at least `spreadPoints`. */
	readonly spreadModel: "recorded" | "fixed" | "minimum";
	readonly spreadPoints: number;
	/** Margin level at which the account is flagged, percent. */
	readonly marginCallPct: number;
	/** Margin level at or below which the stop-out sequence runs, percent (rulebook A2.4). */
	readonly stopOutPct: number;
	/** Most active pending orders; 0 = no limit (10033). */
	readonly limitOrders: number;
	/** Most positions; 0 = no limit (10040). */
	readonly limitPositions: number;
	/** Charge commission as the instrument's schedule says, or none. */
	readonly chargeCommission: boolean;
	readonly chargeSwap: boolean;
};

/** Moderate realism: a tenth of a second of latency, a third of a point of slippage, no injected trouble. */
export const DEFAULT_SIMULATOR: SimulatorSettings = {
	latencyMs: 100,
	latencyJitterMs: 50,
	slippagePoints: 0.5,
	partialFillProbability: 0,
	requoteProbability: 0,
	rejectProbability: 0,
	spreadModel: "recorded",
	spreadPoints: 0,
	marginCallPct: 100,
	stopOutPct: 50,
	limitOrders: 0,
	limitPositions: 0,
	chargeCommission: true,
	chargeSwap: true,
};

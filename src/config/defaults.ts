/** What a run uses for options that are not given. The help says the same (`RUN_OPTIONS[...].fallback`); a test compares them. */
export const DEFAULTS = {
	symbol: "EURUSD",
	agent: "ppo",
	feed: "synthetic",
	scenario: "normal",
	timeframe: "M1",
	durationMinutes: 60,
	maxTrades: 10,
	chsThreshold: 0.55,
	riskPct: 1,
	/** Market seconds a second on a terminal; without one a run goes as fast as it can. */
	speed: 60,
} as const;

/** What differs in demo and live, where nothing else may be assumed to be wanted. null = what the rules of the stage allow. */
export const STAGE_DEFAULTS = {
	demo: { durationMinutes: 30, maxTrades: 5, riskPct: 1 },
	live: { durationMinutes: null, maxTrades: null, riskPct: 0.5 },
} as const;

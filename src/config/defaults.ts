/** What a run uses for options that are not given. The help says the same (`RUN_OPTIONS[...].fallback`); a test compares them. */
export const DEFAULTS = {
	symbol: "EURUSD",
	agent: "berserker",
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

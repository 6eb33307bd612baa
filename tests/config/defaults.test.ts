import { describe, expect, it } from "vitest";
import { DEFAULTS } from "../../src/config/defaults.ts";
import { RUN_OPTIONS, setOption } from "../../src/config/options.ts";

/** Each default with the option whose help names it. */
const NAMED = [
	["symbol", DEFAULTS.symbol],
	["agent", DEFAULTS.agent],
	["feed", DEFAULTS.feed],
	["scenario", DEFAULTS.scenario],
	["timeframe", DEFAULTS.timeframe],
	["duration", DEFAULTS.durationMinutes],
	["maxTrades", DEFAULTS.maxTrades],
	["chsThreshold", DEFAULTS.chsThreshold],
	["risk", DEFAULTS.riskPct],
	["speed", DEFAULTS.speed],
] as const;

describe("the defaults", () => {
	it("are all here", () => {
		expect(NAMED.length).toBe(Object.keys(DEFAULTS).length);
	});

	it.each(NAMED)("of %s is in its help, and allowed", (key, value) => {
		expect(RUN_OPTIONS[key].fallback.split(/[\s;,]+/)).toContain(String(value));
		expect(() => setOption({ set: [] }, key, String(value))).not.toThrow();
	});
});

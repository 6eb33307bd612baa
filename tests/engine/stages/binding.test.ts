import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyRule, defaultRules } from "../../../src/engine/rules.ts";
import { RULES, type RuleKey } from "../../../src/engine/rules-table.ts";
import { type Binding, bindingOf, looserThan, settingsOf, timeframeOf, uncovered } from "../../../src/engine/stages/binding.ts";
import { probationRules } from "../../../src/engine/stages/probation.ts";
import { configWith } from "../../helpers/session.ts";
import { LIMITS } from "../../helpers/small-session.ts";

const VERSIONS = { engineVersion: "1", bridgeProtocol: 1, observationVersion: "obs-1" };
const certified = bindingOf(configWith(), LIMITS, VERSIONS);

describe("a binding", () => {
	it("is not about seed, feed, duration, count of trades, exit, account or who watches", () => {
		const other = configWith({
			seed: 99,
			feed: { kind: "bridge" },
			durationMinutes: 5,
			maxTrades: 3,
			onExit: "keep",
			onLatch: "wait",
			account: { currency: "EUR", startBalance: 5, leverage: 30, marginMode: "netting" },
		});
		expect(bindingOf(other, LIMITS, VERSIONS)).toEqual(certified);
		expect(uncovered(certified, certified)).toEqual([]);
	});

	it.each<[keyof Binding, unknown, string]>([
		["agentBuild", "sma-2", "agent build is sma-2, was sma-1"],
		["symbol", "GBPUSD", "symbol is GBPUSD, was EURUSD"],
		["digits", 4, "digits of the symbol is 4, was 5"],
		["volumeStep", 0.1, "volume step of the symbol is 0.1, was 0.01"],
		["contractSize", 1, "contract size of the symbol is 1, was 100000"],
		["timeframeMinutes", 5, "timeframe is 5, was 1"],
		["engineVersion", "2", "version of Kinetra is 2, was 1"],
		["bridgeProtocol", 2, "protocol of the bridge is 2, was 1"],
		["observationVersion", "obs-2", "version of the observation is obs-2, was obs-1"],
		["warmupBars", 2, "bars of warm-up is 2, was 1"],
		["chsThreshold", 0.54, "CHS threshold is 0.54, was 0.55: lower is looser"],
		["riskPct", 1.01, "risk is 1.01 %, was 1 %: higher is looser"],
	])("names %s when it changed", (field, value, named) => {
		expect(uncovered({ ...certified, [field]: value }, certified)).toEqual([named]);
	});

	it("has a test for every field", () => {
		expect(Object.keys(certified).sort()).toEqual(
			[
				"agentBuild",
				"bridgeProtocol",
				"chsThreshold",
				"contractSize",
				"digits",
				"engineVersion",
				"limits",
				"observationVersion",
				"onBreaker",
				"riskPct",
				"symbol",
				"timeframeMinutes",
				"volumeStep",
				"warmupBars",
			].sort(),
		);
	});

	it("takes flatten for hold as tighter, hold for flatten as looser", () => {
		const flatten: Binding = { ...certified, onBreaker: "flatten" };
		expect(looserThan(flatten, certified)).toEqual([]);
		expect(looserThan(certified, flatten)).toEqual(["on-breaker is hold, was flatten"]);
	});

	it("takes a limit that is missing or no number as looser", () => {
		const { maxLots: _gone, ...rest } = LIMITS.live;
		expect(looserThan({ ...certified, limits: { ...LIMITS, live: rest as typeof LIMITS.live } }, certified)).toEqual([
			"limit maxLots of live is missing, was 0.01 lots",
		]);
		expect(looserThan({ ...certified, limits: { ...LIMITS, demo: { ...LIMITS.demo, maxLots: Number.NaN } } }, certified)).toHaveLength(1);
	});

	it("is never looser and tighter at once: two different values of a limit go one way", () => {
		const keys = Object.keys(RULES) as RuleKey[];
		fc.assert(
			fc.property(
				fc.constantFrom(...keys),
				fc.constantFrom("virtual", "demo", "live"),
				fc.double({ noNaN: true }),
				fc.double({ noNaN: true }),
				(key, mode, a, b) => {
					const bound = (value: number): Binding => ({ ...certified, limits: { ...LIMITS, [mode]: { ...LIMITS[mode as "demo"], [key]: value } } });
					const ways = [looserThan(bound(a), bound(b)).length, looserThan(bound(b), bound(a)).length];
					if (a === b) expect(ways).toEqual([0, 0]);
					if (a !== b && RULES[key].kind === "number") expect((ways[0] ?? 0) + (ways[1] ?? 0)).toBe(1);
				},
			),
		);
	});

	it("says what differs from the defaults", () => {
		expect(settingsOf(certified)).toEqual([]);
		const own = bindingOf(
			configWith({ riskPct: 0.5, chsThreshold: 0.6, onBreaker: "flatten" }),
			{ ...LIMITS, demo: { ...LIMITS.demo, maxLots: 0.05 } },
			VERSIONS,
		);
		expect(settingsOf(own)).toEqual(["risk 0.5 %", "CHS threshold 0.6", "on-breaker flatten", "demo maxLots 0.05 lots"]);
		expect(timeframeOf(own)).toBe("M1");
	});
});

describe("probation", () => {
	it("is the smallest volume, one position, half an hour, and never looser than the rules", () => {
		const rules = probationRules(defaultRules("live"), 0.01);
		expect(rules).toMatchObject({ maxLots: 0.01, openPositionsMax: 1, sessionMinutesMax: 30, exposureLotsMultiple: 1 });
		const strict = { ...defaultRules("live"), maxLots: 0.001, sessionMinutesMax: 5 };
		expect(probationRules(strict, 0.01)).toMatchObject({ maxLots: 0.001, sessionMinutesMax: 5 });
		const wide = applyRule(defaultRules("live"), "openPositionsMax", "5", "live");
		expect(typeof wide === "string" ? wide : probationRules(wide, 0.01).openPositionsMax).toBe(1);
	});
});

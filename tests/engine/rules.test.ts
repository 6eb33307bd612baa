import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Mode } from "../../src/engine/config.ts";
import { applyRule, defaultRules, limitsOff, type Rules, rulesProblem } from "../../src/engine/rules.ts";
import { RULES, UNLIMITED } from "../../src/engine/rules-table.ts";

const NONE = UNLIMITED;

/** controls.md 4, copied by hand: control, key, virtual, demo, live. */
const DEFAULTS: readonly (readonly [string, keyof Rules, number | boolean, number | boolean, number | boolean])[] = [
	["C08", "maxLots", 1, 0.1, 0.01],
	["C09", "orderNotionalEquityMultiple", 15, 10, 5],
	["C09", "openNotionalEquityMultiple", 20, 15, 8],
	["C10", "quoteAgeMsMax", 2000, 2000, 2000],
	["C10", "priceDistanceSpreads", 3, 3, 3],
	["C10", "priceDistancePct", 0.1, 0.1, 0.1],
	["C10", "deviationSpreads", 1.5, 1.5, 1.5],
	["C10", "spreadMedianMultiple", 3, 3, 3],
	["C10", "pendingDistancePct", 2, 2, 2],
	["C11", "marginLevelPctMin", 200, 300, 500],
	["C12", "requireStop", true, true, true],
	["C12", "riskPerTradePctMax", 2, 1, 0.5],
	["C13", "duplicateWindowMs", 5000, 5000, 5000],
	["C15", "noEntryAroundMidnightMinutes", 5, 5, 5],
	["C15", "noEntryBeforeWeekendMinutes", 15, 15, 15],
	["C16", "rateBurst", 3, 3, 3],
	["C16", "rateIntervalMs", 2000, 2000, 2000],
	["C16", "ratePerHour", 60, 60, 60],
	["C16", "ratePerDay", 200, 200, 200],
	["C17", "repeatEntriesMax", 5, 5, 5],
	["C17", "entriesPerWindowMax", 10, 10, 10],
	["C17", "sideFlipsMax", 6, 6, 6],
	["C18", "exposureLotsMultiple", 3, 2, 1],
	["C19", "openPositionsMax", 5, 3, 1],
	["C19", "pendingOrdersMax", 5, 3, 0],
	["C20", "entriesPerSessionMax", NONE, 10, 5],
	["C20", "sessionMinutesMax", NONE, 120, 60],
	["C21", "sessionLossPct", 5, 2, 1],
	["C22", "dailyLossPct", 10, 4, 2],
	["C23", "drawdownPct", NONE, 10, 5],
	["C24", "lossSpeedPct", 4, 1.5, 0.75],
	["C26", "losingStreakToPause", 4, 4, 4],
	["C26", "losingStreakPauseMinutes", 15, 60, 60],
	["C27", "stopGuardStopsToPause", 3, 3, 3],
	["C27", "stopGuardPauseMinutes", 15, 60, 60],
	["C28", "cooldownMs", 60_000, 60_000, 60_000],
	["C29", "rejectsInRowToHalt", 3, 3, 3],
	["C29", "rejectsToHalt", 5, 5, 5],
	["C30", "staleNoEntryMs", 10_000, 10_000, 10_000],
	["C30", "staleHaltMs", 120_000, 30_000, 30_000],
	["C30", "jumpPct", 0.5, 0.5, 0.5],
	["C32", "agentFaultsToHalt", 3, 3, 3],
	["C36", "resetsPerDayMax", NONE, NONE, 2],
];

describe("default rules", () => {
	it.each(DEFAULTS)("%s %s is %s virtual, %s demo, %s live", (control, key, virtual, demo, live) => {
		expect(RULES[key].control).toBe(control);
		expect([defaultRules("virtual")[key], defaultRules("demo")[key], defaultRules("live")[key]]).toEqual([virtual, demo, live]);
	});

	it.each(["virtual", "demo", "live"] as const)("%s defaults pass their own check and survive JSON", (mode) => {
		expect(rulesProblem(defaultRules(mode), mode)).toBeNull();
		expect(JSON.parse(JSON.stringify(defaultRules(mode)))).toEqual(defaultRules(mode));
	});
});

describe("--set rules.KEY=VALUE", () => {
	const set = (key: string, text: string, mode: Mode = "virtual") => applyRule(defaultRules(mode), key, text, mode);

	it.each([
		["maxLots", "0.5", "virtual", 0.5],
		["maxLots", "none", "virtual", NONE],
		["dailyLossPct", " 3 ", "demo", 3],
		["dailyLossPct", "5", "live", 5],
		["noEntryAroundMidnightMinutes", "0", "virtual", 0],
		["entriesPerSessionMax", "1e2", "virtual", 100],
		["autoAdjust", "off", "virtual", false],
		["sessionMinutesMax", "480", "live", 480],
	] as const)("%s=%s in %s is taken", (key, text, mode, value) => {
		expect(set(key, text, mode)).toEqual({ ...defaultRules(mode), [key]: value });
	});

	it.each([
		["maxLot", "1", "virtual", 'unknown rule "maxLot"; did you mean "maxLots"?'],
		["dailyLoss", "1", "virtual", 'unknown rule "dailyLoss"; did you mean "dailyLossPct"?'],
		["__proto__", "1", "virtual", 'unknown rule "__proto__"; did you mean'],
		["riskPerTradePctMax", "2.01", "virtual", "rule riskPerTradePctMax (C12): 2.01 is out of range in virtual; allowed: 0.01 % of equity to 2 % of equity"],
		["maxLots", "1.01", "live", "rule maxLots (C08): 1.01 is out of range in live; allowed: 1e-8 lots to 1 lots"],
		["dailyLossPct", "5.1", "demo", "(C22): 5.1 is out of range in demo"],
		["sessionMinutesMax", "481", "live", "out of range in live"],
		["noEntryAroundMidnightMinutes", "0", "live", "allowed: 1 minutes to 120 minutes"],
		["cooldownMs", "1.5", "virtual", "must be a whole number"],
		["cooldownMs", "NaN", "virtual", "is not a number"],
		["cooldownMs", "Infinity", "virtual", "is not a number"],
		["cooldownMs", "", "virtual", '"" is not a number'],
		["cooldownMs", "0x10", "virtual", "is not a number"],
		["sessionLossPct", "none", "live", "cannot be none in live"],
		["requireStop", "maybe", "virtual", "neither true nor false"],
		["requireStop", "false", "live", "cannot be changed in live"],
	] as const)("%s=%s in %s is refused", (key, text, mode, message) => {
		expect(set(key, text, mode)).toContain(message);
	});

	it("never throws and never lets a number out of range or a foreign type through", () => {
		fc.assert(
			fc.property(
				fc.oneof(fc.constantFrom(...Object.keys(RULES)), fc.string()),
				fc.string(),
				fc.constantFrom<Mode>("virtual", "demo", "live"),
				(key, text, mode) => {
					const result = set(key, text, mode);
					if (typeof result !== "string") expect(rulesProblem(result, mode)).toBeNull();
				},
			),
		);
	});
});

describe("rulesProblem", () => {
	it.each([
		[{ ...defaultRules("virtual"), maxLots: Number.NaN }, "maxLots"],
		[{ ...defaultRules("virtual"), maxLots: "1" }, "maxLots"],
		[{ ...defaultRules("virtual"), surprise: 1 }, "surprise"],
		[{}, "is missing"],
	])("names what is wrong (case %#)", (rules, part) => {
		expect(rulesProblem(rules, "virtual")).toContain(part);
	});
});

describe("limitsOff", () => {
	const rules = limitsOff(defaultRules("virtual"));
	it.each(["maxLots", "sessionLossPct", "dailyLossPct", "drawdownPct", "lossSpeedPct", "ratePerHour", "repeatEntriesMax", "losingStreakToPause"] as const)(
		"lifts %s",
		(key) => expect(rules[key]).toBe(NONE),
	);
	it.each([
		["marginLevelPctMin", 200],
		["riskPerTradePctMax", 2],
		["requireStop", true],
		["quoteAgeMsMax", 2000],
		["staleHaltMs", 120_000],
		["rejectsInRowToHalt", 3],
	] as const)("keeps %s", (key, value) => expect(rules[key]).toBe(value));
	it("is a valid virtual record", () => expect(rulesProblem(rules, "virtual")).toBeNull());
});

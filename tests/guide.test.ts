import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { COMPARE_OPTIONS } from "../src/args/compare.ts";
import { DATA_OPTIONS } from "../src/args/data.ts";
import { TRAIN_OPTIONS } from "../src/args/train.ts";
import { LOCK_MS, PAUSE_MS, TRIES } from "../src/commands/stage/confirmation.ts";
import { optionName, RUN_OPTIONS } from "../src/config/options.ts";
import { PILLAR_WEIGHTS } from "../src/engine/health/components.ts";
import { BUILT_IN_INSTRUMENTS } from "../src/engine/instruments/built-in.ts";
import { HOLDS } from "../src/engine/limits/entry-hold.ts";
import { SCENARIO_TABLE } from "../src/engine/market/synthetic/scenario.ts";
import { RULES, type RuleKey } from "../src/engine/rules-table.ts";
import { SIZING_CODES } from "../src/engine/sizing.ts";
import { GATES, TARGETS } from "../src/engine/stages/gates.ts";
import { PROBATION_MINUTES, PROBATION_SESSIONS } from "../src/engine/stages/probation.ts";
import { STATES } from "../src/engine/trading-state.ts";
import { GUIDE } from "../src/guide.ts";
import { layMarkdown } from "../src/print/markdown.ts";
import { guideScreen } from "../src/ui/screens/guide.ts";
import { sessionScreen } from "../src/ui/screens/session.ts";
import { sessionsScreen } from "../src/ui/screens/sessions.ts";
import { summaryScreen } from "../src/ui/screens/summary.ts";
import { virtualScreen } from "../src/ui/screens/virtual.ts";
import { MENU_BINDINGS, SHELL_BINDINGS } from "../src/ui/shell/bindings.ts";
import { NEW_PAGER, type PagerHandle, pagerBindings } from "../src/ui/widgets/pager.ts";

/** Cells of the guide's table rows whose first cell is `first`. */
function row(first: string): string[] {
	const found = GUIDE.split("\n").find((line) => line.startsWith(`| ${first} |`));
	return (found ?? "")
		.split("|")
		.slice(2, -1)
		.map((cell) => cell.trim());
}

const ARROWS: Readonly<Record<string, string>> = { "↑": "up", "↓": "down", "←": "left", "→": "right", esc: "escape" };

/** A key as the bindings name it. */
function keyOf(shown: string): string {
	const key = shown.length > 1 ? shown.toLowerCase() : shown;
	return ARROWS[key] ?? key;
}

/** Its bindings are only read for their keys. */
const ANY_PAGER: PagerHandle = { get: () => NEW_PAGER, set: () => {}, lines: () => [], height: () => 1 };

describe("docs/LIVE_TESTING_GUIDE.md", () => {
	it("is the guide of the program", () => {
		expect(GUIDE).toBe(readFileSync(new URL("../docs/LIVE_TESTING_GUIDE.md", import.meta.url), "utf8"));
	});

	it("has sections 1 to 9, each reached by its digit", () => {
		const sections = layMarkdown(GUIDE, 80).headings.filter(({ depth }) => depth === 2);
		expect(sections.map(({ text }) => text.slice(0, 3))).toEqual(Array.from({ length: 9 }, (_, index) => `${index + 1}. `));
	});

	it("names only options that exist", () => {
		const known = [
			...Object.keys(RUN_OPTIONS).map(optionName),
			...DATA_OPTIONS,
			...TRAIN_OPTIONS,
			...COMPARE_OPTIONS,
			"--csv",
			"--reason",
			"--sandbox",
			"--release",
		];
		const named = [...new Set(GUIDE.match(/--[a-z][a-z-]+/g))];
		expect(named.filter((option) => !known.includes(option))).toEqual([]);
	});

	it.each<[RuleKey, string, string]>([
		["sessionLossPct", "loss of the session (`sessionLossPct`)", "5 %"],
		["dailyLossPct", "loss of the broker day (`dailyLossPct`)", "10 %"],
		["lossSpeedPct", "speed of loss (`lossSpeedPct`)", "4 %"],
		["riskPerTradePctMax", "risk a trade (`riskPerTradePctMax`)", "2 %"],
		["maxLots", "size of an order (`maxLots`)", "1 "],
		["marginLevelPctMin", "margin level after the trade (`marginLevelPctMin`)", "200 %"],
		["losingStreakToPause", "losing trades in a row (`losingStreakToPause`)", "4"],
		["losingStreaksToHalt", "such streaks in a day (`losingStreaksToHalt`)", "2"],
		["stopGuardStopsToPause", "losing stop-outs in an hour (`stopGuardStopsToPause`)", "3"],
		["rejectsInRowToHalt", "broker refusals in a row (`rejectsInRowToHalt`)", "3"],
		["agentFaultsToHalt", "unusable answers of the agent (`agentFaultsToHalt`)", "3"],
	])("gives the default of %s", (key, first, shown) => {
		expect(row(first)[0]?.startsWith(shown)).toBe(true);
		expect(RULES[key].defaults.virtual).toBe(Number.parseFloat(shown));
	});

	it.each<[RuleKey, string, number, number]>([
		["sessionMinutesMax", "length of a session, at most (`sessionMinutesMax`)", 120, 60],
		["entriesPerSessionMax", "entries of a session, at most (`entriesPerSessionMax`)", 10, 5],
		["maxLots", "volume of an order (`maxLots`)", 0.1, 0.01],
		["riskPerTradePctMax", "risk of a trade (`riskPerTradePctMax`)", 1, 0.5],
		["openPositionsMax", "open positions (`openPositionsMax`)", 3, 1],
		["sessionLossPct", "loss of the session (`sessionLossPct`)", 2, 1],
		["dailyLossPct", "loss of the broker day (`dailyLossPct`)", 4, 2],
		["drawdownPct", "fall from the highest equity (`drawdownPct`)", 10, 5],
	])("gives %s of demo and live", (key, first, demo, live) => {
		const cells =
			GUIDE.split("\n")
				.filter((line) => line.startsWith(`| ${first} |`))
				.at(-1)
				?.split("|")
				.slice(2, 4) ?? [];
		expect(cells.map((cell) => Number.parseFloat(cell))).toEqual([demo, live]);
		expect(RULES[key].defaults).toMatchObject({ demo, live });
	});

	it("says what is typed, how long demo runs, and what probation allows", () => {
		expect(GUIDE).toContain(`Three wrong words lock for ${LOCK_MS === 60_000 ? "a minute" : "?"}`);
		expect([TRIES, PAUSE_MS]).toEqual([3, 10_000]);
		expect(GUIDE).toMatch(/ten seconds later the\n {3}most that the session may lose/);
		expect([PROBATION_SESSIONS, PROBATION_MINUTES]).toEqual([3, 30]);
		expect(GUIDE).toContain("Three sessions on probation: smallest volume, one position, 30 minutes.");
	});

	it("gives the times of the limits", () => {
		const { virtual: cooldownMs } = RULES.cooldownMs.defaults;
		expect([
			row("pause after each close (`cooldownMs`)")[0],
			row("silent market: no entry (`staleNoEntryMs`)")[0],
			row("silent market: stop (`staleHaltMs`)")[0],
		]).toEqual([`${cooldownMs / 1000} s`, `${RULES.staleNoEntryMs.defaults.virtual / 1000} s`, `${RULES.staleHaltMs.defaults.virtual / 1000} s`]);
		expect(
			[RULES.lossSpeedWindowMs, RULES.losingStreakPauseMinutes, RULES.stopGuardPauseMinutes, RULES.stopGuardWindowMinutes].map((rule) => rule.defaults.virtual),
		).toEqual([60_000, 15, 15, 60]);
		expect(RULES.drawdownPct.defaults.virtual).toBe(1e15);
	});

	it("gives the terms of both gates", () => {
		const { "virtual-to-demo": demo, "demo-to-live": live } = GATES;
		expect(row("real trades, at least")).toEqual([String(demo.trades), String(live.trades)]);
		expect(row("losing trades among them, at least")).toEqual([String(demo.losses), String(live.losses)]);
		expect(row("Omega: R won for every R lost")).toEqual([`> ${TARGETS.omega}`, `> ${TARGETS.omega}`]);
		expect(row("Omega, lower 95 % bound")).toEqual([`> ${demo.omegaLow.toFixed(2)}`, `> ${live.omegaLow.toFixed(2)}`]);
		expect(row("energy captured")).toEqual([`> ${TARGETS.energy * 100} %`, `> ${TARGETS.energy * 100} %`]);
		expect(row("energy captured, lower 95 % bound")).toEqual([`> ${demo.energyLow * 100} %`, `> ${(live.energyLow * 100).toFixed(0)} %`]);
		expect(row("Z-factor")).toEqual([`> ${TARGETS.z}`, `> ${TARGETS.z}`]);
		expect(row("mean CHS of the last 30 closes")).toEqual([`> ${TARGETS.chs.toFixed(2)}`, `> ${TARGETS.chs.toFixed(2)}`]);
		expect(row("breaker event rate")).toEqual([`< ${TARGETS.eventRate * 100} %`, `< ${TARGETS.eventRate * 100} %`]);
		expect(row("passes")).toEqual([String(demo.passes), `${live.passes} in a row`]);
	});

	it("names every trading state, and says yes to new positions where the engine does", () => {
		for (const [name, { open }] of Object.entries(STATES)) expect([name, row(name)[0]]).toEqual([name, open ? "yes" : "no"]);
	});

	it("gives the weights of the pillars", () => {
		for (const [name, weight] of Object.entries(PILLAR_WEIGHTS)) expect([name, row(name)[0]]).toEqual([name, `${Math.round(weight * 100)} %`]);
	});

	it.each([
		["everywhere", [...SHELL_BINDINGS, ...MENU_BINDINGS, ...pagerBindings(ANY_PAGER)]],
		["session", sessionScreen.bindings],
		["form of a virtual session", virtualScreen.bindings],
		["summary", summaryScreen.bindings],
		["list of sessions", sessionsScreen.bindings],
		["this guide", guideScreen.bindings],
	])("names only keys that there are: %s", (head, bindings) => {
		const [, table = ""] = GUIDE.split(`| ${head} | |\n|---|---|\n`);
		const named = table
			.split("\n\n")[0]
			?.split("\n")
			.flatMap((line) => [...(line.split(" | ")[0] ?? "").matchAll(/`([^`]+)`|space|Enter|Esc|Tab/g)].map(([word, key]) => keyOf(key ?? word)));
		const bound = new Set(bindings.flatMap(({ keys }) => keys));
		expect(named?.length).toBeGreaterThan(2);
		expect(named?.filter((key) => !bound.has(key))).toEqual([]);
	});

	it("names every scenario, every built-in symbol, and only codes that exist", () => {
		for (const { name } of SCENARIO_TABLE) expect(GUIDE).toContain(`\`${name}\``);
		expect(GUIDE).toContain(`Built-in symbols: ${BUILT_IN_INSTRUMENTS.map(({ symbol }) => symbol).join(", ")}.`);
		for (const code of ["COOLDOWN", "SPREAD_WIDE", "AROUND_MIDNIGHT"]) {
			expect(GUIDE).toContain(`\`${code}\``);
			expect(Object.keys(HOLDS)).toContain(code);
		}
		expect(Object.keys(SIZING_CODES)).toContain("VOLUME_TOO_SMALL");
	});
});

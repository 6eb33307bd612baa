import { beforeAll, describe, expect, it } from "vitest";
import type { Summary } from "../../../src/engine/summary-type.ts";
import { textOf } from "../../../src/print/line.ts";
import { measuresOf } from "../../../src/ui/compare/measures.ts";
import { compareLines } from "../../../src/ui/compare/page.ts";
import { dispatch } from "../../../src/ui/router.ts";
import { compareScreen } from "../../../src/ui/screens/compare.ts";
import { type CockpitStore, createCockpitStore } from "../../../src/ui/store.ts";
import { contextOf } from "../../helpers/context.ts";
import { renderScreen } from "../../helpers/screen.ts";
import { idOf, recordedSummary } from "../../helpers/stored.ts";

let one: Summary;
let two: Summary;
beforeAll(async () => {
	one = await recordedSummary({ seed: 9, minutes: 400, number: 1 });
	two = await recordedSummary({ seed: 3, minutes: 300, agent: "berserker", scenario: "crash", number: 2 });
});

function storeOf(left: Summary, right: Summary): CockpitStore {
	return createCockpitStore({
		path: ["main", "sessions", "compare"],
		focus: "content",
		compare: { state: "ready", value: { left: { summary: left, folder: "/a" }, right: { summary: right, folder: "/b" } } },
	});
}

function pageOf(left: Summary, right: Summary, width = 79): string[] {
	return compareLines({ summary: left, folder: "/a" }, { summary: right, folder: "/b" }, width).map(textOf);
}

describe("two sessions beside each other", () => {
	it("begins with what was set differently", () => {
		const rows = renderScreen(storeOf(one, { ...two, file: `/data/${"deep/".repeat(20)}EURUSD.csv` }).getState(), 80, 24, compareScreen);
		expect(rows.slice(0, 7)).toMatchInlineSnapshot(`
			[
			  " Set differently",
			  "   setting      000001 sma-1  000002 berserker-1",
			  "   agent        sma-1         berserker-1",
			  "   scenario     normal        crash",
			  "   file         none          …ep/deep/deep/EURUSD.csv",
			  "   seed         9             3",
			  "   market time  340 min       240 min",
			]
		`);
	});

	it.each([79, 119])("stays a table at a width of %i, however long the builds of policies are", (width) => {
		const build = (digit: string): string => `a-policy-of-my-own@${digit.repeat(32)}`;
		const rows = pageOf({ ...one, agentBuild: build("a") }, { ...two, agentBuild: build("b") }, width);
		const heads = rows.filter((row) => /^ {2}(setting|measure|target) {2}/.test(row));
		expect(heads).toHaveLength(3);
		for (const head of heads) expect(head).toMatch(/ 000001 a-policy\S*… +000002 a-policy\S*…$/);
	});

	it.each([
		[80, 24],
		[120, 40],
		[200, 60],
	])("is whole at %ix%i: results, targets and both curves, without a number that is none", (columns) => {
		const text = pageOf(one, two, columns - 1).join("\n");
		for (const part of ["Results (✓ the better one)", "Promotion targets", "Equity", "CHS", "000001 sma-1: ✓ Ended as planned", "000002 berserker-1: "])
			expect(text).toContain(part);
		expect(text).not.toMatch(/NaN|undefined|Infinity/);
		expect(Math.max(...pageOf(one, two, columns - 1).map((row) => Array.from(row).length))).toBeLessThanOrEqual(columns - 1);
		expect(pageOf(one, two, columns - 1).filter((row) => row.includes("Equity"))).toHaveLength(columns === 200 ? 1 : 2);
	});

	it.each([
		["a higher net result", { netProfit: 10 }, { netProfit: -5 }, "net result", "left"],
		["a lower drawdown", { maxDrawdownPct: 3 }, { maxDrawdownPct: 2 }, "largest drawdown", "right"],
		["equal values: neither", { omega: 1.5 }, { omega: 1.5 }, "Omega", null],
		["a value that is missing: neither", { omega: null }, { omega: 9 }, "Omega", null],
		["amounts of two currencies: neither", { netProfit: 10, currency: "EUR" }, { netProfit: -5 }, "net result", null],
		["the number of trades: neither", { tradesClosed: 99 }, { tradesClosed: 1 }, "trades closed", null],
		["a value that is no number: neither", { netProfit: Number.NaN }, { netProfit: -5 }, "net result", null],
	])("marks the better one: %s", (_name, left, right, measure, better) => {
		expect(measuresOf({ ...one, ...left }, { ...one, ...right }).find(({ name }) => name === measure)?.better).toBe(better);
	});

	it("warns of comparisons that prove little", () => {
		expect(pageOf({ ...one, currency: "EUR" }, two).join("\n")).toContain("⚠ Amounts are in EUR and USD");
		expect(pageOf(one, two).join("\n")).toContain("⚠ Fewer than 30 closed trades on one side");
		expect(pageOf(one, two).join("\n")).toContain("⚠ Not evidence: 000002 berserker-1.");
		expect(pageOf({ ...one, tradesClosed: 40 }, { ...one, tradesClosed: 30 }).join("\n")).not.toContain("⚠");
	});

	it("says that nothing was set differently in a repeat, and that rules hide in the hash", () => {
		expect(pageOf(one, one)[1]).toBe("  nothing: the same settings, data and seed");
		expect(pageOf(one, { ...one, configHash: "d".repeat(64) }).join("\n")).toMatch(/configuration +hash cccccccc +hash dddddddd/);
	});

	it("s swaps the two, arrows scroll, / searches", () => {
		const store = storeOf(one, two);
		const context = contextOf(store);
		dispatch(context, "s");
		const { compare } = store.getState();
		expect(compare.state === "ready" ? compare.value.left.summary.sessionId : null).toBe(idOf(2));
		dispatch(context, "down");
		expect(store.getState().views.compare.top).toBe(1);
		for (const key of ["/", ..."omega", "enter"]) dispatch(context, key);
		expect(renderScreen(store.getState(), 80, 24, compareScreen)[0]).toContain("Omega");
	});

	it("says what to do when nothing is compared or a summary is damaged", () => {
		const store = createCockpitStore({ path: ["main", "compare"], focus: "content" });
		expect(renderScreen(store.getState(), 80, 24, compareScreen).join("\n")).toContain("Mark one session in Sessions & Summaries");
		store.setState({ compare: { state: "failed", reason: "summary.json is damaged" } });
		expect(renderScreen(store.getState(), 80, 24, compareScreen).join("\n")).toContain("✗ summary.json is damaged");
	});
});

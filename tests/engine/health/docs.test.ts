import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createBreaker } from "../../../src/engine/health/breaker.ts";
import { createChs, onAccount, onOrder, onStart, onTrade } from "../../../src/engine/health/chs.ts";
import { COMPONENT_NAMES, COMPONENTS, type Component, PILLAR_WEIGHTS } from "../../../src/engine/health/components.ts";
import { CURVES, curveScore } from "../../../src/engine/health/curves.ts";
import { snapshotOf } from "../../../src/engine/health/snapshot.ts";
import { causeText, evidenceText, stateWord } from "../../../src/engine/health/words.ts";
import { GATES, TARGETS } from "../../../src/engine/stages/gates.ts";

const DOC = readFileSync(new URL("../../../docs/CHS.md", import.meta.url), "utf8");

/** Cells of the table rows that begin with a component's name, in the order of the document: first the definitions, then the example. */
function rowsOf(component: Component): readonly string[][] {
	return DOC.split("\n")
		.filter((line) => line.startsWith(`| \`${component}\` |`))
		.map((line) => line.split("|").map((cell) => cell.trim()));
}

/** The raw value that a component's table gives a score to. */
function rawAt(component: Component, score: number): number {
	const { raws, scores } = COMPONENTS[component] as { readonly raws: readonly number[]; readonly scores: readonly number[] };
	return raws[scores.indexOf(score)] ?? Number.NaN;
}

/** The number a cell of the document states, shares in percent. */
function stated(cell: string | undefined, component: Component): number {
	const percent = (cell ?? "").endsWith("%") && component !== "margin";
	return Number.parseFloat(cell ?? "") / (percent ? 100 : 1);
}

describe("docs/CHS.md", () => {
	it.each(COMPONENT_NAMES)("defines %s as the code does", (name) => {
		const [definition] = rowsOf(name);
		expect(stated(definition?.[2], "omega")).toBeCloseTo(COMPONENTS[name].weight, 12);
		expect(definition?.[3]?.startsWith("yes") ?? false).toBe(COMPONENTS[name].vital);
		expect(stated(definition?.[4], name)).toBeCloseTo(rawAt(name, 0.9), 12);
		expect(stated(definition?.[5], name)).toBeCloseTo(rawAt(name, 0.55), 12);
	});

	it("names the pillars' weights, the breaker's levels and the gates' terms as the code does", () => {
		for (const [pillar, weight] of Object.entries(PILLAR_WEIGHTS)) expect(DOC.toLowerCase()).toContain(`### ${pillar} (${Math.round(weight * 100)} %)`);
		expect(createBreaker(0.55).rearmLevel).toBeCloseTo(0.65, 12);
		const { "virtual-to-demo": demo, "demo-to-live": live } = GATES;
		expect(DOC).toContain(`| at least ${demo.trades} / ${demo.losses} | at least ${live.trades} / ${live.losses} |`);
		expect(DOC).toContain(`| Omega, lower 95 % bound | > ${demo.omegaLow.toFixed(2)} | > ${live.omegaLow.toFixed(2)} |`);
		expect(DOC).toContain(`| energy captured, lower 95 % bound | > ${Math.round(demo.energyLow * 100)} % | > ${Math.round(live.energyLow * 100)} % |`);
		expect(DOC).toContain(`| Omega | > ${TARGETS.omega} | > ${TARGETS.omega} |`);
		expect(DOC).toContain(`| Z-factor | > ${TARGETS.z} | > ${TARGETS.z} |`);
	});

	const chs = createChs({ carry: null, riskFraction: 0.01, tripLevel: 0.55 });
	onStart(chs, 0, 10_000);
	const fill = { outcome: "filled", latencyMs: 100, slippageR: 0.01, exposureR: 1 } as const;
	onOrder(chs, fill);
	onAccount(chs, 10_200, null, 0);
	onTrade(chs, { r: 2, mfe: 2.2, mae: 0.3, shadow: false });
	onOrder(chs, fill);
	onAccount(chs, 10_098, null, 0);
	onTrade(chs, { r: -1, mfe: 0.4, mae: 1, shadow: false });
	const snapshot = snapshotOf(chs);

	it.each(COMPONENT_NAMES)("the worked example's %s is what the code computes", (name) => {
		const example = rowsOf(name)[1];
		// Half a unit of the last digit printed: 0.774075 may be rounded either way.
		expect(Math.abs(Number.parseFloat(example?.[4] ?? "") - snapshot.score[name])).toBeLessThan(5.001e-6);
		const raw = snapshot.raw[name];
		const known = name !== "regime" && name !== "feed";
		expect(example?.[3]).toBe(known ? (raw === null ? 1 : curveScore(CURVES[name], raw)).toFixed(5) : "no evidence");
	});

	it("the worked example's pillars and score are what the code computes", () => {
		const { agent, risk, market, execution } = snapshot.pillars;
		expect(DOC).toContain(`agent ${agent.toFixed(5)}, risk ${risk.toFixed(5)}, market ${market.toFixed(5)}, execution ${execution.toFixed(5)}`);
		expect(DOC).toContain(`**CHS = ${snapshot.chs.toFixed(5)}**`);
	});
});

describe("words", () => {
	it.each([
		[Number.NaN, 50, "failing"],
		[0.549, 50, "failing"],
		[0.55, 50, "weak"],
		[0.649, 0, "weak"],
		[0.75, 0, "unknown"],
		[0.82, 9, "unknown"],
		[0.7, 10, "fair"],
		[0.75, 10, "good"],
		[0.8999, 60, "good"],
		[0.9, 60, "promotion level"],
	])("a score of %d after %i trades is %s", (score, trades, word) => {
		expect(stateWord(score, trades, 0.55)).toBe(word);
	});

	it.each([
		[0, "no closed trade yet"],
		[1, "1 of 30 trades"],
		[12, "12 of 30 trades"],
		[30, "30 trades"],
	])("evidence of %i trades reads %s", (trades, text) => {
		expect(evidenceText(trades)).toBe(text);
	});

	it("has words for every vital cause and every pillar", () => {
		for (const name of COMPONENT_NAMES) expect(causeText(name).length).toBeGreaterThan(10);
		for (const cause of ["blend:agent", "blend:risk", "blend:market", "blend:execution", "input"] as const) expect(causeText(cause).length).toBeGreaterThan(10);
	});
});

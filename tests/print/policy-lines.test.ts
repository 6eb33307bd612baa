import { describe, expect, it } from "vitest";
import { textOf } from "../../src/print/line.ts";
import { type PolicyFacts, policyLines } from "../../src/print/policy-lines.ts";

const FACTS: PolicyFacts = {
	algorithm: "ppo",
	command: "kinetra train --agent ppo --steps 2000000 --seed 7",
	seed: 7,
	steps: 2_000_000,
	trainedWith: "kinetra 1.0.0",
	trainedOn: null,
	data: [{ kind: "synthetic", generator: "synthetic-1", symbol: "EURUSD", scenarios: ["normal", "trend"], seedFrom: 1, seedTo: 500 }],
	verdict: "no edge over berserker was shown",
	outOfSample: [
		{ against: "sma", data: "synthetic, seeds 900 to 949", sessions: 50, meanR: 0.031, differenceR: 0.12, low: 0.04, high: 0.2 },
		{ against: "berserker", data: "synthetic, seeds 900 to 949", sessions: 50, meanR: 0.031, differenceR: 0.012, low: -0.1, high: 0.124 },
		{ against: "buy-and-hold", data: "EURUSD_M1.csv", sessions: 12, meanR: -0.2, differenceR: -0.3, low: -0.5, high: -0.1 },
	],
	sha256: "a".repeat(64),
	timeframe: null,
	symbols: null,
};

function shown(changes: Partial<PolicyFacts> = {}, width = 78): string[] {
	return policyLines({ ...FACTS, ...changes }, width).map((row) => textOf(row));
}

describe("where a policy comes from", () => {
	it("is told with its verdict first, the figures behind it, and how it was trained", () => {
		expect(shown()).toEqual([
			"verdict: no edge over berserker was shown",
			"on unseen data, synthetic, seeds 900 to 949: +0.031 R a session; 50 sessions,",
			"difference with its 95 % interval",
			"  against sma        +0.120 R  (+0.040 to +0.200)  better",
			"  against berserker  +0.012 R  (-0.100 to +0.124)  no difference shown",
			"on unseen data, EURUSD_M1.csv: -0.200 R a session; 12 sessions, difference",
			"with its 95 % interval",
			"  against buy-and-hold  -0.300 R  (-0.500 to -0.100)  worse",
			"trained: ppo, 2,000,000 steps, seed 7, by kinetra 1.0.0",
			"on the synthetic market (synthetic-1) EURUSD, normal, trend, seeds 1 to 500",
			"made again by: kinetra train --agent ppo --steps 2000000 --seed 7",
			`sha256 ${"a".repeat(64)}`,
		]);
	});

	it.each<[string, Partial<PolicyFacts>, string]>([
		["never tried", { verdict: null, outOfSample: [] }, "verdict: none. Nobody has shown how it does on data that it was not trained on"],
		["tried without a verdict", { verdict: null }, "verdict: none given; the figures below are all there is"],
		["of unknown making", { steps: null, seed: null, trainedOn: "2026-01-02" }, "trained: ppo, steps unknown, seed unknown, by kinetra 1.0.0, 2026-01-02"],
		["on unknown data", { data: [] }, "on unknown data"],
		["for one market only", { symbols: ["EURUSD", "GBPUSD"], timeframe: "M5" }, "only for EURUSD, GBPUSD on M5"],
	])("%s", (_what, changes, row) => {
		expect(shown(changes)).toContain(row);
	});

	it("fits into eighty columns", () => {
		for (const row of shown()) expect(row.length).toBeLessThanOrEqual(78);
	});

	it("counts files beyond the third", () => {
		const file = {
			kind: "file",
			name: "a.csv",
			sha256: "b",
			symbol: "EURUSD",
			timeframe: "M1",
			from: "2024-01-01T00:00",
			to: "2024-02-01T00:00",
			rows: 30_000,
		} as const;
		expect(shown({ data: [file, file, file, file, file] }, 400).find((row) => row.startsWith("on a.csv"))).toMatch(/; and 2 more$/);
	});
});

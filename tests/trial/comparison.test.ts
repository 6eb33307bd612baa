import { describe, expect, it } from "vitest";
import { comparisonLines } from "../../src/print/comparison.ts";
import { createPalette } from "../../src/print/palette.ts";
import { type AgentTrials, compareTrials, type TrialOutcome } from "../../src/trial/comparison.ts";
import type { ComparisonReport } from "../../src/trial/comparison-report.ts";
import { hasFailed } from "../../src/trial/measures.ts";
import type { TrialFigures } from "../../src/trial/plan.ts";

function figures(changes: Partial<TrialFigures> = {}): TrialOutcome {
	const usual: TrialFigures = {
		seed: 1,
		from: 0,
		to: 100,
		netProfit: 0,
		netR: 0,
		omega: 1,
		chsFinal: 0.7,
		chsMean: 0.7,
		energyCapturedPct: 20,
		maxDrawdownPct: 1,
		breakerEvents: 0,
		trades: 2,
		rejections: 1,
		faults: 0,
		outside: 3,
		endReason: "duration",
		endDetail: "",
		curve: [],
	};
	return { figures: { ...usual, ...changes } };
}

function agent(label: string, outcomes: readonly TrialOutcome[]): AgentTrials {
	return { label, build: `${label}-1`, outcomes };
}

/** Profits that clearly lie above those of `b`, and drawdowns that clearly lie below; the other figures differ by nothing. */
const NOISE = [0.3, -0.2, 0.1, 0, -0.4, 0.25, 0.15, -0.1];
const A = agent(
	"a",
	NOISE.map((noise) => figures({ netProfit: 10 + noise, maxDrawdownPct: 1 + noise / 10 })),
);
const B = agent(
	"b",
	NOISE.map(() => figures({ maxDrawdownPct: 3 })),
);

describe("comparison", () => {
	it("knows which way is better, and says unknown where nothing varies", () => {
		const { pairs, tests } = compareTrials([A, B]);
		const verdicts = Object.fromEntries(Object.entries(pairs[0]?.differences ?? {}).map(([key, { verdict }]) => [key, verdict]));
		expect(tests).toBe(2);
		expect(verdicts).toEqual({
			netProfit: "better",
			netR: "unknown",
			omega: "unknown",
			chsMean: "unknown",
			energyCapturedPct: "unknown",
			maxDrawdownPct: "better",
			breakerEvents: "unknown",
		});
		const back = compareTrials([B, A]).pairs[0]?.differences;
		expect([back?.netProfit.verdict, back?.maxDrawdownPct.verdict]).toEqual(["worse", "worse"]);
	});

	it("does not tell apart what chance makes", () => {
		const other = agent(
			"c",
			[...NOISE].reverse().map((noise) => figures({ netProfit: 10 + noise })),
		);
		expect(compareTrials([A, other]).pairs[0]?.differences.netProfit.verdict).toBe("not told apart");
	});

	it("demands more of a difference the more of them there are", () => {
		const slight = agent(
			"s",
			NOISE.map((noise) => figures({ netProfit: 10.25 + noise * 0.2 })),
		);
		const few = compareTrials([slight, A]).pairs[0]?.differences.netProfit.corrected ?? 1;
		const many =
			compareTrials([slight, A, agent("d", [...A.outcomes].reverse()), agent("e", [...slight.outcomes].reverse())]).pairs[0]?.differences.netProfit.corrected ??
			0;
		expect(many).toBeGreaterThan(few);
	});

	it("leaves out failed sessions, for both of a pair, and counts them; those not run are not there at all", () => {
		const broken = agent("x", [{ failed: "bug: no luck" }, null, figures({ netProfit: 5 }), figures({ netProfit: 6 }), ...A.outcomes.slice(4)]);
		const { agents, pairs } = compareTrials([A, broken]);
		expect(agents[1]).toMatchObject({ sessions: 6, failed: 1, trades: 12, rejections: 6, outside: 18 });
		expect(pairs[0]?.differences.netProfit).toMatchObject({ count: 6, leftOut: 1 });
	});

	it("has no opinion on one session", () => {
		const { pairs } = compareTrials([agent("a", [figures({ netProfit: 9 })]), agent("b", [figures()])]);
		expect(pairs[0]?.differences.netProfit).toMatchObject({ mean: 9, low: null, verdict: "unknown" });
	});

	it.each([
		["bug", true],
		["data-failure", true],
		["journal-failure", true],
		["duration", false],
		["end-of-data", false],
		["breaker", false],
		["loss-limit", false],
	] as const)("takes the end %s for a failed session: %s", (endReason, failed) => {
		expect(hasFailed({ endReason })).toBe(failed);
	});
});

describe("a printed comparison", () => {
	const report = (changes: Partial<ComparisonReport> = {}): ComparisonReport => ({
		format: 1,
		version: "0",
		complete: true,
		done: 16,
		total: 16,
		market: "EURUSD, synthetic market, scenario normal",
		currency: "USD",
		warmupBars: 80,
		notes: [],
		method: { confidence: 0.95, interval: "student-t", check: "percentile-bootstrap", correction: "holm" },
		...compareTrials([A, B]),
		sessions: [],
		failed: [],
		...changes,
	});

	it("shows unknown as unknown and never as 0, and signs differences", () => {
		const text = comparisonLines(
			report(compareTrials([agent("a", [figures({ omega: null })]), agent("b", [figures({ omega: null })])])),
			[],
			createPalette(false),
		);
		expect(text.filter((line) => line.includes("Omega")).map((line) => line.replace(/\s+/g, " ").trim())).toEqual([
			"Omega -- -- n 0 of 1",
			"Omega -- -- n 0 of 1",
			"Omega -- -- unknown n 0 of 1",
			expect.stringContaining("unknown values, such as an Omega"),
		]);
		expect(comparisonLines(report(), [], createPalette(false)).join("\n")).toMatch(/net profit, USD +\+10\.01 +\+9\.\d\d to \+10\.\d\d +better/);
	});

	it("says what failed, five at most one by one, and what the reader must know", () => {
		const failed = Array.from({ length: 8 }, (_, index) => ({ agent: "a", session: `seed ${index}`, why: "the program ended" }));
		const text = comparisonLines(report({ failed, notes: ["a knows 3 of the 8 sessions."] }), [], createPalette(false)).join("\n");
		expect(text.match(/FAILED: a, seed/g)).toHaveLength(5);
		expect(text).toContain("and 3 more that failed.");
		expect(text).toContain("a knows 3 of the 8 sessions.");
	});
});

import { describe, expect, it } from "vitest";
import { NOTHING, outOfSampleOf, type ReportRow, verdictOf, YARDSTICKS } from "../../../src/commands/train/report.ts";
import type { MeanInterval } from "../../../src/engine/statistics/paired.ts";

function interval(low: number | null, high: number | null): MeanInterval {
	const mean = low === null || high === null ? 0 : (low + high) / 2;
	return { count: 10, leftOut: 0, mean, low, high, unknown: low === null ? "all values are equal" : null };
}

/** Rows against doing nothing and every yardstick, with these intervals of the difference. */
function rows(...intervals: readonly (readonly [number | null, number | null])[]): ReportRow[] {
	return [NOTHING, ...YARDSTICKS].map((against, index) => {
		const [low = null, high = null] = intervals[index] ?? intervals.at(-1) ?? [];
		return { against, own: interval(0.1, 0.3), other: 0, difference: interval(low, high) };
	});
}

describe("verdict", () => {
	it.each([
		["everything above 0", rows([0.1, 0.3]), /^An edge on this data: in 10 sessions .*no promise/],
		["an interval that touches 0", rows([0, 0.3], [0.1, 0.3]), /^No edge: .*not reliably better than doing nothing\.$/],
		["better than rules, not than nothing", rows([-0.1, 0.3], [0.1, 0.3]), /^No edge: .*than doing nothing\.$/],
		["better than nothing, not than a rule", rows([0.1, 0.3], [-0.1, 0.2], [0.1, 0.3]), /^No edge: .*than sma\.$/],
		[
			"worse than something",
			rows([-0.3, -0.1], [-0.1, 0.2]),
			/^No edge: .*than doing nothing, sma, berserker or buy-and-hold\. It was worse than doing nothing\.$/,
		],
		["nothing known", rows([null, null]), /^No edge: /],
	])("%s", (_case, lines, said) => {
		expect(verdictOf(lines, 10)).toMatch(said);
	});

	it("leaves out of the manifest what has no interval", () => {
		const report = { text: "test", sessions: 10, rows: rows([null, null], [0.12345, 0.3]), verdict: "" };
		const lines = outOfSampleOf(report);
		expect(lines.map(({ against }) => against)).toEqual([...YARDSTICKS]);
		expect(lines[0]).toMatchObject({ data: "test", sessions: 10, meanR: 0.2, low: 0.1235, high: 0.3 });
	});
});

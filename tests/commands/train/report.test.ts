import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readPolicyFolder } from "../../../src/adapters/agent/policy-folder.ts";
import { NOTHING, outOfSampleOf, type ReportRow, reportOn, verdictOf, YARDSTICKS } from "../../../src/commands/train/report.ts";
import type { MeanInterval } from "../../../src/engine/statistics/paired.ts";
import type { Pool } from "../../../src/pool/pool.ts";
import type { TrialFigures } from "../../../src/trial/plan.ts";
import { ROOT } from "../../helpers/cli.ts";
import { shortPlan } from "../../helpers/training.ts";

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

describe("a test", { timeout: 60_000 }, () => {
	it("is none when one of its sessions broke off, whosever it was", async () => {
		const plan = await shortPlan("nowhere");
		const folder = join(ROOT, "src/policies/linear");
		const good = { netProfit: 1, endReason: "duration", endDetail: "" } as TrialFigures;
		for (const broken of [0, plan.test.sessions.length]) {
			let asked = 0;
			const run = async (): Promise<TrialFigures> => (asked++ === broken ? { ...good, endReason: "bug", endDetail: "made for the test" } : good);
			const report = reportOn(
				readPolicyFolder(folder),
				plan.test,
				{ workers: 1, run: run as unknown as Pool["run"], close: () => Promise.resolve() },
				new AbortController().signal,
				() => {},
			);
			await expect(report).rejects.toThrow(/broke off.*ended by bug: made for the test/);
		}
	});
});

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

	it("claims no edge on a handful of sessions, however good they were", () => {
		expect(verdictOf(rows([0.1, 0.3]), 9)).toMatch(/^No edge shown: .* 9 sessions .*too few/);
		expect(verdictOf(rows([-0.1, 0.3]), 9)).toMatch(/^No edge: /);
	});

	it("leaves out of the manifest what has no interval", () => {
		const report = { text: "test", sessions: 10, rows: rows([null, null], [0.12345, 0.3]), verdict: "" };
		const lines = outOfSampleOf(report);
		expect(lines.map(({ against }) => against)).toEqual([...YARDSTICKS]);
		expect(lines[0]).toMatchObject({ data: "test", sessions: 10, meanR: 0.2, low: 0.1235, high: 0.3 });
	});
});

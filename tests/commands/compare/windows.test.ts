import { describe, expect, it } from "vitest";
import { cutWindows } from "../../../src/commands/compare/windows.ts";
import { planRun, type RunPlan } from "../../../src/config.ts";
import { barsFile } from "../../helpers/cli.ts";

const MINUTE = 60_000;
const BEGIN = Date.UTC(2024, 0, 2, 10);

function planOf(bars: number): Promise<RunPlan> {
	return planRun({ set: [], agent: "sma", file: barsFile("EURUSD_M1.csv", bars) }, false);
}

describe("windows of recorded data", () => {
	it("trade stretches of equal length side by side, each after its own warm-up, the last to the end", async () => {
		const windows = cutWindows([await planOf(200)], 50, 3);
		// 150 bars to trade: 50 each, with the 50 before them as warm-up.
		expect(windows.map(({ from, to }) => [(from - BEGIN) / MINUTE, to === null ? null : (to - BEGIN) / MINUTE])).toEqual([
			[0, 100],
			[50, 150],
			[100, null],
		]);
		expect(windows.map(({ name }) => name)).toEqual(
			[10 * 60 + 50, 11 * 60 + 40, 12 * 60 + 30].map((minute) => `EURUSD_M1.csv from 2024-01-02 ${timeOf(minute)}`),
		);
		expect(windows.at(-1)?.market).toMatchObject({ to: BEGIN + 200 * MINUTE });
	});

	it("come from every file, more from a longer one", async () => {
		const windows = cutWindows([await planOf(100), await planOf(300)], 20, 4);
		expect(new Set(windows.map(({ file }) => file)).size).toBe(2);
		expect(windows.filter(({ file }) => file === windows[0]?.file)).toHaveLength(1);
	});

	it.each([
		["too few bars at all", 60, 50, 2, /has 60 bars; 50 of them are the warm-up.*at least 20 more/],
		["too many sessions for the bars", 150, 50, 6, /--seeds 6: each session would have 16 bars, at least 20.*at most 5\./],
	] as const)("are refused for %s", async (_name, bars, warmup, count, message) => {
		const plan = await planOf(bars);
		expect(() => cutWindows([plan], warmup, count)).toThrow(message);
	});

	it("are refused when there are more files than sessions", async () => {
		const plan = await planOf(100);
		expect(() => cutWindows([plan, plan, plan], 20, 2)).toThrow(/every file needs at least one session; there are 3 files/);
	});
});

function timeOf(minute: number): string {
	return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

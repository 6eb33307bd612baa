import { describe, expect, it } from "vitest";
import { Failure } from "../../src/adapters/failure.ts";
import { planRun } from "../../src/config.ts";
import { createPool } from "../../src/pool/pool.ts";
import { hasFailed } from "../../src/trial/measures.ts";
import type { TrialPlan } from "../../src/trial/plan.ts";
import { runTrial } from "../../src/trial/trial.ts";
import { barsFile } from "../helpers/cli.ts";

async function planOf(agent: string, changes: Parameters<typeof planRun>[0] = { set: [] }): Promise<TrialPlan> {
	const plan = await planRun({ duration: 120, warmup: 80, ...changes, agent }, false);
	return { agent: plan.agent, timeframeMinutes: plan.timeframeMinutes, timeframeAsked: plan.timeframeAsked, config: plan.config, seed: 5 };
}

describe("trial", { timeout: 60_000 }, () => {
	it("gives a session's figures, the same every time and in a thread", async () => {
		const plan = await planOf("sma", { set: [], seed: 9 });
		const figures = await runTrial(plan);
		expect(figures).toMatchObject({ seed: 5, endReason: "duration", faults: 0, outside: 0 });
		expect((figures.to ?? 0) - (figures.from ?? 0)).toBeGreaterThanOrEqual(120 * 60_000);
		expect(figures.trades).toBeGreaterThan(0);
		expect(figures.curve.length).toBeGreaterThan(10);
		expect(figures.curve.at(-1)?.equity).toBeCloseTo(10_000 + figures.netProfit, 2);
		expect(await runTrial(plan)).toEqual(figures);
		const pool = createPool({ workers: 1 });
		try {
			expect(await pool.run("trial", plan)).toEqual(figures);
		} finally {
			await pool.close();
		}
	});

	it("leaves unknown what there is nothing of", async () => {
		const figures = await runTrial(await planOf("sma", { set: [], duration: 1 }));
		expect(figures).toMatchObject({ trades: 0, netProfit: 0, netR: null, omega: null, energyCapturedPct: null });
	});

	it("meets the same market with every agent: the same prices at the same times", async () => {
		const [one, two] = [await runTrial(await planOf("sma")), await runTrial(await planOf("berserker"))];
		// The very end may come with an answer of the broker, a moment after the row.
		expect(one.from).toBe(two.from);
		expect(one.curve.slice(0, -1).map(({ at }) => at)).toEqual(two.curve.slice(0, -1).map(({ at }) => at));
		expect(one.netProfit).not.toBe(two.netProfit);
	});

	it("plays a recorded market to its end", async () => {
		const file = barsFile("EURUSD_M1.csv", 400);
		const figures = await runTrial(await planOf("buy-and-hold", { set: [], file, duration: undefined as never }));
		expect(figures.endReason).toBe("end-of-data");
		expect(figures.trades).toBeGreaterThan(0);
		expect(hasFailed(figures)).toBe(false);
	});

	it("rejects with what is wrong with the data", async () => {
		const plan = await planOf("sma", { set: [], file: barsFile("EURUSD_M1.csv", 50, (line, index) => (index === 20 ? "nonsense" : line)) });
		const pool = createPool({ workers: 1 });
		try {
			const error = await pool.run("trial", plan).catch((reason: unknown) => reason);
			expect(error).toBeInstanceOf(Failure);
			expect((error as Failure).exitCode).toBe(3);
			expect((error as Failure).message).toContain("EURUSD_M1.csv");
		} finally {
			await pool.close();
		}
	});
});

import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { planRun, type RunPlan } from "../../src/config.ts";
import { defaultRules } from "../../src/engine/rules.ts";
import { csvFolder } from "../helpers/csv-files.ts";

const write = csvFolder();
const plan = (set: readonly string[], config?: unknown): Promise<RunPlan> =>
	planRun({ set: [...set], seed: 1, ...(config === undefined ? {} : { config: write("plan.json", JSON.stringify(config)) }) }, false);

describe("the limits of all stages", () => {
	it("are the defaults of each", async () => {
		const { limits, config } = await plan([]);
		expect(limits).toEqual({ virtual: defaultRules("virtual"), demo: defaultRules("demo"), live: defaultRules("live") });
		expect(config.rules).toEqual(limits.virtual);
	});

	it("take a value for every stage that accepts it, and leave the others at their default", async () => {
		const { limits, config } = await plan(["rules.maxLots=5", "rules.cooldownMs=0", "rules.sessionLossPct=none"]);
		expect([limits.virtual.maxLots, limits.demo.maxLots, limits.live.maxLots]).toEqual([5, 5, 0.01]);
		expect([limits.virtual.cooldownMs, limits.demo.cooldownMs, limits.live.cooldownMs]).toEqual([0, 60_000, 60_000]);
		expect([limits.demo.sessionLossPct, limits.live.sessionLossPct]).toEqual([2, 1]);
		expect(config.rules).toEqual(limits.virtual);
	});

	it("may be set for one stage alone, in a file; the command line comes after it", async () => {
		const file = { rules: { dailyLossPct: 3 }, stages: { demo: { rules: { maxLots: 0.05 } }, live: { rules: { dailyLossPct: 1 } } } };
		const { limits } = await plan([], file);
		expect([limits.virtual.maxLots, limits.demo.maxLots, limits.live.maxLots]).toEqual([1, 0.05, 0.01]);
		expect([limits.virtual.dailyLossPct, limits.demo.dailyLossPct, limits.live.dailyLossPct]).toEqual([3, 3, 1]);
		expect((await plan(["rules.maxLots=0.02"], file)).limits.demo.maxLots).toBe(0.02);
	});

	it("are the same with and without --unlimited, which is no limit of a certificate", async () => {
		const measured = await planRun({ set: [], seed: 1, unlimited: true }, false);
		expect(measured.limits).toEqual((await plan([])).limits);
		expect(measured.config.rules).not.toEqual(measured.limits.virtual);
	});

	it.each<[string, unknown, RegExp]>([
		["an unknown stage", { stages: { demoo: { rules: {} } } }, /stages\.demoo: unknown stage.*demo/],
		["another area than rules", { stages: { demo: { simulator: { latencyMs: 1 } } } }, /stages\.demo\.simulator: a stage of its own has only rules/],
		["a value that the stage does not accept", { stages: { live: { rules: { maxLots: 5 } } } }, /stages\.live\.rules\.maxLots.*out of range in live/],
		["an unknown rule", { stages: { demo: { rules: { maxLot: 1 } } } }, /unknown rule "maxLot"/],
		["a flag that cannot be changed there", { stages: { demo: { rules: { requireStop: false } } } }, /cannot be changed in demo/],
		["no object", { stages: 5 }, /expected an object/],
		["no object inside", { stages: { demo: { rules: [] } } }, /stages\.demo\.rules: expected an object/],
	])("refuse %s", async (_name, file, message) => {
		await expect(plan([], file)).rejects.toThrow(message);
	});

	it("refuse a file that cannot be read as before", async () => {
		const path = write("broken.json", "{");
		writeFileSync(path, "{");
		await expect(planRun({ set: [], config: path }, false)).rejects.toThrow(/--config/);
	});
});

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Failure } from "../../../src/adapters/failure.ts";
import { type Checkpoint, openKeeper } from "../../../src/commands/train/checkpoint.ts";
import { prepareGround } from "../../../src/commands/train/data.ts";
import { checkpointFolder } from "../../../src/commands/train/plan.ts";
import { firstProgress } from "../../../src/commands/train/progress.ts";
import { shortPlan, trainingFolder } from "../../helpers/training.ts";

const folder = trainingFolder();
const SAVED: Checkpoint = {
	learner: { algorithm: "linear", numbers: { steps: 3 }, arrays: { weights: Float32Array.of(1, 2) } },
	progress: { ...firstProgress(), round: 3, steps: 300, curve: [0.1, 0.2, 0.3] },
	exported: null,
};

async function failureOf(out: string, resume: boolean, changes = {}): Promise<unknown> {
	const plan = await shortPlan(join(folder, out), changes);
	try {
		openKeeper(plan, resume).release(false);
		return null;
	} catch (error) {
		return error instanceof Failure ? { code: error.exitCode, message: error.message } : error;
	}
}

async function unfinished(out: string): Promise<void> {
	const keeper = openKeeper(await shortPlan(join(folder, out)), false);
	keeper.save(SAVED);
	keeper.release(false);
}

describe("openKeeper", () => {
	it("gives back what was saved, and removes its place at the end", async () => {
		await unfinished("again");
		const keeper = openKeeper(await shortPlan(join(folder, "again")), true);
		expect(keeper.found).toMatchObject(SAVED);
		keeper.release(true);
		expect(existsSync(checkpointFolder(join(folder, "again")))).toBe(false);
	});

	it("refuses to overwrite a folder that is there", async () => {
		mkdirSync(join(folder, "mine"));
		writeFileSync(join(folder, "mine", "notes.txt"), "precious");
		expect(await failureOf("mine", false)).toMatchObject({ code: 2, message: expect.stringMatching(/is there already\. Choose another --out/) });
	});

	it("refuses to begin over an unfinished training", async () => {
		await unfinished("begun");
		expect(await failureOf("begun", false)).toMatchObject({ code: 2, message: expect.stringMatching(/unfinished training .*--resume/) });
	});

	it("refuses to go on from nothing", async () => {
		expect(await failureOf("nothing", true)).toMatchObject({ code: 2, message: expect.stringMatching(/there is no checkpoint .*Leave --resume out/) });
	});

	it.each([
		["seed", { seed: 6 }, "--seed 5"],
		["steps", { steps: 9999 }, "--steps 3000"],
		["workers", { workers: 3 }, "--workers 2"],
		["algorithm", { algorithm: "dqn" }, "--agent linear"],
		["data", { data: [] }, "other data"],
	])("refuses to go on with another %s", async (what, changes, said) => {
		await unfinished(`other-${what}`);
		expect(await failureOf(`other-${what}`, true, changes)).toMatchObject({ code: 2, message: expect.stringContaining(said) });
	});

	it("refuses to go on with another timeframe of the synthetic market", async () => {
		await unfinished("other-timeframe");
		const { ground } = await prepareGround({ paths: [], symbol: null, timeframe: "M5" });
		expect(await failureOf("other-timeframe", true, { ground })).toMatchObject({ code: 2, message: expect.stringContaining("--timeframe M1") });
	});

	it("refuses a place where another program trains", async () => {
		const keeper = openKeeper(await shortPlan(join(folder, "busy")), false);
		expect(await failureOf("busy", false)).toMatchObject({ code: 4, message: expect.stringContaining(`process ${process.pid}`) });
		keeper.release(false);
		expect(await failureOf("busy", false)).toBeNull();
	});

	it.skipIf(process.platform !== "linux")("refuses a place where no folder can be made at all", async () => {
		const plan = await shortPlan("/proc/no-such-folder/policy");
		expect(() => openKeeper(plan, false)).toThrow(/cannot be written/);
	});

	it("refuses a place that cannot be made", async () => {
		writeFileSync(join(folder, "file"), "no folder");
		expect(await failureOf("file/inside", false)).toMatchObject({ code: 3, message: expect.stringContaining("cannot be written") });
	});
});

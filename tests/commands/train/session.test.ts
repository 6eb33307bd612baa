import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readPolicyFolder } from "../../../src/adapters/agent/policy-folder.ts";
import { openKeeper } from "../../../src/commands/train/checkpoint.ts";
import type { TrainPlan } from "../../../src/commands/train/plan.ts";
import { learnerOf, progressOf, type TrainOutcome, train } from "../../../src/commands/train/session.ts";
import type { TrainStop } from "../../../src/commands/train/stop.ts";
import { isTriad } from "../../../src/engine/agents/policy/manifest.ts";
import { createPool, type Pool } from "../../../src/pool/pool.ts";
import { poolHere, shortPlan, trainingFolder } from "../../helpers/training.ts";

const folder = trainingFolder();

type Ways = { readonly pool?: Pool; readonly resume?: boolean; readonly stopAfter?: number; readonly stopInTest?: boolean };

/** Trains as the command does, without a terminal; a signal comes after so many rounds. */
async function run(
	plan: TrainPlan,
	{ pool = poolHere(plan.workers), resume = false, stopAfter = Number.POSITIVE_INFINITY, stopInTest = false }: Ways = {},
): Promise<TrainOutcome> {
	const keeper = openKeeper(plan, resume);
	const abort = new AbortController();
	let code: number | null = null;
	let rounds = 0;
	const stop: TrainStop = { code: () => code, signal: abort.signal, abortOnSignal: () => {}, release: () => {} };
	const display = {
		onRound: () => {
			if (++rounds >= stopAfter) code = 130;
		},
		onTest: () => {
			if (!stopInTest) return;
			code = 130;
			throw new Error("aborted");
		},
	};
	let done = false;
	try {
		const outcome = await train({
			plan,
			learner: learnerOf(plan, keeper.found),
			progress: progressOf(keeper.found),
			keeper,
			pool,
			stop,
			display,
			nowMs: () => 0,
		});
		done = !outcome.interrupted;
		return outcome;
	} finally {
		keeper.release(done);
	}
}

function bytesOf(out: string): readonly string[] {
	return ["manifest.json", "policy.onnx"].map((name) => readFileSync(join(out, name)).toString("base64"));
}

describe("train", { timeout: 300_000 }, () => {
	it.each(["linear", "dqn", "ppo"] as const)("makes the same %s policy twice, to the byte, whoever answers first", async (algorithm) => {
		const [one, two] = [join(folder, `${algorithm}-one`), join(folder, `${algorithm}-two`)];
		// More steps than Q-learners only gather experience in.
		const changes = { algorithm, workers: 3, steps: 6000 };
		const first = await run(await shortPlan(one, changes));
		const second = await run(await shortPlan(two, changes), { pool: poolHere(3, "last") });
		expect(second.policy.policy.sha256).toBe(first.policy.policy.sha256);
		expect(bytesOf(two)).toEqual(bytesOf(one));
		expect(existsSync(`${one}.checkpoint`)).toBe(false);
	});

	it("makes the same in real threads", async () => {
		const pool = createPool({ workers: 2 });
		try {
			const threads = await run(await shortPlan(join(folder, "threads")), { pool });
			const here = await run(await shortPlan(join(folder, "here")));
			expect(threads.policy.policy.sha256).toBe(here.policy.policy.sha256);
		} finally {
			await pool.close();
		}
	});

	it("makes another with another seed or number of workers", async () => {
		const hashes = await Promise.all(
			[{ seed: 6 }, { workers: 1 }, { steps: 5000 }, {}].map(
				async (changes, index) => (await run(await shortPlan(join(folder, `other-${index}`), changes))).policy.policy.sha256,
			),
		);
		expect(new Set(hashes).size).toBe(4);
	});

	it.each(["linear", "dqn", "ppo"] as const)("goes on with %s bit for bit after an interruption, which leaves the best so far", async (algorithm) => {
		const plan = { algorithm, steps: 9000 };
		const whole = await run(await shortPlan(join(folder, `${algorithm}-whole`), plan));
		const out = join(folder, `${algorithm}-parted`);
		const parted = await run(await shortPlan(out, plan), { stopAfter: 1 });
		expect(parted).toMatchObject({ interrupted: true, report: null });
		expect(readPolicyFolder(out).policy.manifest.provenance).toMatchObject({ command: null, verdict: expect.stringContaining("interrupted"), outOfSample: [] });
		const resumed = await run(await shortPlan(out, plan), { resume: true });
		expect(resumed.interrupted).toBe(false);
		expect(bytesOf(out)).toEqual(bytesOf(join(folder, `${algorithm}-whole`)));
		expect(resumed.policy.policy.sha256).toBe(whole.policy.policy.sha256);
	});

	it("keeps the policy when its test is interrupted, and tests it when it goes on", async () => {
		const out = join(folder, "untested");
		expect(await run(await shortPlan(out), { stopInTest: true })).toMatchObject({ interrupted: true, report: null });
		const { report, policy } = await run(await shortPlan(out), { resume: true });
		expect(report?.verdict).toBe(policy.policy.manifest.provenance.verdict);
		expect(report?.sessions).toBe(2);
	});

	it("does not go on over a policy that somebody has put into its place", async () => {
		const out = join(folder, "swapped");
		await run(await shortPlan(out), { stopAfter: 1 });
		const other = join(folder, "swapped-other");
		await run(await shortPlan(other, { seed: 9 }));
		const { cpSync, rmSync } = await import("node:fs");
		rmSync(out, { recursive: true });
		cpSync(other, out, { recursive: true });
		await expect(run(await shortPlan(out), { resume: true })).rejects.toThrow(/is there already/);
	});

	it("says in the manifest where the policy comes from", async () => {
		const plan = await shortPlan(join(folder, "said"));
		const { manifest } = (await run(plan)).policy.policy;
		if (isTriad(manifest)) throw new Error("a triad");
		const { provenance } = manifest;
		expect(manifest).toMatchObject({ name: "tried", timeframe: null, symbols: null, output: { kind: "q-values", actions: ["hold", "buy", "sell", "close"] } });
		expect(provenance).toMatchObject({ algorithm: "linear", command: plan.command, seed: 5, trainedOn: null, data: plan.data });
		expect(provenance.steps).toBeGreaterThanOrEqual(plan.steps);
		expect(provenance.outOfSample.map(({ against }) => against)).toContain("berserker");
		expect(manifest.golden).toHaveLength(10);
		const judged = manifest.observation.features.filter((_, index) => manifest.distribution[index] !== null);
		expect(judged).toContain("spreadAtr");
		expect(judged).not.toContain("positionR");
		expect(judged).not.toContain("hourSin");
	});
});

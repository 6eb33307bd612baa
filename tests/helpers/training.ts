import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { prepareGround } from "../../src/commands/train/data.ts";
import { FEATURES } from "../../src/commands/train/features.ts";
import { TEST_SEEDS } from "../../src/commands/train/ground.ts";
import type { TrainPlan } from "../../src/commands/train/plan.ts";
import { firstWeights } from "../../src/engine/learning/dense-net.ts";
import type { Player, Playing } from "../../src/engine/learning/player.ts";
import { fork } from "../../src/engine/random.ts";
import type { Pool } from "../../src/pool/pool.ts";
import { TASKS } from "../../src/pool/tasks.ts";

/** A folder of the test file's own. */
export function trainingFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), "kinetra-train-"));
	afterAll(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

/** A pool in this thread, one task after the other; what crosses is copied as between threads. `last`: of tasks asked for together the last is done first. */
export function poolHere(workers: number, order: "first" | "last" = "first"): Pool {
	const waiting: (() => Promise<void>)[] = [];
	let working = false;
	const work = async (): Promise<void> => {
		for (let job = waiting[order === "first" ? "shift" : "pop"](); job !== undefined; job = waiting[order === "first" ? "shift" : "pop"]()) await job();
		working = false;
	};
	const run = (task: keyof typeof TASKS, data: unknown): Promise<unknown> => {
		const copy: unknown = structuredClone(data);
		return new Promise((resolve, reject) => {
			waiting.push(() => (TASKS[task] as (data: unknown) => Promise<unknown>)(copy).then((result) => resolve(structuredClone(result)), reject));
			if (working) return;
			working = true;
			setImmediate(() => void work());
		});
	};
	return { workers, run: run as Pool["run"], close: () => Promise.resolve() };
}

/** A short training of the synthetic market, tested on two sessions. */
export async function shortPlan(out: string, changes: Partial<TrainPlan> = {}): Promise<TrainPlan> {
	const { ground, data, test } = await prepareGround({ paths: [], symbol: null, timeframe: null });
	const sessions = test.sessions.filter(({ scenario, seed }) => scenario === "trend" && (seed ?? 0) < TEST_SEEDS.from + 2);
	return {
		algorithm: "linear",
		name: "tried",
		out,
		steps: 3000,
		minutes: null,
		seed: 5,
		workers: 2,
		ground,
		data,
		test: { text: "two sessions", sessions },
		command: "kinetra train --agent linear",
		...changes,
	};
}

/** A player that has learned nothing. */
export function untrained(seed: number): Playing {
	const features = FEATURES.length;
	const shape = { sizes: [features, 8, 4], hidden: "tanh" as const };
	const scaler = { mean: new Float32Array(features), scale: new Float32Array(features).fill(1), clip: 5 };
	return { algorithm: "ppo", ...shape, weights: firstWeights(shape, fork(seed, "test")), scaler, explore: 0, valueScale: 1 };
}

/** A player that does what `choose` says, and what it was told. */
export function scripted(choose: (step: number) => number): Player & { readonly rewards: number[]; readonly ends: boolean[]; readonly last: number[][] } {
	const rewards: number[] = [];
	const ends: boolean[] = [];
	const last: number[][] = [];
	let steps = 0;
	return {
		rewards,
		ends,
		last,
		act(_observation, reward) {
			if (steps > 0) rewards.push(reward);
			return choose(steps++);
		},
		end(observation, reward, terminal) {
			rewards.push(reward);
			ends.push(terminal);
			last.push([...observation]);
		},
	};
}

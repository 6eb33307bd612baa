// Sessions that a comparison runs, beside bare sessions of the same kind one after the other. Run: npm run bench:compare -- [rounds]
import { planRun } from "../src/config.ts";
import { startAgentById } from "../src/engine/agents/registry.ts";
import { paceOf } from "../src/pace.ts";
import { createPool } from "../src/pool/pool.ts";
import { runSession } from "../src/session.ts";
import type { TrialPlan } from "../src/trial/plan.ts";
import { runTrial } from "../src/trial/trial.ts";
import { openMarket } from "../src/wiring.ts";
import { figure, median, table } from "./figures.ts";

const SESSIONS = 40;

await main(Number(process.argv[2] ?? 5));

async function main(rounds: number): Promise<void> {
	const { agent, timeframeMinutes, timeframeAsked, config } = await planRun({ set: [], agent: "sma" }, false);
	const plans = Array.from({ length: SESSIONS }, (_, seed): TrialPlan => ({ agent, timeframeMinutes, timeframeAsked, config, seed }));
	const [one, two] = [createPool({ workers: 1 }), createPool({ workers: 2 })];
	const ways = [
		{ name: "bare runSession", run: () => inTurn(plans, bareSession) },
		{ name: "runTrial", run: () => inTurn(plans, runTrial) },
		{ name: "pool, 1 worker", run: () => Promise.all(plans.map((plan) => one.run("trial", plan))) },
		{ name: "pool, 2 workers", run: () => Promise.all(plans.map((plan) => two.run("trial", plan))) },
	];
	try {
		const rates = ways.map((): number[] => []);
		for (const way of ways) await way.run();
		for (let round = 0; round < rounds; round++) {
			// In turn from another one on each time: whoever comes first after the threads have worked pays for what they left.
			for (let turn = 0; turn < ways.length; turn++) {
				const index = (turn + round) % ways.length;
				const way = ways[index];
				if (way === undefined) continue;
				const begun = performance.now();
				await way.run();
				rates[index]?.push((SESSIONS * 1000) / (performance.now() - begun));
			}
		}
		const medians = rates.map(median);
		const bare = medians[0] ?? Number.NaN;
		const rows = ways.map(({ name }, index) => [name, figure(medians[index] ?? Number.NaN), figure((medians[index] ?? Number.NaN) / bare)]);
		process.stdout.write(`${table([["60 market minutes, sma", "sessions a second", "times bare"], ...rows])}\n`);
	} finally {
		await one.close();
		await two.close();
	}
}

async function inTurn(plans: readonly TrialPlan[], run: (plan: TrialPlan) => Promise<unknown>): Promise<void> {
	for (const plan of plans) await run(plan);
}

/** A session with nothing around it: no figures, no thread. */
async function bareSession(plan: TrialPlan): Promise<void> {
	const { config, feed, broker, close } = openMarket({ ...plan, config: { ...plan.config, seed: plan.seed } });
	const agent = { kind: "inside", running: startAgentById(config.agent.id, config.agent.params), close: () => {} } as const;
	const journal = { append: () => {}, flush: () => {}, failure: () => null };
	const options = { carry: null, header: null, pace: paceOf("max"), commands: [], watch: null, inputs: null, killed: () => null, onProgress: () => {} };
	await runSession(config, { feed, broker, agent, journal, clock: { nowMs: () => 0 } }, options);
	close();
}

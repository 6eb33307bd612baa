/**
 * Do PPO and double DQN solve a market whose best policy is known (tests/helpers/toy-market.ts)? `npm run bench:learn [seeds]` trains each with its default
 * settings over several seeds and prints, per seed, the mean reward a step of the best policy, of what was learned (both without chance, on the grid), their
 * ratio and the seconds. Fails when a ratio is below 0.9 or a training takes two minutes. Linear Q is shown beside them: its values cannot bend, so it is not held to it.
 */
import { createLearner } from "../src/engine/learning/learner.ts";
import { bestOf, greedyPolicy, meanOf, TOY_MARKET, train } from "../tests/helpers/toy-market.ts";

const LEAST_RATIO = 0.9;
const MOST_SECONDS = 120;
const TRAININGS = [
	{ algorithm: "ppo", hidden: [32, 32], steps: 150_000, must: true },
	{ algorithm: "dqn", hidden: [32, 32], steps: 60_000, must: true },
	{ algorithm: "linear", hidden: [], steps: 100_000, must: false },
] as const;

const seeds = Number(process.argv[2] ?? 5);
const best = bestOf(TOY_MARKET).mean;
let missed = 0;
console.log("algorithm  seed  optimal  reached  ratio  seconds");
for (const { algorithm, hidden, steps, must } of TRAININGS) {
	for (let seed = 1; seed <= seeds; seed++) {
		const begun = performance.now();
		const learner = createLearner(algorithm, { sizes: [2, ...hidden, 4], seed, totalSteps: steps });
		train(learner, TOY_MARKET, steps, seed);
		const seconds = (performance.now() - begun) / 1000;
		const reached = meanOf(TOY_MARKET, greedyPolicy(learner));
		const short = must && (reached < LEAST_RATIO * best || seconds > MOST_SECONDS);
		if (short) missed++;
		const columns = [
			algorithm.padEnd(9),
			String(seed).padStart(5),
			best.toFixed(5),
			reached.toFixed(5),
			(reached / best).toFixed(3),
			seconds.toFixed(1).padStart(7),
		];
		console.log(`${columns.join("  ")}${short ? "  MISSED" : ""}`);
	}
}
if (missed > 0) {
	console.error(`${missed} of the trainings did not reach ${LEAST_RATIO} of the optimum in ${MOST_SECONDS} s`);
	process.exitCode = 1;
}

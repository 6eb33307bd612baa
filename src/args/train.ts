import type { Command } from "commander";
import { usageFailure } from "../adapters/failure.ts";
import { choice, number, path, text } from "../config/option-kinds.ts";
import { RUN_OPTIONS } from "../config/options.ts";

/** What `kinetra train` was asked for; null = not said. */
export type TrainRequest = {
	readonly command: "train";
	readonly agent: "ppo" | "dqn" | "linear";
	readonly data: readonly string[];
	readonly symbol: string | null;
	readonly timeframe: "M1" | "M5" | "M15" | "M30" | "H1" | "H4" | "D1" | null;
	readonly steps: number;
	readonly minutes: number | null;
	readonly seed: number;
	readonly out: string | null;
	readonly name: string | null;
	readonly workers: number | null;
	readonly resume: boolean;
	readonly json: boolean;
};

/** The options of `kinetra train`, as they are typed. */
export const TRAIN_OPTIONS = [
	"--agent",
	"--data",
	"--symbol",
	"--timeframe",
	"--steps",
	"--minutes",
	"--seed",
	"--out",
	"--name",
	"--workers",
	"--resume",
	"--json",
];

/** Steps of a training where none are asked for: some minutes of two cores. */
export const DEFAULT_STEPS = 1_000_000;

const TEXTS = { argument: "", line: "", fallback: "" };
const AGENT = choice(["ppo", "dqn", "linear"], TEXTS);
const STEPS = number({ min: 1000, max: 1e9, unit: "steps", whole: true }, TEXTS);
const MINUTES = number({ min: 0.1, max: 100_000, unit: "minutes" }, TEXTS);
const SEED = number({ min: 0, max: 4_294_967_295, unit: "", whole: true }, TEXTS);
const WORKERS = number({ min: 1, max: 64, unit: "workers", whole: true }, TEXTS);
const PATH = path(TEXTS);
const NAME = text({ pattern: /^[a-z][a-z0-9-]{0,31}$/, what: "1 to 32 small letters, digits and dashes, a letter first" }, TEXTS);

/** Adds `kinetra train`; `accept` gets what was asked of it. */
export function addTrain(program: Command, accept: (request: TrainRequest) => void): void {
	program
		.command("train")
		.description("train a policy on the engine and the simulated MT5 that sessions use, and test it on what it has not seen")
		.requiredOption("--agent <algorithm>", "how it learns: ppo, dqn or linear")
		.option("--data <paths...>", "folders or files of MT5 exports; `kinetra data prepare` writes them, with a test part (default: the synthetic market)")
		.option("--symbol <name>", "symbol of the synthetic market (default: EURUSD), or the only one of the data that is used")
		.option("--timeframe <name>", "bars of M1, M5, M15, M30, H1, H4 or D1 (default: the data's, else M1)")
		.option("--steps <count>", `decisions to learn from (default: ${DEFAULT_STEPS})`)
		.option("--minutes <count>", "end after this time all the same; no command makes such a policy again")
		.option("--seed <number>", "everything that is left to chance (default: 1)")
		.option("--out <folder>", "the policy's folder, which must not exist yet (default: its name)")
		.option("--name <name>", "the policy's name: small letters, digits and dashes (default: that of the folder, else my-ALGORITHM)")
		.option("--workers <count>", "threads that play; part of what makes a policy again (default: one a processor, at most 8)")
		.option("--resume", "go on from the last checkpoint of this folder; give the other options as before")
		.option("--json", "one JSON object a line: rounds, then the report")
		.allowExcessArguments(false)
		.addHelpText(
			"after",
			"\nCtrl-C keeps the best policy so far and a checkpoint; a second one ends at once. Read docs/TRAINING.md before you believe a result.",
		)
		.action((given: Given) => accept(requestOf(given)));
}

type Given = Readonly<Partial<Record<"agent" | "symbol" | "timeframe" | "steps" | "minutes" | "seed" | "out" | "name" | "workers", string>>> & {
	readonly data?: readonly string[];
	readonly resume?: boolean;
	readonly json?: boolean;
};

function requestOf(given: Given): TrainRequest {
	const { agent = "", data = [], symbol, timeframe, steps, minutes, seed, out, name, workers } = given;
	if (data.some((each) => each.trim() === "")) throw usageFailure("--data: a path is empty. Leave --data out to train on the synthetic market.");
	return {
		command: "train",
		agent: AGENT.parse("--agent", agent),
		data: data.map((each) => PATH.parse("--data", each)),
		symbol: symbol === undefined ? null : RUN_OPTIONS.symbol.parse("--symbol", symbol),
		timeframe: timeframe === undefined ? null : RUN_OPTIONS.timeframe.parse("--timeframe", timeframe),
		steps: steps === undefined ? DEFAULT_STEPS : STEPS.parse("--steps", steps),
		minutes: minutes === undefined ? null : MINUTES.parse("--minutes", minutes),
		seed: seed === undefined ? 1 : SEED.parse("--seed", seed),
		out: out === undefined ? null : PATH.parse("--out", out),
		name: name === undefined ? null : NAME.parse("--name", name),
		workers: workers === undefined ? null : WORKERS.parse("--workers", workers),
		resume: given.resume === true,
		json: given.json === true,
	};
}

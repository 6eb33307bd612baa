import { describe, expect, it } from "vitest";
import { DEFAULT_STEPS } from "../../src/args/train.ts";
import { parseArgs } from "../../src/args.ts";

function parse(...argv: readonly string[]): unknown {
	return parseArgs(["train", ...argv], "test");
}

describe("kinetra train", () => {
	it("takes its defaults", () => {
		expect(parse("--agent", "ppo")).toEqual({
			command: "train",
			agent: "ppo",
			data: [],
			symbol: null,
			timeframe: null,
			steps: DEFAULT_STEPS,
			minutes: null,
			seed: 1,
			out: null,
			name: null,
			workers: null,
			resume: false,
			json: false,
		});
	});

	it("takes every option", () => {
		const given = "--agent dqn --data a b --symbol EURUSD --timeframe m15 --steps 5000 --minutes 1.5 --seed 7 --out x --name y --workers 3 --resume --json";
		expect(parse(...given.split(" "))).toMatchObject({
			agent: "dqn",
			data: ["a", "b"],
			symbol: "EURUSD",
			timeframe: "M15",
			steps: 5000,
			minutes: 1.5,
			seed: 7,
			out: "x",
			name: "y",
			workers: 3,
			resume: true,
			json: true,
		});
	});

	it.each([
		["no algorithm", [], /--agent/],
		["an unknown one", ["--agent", "sma"], /--agent: "sma" is unknown.*ppo, dqn, linear/],
		["too few steps", ["--agent", "ppo", "--steps", "10"], /--steps/],
		["steps that are no number", ["--agent", "ppo", "--steps", "many"], /--steps/],
		["no workers", ["--agent", "ppo", "--workers", "0"], /--workers/],
		["a name that a manifest would refuse", ["--agent", "ppo", "--name", "My Policy"], /--name: "My Policy" is not 1 to 32 small letters/],
		["an empty path", ["--agent", "ppo", "--data", ""], /--data/],
		["a word too many", ["--agent", "ppo", "word"], /train/],
		["an unknown option", ["--agent", "ppo", "--episodes", "3"], /--episodes/],
	])("refuses %s", (_case, argv, said) => {
		expect(() => parse(...argv)).toThrow(said);
	});
});

import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Failure } from "../../src/adapters/failure.ts";
import { resolveAgent } from "../../src/config/agent.ts";
import { readAgentText } from "../../src/config/agent-name.ts";
import { parseChange } from "../../src/config/changes.ts";
import { type RunOptions, setOption } from "../../src/config/options.ts";
import { checkTogether } from "../../src/config/together.ts";
import { planRun } from "../../src/config.ts";
import { buildOf } from "../../src/engine/agents/registry.ts";
import { temporaryFolder, writeTiny } from "../helpers/policy.ts";

let place: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
	place = temporaryFolder();
});
afterEach(() => place.remove());

async function messageOf(work: () => unknown): Promise<string> {
	try {
		await work();
	} catch (error) {
		if (error instanceof Failure) return error.message;
		throw error;
	}
	return "taken";
}

function optionsOf(agent: string): RunOptions {
	const options: RunOptions = { set: [] };
	setOption(options, "agent", agent);
	return options;
}

describe("--agent", () => {
	it.each<readonly [string, string]>([
		["sma", "rule"],
		["./my-policy", "path"],
		["../x/", "path"],
		[".", "path"],
		["C:\\policies\\mine", "path"],
		["best.onnx", "path"],
		["Best Of.ONNX", "path"],
		["/a b/ü", "path"],
		["process:python3 agent.py --fast", "process"],
	])("%s is a %s", (text, kind) => {
		expect(optionsOf(text).agent).toBe(text);
		expect(readAgentText(text).kind).toBe(kind);
	});

	it.each<readonly [string, RegExp]>([
		["smaa", /^--agent: there is no agent "smaa"; did you mean "sma"\? See: kinetra agents$/],
		["SMA", /no agent "SMA"; did you mean "sma"\?/],
		["grandmaster", /^--agent: there is no agent "grandmaster"\. See: kinetra agents$/],
		["process:", /names no program/],
		["process:  ", /names no program/],
		["", /is not an agent: a name, a policy's folder/],
		["two words", /is not an agent/],
		["./a\nb", /is not an agent/],
		["process:a\u001b[2J", /is not an agent/],
		[`./${"a".repeat(2000)}`, /is not an agent/],
	])("%j is none, and the message says what is near", async (text, expected) => {
		expect(await messageOf(() => checkTogether(optionsOf(text)))).toMatch(expected);
		expect(await messageOf(() => planRun(optionsOf(text), false))).toMatch(expected);
	});

	it.each([
		["~/mine", join(homedir(), "mine")],
		["~/a/my.onnx", join(homedir(), "a", "my.onnx")],
		["~other/mine", "~other/mine"],
		["./~/mine", "./~/mine"],
	])("takes %s as a shell does", (text, path) => {
		expect(readAgentText(text)).toEqual({ kind: "path", path });
	});

	it("never takes a folder for a name, but says how to name it", async () => {
		const before = process.cwd();
		process.chdir(place.folder);
		try {
			writeTiny(place.folder, { name: "mine" }, "mine");
			expect(await messageOf(() => resolveAgent("mine", []))).toBe('--agent: there is no agent "mine". For the folder of that name write: --agent ./mine');
			expect((await resolveAgent("./mine", [])).choice.id).toBe("mine");
		} finally {
			process.chdir(before);
		}
	});

	it("loads a policy with its hash, its warm-up and its parameters", async () => {
		const folder = writeTiny(place.folder);
		const usual = await resolveAgent(folder, []);
		expect(usual).toMatchObject({
			warmupBars: 20,
			line: "buys what rises and sells what falls",
			choice: { id: "tiny", params: { outsideMargin: 0.25 }, source: { kind: "policy", runtime: "kinetra" } },
		});
		expect(buildOf(usual.choice)).toMatch(/^tiny@[0-9a-f]{32}$/);
		const strict = await resolveAgent(folder, [parseChange("agent.outsideMargin=0.1")]);
		expect(buildOf(strict.choice)).toBe(`${buildOf(usual.choice)}(outsideMargin=0.1)`);
	});

	it.each<readonly [string, RegExp]>([
		["agent.outsideMargin=11", /agent\.outsideMargin=11 is outside 0 to 10/],
		["agent.fastBars=3", /agent tiny has no parameter fastBars; it has outsideMargin/],
		["agent.outsideMargin=wide", /"wide" is not a number/],
	])("refuses --set %s of a policy", async (text, expected) => {
		expect(await messageOf(() => resolveAgent(writeTiny(place.folder), [parseChange(text)]))).toMatch(expected);
	});

	it("takes it out of a configuration file too, with its parameters", async () => {
		const config = join(place.folder, "run.json");
		writeFileSync(config, JSON.stringify({ agent: { id: writeTiny(place.folder), outsideMargin: 0.5 }, seed: 1 }));
		const plan = await planRun({ set: [], config }, false);
		expect(plan.config.agent).toMatchObject({ id: "tiny", params: { outsideMargin: 0.5 } });
		expect(plan.agent).toMatchObject({ kind: "policy", folder: expect.stringContaining("tiny") });
		expect(plan.config.warmupBars).toBe(20);
		expect((await planRun({ set: [], config, warmup: 30 }, false)).config.warmupBars).toBe(30);
	});

	it("never lets a policy decide before it has seen the bars that its manifest asks for", async () => {
		const options = optionsOf(writeTiny(place.folder));
		expect(await messageOf(() => planRun({ ...options, warmup: 19 }, false))).toBe(
			"Agent tiny needs 20 bars of warm-up by its manifest; --warmup 19 is fewer. Leave --warmup out, or give at least 20.",
		);
		expect((await planRun({ ...options, warmup: 20 }, false)).config.warmupBars).toBe(20);
		expect((await planRun({ agent: "sma", warmup: 3, set: [] }, false)).config.warmupBars).toBe(3);
	});

	it("never plans a run with a broken policy", async () => {
		const folder = writeTiny(place.folder);
		writeFileSync(join(folder, "policy.onnx"), "broken");
		expect(await messageOf(() => planRun(optionsOf(folder), false))).toMatch(/^Policy .*policy\.onnx: /);
		expect(await messageOf(() => planRun(optionsOf(join(place.folder, "nothing")), false))).toMatch(/is not there/);
		mkdirSync(join(place.folder, "empty"));
		expect(await messageOf(() => planRun(optionsOf(join(place.folder, "empty")), false))).toMatch(/has no manifest\.json/);
	});
});

describe("a policy for one timeframe or symbol", () => {
	it("is refused elsewhere, with the reason, before anything begins", async () => {
		const options = optionsOf(writeTiny(place.folder, { timeframe: "M5", symbols: ["GBPUSD", "USDJPY"] }));
		expect(await messageOf(() => planRun({ ...options, symbol: "GBPUSD" }, false))).toBe(
			"Agent tiny is for M5 bars by its manifest, and this session has M1. Use --timeframe M5, or data of that timeframe.",
		);
		expect(await messageOf(() => planRun({ ...options, timeframe: "M5" }, false))).toBe(
			"Agent tiny is for GBPUSD, USDJPY by its manifest, and this session trades EURUSD. Choose one of them with --symbol, or another agent.",
		);
		expect((await planRun({ ...options, timeframe: "M5", symbol: "USDJPY" }, false)).config.agent.id).toBe("tiny");
	});
});

import { copyFileSync, mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { barsFile, buildProgram, type Finished, newHome, ROOT, runProgram } from "../helpers/cli.ts";
import { type Stored, storedSessions } from "../helpers/cockpit-terminal.ts";

// The whole way of somebody who has exports of MT5 and wants an agent that learned from them, with the built program.

const root = mkdtempSync(join(tmpdir(), "kinetra-learn-"));
const home = newHome();
const policy = join(root, "mine");
const WAVE_MINUTES = 12;
let program = "";
let train = "";
let test = "";

async function kinetra(...args: readonly string[]): Promise<Finished> {
	const done = await runProgram(process.execPath, [program, ...args], home);
	expect(done.code, done.stderr + done.stdout).toBe(0);
	return done;
}

/** Trades that were closed, as the summary tells them. */
const closedOf = ({ summary }: Stored): number => summary?.tradesClosed ?? 0;

/** Runs an agent on a file; what is stored of it, and what was said. */
async function run(agent: string, file: string): Promise<{ readonly stored: Stored; readonly text: string }> {
	const args = ["run", "--headless", "--feed", "csv", "--file", file, "--agent", agent, "--speed", "max", "--seed", "1"];
	// A limit may have halted it, which is an orderly end too.
	const { stdout, stderr } = await runProgram(process.execPath, [program, ...args], home);
	const stored = storedSessions(home).at(-1);
	if (stored === undefined) throw new Error("no session is stored");
	expect(stored.kinds.at(-1), stdout + stderr).toBe("sealed");
	return { stored, text: `${stdout}${stderr}`.replace(/\s+/g, " ") };
}

describe("from exports to an agent of one's own", { timeout: 600_000 }, () => {
	beforeAll(async () => {
		program = buildProgram();
		const exports = join(root, "exports");
		mkdirSync(exports);
		copyFileSync(
			barsFile("EURUSD_M1.csv", 5000, (line) => line, WAVE_MINUTES),
			join(exports, "EURUSD_M1.csv"),
		);
		const data = join(root, "data");
		const { stdout } = await kinetra("data", "prepare", exports, "--out", data);
		expect(stdout).toContain("Data ready (1 train, 1 test files)");
		[train = "", test = ""] = ["train", "test"].flatMap((part) => readdirSync(join(data, part)).map((name) => join(data, part, name)));
		const steps = ["--steps", "12000", "--workers", "2", "--seed", "5"];
		const trained = await kinetra("train", "--agent", "ppo", "--data", data, ...steps, "--out", policy);
		expect(trained.stdout).toMatch(/OUT OF SAMPLE\n2 sessions/);
		expect(trained.stdout.replace(/\s+/g, " ")).toContain("No edge: in 2 sessions that it had not seen");
	}, 600_000);

	it("is tested on what it has not seen, and replays to the byte", async () => {
		const { stored, text } = await run(policy, test);
		expect(closedOf(stored)).toBeGreaterThan(0);
		expect(text).not.toContain("WARNING");
		expect(text).toContain("Evidence: yes.");
		expect(text).toContain("Not enough evidence");
		const replayed = await kinetra("sessions", "replay", stored.id);
		expect(replayed.stdout).toContain(stored.summary?.fingerprint);
		expect(replayed.stdout).toMatch(/identical/i);
	});

	it("is warned of, and proves nothing, on what it learned from", async () => {
		const { text } = await run(policy, train);
		expect(text).toContain("WARNING: The agent was trained on this file");
		expect(text).toContain("Evidence: no. The agent was trained on this file");
	});

	it("decides the same as its bare model with the manifest beside it", async () => {
		const [folder, model] = [await run(policy, test), await run(join(policy, "policy.onnx"), test)];
		expect(model.stored.summary?.fingerprint).toBe(folder.stored.summary?.fingerprint);
	});

	it("is compared with a rule and with a program that decides, in the same sessions", async () => {
		const example = `process:node ${join(ROOT, "docs", "examples", "agent.mjs")}`;
		const alone = await run(example, test);
		expect(closedOf(alone.stored)).toBeGreaterThan(0);
		expect((await kinetra("sessions", "replay", alone.stored.id)).stdout).toMatch(/identical/i);
		const compared = await kinetra(
			"compare",
			"--agents",
			`${policy},sma,${example}`,
			"--feed",
			"csv",
			"--file",
			test,
			"--duration",
			"60",
			"--workers",
			"2",
			"--json",
		);
		const report = JSON.parse(compared.stdout) as { complete: boolean; failed: unknown[]; total: number; agents: { label: string }[] };
		expect([report.complete, report.failed, report.total % 3]).toEqual([true, [], 0]);
		expect(report.agents.map(({ label }) => label)).toHaveLength(3);
	});

	it("stands beside the agents that ship", async () => {
		const { stdout } = await kinetra("agents", "list", "--json");
		for (const name of ["ppo", "dqn", "linear", "triad", "sma", "berserker", "buy-and-hold"]) expect(stdout).toContain(`"${name}"`);
	});
});

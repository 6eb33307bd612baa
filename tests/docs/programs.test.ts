import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { sessionFolder } from "../../src/adapters/archive/sessions.ts";
import { type Home, homeAt } from "../../src/adapters/home.ts";
import { dataOfKind } from "../../src/adapters/journal/reader.ts";
import { openRecording } from "../../src/commands/recording.ts";
import { type Order, performSession } from "../../src/commands/run/perform.ts";
import type { RunOptions } from "../../src/config/options.ts";
import { planRun } from "../../src/config.ts";
import type { Summary } from "../../src/engine/summary-type.ts";
import { replaySession } from "../../src/replay.ts";
import { ROOT } from "../helpers/cli.ts";
import { commandOf, scriptOf } from "../helpers/programs.ts";
import { unattended } from "../helpers/unattended.ts";

const EXAMPLES = join(ROOT, "docs", "examples");
const STANDIN = join(ROOT, "tests", "docs", "standin");
const python = (code: string) => spawnSync("python3", ["-c", code], { stdio: "ignore" }).status === 0;
const hasPython = python("pass");
const { PYTHONPATH } = process.env;

afterEach(() => {
	if (PYTHONPATH === undefined) delete process.env.PYTHONPATH;
	else process.env.PYTHONPATH = PYTHONPATH;
});

const newHome = (): Home => homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-programs-")), "home") });

async function perform(home: Home, options: Partial<RunOptions>, changes: Partial<Order> = {}): Promise<Summary> {
	const plan = await planRun({ set: [], speed: "max", seed: 5, duration: 240, ...options }, false);
	return (await performSession(unattended({ home, plan, ...changes }))).summary;
}

/** Replays a session: what came out differently, and whether it came to the same state. */
async function replay(home: Home, { sessionId, fingerprint }: Summary): Promise<{ readonly differsAt: number | null; readonly same: boolean }> {
	const stored = openRecording(sessionFolder(home, sessionId));
	const { feed, agent, config } = stored.open(home);
	const outcome = await replaySession(config, feed, agent, stored.carry, stored.recording).finally(() => feed.close());
	return { differsAt: outcome.differsAt, same: outcome.fingerprint === fingerprint };
}

function linesOf(journal: string, kind: string): unknown[] {
	return [...dataOfKind(journal, kind)];
}

function modelFile(text = "stand-in model"): string {
	const path = join(mkdtempSync(join(tmpdir(), "kinetra-model-")), "my_model.zip");
	writeFileSync(path, text);
	return path;
}

// Three late answers halt a session, as they should: on a machine that is loaded beyond reason another try is fair.
describe("the examples, each in a session of its own", { timeout: 300_000, retry: 2 }, () => {
	it.skipIf(!hasPython)("agent_sb3.py trades what its model says, and replays without it", async () => {
		const paths = [STANDIN, ...(python("import numpy") ? [] : [join(ROOT, "tests", "docs", "standin-numpy")])];
		process.env.PYTHONPATH = paths.join(delimiter);
		const home = newHome();
		const summary = await perform(home, { agent: `process:python3 "${join(EXAMPLES, "agent_sb3.py")}" "${modelFile()}"` });
		const { folder, journal } = sessionFolder(home, summary.sessionId);
		expect(summary.trades.length).toBeGreaterThan(0);
		expect(linesOf(journal, "decision").length).toBeGreaterThan(1);
		expect(readFileSync(join(folder, "agent-stderr.log"), "utf8")).toBe("Wrapping the env in a DummyVecEnv.\n");
		expect(await replay(home, summary)).toEqual({ differsAt: null, same: true });
	});

	it("agent.mjs trades its own rule, and replays without it", async () => {
		const home = newHome();
		const summary = await perform(home, { agent: `process:"${process.execPath}" "${join(EXAMPLES, "agent.mjs")}"` });
		const { journal } = sessionFolder(home, summary.sessionId);
		expect(linesOf(journal, "decision").length).toBeGreaterThan(3);
		expect(await replay(home, summary)).toEqual({ differsAt: null, same: true });
	});
});

describe("a program that does not do its work", { timeout: 300_000 }, () => {
	it("leaves no session behind when it does not start", async () => {
		const home = newHome();
		let begun = 0;
		const asked = perform(home, { agent: `process:${commandOf(scriptOf("process.exit(2)"))}` }, { begun: () => begun++ });
		await expect(asked).rejects.toThrow(/has ended \(exit 2\) before it was ready/);
		expect(begun).toBe(0);
		expect(existsSync(home.root) ? readdirSync(home.root, { recursive: true }).filter((name) => String(name).includes("journal")) : []).toEqual([]);
	});

	it.skipIf(!hasPython)("says why its model cannot be loaded", async () => {
		process.env.PYTHONPATH = STANDIN;
		const asked = perform(newHome(), { agent: `process:python3 "${join(EXAMPLES, "agent_sb3.py")}" "${modelFile("something else")}"` });
		await expect(asked).rejects.toThrow(/exit 1.*[\s\S]*(not a model|numpy)/);
	});

	it("is not waited for when the user has had enough", async () => {
		const asked = perform(
			newHome(),
			{ agent: `process:${commandOf(scriptOf("on(() => {});"))}` },
			{ commands: [{ command: "stop", reason: "interrupted by SIGINT", positions: null }] },
		);
		await expect(asked).rejects.toMatchObject({ message: "Stopped before the session began: nothing was traded.", exitCode: 130 });
	});

	it.each([
		["dies in the session", "process.exit(9)", /has ended \(exit 9\)|is not ready yet/],
		["prints instead of answering", "console.log('Episode 1, reward 0.3')", /a line is not JSON/],
		["never answers", "", /no answer within 250 ms/],
		[
			"answers in numbers that are none",
			`process.stdout.write('{"type":"decision","question":' + m.question + ',"action":Infinity}\\n')`,
			/NaN and Infinity are not/,
		],
	])("that %s: three faults halt, nothing is ever ordered, and it replays", async (_name, answer, what) => {
		const home = newHome();
		const body = `const answer = (m) => { ${answer} };\non((m) => { if (m.type === "hello") ready(); if (m.type === "decide") answer(m); });`;
		const summary = await perform(home, { agent: `process:${commandOf(scriptOf(body))}` });
		const { journal } = sessionFolder(home, summary.sessionId);
		const faults = linesOf(journal, "agent-fault") as { readonly what: string }[];
		expect(faults).toHaveLength(3);
		expect(faults[0]?.what).toMatch(what);
		expect(linesOf(journal, "order")).toEqual([]);
		expect(summary).toMatchObject({ endReason: "halt", exitCode: 5 });
		expect(await replay(home, summary)).toEqual({ differsAt: null, same: true });
	});
});

import { appendFileSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readStart, sessionFolder } from "../src/adapters/archive/sessions.ts";
import { EXIT, Failure } from "../src/adapters/failure.ts";
import { type Home, homeAt } from "../src/adapters/home.ts";
import { agentForReplay } from "../src/agent-for-replay.ts";
import { checkRun } from "../src/commands/cockpit/check-run.ts";
import { openRecording } from "../src/commands/recording.ts";
import { performSession } from "../src/commands/run/perform.ts";
import type { RunOptions } from "../src/config/options.ts";
import { planRun, type RunPlan } from "../src/config.ts";
import { magicOf } from "../src/engine/agents/magic.ts";
import { buildOf } from "../src/engine/agents/registry.ts";
import type { Summary } from "../src/engine/summary-type.ts";
import { fingerprintOf, replaySession } from "../src/replay.ts";
import { draftModel, modelBytes } from "./helpers/broken-models.ts";
import { barsFile } from "./helpers/cli.ts";
import { temporaryFolder, writeTiny, writeTinyTriad } from "./helpers/policy.ts";
import { unattended } from "./helpers/unattended.ts";

let place: ReturnType<typeof temporaryFolder>;
let home: Home;

beforeEach(() => {
	place = temporaryFolder();
	home = homeAt({ KINETRA_HOME: join(place.folder, "home") });
});
afterEach(() => place.remove());

const planned = (options: Partial<RunOptions>): Promise<RunPlan> => planRun({ set: [], seed: 5, duration: 30, speed: "max", ...options }, false);

async function perform(plan: RunPlan): Promise<Summary> {
	const { summary, problems } = await performSession(unattended({ home, plan }));
	expect(problems).toEqual([]);
	return summary;
}

/** What a replay of the session comes to. */
async function replayed({ sessionId }: Summary): Promise<{ readonly differsAt: number | null; readonly fingerprint: string }> {
	const stored = openRecording(sessionFolder(home, sessionId));
	const { feed, agent, config } = stored.open(home);
	const { engine, differsAt } = await replaySession(config, feed, agent, stored.carry, stored.recording);
	feed.close();
	return { differsAt, fingerprint: fingerprintOf(engine) };
}

async function failureOf(work: () => unknown): Promise<Failure> {
	try {
		await work();
	} catch (error) {
		if (error instanceof Failure) return error;
		throw error;
	}
	throw new Error("nothing was thrown");
}

/** Sessions that this home knows of. */
const sessions = (): readonly string[] => (existsSync(home.sessions) ? readdirSync(home.sessions) : []);

describe("a session with a policy", () => {
	it("trades, is known by its hash, and replays when the user's folder has gone", async () => {
		const folder = writeTiny(place.folder);
		const plan = await planned({ agent: folder });
		const summary = await perform(plan);
		expect([summary.endReason, summary.exitCode]).toEqual(["duration", 0]);
		expect(summary.trades.length).toBeGreaterThan(0);
		const { agent } = readStart(sessionFolder(home, summary.sessionId)).config;
		expect(agent).toEqual(plan.config.agent);
		expect(summary.agentBuild).toBe(buildOf(agent));
		rmSync(folder, { recursive: true });
		expect(await replayed(summary)).toEqual({ differsAt: null, fingerprint: summary.fingerprint });
	});

	it("replays with a triad, whose researcher draws", async () => {
		const summary = await perform(await planned({ agent: writeTinyTriad(place.folder) }));
		expect([summary.endReason, summary.exitCode]).toEqual(["duration", 0]);
		expect(await replayed(summary)).toEqual({ differsAt: null, fingerprint: summary.fingerprint });
	});

	it("has another record, another magic number, and trades the same when only a word of the manifest differs", async () => {
		const one = await planned({ agent: writeTiny(place.folder) });
		const other = await planned({ agent: writeTiny(place.folder, { line: "the same otherwise" }, "other") });
		const [first, second] = [await perform(one), await perform(other)];
		expect(first.trades).toEqual(second.trades);
		expect(first.agentBuild).not.toBe(second.agentBuild);
		expect(magicOf(first.agentBuild)).not.toBe(magicOf(second.agentBuild));
	});

	it("runs what was planned, though its files were swapped before it began", async () => {
		const folder = writeTiny(place.folder);
		const plan = await planned({ agent: folder });
		writeFileSync(join(folder, "policy.onnx"), "swapped");
		const summary = await perform(plan);
		expect(await replayed(summary)).toEqual({ differsAt: null, fingerprint: summary.fingerprint });
	});

	it("is not replayed with a policy that is missing or was changed", async () => {
		const summary = await perform(await planned({ agent: writeTiny(place.folder) }));
		const { source } = readStart(sessionFolder(home, summary.sessionId)).config.agent;
		const kept = join(home.root, "policies", source?.sha256 ?? "");
		appendFileSync(join(kept, "policy.onnx"), "\0");
		expect(await failureOf(() => replayed(summary))).toMatchObject({ exitCode: EXIT.data, message: expect.stringContaining("was changed") });
		rmSync(kept, { recursive: true });
		expect(await failureOf(() => replayed(summary))).toMatchObject({ exitCode: EXIT.data, message: expect.stringContaining("is missing") });
	});

	it("does not begin where its policy cannot be kept", async () => {
		const plan = await planned({ agent: writeTiny(place.folder) });
		await perform(plan);
		const before = sessions();
		const { source } = plan.config.agent;
		appendFileSync(join(home.root, "policies", source?.sha256 ?? "", "manifest.json"), " ");
		expect(await failureOf(() => perform(plan))).toMatchObject({ exitCode: EXIT.data });
		expect(sessions()).toEqual(before);
	});
});

describe("a policy whose network Kinetra does not compute", () => {
	/** The tiny policy with another operator in its network, and what that makes of its golden cases. */
	function writeWaving(): string {
		const folder = writeTiny(place.folder, { name: "waving" }, "waving");
		const draft = draftModel(3, 4);
		const [, middle] = draft.graph.node as { op_type: string }[];
		if (middle === undefined) throw new Error("the draft has no second node");
		middle.op_type = "Sin";
		writeFileSync(join(folder, "policy.onnx"), modelBytes(draft));
		return folder;
	}

	it("is planned with its own runtime, and says what is missing where that is not there", async () => {
		vi.stubEnv("KINETRA_ONNXRUNTIME", join(place.folder, "nowhere"));
		try {
			const plan = await planned({ agent: writeWaving() });
			expect(plan.config.agent.source).toMatchObject({ kind: "policy", runtime: "onnxruntime" });
			expect(await failureOf(() => perform(plan))).toMatchObject({ exitCode: EXIT.data, message: expect.stringContaining("onnxruntime-node was not found") });
			expect(sessions()).toEqual([]);
		} finally {
			vi.unstubAllEnvs();
		}
	});

	it("replays from the journal alone: nothing is started and no copy is read", async () => {
		const plan = await planned({ agent: writeWaving() });
		const agent = agentForReplay(plan.config, home);
		expect(agent.kind).toBe("outside");
		await agent.close();
	});
});

describe("a policy for one timeframe", () => {
	it("is refused when the data turns out to be of another one, and nothing is left", async () => {
		const agent = writeTiny(place.folder, { timeframe: "M5" });
		const options = { agent, file: barsFile("EURUSD_bars.csv", 200), symbol: "EURUSD" };
		const plan = await planned(options);
		const expected = { exitCode: EXIT.usage, message: expect.stringContaining("is for M5 bars by its manifest, and this session has M1") };
		expect(await failureOf(() => perform(plan))).toMatchObject(expected);
		expect(await failureOf(() => checkRun({ set: [], ...options }))).toMatchObject(expected);
		expect(sessions()).toEqual([]);
	});
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadCarry } from "../../../src/adapters/archive/carry.ts";
import { readLedger } from "../../../src/adapters/archive/ledger.ts";
import { readStart, sessionFolder } from "../../../src/adapters/archive/sessions.ts";
import { type Home, homeAt } from "../../../src/adapters/home.ts";
import { openRecording } from "../../../src/commands/recording.ts";
import { whyNoEvidence } from "../../../src/commands/run/no-evidence.ts";
import { performSession } from "../../../src/commands/run/perform.ts";
import type { RunOptions } from "../../../src/config/options.ts";
import { planRun } from "../../../src/config.ts";
import { buildOf } from "../../../src/engine/agents/registry.ts";
import type { Command } from "../../../src/engine/event.ts";
import type { Summary } from "../../../src/engine/summary-type.ts";
import { fingerprintOf, replaySession } from "../../../src/replay.ts";
import { BY_HAND, writeTiny } from "../../helpers/policy.ts";
import { unattended } from "../../helpers/unattended.ts";

const BUILD = "berserker-1";

function newHome(): Home {
	return homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-perform-")), "home") });
}

/** One session at full speed with what its operator asks for from the start; `onLatch` as in the cockpit. */
async function perform(home: Home, options: Partial<RunOptions>, commands: readonly Command[] = [], notes: string[] = []): Promise<Summary> {
	const asked = await planRun({ set: [], agent: "berserker", speed: "max", ...options }, false);
	const plan = { ...asked, config: { ...asked.config, onLatch: "wait" as const } };
	const { summary, problems } = await performSession(unattended({ home, plan, commands: [...commands], begun: (_session, told) => void notes.push(...told) }));
	expect(problems).toEqual([]);
	return summary;
}

const sessionsIn = (home: Home): number => loadCarry(home, BUILD, "virtual").sessions.length;

describe("what a session proves", () => {
	it("is evidence when nobody steers it", async () => {
		const home = newHome();
		expect(await perform(home, { seed: 1, duration: 30 })).toMatchObject({ evidence: true, evidenceNote: "The agent's record includes it.", exitCode: 0 });
	});

	it.each<[string, readonly Command[], Partial<Summary>]>([
		[
			"paused through the weather",
			[{ command: "pause" }, { command: "resume" }],
			{ endReason: "duration", evidenceNote: expect.stringContaining("The operator steered it (pause, resume)") },
		],
		["killed", [{ command: "kill", reason: "red button" }], { endReason: "kill", exitCode: 5, evidenceNote: expect.stringContaining("steered it (kill)") }],
		[
			"killed and reset",
			[{ command: "kill", reason: "red button" }, { command: "reset", reason: "seen it" }, { command: "resume" }],
			{ endReason: "duration", evidenceNote: expect.stringContaining("steered it (kill, reset, resume)") },
		],
		[
			"stopped",
			[{ command: "stop", reason: "enough", positions: null }],
			{ endReason: "interrupt", evidenceNote: expect.stringContaining("not reach its own end") },
		],
	])("is no evidence when the operator has %s; its losses are in the record all the same", async (_name, commands, summary) => {
		const home = newHome();
		expect(await perform(home, { seed: 1, duration: 30 }, commands)).toMatchObject({ evidence: false, ...summary });
		expect(sessionsIn(home)).toBe(1);
	});

	it("counts a generated market once, whatever else is set: one seed's trades are the same ones for an hour or for two", async () => {
		const home = newHome();
		const first = await perform(home, { seed: 7, duration: 60 });
		const record = loadCarry(home, BUILD, "virtual");
		const longer = await perform(home, { seed: 7, duration: 61 });
		expect([first.evidence, longer.evidence, longer.repeatOf]).toEqual([true, false, null]);
		expect(longer.evidenceNote).toMatch(/traded EURUSD \(seed 7\) from .* and the same days count once/);
		expect(loadCarry(home, BUILD, "virtual")).toEqual(record);
		expect((await perform(home, { seed: 8, duration: 60 })).evidence).toBe(true);
	});

	describe("of a policy", () => {
		const place = mkdtempSync(join(tmpdir(), "kinetra-trained-"));
		afterAll(() => rmSync(place, { recursive: true, force: true }));
		const markets = { kind: "synthetic", generator: "synthetic-1", symbol: "XAUUSD", scenarios: ["crash"], seedFrom: 40, seedTo: 49 } as const;
		const agent = writeTiny(place, { provenance: { ...BY_HAND, data: [markets] } });

		it("is none on a market that it was trained on: it is warned about, and the record stays", async () => {
			const home = newHome();
			const notes: string[] = [];
			const trained = await perform(home, { agent, seed: 42, duration: 30 }, [], notes);
			const why = expect.stringContaining("trained on the generated markets of seeds 40 to 49, and 42 is one of them");
			expect(trained).toMatchObject({ evidence: false, evidenceNote: why, exitCode: 0 });
			expect(notes).toEqual([expect.stringMatching(/^WARNING: The agent was trained on/)]);
			const start = readStart(sessionFolder(home, trained.sessionId));
			expect(whyNoEvidence(start)).toEqual(why);
			expect(loadCarry(home, buildOf(start.config.agent), "virtual").sessions).toEqual([]);
			expect(readLedger(home).lines).toContainEqual(expect.objectContaining({ kind: "begun", data: expect.objectContaining({ never: why }) }));
		});

		it("is some on any other", async () => {
			const home = newHome();
			const notes: string[] = [];
			const fresh = await perform(home, { agent, seed: 50, duration: 30 }, [], notes);
			expect([fresh.evidence, notes]).toEqual([true, []]);
			expect(loadCarry(home, buildOf(readStart(sessionFolder(home, fresh.sessionId)).config.agent), "virtual").sessions).toEqual([fresh.sessionId]);
		});
	});

	it("replays with its operator's commands to the same state", async () => {
		const home = newHome();
		const commands: readonly Command[] = [{ command: "kill", reason: "red button" }, { command: "reset", reason: "seen it" }, { command: "resume" }];
		const summary = await perform(home, { seed: 3, duration: 60 }, commands);
		const files = sessionFolder(home, summary.sessionId);
		const stored = openRecording(files);
		const { feed, agent, config } = stored.open(home);
		const { engine, differsAt } = await replaySession(config, feed, agent, stored.carry, stored.recording);
		feed.close();
		expect([differsAt, fingerprintOf(engine), readStart(files).config.onLatch]).toEqual([null, summary.fingerprint, "wait"]);
	});
});

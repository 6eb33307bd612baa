import { describe, expect, it, vi } from "vitest";
import { type AgentNotes, agentOnScreen } from "../../src/engine/agent-notes.ts";
import type { RunningAgent } from "../../src/engine/agents/agent.ts";
import type { AgentNote, TakeNote } from "../../src/engine/agents/note.ts";
import { startPolicy } from "../../src/engine/agents/policy/run.ts";
import { createDossiers } from "../../src/engine/dossier.ts";
import { snapshot } from "../../src/engine/engine.ts";
import { projection } from "../../src/engine/project.ts";
import { summarise } from "../../src/engine/summary.ts";
import { tinyPolicy } from "../helpers/policy.ts";
import { PARAMS } from "../helpers/policy-view.ts";
import { configWith, flat, MINUTE, minutes, type RunResult, runWith, START, scriptedFeed } from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

const OUTSIDE: AgentNote = { note: "outside", feature: "spreadAtr", value: 0.9123, low: 0, high: 0.4, others: 1 };
const DISPUTE: AgentNote = { note: "disagreement", votes: [{ role: "incumbent", action: "buy", confidence: 0.9 }], role: "incumbent", why: "stable" };

/** A session of `bars` decisions, in which the agent tells what `noted` says of each (from 1). */
function told(bars: number, noted: (decision: number) => readonly AgentNote[]): Promise<RunResult> {
	let decisions = 0;
	const running: RunningAgent = {
		state: {},
		onBar: () => {},
		decide(_view, take: TakeNote) {
			decisions++;
			for (const note of noted(decisions)) take(note);
			return [];
		},
		lastWords: () => `decision ${decisions}`,
	};
	return runWith(configWith(), { feed: scriptedFeed(flat(bars + 1)), agent: { kind: "inside", running, close: () => {} } });
}

function lasting(result: RunResult): unknown[] {
	return result.journal.of("agent-outside").map(({ at, data }) => [(at - START) / MINUTE, data]);
}

describe("what an agent notes", () => {
	it("is journalled and counted, disagreements by whose word counted", async () => {
		const member: AgentNote = { ...OUTSIDE, member: "competitor" };
		const { engine, journal } = await told(4, (decision) => [[OUTSIDE], [DISPUTE, { ...DISPUTE, role: null }], [member], []][decision - 1] ?? []);
		expect(journal.of("agent-note").map(({ data }) => data)).toEqual([OUTSIDE, DISPUTE, { ...DISPUTE, role: null }, member]);
		expect(engine.notes).toMatchObject({
			outside: 1,
			memberOutside: 1,
			disagreements: { incumbent: 1, competitor: 0, researcher: 0, nobody: 1 },
			last: member,
		});
	});

	it("is told by the summary and the screen", async () => {
		const { engine } = await told(3, (decision) => (decision === 3 ? [OUTSIDE] : [DISPUTE]));
		const disagreements = { incumbent: 2, competitor: 0, researcher: 0, nobody: 0 };
		expect(summarise(engine, OUTER).agentNotes).toEqual({ outside: 1, memberOutside: 0, disagreements, lastOutside: "spreadAtr 0.912 > 0.4" });
		expect(projection(engine).agent).toMatchObject({ words: "decision 3", outsideCount: 1, lasting: false, disagreements: 2 });
	});

	it("leaves no trace where there is none: fingerprints, summaries and screens of rules stay what they were", async () => {
		const { engine } = await runWith(configWith(), { feed: scriptedFeed(flat(5)) });
		expect(snapshot(engine)).not.toHaveProperty("notes");
		expect(summarise(engine, OUTER)).not.toHaveProperty("agentNotes");
		expect(projection(engine).agent).toBeNull();
	});

	it("is part of the fingerprint where there is some", async () => {
		const { engine } = await told(2, (decision) => (decision === 1 ? [OUTSIDE] : []));
		expect(snapshot(engine)).toMatchObject({ notes: { outside: 1, outsideBars: [1] } });
	});
});

describe("being outside the training", () => {
	it("is alerted once when it holds for more than half of the last hour of bars, and once when that is over", async () => {
		const result = await told(100, (decision) => (decision > 10 && decision <= 50 ? [OUTSIDE] : []));
		// Decision n is on the bar that closes with minute n. The 31st note comes with the 41st; at the 95th, bars 36 to 50 are 15 of the last 60.
		expect(lasting(result)).toEqual([
			[41, { lasting: true, outside: 31, bars: 60 }],
			[95, { lasting: false, outside: 15, bars: 60 }],
		]);
	});

	it("is not when it is half of them", async () => {
		expect(lasting(await told(120, (decision) => (decision % 2 === 0 ? [OUTSIDE] : [])))).toEqual([]);
	});

	it("counts a triad's member apart: the others decide", async () => {
		const { engine, journal } = await told(60, () => [{ ...OUTSIDE, member: "incumbent" }]);
		expect(journal.of("agent-outside")).toEqual([]);
		expect(engine.notes).toMatchObject({ outside: 0, memberOutside: 60, lastOutside: null });
	});
});

describe("the agent's line of the screen", () => {
	const notes: AgentNotes = {
		outside: 12,
		memberOutside: 0,
		disagreements: { incumbent: 1, competitor: 2, researcher: 0, nobody: 3 },
		last: DISPUTE,
		lastOutside: { note: "outside", feature: "spreadAtr", value: 0.9123, low: 0, high: 0.4, others: 1 },
		outsideBars: [7, 9],
		lasting: true,
	};
	const engine = (closedCount: number, phase: "trading" | "ending"): Parameters<typeof agentOnScreen>[0] =>
		({ notes, bars: { closedCount }, phase, agent: null }) as unknown as Parameters<typeof agentOnScreen>[0];

	it.each([
		["on the bar it is outside", 9, "trading", "spreadAtr 0.912 > 0.4"],
		["a bar later", 10, "trading", null],
		["when it is not asked any more", 9, "ending", null],
	] as const)("%s", (_what, bar, phase, outside) => {
		expect(agentOnScreen(engine(bar, phase))).toEqual({ words: null, outside, outsideCount: 12, lasting: true, disagreements: 6 });
	});
});

describe("a policy in a session", () => {
	it("trades, holds outside its training, and halts after three answers that are no numbers", async () => {
		const { manifest, network } = tinyPolicy();
		const policy = { kind: "single", manifest, network, sha256: "0".repeat(64) } as const;
		const bids = Array.from({ length: 60 }, (_, index) => 110_000 + index * 10);
		const config = configWith({ warmupBars: 20 });
		const run = (running: RunningAgent) => runWith(config, { feed: scriptedFeed(minutes(bids)), agent: { kind: "inside", running, close: () => {} } });
		const traded = await run(startPolicy(policy, PARAMS, 1));
		expect(traded.journal.of("decision")[0]?.data).toMatchObject({
			intents: [{ kind: "open", side: "BUY", reason: expect.stringMatching(/^buy 0\.\d\d \(/) }],
		});
		expect(traded.journal.of("agent-note")).toEqual([]);
		const dossiers = createDossiers(100, config);
		for (const record of traded.journal.records) dossiers.add(record);
		const decided = dossiers.of(1, false)?.steps.find(({ what }) => what === "agent decided: open BUY");
		expect(Object.fromEntries(decided?.details ?? []).reason).toMatch(/^buy 0\.\d\d \(hold 0\.\d\d, sell 0\.\d\d, close 0\.\d\d\)$/);

		const narrow = tinyPolicy({ distribution: [[-0.1, -0.1, -0.1, 0, 0, 0, 0.1, 0.1, 0.1], null, null] });
		const held = await run(startPolicy({ ...policy, manifest: narrow.manifest }, PARAMS, 1));
		expect(held.journal.of("decision")).toEqual([]);
		expect(held.engine.notes?.outside).toBe(held.journal.of("agent-note").length);
		expect(held.engine.notes?.outside).toBeGreaterThan(30);

		const broken = startPolicy(
			{ ...policy, network: { ...network, layers: [{ kind: "affine", scale: overflowing(), shift: overflowing() }, ...network.layers.slice(0, 1)] } },
			PARAMS,
			1,
		);
		const halted = await run(broken);
		expect(halted.journal.of("agent-fault").map(({ data }) => data)).toEqual(
			new Array(3).fill({ what: expect.stringMatching(/^the agent threw: output 0 \(hold\) of the policy is NaN/) }),
		);
		expect(halted.journal.of("breach")[0]?.data).toMatchObject({ control: "C32", state: "HALTED" });
		expect(halted.journal.of("order")).toEqual([]);
	});
});

function overflowing(): Float32Array {
	return Float32Array.from([3e38, 3e38, 3e38]);
}

const OUTER = {
	sessionId: "S",
	configHash: "c",
	fingerprint: "f",
	journal: { file: "j", lines: 1, bytes: 1, head: "h" },
	data: { rows: 0, badRows: 0, duplicates: 0, outOfOrder: 0, spreadsFilled: 0, gaps: 0, longestGapSeconds: 0 },
	repeatOf: null,
	file: null,
	evidence: false,
	evidenceNote: "",
	wallStart: "",
	wallEnd: "",
	interruptCode: 130,
};

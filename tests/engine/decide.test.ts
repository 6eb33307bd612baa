import { describe, expect, it, vi } from "vitest";
import type { Agent, OutsideAgent } from "../../src/adapters/ports.ts";
import type { AgentAnswer } from "../../src/engine/agents/outside.ts";
import type { SinglePolicy } from "../../src/engine/agents/policy/policy.ts";
import { startPolicy } from "../../src/engine/agents/policy/run.ts";
import { makeNetwork } from "../../src/engine/network/network.ts";
import type { OrderRequest } from "../../src/engine/order.ts";
import { tinyPolicy } from "../helpers/policy.ts";
import { PARAMS, wanting } from "../helpers/policy-view.ts";
import { configWith, EASY, minutes, open, type RunResult, runWith, scriptedFeed } from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

/** Control C32, as it is unless told otherwise: the third fault halts. */
const CONFIG = configWith({ rules: EASY, onLatch: "end" });
const ROWS = minutes(Array.from({ length: 40 }, (_, index) => 110_000 + (index % 3)));

/** Decisions outside its training that there are at least: most of 70 minutes less the true range's 14 bars. */
const OUTSIDE_MIN = 50;

type Outcome = AgentAnswer["outcome"];

function answering(outcomes: readonly Outcome[]): OutsideAgent {
	return {
		kind: "outside",
		tell: () => {},
		ask: ({ question }) => {
			const outcome = outcomes[question - 1] ?? "hold";
			if (outcome === "hold") return Promise.resolve({ question, outcome });
			return Promise.resolve(outcome === "decided" ? { question, outcome, intents: [open("BUY")] } : { question, outcome, what: `it was ${outcome}` });
		},
		close: () => Promise.resolve(),
	};
}

function policyAgent(policy: SinglePolicy): Agent {
	return { kind: "inside", running: startPolicy({ ...policy, sha256: "0".repeat(64) }, PARAMS, 1), close: () => {} };
}

function requests({ journal }: RunResult): readonly OrderRequest[] {
	return journal.of("order").map(({ data }) => (data as { request: OrderRequest }).request);
}

describe("an agent outside (control C32)", () => {
	it.each<[string, readonly Outcome[], number]>([
		["late three times", ["late", "late", "late"], 3],
		["broken three times", ["failed", "failed", "failed"], 3],
		["late and broken, with good answers in between", ["late", "hold", "failed", "hold", "late"], 5],
	])("that is %s holds each time, and then the session halts", async (_name, outcomes, questions) => {
		const result = await runWith(CONFIG, { feed: scriptedFeed(ROWS), agent: answering([...outcomes, ...Array<Outcome>(30).fill("decided")]) });
		expect(result.journal.of("agent-fault").map(({ data }) => data)).toEqual(
			outcomes.filter((outcome) => outcome !== "hold").map((outcome) => ({ what: `it was ${outcome}` })),
		);
		expect([result.engine.end?.reason, result.engine.outside?.asked, requests(result)]).toEqual(["halt", questions, []]);
	});

	it("that tells why it holds is heard: the note is journalled and counted, and is no fault", async () => {
		const note = { note: "outside", feature: "momentum", value: 1, low: 0, high: 0.5, others: 0 } as const;
		const agent: OutsideAgent = { ...answering([]), ask: ({ question }) => Promise.resolve({ question, outcome: "decided", intents: [], note }) };
		const result = await runWith(CONFIG, { feed: scriptedFeed(ROWS), agent });
		const notes = result.journal.of("agent-note").map(({ data }) => data);
		expect(notes).toEqual(Array(result.engine.outside?.asked ?? -1).fill(note));
		expect([result.engine.notes?.outside, result.engine.limits.answers.agentFaults, requests(result)]).toEqual([notes.length, 0, []]);
	});

	it("that was late twice goes on", async () => {
		const result = await runWith(CONFIG, { feed: scriptedFeed(ROWS), agent: answering(["late", "failed", "decided"]) });
		expect([result.engine.end?.reason, result.engine.limits.answers.agentFaults, result.engine.tally.entriesFilled]).toEqual(["end-of-data", 2, 1]);
	});
});

describe("an agent inside", () => {
	it("that throws over a bar is not asked about that bar", async () => {
		let asked = 0;
		const running = {
			state: {},
			onBar: () => {
				throw new Error("no bar today");
			},
			decide: () => {
				asked++;
				return [open("BUY")];
			},
		};
		const result = await runWith(CONFIG, { feed: scriptedFeed(ROWS), agent: { kind: "inside", running, close: () => {} } });
		expect([result.engine.end?.reason, result.engine.limits.answers.agentFaults, asked, requests(result)]).toEqual(["halt", 3, 0, []]);
	});
});

describe("a policy in a session", () => {
	it("whose network answers what is no number holds, and halts the session at the third time", async () => {
		const weights = Float32Array.from([0, 0, 0, 3e38, 3e38, 3e38, 0, 0, 0, 0, 0, 0]);
		const network = makeNetwork(3, [
			{ kind: "dense", inputs: 3, outputs: 4, weights, bias: Float32Array.of(0, 3e38, 0, 0) },
			{ kind: "affine", scale: new Float32Array(4).fill(3e38), shift: new Float32Array(4) },
		]);
		const result = await runWith(CONFIG, { feed: scriptedFeed(ROWS), agent: policyAgent({ kind: "single", manifest: tinyPolicy().manifest, network }) });
		expect(result.journal.of("agent-fault").map(({ data }) => (data as { what: string }).what)).toEqual(
			Array(3).fill("the agent threw: output 1 (buy) of the policy is Infinity, not a finite number"),
		);
		expect([result.engine.end?.reason, requests(result)]).toEqual(["halt", []]);
	});

	it("that is outside its training with a position leaves it to its stop: the score goes on, and the end closes it", async () => {
		const fresh = [0, 0, 0, 0, 0, 0, 0, 0, 0];
		const policy = wanting("buy", { distribution: [null, null, fresh], sizing: { riskShare: 0.01, stopAtr: 20, targetAtr: null } });
		const long = minutes(Array.from({ length: 90 }, (_, index) => 110_000 + 3 * (index % 5)));
		const result = await runWith(configWith({ rules: EASY, onExit: "flatten", durationMinutes: 70 }), { feed: scriptedFeed(long), agent: policyAgent(policy) });
		const [entry, ...others] = requests(result);
		expect(entry).toMatchObject({ action: "DEAL", side: "BUY", sl: expect.any(Number) });
		expect(entry !== undefined && "sl" in entry ? entry.sl : 0).toBeGreaterThan(0);
		// Nothing but the end's own close: no exit, no change of the stop, no second entry.
		expect(others).toHaveLength(1);
		expect(others[0]).toMatchObject({ action: "DEAL", side: "SELL" });
		const [ending] = result.journal.of("ending");
		expect(result.journal.of("order").at(-1)?.n).toBeGreaterThan(ending?.n ?? Number.POSITIVE_INFINITY);
		const notes = result.journal.of("agent-note");
		expect(notes.length).toBeGreaterThan(OUTSIDE_MIN);
		const ended = result.journal.of("ended")[0]?.data as { readonly openPositions: number; readonly breaker: { readonly steps: number } };
		expect(ended.openPositions).toBe(0);
		expect(ended.breaker.steps).toBeGreaterThan(notes.length);
		expect(result.engine.limits.answers.agentFaults).toBe(0);
		expect(result.journal.of("agent-outside")[0]?.data).toMatchObject({ lasting: true });
	});
});

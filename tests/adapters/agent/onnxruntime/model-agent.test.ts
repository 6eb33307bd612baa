import { describe, expect, it } from "vitest";
import { ANSWER_MS, openModelAgent } from "../../../../src/adapters/agent/onnxruntime/model-agent.ts";
import type { ModelRunner } from "../../../../src/adapters/agent/onnxruntime/runner.ts";
import type { OutsideAgent } from "../../../../src/adapters/ports.ts";
import type { AgentAnswer, Question } from "../../../../src/engine/agents/outside.ts";
import type { SinglePolicy } from "../../../../src/engine/agents/policy/policy.ts";
import { startPolicy } from "../../../../src/engine/agents/policy/run.ts";
import { createForward } from "../../../../src/engine/network/forward.ts";
import { tinyPolicy } from "../../../helpers/policy.ts";
import { noteTaker, PARAMS, position, viewOf } from "../../../helpers/policy-view.ts";

const { manifest, network } = tinyPolicy();
/** As loaded when another runtime computes its network. */
const policy: SinglePolicy = { kind: "single", manifest, network: null };
const MODEL = Uint8Array.of(1, 2, 3);

type Run = (observation: Float32Array) => Promise<Float32Array>;

/** A runner that computes the policy's network, as ONNX Runtime would, or does as it is told once the golden cases are through. */
function runnerOf(then: Run | null = null): { readonly open: (model: Uint8Array) => Promise<ModelRunner>; closed: number; readonly models: Uint8Array[] } {
	const forward = createForward(network);
	let left = manifest.golden.length;
	const state = { closed: 0, models: [] as Uint8Array[], open };
	async function open(model: Uint8Array): Promise<ModelRunner> {
		state.models.push(model);
		return {
			run: async (observation) => (left-- > 0 || then === null ? forward(observation).slice() : then(observation)),
			close: async () => {
				state.closed++;
			},
		};
	}
	return state;
}

function questionOf(changes: Parameters<typeof viewOf>[0] = {}): Question {
	return { ...viewOf(changes), question: 7 };
}

async function opened(then: Run | null = null, over: SinglePolicy = policy): Promise<OutsideAgent> {
	return openModelAgent(over, MODEL, PARAMS, runnerOf(then).open);
}

describe("openModelAgent", () => {
	it.each([
		["a neutral market", {}],
		["a market that moves up", { fields: { velocityAtr: 0.8, momentum: 0.5 } }],
		["a market that moves down", { fields: { velocityAtr: -0.8, momentum: -0.5 } }],
		["a position against the move", { fields: { velocityAtr: 0.9, positionSide: -1 }, positions: [position("SELL")] }],
	])("decides as the same policy does that Kinetra computes: %s", async (_, seen) => {
		const inside = startPolicy({ kind: "single", manifest, network, sha256: "0".repeat(64) }, PARAMS, 1);
		const wanted = inside.decide(viewOf(seen), noteTaker().take);
		const answer = await (await opened()).ask(questionOf(seen));
		expect(answer).toEqual(wanted.length === 0 ? { question: 7, outcome: "hold" } : { question: 7, outcome: "decided", intents: wanted });
	});

	it("opens the bytes that were hashed, and ends the runner with it", async () => {
		const runner = runnerOf();
		const agent = await openModelAgent(policy, MODEL, PARAMS, runner.open);
		expect(runner.models).toEqual([MODEL]);
		await agent.close();
		expect(runner.closed).toBe(1);
	});

	it("tells when it holds because the market is outside its training", async () => {
		let asked = 0;
		const narrow = tinyPolicy({ distribution: [[-1, -1, -1, -1, 0, 1, 1, 1, 1], null, null] }).manifest;
		const agent = await opened(
			async () => {
				asked++;
				return Float32Array.of(0, 9, 0, 0);
			},
			{ ...policy, manifest: narrow },
		);
		const answer = await agent.ask(questionOf({ fields: { velocityAtr: 50 } }));
		expect(answer).toMatchObject({ question: 7, outcome: "decided", intents: [], note: { note: "outside", feature: "velocityAtr", value: 50 } });
		expect(asked).toBe(0);
	});

	it.each<[name: string, run: Run, answer: Partial<Extract<AgentAnswer, { what: string }>> & { says: RegExp }]>([
		["fails", () => Promise.reject(new Error("the model's process has ended (SIGSEGV)")), { outcome: "failed", says: /SIGSEGV/ }],
		["answers with what is no number", async () => Float32Array.of(0, Number.NaN, 0, 0), { outcome: "failed", says: /not a finite number/ }],
		["answers with too few numbers", async () => Float32Array.of(1), { outcome: "failed", says: /1 outputs, not 4/ }],
		["never answers", () => new Promise(() => {}), { outcome: "late", says: new RegExp(`within ${ANSWER_MS} ms`) }],
	])("answers with a fault when the model %s", async (_, run, { outcome, says }) => {
		const answer = await (await opened(run)).ask(questionOf());
		expect(answer).toMatchObject({ question: 7, outcome });
		expect("what" in answer ? answer.what : "").toMatch(says);
	});

	it("refuses a model whose golden cases come out otherwise, and ends its process", async () => {
		const closed: number[] = [];
		const other: ModelRunner = {
			run: async () => Float32Array.of(9, 9, 9, 9),
			close: async () => {
				closed.push(1);
			},
		};
		await expect(openModelAgent(policy, MODEL, PARAMS, async () => other)).rejects.toMatchObject({
			exitCode: 2,
			message: expect.stringMatching(/golden case 0/),
		});
		expect(closed).toEqual([1]);
	});
});

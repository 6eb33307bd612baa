import type { AgentAnswer, Question } from "../../../engine/agents/outside.ts";
import { judge, outputFormOf } from "../../../engine/agents/policy/judge.ts";
import { createPolicyInput } from "../../../engine/agents/policy/mind.ts";
import type { SinglePolicy } from "../../../engine/agents/policy/policy.ts";
import { judgementToIntents } from "../../../engine/agents/policy/run.ts";
import { scaleInto } from "../../../engine/agents/policy/scaler.ts";
import { usageFailure } from "../../failure.ts";
import type { OutsideAgent } from "../../ports.ts";
import { reasonOf } from "../../reason.ts";
import { goldenMismatch } from "../check-policy.ts";
import { type ModelRunner, openOnnxRuntime } from "./runner.ts";

/** Time for a decision (control C32). */
export const ANSWER_MS = 250;

/**
 * A policy whose network ONNX Runtime computes, as an agent outside: the same features, scaler, check against the training and meaning of outputs as one
 * that Kinetra computes. Its golden cases are tried first. Rejects with a `Failure` when the runtime or the model cannot be used, or a case differs.
 */
export async function openModelAgent(
	policy: SinglePolicy,
	model: Uint8Array,
	params: Readonly<Record<string, number>>,
	open: (model: Uint8Array) => Promise<ModelRunner> = openOnnxRuntime,
): Promise<OutsideAgent> {
	const runner = await open(model);
	try {
		await tryGoldenCases(policy, runner);
	} catch (error) {
		await runner.close();
		throw error;
	}
	return agentOver(policy, params, runner);
}

async function tryGoldenCases({ manifest: { name, golden, scaler } }: SinglePolicy, runner: ModelRunner): Promise<void> {
	for (const [index, { observation, output }] of golden.entries()) {
		const scaled = new Float32Array(observation.length);
		scaleInto(scaled, observation, scaler);
		const got = await runner.run(scaled).catch((error: unknown) => {
			throw usageFailure(`Policy ${name}: its model failed on golden case ${index}: ${reasonOf(error)}. Export it again.`);
		});
		const problem = goldenMismatch(index, output, [...got]);
		if (problem !== null) throw usageFailure(`Policy ${name}: its model is not what the manifest says: ${problem}.`);
	}
}

function agentOver(policy: SinglePolicy, params: Readonly<Record<string, number>>, runner: ModelRunner): OutsideAgent {
	const { manifest } = policy;
	const form = outputFormOf(manifest);
	const input = createPolicyInput(manifest, params);
	const decide = async (question: Question): Promise<AgentAnswer> => {
		const note = input.read(question.observation);
		if (note !== null) return { question: question.question, outcome: "decided", intents: [], note };
		// A copy: a question that comes while a late one is still under way must not change what that reads.
		const outputs = await runner.run(input.values.slice());
		const intents = judgementToIntents(judge(form, outputs), question, manifest);
		return intents.length === 0 ? { question: question.question, outcome: "hold" } : { question: question.question, outcome: "decided", intents };
	};
	return {
		kind: "outside",
		// A policy remembers nothing: the warm-up is for what it observes.
		tell: () => {},
		ask: (question) => inTime(question.question, decide(question)),
		close: () => runner.close(),
	};
}

/** The answer, or what became of it: never rejects, and never later than an agent's time. */
function inTime(question: number, answer: Promise<AgentAnswer>): Promise<AgentAnswer> {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, ANSWER_MS, { question, outcome: "late", what: `the policy's model did not answer within ${ANSWER_MS} ms` });
		answer.then(
			(said) => {
				clearTimeout(timer);
				resolve(said);
			},
			(error: unknown) => {
				clearTimeout(timer);
				resolve({ question, outcome: "failed", what: reasonOf(error) });
			},
		);
	});
}

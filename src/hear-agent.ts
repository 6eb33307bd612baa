import type { OutsideAgent } from "./adapters/ports.ts";
import type { AgentAnswer, Question } from "./engine/agents/outside.ts";
import type { Engine } from "./engine/engine.ts";
import { type Lookout, lookNow } from "./look.ts";
import type { SessionOptions } from "./session.ts";
import { receive, replayInputs, settle, type Wires } from "./settle.ts";

/** Wall time between two looks at operator and broker while the agent thinks: a kill must not wait for it (control C33). */
const LOOK_MS = 20;

/** True when there is something for an agent outside to see or to answer. */
export function isAgentWanted({ out }: Engine): boolean {
	return out.questions.length > 0 || out.sights.length > 0;
}

/**
 * Tells an agent outside what it may see and asks it what the engine wants to know; returns when its answer has been acted on. Meanwhile commands
 * and the broker are heard, and whoever watches sees what comes of it. A replay takes the answers from the journal; where there is none, the agent held.
 */
export async function hearAgent(engine: Engine, ports: Wires, options: SessionOptions, lookout: Lookout): Promise<void> {
	const { agent } = ports;
	const { sights, questions } = engine.out;
	for (const sight of sights.splice(0)) if (agent.kind === "outside" && options.inputs === null) agent.tell(sight);
	for (const question of questions.splice(0)) {
		if (agent.kind === "inside" || options.inputs !== null) replayInputs(engine, ports, options.inputs);
		else if (engine.end === null) await hearAnswer(engine, ports, options, lookout, agent, question);
		// No recorded answer at its place is this one. An engine that has its answer already takes no notice.
		receive(engine, ports, { type: "agent", at: engine.at, answer: { question: question.question, outcome: "hold" } });
		settle(engine, ports);
	}
}

/** Waits for the answer, and looks around meanwhile; a session that has ended waits no longer. */
async function hearAnswer(engine: Engine, ports: Wires, options: SessionOptions, lookout: Lookout, agent: OutsideAgent, question: Question): Promise<void> {
	let answer: AgentAnswer | null = null;
	let wake = (): void => {};
	void agent.ask(question).then((given) => {
		answer = given;
		wake();
	});
	while (answer === null && engine.end === null && !options.pace.abandoned) {
		await new Promise<void>((resolve) => {
			const timer = setTimeout(resolve, LOOK_MS);
			wake = () => {
				clearTimeout(timer);
				resolve();
			};
			if (answer !== null) wake();
		});
		// What was asked for while the agent thought comes before its answer, which is judged by what holds then.
		lookNow(engine, ports, options, lookout);
		settle(engine, ports);
	}
	if (answer !== null && engine.end === null) receive(engine, ports, { type: "agent", at: engine.at, answer: asJournalled(answer, question) });
	settle(engine, ports);
}

/**
 * The answer as the journal will give it back: the engine must not see a number or a value that JSON does not have. One that belongs to another
 * question is none.
 */
function asJournalled(answer: AgentAnswer, { question }: Question): AgentAnswer {
	if (answer.question === question) return JSON.parse(JSON.stringify(answer)) as AgentAnswer;
	return { question, outcome: "failed", what: `an answer to question ${answer.question} came for question ${question}` };
}

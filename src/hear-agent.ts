import type { Engine } from "./engine/engine.ts";
import type { SessionOptions } from "./session.ts";
import { receive, replayInputs, settle, takeCommands, type Wires } from "./settle.ts";

/** Wall time between two looks at operator and broker while the agent thinks: a kill must not wait for it (control C33). */
const LOOK_MS = 20;

/**
 * Tells an agent outside what it may see and asks it what the engine wants to know; returns when its answer has been acted on. Meanwhile commands
 * and the broker are heard. A replay takes the answers from the journal; where there is none, the agent held.
 */
export async function hearAgent(engine: Engine, ports: Wires, options: SessionOptions): Promise<void> {
	const { agent } = ports;
	const { sights, questions } = engine.out;
	if (sights.length === 0 && questions.length === 0) return;
	for (const sight of sights.splice(0)) if (agent.kind === "outside" && options.inputs === null) agent.tell(sight);
	for (let question = questions.shift(); question !== undefined && engine.end === null; question = questions.shift()) {
		if (options.inputs !== null || agent.kind === "inside") {
			replayInputs(engine, ports, options.inputs);
			receive(engine, ports, { type: "agent", at: engine.at, answer: { question: question.question, outcome: "hold" } });
		} else {
			const asked = agent.ask(question);
			let answer = await Promise.race([asked, pause(LOOK_MS)]);
			for (; answer === null && engine.end === null; answer = await Promise.race([asked, pause(LOOK_MS)])) {
				takeCommands(engine, ports, options);
				settle(engine, ports);
			}
			if (answer !== null && engine.end === null) receive(engine, ports, { type: "agent", at: engine.at, answer });
		}
		settle(engine, ports);
	}
}

function pause(ms: number): Promise<null> {
	return new Promise((resolve) => setTimeout(resolve, ms, null));
}

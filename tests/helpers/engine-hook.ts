import type { AgentView, Intent, RunningAgent } from "../../src/engine/agents/agent.ts";
import type { Engine } from "../../src/engine/engine.ts";

/** What a scripted agent answers on its n-th decision (from 1). Anything may be returned: what models answer is only claimed to be intents. */
export type Script = (view: AgentView, call: number) => unknown;

/**
 * Lets a test see the engine that `runSession` makes, and put a scripted agent into it. Use with
 * `vi.mock("<path>/src/engine/engine.ts", async (original) => (await import("<path>/helpers/engine-hook.ts")).hooked(await original()))`.
 */
export const hook: { script: Script | null; engine: Engine | null } = { script: null, engine: null };

type EngineModule = { createEngine: (...args: never[]) => Engine };

/** The engine's module with `createEngine` watched. */
export function hooked(original: unknown): unknown {
	const real = original as EngineModule;
	return {
		...real,
		createEngine(...args: never[]): Engine {
			const engine = real.createEngine(...args);
			hook.engine = hook.script === null ? engine : { ...engine, agent: scriptedAgent(hook.script) };
			return hook.engine;
		},
	};
}

function scriptedAgent(script: Script): RunningAgent {
	const state = { calls: 0 };
	return {
		state,
		onBar: () => {},
		decide(view) {
			state.calls++;
			return script(view, state.calls) as readonly Intent[];
		},
	};
}

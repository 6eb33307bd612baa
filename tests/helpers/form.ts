import { createServices } from "../../src/commands/cockpit/services.ts";
import type { Intents } from "../../src/ui/intents.ts";
import type { Context, Key } from "../../src/ui/key.ts";
import type { Screen } from "../../src/ui/screen.ts";
import type { CockpitState, ScreenId } from "../../src/ui/state.ts";
import { createCockpitStore } from "../../src/ui/store.ts";

/** A screen in front, with the real services and intents that only note what they are asked. */
export type Desk = {
	readonly context: Context;
	/** What was asked of the program, oldest first. */
	readonly asked: (readonly [intent: string, ...args: readonly unknown[]])[];
	state(): CockpitState;
	/** Presses keys as the router hands them on: typed text first, then the bindings. Returns what a disabled key said, or null. */
	press(...keys: readonly Key[]): string | null;
};

/** Opens a screen; `given` overlays the state. */
export function deskOf(screen: Screen, given: Partial<CockpitState> = {}, answers: Partial<Intents> = {}): Desk {
	const store = createCockpitStore({ path: ["main", screen.id] satisfies ScreenId[], focus: "content", ...given });
	const asked: Desk["asked"] = [];
	const intents = new Proxy({} as Intents, {
		get:
			(_, name: keyof Intents) =>
			(...args: unknown[]) => {
				asked.push([name, ...args]);
				(answers[name] as ((...given: unknown[]) => void) | undefined)?.(...args);
			},
	});
	const context: Context = { store, intents, services: createServices("") };
	screen.enter?.(context);
	return {
		context,
		asked,
		state: () => store.getState(),
		press(...keys) {
			let said: string | null = null;
			for (const key of keys) {
				if (screen.capture?.(context, key) === true) continue;
				const matching = screen.bindings.filter((row) => row.keys.includes(key));
				const binding = matching.find(({ disabled }) => (disabled?.(store.getState()) ?? null) === null) ?? matching[0];
				said = binding === undefined ? `no key ${key}` : (binding.disabled?.(store.getState()) ?? null);
				if (said === null) binding?.run(context, key);
			}
			return said;
		},
	};
}

import { createServices } from "../../src/commands/cockpit/services.ts";
import type { Intents } from "../../src/ui/intents.ts";
import type { Context } from "../../src/ui/key.ts";
import type { CockpitStore } from "../../src/ui/store.ts";

const SERVICES = createServices("# Guide");

/** A context whose intents only write down what they were asked for: `quit keep`, `command kill`, `openSummary 01J...`. */
export function contextOf(store: CockpitStore, services: Partial<Context["services"]> = {}): Context & { readonly asked: readonly string[] } {
	const asked: string[] = [];
	const word = (value: unknown): string =>
		typeof value === "object" && value !== null ? ("command" in value ? String(value.command) : JSON.stringify(value)) : String(value);
	const intents = new Proxy({} as Intents, {
		get:
			(_target, name) =>
			(...args: readonly unknown[]): void => {
				asked.push([String(name), ...args.map(word)].join(" "));
			},
	});
	return { store, intents, services: { ...SERVICES, ...services }, asked };
}

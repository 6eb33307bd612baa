import type { Binding, Context, Key } from "./key.ts";
import type { CockpitState } from "./state.ts";

/** What became of a key: dealt with, or for the menu pane that has the focus. */
export type Routed = "handled" | "menu";

/** Brings a key to whoever it is for. */
export function dispatch(_context: Context, _key: Key): Routed {
	return "menu";
}

/** The rows of the key table that are in force now: the screen's, then the shell's. */
export function bindingsInForce(_state: CockpitState): readonly Binding[] {
	return [];
}

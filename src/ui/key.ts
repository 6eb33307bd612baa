import type { Intents } from "./intents.ts";
import type { Services } from "./services.ts";
import type { CockpitState } from "./state.ts";
import type { CockpitStore } from "./store.ts";

/**
 * A key as the terminal sends it: a printable character as itself (`K` is capital), or a name: `up`, `down`, `left`, `right`, `pageup`,
 * `pagedown`, `home`, `end`, `enter`, `escape`, `tab`, `shift+tab`, `backspace`, `delete`, `space`, `ctrl+c` and so on.
 */
export type Key = string;

/** What a key's handler may use: the store to read and to change what is shown, the intents to ask for anything else. */
export type Context = { readonly store: CockpitStore; readonly intents: Intents; readonly services: Services };

/** One row of the key table: footer, help and handling come from it. */
export type Binding = {
	/** Alternatives; the first is shown. */
	readonly keys: readonly Key[];
	/** How the keys are written in footer and help, where the first key alone would mislead: `↑↓`. */
	readonly shown?: string;
	/** One or two words for the footer; empty = not in the footer. */
	readonly label: string;
	/** A sentence for the help screen. */
	readonly help: string;
	/** Why the key does nothing now, or null when it works. Said to the user when he presses it. */
	readonly disabled?: (state: CockpitState) => string | null;
	readonly run: (context: Context, key: Key) => void;
};

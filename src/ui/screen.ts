import type { Binding, Context, Key } from "./key.ts";
import type { Pane, Rect } from "./pane.ts";
import type { CockpitState, ScreenId } from "./state.ts";

/** An item of a menu pane, drawn by ink-select-input. */
export type MenuItem = {
	/** The digit, or letter, that chooses it. */
	readonly key: Key;
	readonly label: string;
	/** The screen it leads to; null for `q Quit`. */
	readonly to: ScreenId | null;
	/** What it is, what it needs and what it does; paragraphs for the content pane. */
	readonly explain: (state: CockpitState) => readonly string[];
	/** Mark behind the label (`locked`, `not available yet`), or null. */
	readonly mark?: (state: CockpitState) => string | null;
};

/** One place of the cockpit. Everything it shows is panes over the state, everything it does is bindings: both testable without a terminal. */
export type Screen = {
	readonly id: ScreenId;
	/** For the breadcrumb. */
	readonly title: (state: CockpitState) => string;
	/** The menu that this screen is; null for screens that are no menu. */
	readonly menu: readonly MenuItem[] | null;
	/** The panes of the content area. Called when size, path or the value of `layoutKey` changes; not on every update. */
	readonly panes: (state: CockpitState, content: Rect) => readonly Pane[];
	/** A value that changes when the screen needs other panes (a folded pane, a tab). */
	readonly layoutKey?: (state: CockpitState) => string;
	/** Keys that work here, besides those of the shell. */
	readonly bindings: readonly Binding[];
	/** Takes typed text (a form field, a filter) before the bindings; true = dealt with. */
	readonly capture?: (context: Context, key: Key) => boolean;
	/** Called when the screen comes to the front: the place to ask for what it shows. */
	readonly enter?: (context: Context) => void;
};

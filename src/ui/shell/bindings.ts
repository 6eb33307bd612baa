import type { Binding } from "../key.ts";
import { frontOf, layoutOf } from "../layout.ts";
import type { CockpitState } from "../state.ts";
import { askToLeave, isTrading, kill } from "./leave.ts";
import { menuOf } from "./menus.ts";
import { goBack, goTo, watchSession } from "./navigate.ts";
import { tellNoSuspend } from "./suspend.ts";

/** The keys of the shell: they work on every screen that does not use them itself, and K on every one. */
export const SHELL_BINDINGS: readonly Binding[] = [
	{
		keys: ["K", "ctrl+k"],
		label: "KILL",
		help: "Kill: no new orders, pending ones cancelled; at once, without a question, from every screen (Ctrl-K while typing)",
		run: kill,
	},
	{
		keys: ["w"],
		label: "watch",
		help: "Show the session that is running, or how it ended while something else was in front",
		disabled: (state) => (isTrading(state) || state.unread ? (watches(state) ? "This is the session that is running." : null) : "No session is running."),
		run: watchSession,
	},
	{
		keys: ["m"],
		label: "menu",
		help: "Open the menu where it is folded away, or put it away again",
		disabled: (state) => (isMenuScreen(state) ? "The menu is open." : null),
		run: toggleFocus,
	},
	{
		keys: ["tab", "shift+tab"],
		shown: "Tab",
		label: "",
		help: "Change between menu and content",
		disabled: (state) => (isMenuScreen(state) ? "The text beside this menu has no keys of its own." : null),
		run: toggleFocus,
	},
	{
		keys: ["0", "escape"],
		shown: "0",
		label: "back",
		help: "Back to the screen before (also Esc, which closes whatever is open first)",
		disabled: (state) => (state.path.length > 1 || layoutOf(state).menuOverContent ? null : "This is the main menu; q leaves Kinetra."),
		run(context) {
			if (layoutOf(context.store.getState()).menuOverContent) context.store.setState({ focus: "content" });
			else goBack(context);
		},
	},
	{
		keys: ["?"],
		label: "keys",
		help: "All keys that work here",
		run(context) {
			const { path } = context.store.getState();
			if (path.at(-1) === "help") goBack(context);
			else goTo(context, [...path, "help"]);
		},
	},
	{
		keys: ["ctrl+z"],
		label: "",
		help: "Does not suspend: a stopped program could not act for its session. Use another window",
		run: ({ store }) => tellNoSuspend(store),
	},
	{ keys: ["q"], label: "quit", help: "Leave; a running session is ended orderly first, and its open positions are asked about", run: askToLeave },
];

/** The keys that go to the menu pane while it has the focus; ink-select-input acts on them. */
export const MENU_BINDINGS: readonly Binding[] = [
	{ keys: ["up", "down", "k", "j"], shown: "↑↓", label: "choose", help: "Move through the menu (also j and k)", run: () => {} },
	{ keys: ["enter"], label: "open", help: "Open the highlighted item (its digit opens it too)", run: () => {} },
];

function toggleFocus({ store }: Parameters<Binding["run"]>[0]): void {
	store.setState(({ focus }) => ({ focus: focus === "menu" ? "content" : "menu" }));
}

function isMenuScreen(state: CockpitState): boolean {
	return menuOf(state).screen === frontOf(state);
}

function watches(state: CockpitState): boolean {
	return frontOf(state) === "session" && state.source === "live" && !layoutOf(state).menuOverContent;
}

import { dialogKey } from "./dialog.ts";
import type { Binding, Context, Key } from "./key.ts";
import { frontOf, layoutOf } from "./layout.ts";
import { findScreen } from "./registry.ts";
import type { Screen } from "./screen.ts";
import { MENU_BINDINGS, SHELL_BINDINGS } from "./shell/bindings.ts";
import { askToLeave, kill } from "./shell/leave.ts";
import { menuOf } from "./shell/menus.ts";
import { chooseItem } from "./shell/navigate.ts";
import type { CockpitState, ScreenId } from "./state.ts";
import { notify } from "./store.ts";

/** What became of a key: dealt with, or for the menu pane that has the focus. */
export type Routed = "handled" | "menu";

/** Brings a key to whoever it is for: the kill switch, a dialog, typed text, the screen, the shell, the menu; in this order. */
export function dispatch(context: Context, key: Key, find: (id: ScreenId) => Screen = findScreen): Routed {
	const state = context.store.getState();
	if (isKill(state, key)) {
		kill(context);
		return "handled";
	}
	if (state.dialog !== null) {
		dialogKey(context, state.dialog, key);
		return "handled";
	}
	const layout = layoutOf(state);
	const screen = find(frontOf(state));
	const contentHasKeys = state.focus === "content" && !layout.tooSmall;
	if (contentHasKeys && screen.capture?.(context, key) === true) return "handled";
	if (!contentHasKeys && !layout.tooSmall && MENU_BINDINGS.some(({ keys }) => keys.includes(key))) return "menu";
	const rows = layout.tooSmall ? SHELL_BINDINGS : bindingsInForce(state, find);
	const matching = rows.filter(({ keys }) => keys.includes(key));
	const binding = matching.find(({ disabled }) => (disabled?.(state) ?? null) === null) ?? matching[0];
	if (binding !== undefined) {
		const why = binding.disabled?.(state) ?? null;
		if (why === null) binding.run(context, key);
		else notify(context.store, why, "warn");
		return "handled";
	}
	if (layout.menu !== null && !layout.tooSmall) {
		const index = menuOf(state).items.findIndex((item) => item.key === key);
		if (index >= 0) chooseItem(context, index, askToLeave);
	}
	return "handled";
}

/**
 * The rows of the key table that are in force now, the most particular first: of the menu when it has the focus, of the screen, of the
 * shell. Footer and help are made from them.
 */
export function bindingsInForce(state: CockpitState, find: (id: ScreenId) => Screen = findScreen): readonly Binding[] {
	const layout = layoutOf(state);
	const menu = state.focus === "menu" ? MENU_BINDINGS : [];
	const screen = layout.menuOverContent ? [] : find(frontOf(state)).bindings;
	const taken = menu.flatMap(({ keys }) => keys);
	return [...menu, ...screen.filter(({ keys }) => !keys.every((key) => taken.includes(key))), ...SHELL_BINDINGS];
}

/** `K` kills from everywhere; while text is being typed it is a letter, and Ctrl-K kills. */
function isKill(state: CockpitState, key: Key): boolean {
	if (key === "ctrl+k") return true;
	return key === "K" && (state.dialog === null ? layoutOf(state).tooSmall : state.dialog.input === null);
}

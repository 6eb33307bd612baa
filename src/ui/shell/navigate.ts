import type { Context } from "../key.ts";
import { frontOf } from "../layout.ts";
import type { Screen } from "../screen.ts";
import type { CockpitState, ScreenId } from "../state.ts";
import { highlightsOf, menuOf } from "./menus.ts";

/** Shows the screen at the end of this path. A replay that is left behind is closed, the start of a demo or live session given up. */
export function goTo(context: Context, path: readonly ScreenId[]): void {
	const before = context.store.getState();
	context.store.setState({ path, focus: menuOf({ path, highlighted: {} }).path.length === path.length ? "menu" : "content" });
	if (before.source === "replay" && before.path.includes("session") && !path.includes("session")) context.intents.closeReplay();
	if (before.path.includes("stage-start") && !path.includes("stage-start")) context.intents.leaveStage();
}

/** One screen back. From the main menu there is no way back: it says so by doing nothing. */
export function goBack(context: Context): void {
	const { path } = context.store.getState();
	if (path.length > 1) goTo(context, path.slice(0, -1));
}

/** Shows the session that trades, wherever the user is; of one that ended unseen, its summary. */
export function watchSession(context: Context): void {
	const { source, live, unread } = context.store.getState();
	if (source === "replay") context.intents.closeReplay();
	const end = unread && live?.end?.kind === "ended" ? live.end : null;
	const summary = end === null ? {} : { summary: { state: "ready", value: { summary: end.summary, folder: end.folder } } as const };
	const form = live?.about.mode ?? "virtual";
	context.store.setState({ ...summary, source: "live", path: ["main", "live-testing", form, end === null ? "session" : "summary"], focus: "content" });
}

/** Does what the menu item at `index` says: opens its screen, or asks to leave. */
export function chooseItem(context: Context, index: number, leave: (context: Context) => void): void {
	const menu = menuOf(context.store.getState());
	const item = menu.items[index];
	if (item === undefined) return;
	context.store.setState(({ highlighted }) => ({ highlighted: { ...highlighted, [menu.screen]: index } }));
	if (item.to === null) leave(context);
	else goTo(context, [...menu.path, item.to]);
}

/**
 * Tells every screen that it has come to the front, whoever put it there, and gives it the focus. Returns a function that stops this.
 */
export function followFront(context: Context, find: (id: ScreenId) => Screen): () => void {
	const enter = (state: CockpitState): void => find(frontOf(state)).enter?.(context);
	enter(context.store.getState());
	return context.store.subscribe((state, before) => {
		if (state.path === before.path) return;
		context.store.setState(({ highlighted }) => ({ highlighted: { ...highlighted, ...highlightsOf(state.path) } }));
		if (state.unread && showsEnd(context.store.getState())) context.store.setState({ unread: false });
		if (frontOf(state) === frontOf(before)) return;
		context.store.setState({ focus: find(frontOf(state)).menu === null ? "content" : "menu" });
		enter(state);
	});
}

/** True when the screen in front tells how the last session ended. */
function showsEnd({ path, source, live, summary }: CockpitState): boolean {
	const front = path.at(-1);
	if (front === "session") return source === "live";
	return front === "summary" && summary.state === "ready" && summary.value.summary.sessionId === live?.about.sessionId;
}

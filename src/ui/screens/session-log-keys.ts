import type { Binding, Context } from "../key.ts";
import { logRows, selectedEntry } from "../panels/log-rows.ts";
import { shownView } from "../panels/shown.ts";
import type { CockpitState } from "../state.ts";
import { setView } from "../store.ts";

const PAGE_ROWS = 10;

/** The keys of the list in front: moving stops it from following, End follows again. */
export const LOG_BINDINGS: readonly Binding[] = [
	{ keys: ["l"], label: "log", help: "Show the trade log", run: (context) => show(context, "log") },
	{ keys: ["t"], label: "trades", help: "Show the closed trades", run: (context) => show(context, "trades") },
	{ keys: ["up", "k"], shown: "↑↓", label: "scroll", help: "Scroll up (also k); the list stops following what comes", run: (context) => move(context, -1) },
	{ keys: ["down", "j"], label: "", help: "Scroll down (also j); at the newest row the list follows again", run: (context) => move(context, 1) },
	{ keys: ["pageup"], label: "", help: "A page up", run: (context) => move(context, -PAGE_ROWS) },
	{ keys: ["pagedown"], label: "", help: "A page down", run: (context) => move(context, PAGE_ROWS) },
	{ keys: ["home"], label: "", help: "To the oldest row", run: (context) => move(context, Number.NEGATIVE_INFINITY) },
	{ keys: ["end"], label: "", help: "To the newest row, and follow", run: (context) => move(context, Number.POSITIVE_INFINITY) },
	{
		keys: ["enter"],
		label: "open trade",
		help: "Open the trade of the marked row: observation, decision, validation, fill, costs, excursions",
		disabled: (state) =>
			selectedOf(state) === null ? "Nothing has happened yet." : selectedOf(state)?.trade == null ? "The marked row belongs to no trade." : null,
		run: openTrade,
	},
];

function selectedOf(state: CockpitState) {
	const view = shownView(state);
	return view === null ? null : selectedEntry(view.log, state.views.session);
}

function show({ store }: Context, list: "log" | "trades"): void {
	const { log } = store.getState().views.session;
	setView(store, "session", { list, log: { ...log, anchor: null } });
}

function move({ store }: Context, by: number): void {
	const state = store.getState();
	const { session } = state.views;
	const { rows, selected } = logRows(shownView(state)?.log ?? [], session);
	const last = rows.length - 1;
	const to = Math.max(0, Math.min(last, selected + by));
	setView(store, "session", { log: { ...session.log, anchor: to >= last ? null : (rows[to] ?? null) } });
}

function openTrade({ store, intents }: Context): void {
	const state = store.getState();
	const trade = selectedOf(state)?.trade ?? null;
	if (trade === null) return;
	store.setState({ trade: { state: "loading" }, path: [...state.path, "trade"] });
	intents.openTrade(state.source, trade.number, trade.shadow);
}

import type { Binding, Context } from "../key.ts";
import { layoutOf } from "../layout.ts";
import { pane } from "../pane.ts";
import type { Screen } from "../screen.ts";
import { paintSessions, sessionsPage } from "../sessions/list.ts";
import { SORTS, shownSessions, troubleOf } from "../sessions/rows.ts";
import type { CockpitState, SessionRow } from "../state.ts";
import { setView } from "../store.ts";
import type { Views } from "../views.ts";
import { captureFilter, type ListHandle, listBindings } from "../widgets/list.ts";
import { type LoadableText, loadableLines } from "./loadable.ts";

const TEXTS: LoadableText = {
	title: "Sessions & Summaries",
	none: "The sessions have not been read yet.",
	loading: "Reading the sessions ...",
	failed: "Mend what the message says and open this screen again (0, then 5).",
};

/** All sessions that were ever run here. */
export const sessionsScreen: Screen = {
	id: "sessions",
	title: () => "Sessions & Summaries",
	menu: null,
	panes: (_state, content) => [
		pane<Pick<CockpitState, "sessions"> & { view: Views["sessions"] }>({
			id: "sessions",
			rect: content,
			select: ({ sessions, views }) => ({ sessions, view: views.sessions }),
			paint: ({ sessions, view }, size) => {
				if (sessions.state !== "ready") return loadableLines(sessions, TEXTS, size);
				return paintSessions({ sessions, view }, size);
			},
		}),
	],
	bindings: bindings(),
	capture: (context, key) => captureFilter(handle(), context, key),
	enter: ({ intents }) => intents.loadSessions(),
};

function handle(): ListHandle {
	return {
		get: ({ store }) => store.getState().views.sessions,
		set: ({ store }, change) => setView(store, "sessions", change),
		count: ({ store }) => shownOf(store.getState()).length,
		page: ({ store }) => sessionsPage(layoutOf(store.getState()).content.height),
	};
}

function shownOf(state: CockpitState): readonly SessionRow[] {
	return shownSessions({ sessions: state.sessions, view: state.views.sessions });
}

function selectedOf(state: CockpitState): SessionRow | null {
	const rows = shownOf(state);
	return rows[Math.max(0, Math.min(state.views.sessions.selected, rows.length - 1))] ?? null;
}

function bindings(): readonly Binding[] {
	const onSelected = (run: (context: Context, row: SessionRow) => void) => (context: Context) => {
		const row = selectedOf(context.store.getState());
		if (row !== null) run(context, row);
	};
	const none = (state: CockpitState): string | null => (selectedOf(state) === null ? "No session is selected." : null);
	const [move, ...others] = listBindings(handle());
	return [
		...(move === undefined ? [] : [move]),
		{
			keys: ["enter"],
			label: "open",
			help: "The summary of the selected session; when another one is marked, both side by side",
			disabled: (state) => none(state) ?? noSummary(state),
			run: onSelected((context, row) => (comparesOnEnter(context.store.getState()) ? compare(context, row) : openSummary(context, row))),
		},
		{
			keys: ["R"],
			label: "replay",
			help: "Play the session again on the session screen",
			disabled: (state) => none(state) ?? (selectedOf(state)?.ended === "running" ? "It is still running; replay it when it has ended." : null),
			run: onSelected(({ intents }, { id }) => intents.startReplay(id)),
		},
		{
			keys: ["x"],
			label: "mark",
			help: "Mark the session, to compare another one with it",
			disabled: (state) => none(state) ?? noSummary(state),
			run: onSelected(({ store }, { id }) => setView(store, "sessions", { marked: store.getState().views.sessions.marked === id ? null : id })),
		},
		{ keys: ["C"], label: "compare", help: "Compare with the marked session", disabled: notComparable, run: onSelected(compare) },
		{
			keys: ["o"],
			label: "sort",
			help: "Newest first, by net result, by CHS, by number of trades",
			run: ({ store }) => {
				const { sort } = store.getState().views.sessions;
				setView(store, "sessions", { sort: SORTS[(SORTS.indexOf(sort) + 1) % SORTS.length] ?? "newest", selected: 0 });
			},
		},
		{
			keys: ["e"],
			label: "export",
			help: "Write trades, orders and equity as CSV",
			disabled: none,
			run: onSelected(({ intents }, { id }) => intents.exportSession(id)),
		},
		{
			keys: ["v"],
			label: "verify",
			help: "Check the journal's chain and its end",
			disabled: none,
			run: onSelected(({ intents }, { id }) => intents.verifySession(id)),
		},
		...others,
	];
}

/** The marked session, as long as it is in the list. */
function markedOf({ sessions, views }: CockpitState): string | null {
	const { marked } = views.sessions;
	if (marked === null || sessions.state !== "ready") return null;
	return sessions.value.some((row) => row.id === marked) ? marked : null;
}

/** True when Enter compares: one session is marked and another one selected. */
function comparesOnEnter(state: CockpitState): boolean {
	const marked = markedOf(state);
	return marked !== null && marked !== selectedOf(state)?.id;
}

function noSummary(state: CockpitState): string | null {
	const row = selectedOf(state);
	return row === null ? "No session is selected." : (troubleOf(row)?.why ?? null);
}

function notComparable(state: CockpitState): string | null {
	const marked = markedOf(state);
	if (marked === null) return "Mark one session first (x), then choose another one.";
	return selectedOf(state)?.id === marked ? "This is the marked session: choose another one." : noSummary(state);
}

function openSummary({ store, intents }: Context, { id }: SessionRow): void {
	intents.openSummary(id);
	store.setState(({ path }) => ({ path: [...path, "summary"] }));
}

function compare({ store, intents }: Context, { id }: SessionRow): void {
	const marked = store.getState().views.sessions.marked;
	if (marked === null) return;
	setView(store, "compare", { top: 0, query: "" });
	// Done with: Enter opens again.
	setView(store, "sessions", { marked: null });
	intents.compare(marked, id);
	store.setState(({ path }) => ({ path: [...path, "compare"] }));
}

import { pane } from "../pane.ts";
import type { Screen } from "../screen.ts";
import type { CockpitState } from "../state.ts";
import { setView } from "../store.ts";
import { SUMMARY_PAGER, summaryBindings } from "../summary/keys.ts";
import { paintSummary } from "../summary/page.ts";
import { NEW_VIEWS, type Views } from "../views.ts";
import { captureSearch } from "../widgets/pager.ts";
import { type LoadableText, loadableLines } from "./loadable.ts";

const TEXTS: LoadableText = {
	title: "Summary",
	none: "No summary is open. Choose one in Sessions & Summaries.",
	loading: "Reading the summary ...",
	failed: "The summary cannot be shown. 0 goes back; v in the list of sessions checks the journal.",
};

/** What a session came to: at its end, and whenever it is opened again. */
export const summaryScreen: Screen = {
	id: "summary",
	title: (state) => (state.summary.state === "ready" ? `Summary ${shortId(state.summary.value.summary.sessionId)}` : "Summary"),
	menu: null,
	panes: (_state, content) => [
		pane<Pick<CockpitState, "summary"> & { view: Views["summary"] }>({
			id: "summary",
			rect: content,
			select: ({ summary, views }) => ({ summary, view: views.summary }),
			paint: ({ summary, view }, size) => (summary.state === "ready" ? paintSummary(summary.value, view, size) : loadableLines(summary, TEXTS, size)),
		}),
	],
	bindings: summaryBindings(),
	capture: (context, key) => captureSearch(SUMMARY_PAGER, context, key),
	enter({ store, intents }) {
		const { summary, views } = store.getState();
		if (summary.state !== "ready") return;
		if (summary.value.trades === undefined) intents.loadTrades(summary.value.summary.sessionId);
		// Coming back from a trade, the tab is where it was; another session begins at its overview.
		const { sessionId } = summary.value.summary;
		if (views.summary.of !== sessionId) setView(store, "summary", { ...NEW_VIEWS.summary, of: sessionId });
	},
};

/** The part of a session's id that tells it from its neighbours: the last six characters. */
export function shortId(id: string): string {
	return id.slice(-6);
}

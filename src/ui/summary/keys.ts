import type { Binding, Context } from "../key.ts";
import { layoutOf } from "../layout.ts";
import type { Size } from "../pane.ts";
import type { Choices, CockpitState, StoredSummary } from "../state.ts";
import { setView } from "../store.ts";
import type { Views } from "../views.ts";
import { type PagerHandle, pagerBindings } from "../widgets/pager.ts";
import { bodySize } from "./page.ts";
import { TABS, TRADES_TAB, tabCount, tabLines } from "./tabs.ts";
import { tradeLines, tradesNewestFirst, tradesOf } from "./trades.ts";

/** The tab as a pager; in the trades, the first row shown is the selected trade. */
export const SUMMARY_PAGER: PagerHandle = {
	get({ store }) {
		const view = store.getState().views.summary;
		return view.tab === TRADES_TAB ? { ...view, top: view.selected } : view;
	},
	set({ store }, { top, ...change }) {
		const moved = top === undefined ? {} : store.getState().views.summary.tab === TRADES_TAB ? { selected: top } : { top };
		setView(store, "summary", { ...change, ...moved });
	},
	lines(context) {
		const open = shown(context);
		if (open === null) return [];
		const { stored, size, view } = open;
		return view.tab === TRADES_TAB ? tradeLines(stored, size.width) : tabLines(stored, view.tab, size);
	},
	height: (context) => shown(context)?.size.height ?? 1,
};

function shown({ store }: Context): { readonly stored: StoredSummary; readonly size: Size; readonly view: Views["summary"] } | null {
	const state = store.getState();
	if (state.summary.state !== "ready") return null;
	const { value } = state.summary;
	return { stored: value, size: bodySize(value, layoutOf(state).content), view: state.views.summary };
}

/** The keys of the summary screen. */
export function summaryBindings(): readonly Binding[] {
	const closed = ({ summary }: CockpitState): string | null => (summary.state === "ready" ? null : "No summary is open.");
	const withOpen = (run: (context: Context, stored: StoredSummary) => void) => (context: Context) => {
		const open = shown(context);
		if (open !== null) run(context, open.stored);
	};
	const withId = (run: (context: Context, id: string) => void) => withOpen((context, { summary }) => run(context, summary.sessionId));
	const turn = (by: number) =>
		withOpen((context, stored) => showTab(context, (context.store.getState().views.summary.tab + by + tabCount(stored)) % tabCount(stored)));
	return [
		{ keys: ["right", "l"], shown: "←→", label: "tab", help: "The next part of the summary (also by their digits)", run: turn(1) },
		{ keys: ["left", "h"], label: "", help: "The part before", run: turn(-1) },
		...TABS.map(
			(title, index): Binding => ({
				keys: [String(index + 1)],
				label: "",
				help: title,
				disabled: ({ summary }) => (summary.state === "ready" && index >= tabCount(summary.value) ? "Only demo and live sessions have a broker." : null),
				run: (context) => showTab(context, index),
			}),
		),
		{
			keys: ["n"],
			label: "new session",
			help: "Back to the form with the choices of this session (while searching: to the next place)",
			disabled: (state) =>
				closed(state) ?? (state.views.summary.query === "" ? null : "n goes to the next place that was searched for; / and Esc end the search."),
			run: newSession,
		},
		{ keys: ["enter"], label: "open trade", help: "Everything the journal has on the selected trade", disabled: noTrade, run: openTrade },
		{ keys: ["R"], label: "replay", help: "Play the session again", disabled: closed, run: withId(({ intents }, id) => intents.startReplay(id)) },
		{
			keys: ["e"],
			label: "export",
			help: "Write all trades, orders and the equity curve as CSV",
			disabled: closed,
			run: withId(({ intents }, id) => intents.exportSession(id)),
		},
		{
			keys: ["v"],
			label: "verify",
			help: "Check the journal's chain of hashes and its end",
			disabled: closed,
			run: withId(({ intents }, id) => intents.verifySession(id)),
		},
		...pagerBindings(SUMMARY_PAGER).map(inTrades),
	];
}

function showTab({ store }: Context, tab: number): void {
	setView(store, "summary", { tab, top: 0 });
}

/** In the trades the moving keys move the selection; elsewhere they scroll. */
function inTrades(row: Binding): Binding {
	const step = STEPS[row.keys[0] ?? ""];
	if (step === undefined) return row;
	return {
		...row,
		run(context, key) {
			const open = shown(context);
			if (open === null || open.view.tab !== TRADES_TAB) return row.run(context, key);
			const last = Math.max(0, tradesOf(open.stored).length - 1);
			const to = Math.min(open.view.selected, last) + step(Math.max(1, open.size.height - TRADES_FRAME));
			setView(context.store, "summary", { selected: Math.max(0, Math.min(last, to)) });
		},
	};
}

/** Rows of the trades tab that are no trades. */
const TRADES_FRAME = 5;

const STEPS: Readonly<Record<string, (page: number) => number>> = {
	up: () => -1,
	down: () => 1,
	pageup: (page) => -page,
	pagedown: (page) => page,
	home: () => Number.NEGATIVE_INFINITY,
	end: () => Number.POSITIVE_INFINITY,
};

function noTrade({ summary, views }: CockpitState): string | null {
	if (summary.state !== "ready") return "No summary is open.";
	if (tradesOf(summary.value).length === 0) return "This session closed no trade.";
	return views.summary.tab === TRADES_TAB ? null : "Choose the trade in the trades first (3).";
}

function openTrade(context: Context): void {
	const open = shown(context);
	const trades = open === null ? [] : tradesNewestFirst(open.stored);
	const trade = trades[Math.min(open?.view.selected ?? 0, trades.length - 1)];
	if (open === null || trade === undefined) return;
	context.intents.openTrade({ sessionId: open.stored.summary.sessionId }, trade.number, trade.shadow);
	context.store.setState(({ path }) => ({ path: [...path, "trade"] }));
}

function newSession({ store }: Context): void {
	const { summary, choices } = store.getState();
	if (summary.state !== "ready") return;
	// The same seed would make the same run once more, which proves nothing new.
	const { seed: _seed, ...kept } = choices;
	setView(store, "virtual", { sheet: null });
	store.setState({ choices: { ...kept, ...choicesOf(summary.value) }, path: ["main", "live-testing", "virtual"] });
}

/** What the summary knows of the choices that led to it. */
function choicesOf({ summary }: StoredSummary): Choices {
	const market: Choices =
		summary.file === null ? { feed: "synthetic", ...(summary.scenario === null ? {} : { scenario: summary.scenario }) } : { feed: "csv", file: summary.file };
	return { symbol: summary.symbol, agent: summary.agent, timeframe: summary.timeframe, ...market };
}

import { type Line, line, span } from "../../print/line.ts";
import { layoutOf } from "../layout.ts";
import { type Pane, pane, type Rect, type Size } from "../pane.ts";
import { tradeLines } from "../panels/trade-lines.ts";
import type { Screen } from "../screen.ts";
import type { CockpitState } from "../state.ts";
import { setView } from "../store.ts";
import { captureSearch, type PagerHandle, type PagerView, pagerBindings, paintPager } from "../widgets/pager.ts";
import { loadableLines } from "./loadable.ts";

/** Everything the journal has on one trade. */
export const tradeScreen: Screen = {
	id: "trade",
	title: ({ trade }) => (trade.state === "ready" ? `${trade.value.shadow ? "Shadow trade" : "Trade"} ${trade.value.number}` : "Trade"),
	menu: null,
	panes: (_, content) => [tradePane(content)],
	bindings: pagerBindings(handle()),
	capture: (context, key) => captureSearch(handle(), context, key),
	enter: ({ store }) => setView(store, "trade", { top: 0, query: "", typing: false }),
};

type Slice = { readonly trade: CockpitState["trade"]; readonly view: PagerView };

/** Columns that the text keeps free on its left. */
const INDENT = 1;

function handle(): PagerHandle {
	const rect = (state: CockpitState): Rect => layoutOf(state).content;
	return {
		get: ({ store }) => store.getState().views.trade,
		set: ({ store }, change) => setView(store, "trade", change),
		lines: ({ store }) => linesOf(store.getState(), rect(store.getState()).width),
		height: ({ store }) => rect(store.getState()).height,
	};
}

function tradePane(rect: Rect): Pane {
	return pane<Slice>({
		id: "trade",
		rect,
		select: (state) => ({ trade: state.trade, view: state.views.trade }),
		paint: paintTrade,
	});
}

function paintTrade({ trade, view }: Slice, size: Size): readonly Line[] {
	if (trade.state !== "ready") return loadableLines(trade, LOADABLE, size);
	return paintPager(indented(tradeLines(trade.value, size.width - 2 * INDENT)), view, size);
}

const LOADABLE = {
	title: "Trade",
	none: "No trade is chosen: press Enter on a trade of the session's log.",
	loading: "Looking the trade up in the journal …",
	failed: "0 leads back; the journal itself is in the session's folder.",
};

function linesOf(state: CockpitState, width: number): readonly Line[] {
	return state.trade.state === "ready" ? indented(tradeLines(state.trade.value, width - 2 * INDENT)) : [];
}

function indented(lines: readonly Line[]): readonly Line[] {
	return lines.map((row) => line(span(" ".repeat(INDENT)), ...row));
}

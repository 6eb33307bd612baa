import type { Line } from "../../print/line.ts";
import { span } from "../../print/line.ts";
import { compareLines } from "../compare/page.ts";
import type { Context } from "../key.ts";
import { layoutOf } from "../layout.ts";
import { pane } from "../pane.ts";
import type { Screen } from "../screen.ts";
import type { CockpitState } from "../state.ts";
import { setView } from "../store.ts";
import { captureSearch, type PagerHandle, type PagerView, pagerBindings, paintPager } from "../widgets/pager.ts";
import { type LoadableText, loadableLines } from "./loadable.ts";

const TEXTS: LoadableText = {
	title: "Compare two sessions",
	none: "Mark one session in Sessions & Summaries (x), then choose another one and press C.",
	loading: "Reading both summaries ...",
	failed: "The two cannot be compared. 0 goes back to the list.",
};

type Slice = Pick<CockpitState, "compare"> & { readonly view: PagerView };

/** Two sessions beside each other. */
export const compareScreen: Screen = {
	id: "compare",
	title: () => "Compare",
	menu: null,
	panes: (_state, content) => [
		pane<Slice>({
			id: "compare",
			rect: content,
			select: ({ compare, views }) => ({ compare, view: views.compare }),
			paint: ({ compare, view }, size) =>
				compare.state === "ready" ? paintPager(linesOf(compare, size.width), view, size) : loadableLines(compare, TEXTS, size),
		}),
	],
	bindings: [
		...pagerBindings(pager()),
		{
			keys: ["s"],
			label: "swap",
			help: "Left becomes right",
			disabled: ({ compare }) => (compare.state === "ready" ? null : "Nothing is compared."),
			run: ({ store }) => {
				const { compare } = store.getState();
				if (compare.state === "ready") store.setState({ compare: { state: "ready", value: { left: compare.value.right, right: compare.value.left } } });
			},
		},
	],
	capture: (context, key) => captureSearch(pager(), context, key),
};

function pager(): PagerHandle {
	const content = ({ store }: Context) => layoutOf(store.getState()).content;
	return {
		get: ({ store }) => store.getState().views.compare,
		set: ({ store }, change) => setView(store, "compare", change),
		lines: (context) => linesOf(context.store.getState().compare, content(context).width),
		height: (context) => content(context).height,
	};
}

function linesOf(compare: CockpitState["compare"], width: number): readonly Line[] {
	if (compare.state !== "ready") return [];
	return compareLines(compare.value.left, compare.value.right, Math.max(20, width - 1)).map((row) => (row.length === 0 ? row : [span(" "), ...row]));
}

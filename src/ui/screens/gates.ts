import type { Standing } from "../../engine/stages/standing.ts";
import { NEW_SESSION } from "../gates/keys.ts";
import { gatesLines } from "../gates/page.ts";
import type { Context } from "../key.ts";
import type { Screen } from "../screen.ts";
import type { CockpitState, Loadable } from "../state.ts";
import { setView } from "../store.ts";
import { captureSearch, pagerBindings } from "../widgets/pager.ts";
import { statePager } from "../widgets/state-pager.ts";
import { loadableLines } from "./loadable.ts";

type Slice = { readonly standings: Loadable<readonly Standing[]>; readonly selected: number };

const TEXT = statePager<Slice>("gates", ({ standings, views }) => ({ standings, selected: views.gates.selected }), textLines);

/** What is said while the evidence is not there. */
export const STANDINGS_TEXT = {
	title: "Promotion Gates",
	none: "The evidence has not been read yet.",
	loading: "Reading the evidence of all sessions ...",
	failed: "The evidence cannot be read. Mend what the message says and open this screen again.",
} as const;

/** The way from virtual to demo to live, with what is proven and what is missing. */
export const gatesScreen: Screen = {
	id: "gates",
	title: () => "Promotion Gates",
	menu: null,
	panes: (_state, content) => [TEXT.pane(content)],
	bindings: [
		{
			keys: ["right", "l"],
			shown: "←→",
			label: "choose",
			help: "The next agent and configuration",
			disabled: onlyOne,
			run: (context) => turn(context, 1),
		},
		{ keys: ["left", "h"], label: "", help: "The one before", disabled: onlyOne, run: (context) => turn(context, -1) },
		NEW_SESSION,
		{ keys: ["s"], label: "sessions", help: "All sessions, to see what counted", run: ({ store }) => store.setState({ path: ["main", "sessions"] }) },
		{ keys: ["r"], label: "refresh", help: "Read the evidence again", run: ({ intents }) => intents.loadStandings() },
		...pagerBindings(TEXT.pager),
	],
	capture: (context, key) => captureSearch(TEXT.pager, context, key),
	enter: ({ intents }) => intents.loadStandings(),
};

function textLines({ standings, selected }: Slice, width: number): ReturnType<typeof gatesLines> {
	if (standings.state === "ready") return gatesLines(standings.value, selected, width);
	return [...loadableLines(standings, STANDINGS_TEXT, { width, height: 0 })];
}

function onlyOne({ standings }: CockpitState): string | null {
	return standings.state === "ready" && standings.value.length > 1 ? null : "There is no other agent or configuration with evidence.";
}

function turn({ store }: Context, by: 1 | -1): void {
	const { standings, views } = store.getState();
	if (standings.state !== "ready") return;
	const count = standings.value.length;
	const from = Math.max(0, Math.min(views.gates.selected, count - 1));
	setView(store, "gates", { selected: (from + by + count) % count, top: 0 });
}

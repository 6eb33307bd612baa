import type { Standing } from "../../engine/stages/standing.ts";
import { LIVE_FORM } from "../form/form.ts";
import { captureField, formBindings } from "../form/keys.ts";
import { NEW_SESSION } from "../gates/keys.ts";
import { livePageLines } from "../gates/live-page.ts";
import { opensFor } from "../gates/note.ts";
import type { Binding } from "../key.ts";
import type { Screen } from "../screen.ts";
import type { CockpitState, Loadable } from "../state.ts";
import { captureSearch, pagerBindings } from "../widgets/pager.ts";
import { statePager } from "../widgets/state-pager.ts";
import { formPanes, gateNote, openForm } from "./form-panes.ts";
import { STANDINGS_TEXT } from "./gates.ts";
import { loadableLines } from "./loadable.ts";

type Slice = { readonly standings: Loadable<readonly Standing[]> };

const LOCKED_TEXT = {
	...STANDINGS_TEXT,
	title: "Live Trading: locked",
	failed: "Live trading is locked in any case; the evidence cannot be read. Mend what the message says and open this screen again.",
} as const;

const TEXT = statePager<Slice>(
	"live",
	({ standings }) => ({ standings }),
	({ standings }, width) => (standings.state === "ready" ? livePageLines(standings.value, width) : loadableLines(standings, LOCKED_TEXT, { width, height: 0 })),
);

/** True while a certificate opens the gate to live for some agent: only then there is a form. Fails closed. */
export function isUnlocked({ standings }: Pick<CockpitState, "standings">): boolean {
	return standings.state === "ready" && opensFor(standings.value, "live");
}

const LOCKED_BINDINGS: readonly Binding[] = [
	NEW_SESSION,
	{
		keys: ["d"],
		label: "demo",
		help: "The form of a demo session",
		run: ({ store }) => store.setState({ path: ["main", "live-testing", "demo"] }),
	},
	{
		keys: ["p"],
		label: "gates",
		help: "The promotion gates with every target",
		run: ({ store }) => store.setState({ path: ["main", "live-testing", "gates"] }),
	},
	...pagerBindings(TEXT.pager),
];

/** A row that works only while the page is locked, or only while it is not. */
function onlyWhile(unlocked: boolean, row: Binding): Binding {
	const why = unlocked ? "Live trading is locked." : "This is a key of the locked page.";
	return { ...row, disabled: (state) => (isUnlocked(state) === unlocked ? (row.disabled?.(state) ?? null) : why) };
}

/** Live trading: locked, with why and what it takes; with a valid certificate the form of a live session. */
export const liveScreen: Screen = {
	id: "live",
	title: (state) => (isUnlocked(state) ? "Live Trading" : "Live Trading (locked)"),
	menu: null,
	panes: (state, content) => (isUnlocked(state) ? formPanes(LIVE_FORM, state, content, gateNote("live")) : [TEXT.pane(content)]),
	layoutKey: (state) => (isUnlocked(state) ? `form ${state.views.live.sheet?.rows.length ?? 0}` : "locked"),
	bindings: [...formBindings(LIVE_FORM).map((row) => onlyWhile(true, row)), ...LOCKED_BINDINGS.map((row) => onlyWhile(false, row))],
	capture: (context, key) => (isUnlocked(context.store.getState()) ? captureField(LIVE_FORM, context, key) : captureSearch(TEXT.pager, context, key)),
	enter(context) {
		openForm(context, LIVE_FORM);
		context.intents.loadStandings();
	},
};

import { gatesLines } from "../gates/page.ts";
import type { Screen } from "../screen.ts";
import { captureSearch, pagerBindings } from "../widgets/pager.ts";
import { storedPager } from "./stored-pager.ts";

const TEXT = storedPager(
	"gates",
	{
		title: "Promotion Gates",
		none: "The sessions have not been read yet.",
		loading: "Reading the evidence of the sessions ...",
		failed: "The evidence cannot be read. Mend what the message says and open this screen again.",
	},
	gatesLines,
);

/** The way from virtual to demo to live, with what is proven and what is missing. */
export const gatesScreen: Screen = {
	id: "gates",
	title: () => "Promotion Gates",
	menu: null,
	panes: (_state, content) => [TEXT.pane(content)],
	bindings: [
		{
			keys: ["enter"],
			label: "new session",
			help: "The form of a virtual session, to collect evidence",
			run: ({ store }) => store.setState({ path: ["main", "live-testing", "virtual"] }),
		},
		{ keys: ["s"], label: "sessions", help: "All sessions, to see what counted", run: ({ store }) => store.setState({ path: ["main", "sessions"] }) },
		...pagerBindings(TEXT.pager),
	],
	capture: (context, key) => captureSearch(TEXT.pager, context, key),
	enter: ({ intents }) => intents.loadSessions(),
};

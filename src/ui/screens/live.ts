import { livePageLines } from "../gates/live-page.ts";
import type { Screen } from "../screen.ts";
import { captureSearch, pagerBindings } from "../widgets/pager.ts";
import { storedPager } from "./stored-pager.ts";

const TEXT = storedPager(
	"live",
	{
		title: "Live Trading: locked",
		none: "The sessions have not been read yet.",
		loading: "Reading the evidence of the sessions ...",
		failed: "Live trading is locked in any case; the evidence cannot be read. Mend what the message says and open this screen again.",
	},
	livePageLines,
);

/** Live trading: locked, with why and what it takes. */
export const liveScreen: Screen = {
	id: "live",
	title: () => "Live Trading (locked)",
	menu: null,
	panes: (_state, content) => [TEXT.pane(content)],
	bindings: [
		{
			keys: ["enter"],
			label: "new session",
			help: "The form of a virtual session, to collect evidence",
			run: ({ store }) => store.setState({ path: ["main", "live-testing", "virtual"] }),
		},
		{
			keys: ["p"],
			label: "gates",
			help: "The promotion gates with every target",
			run: ({ store }) => store.setState({ path: ["main", "live-testing", "gates"] }),
		},
		...pagerBindings(TEXT.pager),
	],
	capture: (context, key) => captureSearch(TEXT.pager, context, key),
	enter: ({ intents }) => intents.loadSessions(),
};

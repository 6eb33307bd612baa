import type { MenuItem, Screen } from "../screen.ts";
import { isUnlocked } from "./live.ts";

const ITEMS: readonly MenuItem[] = [
	{
		key: "1",
		label: "Virtual Trading (Paper Trading)",
		to: "virtual",
		explain: ({ live }) => [
			"A session on a simulated MT5 account, with the fills, costs, margin and refusals of the real one. No money moves and nothing connects to a broker.",
			"The market is synthetic or a file of yours; the health score (CHS) and its circuit breaker watch the agent all the time.",
			live !== null && live.end === null
				? "A session is running now: press w to watch it."
				: "Enter opens the form; Enter again starts with the choices shown.",
		],
	},
	{
		key: "2",
		label: "Demo Account Testing (MT5 Demo)",
		to: "demo",
		explain: () => [
			"The same session on a demo account of your broker: real quotes, real execution, no money. Only if the broker itself says that the account is demo.",
			"It needs the bridge (Main > Connection & Credentials) and one clean virtual session. Without a virtual certificate it is a rehearsal and never counts.",
			"Enter opens the form; starting checks everything and then asks. Nothing is sent before the last word is typed.",
		],
	},
	{
		key: "3",
		label: "Test MT5 Connection",
		to: "test-connection",
		explain: () => [
			"Checks the way to the MT5 terminal step by step: bridge, account type, algo trading, symbol, quote, clock, margin; and says of each step that fails what to do.",
			"It only looks: nothing is changed and nothing is sent.",
		],
	},
	{
		key: "4",
		label: "View Live Testing Guide",
		to: "guide",
		explain: () => ["Modes, safety, progression, command line, set-up, troubleshooting, do's and don'ts, security: to scroll and to search."],
	},
	{
		key: "5",
		label: "Live Trading",
		to: "live",
		mark: (state) => (isUnlocked(state) ? null : "locked"),
		explain: (state) => [
			"Trading with money. Locked until its gate is passed: the virtual and the demo gate first, with evidence that cannot be argued with.",
			isUnlocked(state) ? "A certificate for live is valid: Enter opens the form." : "Enter shows the checklist: what is passed, what is missing.",
		],
	},
	{
		key: "6",
		label: "Promotion Gates",
		to: "gates",
		explain: () => ["The way from virtual to demo to live: every target with its value, its bound, and what is missing."],
	},
];

/** Live Testing: from paper to money. */
export const liveTestingScreen: Screen = {
	id: "live-testing",
	title: () => "Live Testing",
	menu: ITEMS,
	panes: () => [],
	bindings: [],
	// Whether Live Trading is locked stands beside its name.
	enter({ store, intents }) {
		if (store.getState().standings.state === "none") intents.loadStandings();
	},
};

import type { MenuItem, Screen } from "../screen.ts";

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
		mark: () => "not available yet",
		explain: () => [
			"The same session on a demo account of your broker: real quotes, real execution, no money.",
			"Not available yet: this version has no MT5 bridge. Pass the virtual gate meanwhile (6 Promotion Gates).",
		],
	},
	{
		key: "3",
		label: "Test MT5 Connection",
		to: "test-connection",
		mark: () => "not available yet",
		explain: () => [
			"Checks the way to the MT5 terminal step by step: bridge, login, account type, symbol, clock, and a quote.",
			"Not available yet: this version has no MT5 bridge.",
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
		mark: () => "locked",
		explain: () => [
			"Trading with money. Locked until its gate is passed: the virtual and the demo gate first, with evidence that cannot be argued with.",
			"Enter shows the checklist: what is passed, what is missing.",
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
export const liveTestingScreen: Screen = { id: "live-testing", title: () => "Live Testing", menu: ITEMS, panes: () => [], bindings: [] };

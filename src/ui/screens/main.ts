import type { MenuItem, Screen } from "../screen.ts";

const ITEMS: readonly MenuItem[] = [
	{
		key: "1",
		label: "Connection & Credentials",
		to: "connection",
		explain: () => [
			"The way to your MetaTrader 5 terminal: the address of the bridge beside it, the token between the two, how to set them up, and the last test.",
			"Virtual sessions need neither. The login of your broker stays in the terminal: Kinetra never asks for a password.",
		],
	},
	{
		key: "2",
		label: "Market Data",
		to: "data",
		explain: () => [
			"The MT5 exports in your data folder: symbol, timeframe and size of each, and how to export more from MetaTrader 5.",
			"The synthetic market needs none of them; with your own files an agent meets real prices.",
		],
	},
	{
		key: "3",
		label: "Agents",
		to: "agents",
		explain: () => [
			"Who can decide: every agent with its parameters, and the record of its virtual sessions so far.",
			"A loss beyond the plan latches an agent; here it is accepted, with a reason.",
		],
	},
	{
		key: "4",
		label: "Live Testing (Virtual, Demo & Live Trading)",
		to: "live-testing",
		explain: () => [
			"Kinetra takes a trading agent from virtual (paper) to demo to live trading on MetaTrader 5 and lets it skip no stage.",
			"This runs the agent: first on a simulated account (virtual), then on a demo account, last with money.",
			"Start here: press 4, then 1, then Enter. That is a virtual session on a synthetic market; no money moves.",
		],
	},
	{
		key: "5",
		label: "Sessions & Summaries",
		to: "sessions",
		explain: () => ["Every session that was run: open its summary, compare two, play one again, export its trades as CSV, check its journal."],
	},
	{
		key: "6",
		label: "System Status",
		to: "status",
		explain: () => ["Data, MT5 bridge, credentials, home folder and terminal: how each is, and what to do about it."],
	},
	{
		key: "q",
		label: "Quit",
		to: null,
		explain: ({ live }) =>
			live !== null && live.end === null
				? ["A session is running. Quitting ends it orderly and asks what becomes of its open positions; its summary is written."]
				: ["Leaves Kinetra. No session is running."],
	},
];

/** The main menu. */
export const mainScreen: Screen = { id: "main", title: () => "Main Menu", menu: ITEMS, panes: () => [], bindings: [] };

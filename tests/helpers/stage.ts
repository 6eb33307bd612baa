import type { CheckRow } from "../../src/print/check-row.ts";
import type { ConnectionView, StageStart } from "../../src/ui/state.ts";

/** Checks of every state, as the checklist gives them. */
export const CHECKS: readonly CheckRow[] = [
	{ id: "bridge-reachable", label: "bridge reachable", state: "ok", found: "ws://127.0.0.1:8765, 2 ms", advice: "" },
	{ id: "version", label: "version", state: "ok", found: "protocol 1, bridge 1.0.0", advice: "" },
	{
		id: "account",
		label: "account",
		state: "attention",
		found: "••1234 on MetaQuotes-Demo, DEMO, USD, 1:100, hedging",
		advice: "The server says demo: no money of yours moves.",
	},
	{
		id: "algo-trading",
		label: "algo trading allowed",
		state: "failed",
		found: "off in the terminal",
		advice: "Click Algo Trading in the terminal's toolbar until it is green, then test again.",
	},
	{ id: "quote-age", label: "quote age", state: "skipped", found: "not asked", advice: "" },
];

/** The start of a demo session that asks its first question. */
export const STAGE_START: StageStart = {
	mode: "demo",
	choices: { symbol: "EURUSD" },
	phase: "asking",
	checks: CHECKS.slice(0, 3),
	facts: ["EURUSD M1, berserker@1", "Account ••1234 on MetaQuotes-Demo (DEMO, USD)", "At most 5 entries in 30 min, 1 % of equity planned at risk in each"],
	rehearsal: null,
	sandbox: false,
	found: [],
	foundChoice: null,
	question: {
		text: "This will execute REAL trades on your DEMO account! Proceed with demo testing? [y/N]",
		expects: "y",
		triesLeft: 3,
		notBeforeWallMs: null,
		wrong: "",
	},
	refusal: "",
};

/** A bridge that is set up and was tested. */
export const CONNECTION: ConnectionView = {
	url: "ws://127.0.0.1:8765",
	tokenPath: "/home/user/.kinetra/bridge/token",
	token: "ready",
	tokenText: "there, and only you can read it",
	checks: CHECKS,
	testing: false,
	sandbox: false,
	realAccount: false,
	testedWallMs: Date.UTC(2026, 0, 2, 3, 4, 5),
	earlier: null,
};

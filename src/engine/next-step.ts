import { outsideWords } from "./agent-notes.ts";
import type { Engine } from "./engine.ts";
import { causeText } from "./health/words.ts";
import { GATES } from "./stages/gates.ts";
import type { EndReason } from "./summary-type.ts";
import { planText, unknownPlans } from "./unknown.ts";

/** Real trades from which a promotion is judged (chs.md 8). */
const TRADES_TO_JUDGE = GATES["virtual-to-demo"].trades;

/** What the user may do after a session that ended for `reason`: one or two sentences for the end of the summary. */
export function nextStepOf(engine: Engine, reason: EndReason): string {
	const { tally, config } = engine;
	const lost = unknownPlans(engine);
	if (lost.length > 0)
		return `NOT CONFIRMED: look into the terminal what became of ${lost.map(planText).join(", ")}, and at the account, before anything else is started.`;
	switch (reason) {
		case "breaker":
			return afterTheBreaker(engine);
		case "halt":
			return afterAHalt(engine);
		case "loss-limit":
			return "Find out what lost the money before the next run; the limits are in docs/CONTROLS.md.";
		case "kill":
			return "It was stopped by hand: settle what made that necessary, then run again; what was traded until then is kept.";
		case "data-failure":
			return "Repair or replace the data, then run again; what was traded until then is kept.";
		case "journal-failure":
			return "Make room or mend the permissions of the home folder, then run again.";
		case "bug":
			return "This is a bug of Kinetra: please report it with the journal.";
		default:
	}
	if (engine.tradingFrom === null) return "The data ended during the warm-up: give more data or a smaller --warmup.";
	if (engine.positions.length > 0 && config.onExit === "flatten")
		return "A position could not be closed before the session ended: its result is in the equity, not in the trades.";
	if (config.unlimited) return "A measuring run proves nothing: run without --unlimited to collect evidence.";
	if (isDrill(engine)) return "A drill shows what would happen and proves nothing: run with scenario normal to collect evidence.";
	if (engine.breaker.open) return whileTheBreakerIsOpen(engine);
	if (tally.entriesFilled === 0) return afterNoTrade(engine);
	const short = TRADES_TO_JUDGE - tally.closed;
	return short > 0
		? `Collect evidence: promotion is judged from ${TRADES_TO_JUDGE} trades on (${short} more than this session has).`
		: "Enough trades to judge: see the targets above.";
}

/** A policy that held because it does not know the market does not need more time. */
function afterNoTrade({ notes }: Engine): string {
	if (notes === null || notes.lastOutside === null) return "The agent did not trade: give it more time (--duration) or another market (--symbol, --file).";
	return `The agent did not trade: it held at ${notes.outside} ${notes.outside === 1 ? "decision" : "decisions"} because the market lay outside its training (the last: ${outsideWords(notes.lastOutside)}). Train it on data of this market, or give it one that it knows.`;
}

function afterTheBreaker(engine: Engine): string {
	const { breaker } = engine;
	if (breaker.cause === "overshoot" && breaker.latched && !isDrill(engine))
		return "Find out why a loss went beyond the plan. Once you accept it: Agents in the cockpit, or kinetra agents accept BUILD --reason TEXT (the build is above); until then every session of this agent halts.";
	return afterAHalt(engine);
}

function afterAHalt(engine: Engine): string {
	return isDrill(engine)
		? "Read the cause above. This was a drill: the agent's record is as it was; in an ordinary session the cause would have stayed with the agent."
		: "Read the cause above before running this agent again; its record is kept, so that a restart does not heal it.";
}

/** Most often a record of losses that the session began with: more time alone does not help. */
function whileTheBreakerIsOpen(engine: Engine): string {
	const { breaker } = engine;
	const why = breaker.cause === null ? "" : ` (${causeText(breaker.cause)})`;
	return `The breaker is open${why}: the agent's record goes on, and it trades again once its shadow trades lift the CHS above ${breaker.rearmLevel.toFixed(2)}. Change the agent (--set agent.KEY=VALUE is a new one) or measure with --unlimited.`;
}

function isDrill(engine: Engine): boolean {
	const { feed } = engine.config;
	return feed.kind === "synthetic" && feed.scenario !== "normal";
}

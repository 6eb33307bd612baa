import type { AgentPosition, AgentView, EntryPermission, Intent } from "./agents/agent.ts";
import { readIntents } from "./agents/read-intents.ts";
import { type Engine, record } from "./engine.ts";
import { applyBreach, scoreAllowsRisk, watchScore } from "./guard.ts";
import { noteAgentFault } from "./limits/answers.ts";
import { type EntryHold, entryHold } from "./limits/entry-hold.ts";
import { atrPointsOf, observePosition } from "./market/features.ts";
import { medianSpread } from "./market/spread-window.ts";
import { closeTradeByAgent, modifyByAgent, proposeEntry } from "./submit.ts";
import { count } from "./tally.ts";
import { floatingOf, resultInR } from "./trade.ts";

/**
 * A bar has closed: the agent sees it and, when the session trades, is asked what to do. While the breaker is open the agent is
 * asked all the same, but its entries become shadow trades; under any other hold it is told that it may not enter.
 */
export function decideOnBar(engine: Engine): void {
	// First, because it decides between real and shadow: under an open breaker the holds of real entries are not asked.
	if (engine.phase === "trading") watchScore(engine, true);
	const entry = engine.phase === "trading" ? entryPermission(engine) : NOT_TRADING;
	const view = viewOf(engine, entry);
	if (!ask(engine, () => engine.agent.onBar(view)) || engine.phase !== "trading") return;
	let intents: readonly Intent[] = [];
	let problems: readonly string[] = [];
	if (!ask(engine, () => ({ intents, problems } = readIntents(engine.agent.decide(view), INTENTS_MIN + 2 * engine.trades.length)))) return;
	for (const problem of problems) fault(engine, problem);
	if (intents.length === 0) {
		engine.heldBars++;
		return;
	}
	record(engine, "decision", { bar: view.bar.openAt, heldBars: engine.heldBars, entry, intents, observation: view.observation.map(sixDigits) });
	engine.heldBars = 0;
	for (const intent of intents) carryOut(engine, intent, intents, entry);
}

/** The first reason why no real entry may be made now, the breaker apart; null when there is none. */
function holdOf(engine: Engine): EntryHold | null {
	return entryHold(engine.limits, engine.config.rules, engine.at, {
		trading: engine.trading,
		instrument: engine.config.instrument,
		startedAt: engine.tradingFrom ?? engine.at,
		bid: engine.bid,
		ask: engine.ask,
		quoteAt: engine.quoteAt,
		quoteState: engine.dataHealth.state,
		quoteWhy: engine.dataHealth.why,
		medianSpreadPoints: medianSpread(engine.spreads, engine.at),
		openPositions: engine.positions.length,
		entriesInFlight: engine.plans.filter((plan) => plan.entry && !plan.answered).length,
		unknownOrders: engine.plans.filter((plan) => plan.unknown).length,
	});
}

/** Intents that an agent without positions may answer at once; each trade it holds allows two more (a change and a close). */
const INTENTS_MIN = 10;

const NOT_TRADING: EntryPermission = { mayEnter: false, control: "phase", reason: "the session is not trading" };

/** Whether an entry may be made now; a no is counted. An open breaker that is not latched lets the agent go on, in the shadow. */
export function entryPermission(engine: Engine): EntryPermission {
	if (engine.breaker.open && !engine.breaker.latched && !engine.config.unlimited) return { mayEnter: true };
	const hold = holdOf(engine);
	if (hold !== null) {
		count(engine.tally.holds, hold.code === "STATE" ? hold.control : hold.code);
		return { mayEnter: false, control: hold.control, reason: hold.message };
	}
	if (scoreAllowsRisk(engine)) return { mayEnter: true };
	count(engine.tally.holds, "C25");
	return { mayEnter: false, control: "C25", reason: "the health score does not prove that risk may be taken" };
}

function viewOf(engine: Engine, entry: EntryPermission): AgentView {
	const positions = engine.trades.map((trade) => positionOf(engine, trade));
	const own = positions[0];
	observePosition(
		engine.features,
		own === undefined ? { side: 0, r: 0, mfeR: 0, ageBars: 0 } : { side: own.side === "BUY" ? 1 : -1, r: own.floatingR, mfeR: own.mfeR, ageBars: own.ageBars },
	);
	return {
		at: engine.at,
		bar: engine.bars.closed,
		observation: engine.features.observation,
		atrPoints: atrPointsOf(engine.features),
		bid: engine.bid,
		ask: engine.ask,
		positions,
		entry,
	};
}

function positionOf(engine: Engine, trade: Engine["trades"][number]): AgentPosition {
	return {
		positionId: trade.positionId,
		side: trade.side,
		lots: trade.lots,
		openPrice: trade.openPrice,
		openedAt: trade.openedAt,
		sl: trade.sl,
		tp: trade.tp,
		ageBars: engine.bars.closedCount - trade.openedBar,
		floatingR: floatingOf(trade, engine.terms, trade.side === "BUY" ? engine.bid : engine.ask) / trade.riskMoney,
		mfeR: resultInR(trade, engine.terms).mfe,
	};
}

/** Runs the agent's code; an exception is a fault of the agent, not of the session (control C32). */
function ask(engine: Engine, run: () => unknown): boolean {
	try {
		run();
		return true;
	} catch (error) {
		fault(engine, `the agent threw: ${error instanceof Error ? error.message : String(error)}`);
		return false;
	}
}

function fault(engine: Engine, what: string): void {
	record(engine, "agent-fault", { what });
	applyBreach(engine, noteAgentFault(engine.limits.answers, engine.config.rules, what));
}

/** The agent was told whether it may enter; an entry it asks for all the same is dropped, because not every hold is a check of the validator. */
function carryOut(engine: Engine, intent: Intent, all: readonly Intent[], entry: EntryPermission): void {
	switch (intent.kind) {
		case "open":
			if (!entry.mayEnter || engine.phase !== "trading") record(engine, "dropped", { intent, why: entry.mayEnter ? "the session is ending" : entry.reason });
			// A reversal opens only after the broker has confirmed the close: two requests in the air could leave both sides open.
			else if (all.some((other) => other.kind === "close")) engine.deferred = { intent, at: engine.at };
			else proposeEntry(engine, intent);
			return;
		case "close":
			closeTradeByAgent(engine, intent);
			return;
		case "modify":
			modifyByAgent(engine, intent);
	}
}

/** Enough digits to read and to learn from; the journal need not carry the dust. */
function sixDigits(value: number): number {
	return Number(value.toPrecision(6));
}

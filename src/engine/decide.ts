import { takeAgentNote, watchOutside } from "./agent-notes.ts";
import type { AgentView, EntryPermission, Intent, RunningAgent } from "./agents/agent.ts";
import type { AgentAnswer, Sight } from "./agents/outside.ts";
import { readIntents } from "./agents/read-intents.ts";
import { type Engine, record } from "./engine.ts";
import { applyBreach, watchScore } from "./guard.ts";
import { noteAgentFault } from "./limits/answers.ts";
import { closeTradeByAgent, modifyByAgent, proposeEntry } from "./submit.ts";
import { entryNow, freshView } from "./view.ts";

/**
 * A bar has closed: the agent sees it and, when the session trades, is asked what to do. While the breaker is open the agent is
 * asked all the same, but its entries become shadow trades; under any other hold it is told that it may not enter.
 */
export function decideOnBar(engine: Engine): void {
	// First, because it decides between real and shadow: under an open breaker the holds of real entries are not asked.
	if (engine.phase === "trading") watchScore(engine, true);
	watchOutside(engine);
	const view = freshView(engine);
	const { agent } = engine;
	if (agent === null) askOutside(engine, view);
	else askInside(engine, agent, view);
}

function askInside(engine: Engine, agent: RunningAgent, view: AgentView): void {
	let answer: unknown = null;
	if (!ask(engine, () => agent.onBar(view)) || engine.phase !== "trading") return;
	if (ask(engine, () => (answer = agent.decide(view, (note) => takeAgentNote(engine, note))))) actOn(engine, view, answer);
}

/** The question leaves with what else the engine wants done; the answer comes as an event. During the warm-up the agent only looks on. */
function askOutside(engine: Engine, view: AgentView): void {
	const { outside, out } = engine;
	if (outside === null || engine.phase === "ending") return;
	if (engine.phase === "warmup") {
		out.sights.push(sightOf(view));
		return;
	}
	// The session waits for an answer before the next row: one that is open here has got lost.
	if (outside.waiting) fault(engine, `question ${outside.asked} was not answered before the next bar`);
	outside.asked++;
	outside.waiting = true;
	out.questions.push({ ...sightOf(view), question: outside.asked, entry: entryNow(engine) });
}

/** A copy: what the engine's arrays hold changes with the next bar. */
function sightOf({ at, bar, observation, atrPoints, bid, ask: askPrice, positions }: AgentView): Sight {
	return { at, bar: { ...bar }, observation: [...observation], atrPoints, bid, ask: askPrice, positions };
}

/**
 * The agent outside has answered, or not in time. Only the open question's answer counts; whether an entry may be made is judged now, not as it was
 * when the question left.
 */
export function onAgentAnswer(engine: Engine, answer: AgentAnswer): void {
	const { outside } = engine;
	if (outside === null || !outside.waiting || answer.question !== outside.asked) return;
	outside.waiting = false;
	if (answer.outcome === "decided" && answer.note !== undefined) takeAgentNote(engine, answer.note);
	if (answer.outcome === "late" || answer.outcome === "failed") fault(engine, answer.what);
	// A session that began to end while the agent thought asks nobody any more: what is open is the end's business.
	else if (answer.outcome === "decided" && engine.phase === "trading") actOn(engine, freshView(engine), answer.intents);
	else engine.heldBars++;
}

/** Reads what the agent answered to `view` and does it. */
function actOn(engine: Engine, view: AgentView, answer: unknown): void {
	const { intents, problems } = readIntents(answer, INTENTS_MIN + 2 * engine.trades.length);
	for (const problem of problems) fault(engine, problem);
	if (intents.length === 0) {
		engine.heldBars++;
		return;
	}
	const { observation } = view;
	// Asked for only where it matters, because a no is counted as an entry held back.
	const entry = intents.some((intent) => intent.kind === "open") ? view.entry : null;
	record(engine, "decision", { bar: view.bar.openAt, heldBars: engine.heldBars, entry, intents, observation: observation.map(sixDigits) });
	engine.heldBars = 0;
	for (const intent of intents) carryOut(engine, intent, intents, entry);
}

/** Intents that an agent without positions may answer at once; each trade it holds allows two more (a change and a close). */
const INTENTS_MIN = 10;

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
function carryOut(engine: Engine, intent: Intent, all: readonly Intent[], entry: EntryPermission | null): void {
	switch (intent.kind) {
		case "open":
			if (entry === null || !entry.mayEnter || engine.phase !== "trading")
				record(engine, "dropped", { intent, why: entry?.mayEnter === false ? entry.reason : "the session is ending" });
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

/** Six significant digits: enough to read and to learn from; the journal need not carry the dust. */
function sixDigits(value: number): number {
	if (value === 0 || Number.isInteger(value)) return value;
	const scale = 10 ** (5 - Math.floor(Math.log10(Math.abs(value))));
	return Number.isFinite(scale) ? Math.round(value * scale) / scale : value;
}

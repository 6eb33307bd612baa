import { type Component, FULL_EVIDENCE, type Pillar } from "./components.ts";

/** What can hold the score down by itself: a vital component, or `input`, an input that could not be understood. */
export type CapCause = Component | "input";

/** Why the breaker opened: what capped the score, or the weakest pillar when nothing did. */
export type BreakerCause = CapCause | `blend:${Pillar}`;

/** The score in a word. `unknown`: too few trades to say more than that nothing is broken. */
export type StateWord = "failing" | "weak" | "unknown" | "fair" | "good" | "promotion level";

/** Below this many trades a score that is neither failing nor weak says nothing yet (chs.md 5: it cannot exceed 0.84). */
const KNOWN_FROM_TRADES = 10;
const PROMOTION_LEVEL = 0.9;
const GOOD_LEVEL = 0.75;
const REARM_GAP = 0.1;

/**
 * The score (0..1) in a word, after `trades` closed trades: `failing` below the trip level or when it is no number, `weak` until the
 * re-arm level, `unknown` below 10 trades, then `fair`, `good` from 0.75 and `promotion level` from 0.90.
 */
export function stateWord(score: number, trades: number, tripLevel: number): StateWord {
	if (!(score >= tripLevel)) return "failing";
	if (score < tripLevel + REARM_GAP && score < GOOD_LEVEL) return "weak";
	if (!(trades >= KNOWN_FROM_TRADES)) return "unknown";
	if (score >= PROMOTION_LEVEL) return "promotion level";
	return score >= GOOD_LEVEL ? "good" : "fair";
}

/** What the score rests on: `no closed trade yet`, `12 of 30 trades`, `45 trades`. */
export function evidenceText(trades: number): string {
	if (trades === 0) return "no closed trade yet";
	if (trades < FULL_EVIDENCE.trades) return `${trades} of ${FULL_EVIDENCE.trades} trades`;
	return `${trades} trades`;
}

const CAUSE_TEXTS: Readonly<Record<BreakerCause, string>> = {
	omega: "losses weigh too much against gains",
	winRate: "the win rate has fallen",
	payoff: "wins have become too small for the losses",
	edge: "the results no longer fit an agent that has an edge",
	ruin: "ruin has become too likely at this size",
	drawdown: "the account is too far below its peak",
	downVol: "losses vary too much",
	margin: "the margin level is close to the stop-out",
	overshoot: "a loss or a position is far beyond the planned risk",
	energy: "too little of the moves is captured",
	leak: "exits give back too much of the moves",
	falseAct: "too many entries never moved",
	regime: "the market regime flickers",
	validator: "too many orders break a rule before they are sent",
	broker: "the broker rejects too many orders",
	slippage: "fills are too far from the expected price",
	latency: "orders take too long",
	feed: "no fresh quotes: the feed is silent",
	input: "the score cannot be computed: an input was not a number",
	"blend:agent": "the agent earns too little, all in all",
	"blend:risk": "the account carries too much risk, all in all",
	"blend:market": "the agent misses the moves it enters, all in all",
	"blend:execution": "orders and data work too badly, all in all",
};

/** The cause of a trip in a trader's words; a cause this version does not know stays as it is. */
export function causeText(cause: string): string {
	return Object.hasOwn(CAUSE_TEXTS, cause) ? CAUSE_TEXTS[cause as BreakerCause] : cause;
}

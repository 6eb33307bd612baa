import { COMPONENTS, FULL_EVIDENCE, PILLAR_WEIGHTS } from "./components.ts";
import { ceilingOf, curveScore, NEUTRAL, weighEvidence, weighVital } from "./curves.ts";
import { edgeEvidence } from "./edge.ts";
import type { Chs, FAULT } from "./state.ts";
import { energyShare, omegaRatio, payoffOmega, riskOfRuin, winRateOmega } from "./statistics.ts";

/** A tick older than this makes the feed score its failure level. */
const FEED_AGE_MS = 30_000;
/** The account is ruined when this share of its peak is lost (chs.md 3). */
const RUIN_FLOOR_SHARE = 0.8;

const W = {
	omega: COMPONENTS.omega.weight,
	winRate: COMPONENTS.winRate.weight,
	payoff: COMPONENTS.payoff.weight,
	edge: COMPONENTS.edge.weight,
	ruin: COMPONENTS.ruin.weight,
	drawdown: COMPONENTS.drawdown.weight,
	downVol: COMPONENTS.downVol.weight,
	margin: COMPONENTS.margin.weight,
	overshoot: COMPONENTS.overshoot.weight,
	energy: COMPONENTS.energy.weight,
	leak: COMPONENTS.leak.weight,
	falseAct: COMPONENTS.falseAct.weight,
	regime: COMPONENTS.regime.weight,
	validator: COMPONENTS.validator.weight,
	broker: COMPONENTS.broker.weight,
	slippage: COMPONENTS.slippage.weight,
	latency: COMPONENTS.latency.weight,
	feed: COMPONENTS.feed.weight,
} as const;

/** The raw values of chs.md 3, each in its own unit; `margin` is null while nothing is open. */
export const RAW = {
	omega: (chs: Chs): number => omegaRatio(chs.sums.slow.gain, chs.sums.slow.loss),
	winRate: (chs: Chs): number => winRateOmega(chs.sums),
	payoff: (chs: Chs): number => payoffOmega(chs.sums),
	edge: (chs: Chs): number => edgeEvidence(chs.arms),
	ruin: (chs: Chs): number => riskOfRuin(chs.account.meanR, chs.account.varianceR, distanceToRuin(chs)),
	drawdown: (chs: Chs): number => (chs.account.peak > 0 ? 1 - chs.account.equity / chs.account.peak : 1),
	downVol: (chs: Chs): number => (chs.sums.slow.weight > 0 ? Math.sqrt(chs.sums.slow.lossSquared / chs.sums.slow.weight) : 0),
	margin: (chs: Chs): number | null => (chs.account.exposed ? chs.account.marginPct : null),
	overshoot: (chs: Chs): number => chs.account.overshoot,
	energy: (chs: Chs): number => energyShare(chs.sums.market.captured, chs.sums.market.released),
	leak: (chs: Chs): number => chs.arms.leak,
	falseAct: (chs: Chs): number => (chs.sums.market.weight > 0 ? chs.sums.market.falseStarts / chs.sums.market.weight : 0),
	regime: (chs: Chs): number => chs.regime.kappa,
	validator: (chs: Chs): number => chs.orders.validator,
	broker: (chs: Chs): number => chs.orders.broker,
	slippage: (chs: Chs): number => chs.orders.slippageR,
	latency: (chs: Chs): number => chs.orders.latencyMs,
	feed: (chs: Chs): number => Math.max(0, chs.feed.nowMs - chs.feed.lastTickMs) / FEED_AGE_MS,
} as const;

/** Brings the agent pillar up to date; after a closed trade. */
export function refreshAgent(chs: Chs): void {
	const { scores, pillars } = chs;
	const share = tradeShare(chs);
	scores.omega = weighEvidence(curveScore("omega", RAW.omega(chs)), share);
	scores.winRate = weighEvidence(curveScore("winRate", RAW.winRate(chs)), share);
	scores.payoff = weighEvidence(curveScore("payoff", RAW.payoff(chs)), share);
	scores.edge = weighVital(curveScore("edge", RAW.edge(chs)), share);
	pillars.agent =
		NEUTRAL +
		W.omega * (scores.omega - NEUTRAL) +
		W.winRate * (scores.winRate - NEUTRAL) +
		W.payoff * (scores.payoff - NEUTRAL) +
		W.edge * (scores.edge - NEUTRAL);
}

/** Brings what trades alone change in the risk pillar up to date; `refreshRisk` must follow. */
export function refreshRiskOfTrades(chs: Chs): void {
	const { slow } = chs.sums;
	if (slow.weight > 0) {
		chs.account.meanR = slow.r / slow.weight;
		chs.account.varianceR = slow.rSquared / slow.weight - chs.account.meanR * chs.account.meanR;
	}
	chs.scores.downVol = weighEvidence(curveScore("downVol", RAW.downVol(chs)), tradeShare(chs));
}

/** Brings the risk pillar up to date; after every account update, hence the hot one. */
export function refreshRisk(chs: Chs): void {
	const { scores, pillars, account } = chs;
	const share = tradeShare(chs);
	scores.ruin = weighEvidence(curveScore("ruin", RAW.ruin(chs)), share);
	scores.drawdown = weighVital(curveScore("drawdown", RAW.drawdown(chs)), share);
	scores.margin = weighVital(account.exposed ? curveScore("margin", account.marginPct) : 1, share);
	scores.overshoot = weighVital(curveScore("overshoot", account.overshoot), share);
	chs.vitalRisk = Math.min(scores.drawdown, scores.margin, scores.overshoot);
	pillars.risk =
		NEUTRAL +
		W.ruin * (scores.ruin - NEUTRAL) +
		W.drawdown * (scores.drawdown - NEUTRAL) +
		W.downVol * (scores.downVol - NEUTRAL) +
		W.margin * (scores.margin - NEUTRAL) +
		W.overshoot * (scores.overshoot - NEUTRAL);
}

/** Brings the market pillar up to date; after a closed trade or bar. */
export function refreshMarket(chs: Chs): void {
	const { scores, pillars } = chs;
	const share = tradeShare(chs);
	scores.energy = weighEvidence(curveScore("energy", RAW.energy(chs)), share);
	scores.leak = weighVital(curveScore("leak", chs.arms.leak), share);
	scores.falseAct = weighEvidence(curveScore("falseAct", RAW.falseAct(chs)), share);
	scores.regime = weighEvidence(curveScore("regime", chs.regime.kappa), Math.min(1, chs.regime.bars / FULL_EVIDENCE.bars));
	pillars.market =
		NEUTRAL +
		W.energy * (scores.energy - NEUTRAL) +
		W.leak * (scores.leak - NEUTRAL) +
		W.falseAct * (scores.falseAct - NEUTRAL) +
		W.regime * (scores.regime - NEUTRAL);
}

/** Brings the four order components up to date; `refreshFeed` must follow. */
export function refreshOrders(chs: Chs): void {
	const { scores, orders } = chs;
	const share = Math.min(1, orders.attempts / FULL_EVIDENCE.orders);
	scores.validator = weighVital(curveScore("validator", orders.validator), share);
	scores.broker = weighVital(curveScore("broker", orders.broker), share);
	scores.slippage = weighVital(curveScore("slippage", orders.slippageR), share);
	scores.latency = weighVital(curveScore("latency", orders.latencyMs), share);
}

/** Brings the feed component and the execution pillar up to date; after ticks and clock events. */
export function refreshFeed(chs: Chs): void {
	const { scores, pillars } = chs;
	scores.feed = weighVital(curveScore("feed", RAW.feed(chs)), Math.min(1, chs.feed.ticks / FULL_EVIDENCE.ticks));
	chs.vitalExecution = Math.min(scores.validator, scores.broker, scores.slippage, scores.latency, scores.feed);
	pillars.execution =
		NEUTRAL +
		W.validator * (scores.validator - NEUTRAL) +
		W.broker * (scores.broker - NEUTRAL) +
		W.slippage * (scores.slippage - NEUTRAL) +
		W.latency * (scores.latency - NEUTRAL) +
		W.feed * (scores.feed - NEUTRAL);
}

/** The composite of chs.md 6: half mean, half weakest pillar, capped by the weakest vital component; 0 while a fault stands. */
export function compose(chs: Chs): void {
	const { agent, risk, market, execution } = chs.pillars;
	const mean =
		NEUTRAL +
		PILLAR_WEIGHTS.agent * (agent - NEUTRAL) +
		PILLAR_WEIGHTS.risk * (risk - NEUTRAL) +
		PILLAR_WEIGHTS.market * (market - NEUTRAL) +
		PILLAR_WEIGHTS.execution * (execution - NEUTRAL);
	chs.blend = 0.5 * mean + 0.5 * Math.min(agent, risk, market, execution);
	// The ceiling rises with the score, so the least vital component sets the cap.
	chs.cap = ceilingOf(Math.min(chs.scores.edge, chs.vitalRisk, chs.scores.leak, chs.vitalExecution), chs.tripLevel);
	chs.chs = chs.faults === 0 ? Math.min(1, chs.blend, chs.cap) : 0;
}

/** True while an input that could not be understood stands in the way of a score. */
export function isFaulty(chs: Chs): boolean {
	return chs.faults !== 0;
}

/** Sets a fault: the score is 0 at once. */
export function raiseFault(chs: Chs, fault: (typeof FAULT)[keyof typeof FAULT]): void {
	chs.faults |= fault;
	compose(chs);
}

function tradeShare(chs: Chs): number {
	return Math.min(1, chs.trades / FULL_EVIDENCE.trades);
}

/** R from the equity down to the floor of 80 % of its peak (chs.md 3). */
function distanceToRuin(chs: Chs): number {
	const { equity, peak } = chs.account;
	return equity > 0 ? (equity - RUIN_FLOOR_SHARE * peak) / (chs.riskFraction * equity) : 0;
}

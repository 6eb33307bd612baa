import { COMPONENTS, FULL_EVIDENCE, PILLAR_WEIGHTS } from "./components.ts";
import { CURVES, ceilingOf, curveScore, NEUTRAL, weighEvidence, weighVital } from "./curves.ts";
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
	ruin: ruinOf,
	drawdown: drawdownOf,
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
	feed: feedAgeOf,
} as const;

/** Brings the agent pillar, and the share of evidence that the other pillars use, up to date; after a closed trade and before them. */
export function refreshAgent(chs: Chs): void {
	const { scores, pillars } = chs;
	const share = Math.min(1, chs.trades / FULL_EVIDENCE.trades);
	chs.tradeShare = share;
	scores.omega = weighEvidence(curveScore(CURVES.omega, RAW.omega(chs)), share);
	scores.winRate = weighEvidence(curveScore(CURVES.winRate, RAW.winRate(chs)), share);
	scores.payoff = weighEvidence(curveScore(CURVES.payoff, RAW.payoff(chs)), share);
	scores.edge = weighVital(curveScore(CURVES.edge, RAW.edge(chs)), share);
	pillars.agent =
		NEUTRAL +
		W.omega * (scores.omega - NEUTRAL) +
		W.winRate * (scores.winRate - NEUTRAL) +
		W.payoff * (scores.payoff - NEUTRAL) +
		W.edge * (scores.edge - NEUTRAL);
}

/** Brings the risk pillar up to date; after a closed trade, a fill or a rebase. */
export function refreshRisk(chs: Chs): void {
	const { scores, account } = chs;
	const { slow } = chs.sums;
	const share = chs.tradeShare;
	if (slow.weight > 0) {
		account.meanR = slow.r / slow.weight;
		account.varianceR = slow.rSquared / slow.weight - account.meanR * account.meanR;
	}
	scores.downVol = weighEvidence(curveScore(CURVES.downVol, RAW.downVol(chs)), share);
	scores.overshoot = weighVital(curveScore(CURVES.overshoot, account.overshoot), share);
	refreshEquity(chs);
}

/** Brings what equity and margin move in the risk pillar up to date; called on every quote while a position is open. */
export function refreshEquity(chs: Chs): void {
	const { scores, pillars, account } = chs;
	const share = chs.tradeShare;
	const ruin = weighEvidence(curveScore(CURVES.ruin, ruinOf(chs)), share);
	const drawdown = weighVital(curveScore(CURVES.drawdown, drawdownOf(chs)), share);
	const margin = weighVital(account.exposed ? curveScore(CURVES.margin, account.marginPct) : 1, share);
	const { overshoot } = scores;
	scores.ruin = ruin;
	scores.drawdown = drawdown;
	scores.margin = margin;
	chs.vitalRisk = Math.min(drawdown, margin, overshoot);
	pillars.risk =
		NEUTRAL +
		W.ruin * (ruin - NEUTRAL) +
		W.drawdown * (drawdown - NEUTRAL) +
		W.downVol * (scores.downVol - NEUTRAL) +
		W.margin * (margin - NEUTRAL) +
		W.overshoot * (overshoot - NEUTRAL);
}

/** Brings the market pillar up to date; after a closed trade or bar. */
export function refreshMarket(chs: Chs): void {
	const { scores, pillars } = chs;
	const share = chs.tradeShare;
	scores.energy = weighEvidence(curveScore(CURVES.energy, RAW.energy(chs)), share);
	scores.leak = weighVital(curveScore(CURVES.leak, chs.arms.leak), share);
	scores.falseAct = weighEvidence(curveScore(CURVES.falseAct, RAW.falseAct(chs)), share);
	scores.regime = weighEvidence(curveScore(CURVES.regime, chs.regime.kappa), Math.min(1, chs.regime.bars / FULL_EVIDENCE.bars));
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
	scores.validator = weighVital(curveScore(CURVES.validator, orders.validator), share);
	scores.broker = weighVital(curveScore(CURVES.broker, orders.broker), share);
	scores.slippage = weighVital(curveScore(CURVES.slippage, orders.slippageR), share);
	scores.latency = weighVital(curveScore(CURVES.latency, orders.latencyMs), share);
}

/** Brings the feed component and the execution pillar up to date; after ticks and clock events. */
export function refreshFeed(chs: Chs): void {
	const { scores, pillars } = chs;
	scores.feed = weighVital(curveScore(CURVES.feed, feedAgeOf(chs)), Math.min(1, chs.feed.ticks / FULL_EVIDENCE.ticks));
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

/** Sets a fault: the score is 0 at once. */
export function raiseFault(chs: Chs, fault: (typeof FAULT)[keyof typeof FAULT]): void {
	chs.faults |= fault;
	compose(chs);
}

function ruinOf({ account, riskFraction }: Chs): number {
	const { equity, peak } = account;
	// R from the equity down to the floor of 80 % of its peak.
	const distanceR = equity > 0 ? (equity - RUIN_FLOOR_SHARE * peak) / (riskFraction * equity) : 0;
	return riskOfRuin(account.meanR, account.varianceR, distanceR);
}

function drawdownOf({ account }: Chs): number {
	return account.peak > 0 ? 1 - account.equity / account.peak : 1;
}

/** Age of the last tick over 30 s. */
function feedAgeOf({ feed }: Chs): number {
	return Math.max(0, feed.nowMs - feed.lastTickMs) / FEED_AGE_MS;
}

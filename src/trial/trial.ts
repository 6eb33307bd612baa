import { createKeptBars } from "../adapters/feed/csv/kept-bars.ts";
import type { Engine } from "../engine/engine.ts";
import { scoreOf } from "../engine/health/chs.ts";
import { reportOf } from "../engine/stages/evidence.ts";
import { roundMoney } from "../engine/units.ts";
import { openAgent } from "../open-agent.ts";
import { paceOf } from "../pace.ts";
import { type RecordSink, runSession } from "../session.ts";
import { openMarket } from "../wiring.ts";
import type { TrialFigures, TrialPlan } from "./plan.ts";

/**
 * Runs one session of the real engine and paper simulator, without an archive: nothing is written, no earlier record is used, nobody watches. The same plan
 * gives the same figures, except for agents that are asked from outside and come late. Rejects with a `Failure` when data or agent cannot be used.
 */
export async function runTrial(plan: TrialPlan): Promise<TrialFigures> {
	const market = openMarket({ ...plan, config: { ...plan.config, seed: plan.seed } }, KEPT);
	try {
		const agent = await openAgent(plan.agent, market.config);
		try {
			const journal = createCounter();
			const engine = await runSession(
				market.config,
				{ feed: market.feed, broker: market.broker, agent, journal, clock: STILL },
				{ carry: null, header: null, pace: paceOf("max"), commands: [], watch: null, inputs: null, killed: () => null, onProgress: () => {} },
			);
			return figuresOf(engine, journal.faults());
		} finally {
			await agent.close();
		}
	} finally {
		market.close();
	}
}

/** Many trials in one thread are stretches of one file, which would take longer to read than to trade. */
const KEPT = createKeptBars();

/** Nobody watches: wall time, which only says when to show something, stands still. */
const STILL = { nowMs: () => 0 };

/** A journal that keeps nothing but the number of the agent's faults, which the engine forgets with time. */
function createCounter(): RecordSink & { faults(): number } {
	let faults = 0;
	return {
		append(kind) {
			if (kind === "agent-fault") faults++;
		},
		flush: () => {},
		failure: () => null,
		faults: () => faults,
	};
}

/** The figures as the summary of a session has them (engine/summary.ts). */
function figuresOf(engine: Engine, faults: number): TrialFigures {
	const { config, account, tally, evidence, score, curve } = engine;
	const end = engine.end ?? { reason: "bug" as const, detail: "the session did not reach its end" };
	const report = reportOf(evidence);
	const chsFinal = scoreOf(engine.chs);
	return {
		seed: config.seed,
		from: engine.tradingFrom,
		to: engine.tradingFrom === null ? null : engine.at,
		netProfit: roundMoney(account.balance - config.account.startBalance, config.account.currencyDigits),
		netR: report.meanR === null || evidence.broken ? null : report.meanR * report.trades,
		omega: report.omega,
		chsFinal,
		chsMean: score.count === 0 ? chsFinal : score.sum / score.count,
		energyCapturedPct: report.energy === null ? null : report.energy * 100,
		maxDrawdownPct: engine.peak.drawdownPct,
		breakerEvents: engine.breaker.trips,
		trades: tally.closed,
		rejections: report.rejections,
		faults,
		outside: engine.notes?.outside ?? 0,
		endReason: end.reason,
		endDetail: end.detail,
		curve: [...curve.points.map(({ at, equity }) => ({ at, equity })), { at: engine.at, equity: roundMoney(account.equity, config.account.currencyDigits) }],
	};
}

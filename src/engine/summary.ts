import { agentNotesReport } from "./agent-notes.ts";
import { buildOf } from "./agents/registry.ts";
import { brokerReport } from "./broker-report.ts";
import type { Engine } from "./engine.ts";
import { eventRates } from "./health/breaker.ts";
import { scoreOf } from "./health/chs.ts";
import { snapshotOf } from "./health/snapshot.ts";
import { evidenceText } from "./health/words.ts";
import { timeframeName } from "./market/timeframe.ts";
import { nextStepOf } from "./next-step.ts";
import { reportOf } from "./stages/evidence.ts";
import { promotionRows } from "./stages/promotion.ts";
import type { EndReason, Summary } from "./summary-type.ts";
import { formatBrokerTime } from "./time.ts";
import { twinReport } from "./twin/report.ts";
import { roundMoney } from "./units.ts";
import { unknownPlans } from "./unknown.ts";

/** What only the world outside the engine knows of a session. */
export type SummaryOuter = Pick<
	Summary,
	"sessionId" | "configHash" | "fingerprint" | "journal" | "data" | "repeatOf" | "file" | "evidence" | "evidenceNote" | "stage"
> & {
	readonly wallStart: string;
	readonly wallEnd: string;
	/** Exit code of an interrupt: 130 or 143. */
	readonly interruptCode: number;
};

/** The honest summary of a session: what exists is computed, what does not is null with its reason in `missing`. */
export function summarise(engine: Engine, outer: SummaryOuter): Summary {
	const { config, account, tally, breaker, chs } = engine;
	const missing: Record<string, string> = {};
	const known = <T>(field: string, value: T | null, why: string): T | null => {
		if (value === null) missing[field] = why;
		return value;
	};
	const end = engine.end ?? { reason: "bug" as const, detail: "the session did not reach its end" };
	const report = reportOf(engine.evidence);
	const snapshot = snapshotOf(chs);
	const noTrades = "no closed trade";
	const rates = eventRates(breaker, tally.closed);
	const digits = config.account.currencyDigits;
	const { wallStart, wallEnd, interruptCode, ...rest } = outer;
	const broker = brokerReport(engine);
	const twin = engine.broker?.twin;
	const agentNotes = agentNotesReport(engine);
	return {
		...rest,
		mode: config.mode,
		symbol: config.instrument.symbol,
		timeframe: timeframeName(config.timeframeMinutes),
		agent: config.agent.id,
		agentBuild: buildOf(config.agent),
		feed: config.feed.kind,
		scenario: config.feed.kind === "synthetic" ? config.feed.scenario : known("scenario", null, "a recorded feed has no scenario"),
		file: outer.file ?? known("file", null, "the synthetic market has no file"),
		repeatOf: outer.repeatOf ?? known("repeatOf", null, "no earlier session is the same run"),
		seed: config.seed,
		unlimited: config.unlimited,
		start: {
			market: engine.tradingFrom === null ? known("start.market", null, "trading never began: the warm-up was not over") : formatBrokerTime(engine.tradingFrom),
			wall: wallStart,
		},
		end: { market: engine.firstAt === null ? known("end.market", null, "the feed had no row") : formatBrokerTime(engine.at), wall: wallEnd },
		endReason: end.reason,
		endDetail: end.detail,
		exitCode: unknownPlans(engine).length === 0 ? exitCodeOf(end.reason, interruptCode) : notConfirmedCode(exitCodeOf(end.reason, interruptCode)),
		marketSeconds: engine.tradingFrom === null ? 0 : (engine.at - engine.tradingFrom) / 1000,
		ticks: engine.quotes,
		bars: engine.bars.closedCount,
		tradesExecuted: tally.entriesFilled,
		tradesClosed: tally.closed,
		wins: tally.wins,
		losses: tally.losses,
		winRate: known("winRate", tally.closed > 0 ? tally.wins / tally.closed : null, noTrades),
		payoff: known("payoff", payoffOf(engine), tally.closed === 0 ? noTrades : tally.wins === 0 ? "no win yet" : "no loss yet"),
		netProfit: roundMoney(account.balance - config.account.startBalance, digits),
		currency: config.account.currency,
		startBalance: config.account.startBalance,
		endBalance: roundMoney(account.balance, digits),
		endEquity: roundMoney(account.equity, digits),
		openPositions: engine.positions.length,
		maxDrawdownPct: engine.peak.drawdownPct,
		omega: known("omega", report.omega, tally.closed === 0 ? noTrades : "no loss yet"),
		zFactor: known("zFactor", tally.closed >= 2 ? report.z : null, "needs at least two closed trades"),
		energyCapturedPct: known("energyCapturedPct", report.energy === null ? null : report.energy * 100, noTrades),
		mfeCapturedPct: known("mfeCapturedPct", tally.winMfeR > 0 ? (tally.winR / tally.winMfeR) * 100 : null, "no winning trade"),
		validator: { approved: tally.approved, refused: tally.refused, adjusted: tally.adjusted, byCode: { ...tally.refusedByCode } },
		holds: { ...tally.holds },
		breaker: {
			trips: breaker.trips,
			haltedSeconds: (engine.halted.ms + (engine.halted.since === null ? 0 : engine.at - engine.halted.since)) / 1000,
			eventRatePct: known(
				"breaker.eventRatePct",
				breaker.steps === 0 || config.unlimited ? null : rates.eventRate * 100,
				config.unlimited ? "a measuring run has no breaker" : "no decision was made",
			),
			events: [...engine.breakerEvents],
		},
		shadowTrades: tally.shadowClosed,
		chs: {
			final: scoreOf(chs),
			min: engine.score.count === 0 ? scoreOf(chs) : engine.score.min,
			mean: engine.score.count === 0 ? scoreOf(chs) : engine.score.sum / engine.score.count,
			state: engine.score.word,
			evidence: evidenceText(chs.trades),
			pillars: {
				agent: { score: snapshot.pillars.agent, weakest: snapshot.weakestOf.agent },
				risk: { score: snapshot.pillars.risk, weakest: snapshot.weakestOf.risk },
				market: { score: snapshot.pillars.market, weakest: snapshot.weakestOf.market },
				execution: { score: snapshot.pillars.execution, weakest: snapshot.weakestOf.execution },
			},
			components: Object.fromEntries(
				Object.entries(snapshot.score).map(([name, score]) => [
					name,
					{ raw: known(`chs.components.${name}.raw`, snapshot.raw[name as keyof typeof snapshot.raw], "nothing is open"), score },
				]),
			),
		},
		costs: {
			spread: roundMoney(tally.spreadCost, digits),
			commission: roundMoney(-tally.commission, digits),
			swap: roundMoney(-tally.swap, digits),
			slippage: roundMoney(tally.slippage, digits),
		},
		gate: promotionRows(engine.evidence, { eventRate: rates.eventRate, steps: breaker.steps }),
		missing,
		trades: [...tally.lastTrades],
		curve: [...engine.curve.points],
		settings: config.simulator,
		nextStep: nextStepOf(engine, end.reason),
		...(agentNotes === null ? {} : { agentNotes }),
		...(broker === null ? {} : { broker }),
		...(twin == null ? {} : { paperTwin: twinReport(twin, config.account.currency, digits) }),
	};
}

/** A session that leaves a request whose outcome nobody knows has not ended as planned, whatever ended it (control C37): exit code 5 at least. */
function notConfirmedCode(code: number): number {
	return code === EXIT_DATA || code === EXIT_BUG ? code : EXIT_GUARD;
}

const EXIT_DATA = 3;
const EXIT_GUARD = 5;
const EXIT_BUG = 70;

/** The command line's contract: 0 as planned, 3 data, 5 stopped by a guard, 70 a bug, 130 or 143 interrupted. */
export function exitCodeOf(reason: EndReason, interruptCode: number): number {
	switch (reason) {
		case "duration":
		case "end-of-data":
		case "max-trades":
			return 0;
		case "data-failure":
		case "journal-failure":
			return EXIT_DATA;
		case "breaker":
		case "loss-limit":
		case "kill":
		case "halt":
			return EXIT_GUARD;
		case "interrupt":
			return interruptCode;
		case "bug":
			return EXIT_BUG;
	}
}

function payoffOf(engine: Engine): number | null {
	const { wins, losses, winSum, lossSum } = engine.tally;
	return wins === 0 || losses === 0 ? null : winSum / wins / (lossSum / losses);
}

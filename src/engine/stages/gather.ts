import type { CountedSession } from "./counts.ts";
import { addTradeToEvidence, createEvidence, type Evidence } from "./evidence.ts";
import { createGateProgress, type Gate, type GateProgress, judgeAtCheckpoint } from "./gates.ts";
import type { BreakerRecord } from "./promotion.ts";
import type { SessionFold } from "./session-fold.ts";

/** All evidence for one gate, put together from its sessions in the order in which they were traded. */
export type Gathered = {
	readonly evidence: Evidence;
	readonly breaker: BreakerRecord;
	readonly progress: GateProgress;
	/** Sessions that were clean, and the broker days on which these closed a trade. */
	readonly cleanSessions: number;
	readonly brokerDays: number;
	/** Sessions that count whole or with their losses, oldest first. */
	readonly counted: readonly CountedSession[];
};

/**
 * Puts the evidence together and judges it at every checkpoint on the way (chs.md 8). At a checkpoint in the middle of a session the orders,
 * refusals and breaker counts of that whole session are taken: they are known per session, and more of them never helps.
 */
export function gatherEvidence(gate: Gate, sessions: readonly CountedSession[]): Gathered {
	const evidence = createEvidence();
	const progress = createGateProgress(gate);
	const sums = { trips: 0, steps: 0, haltedSteps: 0 };
	const counted = sessions.filter(({ counts }) => counts !== "no");
	const days = new Set<number>();
	let cleanSessions = 0;
	for (const { session, counts, clean } of counted) {
		const { fold } = session;
		if (fold === null) continue;
		addOrders(evidence, sums, fold, counts === "whole");
		if (fold.unreadable !== null) evidence.broken = true;
		for (const trade of fold.trades) {
			if (counts === "losses" && !(trade.r < 0)) continue;
			addTradeToEvidence(evidence, trade);
			judgeAtCheckpoint(progress, evidence, rateOf(sums, evidence.trades));
		}
		if (!clean) continue;
		cleanSessions++;
		for (const day of fold.days) days.add(day);
	}
	const breaker = { eventRate: rateOf(sums, evidence.trades) ?? Number.NaN, steps: sums.steps };
	return { evidence, breaker, progress, cleanSessions, brokerDays: days.size, counted };
}

type Sums = { trips: number; steps: number; haltedSteps: number };

/** Of a session of which only the losses count, only what speaks against the agent: refusals, trips, decisions under an open breaker. */
function addOrders(evidence: Evidence, sums: Sums, fold: SessionFold, whole: boolean): void {
	evidence.orders += whole ? fold.orders : fold.rejections;
	evidence.rejections += fold.rejections;
	sums.trips += fold.trips;
	if (fold.decisions === null) return;
	sums.haltedSteps += fold.decisions.haltedSteps;
	sums.steps += whole ? fold.decisions.steps : fold.decisions.haltedSteps;
}

/** The event rate of chs.md 7 over all sessions, 0..1; null without a decision. */
function rateOf({ trips, steps, haltedSteps }: Sums, trades: number): number | null {
	if (steps === 0) return null;
	return Math.max(trips === 0 ? 0 : trips / Math.max(trades, trips), haltedSteps / steps);
}

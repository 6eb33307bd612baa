import { type Evidence, type EvidenceReport, reportOf } from "./evidence.ts";

/** The promotions there are. */
export type Gate = "virtual-to-demo" | "demo-to-live";

/** What a gate demands (chs.md 8). Shares are 0..1. */
export type GateTerms = {
	readonly label: string;
	readonly trades: number;
	readonly losses: number;
	readonly omegaLow: number;
	readonly energyLow: number;
	/** Checkpoints in a row that must pass. */
	readonly passes: number;
};

/** One demand and whether it is proven. A value that does not exist proves nothing. */
export type GateCheck = {
	readonly name:
		| "trades"
		| "losing trades"
		| "omega"
		| "omega lower bound"
		| "energy captured"
		| "energy lower bound"
		| "z factor"
		| "chs mean of 30"
		| "validator rejections"
		| "rejection upper bound"
		| "circuit breaker events";
	readonly value: number | null;
	readonly pass: boolean;
};

/** The targets that both gates share: the customer's five, and the Z-factor of the original. */
export const TARGETS = { omega: 2.7, energy: 0.65, z: 2.5, chs: 0.9, rejections: 0, rejectionHigh: 0.05, eventRate: 0.05 } as const;

/** Both gates. */
export const GATES = {
	"virtual-to-demo": { label: "virtual -> demo", trades: 60, losses: 8, omegaLow: 1.35, energyLow: 0.5, passes: 1 },
	"demo-to-live": { label: "demo -> live", trades: 100, losses: 10, omegaLow: 1.8, energyLow: 0.55, passes: 2 },
} as const satisfies Record<Gate, GateTerms>;

/** True at the trade counts at which gates may be judged: 60, 100, 150, 200 ... Judging after every trade would let lucky streaks through (chs.md 10.5). */
export function isCheckpoint(trades: number): boolean {
	return trades === 60 || (trades >= 100 && trades % 50 === 0);
}

/** The next trade count, after `trades`, at which gates are judged. */
export function nextCheckpoint(trades: number): number {
	if (trades < 60) return 60;
	return trades < 100 ? 100 : (Math.floor(trades / 50) + 1) * 50;
}

/** The trade count at which a gate is judged next in earnest: before its own number of trades no checkpoint can pass. */
export function nextJudged(gate: Gate, trades: number): number {
	return Math.max(GATES[gate].trades, nextCheckpoint(trades));
}

/** Every demand of a gate against the evidence, in the order of chs.md 8. `eventRate`: share 0..1 of breaker events, null = not known. */
export function gateChecks(report: EvidenceReport, eventRate: number | null, gate: Gate): readonly GateCheck[] {
	const terms = GATES[gate];
	const above = (value: number | null, limit: number): boolean => value !== null && value > limit;
	return [
		{ name: "trades", value: report.trades, pass: report.trades >= terms.trades },
		{ name: "losing trades", value: report.losses, pass: report.losses >= terms.losses },
		{ name: "omega", value: report.omega, pass: above(report.omega, TARGETS.omega) },
		{ name: "omega lower bound", value: report.omegaLow, pass: above(report.omegaLow, terms.omegaLow) },
		{ name: "energy captured", value: report.energy, pass: above(report.energy, TARGETS.energy) },
		{ name: "energy lower bound", value: report.energyLow, pass: above(report.energyLow, terms.energyLow) },
		{ name: "z factor", value: report.z, pass: above(report.z, TARGETS.z) },
		{ name: "chs mean of 30", value: report.chsMean, pass: above(report.chsMean, TARGETS.chs) },
		{ name: "validator rejections", value: report.rejections, pass: report.rejections <= TARGETS.rejections },
		{ name: "rejection upper bound", value: report.rejectionHigh, pass: report.rejectionHigh !== null && report.rejectionHigh <= TARGETS.rejectionHigh },
		{ name: "circuit breaker events", value: eventRate, pass: eventRate !== null && eventRate >= 0 && eventRate < TARGETS.eventRate },
	];
}

/** Passes in a row at the checkpoints of one gate. Plain JSON. */
export type GateProgress = { readonly gate: Gate; checkpoint: number; passes: number; promoted: boolean };

/** Progress of nothing. */
export function createGateProgress(gate: Gate): GateProgress {
	return { gate, checkpoint: 0, passes: 0, promoted: false };
}

/**
 * To be called after every closed real trade; judges only at a checkpoint not judged before. Promoted once the gate's number of
 * passes in a row is reached. Returns the checks when it judged, else null.
 */
export function judgeAtCheckpoint(progress: GateProgress, evidence: Evidence, eventRate: number | null): readonly GateCheck[] | null {
	if (!isCheckpoint(evidence.trades) || evidence.trades <= progress.checkpoint) return null;
	const checks = gateChecks(reportOf(evidence), eventRate, progress.gate);
	const passed = !evidence.broken && checks.every((check) => check.pass);
	progress.checkpoint = evidence.trades;
	progress.passes = passed ? progress.passes + 1 : 0;
	progress.promoted = progress.passes >= GATES[progress.gate].passes;
	return checks;
}

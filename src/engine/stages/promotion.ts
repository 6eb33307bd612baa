import type { GateRow } from "../summary-type.ts";
import { type Evidence, type EvidenceReport, reportOf } from "./evidence.ts";
import { GATES, type Gate, type GateTerms, TARGETS } from "./gates.ts";

/** What is known of the breaker beside the evidence: its event rate 0..1 and the decision points it rests on. */
export type BreakerRecord = { readonly eventRate: number; readonly steps: number };

/**
 * The five promotion targets as rows of a session's summary (chs.md 8). Shares are shown in percent. `pass` only if value and bound
 * hold with enough evidence; `fail` when there is enough and one misses, or when no further evidence could help; else `insufficient`.
 */
export function promotionRows(evidence: Evidence, breaker: BreakerRecord, gate: Gate = "virtual-to-demo"): readonly GateRow[] {
	const report = reportOf(evidence);
	const terms = GATES[gate];
	const sample = sampleGap(report, terms);
	const rows: readonly GateRow[] = [
		row("chs", "CHS, mean of the last 30 closes", { value: report.chsMean, above: TARGETS.chs, unit: "", digits: 3 }, null, tradesGap(report, terms)),
		row(
			"omega",
			"Omega, gains over losses",
			{ value: report.omega, above: TARGETS.omega, unit: "", digits: 2 },
			{ value: report.omegaLow, above: terms.omegaLow, unit: "", digits: 2 },
			sample,
		),
		row(
			"energyCaptured",
			"Energy captured",
			{ value: percentOf(report.energy), above: percent(TARGETS.energy), unit: " %", digits: 1 },
			{ value: percentOf(report.energyLow), above: percent(terms.energyLow), unit: " %", digits: 1 },
			sample,
		),
		rejectionRow(report),
		eventRow(report, breaker, terms),
	];
	return evidence.broken ? rows.map((one) => ({ ...one, verdict: "fail", why: "a trade had no readable result: the sample proves nothing" })) : rows;
}

/** Fewer decision points cannot prove that the breaker's event rate is below 5 % (rule of three). */
const EVENT_STEPS_MIN = 60;

type Demand = { readonly value: number | null; readonly above: number; readonly unit: string; readonly digits: number };

function row(target: GateRow["target"], label: string, demand: Demand, bound: Demand | null, gap: string | null): GateRow {
	const must = `> ${demand.above}${demand.unit}`;
	const boundMust = bound === null ? null : `> ${bound.above}${bound.unit}`;
	const base = { target, label, must, value: demand.value, bound: bound?.value ?? null, boundMust };
	if (gap !== null) return { ...base, verdict: "insufficient", why: gap };
	const misses = [missOf(demand, ""), bound === null ? null : missOf(bound, "lower bound ")].filter((miss) => miss !== null);
	return { ...base, verdict: misses.length === 0 ? "pass" : "fail", why: misses.join("; ") };
}

function missOf(demand: Demand, what: string): string | null {
	if (demand.value !== null && demand.value > demand.above) return null;
	const got = demand.value === null ? "not known" : `${demand.value.toFixed(demand.digits)}${demand.unit}`;
	return `${what}${got}, must be above ${demand.above}${demand.unit}`;
}

function rejectionRow(report: EvidenceReport): GateRow {
	const limitPct = percent(TARGETS.rejectionHigh);
	const needed = Math.ceil(3 / TARGETS.rejectionHigh);
	const base = {
		target: "validatorRejections",
		label: "Validator rejections",
		must: "= 0",
		value: report.orders === 0 ? null : report.rejections,
		bound: percentOf(report.rejectionHigh),
		boundMust: `<= ${limitPct} %`,
	} as const;
	if (report.rejections > 0) return { ...base, verdict: "fail", why: `${report.rejections} of ${report.orders} orders broke a rule` };
	if (report.orders < needed) return { ...base, verdict: "insufficient", why: `insufficient: ${report.orders} of ${needed} orders` };
	return { ...base, verdict: "pass", why: "" };
}

function eventRow(report: EvidenceReport, breaker: BreakerRecord, terms: GateTerms): GateRow {
	const known = breaker.steps > 0 && Number.isFinite(breaker.eventRate);
	const limitPct = percent(TARGETS.eventRate);
	const valuePct = known ? percent(breaker.eventRate) : null;
	const base = { target: "breakerEvents", label: "Breaker events", must: `< ${limitPct} %`, value: valuePct, bound: null, boundMust: null } as const;
	const gap = tradesGap(report, terms) ?? (breaker.steps < EVENT_STEPS_MIN ? `insufficient: ${breaker.steps} of ${EVENT_STEPS_MIN} decisions` : null);
	if (gap !== null) return { ...base, verdict: "insufficient", why: gap };
	if (valuePct !== null && valuePct >= 0 && valuePct < limitPct) return { ...base, verdict: "pass", why: "" };
	return { ...base, verdict: "fail", why: valuePct === null ? "not known" : `${valuePct.toFixed(1)} %, must be below ${limitPct} %` };
}

function sampleGap(report: EvidenceReport, terms: GateTerms): string | null {
	const trades = tradesGap(report, terms);
	if (trades !== null) return trades;
	return report.losses < terms.losses ? `insufficient: ${report.losses} of ${terms.losses} losing trades` : null;
}

function tradesGap(report: EvidenceReport, terms: GateTerms): string | null {
	return report.trades < terms.trades ? `insufficient: ${report.trades} of ${terms.trades} trades` : null;
}

/** A share as percent, without the dust of binary fractions. */
function percent(share: number): number {
	return Number((share * 100).toFixed(9));
}

function percentOf(share: number | null): number | null {
	return share === null ? null : percent(share);
}

import { type EvidenceReport, reportOf } from "./evidence.ts";
import { GATES, type Gate, type GateCheck, gateChecks, nextJudged, TARGETS } from "./gates.ts";
import type { Gathered } from "./gather.ts";
import type { Requirement } from "./standing.ts";

/** Besides the trades: clean sessions, and on how many broker days (control C04). */
export const SESSIONS_NEEDED = {
	"virtual-to-demo": { sessions: 5, days: 0 },
	"demo-to-live": { sessions: 5, days: 3 },
} as const satisfies Record<Gate, { readonly sessions: number; readonly days: number }>;

/** Decisions from which on "no event" proves a rate below 5 % (chs.md 7, rule of three). */
const STEPS_MIN = 60;

/** Every demand of a gate with what the evidence says, in the order of chs.md 8; then sessions, days and checkpoints. */
export function requirementsOf(gate: Gate, gathered: Gathered): readonly Requirement[] {
	const report = reportOf(gathered.evidence);
	const { eventRate, steps } = gathered.breaker;
	const known = steps > 0 && Number.isFinite(eventRate);
	const checks = gateChecks(report, known ? eventRate : null, gate);
	const rows = checks.map((check) => requirementOf(check, { gate, report, steps }));
	const rest = [sessionsRow(gate, gathered), ...daysRow(gate, gathered), checkpointRow(gate, gathered)];
	const all = [...rows, ...rest];
	return gathered.evidence.broken ? all.map((row) => ({ ...row, verdict: "fail", missing: "a journal has a trade without a readable result" })) : all;
}

/** Whether nothing is missing any more. The values of now must hold as well as those of the last checkpoint: what came after may not speak against it. */
export function isMet(requirements: readonly Requirement[]): boolean {
	return requirements.every(({ verdict }) => verdict === "pass");
}

type Situation = { readonly gate: Gate; readonly report: EvidenceReport; readonly steps: number };

function requirementOf(check: GateCheck, situation: Situation): Requirement {
	const { must, value } = WORDS[check.name](check.value, situation);
	const base = { name: check.name, must, value };
	if (check.pass) {
		const gap = unproven(check, situation);
		return { ...base, verdict: gap === "" ? "pass" : "insufficient", missing: gap };
	}
	const missing = missingOf(check, situation);
	return { ...base, verdict: isFinal(check, situation) ? "fail" : "insufficient", missing };
}

/** What is right so far and rests on too little. */
function unproven({ name }: GateCheck, { steps, report }: Situation): string {
	if (name === "circuit breaker events" && steps < STEPS_MIN) return plural(STEPS_MIN - steps, "more decision");
	return name === "validator rejections" && report.orders === 0 ? "no order yet" : "";
}

/** Enough has been seen to call it a miss; before that it is only not proven yet. */
function isFinal({ name }: GateCheck, { gate, report, steps }: Situation): boolean {
	const terms = GATES[gate];
	switch (name) {
		case "trades":
		case "losing trades":
		case "rejection upper bound":
			return false;
		case "validator rejections":
			return true;
		case "circuit breaker events":
			return steps >= STEPS_MIN && report.trades >= terms.trades;
		case "omega":
		case "energy captured":
		case "z factor":
		case "chs mean of 30":
			return report.trades >= terms.trades;
		case "omega lower bound":
		case "energy lower bound":
			return report.trades >= terms.trades && report.losses >= terms.losses;
	}
}

type Words = (value: number | null, situation: Situation) => { readonly must: string; readonly value: string };

const fixed = (value: number | null, digits: number): string => (value === null ? "--" : value.toFixed(digits));
const percent = (value: number | null, digits = 1): string => (value === null ? "--" : `${(value * 100).toFixed(digits)} %`);
const share = (limit: number): string => `${Number((limit * 100).toFixed(6))} %`;

/** What must hold, and what is, by check. */
const WORDS: Readonly<Record<GateCheck["name"], Words>> = {
	trades: (value, { gate }) => ({ must: `at least ${GATES[gate].trades}`, value: fixed(value, 0) }),
	"losing trades": (value, { gate }) => ({ must: `at least ${GATES[gate].losses}`, value: fixed(value, 0) }),
	omega: (value) => ({ must: `> ${TARGETS.omega}`, value: fixed(value, 2) }),
	"omega lower bound": (value, { gate }) => ({ must: `> ${GATES[gate].omegaLow}`, value: fixed(value, 2) }),
	"energy captured": (value) => ({ must: `> ${share(TARGETS.energy)}`, value: percent(value) }),
	"energy lower bound": (value, { gate }) => ({ must: `> ${share(GATES[gate].energyLow)}`, value: percent(value) }),
	"z factor": (value) => ({ must: `> ${TARGETS.z}`, value: fixed(value, 2) }),
	"chs mean of 30": (value) => ({ must: `> ${TARGETS.chs}`, value: fixed(value, 3) }),
	"validator rejections": (value, { report }) => ({ must: "none", value: report.orders === 0 ? "--" : `${fixed(value, 0)} of ${report.orders}` }),
	"rejection upper bound": (value) => ({ must: `<= ${share(TARGETS.rejectionHigh)}`, value: percent(value) }),
	"circuit breaker events": (value) => ({ must: `< ${share(TARGETS.eventRate)}`, value: percent(value) }),
};

/** How much more is needed, in words. Estimates take it that the agent goes on as it did: bounds narrow with the root of the trades. */
function missingOf({ name, value }: GateCheck, { gate, report }: Situation): string {
	const terms = GATES[gate];
	switch (name) {
		case "trades":
			return plural(terms.trades - report.trades, "more trade");
		case "losing trades":
			return `${plural(terms.losses - report.losses, "more losing trade")}, so that losses are known`;
		case "validator rejections":
			return "nothing helps: a rejection stays; a mended agent is a new build and starts anew";
		case "rejection upper bound":
			return report.rejections > 0 ? "see validator rejections" : plural(Math.ceil(3 / TARGETS.rejectionHigh) - report.orders, "more order");
		case "circuit breaker events":
			return value === null ? "no decision yet" : "fewer trips and halted decisions";
		case "omega lower bound":
			return moreForOmega(report, terms.omegaLow);
		case "energy lower bound":
			return moreForEnergy(report, terms.energyLow);
		case "z factor":
			if (value === null) return "no result yet";
			return value > 0 ? estimate(report.trades, report.trades * (TARGETS.z / value) ** 2) : "better results";
		case "omega":
			return value === null ? (report.trades === 0 ? "no trade yet" : "no losing trade yet") : "better results";
		case "energy captured":
		case "chs mean of 30":
			return value === null ? "no trade yet" : "better results";
	}
}

function moreForOmega(report: EvidenceReport, level: number): string {
	const { omegaAdjusted, omegaError, trades } = report;
	if (omegaAdjusted === null || omegaError === null) return "no trade yet";
	if (!(omegaAdjusted > level)) return "better results";
	return estimate(trades, trades * ((1.96 * omegaError) / Math.log(omegaAdjusted / level)) ** 2);
}

function moreForEnergy(report: EvidenceReport, level: number): string {
	const { energy, energyError, trades } = report;
	if (energy === null || energyError === null) return "no trade yet";
	if (!(energy > level)) return "better results";
	return estimate(trades, trades * ((1.96 * energyError) / (energy - level)) ** 2);
}

function estimate(have: number, needed: number): string {
	const more = Math.max(1, Math.ceil(needed) - have);
	return more > 5000 ? "better results" : `about ${plural(more, "more trade")} like these`;
}

function sessionsRow(gate: Gate, { cleanSessions }: Gathered): Requirement {
	return countRow("clean sessions", SESSIONS_NEEDED[gate].sessions, cleanSessions, "more clean session");
}

function daysRow(gate: Gate, { brokerDays }: Gathered): readonly Requirement[] {
	const { days } = SESSIONS_NEEDED[gate];
	return days === 0 ? [] : [countRow("broker days", days, brokerDays, "more broker day")];
}

function checkpointRow(gate: Gate, { progress, evidence }: Gathered): Requirement {
	const { passes } = GATES[gate];
	const base = { name: "checkpoints passed in a row", must: `at least ${passes}`, value: String(progress.passes) };
	if (progress.promoted) return { ...base, verdict: "pass", missing: "" };
	const next = nextJudged(gate, evidence.trades);
	const failed = progress.checkpoint >= GATES[gate].trades && progress.passes === 0;
	return { ...base, verdict: failed ? "fail" : "insufficient", missing: `judged next at ${next} trades` };
}

function countRow(name: string, needed: number, have: number, what: string): Requirement {
	const met = have >= needed;
	return { name, must: `at least ${needed}`, value: String(have), verdict: met ? "pass" : "insufficient", missing: met ? "" : plural(needed - have, what) };
}

function plural(count: number, what: string): string {
	return `${count} ${what}${count === 1 ? "" : "s"}`;
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addOrderToEvidence, addTradeToEvidence, createEvidence, type Evidence, type EvidenceReport, reportOf } from "../../../src/engine/stages/evidence.ts";
import { createGateProgress, gateChecks, isCheckpoint, judgeAtCheckpoint, nextCheckpoint } from "../../../src/engine/stages/gates.ts";
import { type BreakerRecord, promotionRows } from "../../../src/engine/stages/promotion.ts";
import { expectClose, vectorsOf } from "../health/vectors.ts";

type GateInput = {
	readonly pattern?: string;
	readonly n?: number;
	readonly wins?: number;
	readonly r?: number;
	readonly mfe?: number;
	readonly mae?: number;
	readonly chs: number;
	readonly rates: { readonly eventRate: number };
};
type GateOut = { readonly pass: boolean; readonly checks: readonly (readonly [string, number | null, boolean])[] };

const WIN = { r: 1.9, mfe: 2, mae: 0.4 };
const LOSS = { r: -1.05, mfe: 0.6, mae: 1.05 };
const CALM: BreakerRecord = { eventRate: 0.01, steps: 500 };

function evidenceOf(pattern: string, count: number, chs = 0.93): Evidence {
	const evidence = createEvidence();
	for (let i = 0; i < count; i++) {
		addOrderToEvidence(evidence, false);
		addTradeToEvidence(evidence, { ...(pattern[i % pattern.length] === "W" ? WIN : LOSS), chs });
	}
	return evidence;
}

/** Our report under the vectors' names. */
function namedLikeVectors(report: EvidenceReport): Readonly<Record<string, number | null>> {
	return {
		n: report.trades,
		wins: report.wins,
		losses: report.losses,
		omega: report.omega,
		omegaAdj: report.omegaAdjusted,
		omegaSe: report.omegaError,
		omegaLcb: report.omegaLow,
		omegaUcb: report.omegaHigh,
		eta: report.energy,
		etaSe: report.energyError,
		etaLcb: report.energyLow,
		mu: report.meanR,
		sd: report.deviationR,
		z: report.z,
		chsMean: report.chsMean,
		rejections: report.rejections,
		rejectionUcb: report.rejectionHigh,
	};
}

describe("gate vectors", () => {
	it.each(vectorsOf<GateInput, { readonly report: object; readonly demo: GateOut; readonly live: GateOut }>("gate"))(
		"$id: $note",
		({ input, expect: wanted }) => {
			let evidence = createEvidence();
			for (let i = 0; i < (input.n ?? input.wins ?? 0); i++) {
				const own = { r: input.r ?? 0, mfe: input.mfe ?? 0, mae: input.mae ?? 0 };
				const trade = input.pattern === undefined ? own : input.pattern[i % input.pattern.length] === "W" ? WIN : LOSS;
				addOrderToEvidence(evidence, false);
				addTradeToEvidence(evidence, { ...trade, chs: input.chs });
				if (i % 7 === 0) evidence = JSON.parse(JSON.stringify(evidence));
			}
			const report = reportOf(evidence);
			expectClose(namedLikeVectors(report), wanted.report, "report");
			for (const [gate, out] of [["virtual-to-demo", wanted.demo] as const, ["demo-to-live", wanted.live] as const]) {
				const checks = gateChecks(report, input.rates.eventRate, gate);
				expectClose(
					checks.map((check) => [check.name, check.value, check.pass]),
					out.checks,
					gate,
				);
				expect(checks.every((check) => check.pass)).toBe(out.pass);
			}
		},
	);
});

describe("evidence", () => {
	it("has no numbers before the first trade", () => {
		const report = reportOf(createEvidence());
		const empty = { trades: 0, wins: 0, losses: 0, orders: 0, rejections: 0 };
		for (const [name, value] of Object.entries(report)) expect(value, name).toBe(name in empty ? 0 : null);
	});

	it("has an Omega of null without losses, and no deviation from one trade", () => {
		const report = reportOf(evidenceOf("W", 1));
		expect(report).toMatchObject({ omega: null, deviationR: null, z: null, chsMean: 0.93 });
	});

	it("looks back exactly 30 closes for the score", () => {
		const evidence = createEvidence();
		for (let i = 0; i < 45; i++) addTradeToEvidence(evidence, { ...WIN, chs: i < 15 ? 0.1 : 0.5 });
		expect(reportOf(evidence).chsMean).toBeCloseTo(0.5, 12);
		expect(evidence.closes.length).toBe(30);
	});

	it("counts a scratch as neither win nor loss", () => {
		const evidence = createEvidence();
		addTradeToEvidence(evidence, { r: 0, mfe: 0.2, mae: 0.3, chs: 0.75 });
		expect(reportOf(evidence)).toMatchObject({ trades: 1, wins: 0, losses: 0, omega: null, energy: 0 });
	});

	it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e300])("never passes again after a result of %s", (r) => {
		const evidence = evidenceOf("WWLWWLWLWW", 99);
		addTradeToEvidence(evidence, { r, mfe: 1, mae: 1, chs: 0.93 });
		for (const row of promotionRows(evidence, CALM)) expect(row.verdict).toBe("fail");
		addTradeToEvidence(evidence, { ...WIN, chs: 0.93 });
		const progress = createGateProgress("virtual-to-demo");
		judgeAtCheckpoint(progress, evidence, 0.01);
		expect(progress).toMatchObject({ checkpoint: 100, promoted: false });
	});

	it("bounds enclose the values, whatever the trades", () => {
		const trade = fc.record({
			r: fc.double({ min: -8, max: 8, noNaN: true }),
			mfe: fc.double({ min: 0, max: 8, noNaN: true }),
			mae: fc.double({ min: 0, max: 8, noNaN: true }),
		});
		fc.assert(
			fc.property(fc.array(trade, { minLength: 1, maxLength: 120 }), (trades) => {
				const evidence = createEvidence();
				for (const one of trades) addTradeToEvidence(evidence, { ...one, chs: 0.9 });
				const report = reportOf(evidence);
				expect(report.omegaLow).toBeLessThan(report.omegaAdjusted ?? 0);
				expect(report.omegaHigh).toBeGreaterThan(report.omegaAdjusted ?? 0);
				if (report.energy !== null) {
					expect(report.energy).toBeGreaterThanOrEqual(0);
					expect(report.energy).toBeLessThanOrEqual(1);
					expect(report.energyLow).toBeLessThanOrEqual(report.energy);
				}
			}),
			{ numRuns: 100 },
		);
	});
});

describe("checkpoints", () => {
	it("are 60, 100, 150, 200 and so on", () => {
		const at = Array.from({ length: 301 }, (_, n) => n).filter(isCheckpoint);
		expect(at).toEqual([60, 100, 150, 200, 250, 300]);
	});

	it.each([
		[0, 60],
		[59, 60],
		[60, 100],
		[99, 100],
		[100, 150],
		[149, 150],
		[150, 200],
	])("after %i comes %i", (trades, next) => {
		expect(nextCheckpoint(trades)).toBe(next);
	});

	it("promotes to demo at one pass and to live only at two in a row", () => {
		const demo = createGateProgress("virtual-to-demo");
		const live = createGateProgress("demo-to-live");
		const evidence = createEvidence();
		const promoted: string[] = [];
		for (let i = 0; i < 150; i++) {
			addOrderToEvidence(evidence, false);
			addTradeToEvidence(evidence, { ...("WWLWWLWLWW"[i % 10] === "W" ? WIN : LOSS), chs: 0.93 });
			judgeAtCheckpoint(demo, evidence, 0.01);
			judgeAtCheckpoint(live, evidence, 0.01);
			if (demo.promoted && promoted.length === 0) promoted.push(`demo at ${i + 1}`);
			if (live.promoted && promoted.length === 1) promoted.push(`live at ${i + 1}`);
		}
		expect(promoted).toEqual(["demo at 60", "live at 150"]);
	});

	it("a miss starts the count again", () => {
		const live = createGateProgress("demo-to-live");
		const evidence = evidenceOf("WWLWWLWLWW", 100);
		judgeAtCheckpoint(live, evidence, 0.01);
		expect(live.passes).toBe(1);
		for (let i = 0; i < 50; i++) addTradeToEvidence(evidence, { ...WIN, chs: 0.5 });
		judgeAtCheckpoint(live, evidence, 0.01);
		expect(live).toMatchObject({ passes: 0, promoted: false });
	});
});

describe("promotion rows", () => {
	const verdicts = (evidence: Evidence, breaker: BreakerRecord): readonly string[] => promotionRows(evidence, breaker).map((row) => row.verdict);

	it("passes a healthy sample with values and bounds in percent", () => {
		const rows = promotionRows(evidenceOf("WWLWWLWLWW", 100), CALM);
		expect(rows.map((row) => [row.target, row.must, row.boundMust, row.verdict, row.why])).toEqual([
			["chs", "> 0.9", null, "pass", ""],
			["omega", "> 2.7", "> 1.35", "pass", ""],
			["energyCaptured", "> 65 %", "> 50 %", "pass", ""],
			["validatorRejections", "= 0", "<= 5 %", "pass", ""],
			["breakerEvents", "< 5 %", null, "pass", ""],
		]);
		expect(rows[1]?.bound).toBeCloseTo(2.7277309, 6);
		expect(rows[2]?.value).toBeCloseTo(77.5510204, 6);
		expect(rows[3]?.bound).toBeCloseTo(3, 12);
		expect(rows[4]?.value).toBeCloseTo(1, 12);
	});

	it("uses the stricter bounds of demo -> live", () => {
		expect(promotionRows(evidenceOf("WWLWWLWLWW", 100), CALM, "demo-to-live").map((row) => row.boundMust)).toEqual([null, "> 1.8", "> 55 %", "<= 5 %", null]);
	});

	it("says what is missing, and shows no number where none exists", () => {
		const rows = promotionRows(createEvidence(), { eventRate: 0, steps: 0 });
		expect(rows.map((row) => [row.value, row.bound, row.verdict, row.why])).toEqual([
			[null, null, "insufficient", "insufficient: 0 of 60 trades"],
			[null, null, "insufficient", "insufficient: 0 of 60 trades"],
			[null, null, "insufficient", "insufficient: 0 of 60 trades"],
			[null, null, "insufficient", "insufficient: 0 of 60 orders"],
			[null, null, "insufficient", "insufficient: 0 of 60 trades"],
		]);
		expect(promotionRows(evidenceOf("WL", 8), CALM)[1]?.why).toBe("insufficient: 8 of 60 trades");
		expect(promotionRows(evidenceOf("W", 60), CALM)[1]).toMatchObject({ value: null, verdict: "insufficient", why: "insufficient: 0 of 8 losing trades" });
	});

	it("fails at once on a rejection, which no further order can undo", () => {
		const evidence = createEvidence();
		addOrderToEvidence(evidence, false);
		addOrderToEvidence(evidence, true);
		expect(promotionRows(evidence, CALM)[3]).toMatchObject({ value: 1, bound: null, verdict: "fail", why: "1 of 2 orders broke a rule" });
	});

	it("fails a full sample that misses, by value or by bound", () => {
		const rows = promotionRows(evidenceOf("WL", 60, 0.8), CALM);
		expect(rows[0]).toMatchObject({ verdict: "fail", why: "0.800, must be above 0.9" });
		expect(rows[1]).toMatchObject({ verdict: "fail" });
		expect(rows[1]?.why).toContain("1.81, must be above 2.7; lower bound ");
		expect(verdicts(evidenceOf("WL", 60), { eventRate: 0.05, steps: 500 })[4]).toBe("fail");
		expect(verdicts(evidenceOf("WL", 60), { eventRate: Number.NaN, steps: 500 })[4]).toBe("fail");
		expect(verdicts(evidenceOf("WL", 60), { eventRate: 0, steps: 59 })[4]).toBe("insufficient");
	});

	it("an unknown event rate never passes a gate", () => {
		const checks = gateChecks(reportOf(evidenceOf("WWLWWLWLWW", 100)), null, "virtual-to-demo");
		expect(checks.filter((check) => !check.pass).map((check) => check.name)).toEqual(["circuit breaker events"]);
	});
});

import { describe, expect, it } from "vitest";
import type { Component } from "../../../src/engine/health/components.ts";
import { CURVES, ceilingOf, curveScore } from "../../../src/engine/health/curves.ts";
import { adjustment, baselineOf } from "../../../src/engine/health/edge.ts";
import { capturedOf, energyShare, omegaRatio, releasedOf, riskOfRuin } from "../../../src/engine/health/statistics.ts";
import { expectClose, recordOf, replay, VECTORS, type VectorConfig, type VectorEvent, vectorsOf } from "./vectors.ts";

describe("the vectors of chs-1", () => {
	it("are 28; those of kind regime, breaker and gate are tested beside their modules", () => {
		expect(VECTORS.length).toBe(28);
		const here = ["curve", "omegaRatio", "riskOfRuin", "tradeEnergy", "adjustment", "ceiling", "baseline", "session"];
		expect([...new Set(VECTORS.map((one) => one.kind))].sort()).toEqual([...here, "breaker", "gate", "regime"].sort());
	});

	it.each(vectorsOf<Record<Component, number[]>, Record<Component, number[]>>("curve"))("$id: $note", ({ input, expect: wanted }) => {
		for (const [name, raws] of Object.entries(input)) {
			expectClose(
				raws.map((raw) => curveScore(CURVES[name as Component], raw)),
				wanted[name as Component],
				name,
			);
		}
	});

	it.each(vectorsOf<[number, number][], number[]>("omegaRatio"))("$id: $note", ({ input, expect: wanted }) => {
		expectClose(
			input.map(([gain, loss]) => omegaRatio(gain, loss)),
			wanted,
			"omega",
		);
	});

	it.each(vectorsOf<[number, number, number][], number[]>("riskOfRuin"))("$id: $note", ({ input, expect: wanted }) => {
		expectClose(
			input.map(([mean, variance, distance]) => riskOfRuin(mean, variance, distance)),
			wanted,
			"ruin",
		);
	});

	it.each(vectorsOf<[number, number, number][], unknown[]>("tradeEnergy"))("$id: $note", ({ input, expect: wanted }) => {
		const pairs = input.map(([r, mfe, mae]) => [capturedOf(r), releasedOf(r, mfe, mae)] as const);
		const sum = (index: 0 | 1): number => pairs.reduce((total, pair) => total + pair[index], 0);
		expectClose([...pairs, ["share", energyShare(sum(0), sum(1))]], wanted, "energy");
	});

	it.each(vectorsOf<[number, number, number][], number[]>("adjustment"))("$id: $note", ({ input, expect: wanted }) => {
		expectClose(
			input.map(([mean, variance, skew3]) => adjustment(mean, variance, skew3)),
			wanted,
			"theta",
		);
	});

	it.each(vectorsOf<number[], number[]>("ceiling"))("$id: $note", ({ input, expect: wanted }) => {
		expectClose(
			input.map((score) => ceilingOf(score, 0.55)),
			wanted,
			"ceiling",
		);
	});

	it.each(vectorsOf<Record<"none" | "record", never>, Record<"none" | "record", Record<string, number>>>("baseline"))(
		"$id: $note",
		({ input, expect: wanted }) => {
			for (const name of ["none", "record"] as const) {
				const base = baselineOf(recordOf(input[name]));
				const got = {
					mu: base.mean,
					v: base.variance,
					k3: base.skew3,
					th1: base.goneStep,
					th2: base.invertedStep,
					etaRef: base.energyReference,
					mz: base.leakMean,
					vz: base.leakVariance,
					th3: base.leakStep,
				};
				expectClose(got, wanted[name], name);
			}
		},
	);

	const sessions = vectorsOf<{ readonly cfg: VectorConfig; readonly events: readonly VectorEvent[] }, readonly object[]>("session");
	it.each(sessions)("session $id: $note", ({ input, expect: wanted }) => {
		const got = replay(input.cfg, input.events, (chs) => chs);
		expect(got.length).toBe(wanted.length);
		expectClose(got, wanted, "snap");
	});

	it.each(sessions)("session $id survives JSON after every tenth event", ({ input, expect: wanted }) => {
		const got = replay(input.cfg, input.events, (chs, index) => (index % 10 === 0 ? JSON.parse(JSON.stringify(chs)) : chs));
		expectClose(got, wanted, "snap");
		expect(got).toEqual(replay(input.cfg, input.events, (chs) => chs));
	});
});

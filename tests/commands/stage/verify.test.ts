import { describe, expect, it } from "vitest";
import type { Failure } from "../../../src/adapters/failure.ts";
import type { ConfirmedStage, StageTerms } from "../../../src/commands/stage/confirmed.ts";
import { planHashOf } from "../../../src/commands/stage/look.ts";
import { requireConfirmed, requireSame } from "../../../src/commands/stage/verify.ts";
import type { RunOptions } from "../../../src/config/options.ts";
import { planRun } from "../../../src/config.ts";

const TERMS: StageTerms = {
	mode: "demo",
	accountHash: "a".repeat(64),
	loginTail: "0001",
	server: "Server",
	tradeMode: "demo",
	venue: "sandbox",
	currency: "USD",
	currencyDigits: 2,
	maxLoss: 200,
	planHash: "p",
	instrumentHash: "i",
	certificate: "c",
	rehearsal: null,
	probation: null,
	found: ["5", "7"],
};

const CHANGES: { readonly [K in keyof StageTerms]: readonly StageTerms[K][] } = {
	mode: ["live"],
	accountHash: ["b".repeat(64)],
	loginTail: ["0002"],
	server: ["Another"],
	tradeMode: ["real"],
	venue: ["mt5"],
	currency: ["EUR"],
	currencyDigits: [0],
	maxLoss: [202.01, 1e9, 0, -1, Number.NaN],
	planHash: ["q"],
	instrumentHash: ["j"],
	certificate: [null, "d"],
	rehearsal: [["something is missing"]],
	probation: [1],
	found: [[], ["5"], ["5", "8"], ["5", "7", "9"]],
};

function messageOf(work: () => void): string {
	try {
		work();
	} catch (error) {
		expect((error as Failure).exitCode).toBe(4);
		return (error as Failure).message;
	}
	return "";
}

describe("what was confirmed against what is so now", () => {
	it("may be the same, and lose less", () => {
		expect(messageOf(() => requireSame(TERMS, { ...TERMS }))).toBe("");
		expect(messageOf(() => requireSame(TERMS, { ...TERMS, maxLoss: 1 }))).toBe("");
		expect(messageOf(() => requireSame(TERMS, { ...TERMS, maxLoss: 202 }))).toBe("");
	});

	it.each((Object.keys(CHANGES) as (keyof StageTerms)[]).flatMap((key) => CHANGES[key].map((value) => [key, value] as const)))(
		"may not differ in %s (%j)",
		(key, value) => {
			expect(messageOf(() => requireSame(TERMS, { ...TERMS, [key]: value }))).toMatch(/^Not started: .* is not as you confirmed it\. Nothing was sent\./);
		},
	);

	it("may miss other things in a rehearsal, for what is missing counts down", () => {
		expect(messageOf(() => requireSame({ ...TERMS, rehearsal: ["58 trades"] }, { ...TERMS, rehearsal: ["57 trades"] }))).toBe("");
	});
});

async function planned(changes: Partial<RunOptions> = {}) {
	return planRun({ mode: "demo", set: [], ...changes }, true);
}

async function confirmedFor(changes: Partial<RunOptions> = {}, stage: Partial<ConfirmedStage> = {}): Promise<ConfirmedStage> {
	const plan = await planned(changes);
	return {
		terms: { ...TERMS, found: [], planHash: planHashOf(plan) },
		options: { mode: "demo", set: [] },
		found: "none",
		confirmedWallMs: 1_000_000,
		...stage,
	};
}

describe("a confirmation", () => {
	it("holds for the same options, whatever dice they get, for two minutes", async () => {
		const plan = await planned();
		const confirmed = await confirmedFor();
		for (const after of [0, 1, 119_999, 120_000]) expect(messageOf(() => requireConfirmed(plan, confirmed, 1_000_000 + after))).toBe("");
	});

	it.each([[120_001], [3_600_000], [-1], [Number.NaN]])("does not hold %d ms later", async (after) => {
		const plan = await planned();
		const confirmed = await confirmedFor();
		expect(messageOf(() => requireConfirmed(plan, confirmed, 1_000_000 + after))).toMatch(/it holds for 120 s/);
	});

	it("does not replace itself: without one there is no demo or live session, whatever the options", async () => {
		for (const changes of [{}, { mode: "live" as const }, { headless: true }, { found: "resume" as const }, { shadow: true }]) {
			const plan = await planned(changes);
			expect(messageOf(() => requireConfirmed(plan, null, 1))).toMatch(/nobody has confirmed it with typed words.*C07/);
		}
	});

	it.each<[string, Partial<RunOptions>]>([
		["more trades", { maxTrades: 6 }],
		["longer", { duration: 31 }],
		["more risk", { risk: 0.9 }],
		["another symbol", { symbol: "GBPUSD" }],
		["another agent", { agent: "sma" }],
		["a wider limit", { set: ["rules.sessionLossPct=3"] }],
		["the live limits changed", { set: ["rules.openPositionsMax=2"] }],
		["another bridge", { bridge: "ws://127.0.0.1:1" }],
		["the simulator beside it", { shadow: true }],
		["positions kept at the end", { onExit: "keep" }],
		["live", { mode: "live" }],
	])("of other options holds for nothing: %s", async (_name, changes) => {
		const plan = await planned(changes);
		const confirmed = await confirmedFor();
		expect(messageOf(() => requireConfirmed(plan, confirmed, 1_000_000))).toMatch(/what was asked for \(options, files or limits\) is not as you confirmed it/);
	});

	it("says what becomes of found positions, and only then", async () => {
		const plan = await planned();
		const found = await confirmedFor();
		const with7 = { ...found, terms: { ...found.terms, found: ["7"] } };
		expect(messageOf(() => requireConfirmed(plan, with7, 1_000_000))).toMatch(/the positions that are open/);
		expect(messageOf(() => requireConfirmed(plan, { ...with7, found: "resume" }, 1_000_000))).toBe("");
		expect(messageOf(() => requireConfirmed(plan, { ...found, found: "close" }, 1_000_000))).toMatch(/the positions that are open/);
	});
});

import { describe, expect, it } from "vitest";
import { DEFAULT_SIMULATOR } from "../../src/engine/paper/settings.ts";
import type { Summary } from "../../src/engine/summary-type.ts";
import { createPalette } from "../../src/print/palette.ts";
import { summaryLines } from "../../src/print/summary.ts";

const PLAIN = createPalette(false);

/** A session in which nothing could be measured. */
const EMPTY: Summary = {
	sessionId: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
	mode: "virtual",
	symbol: "EURUSD",
	timeframe: "M1",
	agent: "sma",
	agentBuild: "sma-1",
	feed: "synthetic",
	file: null,
	scenario: "normal",
	seed: 7,
	configHash: "c".repeat(64),
	unlimited: false,
	evidence: true,
	evidenceNote: "The agent's record includes it.",
	repeatOf: null,
	start: { market: "2025.03.04 14:00:00", wall: "2026-01-01T00:00:00.000Z" },
	end: { market: "2025.03.04 15:00:00", wall: "2026-01-01T00:00:01.000Z" },
	endReason: "duration",
	endDetail: "the planned 60 market minutes are over",
	exitCode: 0,
	marketSeconds: 3600,
	ticks: 6381,
	bars: 140,
	tradesExecuted: 0,
	tradesClosed: 0,
	wins: 0,
	losses: 0,
	winRate: null,
	payoff: null,
	netProfit: 0,
	currency: "USD",
	startBalance: 10_000,
	endBalance: 10_000,
	endEquity: 10_000,
	openPositions: 0,
	maxDrawdownPct: 0,
	omega: null,
	zFactor: null,
	energyCapturedPct: null,
	mfeCapturedPct: null,
	validator: { approved: 0, refused: 0, adjusted: 0, byCode: {} },
	holds: {},
	breaker: { trips: 0, haltedSeconds: 0, eventRatePct: null, events: [] },
	shadowTrades: 0,
	chs: {
		final: 0.757,
		min: 0.75,
		mean: 0.76,
		state: "unknown",
		evidence: "no closed trade yet",
		pillars: {
			agent: { score: 0.75, weakest: "omega" },
			risk: { score: 0.75, weakest: "ruin" },
			market: { score: 0.78, weakest: "energy" },
			execution: { score: 0.8, weakest: "validator" },
		},
		components: {},
	},
	costs: { spread: 0, commission: 0, swap: 0, slippage: 0 },
	gate: [
		{
			target: "omega",
			label: "Omega, gains over losses",
			must: "> 2.7",
			value: null,
			bound: null,
			boundMust: "> 1.35",
			verdict: "insufficient",
			why: "insufficient: 0 of 60 trades",
		},
		{
			target: "validatorRejections",
			label: "Validator rejections",
			must: "= 0",
			value: 2,
			bound: 7.5,
			boundMust: "<= 5 %",
			verdict: "fail",
			why: "2 orders broke a rule",
		},
		{ target: "breakerEvents", label: "Breaker events", must: "< 5 %", value: 1.25, bound: null, boundMust: null, verdict: "pass", why: "" },
	],
	missing: {
		winRate: "no closed trade",
		payoff: "no closed trade",
		omega: "no loss yet",
		zFactor: "needs at least two closed trades",
		energyCapturedPct: "no closed trade",
		mfeCapturedPct: "no winning trade",
		"breaker.eventRatePct": "no decision was made",
	},
	trades: [],
	curve: [],
	data: { rows: 6381, badRows: 0, duplicates: 0, outOfOrder: 0, spreadsFilled: 0, gaps: 0, longestGapSeconds: 0 },
	settings: DEFAULT_SIMULATOR,
	fingerprint: "f".repeat(64),
	journal: { file: "/home/journal.jsonl", lines: 6, bytes: 5992, head: "0".repeat(64) },
	nextStep: "The agent did not trade.",
};

function page(changes: Partial<Summary> = {}): string {
	return summaryLines({ ...EMPTY, ...changes }, "/home", PLAIN).join("\n");
}

describe("the printed summary", () => {
	it("shows the reason instead of a value that does not exist", () => {
		const text = page();
		expect(text).toContain("win rate: none (no closed trade)");
		expect(text).toContain("Omega: none (no loss yet)");
		expect(text).toContain("z: none (needs at least two closed trades)");
		expect(text).toContain("event rate none (no decision was made)");
		expect(text).toContain("No curve: the session has fewer than two points.");
	});

	it("gives each target its verdict and its reason", () => {
		const lines = page().split("\n");
		expect(lines.find((line) => line.startsWith("  Omega, gains"))).toMatch(/> 2.7 +none +not enough$/);
		expect(lines.find((line) => line.startsWith("  Validator rej"))).toMatch(/= 0 +2 +7.5 \(<= 5 %\) +FAIL$/);
		expect(lines.find((line) => line.startsWith("  Breaker events"))).toMatch(/< 5 % +1.25 +PASS$/);
		expect(lines).toContain("    Validator rejections: 2 orders broke a rule");
	});

	it("says how often the agent held outside its training and how often a triad disagreed, and nothing of agents that tell nothing", () => {
		const none = { incumbent: 0, competitor: 0, researcher: 0, nobody: 0 };
		const agentNotes = { outside: 12, memberOutside: 0, disagreements: none, lastOutside: "spreadAtr 0.91 > 0.4" };
		expect(page()).not.toMatch(/training|triad/);
		expect(page({ agentNotes })).toContain("outside its training: 12 times (it held); last spreadAtr 0.91 > 0.4");
		expect(page({ agentNotes })).not.toContain("triad");
		const triad = { outside: 0, memberOutside: 3, disagreements: { ...none, incumbent: 1200, nobody: 7 }, lastOutside: null };
		expect(page({ agentNotes: triad })).toContain("outside its training: one member 3 times");
		expect(page({ agentNotes: triad })).toContain("triad disagreed 1,207 times; decided by incumbent 1,200, nobody 7");
	});

	it("marks measuring runs and repeats", () => {
		expect(page({ unlimited: true })).toContain("VIRTUAL  EURUSD M1  sma-1  UNLIMITED");
		expect(page({ repeatOf: "01ARZ3NDEKTSV4RRFFQ69G5FAA" })).toContain("Repeats session 01ARZ3NDEKTSV4RRFFQ69G5FAA exactly: not new evidence.");
	});

	it("draws what happened after the last bar, too", () => {
		const curve = [1, 2, 3].map((minute) => ({ at: minute * 60_000, equity: 10_000, chs: 0.76 }));
		const text = page({ curve, endEquity: 9_500, chs: { ...EMPTY.chs, final: 0.3 } });
		expect(text).toMatch(/^ +9500\.00 ┤/m);
		expect(text).toMatch(/^ +0\.30 ┤/m);
	});

	it("stays within 80 columns and free of outside control characters, whatever the names", () => {
		const long = `${"very long reason ".repeat(20)}\u001b[31m\u202e`;
		const trade = {
			number: 1234,
			side: "SELL" as const,
			lots: 0.13,
			openedAt: 0,
			closedAt: 1,
			openPrice: 108_421.55,
			closePrice: 108_399.05,
			net: -12_345.67,
			r: -1.2,
			mfeR: 0.1,
			maeR: 1.2,
			entryReason: long,
			exitReason: long,
			shadow: true,
		};
		const text = page({
			endDetail: long,
			evidenceNote: long,
			nextStep: long,
			file: `/data/${"x".repeat(200)}.csv`,
			trades: [trade],
			holds: Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`CODE_NUMBER_${index}`, index])),
			breaker: { trips: 1, haltedSeconds: 300, eventRatePct: 3, events: [{ at: 1, what: "trip", cause: long, chs: 0.5 }] },
			chs: { ...EMPTY.chs, state: long, evidence: long, pillars: { ...EMPTY.chs.pillars, agent: { score: 0.1, weakest: long } } },
			gate: EMPTY.gate.map((row) => ({ ...row, why: long })),
			validator: { approved: 1, refused: 3, adjusted: 1, byCode: { VOLUME_ABOVE_MAX: 2, STOP_TOO_CLOSE: 1 } },
		});
		expect(Math.max(...text.split("\n").map((line) => Array.from(line).length))).toBeLessThanOrEqual(80);
		for (const forbidden of ["\u001b", "\u202e"]) expect(text).not.toContain(forbidden);
	});

	it("colours only on request", () => {
		expect(summaryLines(EMPTY, "/home", createPalette(true)).join("\n")).toContain("\u001b[");
		expect(page()).not.toContain("\u001b");
	});
});

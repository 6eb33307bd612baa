import { describe, expect, it, vi } from "vitest";
import { takeAgentNote } from "../../src/engine/agent-notes.ts";
import type { Instrument } from "../../src/engine/instrument.ts";
import { timeframeName } from "../../src/engine/market/timeframe.ts";
import { nextStepOf } from "../../src/engine/next-step.ts";
import { exitCodeOf, type SummaryOuter, summarise } from "../../src/engine/summary.ts";
import type { EndReason, Summary } from "../../src/engine/summary-type.ts";
import type { Script } from "../helpers/engine-hook.ts";
import { close, configWith, EASY, flat, minutes, open, PLAIN, runWith, scriptedFeed } from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

const OUTER: SummaryOuter = {
	sessionId: "01TEST",
	configHash: "c0ffee",
	fingerprint: "f00d",
	journal: { file: "journal.jsonl", lines: 1, bytes: 2, head: "0" },
	data: { rows: 9, badRows: 0, duplicates: 0, outOfOrder: 0, spreadsFilled: 0, gaps: 0, longestGapSeconds: 0 },
	repeatOf: null,
	file: null,
	evidence: true,
	evidenceNote: "",
	wallStart: "2026-01-01T00:00:00.000Z",
	wallEnd: "2026-01-01T00:00:01.000Z",
	interruptCode: 130,
};

/** Every field that the issue lists, by path. */
const PROMISED = [
	"sessionId",
	"mode",
	"symbol",
	"agent",
	"feed",
	"file",
	"scenario",
	"seed",
	"configHash",
	"start.market",
	"start.wall",
	"end.market",
	"end.wall",
	"endReason",
	"marketSeconds",
	"ticks",
	"bars",
	"tradesExecuted",
	"tradesClosed",
	"wins",
	"losses",
	"winRate",
	"payoff",
	"netProfit",
	"startBalance",
	"endBalance",
	"maxDrawdownPct",
	"omega",
	"zFactor",
	"energyCapturedPct",
	"mfeCapturedPct",
	"validator.approved",
	"validator.refused",
	"validator.adjusted",
	"validator.byCode",
	"breaker.trips",
	"breaker.haltedSeconds",
	"breaker.eventRatePct",
	"chs.final",
	"chs.min",
	"chs.mean",
	"chs.state",
	"chs.pillars.agent",
	"chs.pillars.risk",
	"chs.pillars.market",
	"chs.pillars.execution",
	"costs.spread",
	"costs.commission",
	"costs.swap",
	"costs.slippage",
	"gate",
	"settings",
	"fingerprint",
];

function at(value: unknown, path: string): unknown {
	return path.split(".").reduce<unknown>((part, key) => (part as Record<string, unknown> | null | undefined)?.[key], value);
}

/** Paths of everything that is null, or no number although it should be. */
function nulls(value: unknown, path = ""): string[] {
	if (value === null || (typeof value === "number" && !Number.isFinite(value))) return [path];
	if (typeof value !== "object") return [];
	return Object.entries(value as object).flatMap(([key, part]) => nulls(part, path === "" ? key : `${path}.${key}`));
}

/** A null in a row of the gate is explained in the row; the margin level does not exist while nothing is open. */
function unexplained(summary: Summary): string[] {
	return nulls(summary).filter((path) => !(path in summary.missing) && !/^gate\.\d\.(value|bound|boundMust)$/.test(path));
}

const COSTLY: Instrument = { ...PLAIN, typicalSpreadPoints: 2, commission: { kind: "perLot", rate: 5, minimum: 0, side: "both" } };

/** Three trades of one lot: bought and sold at 110002 -> 110152, 110152 -> 110050, 110052 -> 110250 (bid); 10 dollars of commission each. */
async function threeTrades(): Promise<Summary> {
	const bids = [110_000, 110_000, 110_152, 110_150, 110_050, 110_050, 110_250, 110_250];
	const script = (view: { positions: readonly { positionId: number }[] }, call: number): unknown =>
		call % 2 === 1 && call <= 5
			? [open("BUY", { size: { kind: "lots", lots: 1 }, stopPoints: 150 })]
			: view.positions.map(({ positionId }) => close(positionId));
	const config = configWith({ instrument: COSTLY, rules: EASY, riskPct: 2 });
	const { engine } = await runWith(config, { feed: scriptedFeed(minutes(bids)), script: script as never });
	return summarise(engine, OUTER);
}

describe("the summary", () => {
	it("of three trades, by hand", async () => {
		const summary = await threeTrades();
		expect(summary.trades.map(({ net }) => net)).toEqual([140, -112, 188]);
		expect(summary).toMatchObject({
			tradesExecuted: 3,
			tradesClosed: 3,
			wins: 2,
			losses: 1,
			netProfit: 216,
			startBalance: 10_000,
			endBalance: 10_216,
			endEquity: 10_216,
			openPositions: 0,
			endReason: "end-of-data",
			exitCode: 0,
			marketSeconds: 360,
			ticks: 8,
			bars: 7,
			costs: { spread: 6, commission: 30, swap: 0, slippage: 0 },
			validator: { approved: 6, refused: 0, adjusted: 0, byCode: {} },
		});
		expect(summary.winRate).toBeCloseTo(2 / 3, 12);
		// Mean win 164, mean loss 112.
		expect(summary.payoff).toBeCloseTo(164 / 112, 12);
		// 1 R: 2 % of the equity at each entry, which the commission of the entry had not yet touched.
		const r = [140 / 200, -112 / (0.02 * 10_140), 188 / (0.02 * 10_028)] as const;
		expect(summary.omega).toBeCloseTo((r[0] + r[2]) / -r[1], 9);
		const mean = (r[0] + r[1] + r[2]) / 3;
		const deviation = Math.sqrt(((r[0] - mean) ** 2 + (r[1] - mean) ** 2 + (r[2] - mean) ** 2) / 2);
		expect(summary.zFactor).toBeCloseTo((mean / deviation) * Math.sqrt(3), 9);
		// Best bids: 150, -2 and 198 points above the entry; winners captured 140 of 150 and 188 of 198 (in R, rounded to 1/10,000).
		expect(summary.mfeCapturedPct).toBeCloseTo(((r[0] + r[2]) / (150 / 200 + 198 / (0.02 * 10_028))) * 100, 1);
		// Energy: captured 0.7 and 0.937; released by the largest of best, worst and result: 150/200, 112/202.8, 198/200.56.
		expect(summary.energyCapturedPct).toBeCloseTo(((r[0] + r[2]) / (150 / 200 - r[1] + 198 / (0.02 * 10_028))) * 100, 9);
		// Peak 10145 (floating 150 minus 5 of commission); lowest after it 10028 less commission 5 and spread 2 of the third entry.
		expect(summary.maxDrawdownPct).toBeCloseTo((1 - 10_021 / 10_145) * 100, 9);
	});

	it("has every field that was promised", async () => {
		const summary = await threeTrades();
		expect(PROMISED.filter((path) => at(summary, path) === undefined)).toEqual([]);
		expect(summary.gate.map(({ target }) => target)).toEqual(["chs", "omega", "energyCaptured", "validatorRejections", "breakerEvents"]);
		expect(summary.gate.every(({ verdict, why }) => verdict === "insufficient" && why.length > 0)).toBe(true);
		expect(summary.settings).toMatchObject({ latencyMs: 0, slippagePoints: 0 });
		expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
	});

	it("gives a reason for everything that does not exist, and never a 0 in its place", async () => {
		const none = await runWith(configWith({ rules: EASY }), { feed: scriptedFeed(flat(5)), script: () => [] });
		const summary = summarise(none.engine, OUTER);
		expect(summary).toMatchObject({
			winRate: null,
			payoff: null,
			omega: null,
			zFactor: null,
			energyCapturedPct: null,
			mfeCapturedPct: null,
			file: null,
			tradesClosed: 0,
		});
		expect(summary.missing).toMatchObject({
			winRate: "no closed trade",
			payoff: "no closed trade",
			omega: "no closed trade",
			zFactor: "needs at least two closed trades",
			energyCapturedPct: "no closed trade",
			mfeCapturedPct: "no winning trade",
			file: "the synthetic market has no file",
		});
		expect(unexplained(summary)).toEqual([]);
		expect(summary.gate.filter(({ value }) => value === null).every(({ why }) => why.length > 0)).toBe(true);
	});

	it("says so when only one kind of trade was made", async () => {
		const win = (view: { positions: readonly { positionId: number }[] }, call: number): unknown =>
			call === 1 ? [open("BUY")] : view.positions.map(({ positionId }) => close(positionId));
		const won = summarise(
			(await runWith(configWith({ rules: EASY }), { feed: scriptedFeed(minutes([110_000, 110_000, 110_100, 110_100])), script: win as never })).engine,
			OUTER,
		);
		expect(won).toMatchObject({ wins: 1, losses: 0, winRate: 1, payoff: null, omega: null, zFactor: null });
		expect(won.missing).toMatchObject({ payoff: "no loss yet", omega: "no loss yet", zFactor: "needs at least two closed trades" });
		const lost = summarise(
			(await runWith(configWith({ rules: EASY }), { feed: scriptedFeed(minutes([110_000, 110_000, 109_950, 109_950])), script: win as never })).engine,
			OUTER,
		);
		expect(lost).toMatchObject({ wins: 0, losses: 1, winRate: 0, payoff: null, omega: 0, mfeCapturedPct: null });
		expect(lost.missing).toMatchObject({ payoff: "no win yet", mfeCapturedPct: "no winning trade" });
		expect([...unexplained(won), ...unexplained(lost)]).toEqual([]);
	});

	it("of a session that never traded, or never had a row", async () => {
		const short = summarise((await runWith(configWith({ warmupBars: 100 }), { feed: scriptedFeed(flat(5)) })).engine, OUTER);
		expect(short.start.market).toBeNull();
		expect(short.missing["start.market"]).toBe("trading never began: the warm-up was not over");
		expect(short.breaker.eventRatePct).toBeNull();
		expect(short.missing["breaker.eventRatePct"]).toBe("no decision was made");
		expect(short.nextStep).toContain("--warmup");
		const empty = summarise((await runWith(configWith(), { feed: scriptedFeed([]) })).engine, OUTER);
		expect(empty.end.market).toBeNull();
		expect([...unexplained(short), ...unexplained(empty)]).toEqual([]);
	});

	it("of a kill speaks of what the operator did, not of money that was lost", async () => {
		const feed = scriptedFeed(flat(5));
		const { engine } = await runWith(configWith(), { feed, script: () => [] });
		const killed = nextStepOf(engine, "kill");
		expect(killed).toMatch(/^It was stopped by hand/);
		expect(nextStepOf(engine, "loss-limit")).toMatch(/^Find out what lost the money/);
	});

	it("of an agent that did not trade says whether the market lay outside its training", async () => {
		const { engine } = await runWith(configWith(), { feed: scriptedFeed(flat(5)), script: () => [] });
		expect(nextStepOf(engine, "duration")).toMatch(/^The agent did not trade: give it more time/);
		takeAgentNote(engine, { note: "outside", feature: "spreadAtr", value: 0.9123, low: 0, high: 0.4, others: 1 });
		expect(nextStepOf(engine, "duration")).toMatch(/^The agent did not trade: it held at 1 decision because .*\(the last: spreadAtr 0.912 > 0.4\)/);
	});

	it("marks a measuring run, which has no event rate", async () => {
		const summary = summarise((await runWith(configWith({ unlimited: true }), { feed: scriptedFeed(flat(5)), script: () => [] })).engine, OUTER);
		expect(summary).toMatchObject({ unlimited: true, breaker: { eventRatePct: null } });
		expect(summary.missing["breaker.eventRatePct"]).toBe("a measuring run has no breaker");
		expect(summary.nextStep).toContain("--unlimited");
	});

	it("counts refusals by code and holds by control, apart", async () => {
		// Holds count where the agent looks whether it may enter: three times, twice during the cooldown.
		const script: Script = (view, call) => {
			if (call > 3 && call < 7) return view.entry.mayEnter ? [] : [];
			return call === 1 ? [open("BUY", { stopPoints: null })] : call === 2 ? [open("BUY")] : call === 3 ? [close(1)] : [];
		};
		const { engine } = await runWith(configWith({ rules: { ...EASY, cooldownMs: 150_000 } }), { feed: scriptedFeed(flat(10)), script });
		const summary = summarise(engine, OUTER);
		expect(summary.validator).toEqual({ approved: 2, refused: 1, adjusted: 0, byCode: { STOP_MISSING: 1 } });
		expect(summary.holds).toEqual({ COOLDOWN: 2 });
	});

	const CODES: readonly (readonly [EndReason, number])[] = [
		["duration", 0],
		["end-of-data", 0],
		["max-trades", 0],
		["data-failure", 3],
		["journal-failure", 3],
		["breaker", 5],
		["loss-limit", 5],
		["kill", 5],
		["halt", 5],
		["interrupt", 143],
		["bug", 70],
	];
	it.each(CODES)("%s leads to exit code %d", (reason, code) => {
		expect(exitCodeOf(reason, 143)).toBe(code);
	});

	it.each([
		[1, "M1"],
		[15, "M15"],
		[60, "H1"],
		[240, "H4"],
		[1440, "D1"],
	] as const)("%d minutes are called %s", (length, name) => {
		expect(timeframeName(length)).toBe(name);
	});
});

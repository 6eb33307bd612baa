import { describe, expect, it, vi } from "vitest";
import { wrongField } from "../../src/adapters/archive/summary-shape.ts";
import { lossHistoryAfter } from "../../src/engine/broker-report.ts";
import { projection } from "../../src/engine/project.ts";
import { summarise } from "../../src/engine/summary.ts";
import type { Summary } from "../../src/engine/summary-type.ts";
import { createPalette } from "../../src/print/palette.ts";
import { summaryLines } from "../../src/print/summary.ts";
import { dealOf, demoConfig, filledOf, later, link, quote, type RealRun, runReal, WARM_UP } from "../helpers/real-broker.ts";
import { answerTo, configWith, flat, MINUTE, runWith, START, scriptedFeed } from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

const OUTER = {
	sessionId: "S",
	configHash: "c",
	fingerprint: "f",
	journal: { file: "j", lines: 1, bytes: 1, head: "h" },
	data: { rows: 0, badRows: 0, duplicates: 0, outOfOrder: 0, spreadsFilled: 0, gaps: 0, longestGapSeconds: 0 },
	repeatOf: null,
	file: null,
	evidence: false,
	evidenceNote: "A rehearsal.",
	wallStart: "",
	wallEnd: "",
	interruptCode: 130,
};

/** One trade that loses 10.20 by its stop, at the broker and 10.00 in the simulator; the link goes once; then the broker reports `balance`. */
async function session(balance: number, terms: Parameters<typeof demoConfig>[1] = {}): Promise<RealRun> {
	const stop = {
		ticket: 777,
		entry: "OUT",
		side: "SELL",
		intentId: null,
		reason: "SL",
		price: 109_900,
		requestedPrice: 109_902,
		profit: -10.2,
		lots: 0.1,
	} as const;
	const paper = (deal: Parameters<typeof dealOf>[0]) => {
		const made = dealOf({ positionId: 7, ...deal });
		return { type: "paper", at: later(1), paper: { kind: "deal", openedBy: 1, deal: made.type === "deal" ? made.deal : (undefined as never) } } as const;
	};
	return runReal(demoConfig({ onExit: "keep" }, { paperTwin: true, ...terms }), {
		respond: filledOf as never,
		steps: (tell) => [
			...WARM_UP,
			() => tell(paper({}), paper({ ...stop, price: 109_902, profit: -10 }), dealOf(stop), { type: "position-closed", at: later(1), positionId: 301 }),
			() => tell({ type: "account", at: later(1), account: { balance, credit: 0, margin: 0, marginCall: false } }, link("down", later(2))),
			[quote(3)],
			() => tell(link("up", later(4))),
			[quote(5)],
		],
	});
}

function printed(run: RealRun): { summary: Summary; text: string } {
	const summary = JSON.parse(JSON.stringify(summarise(run.engine, OUTER))) as Summary;
	return { summary, text: summaryLines(summary, "/home/x", createPalette(false)).join("\n") };
}

describe("the summary of a session at a real broker", () => {
	it("has the broker's figures beside the journal's, and the two agree", async () => {
		const { summary, text } = printed(await session(9989.8));
		expect(summary.broker).toMatchObject({
			deals: { total: 2, ofIntents: 1, ofServer: 1, unmatched: 0 },
			intents: { sent: 1, filled: 1, notFilled: 0, unknown: 0 },
			balance: { start: 10_000, end: 9989.8, change: -10.2, ofDeals: -10.2, difference: 0 },
			linkLosses: 1,
			linkAtEnd: "up",
		});
		expect(wrongField(summary)).toBeNull();
		expect(text).toContain("Nobody Ltd, Stand-In, account ••1234 (demo)");
		expect(text).toContain("deals 2: 1 by our orders, 1 by stop, target or stop-out, 0 without an order");
		expect(text).toMatch(/deals in the journal -10\.20 USD:\s+they agree/);
		expect(text).toContain("SANDBOX: the stand-in terminal");
		expect(text).not.toMatch(/REHEARSAL|PROBATION|NOT CONFIRMED/);
	});

	it("says by how much they differ", async () => {
		const { summary, text } = printed(await session(9980));
		expect(summary.broker?.balance.difference).toBe(-9.8);
		expect(text).toMatch(/they differ\s+by -9\.80 USD/);
	});

	it("says REHEARSAL with what is missing, and which session of the probation it is", async () => {
		const { text } = printed(
			await session(9989.8, { rehearsal: ["52 more virtual trades are missing.", "omega: 0.00, must be > 2.7"], probation: 2, venue: "mt5" }),
		);
		expect(text).toContain(
			"REHEARSAL: it never counts as evidence. Missing at its start:\n  · 52 more virtual trades are missing.\n  · omega: 0.00, must be > 2.7\n",
		);
		expect(text).toContain("PROBATION: live session 2 of 3");
		expect(text).not.toContain("SANDBOX");
	});

	it("says nothing of a simulator that filled no order", async () => {
		const { text } = printed(await session(9989.8, { paperTwin: false }));
		expect(text).toMatch(/^Data\n {2}data: /m);
		expect(text).not.toMatch(/[Ss]imulator|latencyMs/);
	});

	it("says whether paper would have told the truth", async () => {
		const run = await session(9989.8);
		const { summary, text } = printed(run);
		expect(summary.paperTwin).toMatchObject({ compared: 1, gap: 0.2, parts: { slippage: 0.2 }, verdict: "too-few" });
		expect(text).toContain("Would paper have told the truth?");
		expect(text).toMatch(/slippage +\+0\.20/);
		expect(text).toMatch(/Simulator and data[\s\S]*latencyMs/);
		expect(projection(run.engine)).toMatchObject({ link: { state: "up", unknown: 0 }, paperTwin: { gap: 0.2 } });
	});

	it("says NOT CONFIRMED of what nobody knows", async () => {
		const run = await runReal(demoConfig({ onExit: "keep" }), {
			respond: (request) => [answerTo(request, { outcome: "unknown", retcode: 10012, lots: 0, price: 0 })],
			steps: () => [...WARM_UP, [quote(1)]],
		});
		const { summary, text } = printed(run);
		expect(summary.exitCode).toBe(5);
		expect(text).toContain("NOT CONFIRMED: nobody knows what became of BUY 0.1 lots (intent 1).");
	});

	it("has nothing of it for a virtual session", async () => {
		const { engine } = await runWith(configWith(), { feed: scriptedFeed(flat(4)) });
		const summary = summarise(engine, OUTER);
		expect([summary.broker, summary.paperTwin, projection(engine).link, projection(engine).paperTwin]).toEqual([undefined, undefined, null, null]);
	});

	it.each([
		["broker", 5],
		["broker.deals", { total: "2" }],
		["broker.tradeMode", "contest"],
		["broker.rehearsal", "all"],
		["broker.notConfirmed", [1]],
		["paperTwin.parts", {}],
		["paperTwin.verdict", "yes"],
		["paperTwin.trades", [{}]],
	])("is not drawn when %s was edited to %j", async (path, value) => {
		const summary = printed(await session(9989.8)).summary as unknown as Record<string, Record<string, unknown>>;
		const [first, second] = path.split(".") as [string, string | undefined];
		const changed = second === undefined ? { ...summary, [first]: value } : { ...summary, [first]: { ...summary[first], [second]: value } };
		expect(wrongField(changed)?.startsWith(path)).toBe(true);
	});
});

describe("what the next session on the account starts its loss limits from", () => {
	const day = Math.floor(START / (1440 * MINUTE));

	it("is what this one's report says: the day's first equity, the peak, the best profit", async () => {
		const earlier = { dayStart: { day, equity: 10_080 }, peakEquity: 10_200, bestProfit: 40 };
		const report = printed(await session(9989.8, { earlier })).summary.broker?.losses;
		expect(report).toEqual(earlier);
		expect(lossHistoryAfter(demoConfig(), day, report ?? null)).toEqual(earlier);
	});

	it.each([
		[
			"the same day goes on",
			{ dayStart: { day, equity: 10_080 }, peakEquity: 10_200, bestProfit: null },
			{ dayStart: { day, equity: 10_080 }, peakEquity: 10_200, bestProfit: null },
		],
		[
			"another day begins with its balance",
			{ dayStart: { day: day - 1, equity: 10_080 }, peakEquity: 9000, bestProfit: 7 },
			{ dayStart: { day, equity: 10_000 }, peakEquity: 10_000, bestProfit: 7 },
		],
		["as does the first", undefined, { dayStart: { day, equity: 10_000 }, peakEquity: 10_000, bestProfit: null }],
	])("is what this one began with when it was ended by force: %s", (_name, earlier, expected) => {
		expect(lossHistoryAfter(demoConfig({}, earlier === undefined ? {} : { earlier }), day, null)).toEqual(expected);
	});
});

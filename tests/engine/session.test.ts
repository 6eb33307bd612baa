import { describe, expect, it, vi } from "vitest";
import type { Command } from "../../src/engine/event.ts";
import { paperAccount } from "../../src/engine/paper/book.ts";
import { exitCodeOf } from "../../src/engine/summary.ts";
import {
	close,
	configWith,
	EASY,
	flat,
	MINUTE,
	minutes,
	open,
	paperBroker,
	type RunParts,
	type RunResult,
	runWith,
	START,
	scriptedFeed,
	syntheticFeed,
} from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

type View = { readonly positions: readonly { readonly positionId: number; readonly side: string }[]; readonly entry: { readonly mayEnter: boolean } };
const CONFIG = configWith({ rules: EASY });
/** Opens once and holds. */
const OPEN_ONCE = (_view: unknown, call: number): unknown => (call === 1 ? [open("BUY")] : []);
/** Opens whenever it has nothing. */
const ALWAYS_IN = (view: View): unknown => (view.positions.length === 0 ? [open("BUY")] : []);

function statesOf({ journal }: RunResult): string[] {
	return journal.of("state").map(({ data }) => {
		const { from, to, control } = data as { from: string; to: string; control: string };
		return `${from} -> ${to} (${control})`;
	});
}

function sentOf({ journal }: RunResult): string[] {
	return journal.of("order").map(({ tick, data }) => `${tick} ${(data as { purpose: string }).purpose}`);
}

function run(parts: Partial<RunParts> & { config?: typeof CONFIG; rows?: number }): Promise<RunResult> {
	const { config, rows, ...rest } = parts;
	return runWith(config ?? CONFIG, { feed: scriptedFeed(flat(rows ?? 10)), script: OPEN_ONCE as never, ...rest });
}

describe("how a session ends", () => {
	it("closes at the last quote when the data ends", async () => {
		const bids = [110_000, 110_000, 110_000, 110_000, 110_050];
		const result = await run({ feed: scriptedFeed(minutes(bids)) });
		expect(result.engine.end).toEqual({ reason: "end-of-data", detail: "the feed has no more data" });
		expect(result.engine.positions).toEqual([]);
		// Bought 0.1 at the ask 110002, sold at the last bid 110050: 48 points of 0.1 dollar each.
		expect(result.engine.account.balance).toBe(10_004.8);
		expect(result.engine.tally.lastTrades[0]).toMatchObject({ net: 4.8, exitReason: "end of the data", closedAt: START + 4 * MINUTE });
	});

	it("keeps the position with its stop when it is told to keep", async () => {
		const result = await run({ config: configWith({ rules: EASY, onExit: "keep" }) });
		expect(result.engine.end?.reason).toBe("end-of-data");
		expect(result.engine.positions).toMatchObject([{ side: "BUY", lots: 0.1, sl: 109_902 }]);
		expect(sentOf(result)).toEqual(["2 open"]);
	});

	it("keeps a position whose entry was on its way when the operator stopped, and tells of it", async () => {
		const config = configWith({ rules: EASY, onExit: "keep", simulator: { latencyMs: 90_000 } });
		const commands = [{ tick: 3, command: { command: "stop", reason: "lunch", positions: null } }] as const;
		const result = await run({ config, commands });
		expect(result.engine.end).toEqual({ reason: "interrupt", detail: "lunch" });
		expect(result.engine.positions).toHaveLength(1);
		expect(result.journal.of("ended")[0]?.data).toMatchObject({ openPositions: 1 });
	});

	it("waits for closes on their way when the data ends during the end", async () => {
		const config = configWith({ rules: EASY, durationMinutes: 3, simulator: { latencyMs: 200 } });
		const result = await run({ config, rows: 5 });
		expect(result.engine.end?.reason).toBe("duration");
		expect(result.engine.positions).toEqual([]);
		expect(result.engine.tally.closed).toBe(1);
	});

	it("ends when its planned minutes are over, counted from the end of the warm-up", async () => {
		const result = await run({ config: configWith({ rules: EASY, warmupBars: 4, durationMinutes: 5 }), rows: 30 });
		expect(result.engine.end?.reason).toBe("duration");
		expect(result.engine.tradingFrom).toBe(START + 4 * MINUTE);
		expect(result.engine.at).toBe(START + 9 * MINUTE);
		expect(result.engine.positions).toEqual([]);
	});

	it("ends when all entries are used and closed, not before", async () => {
		const script = (view: View): unknown => (view.positions.length > 0 ? view.positions.map(({ positionId }) => close(positionId)) : [open("BUY")]);
		const result = await run({ config: configWith({ rules: EASY, maxTrades: 2 }), rows: 30, script: script as never });
		expect(result.engine.end).toEqual({ reason: "max-trades", detail: "all 2 entries are used and closed" });
		expect(result.engine.tally).toMatchObject({ entriesSent: 2, entriesFilled: 2, closed: 2 });
		expect(statesOf(result)).toEqual(["ACTIVE -> REDUCING (C20)"]);
		expect(result.engine.at).toBe(START + 4 * MINUTE);
	});

	it("ends when its last entry was refused by the broker and nothing is open", async () => {
		const config = configWith({ rules: EASY, maxTrades: 1, simulator: { rejectProbability: 1 } });
		const result = await run({ config, rows: 30 });
		expect(result.engine.end?.reason).toBe("max-trades");
		expect(result.engine.tally).toMatchObject({ entriesSent: 1, entriesFilled: 0, closed: 0 });
	});

	it("closes although the broker requotes, again and again until it is flat", async () => {
		const config = configWith({
			rules: { ...EASY, rejectsInRowToHalt: 100, rejectsToHalt: 100 },
			seed: 3,
			durationMinutes: 2,
			simulator: { rejectProbability: 0.7 },
		});
		const result = await run({ config, rows: 60, script: ((view: View) => (view.positions.length === 0 ? [open("BUY")] : [])) as never });
		expect(result.engine.end?.reason).toBe("duration");
		expect(result.engine.positions).toEqual([]);
	});

	it("closes at the last quote although the market has closed by the time that a request would arrive", async () => {
		const friday = Date.UTC(2025, 2, 7, 23, 54);
		const rows = flat(6).map((row, index) => ({ ...row, at: friday + index * MINUTE + 59_990 }));
		const config = configWith({ rules: { ...EASY, noEntryAroundMidnightMinutes: 0, noEntryBeforeWeekendMinutes: 0 }, simulator: { latencyMs: 100 } });
		const result = await run({ config, feed: scriptedFeed(rows) });
		expect(sentOf(result)).toEqual(["2 open"]);
		expect(result.engine.positions).toEqual([]);
		expect(result.engine.tally.lastTrades[0]).toMatchObject({ net: -0.2, exitReason: "end of the data" });
	});

	it("reports a feed that broke as a failure of the data, and still closes", async () => {
		const result = await run({ feed: scriptedFeed(flat(6), { failure: "line 77 is torn" }) });
		expect(result.engine.end).toEqual({ reason: "data-failure", detail: "line 77 is torn" });
		expect(result.engine.positions).toEqual([]);
		expect(exitCodeOf("data-failure", 130)).toBe(3);
	});

	it("ends without having traded when the data are over before the warm-up, or when there are none", async () => {
		const short = await run({ config: configWith({ warmupBars: 50 }), rows: 10 });
		expect(short.engine.end?.reason).toBe("end-of-data");
		expect(short.engine.tradingFrom).toBeNull();
		const empty = await run({ feed: scriptedFeed([]) });
		expect(empty.engine.end?.reason).toBe("end-of-data");
		expect(empty.journal.kinds()).toEqual(["session", "ending", "ended"]);
	});

	it("stops from outside between slices, flat, and says who asked", async () => {
		const asked: Command[] = [];
		const config = configWith({ rules: EASY });
		const feed = syntheticFeed(config, 600);
		const next = feed.next.bind(feed);
		let batches = 0;
		const watched = {
			...feed,
			next() {
				batches++;
				if (batches === 3) asked.push({ command: "stop", reason: "SIGINT", positions: null });
				return next();
			},
		};
		const result = await runWith(config, { feed: watched, script: ALWAYS_IN as never, asked });
		expect(result.engine.end).toEqual({ reason: "interrupt", detail: "SIGINT" });
		expect(result.engine.positions).toEqual([]);
		expect(result.engine.tick).toBeLessThan(4 * 4096);
		expect(exitCodeOf("interrupt", 143)).toBe(143);
	});
});

describe("the operator's commands", () => {
	const at = (tick: number, command: "pause" | "resume" | "flatten") => ({ tick, command: { command } }) as const;

	it("pause: no entries until resume; positions stay", async () => {
		const commands = [at(1, "pause"), at(6, "resume")];
		const result = await run({ commands, script: ALWAYS_IN as never, rows: 12 });
		expect(statesOf(result)).toEqual(["ACTIVE -> PAUSED (C36)", "PAUSED -> ACTIVE (C36)"]);
		expect(sentOf(result)[0]).toBe("7 open");
		expect(result.engine.tally.holds.C36).toBe(5);
	});

	it("flatten: closes at once and goes on", async () => {
		const result = await run({ commands: [at(5, "flatten")], rows: 12 });
		expect(sentOf(result)).toEqual(["2 open", "5 close"]);
		expect(result.engine.tally.lastTrades[0]?.exitReason).toBe("flattened by the operator");
		expect(result.engine.end?.reason).toBe("end-of-data");
	});

	it.each([
		["hold", 1],
		["flatten", 0],
	] as const)("kill: latched, ends at once with exit 5, positions as --on-breaker %s", async (onBreaker, left) => {
		const commands = [{ tick: 5, command: { command: "kill", reason: "red button" } }] as const;
		const result = await run({ config: configWith({ rules: EASY, onBreaker }), commands, script: ALWAYS_IN as never });
		expect(result.engine.end).toEqual({ reason: "kill", detail: "C33: red button" });
		expect(statesOf(result)).toEqual(["ACTIVE -> KILLED (C33)"]);
		expect(result.engine.positions).toHaveLength(left);
		expect(exitCodeOf("kill", 130)).toBe(5);
	});

	it("reset without a latch, or without a reason, is refused and journalled", async () => {
		const commands = [
			{ tick: 3, command: { command: "reset", reason: "I have seen it" } },
			{ tick: 4, command: { command: "reset", reason: " " } },
		] as const;
		const result = await run({ commands });
		expect(result.journal.of("command-refused").map(({ data }) => (data as { why: string }).why)).toEqual([
			"nothing is latched: there is nothing to reset",
			"a reset needs a typed reason of at least three characters",
		]);
		expect(result.engine.end?.reason).toBe("end-of-data");
	});

	it("every command is in the journal before what it causes", async () => {
		const result = await run({ commands: [at(5, "flatten")] });
		const kinds = result.journal.kinds();
		expect(kinds.slice(kinds.indexOf("command"), kinds.indexOf("command") + 3)).toEqual(["command", "order", "broker"]);
	});
});

describe("limits end the unattended session", () => {
	it("a loss beyond the session's limit kills it, with the numbers", async () => {
		// Three times one lot bought at 110002: at 109830 each has lost 172 points of a dollar, 516 together.
		const config = configWith({ rules: { ...EASY, lossSpeedPct: 100, openNotionalEquityMultiple: 500 }, chsThreshold: 0 });
		const script = (_view: unknown, call: number): unknown => (call <= 3 ? [open("BUY", { size: { kind: "lots", lots: 1 }, stopPoints: 190 })] : []);
		const bids = [110_000, 110_000, 110_000, 110_000, 110_000, 109_900, 109_830, 109_830];
		const result = await run({ config, feed: scriptedFeed(minutes(bids)), script });
		expect(result.engine.end).toEqual({ reason: "loss-limit", detail: "C21: session loss 5.16 %: from 10000.00 to 9484.00, limit 5 %" });
		expect(result.engine.at).toBe(START + 6 * MINUTE);
		expect(exitCodeOf("loss-limit", 130)).toBe(5);
	});

	it("four losing closes in a row pause for a quarter of an hour, and the pause runs out", async () => {
		const script = (view: View): unknown =>
			view.positions.length > 0 ? view.positions.map(({ positionId }) => close(positionId)) : view.entry.mayEnter ? [open("BUY")] : [];
		const result = await run({ config: configWith({ rules: EASY, chsThreshold: 0 }), rows: 40, script: script as never });
		expect(statesOf(result).slice(0, 2)).toEqual(["ACTIVE -> PAUSED (C26)", "PAUSED -> ACTIVE (C26)"]);
		const [paused, resumed] = result.journal.of("state");
		expect((resumed?.at ?? 0) - (paused?.at ?? 0)).toBe(15 * MINUTE);
		expect(result.engine.tally.holds.C26).toBe(14);
	});

	it("silence of an open market holds entries, then halts", async () => {
		const rows = [
			...flat(5),
			...Array.from({ length: 200 }, (_, second) => ({ at: START + 4 * MINUTE + (second + 1) * 1000, bid: 0, ask: 0, clock: true as const })),
		];
		const result = await run({
			feed: scriptedFeed(rows, { traits: { hasClock: true, cadenceMs: 1000 } }),
			config: configWith({ rules: EASY, chsThreshold: 0 }),
		});
		expect(result.journal.of("data").map(({ data }) => data)).toEqual([{ from: "ok", to: "stale", why: "no quote for 11 s" }]);
		expect(result.engine.end?.reason).toBe("halt");
		expect(result.engine.end?.detail).toBe("C30: no quote for 121 s, limit 120 s");
		expect(result.engine.at).toBe(START + 4 * MINUTE + 121_000);
	});
});

describe("entries and exits", () => {
	const REVERSE = (view: View, call: number): unknown => {
		if (call === 1) return [open("BUY")];
		return call === 3 ? [...view.positions.map(({ positionId }) => close(positionId)), open("SELL")] : [];
	};

	it("a reversal opens only after the close is confirmed", async () => {
		const result = await run({ config: configWith({ rules: EASY, simulator: { latencyMs: 300 } }), script: REVERSE as never });
		const story = result.journal.records
			.filter(({ kind }) => kind === "order" || kind === "trade")
			.map(({ kind, data }) => `${kind} ${(data as { purpose?: string }).purpose ?? ""}`.trim());
		expect(story).toEqual(["order open", "order close", "trade", "order open", "trade"]);
		expect(result.engine.tally.lastTrades.map(({ side }) => side)).toEqual(["BUY", "SELL"]);
	});

	it("is dropped when the close leads into a cooldown, and the journal says why", async () => {
		const result = await run({ config: configWith({ rules: { ...EASY, cooldownMs: MINUTE } }), script: REVERSE as never });
		expect(sentOf(result)).toEqual(["2 open", "4 close"]);
		expect(result.journal.of("dropped")[0]?.data).toMatchObject({ why: "60 s of cooldown left after the last close" });
	});

	it("is dropped when the close comes later than ten seconds after the signal", async () => {
		const result = await run({ config: configWith({ rules: EASY, simulator: { latencyMs: 11_000 } }), script: REVERSE as never });
		expect(result.journal.of("dropped")[0]?.data).toMatchObject({ why: "the signal is 11000 ms old" });
		expect(result.engine.tally.entriesSent).toBe(1);
	});

	it("is dropped when the close is refused: two open sides were never meant", async () => {
		const config = configWith({ rules: EASY, simulator: { latencyMs: 100 } });
		const feed = scriptedFeed(flat(10));
		const broker = paperBroker(config, feed);
		const submit = broker.submit.bind(broker);
		let closes = 0;
		const watched = {
			...broker,
			submit(...[request, at]: Parameters<typeof submit>): void {
				const refuse = request.action === "DEAL" && request.positionId !== null && ++closes === 1;
				submit(refuse ? { ...request, filling: "BOC" } : request, at);
			},
		};
		const result = await runWith(config, { feed, broker: watched, script: REVERSE as never });
		expect(result.engine.tally.entriesSent).toBe(1);
		expect(result.engine.deferred).toBeNull();
	});

	it("a close is not sent twice while the first is on its way", async () => {
		const script = (view: View, call: number): unknown =>
			call === 1 ? [open("BUY")] : view.positions.flatMap(({ positionId }) => [close(positionId), close(positionId)]);
		const result = await run({ config: configWith({ rules: EASY, simulator: { latencyMs: 150_000 } }), script: script as never, rows: 12 });
		expect(sentOf(result)).toEqual(["2 open", "5 close"]);
		expect(result.journal.of("refused")).toEqual([]);
	});

	it("asks for no entry while it is ending", async () => {
		const config = configWith({ rules: EASY, durationMinutes: 3, simulator: { latencyMs: 100_000 } });
		const result = await run({ config, rows: 20, script: ((_view: unknown, call: number) => [open(call % 2 === 0 ? "BUY" : "SELL")]) as never });
		const ending = result.journal.of("ending")[0];
		const late = result.journal.of("order").filter(({ n, data }) => n > (ending?.n ?? 0) && (data as { purpose: string }).purpose === "open");
		expect(late).toEqual([]);
		expect(result.journal.of("decision").every(({ n }) => n < (ending?.n ?? 0))).toBe(true);
	});

	it("sizes by the planned risk at the stop and journals the plan", async () => {
		const script = (_view: unknown, call: number): unknown => (call === 1 ? [open("BUY", { size: { kind: "risk", share: 0.5 }, stopPoints: 100 })] : []);
		const result = await run({ script });
		// Half of 1 % of 10,000 = 50 dollars over 100 points at one dollar a point and lot.
		expect(result.journal.of("order")[0]?.data).toMatchObject({ riskMoney: 100, request: { lots: 0.5, sl: 109_902 } });
	});

	it("puts a stop on the symbol's tick grid, never nearer than asked for", async () => {
		const config = configWith({ rules: EASY, instrument: { ...CONFIG.instrument, tickSizePoints: 25 } });
		const script = (_view: unknown, call: number): unknown => (call === 1 ? [open("BUY", { stopPoints: 101, targetPoints: 101 })] : []);
		const result = await run({ config, feed: scriptedFeed(flat(5).map((row) => ({ ...row, ask: 110_025 }))), script });
		expect(result.journal.of("order")[0]?.data).toMatchObject({ request: { sl: 110_025 - 125, tp: 110_025 + 125 } });
	});

	it("journals what it cannot close or change because it is gone", async () => {
		const script = (_view: unknown, call: number): unknown => (call === 1 ? [close(77), { kind: "modify", positionId: 78, sl: 1, tp: 2, reason: "" }] : []);
		const result = await run({ script });
		expect(result.journal.of("nothing-to-close")[0]?.data).toEqual({ positionId: 77 });
		expect(result.journal.of("nothing-to-modify")[0]?.data).toEqual({ positionId: 78 });
		expect(result.engine.limits.answers.agentFaults).toBe(0);
	});

	it("moves a stop towards less risk only", async () => {
		const script = (_view: unknown, call: number): unknown => {
			if (call === 1) return [open("BUY")];
			const sl = call === 3 ? 109_950 : 109_800;
			return call === 3 || call === 4 ? [{ kind: "modify", positionId: 1, sl, tp: 0, reason: "trail" }] : [];
		};
		const result = await run({ config: configWith({ rules: EASY, onExit: "keep" }), script });
		expect(result.engine.positions).toMatchObject([{ sl: 109_950 }]);
		expect(result.journal.of("refused")[0]?.data).toMatchObject({ code: "STOP_LOOSENED", control: "C12", isRejection: true });
	});
});

describe("a measuring run", () => {
	it("knows no breaker, whatever is lost", async () => {
		const config = configWith({
			unlimited: true,
			chsThreshold: 0.75,
			rules: { ...EASY, requireStop: false, sessionLossPct: 100, dailyLossPct: 100, lossSpeedPct: 100, losingStreakToPause: 100 },
		});
		const feed = scriptedFeed(minutes(Array.from({ length: 60 }, (_, i) => 110_000 - i * 20)));
		const broker = paperBroker(config, feed);
		const result = await runWith(config, {
			feed,
			broker,
			script: ((view: View) => (view.positions.length > 0 ? view.positions.map(({ positionId }) => close(positionId)) : [open("BUY")])) as never,
		});
		expect(result.engine.breaker).toMatchObject({ open: false, trips: 0, steps: 0 });
		expect(result.engine.tally.shadowClosed).toBe(0);
		expect(result.engine.tally.closed).toBeGreaterThan(20);
		expect(paperAccount(broker.book).balance).toBe(result.engine.account.balance);
	});
});

describe("a single absurd quote", () => {
	it("is no new high, no loss and no reason to halt, for nobody has confirmed it", async () => {
		const bids = [110_000, 110_000, 110_000, 220_000, 110_000, 110_000, 110_000];
		const config = configWith({ rules: { ...EASY, lossSpeedPct: 4, drawdownPct: 10 }, onExit: "keep" });
		const feed = scriptedFeed(minutes(bids), { traits: { cadenceMs: 1000 } });
		const result = await run({ config, feed });
		expect(result.engine.peak.equity).toBeLessThan(10_001);
		expect(result.engine.peak.drawdownPct).toBeLessThan(0.1);
		expect(result.engine.end?.reason).toBe("end-of-data");
		expect(result.journal.of("data").map(({ data }) => (data as { to: string }).to)).toEqual(["jump", "ok"]);
	});
});

describe("the speed of a session", () => {
	it("keeps to the market's time from the first row of trading on, and lets the warm-up run", async () => {
		let wall = 0;
		const config = configWith({ rules: EASY, warmupBars: 10 });
		// 40 minutes, 10 of them warm-up: 29 minutes of trading at 60,000 times are 29 ms of a clock that moves by one a look.
		await runWith(config, { feed: scriptedFeed(flat(40)), speed: 60_000, nowMs: () => wall++ });
		expect(wall).toBeGreaterThanOrEqual(29);
		expect(wall).toBeLessThan(80);
	});
});

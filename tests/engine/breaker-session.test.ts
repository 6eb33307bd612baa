import { describe, expect, it, vi } from "vitest";
import { scoreOf } from "../../src/engine/health/chs.ts";
import { hook } from "../helpers/engine-hook.ts";
import { close, configWith, EASY, MINUTE, minutes, open, paperBroker, type Row, type RunResult, runWith, START, scriptedFeed } from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

type View = { readonly positions: readonly { readonly positionId: number; readonly side: string }[]; readonly entry: { readonly mayEnter: boolean } };

/** Rules under which nothing but the breaker stops a loser. */
const ONLY_BREAKER = {
	...EASY,
	losingStreakToPause: 100,
	stopGuardStopsToPause: 100,
	sessionLossPct: 100,
	dailyLossPct: 100,
	lossSpeedPct: 100,
	repeatEntriesMax: 100,
	entriesPerWindowMax: 1000,
	sideFlipsMax: 1000,
	ratePerHour: 1000,
	ratePerDay: 1000,
};

/** Up and down by 40 points a minute, `count` minutes. */
function zigzag(count: number): Row[] {
	return minutes(Array.from({ length: count }, (_, i) => 110_000 + (i % 2) * 40));
}

/** Buys high and sells low on a zigzag; from decision `good` on it does the opposite. */
function turncoat(good: number): (view: View, call: number) => unknown {
	return (view, call) => {
		if (view.positions.length > 0) return view.positions.map(({ positionId }) => close(positionId));
		if (!view.entry.mayEnter) return [];
		// Decision n is made on the quote of row n + 1: odd decisions see the high.
		const isHigh = (hook.engine?.bid ?? 0) > 110_020;
		const wrongSide = isHigh ? "BUY" : "SELL";
		const rightSide = isHigh ? "SELL" : "BUY";
		return [open(call < good ? wrongSide : rightSide, { size: { kind: "risk", share: 1 }, stopPoints: 60 })];
	};
}

function breakerStory({ journal }: RunResult): string[] {
	return journal.of("breaker").map(({ data }) => `${(data as { what: string }).what} ${(data as { cause: string }).cause}`);
}

describe("the breaker in a session", () => {
	const config = configWith({ rules: ONLY_BREAKER });

	it("opens on a losing agent, lets it trade in the shadow only, and trades again when it has recovered", async () => {
		const feed = scriptedFeed(zigzag(400));
		const broker = paperBroker(config, feed);
		const result = await runWith(config, { feed, broker, script: turncoat(40) as never });
		const { journal, engine } = result;
		const story = breakerStory(result);
		expect(story[0]).toMatch(/^trip (edge|overshoot|drawdown|ruin|blend:agent|blend:risk)$/);
		expect(story).toContain(`re-arm ${story[0]?.slice(5)}`);
		const trip = journal.of("breaker")[0];
		const rearm = journal.of("breaker").find(({ data }) => (data as { what: string }).what === "re-arm");
		const between = journal.records.filter(({ n }) => n > (trip?.n ?? 0) && n < (rearm?.n ?? 0));
		expect(between.filter(({ kind, data }) => kind === "order" && (data as { purpose: string }).purpose === "open")).toEqual([]);
		expect(between.filter(({ kind }) => kind === "shadow-trade").length).toBeGreaterThanOrEqual(10);
		const balances = between
			.filter(({ kind, data }) => kind === "broker" && (data as { type: string }).type === "account")
			.map(({ data }) => (data as { account: { balance: number } }).account.balance);
		expect(new Set(balances).size).toBeLessThanOrEqual(1);
		expect(journal.of("order").some(({ n, data }) => n > (rearm?.n ?? 0) && (data as { purpose: string }).purpose === "open")).toBe(true);
		expect(engine.tally.shadowClosed).toBeGreaterThanOrEqual(10);
		expect(broker.book.balance).toBe(engine.account.balance);
		expect(engine.trading.state).toBe("ACTIVE");
	});

	it("counts shadow trades apart: they are no closed trades, no evidence and no money", async () => {
		const result = await runWith(config, { feed: scriptedFeed(zigzag(200)), script: turncoat(Number.POSITIVE_INFINITY) as never });
		const { engine, journal } = result;
		const real = journal.of("trade");
		const shadow = journal.of("shadow-trade");
		expect(shadow.length).toBeGreaterThan(10);
		expect(engine.tally.closed).toBe(real.length);
		expect(engine.tally.shadowClosed).toBe(shadow.length);
		expect(engine.evidence.trades).toBe(real.length);
		expect(engine.chs.trades).toBe(real.length + shadow.length);
		const sum = real.reduce((total, { data }) => total + (data as { net: number }).net, 0);
		expect(engine.account.balance).toBeCloseTo(10_000 + sum, 6);
		expect(shadow.every(({ data }) => (data as { shadow: boolean; positionId?: number }).shadow)).toBe(true);
	});

	it("does not re-arm before ten trades in the shadow, however good", async () => {
		const result = await runWith(config, { feed: scriptedFeed(zigzag(400)), script: turncoat(1000) as never });
		const trip = result.journal.of("breaker")[0];
		// From the trip on everything wins.
		let tripped = false;
		const script = (view: View, call: number): unknown => {
			tripped ||= hook.engine?.breaker.open === true;
			return turncoat(tripped ? 0 : 1000)(view, call);
		};
		const healed = await runWith(config, { feed: scriptedFeed(zigzag(400)), script: script as never });
		const rearm = healed.journal.of("breaker").find(({ data }) => (data as { what: string }).what === "re-arm");
		expect(healed.journal.of("breaker")[0]?.n).toBe(trip?.n);
		const shadow = healed.journal.of("shadow-trade").filter(({ n }) => n < (rearm?.n ?? 0));
		expect(shadow.length).toBeGreaterThanOrEqual(10);
	});

	it("closes at the trip when told to flatten, and only then", async () => {
		for (const [onBreaker, closes] of [
			["hold", 0],
			["flatten", 1],
		] as const) {
			const once = configWith({ rules: { ...ONLY_BREAKER, requireStop: false, openNotionalEquityMultiple: 500 }, onBreaker, onExit: "keep" });
			// One lot bought without a stop: at -200 points it has lost twice the planned risk, and the score cannot bear that.
			const script = (_view: View, call: number): unknown => (call === 1 ? [open("BUY", { size: { kind: "lots", lots: 1 }, stopPoints: null })] : []);
			const bids = [110_000, 110_000, 110_000, 109_900, 109_800, 109_600, 109_400, 109_400, 109_400, 109_400];
			const result = await runWith(once, { feed: scriptedFeed(minutes(bids)), script: script as never });
			expect(breakerStory(result)[0]).toBe("trip overshoot");
			expect(result.journal.of("order").filter(({ data }) => (data as { purpose: string }).purpose === "close")).toHaveLength(closes);
			expect(result.engine.positions).toHaveLength(1 - closes);
			expect(result.engine.end?.reason).toBe("breaker");
		}
	});

	it("closes what is open at a trip that latches nothing, and goes on, when told to flatten", async () => {
		const rows: Row[] = Array.from({ length: 1800 }, (_, second) => ({
			at: START + second * 1000,
			bid: 110_000 + (second % 7),
			ask: 110_002 + (second % 7),
			...(second >= 900 && second < 960 ? { clock: true as const } : {}),
		}));
		for (const [onBreaker, closes] of [
			["hold", 0],
			["flatten", 1],
		] as const) {
			const script = (_view: View, call: number): unknown => (call === 2 ? [open("BUY")] : []);
			const feed = scriptedFeed(rows, { traits: { hasClock: true, cadenceMs: 1000 } });
			const result = await runWith(configWith({ rules: ONLY_BREAKER, onBreaker, onExit: "keep" }), { feed, script: script as never });
			expect(result.journal.of("breaker")[0]?.data).toMatchObject({ what: "trip", cause: "feed", latched: false });
			expect(result.journal.of("order").filter(({ data }) => (data as { purpose: string }).purpose === "close")).toHaveLength(closes);
			expect(result.engine.positions).toHaveLength(1 - closes);
			// The dip lies between two bars, for no bar closes in the silence; the curve shows it all the same.
			expect(Math.min(...result.engine.curve.points.map(({ chs }) => chs))).toBeLessThan(0.55);
			expect(result.engine.end?.reason).toBe("end-of-data");
		}
	});

	it("opens with cause feed when quotes stop, and no entry is made until they are back", async () => {
		const rows: Row[] = [];
		for (let second = 0; second < 2400; second++) {
			const silent = second >= 900 && second < 960;
			rows.push({ at: START + second * 1000, bid: 110_000 + (second % 7), ask: 110_002 + (second % 7), ...(silent ? { clock: true as const } : {}) });
		}
		const script = (view: View): unknown => (view.positions.length > 0 ? view.positions.map(({ positionId }) => close(positionId)) : [open("BUY")]);
		const feed = scriptedFeed(rows, { traits: { hasClock: true, cadenceMs: 1000 } });
		const result = await runWith(configWith({ rules: ONLY_BREAKER }), { feed, script: script as never });
		const [trip] = result.journal.of("breaker");
		expect(trip?.data).toMatchObject({ what: "trip", cause: "feed", latched: false });
		expect((trip?.at ?? 0) - START).toBeGreaterThan(900_000);
		expect((trip?.at ?? 0) - START).toBeLessThanOrEqual(940_000);
		const openAgain = result.journal.of("order").find(({ at, data }) => at > (trip?.at ?? 0) && (data as { purpose: string }).purpose === "open");
		const rearm = result.journal.of("breaker").find(({ data }) => (data as { what: string }).what === "re-arm");
		// A trip of the feed cools down for five minutes.
		expect((rearm?.at ?? 0) - (trip?.at ?? 0)).toBeGreaterThanOrEqual(5 * MINUTE);
		expect(openAgain?.at ?? 0).toBeGreaterThanOrEqual(rearm?.at ?? Number.POSITIVE_INFINITY);
	});

	it("opens after three invalid orders in a row and recovers through attempts in the shadow", async () => {
		let bad = true;
		const script = (view: View, call: number): unknown => {
			if (hook.engine?.breaker.open === true) bad = false;
			if (view.positions.length > 0) return view.positions.map(({ positionId }) => close(positionId));
			return [bad && call > 1 ? open("BUY", { stopPoints: null }) : open("BUY", { stopPoints: 100 })];
		};
		const feed = scriptedFeed(minutes(Array.from({ length: 120 }, (_, i) => 110_000 + i * 5)));
		const result = await runWith(configWith({ rules: ONLY_BREAKER }), { feed, script: script as never });
		const [trip] = result.journal.of("breaker");
		expect(trip?.data).toMatchObject({ what: "trip", cause: "validator" });
		const refused = result.journal.of("refused");
		expect(refused.map(({ data }) => (data as { code: string }).code)).toEqual(["STOP_MISSING", "STOP_MISSING", "STOP_MISSING"]);
		expect(refused.every(({ n }) => n < (trip?.n ?? 0))).toBe(true);
		expect(breakerStory(result)).toEqual(["trip validator", "re-arm validator"]);
		expect(result.journal.of("shadow-order").length).toBeGreaterThan(3);
		expect(result.engine.evidence.rejections).toBe(3);
		expect(scoreOf(result.engine.chs)).toBeGreaterThan(0.55);
	});

	it("takes no real entry at the decision at which it closes while another hold stands", async () => {
		// From 21:20 on; the breaker trips before 22:00 and closes after it, when two hours around midnight are held.
		const rows = zigzag(400).map((row) => ({ ...row, at: row.at + 440 * MINUTE }));
		const held = configWith({ rules: { ...ONLY_BREAKER, noEntryAroundMidnightMinutes: 120 } });
		const result = await runWith(held, { feed: scriptedFeed(rows), script: turncoat(40) as never });
		const ten = START + 8 * 60 * MINUTE;
		const closed = result.journal.of("breaker").find(({ data }) => (data as { what: string }).what === "re-arm");
		expect(closed?.at).toBeGreaterThan(ten);
		expect(closed?.at).toBeLessThan(ten + 4 * 60 * MINUTE);
		const opens = result.journal
			.of("order")
			.filter(({ at, data }) => at >= ten && at < ten + 4 * 60 * MINUTE && (data as { purpose: string }).purpose === "open");
		expect(opens).toEqual([]);
	});

	it("drops the waiting half of a reversal when the close trips the breaker", async () => {
		const script = (view: View): unknown => {
			const isHigh = (hook.engine?.bid ?? 0) > 110_020;
			const entry = open(isHigh ? "BUY" : "SELL", { size: { kind: "risk", share: 1 }, stopPoints: 60 });
			return [...view.positions.map(({ positionId }) => close(positionId)), entry];
		};
		const result = await runWith(config, { feed: scriptedFeed(zigzag(60)), script: script as never });
		const trip = result.journal.of("breaker")[0];
		const loss = result.journal.of("trade").findLast(({ n }) => n < (trip?.n ?? 0));
		expect(loss?.at).toBe(trip?.at);
		const after = result.journal.of("order").filter(({ n, data }) => n > (loss?.n ?? 0) && (data as { purpose: string }).purpose === "open");
		expect(after).toEqual([]);
		expect(result.journal.of("dropped")[0]).toMatchObject({ at: trip?.at, data: { why: expect.stringMatching(/^CHS 0\.\d+ is below/) } });
	});
});

describe("shadow trades on a netting account", () => {
	it("are closed, reversed and added to like real ones, and leave nothing behind", async () => {
		const config = configWith({ rules: { ...ONLY_BREAKER, autoAdjust: false }, account: { marginMode: "netting" }, chsThreshold: 0.75 });
		// The threshold is so high that the first invalid order opens the breaker; then: long 0.1, long 0.2, short 0.5 (reverses), long 0.2 (flat).
		const plan: readonly (readonly ["BUY" | "SELL", number])[] = [
			["BUY", 0.1],
			["BUY", 0.1],
			["SELL", 0.3],
			["BUY", 0.1],
		];
		const script = (_view: View, call: number): unknown => {
			if (call === 1) return [open("BUY", { stopPoints: null })];
			const step = plan[call - 3];
			return step === undefined ? [] : [open(step[0], { size: { kind: "lots", lots: step[1] }, stopPoints: 100 })];
		};
		const feed = scriptedFeed(minutes([110_000, 110_000, 110_000, 110_000, 110_010, 110_020, 110_010, 110_000, 110_000, 110_000]));
		const result = await runWith(config, { feed, script: script as never });
		expect(result.engine.breaker.open).toBe(true);
		expect(result.journal.of("shadow-trade").map(({ data }) => [(data as { side: string }).side, (data as { lots: number }).lots])).toEqual([
			["BUY", 0.2],
			["SELL", 0.1],
		]);
		expect(result.engine.trades).toEqual([]);
		expect(result.engine.shadowPlans).toEqual([]);
		expect(result.engine.shadowActive).toBe(false);
		expect(result.engine.account).toMatchObject({ balance: 10_000, equity: 10_000 });
	});
});

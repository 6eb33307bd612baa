import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { createEngine, type Engine } from "../../src/engine/engine.ts";
import { applyHold } from "../../src/engine/guard.ts";
import { scoreOf } from "../../src/engine/health/chs.ts";
import { type Projection, projection } from "../../src/engine/project.ts";
import { limitsOff } from "../../src/engine/rules.ts";
import { step, stepRow } from "../../src/engine/step.ts";
import { fingerprintOf } from "../../src/replay.ts";
import type { Watcher } from "../../src/watcher.ts";
import { hook } from "../helpers/engine-hook.ts";
import { anyAgent } from "../helpers/rule-agent.ts";
import {
	type ConfigChanges,
	close,
	configWith,
	EASY,
	flat,
	MINUTE,
	minutes,
	open,
	type RunParts,
	runWith,
	START,
	scriptedFeed,
	syntheticFeed,
} from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

/** Looks after every row. */
function onlooker(see: (view: Projection, engine: Engine) => void): Watcher {
	let running: Engine | null = null;
	return {
		begin(engine) {
			running = engine;
		},
		record() {},
		sampleAt: Number.NEGATIVE_INFINITY,
		sample() {
			if (running !== null) see(projection(running), running);
		},
		look() {},
	};
}

/** The last look of a session at these rows. */
async function lastLook(
	changes: ConfigChanges,
	bids: readonly number[],
	script: (view: { positions: readonly { positionId: number }[] }, call: number) => unknown,
	parts: Partial<RunParts> = {},
): Promise<Projection> {
	const looks: Projection[] = [];
	const config = configWith({ onExit: "keep", onLatch: "wait", ...changes, rules: { ...EASY, ...changes.rules } });
	await runWith(config, { feed: scriptedFeed(minutes(bids)), script: script as never, watch: onlooker((view) => looks.push(view)), ...parts });
	const last = looks.at(-1);
	if (last === undefined) throw new Error("no row");
	return last;
}

function limitsOf({ limits }: Projection): Record<string, string> {
	return Object.fromEntries(
		limits.map(({ label, value, limit, action }) => [label, `${value === null ? "?" : Math.round(value * 100) / 100}/${limit} ${action}`]),
	);
}

const still = (count: number, bid = 110_000): number[] => new Array<number>(count).fill(bid);

describe("the projection", () => {
	it("knows nothing before the first row, and says so", () => {
		const view = projection(createEngine(configWith(), { triggerFill: "market", cadenceMs: 1000 }, null, anyAgent()));
		expect(view).toMatchObject({
			phase: "warmup",
			quoteState: "none",
			quoteWhy: "no quote yet",
			health: null,
			tradingFrom: null,
			marginLevelPct: null,
			floating: 0,
		});
		expect(limitsOf(view)).not.toHaveProperty("silence");
	});

	it("shows a position with its result at the price it would close at, and what the account makes of it", async () => {
		const view = await lastLook({}, [...still(3), 110_040], (_view, call) => (call === 1 ? [open("BUY", { targetPoints: 200 })] : []));
		expect(view.positions).toEqual([
			{
				tradeNumber: 1,
				shadow: false,
				side: "BUY",
				lots: 0.1,
				openPrice: 1.10002,
				sl: 1.09902,
				tp: 1.10202,
				now: 1.1004,
				points: 38,
				money: 3.8,
				openedAt: START + MINUTE,
			},
		]);
		expect(view).toMatchObject({ balance: 10_000, spreadPoints: 2, quoteAt: START + 3 * MINUTE, openPositions: 1, wins: 0, netClosed: 0 });
		expect(view.floating).toBe(3.8);
		expect(view.equity).toBeCloseTo(10_003.8, 9);
		expect(view.marginLevelPct).toBeCloseTo((10_003.8 / 110.002) * 100, 6);
	});

	it("of a short counts from the ask", async () => {
		const view = await lastLook({}, [...still(3), 109_950], (_view, call) => (call === 1 ? [open("SELL")] : []));
		expect(view.positions[0]).toMatchObject({ side: "SELL", now: 1.09952, points: 48, money: 4.8 });
	});

	it("shows what is on its way, what nobody answered, and what waits", async () => {
		const slow = await lastLook({ simulator: { latencyMs: 3_600_000 } }, still(4), (_view, call) => (call === 1 ? [open("BUY")] : []));
		expect(slow.orders).toEqual([{ what: "BUY", status: "in flight", lots: 0.1, price: 1.10002, sl: 1.09902, tp: 0, since: START + MINUTE }]);
		const engine = trading();
		engine.orders.push({ ...PENDING });
		engine.plans.push({
			intentId: 9,
			riskMoney: 1,
			reason: "",
			entry: false,
			request: { action: "REMOVE", ...COMMON, ticket: 21 },
			sentAt: START,
			answered: true,
			unknown: true,
		});
		engine.plans.push({
			intentId: 10,
			riskMoney: 1,
			reason: "",
			entry: false,
			request: { action: "REMOVE", ...COMMON, ticket: 22 },
			sentAt: START,
			answered: true,
			unknown: false,
		});
		expect(projection(engine).orders).toEqual([
			{ what: "BUY LIMIT", status: "waiting", lots: 0.1, price: 1.099, sl: 1.098, tp: 0, since: START },
			{ what: "cancel", status: "unknown", lots: 0, price: 0, sl: 0, tp: 0, since: START },
		]);
	});

	it("measures the distance to every limit, and leaves out those that are off", async () => {
		const script = (view: { positions: readonly { positionId: number }[] }, call: number): unknown =>
			call === 1 ? [open("BUY", { size: { kind: "lots", lots: 1 } })] : call === 3 ? view.positions.map(({ positionId }) => close(positionId)) : [];
		const view = await lastLook({ maxTrades: 4, durationMinutes: 60, rules: { drawdownPct: 10 } }, [...still(3), ...still(4, 109_952)], script);
		expect(limitsOf(view)).toMatchObject({
			trades: "1/4 ends",
			time: "5/60 ends",
			"session loss": "0.5/5 KILLED",
			"daily loss": "0.5/10 KILLED",
			drawdown: "0.5/10 HALTED",
			"loss within 60 s": "0/4 KILLED",
			"losses in a row": "1/4 PAUSED",
			"stop-outs": "0/3 PAUSED",
			silence: "0/120000 HALTED",
			"agent faults": "0/3 HALTED",
			"open positions": "0/5 no entries",
			"broker refusals in a row": "0/3 HALTED",
		});
		const off = await lastLook({ rules: limitsOff(configWith().rules), unlimited: true }, still(3), () => []);
		expect(Object.keys(limitsOf(off))).toEqual(["broker refusals in a row", "broker refusals", "silence", "bad quotes in a row", "agent faults"]);
	});

	it("shows a loss that has just come as fast, and one from before the window not", async () => {
		const script = (_view: unknown, call: number): unknown => (call === 1 ? [open("BUY", { size: { kind: "lots", lots: 1 } })] : []);
		const rows = [
			...flat(2),
			{ at: START + 2 * MINUTE, bid: 110_001, ask: 110_003 },
			{ at: START + 2 * MINUTE + 20_000, bid: 109_952, ask: 109_954 },
			{ at: START + 2 * MINUTE + 50_000, bid: 109_952, ask: 109_954 },
		];
		const fresh = await lastLook({}, [], script, { feed: scriptedFeed(rows) });
		expect(limitsOf(fresh)["loss within 60 s"]).toBe("0.49/4 KILLED");
		const later = await lastLook({}, [], script, { feed: scriptedFeed([...rows, { at: START + 5 * MINUTE, bid: 109_952, ask: 109_954 }]) });
		expect(limitsOf(later)["loss within 60 s"]).toBe("0/4 KILLED");
	});

	it("starts the daily loss anew at the broker's midnight, before anything has been judged on the new day", async () => {
		const engine = trading();
		engine.limits.losses.dayStartEquity = 10_000;
		engine.limits.losses.day = Math.floor(START / 86_400_000);
		engine.limits.losses.lastEquity = 9_900;
		engine.account.equity = 9_900;
		expect(limitsOf(projection(engine))["daily loss"]).toBe("1/10 KILLED");
		engine.at = START + 10 * 3_600_000;
		expect(limitsOf(projection(engine))["daily loss"]).toBe("0/10 KILLED");
	});

	it("says why no entry may be made although all is well, without counting it", async () => {
		const script = (view: { positions: readonly { positionId: number }[] }, call: number): unknown =>
			call === 1 ? [open("BUY")] : call === 3 ? view.positions.map(({ positionId }) => close(positionId)) : [];
		const view = await lastLook({ rules: { cooldownMs: 300_000 } }, still(5), script);
		expect(view.entryHold).toEqual({ control: "C28", reason: "240 s of cooldown left after the last close", until: START + 8 * MINUTE });
		const engine = trading();
		const before = JSON.stringify(engine.tally);
		engine.limits.closes.cooldownUntil = engine.at + 1000;
		expect(projection(engine).entryHold?.control).toBe("C28");
		expect(JSON.stringify(engine.tally)).toBe(before);
		applyHold(engine, { control: "C33", state: "KILLED", reason: "red button", until: null });
		expect(projection(engine)).toMatchObject({ entryHold: null, holds: [{ control: "C33", state: "KILLED", reason: "red button", until: null }] });
	});

	it("of an account that cannot be computed says that it is unknown, never nothing", () => {
		const engine = trading();
		const account = { balance: Number.NaN, credit: 0, margin: Number.NaN, marginCall: false };
		step(engine, { type: "broker", at: engine.at, event: { type: "account", at: engine.at, account } });
		const view = projection(engine);
		expect(view).toMatchObject({ balance: null, equity: null, margin: null, marginLevelPct: null, drawdownPct: null, state: "KILLED" });
		expect(limitsOf(view)["session loss"]).toBe("?/5 KILLED");
		expect(strangeIn(view)).toEqual([]);
	});
});

describe("the breaker of the projection", () => {
	it.each<[string, (engine: Engine) => void, readonly string[]]>([
		["is closed", () => {}, []],
		[
			"waits for time and score",
			(engine) => trip(engine, "feed", { openedAtMs: engine.at - 90_000 }, 0.8),
			["CHS above 0.90: now 0.750", "4 minutes more of cool-down"],
		],
		["waits for its last seconds", (engine) => trip(engine, "feed", { openedAtMs: engine.at - 290_500 }, 0.3), ["10 s more of cool-down"]],
		["waits for shadow trades", (engine) => trip(engine, "edge", { openedAtTrades: -3 }, 0.3), ["7 more shadow trades: 3 of 10 done"]],
		["waits for its operator", (engine) => trip(engine, "overshoot", { latched: true, openedAtMs: 0 }, 0.3), ["a reset by the operator, with a reason"]],
		["needs nothing more", (engine) => trip(engine, "feed", { openedAtMs: 0 }, 0.3), []],
	])("%s", (_name, change, needs) => {
		const engine = trading();
		change(engine);
		expect(projection(engine).breaker.needs).toEqual(needs);
	});

	it("tells the cause in words and the lowest score since it opened, and forgets the score when it closes", async () => {
		const script = (_view: unknown, call: number): unknown => (call === 1 ? [open("BUY", { size: { kind: "lots", lots: 1 }, stopPoints: null })] : []);
		const looks: Projection[] = [];
		const config = configWith({
			onLatch: "wait",
			onExit: "keep",
			rules: { ...EASY, requireStop: false, openNotionalEquityMultiple: 500, sessionLossPct: 100, dailyLossPct: 100, lossSpeedPct: 100 },
		});
		const bids = [...still(3), 109_900, 109_800, 109_600, 109_400, 109_600, 109_600];
		await runWith(config, {
			feed: scriptedFeed(minutes(bids)),
			script: script as never,
			watch: onlooker((view, engine) => {
				looks.push(view);
				if (view.breaker.open) expect(view.breaker.tripScore).toBeLessThanOrEqual(scoreOf(engine.chs));
			}),
		});
		const open_ = looks.filter(({ breaker }) => breaker.open);
		expect(open_.length).toBeGreaterThan(2);
		expect(open_.at(-1)?.breaker).toMatchObject({
			trips: 1,
			latched: true,
			cause: "overshoot",
			causeText: "a loss or a position is far beyond the planned risk",
		});
		expect(open_.at(-1)?.breaker.tripScore).toBe(Math.min(...looks.map(({ chs }) => chs)));
		expect(looks.find(({ breaker }) => !breaker.open)?.breaker).toMatchObject({ tripScore: null, openedAt: null, cause: null });
	});
});

/** Values that no screen should have to show: NaN, infinities, undefined, and `-0`-free numbers are fine. */
function strangeIn(value: unknown, path = ""): string[] {
	if (typeof value === "number") return Number.isFinite(value) ? [] : [path];
	if (value === undefined || typeof value === "function") return [path];
	if (typeof value !== "object" || value === null) return [];
	return Object.entries(value).flatMap(([key, part]) => strangeIn(part, `${path}.${key}`));
}

describe("looking at a session", () => {
	it("never changes it, never shows a number that is none, and stays small, whatever happens", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.record({
					seed: fc.integer({ min: 1, max: 10_000 }),
					scenario: fc.constantFrom("normal", "crash", "gap", "news"),
					marginMode: fc.constantFrom("hedging" as const, "netting" as const),
					onLatch: fc.constantFrom("end" as const, "wait" as const),
					chsThreshold: fc.constantFrom(0.55, 0.74),
				}),
				async ({ seed, scenario, marginMode, onLatch, chsThreshold }) => {
					const config = configWith({
						seed,
						feed: { kind: "synthetic", scenario },
						account: { marginMode },
						onLatch,
						chsThreshold,
						agent: { id: "sma", params: { fastBars: 2, slowBars: 4, stopAtr: 3 } },
						warmupBars: 20,
						durationMinutes: 30,
						rules: { ...EASY, maxLots: 0.5 },
						simulator: { latencyMs: 100, slippagePoints: 0.5, partialFillProbability: 0.3, rejectProbability: 0.05 },
					});
					const commands = [{ tick: 4000, command: { command: "flatten" } }] as const;
					const unseen = await runWith(config, { feed: syntheticFeed(config, 60), commands });
					let looks = 0;
					const watch = onlooker((view) => {
						if (++looks % 7 !== 0) return;
						const strange = strangeIn(view);
						if (strange.length > 0) expect(strange).toEqual([]);
						if (view.positions.length > 50 || view.orders.length > 50 || view.limits.length > 30) expect(view).toBe("small");
					});
					const seen = await runWith(config, { feed: syntheticFeed(config, 60), commands, watch });
					expect(looks).toBeGreaterThan(1000);
					expect(seen.journal.lines).toEqual(unseen.journal.lines);
					expect(fingerprintOf(seen.engine)).toBe(fingerprintOf(unseen.engine));
				},
			),
			{ numRuns: 6 },
		);
	}, 60_000);
});

const COMMON = { intentId: 9, symbol: "EURUSD", magic: 1, comment: "" } as const;
const PENDING = {
	ticket: 21,
	intentId: 1,
	symbol: "EURUSD",
	type: "BUY_LIMIT",
	lots: 0.1,
	price: 109_900,
	stopLimit: 0,
	sl: 109_800,
	tp: 0,
	timeInForce: "GTC",
	expiresAt: 0,
	placedAt: START,
	magic: 1,
	comment: "",
} as const;

/** An engine that trades, three minutes into its session. */
function trading(): Engine {
	hook.script = null;
	const engine = createEngine(configWith({ onLatch: "wait", rules: EASY }), { triggerFill: "market", cadenceMs: 60_000 }, null, anyAgent());
	for (let minute = 0; minute < 3; minute++) stepRow(engine, START + minute * MINUTE, 110_000, 110_002, 1, 1);
	return engine;
}

function trip(engine: Engine, cause: NonNullable<Engine["breaker"]["cause"]>, changes: Partial<Engine["breaker"]>, tripLevel = engine.breaker.tripLevel): void {
	Object.assign(engine.breaker, {
		open: true,
		latched: false,
		cause,
		openedAtMs: engine.at,
		openedAtTrades: 0,
		tripLevel,
		rearmLevel: tripLevel + 0.1,
		...changes,
	});
}

import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type BridgeFeed, openBridgeFeed } from "../../../../src/adapters/mt5/feed.ts";
import { createWake } from "../../../../src/adapters/mt5/wake.ts";
import type { BarRow } from "../../../../src/adapters/mt5/wire/messages.ts";
import { TICK_CLOCK, TICK_QUOTE } from "../../../../src/engine/market/tick.ts";
import { FAKE_TERMINAL } from "../../../helpers/fake-bridge-bodies.ts";
import { PLAIN } from "../../../helpers/instrument.ts";
import { createTickBridge, type ModelTick, type TickBridge } from "../../../helpers/tick-bridge.ts";

const NOON = Date.UTC(2025, 2, 4, 12);
type Row = readonly [at: number, bid: number, ask: number, kind: number];

/** A feed on the model bridge, with a clock moved by hand. */
async function open(bridge: TickBridge, more: { warmupBars?: number } = {}) {
	let now = 1000;
	const wake = createWake();
	const feed = await openBridgeFeed({
		client: bridge.client,
		instrument: PLAIN,
		brokerSymbol: "EURUSD",
		venue: "sandbox",
		server: "Sandbox-1",
		timeframeMinutes: 1,
		warmupBars: 1,
		clock: { nowMs: () => now },
		wake,
		...more,
	});
	return {
		feed,
		wake,
		pass: (ms: number) => {
			now += ms;
		},
		now: () => now,
	};
}

/** Everything that is there now. */
function takeAll(feed: BridgeFeed): Row[] {
	const rows: Row[] = [];
	for (let batch = feed.next(); batch !== null && batch.count > 0; batch = feed.next()) {
		for (let i = 0; i < batch.count; i++) rows.push([batch.atMs[i] as number, batch.bid[i] as number, batch.ask[i] as number, batch.kind[i] as number]);
	}
	return rows;
}

const tick = (after: number, points: number): ModelTick => ({ at: NOON + after, bid: points / 1e5, ask: (points + 2) / 1e5 });
const quotes = (rows: readonly Row[]): number[] => rows.filter(([, , , kind]) => kind === TICK_QUOTE).map(([, bid]) => bid);
const clocks = (rows: readonly Row[]): number[] => rows.filter(([, , , kind]) => kind === TICK_CLOCK).map(([at]) => at - NOON);

afterEach(() => vi.useRealTimers());

describe("the live feed", () => {
	it("says what it is", async () => {
		const { feed } = await open(createTickBridge());
		expect(feed.identity).toEqual({ kind: "bridge", protocol: 1, venue: "sandbox", server: "Sandbox-1", symbol: "EURUSD", brokerSymbol: "EURUSD" });
		expect(feed.traits).toEqual({ triggerFill: "market", hasClock: true, cadenceMs: 1000 });
		expect([feed.isFresh(), feed.serverNow(), feed.failure(), feed.next()?.count]).toEqual([false, 0, null, 0]);
	});

	it("takes no time from a quote whose time cannot be", async () => {
		const bridge = createTickBridge();
		const { feed, pass } = await open(bridge);
		bridge.ticks.push(tick(0, 110_000), tick(40 * 86_400_000, 110_001));
		bridge.poll();
		expect(quotes(takeAll(feed))).toEqual([110_000]);
		expect(feed.serverNow()).toBe(NOON);
		pass(1500);
		expect(clocks(takeAll(feed))).toEqual([1000]);
		expect(feed.report()).toMatchObject({ badRows: 1 });
	});

	it("warms up on all bars but the last, which a live quote closes", async () => {
		const bridge = createTickBridge();
		const bar = (minute: number): BarRow => [NOON / 1000 + minute * 60, 1.1, 1.1003, 1.0998, 1.1001, 8, 2, 0];
		bridge.bars = [bar(-3), bar(-2), bar(-1)];
		bridge.ticks.push(tick(-20_000, 110_005));
		const { feed } = await open(bridge, { warmupBars: 3 });
		bridge.poll();
		const warmup = takeAll(feed);
		expect(warmup).toHaveLength(13);
		expect(warmup.at(-1)).toEqual([NOON - 20_000, 110_005, 110_007, TICK_QUOTE]);
		expect(warmup.every(([at]) => at < NOON)).toBe(true);
		bridge.ticks.push(tick(10, 110_010));
		bridge.poll();
		expect(takeAll(feed)).toEqual([[NOON + 10, 110_010, 110_012, TICK_QUOTE]]);
		expect([feed.notes, feed.report().rows]).toEqual([[], 14]);
	});

	it("says that the history is too short, and goes on live", async () => {
		const { feed } = await open(createTickBridge(), { warmupBars: 200 });
		expect(feed.notes).toEqual([expect.stringContaining("gave 0 of the 199 closed M1 bars")]);
	});

	it("fills silence with a row a second, and gives a late quote the time of the clock row before it", async () => {
		const bridge = createTickBridge();
		const { feed, pass } = await open(bridge);
		bridge.ticks.push(tick(0, 110_000));
		bridge.poll();
		takeAll(feed);
		pass(1249);
		expect(takeAll(feed)).toEqual([]);
		pass(1);
		expect(clocks(takeAll(feed))).toEqual([1000]);
		pass(3000);
		expect(clocks(takeAll(feed))).toEqual([2000, 3000, 4000]);
		bridge.ticks.push(tick(3900, 110_001), tick(4100, 110_002));
		bridge.poll();
		expect(takeAll(feed)).toEqual([
			[NOON + 4000, 110_001, 110_003, TICK_QUOTE],
			[NOON + 4100, 110_002, 110_004, TICK_QUOTE],
		]);
	});

	it("tells at most ten minutes of silence at once: the machine has slept", async () => {
		const bridge = createTickBridge();
		const { feed, pass } = await open(bridge);
		bridge.ticks.push(tick(0, 110_000));
		bridge.poll();
		takeAll(feed);
		pass(8 * 3_600_000);
		const silence = clocks(takeAll(feed));
		expect(silence).toHaveLength(601);
		expect(silence.at(-1)).toBe(8 * 3_600_000 - 250);
	});

	it("follows a market whose clock runs faster than ours", async () => {
		const bridge = createTickBridge();
		const { feed, pass } = await open(bridge);
		const seen: Row[] = [];
		for (let i = 0; i < 50; i++) {
			bridge.ticks.push(tick(i * 30_000, 110_000 + i));
			bridge.poll();
			seen.push(...takeAll(feed));
			pass(500);
		}
		expect(seen.map(([at]) => at - NOON)).toEqual(Array.from({ length: 50 }, (_, i) => i * 30_000));
		expect(feed.isFresh()).toBe(true);
	});

	it("goes on after a cut from where it stood, clock rows in between, fresh only when quotes come live again", async () => {
		const bridge = createTickBridge();
		const { feed, pass } = await open(bridge);
		const step = (after: number, points: number): void => {
			bridge.ticks.push(tick(after, points));
			bridge.poll();
		};
		step(0, 110_000);
		pass(100);
		step(100, 110_001);
		takeAll(feed);
		expect(feed.isFresh()).toBe(true);
		bridge.cut();
		expect(feed.isFresh()).toBe(false);
		bridge.ticks.push(tick(100, 110_002), tick(200, 110_003), tick(2500, 110_004));
		pass(3000);
		expect(clocks(takeAll(feed))).toEqual([1100, 2100]);
		bridge.mend();
		expect(bridge.subs.at(-1)).toMatchObject({ from_msc: NOON + 100, from_seen: 1 });
		await setImmediate();
		bridge.poll(2);
		bridge.poll(2);
		expect(quotes(takeAll(feed))).toEqual([110_002, 110_003, 110_004]);
		expect(feed.report()).toMatchObject({ outOfOrder: 0, duplicates: 0 });
		bridge.cut();
		bridge.mend();
		await setImmediate();
		step(3000, 110_005);
		takeAll(feed);
		expect(feed.isFresh()).toBe(false);
		pass(100);
		step(3100, 110_006);
		expect(feed.isFresh()).toBe(false);
		takeAll(feed);
		expect(feed.isFresh()).toBe(true);
	});

	it("asks again for a batch that was lost on its way, as soon as any frame shows that one is missing", async () => {
		const bridge = createTickBridge();
		const { feed } = await open(bridge);
		for (const after of [0, 100]) {
			bridge.ticks.push(tick(after, 110_000 + after));
			bridge.poll(500, after === 100);
		}
		expect(quotes(takeAll(feed))).toEqual([110_000]);
		bridge.tellGap();
		await setImmediate();
		bridge.poll();
		expect(quotes(takeAll(feed))).toEqual([110_100]);
	});

	it("is not fresh while the terminal is away from its broker, nor with the first quotes after that", async () => {
		const bridge = createTickBridge();
		const { feed, pass } = await open(bridge);
		for (const after of [0, 100]) {
			bridge.ticks.push(tick(after, 110_000 + after));
			bridge.poll();
			pass(100);
		}
		takeAll(feed);
		bridge.push({ t: "terminal", d: { ...FAKE_TERMINAL } });
		expect(feed.isFresh()).toBe(true);
		bridge.push({ t: "terminal", d: { ...FAKE_TERMINAL, connected: false } });
		expect(feed.isFresh()).toBe(false);
		bridge.ticks.push(tick(200, 110_200));
		bridge.poll();
		takeAll(feed);
		expect(feed.isFresh()).toBe(false);
	});

	it("ends with the reason when the link is refused, and wakes who waits", async () => {
		const bridge = createTickBridge();
		const { feed } = await open(bridge);
		feed.next();
		const waited = feed.wait(Number.POSITIVE_INFINITY);
		bridge.refuse();
		await waited;
		expect(feed.next()).toBeNull();
		expect(feed.failure()?.message).toContain("another session took over");
		await feed.wait(Number.POSITIVE_INFINITY);
	});

	it("waits until a quote comes, or a second of silence is over", async () => {
		vi.useFakeTimers();
		const bridge = createTickBridge();
		const { feed, pass } = await open(bridge);
		let isOver = false;
		const first = feed.wait(Number.POSITIVE_INFINITY).then(() => {
			isOver = true;
		});
		await vi.advanceTimersByTimeAsync(3_600_000);
		expect(isOver).toBe(false);
		bridge.ticks.push(tick(0, 110_000));
		bridge.poll();
		await first;
		takeAll(feed);
		const second = feed.wait(Number.POSITIVE_INFINITY);
		pass(1250);
		await vi.advanceTimersByTimeAsync(1250);
		await second;
		expect(clocks(takeAll(feed))).toEqual([1000]);
	});

	it("tries again while the terminal is starting, and gives up on a symbol that does not exist", async () => {
		vi.useFakeTimers();
		const bridge = createTickBridge();
		bridge.refusal = { code: "TERMINAL_DOWN", retryable: true, times: 3 };
		const opening = open(bridge);
		await vi.advanceTimersByTimeAsync(1600);
		await opening;
		expect(bridge.subs).toHaveLength(4);
		const other = createTickBridge();
		other.refusal = { code: "SYMBOL_UNKNOWN", retryable: false, times: 1 };
		await expect(open(other)).rejects.toMatchObject({
			exitCode: 3,
			message: expect.stringMatching(/no quotes of EURUSD: refused by the model \(SYMBOL_UNKNOWN\)/),
		});
		const dead = createTickBridge();
		dead.refusal = { code: "TERMINAL_DOWN", retryable: true, times: 1e9 };
		const failing = expect(open(dead)).rejects.toMatchObject({ exitCode: 3, message: expect.stringMatching(/within 20 s: refused by the model/) });
		await vi.advanceTimersByTimeAsync(21_000);
		await failing;
		const asked = dead.subs.length;
		await vi.advanceTimersByTimeAsync(60_000);
		expect(dead.subs).toHaveLength(asked);
	});

	it("says nothing more once closed", async () => {
		const bridge = createTickBridge();
		const { feed } = await open(bridge);
		feed.close();
		bridge.ticks.push(tick(0, 110_000));
		bridge.poll();
		bridge.refuse();
		expect([feed.next(), feed.failure()]).toEqual([null, null]);
	});

	type Step =
		| { readonly do: "tick"; readonly after: number; readonly count: number }
		| { readonly do: "poll"; readonly most: number; readonly lose: boolean }
		| { readonly do: "pass"; readonly ms: number }
		| { readonly do: "cut" | "mend" | "take" };
	const steps = fc.array(
		fc.oneof<fc.Arbitrary<Step>[]>(
			fc.record({ do: fc.constant("tick" as const), after: fc.constantFrom(0, 0, 1, 40, 900, 5000), count: fc.integer({ min: 1, max: 5 }) }),
			fc.record({ do: fc.constant("poll" as const), most: fc.integer({ min: 1, max: 4 }), lose: fc.boolean() }),
			fc.record({ do: fc.constant("pass" as const), ms: fc.constantFrom(1, 60, 700, 2600) }),
			fc.record({ do: fc.constantFrom("cut" as const, "mend" as const, "take" as const) }),
		),
		{ maxLength: 60 },
	);

	it("gives every quote once and in order, and times that never fall, however ticks, cuts, losses and clocks interleave", async () => {
		await fc.assert(
			fc.asyncProperty(steps, async (plan) => {
				const bridge = createTickBridge();
				let at = NOON;
				let points = 110_000;
				const add = (after: number, count: number): void => {
					for (let i = 0; i < count; i++) {
						at += after;
						bridge.ticks.push({ at, bid: ++points / 1e5, ask: (points + 2) / 1e5 });
					}
				};
				add(0, 1);
				const { feed, pass } = await open(bridge);
				const rows: Row[] = [];
				bridge.poll();
				for (const step of plan) {
					if (step.do === "tick") add(step.after, step.count);
					else if (step.do === "poll") bridge.poll(step.most, step.lose);
					else if (step.do === "pass") pass(step.ms);
					else if (step.do === "take") rows.push(...takeAll(feed));
					else bridge[step.do]();
					// What was asked for is answered a moment later, as over a line.
					await Promise.resolve();
				}
				bridge.cut();
				bridge.mend();
				await setImmediate();
				for (let i = 0; i < 100; i++) bridge.poll();
				rows.push(...takeAll(feed));
				expect(quotes(rows)).toEqual(bridge.ticks.map(({ bid }) => Math.round(bid * 1e5)));
				for (let i = 1; i < rows.length; i++) expect((rows[i] as Row)[0]).toBeGreaterThanOrEqual((rows[i - 1] as Row)[0]);
				expect(feed.report()).toMatchObject({ badRows: 0, duplicates: 0, outOfOrder: 0, gaps: 0 });
				feed.close();
			}),
			{ numRuns: 300 },
		);
	});
});

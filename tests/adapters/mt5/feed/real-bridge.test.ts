import { afterEach, expect, it, vi } from "vitest";
import { steadyClock } from "../../../../src/adapters/clock/steady.ts";
import { type BridgeFeed, openBridgeFeed } from "../../../../src/adapters/mt5/feed.ts";
import { connectBridge } from "../../../../src/adapters/mt5/link/client.ts";
import type { BridgeClient } from "../../../../src/adapters/mt5/link/client-type.ts";
import { createWake } from "../../../../src/adapters/mt5/wake.ts";
import { TICK_CLOCK, TICK_QUOTE } from "../../../../src/engine/market/tick.ts";
import { PLAIN } from "../../../helpers/instrument.ts";
import { describeBridge, FAST_MARKET, type SandboxBridge, type SandboxSettings, startSandboxBridge } from "../../../helpers/sandbox-bridge.ts";

// The live feed over the real bridge program on the stand-in terminal.

const LONG_MS = 60_000;
const PATIENCE = { timeout: LONG_MS, interval: 10 };
type Row = readonly [at: number, bid: number, kind: number];
const leftovers: (() => unknown)[] = [];

afterEach(async () => {
	for (const leave of leftovers.splice(0).reverse()) await leave();
});

async function start(settings: SandboxSettings): Promise<{ bridge: SandboxBridge; client: BridgeClient }> {
	const bridge = await startSandboxBridge(settings);
	leftovers.push(() => bridge.stop());
	const client = connectBridge({ url: bridge.url, token: bridge.token }, "control", {
		clock: { nowMs: () => Date.now() },
		name: "kinetra tests",
		timings: { firstPauseMs: 20, longestPauseMs: 200 },
	});
	leftovers.push(() => client.close());
	await client.ready(LONG_MS);
	await vi.waitFor(async () => expect(await client.request("account", {}, LONG_MS)).toMatchObject({ kind: "ok" }), PATIENCE);
	return { bridge, client };
}

/** A feed whose rows are collected as the session's loop does it: take, and wait when there is nothing. */
async function collect(client: BridgeClient, warmupBars = 1): Promise<{ feed: BridgeFeed; rows: Row[] }> {
	const wake = createWake();
	const feed = await openBridgeFeed({
		client,
		instrument: PLAIN,
		brokerSymbol: "EURUSD",
		venue: "sandbox",
		server: "Kinetra-Sandbox",
		timeframeMinutes: 1,
		warmupBars,
		clock: steadyClock(),
		wake,
	});
	const rows: Row[] = [];
	const run = async (): Promise<void> => {
		for (let batch = feed.next(); batch !== null; batch = feed.next()) {
			for (let i = 0; i < batch.count; i++) rows.push([batch.atMs[i] as number, batch.bid[i] as number, batch.kind[i] as number]);
			if (batch.count === 0) await feed.wait(1000);
		}
	};
	const ended = run();
	leftovers.push(async () => {
		feed.close();
		wake.wake();
		await ended;
	});
	return { feed, rows };
}

const quotes = (rows: readonly Row[]): number[] => rows.filter(([, , kind]) => kind === TICK_QUOTE).map(([, bid]) => bid);
const never = (rows: readonly Row[]): number[] => rows.filter(([at], i) => i > 0 && at < (rows[i - 1] as Row)[0]).map(([at]) => at);

describeBridge("the live feed and the real bridge", { timeout: 4 * LONG_MS }, () => {
	it("loses no quote and repeats none when bridge and worker are killed, with a clock that is moved by hand", async () => {
		const { bridge, client } = await start({
			world: { markets: { EURUSD: { source: "none" } }, clock: { mode: "manual", start_ms: Date.UTC(2025, 2, 4, 12) } },
		});
		let told = 0;
		/** Ticks with prices of their own, two of them at the same millisecond. */
		const tell = (count: number) =>
			Array.from({ length: count }, () => {
				told++;
				const price = { do: "tick", symbol: "EURUSD", bid: (110_000 + told) / 1e5, ask: (110_002 + told) / 1e5 };
				return told % 2 === 0 ? [price] : [{ do: "advance", ms: 700 }, price];
			}).flat();
		await bridge.command(...tell(1));
		const { feed, rows } = await collect(client);
		expect(feed.notes).toEqual([]);
		// The first quote is the bar that forms, as four rows, and comes as itself too.
		const expected = (): number[] => [...Array(4).fill(110_001), ...Array.from({ length: told }, (_, i) => 110_001 + i)];
		// The stream begins with the bridge's first look, not with its yes: what is told before that look is not on it.
		await vi.waitFor(() => expect(quotes(rows)).toEqual(expected()), PATIENCE);
		await bridge.command(...tell(5));
		await vi.waitFor(() => expect(quotes(rows)).toEqual(expected()), PATIENCE);
		for (let round = 0; round < 2; round++) {
			await bridge.crash();
			// Taken by the stand-in as soon as it lives again, most likely before the feed is back.
			const whileAway = bridge.command(...tell(7));
			await bridge.restart();
			await whileAway;
			await bridge.command(...tell(3));
			await vi.waitFor(() => expect(quotes(rows)).toEqual(expected()), PATIENCE);
		}
		bridge.killWorker();
		await bridge.command(...tell(6));
		await vi.waitFor(() => expect(quotes(rows)).toEqual(expected()), PATIENCE);
		expect(never(rows)).toEqual([]);
		expect(feed.report()).toMatchObject({ badRows: 0, duplicates: 0, outOfOrder: 0, gaps: 0 });
	});

	it("warms up on the broker's bars, is fresh, sees the broker's link cut, and catches up", async () => {
		const { bridge, client } = await start({ world: { markets: { EURUSD: { ...FAST_MARKET, history_minutes: 30 } }, symbols: ["EURUSD"] } });
		const { feed, rows } = await collect(client, 20);
		expect(feed.notes).toEqual([]);
		await vi.waitFor(() => expect(feed.isFresh()).toBe(true), PATIENCE);
		const minutes = new Set(rows.map(([at]) => Math.floor(at / 60_000)));
		expect(minutes.size).toBeGreaterThanOrEqual(20);
		const before = quotes(rows).length;
		await bridge.command({ do: "link", down_s: 2.5 });
		await vi.waitFor(() => expect(feed.isFresh()).toBe(false), PATIENCE);
		await vi.waitFor(() => expect(rows.some(([, , kind]) => kind === TICK_CLOCK)).toBe(true), PATIENCE);
		await vi.waitFor(() => expect(feed.isFresh()).toBe(true), PATIENCE);
		// What the market did while the link was cut has come too: one quote every 15 ms on average.
		expect(quotes(rows).length - before).toBeGreaterThan(100);
		expect(never(rows)).toEqual([]);
		expect(Math.abs(feed.serverNow() - Date.now() - 7_200_000)).toBeLessThan(LONG_MS);
		expect(feed.report()).toMatchObject({ outOfOrder: 0, gaps: 0 });
	});

	it("refuses a symbol that the broker does not have", async () => {
		const { client } = await start({});
		const opening = openBridgeFeed({
			client,
			instrument: PLAIN,
			brokerSymbol: "NOSUCH",
			venue: "sandbox",
			server: "Kinetra-Sandbox",
			timeframeMinutes: 1,
			warmupBars: 1,
			clock: steadyClock(),
			wake: createWake(),
		});
		await expect(opening).rejects.toMatchObject({ exitCode: 3, message: expect.stringMatching(/no quotes of NOSUCH: .* \(SYMBOL_UNKNOWN\)/) });
	});
});

// The cockpit's end of bench/bridge.ts: the real client, feed, engine and broker, and in place of the agent, which decides once a bar, a rule that
// wants an order on every so manieth quote.
import { setImmediate } from "node:timers/promises";
import { steadyClock } from "../src/adapters/clock/steady.ts";
import { wallClock } from "../src/adapters/clock/wall.ts";
import { openJournal } from "../src/adapters/journal/writer.ts";
import { accountHashOf } from "../src/adapters/mt5/account.ts";
import { openMt5Broker } from "../src/adapters/mt5/broker.ts";
import { openBridgeFeed } from "../src/adapters/mt5/feed.ts";
import { connectBridge } from "../src/adapters/mt5/link/client.ts";
import { createWake } from "../src/adapters/mt5/wake.ts";
import { Secret } from "../src/adapters/secret.ts";
import { parseArgs } from "../src/args.ts";
import { planRun } from "../src/config.ts";
import { startAgentById } from "../src/engine/agents/registry.ts";
import { createEngine } from "../src/engine/engine.ts";
import { TICK_CLOCK, type TickBatch } from "../src/engine/market/tick.ts";
import { createMoneyTerms } from "../src/engine/money.ts";
import type { OrderRequest } from "../src/engine/order.ts";
import { stepRow } from "../src/engine/step.ts";
import { FAKE_ACCOUNT } from "../tests/helpers/fake-bridge-bodies.ts";
import { NUMBERS } from "./bridge-server.ts";

/** An order on every `every`th quote; `journal`: a file that does not exist, to which each is written and fsynced before it leaves, as a session does it. */
export type Habit = { readonly every: number; readonly journal: string | null };

export type Trader = {
	/** Quotes taken, and how many calls of the feed gave them. */
	readonly seen: { quotes: number; batches: number };
	/** Whether the broker has reconciled: orders may go. */
	isReady(): boolean;
	/** Resolves when the loop has ended. */
	stop(): Promise<void>;
};

const MAGIC = 770_001;

/** Connects to the bridge of bench/bridge-server.ts and trades until it is stopped. */
export async function startTrader(url: string, token: string, habit: Habit): Promise<Trader> {
	const parsed = parseArgs(["run", "--agent", "sma", "--symbol", "EURUSD", "--seed", "1", "--speed", "max"], "bench");
	if (parsed.command !== "run") throw new Error("not a run");
	const config = { ...(await planRun(parsed.options, false)).config, timeframeMinutes: 1 };
	const { instrument } = config;
	const wake = createWake();
	const client = connectBridge({ url, token: new Secret(token) }, "control", { clock: wallClock(), name: "bench" });
	await client.ready(10_000);
	const common = { client, instrument, brokerSymbol: "EURUSD", wake };
	const feedTerms = { venue: "sandbox", server: FAKE_ACCOUNT.server, timeframeMinutes: 1, warmupBars: 1, clock: steadyClock() } as const;
	const feed = await openBridgeFeed({ ...common, ...feedTerms });
	const { broker } = await openMt5Broker({
		...common,
		terms: createMoneyTerms(instrument, config.account, config.conversion),
		magic: MAGIC,
		sessionId: "01M82G8X1HN68B2S7WWKP85CQN",
		expected: { accountHash: accountHashOf(FAKE_ACCOUNT.login, FAKE_ACCOUNT.server), tradeMode: "demo", venue: "sandbox" },
		clock: steadyClock(),
		serverNow: () => feed.serverNow(),
		feedIsFresh: () => feed.isFresh(),
		live: null,
	});
	const journal = habit.journal === null ? null : openJournal(habit.journal);
	const engine = createEngine(config, feed.traits, null, startAgentById(config.agent.id, config.agent.params));
	const seen = { quotes: 0, batches: 0 };
	let isStopped = false;
	let intentId = 0;

	function take(batch: TickBatch): void {
		for (let row = 0; row < batch.count; row++) {
			const [at, bid, ask, kind] = [batch.atMs[row], batch.bid[row], batch.ask[row], batch.kind[row]] as [number, number, number, number];
			broker.onTick(at, bid, ask, kind);
			stepRow(engine, at, bid, ask, batch.volume[row] as number, kind);
			engine.out.records.length = 0;
			engine.out.submits.length = 0;
			if (kind === TICK_CLOCK || ++seen.quotes % habit.every !== 0) continue;
			const request = orderFor(seen.quotes, ask);
			journal?.append("order", at, engine.tick, request);
			journal?.flush(true);
			broker.submit(request, at);
		}
		seen.batches++;
	}

	function orderFor(quote: number, ask: number): OrderRequest {
		const prices = { price: ask, deviationPoints: 20, sl: quote % NUMBERS, tp: 0 };
		const what = { action: "DEAL", side: "BUY", lots: 0.01, filling: "IOC", positionId: null } as const;
		return { ...what, ...prices, intentId: ++intentId, symbol: instrument.symbol, magic: MAGIC, comment: "bench" };
	}

	// As the loop of a session (src/session.ts): rows as long as there are any, then one look at the world, then a wait that a quote ends.
	async function loop(): Promise<void> {
		while (!isStopped) {
			const batch = feed.next();
			if (batch === null) throw new Error(feed.failure()?.message ?? "the feed ended");
			if (batch.count > 0) take(batch);
			else {
				await setImmediate();
				await feed.wait(25);
			}
			broker.events.length = 0;
		}
	}

	const ended = loop();
	return {
		seen,
		isReady: () => broker.isQuiet() && feed.isFresh(),
		async stop() {
			isStopped = true;
			await ended;
			broker.close();
			feed.close();
			client.close();
			journal?.close();
		},
	};
}

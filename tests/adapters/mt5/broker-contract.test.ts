import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll } from "vitest";
import { accountHashOf } from "../../../src/adapters/mt5/account.ts";
import { openMt5Broker } from "../../../src/adapters/mt5/broker.ts";
import { connectBridge } from "../../../src/adapters/mt5/link/client.ts";
import { instrumentFrom } from "../../../src/adapters/mt5/specification.ts";
import { createWake } from "../../../src/adapters/mt5/wake.ts";
import type { Filling } from "../../../src/engine/instrument.ts";
import { createMoneyTerms } from "../../../src/engine/money.ts";
import { type BrokerBench, brokerContract } from "../../contracts/broker.contract.ts";
import { describeBridge, FAST_MARKET, NO_BRIDGE, type SandboxBridge, startSandboxBridge } from "../../helpers/sandbox-bridge.ts";

// The same promises as the paper broker's, kept by the real bridge program on the stand-in terminal.

const MAGIC = 7;
const OFFSET_MS = 7_200_000;
const PATIENCE_MS = 60_000;
let bridge: SandboxBridge | null = null;
let benches = 0;

beforeAll(async () => {
	if (NO_BRIDGE !== null) return;
	// The price stands still: a test that computes a level from a quote must find the quote there.
	const market = { ...FAST_MARKET, volatility: 0 };
	bridge = await startSandboxBridge({
		world: { symbols: ["EURUSD"], markets: { EURUSD: market } },
		bridge: { limits: { max_open_positions: 100, max_orders_per_minute: 120, max_lots_per_symbol: 20, max_lots_per_order: 10, stale_tick_s: 60 } },
	});
}, 120_000);
afterAll(async () => {
	await bridge?.stop();
}, 60_000);

function bodyOf<T>(reply: { readonly kind: "ok"; readonly d: T } | { readonly kind: "error" | "lost" }): T {
	if (reply.kind !== "ok") throw new Error(`no answer: ${JSON.stringify(reply)}`);
	return reply.d;
}

async function until(what: string, isSo: () => boolean): Promise<void> {
	const end = performance.now() + PATIENCE_MS;
	while (!isSo()) {
		if (performance.now() > end) throw new Error(`never: ${what}`);
		await sleep(5);
	}
}

async function makeBench(): Promise<BrokerBench> {
	if (bridge === null) throw new Error("there is no bridge");
	const clock = { nowMs: () => Date.now() };
	const client = connectBridge({ url: bridge.url, token: bridge.token }, "control", { clock, name: "contract" });
	await client.ready(PATIENCE_MS);
	// What an earlier test left open is cleared away.
	await client.request("kill", { scope: "all", mode: "flatten", reason: "the next test" }, PATIENCE_MS);
	await client.request("kill_release", { scope: "all", reason: "the next test" });
	const account = bodyOf(await client.request("account", {}));
	await client.request("sub", { symbols: ["EURUSD"], stream: "ticks" });
	let spec = bodyOf(await client.request("symbol_spec", { symbol: "EURUSD" }));
	// The bridge takes no entry before it has seen quotes move.
	for (const end = performance.now() + PATIENCE_MS; spec.quote_age_ms === null && performance.now() < end; await sleep(10)) {
		spec = bodyOf(await client.request("symbol_spec", { symbol: "EURUSD" }));
	}
	const { instrument } = instrumentFrom(spec, account, null);
	const expected = { accountHash: accountHashOf(account.login, account.server), tradeMode: "demo", venue: "sandbox" } as const;
	const serverNow = (): number => Date.now() + OFFSET_MS;
	const terms = createMoneyTerms(instrument, { currency: "USD", currencyDigits: 2, leverage: account.leverage }, {});
	const { broker } = await openMt5Broker({
		...{
			client,
			instrument,
			terms,
			brokerSymbol: spec.name,
			magic: MAGIC,
			sessionId: `contract-${++benches}-${process.pid}`,
			expected,
			clock,
			serverNow,
			live: null,
		},
		wake: createWake(),
		feedIsFresh: () => true,
	});
	await until("the link is up", () => broker.isQuiet());
	if (spec.tick === null) throw new Error("there is no quote");
	const points = (price: number): number => Math.round(price * 10 ** instrument.digits);
	const quote = { bid: points(spec.tick.bid), ask: points(spec.tick.ask) };
	broker.onTick(serverNow(), quote.bid, quote.ask, 1);
	broker.events.length = 0;
	return {
		broker,
		symbol: instrument.symbol,
		lots: instrument.volumeMin,
		farPoints: Math.max(200, instrument.stopsLevelPoints * 10),
		filling: (instrument.fillingFlags[0] ?? "FOK") as Filling,
		now: serverNow,
		quote: () => quote,
		settle: () => until("every answer has been told in full", () => broker.isQuiet()),
		end: () => client.close(),
	};
}

brokerContract("the MT5 broker on the stand-in terminal", makeBench, describeBridge as never);

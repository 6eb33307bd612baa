import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { accountHashOf } from "../../../src/adapters/mt5/account.ts";
import type { Mt5Broker } from "../../../src/adapters/mt5/broker/types.ts";
import { openMt5Broker } from "../../../src/adapters/mt5/broker.ts";
import { connectBridge } from "../../../src/adapters/mt5/link/client.ts";
import { instrumentFrom } from "../../../src/adapters/mt5/specification.ts";
import { createWake } from "../../../src/adapters/mt5/wake.ts";
import type { Filling } from "../../../src/engine/instrument.ts";
import { createMoneyTerms } from "../../../src/engine/money.ts";
import type { BrokerEvent, DealRequest } from "../../../src/engine/order.ts";
import { type BrokerBench, brokerContract } from "../../contracts/broker.contract.ts";
import { describeBridge, FAST_MARKET, NO_BRIDGE, type SandboxBridge, startSandboxBridge } from "../../helpers/sandbox-bridge.ts";
import { shortOf } from "../../helpers/sim-rig.ts";

// The same promises as the paper broker's, kept by the real bridge program on the stand-in terminal.

const MAGIC = 7;
const OFFSET_MS = 7_200_000;
const PATIENCE_MS = 60_000;
const LIMITS = { max_open_positions: 100, max_orders_per_minute: 120, max_lots_per_symbol: 20, max_lots_per_order: 10, stale_tick_s: 60 };
let bridge: SandboxBridge | null = null;
let benches = 0;

/** The price stands still: a test that computes a level from a quote must find the quote there. */
function startStill(world: Readonly<Record<string, unknown>> = {}): Promise<SandboxBridge> {
	return startSandboxBridge({ world: { symbols: ["EURUSD"], markets: { EURUSD: { ...FAST_MARKET, volatility: 0 } }, ...world }, bridge: { limits: LIMITS } });
}

beforeAll(async () => {
	if (NO_BRIDGE !== null) return;
	bridge = await startStill();
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

async function makeBench(at: SandboxBridge | null = bridge): Promise<BrokerBench & { readonly broker: Mt5Broker }> {
	if (at === null) throw new Error("there is no bridge");
	const clock = { nowMs: () => Date.now() };
	const client = connectBridge({ url: at.url, token: at.token }, "control", { clock, name: "contract" });
	await client.ready(PATIENCE_MS);
	// A bridge that was just started has not asked its terminal yet.
	let asked = await client.request("account", {});
	for (const end = performance.now() + PATIENCE_MS; asked.kind !== "ok" && performance.now() < end; await sleep(10))
		asked = await client.request("account", {});
	const account = bodyOf(asked);
	// What an earlier test left open is cleared away.
	await client.request("kill", { scope: "all", mode: "flatten", reason: "the next test" }, PATIENCE_MS);
	await client.request("kill_release", { scope: "all", reason: "the next test" });
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

brokerContract("the MT5 broker on the stand-in terminal", () => makeBench(), describeBridge as never);

type Desk = { readonly events: BrokerEvent[]; send(more: Partial<DealRequest>): Promise<string[]>; until(what: string, isSo: () => boolean): Promise<void> };

function deskOf(bench: BrokerBench & { readonly broker: Mt5Broker }): Desk {
	const events: BrokerEvent[] = [];
	let intentId = 0;
	const hear = (): void => void events.push(...bench.broker.events.splice(0));
	return {
		events,
		async send(more) {
			hear();
			const from = events.length;
			const { bid, ask } = bench.quote();
			const side = more.side ?? "BUY";
			const sl = more.positionId === undefined ? (side === "BUY" ? bid - 900 : ask + 900) : 0;
			const base = {
				intentId: ++intentId,
				symbol: bench.symbol,
				magic: MAGIC,
				comment: "",
				action: "DEAL",
				side,
				lots: 0.2,
				deviationPoints: 50,
				sl,
				tp: 0,
			} as const;
			bench.broker.submit({ ...base, price: side === "BUY" ? ask : bid, filling: bench.filling, positionId: null, ...more }, bench.now());
			await until("it is quiet", () => {
				hear();
				return bench.broker.isQuiet();
			});
			hear();
			return shortOf(events.slice(from));
		},
		until: (what, isSo) =>
			until(what, () => {
				hear();
				return isSo();
			}),
	};
}

function lastPosition(events: readonly BrokerEvent[]): number {
	return events.flatMap((event) => (event.type === "position" ? [event.position.id] : [])).at(-1) ?? 0;
}

describeBridge("the MT5 broker and the real bridge program", () => {
	it("find out what became of an order whose answer was lost, and of one that never arrived", { timeout: 120_000 }, async () => {
		const bench = await makeBench();
		const desk = deskOf(bench);
		await bridge?.command({ do: "fault", kind: "lost_answer" });
		const lost = await desk.send({});
		expect(lost.filter((text) => text.startsWith("answer") || text.startsWith("resolved"))).toEqual(["answer unknown 10012", "resolved done 10009"]);
		expect(lost.filter((text) => text.startsWith("deal"))).toEqual(["deal IN 0.2"]);
		await bridge?.command({ do: "fault", kind: "lost_request" });
		const never = await desk.send({});
		expect(never.filter((text) => text.startsWith("answer") || text.startsWith("resolved"))).toEqual(["answer unknown 10012", "resolved rejected 10006"]);
		expect(never.filter((text) => text.startsWith("deal"))).toEqual([]);
		expect(desk.events.filter((event) => event.type === "account-trouble")).toEqual([]);
		bench.broker.close();
		await bench.end?.();
	});

	it("go on after the bridge was killed in mid-session", { timeout: 120_000 }, async () => {
		const bench = await makeBench();
		const desk = deskOf(bench);
		expect(await desk.send({})).toEqual(["answer done 10009", "deal IN 0.2", "position 0.2", "account"]);
		await bridge?.crash();
		await desk.until("the link is down", () => desk.events.some((event) => event.type === "link" && event.state === "down"));
		expect(await Promise.race([desk.send({}), sleep(200).then(() => "still waiting")])).toBe("still waiting");
		await bridge?.restart();
		await desk.until("the link is up again", () => bench.broker.isQuiet());
		expect(await desk.send({ side: "SELL", positionId: lastPosition(desk.events) })).toEqual([
			"answer done 10009",
			"deal OUT 0.2",
			"position-closed",
			"account",
		]);
		expect(desk.events.filter((event) => event.type === "account-trouble")).toEqual([]);
		bench.broker.close();
		await bench.end?.();
	});

	it("net: add, turn round in one deal, close", { timeout: 120_000 }, async () => {
		const own = await startStill({ account: { margin_mode: 0 } });
		try {
			const bench = await makeBench(own);
			const desk = deskOf(bench);
			expect(await desk.send({})).toEqual(["answer done 10009", "deal IN 0.2", "position 0.2", "account"]);
			expect(await desk.send({})).toEqual(["answer done 10009", "deal IN 0.2", "position 0.4", "account"]);
			expect(await desk.send({ side: "SELL", lots: 0.6 })).toEqual(["answer done 10009", "deal INOUT 0.6", "position 0.2", "account"]);
			expect(await desk.send({ side: "BUY", positionId: lastPosition(desk.events) })).toEqual([
				"answer done 10009",
				"deal OUT 0.2",
				"position-closed",
				"account",
			]);
			bench.broker.close();
			await bench.end?.();
		} finally {
			await own.stop();
		}
	});
});

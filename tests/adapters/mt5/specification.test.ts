import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { connectBridge } from "../../../src/adapters/mt5/link/client.ts";
import type { BridgeClient } from "../../../src/adapters/mt5/link/client-type.ts";
import { conversionFrom, instrumentFrom, marginCheck } from "../../../src/adapters/mt5/specification.ts";
import type { AccountBody, SpecBody } from "../../../src/adapters/mt5/wire/messages.ts";
import type { Instrument } from "../../../src/engine/instrument.ts";
import { findInstrument } from "../../../src/engine/instruments/built-in.ts";
import { canConvert, createMoneyTerms } from "../../../src/engine/money.ts";
import { FAKE_ACCOUNT, FAKE_SPEC } from "../../helpers/fake-bridge-bodies.ts";
import { PLAIN } from "../../helpers/instrument.ts";
import { describeBridge, type SandboxBridge, startSandboxBridge } from "../../helpers/sandbox-bridge.ts";

const ACCOUNT = FAKE_ACCOUNT as AccountBody;
const USD = { currency: "USD", currencyDigits: 2, leverage: 100 };
const spec = (changes: Record<string, number | string | boolean | null> = {}, more: Partial<SpecBody> = {}): SpecBody => ({
	...FAKE_SPEC,
	...more,
	spec: { ...FAKE_SPEC.spec, ...changes },
});
const made = (changes: Record<string, number | string | boolean | null>): Instrument => instrumentFrom(spec(changes), ACCOUNT, null).instrument;

describe("an instrument of a broker's specification", () => {
	it("has what the broker says, and of the built-in one only what cannot be read", () => {
		const known = findInstrument("EURUSD") as Instrument;
		const { instrument, notes } = instrumentFrom(spec({}, { name: "EURUSD.pro" }), ACCOUNT, known);
		expect(instrument).toEqual({ ...known, description: "SANDBOX EURUSD", typicalSpreadPoints: 2, stopsLevelPoints: 10 });
		expect(notes).toEqual([
			expect.stringMatching(/trading hours cannot be read; those usual for EURUSD/),
			expect.stringMatching(/commission cannot be read .* 3.5 a lot for each deal, opening and closing, in account currency\.$/),
			expect.stringMatching(/margin rates cannot be read/),
		]);
	});

	it("is careful with hours and says that it knows no commission when the symbol is not built in", () => {
		const { instrument, notes } = instrumentFrom(spec(), null, null);
		expect(instrument.sessions.map((day) => day.length)).toEqual([0, 1, 1, 1, 1, 1, 0]);
		expect(instrument.sessions[1]).toEqual([[5, 1435]]);
		expect([instrument.commission.kind, instrument.fifoClose]).toEqual(["none", false]);
		expect(notes.join(" ")).toMatch(/00:05 to 23:55 .* none is assumed/);
	});

	it("is open round the clock on the stand-in terminal", () => {
		expect(instrumentFrom(spec(), ACCOUNT, findInstrument("EURUSD"), "sandbox").instrument.sessions).toEqual(PLAIN.sessions);
	});

	it.each<[string, Record<string, number | string | boolean>, Partial<Instrument>]>([
		["calc mode 1, dollars", { trade_calc_mode: 1, trade_tick_value: 12.5, margin_initial: 900 }, { calcMode: "FUTURES", tickValue: 12.5, marginInitial: 900 }],
		["calc mode 2", { trade_calc_mode: 2 }, { calcMode: "CFD", tickValue: 0 }],
		["calc mode 3, dollars", { trade_calc_mode: 3, trade_tick_value: 0.5 }, { calcMode: "CFDINDEX", tickValue: 0.5 }],
		[
			"calc mode 3, other money: the contract's",
			{ trade_calc_mode: 3, currency_profit: "EUR", trade_contract_size: 10, digits: 2, point: 0.01, trade_tick_size: 0.25 },
			{ tickValue: 2.5, tickSizePoints: 25 },
		],
		["calc mode 4", { trade_calc_mode: 4 }, { calcMode: "CFDLEVERAGE" }],
		["calc mode 5", { trade_calc_mode: 5 }, { calcMode: "FOREX_NO_LEVERAGE" }],
		["trade mode 3", { trade_mode: 3 }, { tradeMode: "CLOSEONLY" }],
		["execution 1", { trade_exemode: 1 }, { executionMode: "INSTANT" }],
		["every filling flag, and one that nobody knows", { filling_mode: 15 }, { fillingFlags: ["FOK", "IOC", "BOC"] }],
		["no filling flag", { filling_mode: 0 }, { fillingFlags: [] }],
		["some orders", { order_mode: 1 + 4 + 16 + 64 }, { orderFamilies: ["MARKET", "STOP", "SL", "CLOSEBY"] }],
		["some lives", { expiration_mode: 5 }, { timesInForce: ["GTC", "SPECIFIED"] }],
		["day's orders", { order_gtc_mode: 2 }, { gtcMode: "DAILY_NO_STOPS" }],
		["swap 9", { swap_mode: 9, swap_long: -1.5, swap_rollover3days: 7 }, { swapMode: "CURRENCY_PROFIT", swapLong: -1.5, swapRollover3Days: 7 }],
		["flags as numbers", { margin_hedged_use_leg: 1 }, { hedgedUsesLargerLeg: true }],
		["no tick size: a point", { trade_tick_size: 0 }, { tickSizePoints: 1 }],
		["no spread at the moment", { spread: 0 }, { typicalSpreadPoints: 1 }],
		["text that is not clean", { description: "Eu\u202ero\u001b[31m" }, { description: "Eu\u{FFFD}ro\u{FFFD}" }],
	])("reads %s", (_name, changes, expected) => {
		expect(made(changes)).toMatchObject(expected);
	});

	it.each<[string, Record<string, number | string | boolean | null>, RegExp]>([
		["a calc mode of exchanges", { trade_calc_mode: 33 }, /trade_calc_mode is 33, a way to compute/],
		["an unknown trade mode", { trade_mode: 5 }, /trade_mode is 5, which MT5 does not document/],
		["a fraction as a mode", { trade_exemode: 1.5 }, /trade_exemode is 1.5/],
		["an unknown swap", { swap_mode: 10 }, /swap_mode is 10/],
		["an unknown life of orders", { order_gtc_mode: -1 }, /order_gtc_mode is -1/],
		["a point that does not fit the digits", { point: 0.0001 }, /point is 0.0001, which does not fit digits 5/],
		["a tick size between points", { trade_tick_size: 1.5e-5 }, /trade_tick_size is 0.000015, which is no whole number of points/],
		["too many digits", { digits: 11 }, /digits is 11/],
		["a price that has too many points", { ask: 30_000 }, /ask is 30000, which with digits 5/],
		["no contract", { trade_contract_size: 0 }, /trade_contract_size is 0/],
		["no step", { volume_step: 0 }, /volume_step is 0/],
		["a step above the most", { volume_step: 100 }, /volume_step is 100, which is above volume_max 80/],
		["a least above the most", { volume_min: 81 }, /volume_min is 81, which is above volume_max 80/],
		["a stops level below 0", { trade_stops_level: -1 }, /trade_stops_level is -1/],
		["a stops level beyond belief", { trade_stops_level: 2e6 }, /trade_stops_level is 2000000/],
		["a missing field", { swap_long: null }, /swap_long is null/],
		["a text for a number", { volume_max: "80" }, /volume_max is 80, expected a number/],
		["no profit currency", { currency_profit: "" }, /currency_profit is empty/],
		["a flag that is none", { margin_hedged_use_leg: "yes" }, /margin_hedged_use_leg is yes, expected true or false/],
		["a future whose tick is told in other money", { trade_calc_mode: 1, currency_profit: "EUR" }, /trade_calc_mode is 1 \(futures\)/],
	])("refuses %s", (_name, changes, message) => {
		expect(() => made(changes)).toThrow(expect.objectContaining({ exitCode: 3, message: expect.stringMatching(message) }));
	});
});

/** A client that knows some symbols. */
function clientWith(symbols: Record<string, Partial<SpecBody> | "retry">, calc: number | null | "lost" = null): BridgeClient & { asked: string[] } {
	const asked: string[] = [];
	const request = (type: string, d: { symbol: string }): Promise<unknown> => {
		asked.push(type === "calc" ? JSON.stringify(d) : d.symbol);
		if (calc === "lost") return Promise.resolve({ kind: "lost", why: "nothing came" });
		if (type === "calc") return Promise.resolve({ kind: "ok", d: { value: calc, currency: "USD" } });
		const found = symbols[d.symbol];
		if (found === "retry") {
			delete symbols[d.symbol];
			return Promise.resolve({ kind: "ok", d: { ...pairSpec(d.symbol), tick: null } });
		}
		if (found === undefined) return Promise.resolve({ kind: "error", error: { code: "SYMBOL_UNKNOWN", message: "no", retryable: false, details: {} } });
		return Promise.resolve({ kind: "ok", d: { ...pairSpec(d.symbol), ...found } });
	};
	return { request, asked } as unknown as BridgeClient & { asked: string[] };
}

const quote = (bid: number, ask: number): Partial<SpecBody> => ({ tick: { time_msc: 1, bid, ask } });
const pairSpec = (pair: string): SpecBody => spec({ currency_base: pair.slice(0, 3), currency_profit: pair.slice(3) }, { symbol: pair, name: pair });
const cross: Instrument = { ...PLAIN, symbol: "EURJPY", digits: 3, currencyBase: "EUR", currencyProfit: "JPY", currencyMargin: "EUR" };

describe("rates between currencies", () => {
	it("asks for none when none is needed", async () => {
		const client = clientWith({});
		expect(await conversionFrom(client, PLAIN, "USD")).toEqual({});
		expect(await conversionFrom(client, PLAIN, "EUR")).toEqual({});
		expect(client.asked).toEqual([]);
	});

	it.each<[string, string, Record<string, Partial<SpecBody>>, string[]]>([
		[
			"dollars: the pair the other way round for profit, straight for margin",
			"USD",
			{ USDJPY: quote(156, 156.1), EURUSD: quote(1.1, 1.2) },
			["USDJPY", "EURUSD"],
		],
		["francs: direct pairs", "CHF", { CHFJPY: quote(170, 171), EURCHF: quote(0.9, 0.91) }, ["CHFJPY", "EURCHF"]],
		["francs: over the dollar", "CHF", { USDJPY: quote(156, 157), USDCHF: quote(0.8, 0.81), EURUSD: quote(1.1, 1.2) }, ["USDJPY", "USDCHF", "EURUSD"]],
	])("takes what the broker quotes: %s", async (_name, currency, symbols, pairs) => {
		const rates = await conversionFrom(clientWith(symbols), cross, currency);
		expect(Object.keys(rates).sort()).toEqual([...pairs].sort());
		for (const pair of pairs) expect(rates[pair]).toEqual({ bid: symbols[pair]?.tick?.bid, ask: symbols[pair]?.tick?.ask });
		expect(canConvert(createMoneyTerms(cross, { currency, currencyDigits: 2, leverage: 100 }, rates))).toBeNull();
	});

	it("refuses a symbol of that name with other currencies, and says which pair is missing", async () => {
		const wrong = { ...quote(156, 156.1), spec: { ...FAKE_SPEC.spec, currency_base: "USD", currency_profit: "USD" } };
		const opening = conversionFrom(clientWith({ USDJPY: wrong, EURUSD: quote(1.1, 1.2) }), cross, "USD");
		await expect(opening).rejects.toMatchObject({
			exitCode: 3,
			message: expect.stringMatching(/no quote of USDJPY, .* results of EURJPY cannot be told in USD/),
		});
	});

	it("waits for the first quote of a symbol that was just selected, and says when the bridge does not answer", async () => {
		vi.useFakeTimers();
		try {
			const client = clientWith({ USDJPY: "retry", EURUSD: quote(1.1, 1.2) });
			const settled = conversionFrom(client, cross, "USD").catch((error: Error) => error.message);
			await vi.advanceTimersByTimeAsync(1000);
			expect(await settled).toMatch(/no quote of USDJPY/);
			expect(client.asked.filter((pair) => pair === "USDJPY").length).toBeGreaterThan(1);
		} finally {
			vi.useRealTimers();
		}
		await expect(conversionFrom(clientWith({}, "lost"), cross, "USD")).rejects.toMatchObject({ exitCode: 3, message: expect.stringMatching(/nothing came/) });
	});
});

describe("the broker's margin beside ours", () => {
	it.each<[string, number | null | "lost", Partial<SpecBody>, object]>([
		["the same", 11.7, {}, { lots: 0.01, broker: 11.7, ours: 11.7, differsPct: 0, why: "" }],
		["twice ours", 23.4, {}, { differsPct: 100 }],
		["not told", null, {}, { broker: null, ours: 11.7, differsPct: null, why: "the broker tells no margin" }],
		["lost", "lost", {}, { broker: null, differsPct: null, why: "nothing came" }],
		["no quote", 11.7, { tick: null }, { broker: null, ours: null, why: "there is no quote" }],
	])("%s", async (_name, calc, more, expected) => {
		expect(await marginCheck(clientWith({}, calc), spec({}, { ...quote(1.1699, 1.17), ...more }), PLAIN, USD, {})).toMatchObject(expected);
	});

	it("asks for the least volume that the symbol allows, on its step", async () => {
		const coarse = { ...PLAIN, volumeMin: 0.3, volumeStep: 0.1 };
		const client = clientWith({}, 1);
		expect((await marginCheck(client, spec(), coarse, USD, {})).lots).toBe(0.3);
		expect(JSON.parse(client.asked[0] ?? "")).toEqual({ what: "margin", symbol: "EURUSD", type: "buy", volume: 0.3, price: FAKE_SPEC.tick.ask });
		expect((await marginCheck(client, spec(), { ...PLAIN, volumeMin: 0.01, volumeStep: 0.1 }, USD, {})).lots).toBe(0.1);
	});
});

describeBridge("specifications of the real bridge", { timeout: 240_000 }, () => {
	let bridge: SandboxBridge;
	let client: BridgeClient;
	beforeAll(async () => {
		bridge = await startSandboxBridge({ world: { symbols: ["EURUSD", "USDJPY", "EURJPY", "XAUUSD", "BTCUSD"] } });
		client = connectBridge({ url: bridge.url, token: bridge.token }, "watch", { clock: { nowMs: () => Date.now() }, name: "kinetra tests" });
		await client.ready(60_000);
		await vi.waitFor(async () => expect(await client.request("account", {})).toMatchObject({ kind: "ok" }), { timeout: 60_000, interval: 50 });
	}, 240_000);
	afterAll(async () => {
		client?.close();
		await bridge?.stop();
	});

	it.each(["EURUSD", "USDJPY", "EURJPY", "XAUUSD"])("%s: the instrument is the built-in one, and the margins agree", async (symbol) => {
		const reply = await client.request("symbol_spec", { symbol }, 60_000);
		if (reply.kind !== "ok") throw new Error(JSON.stringify(reply));
		const known = findInstrument(symbol) as Instrument;
		const { instrument } = instrumentFrom(reply.d, ACCOUNT, known, "sandbox");
		const { description, typicalSpreadPoints, sessions } = instrument;
		expect(instrument).toEqual({ ...known, description, typicalSpreadPoints, sessions });
		const rates = await conversionFrom(client, instrument, "USD");
		const check = await marginCheck(client, reply.d, instrument, USD, rates);
		// The cross is converted by a quote of its own moment.
		expect(Math.abs((check.broker ?? 0) - (check.ours ?? 0))).toBeLessThanOrEqual(0.02);
		expect(check.broker).toBeGreaterThan(1);
	});

	it("shows a margin that is not the formula's: the broker's own rate cannot be read", async () => {
		const reply = await client.request("symbol_spec", { symbol: "BTCUSD" }, 60_000);
		if (reply.kind !== "ok") throw new Error(JSON.stringify(reply));
		const { instrument } = instrumentFrom(reply.d, ACCOUNT, findInstrument("BTCUSD"));
		expect((await marginCheck(client, reply.d, instrument, USD, {})).differsPct).toBeCloseTo(-95, 1);
	});
});

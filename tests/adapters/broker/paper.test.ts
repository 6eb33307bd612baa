import { describe, expect, it } from "vitest";
import { createPaperBroker, type PaperBroker } from "../../../src/adapters/broker/paper.ts";
import { findInstrument } from "../../../src/engine/instruments/built-in.ts";
import { DEFAULT_CONVERSION } from "../../../src/engine/instruments/conversion.ts";
import { TICK_CLOCK, TICK_HIDDEN, TICK_QUOTE } from "../../../src/engine/market/tick.ts";
import { createMoneyTerms } from "../../../src/engine/money.ts";
import { DEFAULT_SIMULATOR } from "../../../src/engine/paper/settings.ts";
import { type BrokerBench, brokerContract } from "../../contracts/broker.contract.ts";
import { PLAIN } from "../../helpers/instrument.ts";

const START = Date.UTC(2025, 2, 4, 12);

function benchOf(symbol: string, latencyMs: number, bid: number, ask: number): BrokerBench & { readonly broker: PaperBroker } {
	const account = { currency: "USD", currencyDigits: 2, startBalance: 100_000, leverage: 100, marginMode: "hedging" } as const;
	const instrument = findInstrument(symbol) ?? PLAIN;
	const terms = createMoneyTerms(instrument, account, DEFAULT_CONVERSION);
	const broker = createPaperBroker({ terms, account, settings: { ...DEFAULT_SIMULATOR, latencyMs }, triggerFill: "market", seed: 3, ticketStart: 1000 });
	let now = START;
	broker.onTick(now, bid, ask, TICK_QUOTE);
	return {
		broker,
		symbol,
		lots: instrument.volumeMin,
		farPoints: instrument.stopsLevelPoints * 10,
		filling: "IOC",
		now: () => now,
		quote: () => ({ bid, ask }),
		settle() {
			now += 1000;
			broker.onTick(now, bid, ask, TICK_QUOTE);
		},
	};
}

brokerContract("the paper broker, EURUSD with latency", () => benchOf("EURUSD", 100, 110_000, 110_002));
brokerContract("the paper broker, NAS100 at once", () => benchOf("NAS100", 0, 1_685_925, 1_685_995));
brokerContract("the paper broker, EURJPY with latency", () => benchOf("EURJPY", 250, 160_000, 160_005));

describe("the paper broker", () => {
	it("says when it has something to do", () => {
		const bench = benchOf("EURUSD", 100, 110_000, 110_002);
		const { broker } = bench;
		expect(broker.nextDueAt()).toBe(Number.POSITIVE_INFINITY);
		broker.submit({ action: "REMOVE", intentId: 1, symbol: "EURUSD", magic: 0, comment: "", ticket: 1 }, START + 10);
		expect(broker.nextDueAt()).toBeGreaterThanOrEqual(START + 110);
		expect(broker.nextDueAt()).toBeLessThanOrEqual(START + 160);
		broker.onTick(START + 1000, 0, 0, TICK_CLOCK);
		expect(broker.events.map((event) => event.type)).toEqual(["answer"]);
		expect(broker.nextDueAt()).toBe(Number.POSITIVE_INFINITY);
	});

	it("takes hidden ticks as quotes and nothing after its end", () => {
		const { broker } = benchOf("EURUSD", 100, 110_000, 110_002);
		broker.onTick(START + 1, 110_500, 110_502, TICK_HIDDEN);
		expect(broker.book.bid).toBe(110_500);
		broker.close();
		broker.onTick(START + 2, 110_900, 110_902, TICK_QUOTE);
		expect(broker.book.bid).toBe(110_500);
	});
});

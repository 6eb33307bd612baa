import { describe, expect, it } from "vitest";
import { createPaperBroker } from "../../../src/adapters/broker/paper.ts";
import { withPaperTwin } from "../../../src/adapters/broker/twin.ts";
import type { Broker } from "../../../src/adapters/ports.ts";
import { TICK_QUOTE } from "../../../src/engine/market/tick.ts";
import { createMoneyTerms } from "../../../src/engine/money.ts";
import type { BrokerEvent, DealRequest, OrderRequest, PaperTwin } from "../../../src/engine/order.ts";
import { DEFAULT_SIMULATOR } from "../../../src/engine/paper/settings.ts";
import { deal, EURUSD_TEST, pending, TUESDAY_14 } from "../../helpers/orders.ts";

const ACCOUNT = { currency: "USD", currencyDigits: 2, startBalance: 10_000, leverage: 100, marginMode: "hedging" } as const;

function paperBroker(ticketStart: number, settings: Partial<typeof DEFAULT_SIMULATOR> = {}): Broker {
	return createPaperBroker({
		terms: createMoneyTerms(EURUSD_TEST, ACCOUNT, {}),
		account: ACCOUNT,
		settings: { ...DEFAULT_SIMULATOR, latencyMs: 0, latencyJitterMs: 0, slippagePoints: 0, ...settings },
		triggerFill: "market",
		seed: 1,
		ticketStart,
	});
}

/** A broker that stands for the real one (its tickets begin at 5000), the simulator beside it, and a market that the test moves. */
function bench(options: { real?: Partial<typeof DEFAULT_SIMULATOR>; paper?: Partial<typeof DEFAULT_SIMULATOR>; twin?: (paper: Broker) => Broker } = {}) {
	const real = paperBroker(5000, options.real);
	const paper = paperBroker(1, options.paper);
	const broker = withPaperTwin(real, (options.twin ?? ((same) => same))(paper));
	let at = TUESDAY_14;
	const told: BrokerEvent[] = [];
	const take = (): void => {
		for (let event = broker.events.shift(); event !== undefined; event = broker.events.shift()) told.push(event);
	};
	return {
		broker,
		told,
		tick(bid: number, ask = bid + 10) {
			at += 1000;
			broker.onTick(at, bid, ask, TICK_QUOTE);
			take();
		},
		send(request: OrderRequest) {
			broker.submit(request, at);
			take();
		},
		papers: (): PaperTwin[] => told.flatMap((event) => (event.type === "paper" ? [event.paper] : [])),
		reals: (): BrokerEvent[] => told.filter(({ type }) => type !== "paper"),
		deals: () => told.flatMap((event) => (event.type === "paper" && event.paper.kind === "deal" ? [event.paper] : [])),
		realPosition(): number {
			const found = told.findLast((event) => event.type === "position");
			if (found?.type !== "position") throw new Error("no position was told");
			return found.position.id;
		},
	};
}

const close = (positionId: number, intentId: number): DealRequest => deal({ intentId, side: "SELL", positionId, sl: 0, tp: 0 });

describe("the simulator beside a broker", () => {
	it("gets the same orders, and what it does comes back as paper events with the intent that opened the position", () => {
		const { tick, send, papers, deals, realPosition, reals } = bench();
		tick(108_000);
		send(deal({ intentId: 7 }));
		tick(108_001);
		send(close(realPosition(), 8));
		tick(108_002);
		expect(papers().map(({ kind }) => kind)).toEqual(["answer", "deal", "answer", "deal"]);
		expect(deals().map(({ openedBy, deal: { entry } }) => [openedBy, entry])).toEqual([
			[7, "IN"],
			[7, "OUT"],
		]);
		expect(reals().filter(({ type }) => type === "deal").length).toBe(2);
	});

	it("never shows what it does as the broker's: without the paper events the session hears what it heard without a twin", () => {
		const alone = paperBroker(5000);
		const heard: BrokerEvent[] = [];
		const beside = bench({ paper: { rejectProbability: 1 } });
		let at = TUESDAY_14;
		const both = (act: (broker: Broker, at: number) => void, other: () => void): void => {
			act(alone, at);
			for (let event = alone.events.shift(); event !== undefined; event = alone.events.shift()) heard.push(event);
			other();
		};
		const tick = (bid: number): void => {
			at += 1000;
			both(
				(broker, now) => broker.onTick(now, bid, bid + 10, TICK_QUOTE),
				() => beside.tick(bid),
			);
		};
		tick(108_000);
		both(
			(broker, now) => broker.submit(deal({ intentId: 7 }), now),
			() => beside.send(deal({ intentId: 7 })),
		);
		for (const bid of [108_001, 108_150, 108_250, 107_000]) tick(bid);
		expect(beside.reals()).toEqual(heard);
		expect(heard.length).toBeGreaterThan(3);
	});

	it("is not asked to close what it does not have: it had refused to open", () => {
		const { tick, send, papers, realPosition } = bench({ paper: { rejectProbability: 1 } });
		tick(108_000);
		send(deal({ intentId: 7 }));
		tick(108_001);
		send(close(realPosition(), 8));
		tick(108_002);
		expect(papers().map((paper) => (paper.kind === "answer" ? [paper.answer.intentId, paper.answer.outcome] : "deal"))).toEqual([[7, "rejected"]]);
	});

	it("closes as soon as it has opened when it is the slower of the two", () => {
		const { tick, send, deals, realPosition } = bench({ paper: { latencyMs: 2500 } });
		tick(108_000);
		send(deal({ intentId: 7 }));
		tick(108_001);
		send(close(realPosition(), 8));
		expect(deals()).toEqual([]);
		for (let index = 0; index < 8; index++) tick(108_002 + index);
		expect(deals().map(({ openedBy, deal: { entry, intentId } }) => [openedBy, entry, intentId])).toEqual([
			[7, "IN", 7],
			[7, "OUT", 8],
		]);
	});

	it("finds waiting orders by their intent too", () => {
		const { tick, send, told, papers } = bench();
		tick(108_000);
		send(pending({ intentId: 3 }));
		tick(108_001);
		const order = told.find((event) => event.type === "order");
		if (order?.type !== "order") throw new Error("no waiting order was told");
		expect(order.order.ticket).toBeGreaterThanOrEqual(5000);
		send({ action: "REMOVE", intentId: 4, symbol: "EURUSD", magic: 7, comment: "", ticket: order.order.ticket });
		tick(108_002);
		expect(papers().flatMap((paper) => (paper.kind === "answer" ? [[paper.answer.intentId, paper.answer.outcome]] : []))).toEqual([
			[3, "placed"],
			[4, "done"],
		]);
	});

	it("is left out once it fails, and the broker goes on", () => {
		let calls = 0;
		const { tick, send, reals, papers, broker } = bench({
			twin: (paper) => ({
				...paper,
				onTick() {
					calls++;
					throw new Error("a defect of the simulator");
				},
			}),
		});
		tick(108_000);
		send(deal({ intentId: 7 }));
		tick(108_001);
		expect(calls).toBe(1);
		expect(papers()).toEqual([]);
		expect(reals().map(({ type }) => type)).toContain("position");
		expect(broker.nextDueAt()).toBe(Number.POSITIVE_INFINITY);
	});

	it("hands a kill and its release to the broker alone", () => {
		const asked: string[] = [];
		const listening =
			(name: string) =>
			(broker: Broker): Broker => ({
				...broker,
				kill: (reason) => void asked.push(`${name} kill ${reason}`),
				release: (reason) => void asked.push(`${name} release ${reason}`),
			});
		const broker = withPaperTwin(listening("real")(paperBroker(5000)), listening("paper")(paperBroker(1)));
		broker.kill("K");
		broker.release("seen");
		expect(asked).toEqual(["real kill K", "real release seen"]);
	});
});

import { describe, expect, it } from "vitest";
import type { Broker } from "../../src/adapters/ports.ts";
import { type Answer, type BrokerEvent, type DealRequest, type OrderRequest, type PendingRequest, sideOf } from "../../src/engine/order.ts";
import type { BrokerMs, Lots, Points } from "../../src/engine/units.ts";

/** A broker on a hedging account with enough money, its market open and quoted, as a contract test needs it. */
export type BrokerBench = {
	readonly broker: Broker;
	readonly symbol: string;
	/** A tradable volume; twice as much is tradable too. */
	readonly lots: Lots;
	/** A distance from the market at which every level and waiting order is accepted, points. */
	readonly farPoints: Points;
	readonly filling: DealRequest["filling"];
	now(): BrokerMs;
	quote(): { readonly bid: Points; readonly ask: Points };
	/** After the broker was closed. */
	end?(): Promise<void> | void;
	/** Lets the broker work until requests sent so far must have been answered. */
	settle(): Promise<void> | void;
};

/**
 * What every Broker port promises, simulated or real. Order of the events of one operation: `answer` first, then `deal`s and `order`,
 * then `position` or `position-closed`, `order-removed`, `account`. `suite`: a `describe` that is skipped where the broker cannot run.
 */
export function brokerContract(name: string, makeBench: () => Promise<BrokerBench> | BrokerBench, suite: typeof describe = describe): void {
	suite(`${name} keeps the broker contract`, () => {
		const with_ = (act: (desk: ContractDesk) => Promise<void>) => async (): Promise<void> => {
			const bench = await makeBench();
			try {
				await act(deskOf(bench));
			} finally {
				bench.broker.close();
				await bench.end?.();
			}
		};

		it(
			"opens: one answer, then the deal, the position and the account",
			with_(async (desk) => {
				const events = await desk.send(desk.deal("BUY"));
				expect(typesOf(events), JSON.stringify(events[0])).toEqual(["answer", "deal", "position", "account"]);
				const answer = answerIn(events);
				expect(answer).toMatchObject({ outcome: "done", retcode: 10009, lots: desk.bench.lots });
				const deal = events.find((event) => event.type === "deal")?.deal;
				expect(deal).toMatchObject({
					ticket: answer.dealTicket,
					positionId: answer.positionId,
					intentId: answer.intentId,
					entry: "IN",
					side: "BUY",
					lots: desk.bench.lots,
					profit: 0,
				});
				expect(deal?.commission).toBeLessThanOrEqual(0);
				expect(events.find((event) => event.type === "position")?.position).toMatchObject({
					id: answer.positionId,
					side: "BUY",
					lots: desk.bench.lots,
					sl: desk.stopOf("BUY"),
					tp: 0,
				});
			}),
		);

		it(
			"closes in part and whole",
			with_(async (desk) => {
				const { lots } = desk.bench;
				const positionId = answerIn(await desk.send(desk.deal("SELL", { lots: lots * 2 }))).positionId;
				const part = await desk.send(desk.deal("BUY", { positionId, lots }));
				expect(typesOf(part)).toEqual(["answer", "deal", "position", "account"]);
				expect(part.find((event) => event.type === "position")?.position).toMatchObject({ id: positionId, lots });
				const whole = await desk.send(desk.deal("BUY", { positionId, lots }));
				expect(typesOf(whole)).toEqual(["answer", "deal", "position-closed", "account"]);
				expect(whole.find((event) => event.type === "deal")?.deal).toMatchObject({ entry: "OUT", positionId });
				expect(answerIn(await desk.send(desk.deal("BUY", { positionId, lots })))).toMatchObject({ outcome: "rejected", retcode: 10036 });
			}),
		);

		it(
			"takes levels with the order and changes them",
			with_(async (desk) => {
				const { bid } = desk.bench.quote();
				const far = desk.bench.farPoints;
				const positionId = answerIn(await desk.send(desk.deal("BUY", { sl: bid - far, tp: bid + far }))).positionId;
				const common = desk.common();
				const changed = await desk.send({ ...common, action: "SLTP", positionId, sl: bid - 2 * far, tp: 0 });
				expect(answerIn(changed)).toMatchObject({ outcome: "done", retcode: 10009 });
				expect(changed.find((event) => event.type === "position")?.position).toMatchObject({ sl: bid - 2 * far, tp: 0 });
				expect(answerIn(await desk.send({ ...desk.common(), action: "SLTP", positionId, sl: bid - 2 * far, tp: 0 }))).toMatchObject({
					outcome: "rejected",
					retcode: 10025,
				});
				expect(answerIn(await desk.send({ ...desk.common(), action: "SLTP", positionId, sl: bid + far, tp: 0 }))).toMatchObject({
					outcome: "rejected",
					retcode: 10016,
				});
			}),
		);

		it(
			"places, changes and removes a waiting order",
			with_(async (desk) => {
				const { ask } = desk.bench.quote();
				const far = desk.bench.farPoints;
				const placed = await desk.send(desk.pending("BUY_LIMIT", ask - far));
				expect(typesOf(placed).slice(0, 2)).toEqual(["answer", "order"]);
				const answer = answerIn(placed);
				expect(answer).toMatchObject({ outcome: "placed", dealTicket: 0, positionId: 0, lots: desk.bench.lots });
				const ticket = answer.orderTicket;
				const life = { timeInForce: "GTC", expiresAt: 0 } as const;
				const moved = await desk.send({ ...desk.common(), action: "MODIFY", ticket, price: ask - 2 * far, stopLimit: 0, sl: 0, tp: 0, ...life });
				expect(answerIn(moved)).toMatchObject({ outcome: "done" });
				expect(moved.find((event) => event.type === "order")?.order).toMatchObject({ ticket, price: ask - 2 * far });
				const removed = await desk.send({ ...desk.common(), action: "REMOVE", ticket });
				expect(typesOf(removed).slice(0, 2)).toEqual(["answer", "order-removed"]);
				expect(removed[1]).toMatchObject({ ticket, why: "cancelled" });
				expect(answerIn(await desk.send({ ...desk.common(), action: "REMOVE", ticket })).outcome).toBe("rejected");
			}),
		);

		it(
			"closes a position by an opposite one",
			with_(async (desk) => {
				const positionId = answerIn(await desk.send(desk.deal("BUY"))).positionId;
				const byPositionId = answerIn(await desk.send(desk.deal("SELL"))).positionId;
				const events = await desk.send({ ...desk.common(), action: "CLOSE_BY", positionId, byPositionId });
				expect(answerIn(events).outcome).toBe("done");
				expect(events.flatMap((event) => (event.type === "deal" ? [event.deal.entry] : []))).toEqual(["OUT_BY", "OUT_BY"]);
				expect(events.filter((event) => event.type === "position-closed").length).toBe(2);
			}),
		);

		it.each<[string, (desk: ContractDesk) => OrderRequest]>([
			["an unknown symbol", (desk) => desk.deal("BUY", { symbol: "NO-SUCH-SYMBOL" })],
			["no volume", (desk) => desk.deal("BUY", { lots: 0 })],
			["a volume that is no number", (desk) => desk.deal("BUY", { lots: Number.NaN })],
			["an endless volume", (desk) => desk.deal("BUY", { lots: Number.POSITIVE_INFINITY })],
			["a stop that is no number", (desk) => desk.deal("BUY", { sl: Number.NaN })],
			["a stop on the wrong side", (desk) => desk.deal("BUY", { sl: desk.bench.quote().bid + desk.bench.farPoints })],
			["a position that never was", (desk) => desk.deal("BUY", { positionId: 1 })],
			["a limit on the wrong side", (desk) => desk.pending("BUY_LIMIT", desk.bench.quote().ask + desk.bench.farPoints)],
			["a stop order on the wrong side", (desk) => desk.pending("SELL_STOP", desk.bench.quote().bid + desk.bench.farPoints)],
			["an order that never was", (desk) => ({ ...desk.common(), action: "REMOVE", ticket: 1 })],
			["an action that does not exist", (desk) => ({ ...desk.common(), action: "NOTHING" }) as unknown as OrderRequest],
		])("rejects %s and changes nothing", (_what, make) =>
			with_(async (desk) => {
				const events = await desk.send(make(desk));
				expect(typesOf(events)).toEqual(["answer"]);
				const answer = answerIn(events);
				expect(answer).toMatchObject({ outcome: "rejected", lots: 0, dealTicket: 0, orderTicket: 0, positionId: 0 });
				expect(answer.retcode).toBeGreaterThanOrEqual(10004);
				expect(answer.comment).not.toBe("");
			})(),
		);

		it(
			"answers every request exactly once, in order, and its clock never runs back",
			with_(async (desk) => {
				const requests = Array.from({ length: 12 }, (_unused, index) => desk.deal(index % 2 === 0 ? "BUY" : "SELL", index % 3 === 0 ? { lots: 0 } : {}));
				for (const request of requests) desk.bench.broker.submit(request, desk.bench.now());
				await desk.bench.settle();
				const events = desk.drain();
				const answered = events.flatMap((event) => (event.type === "answer" ? [event.answer.intentId] : []));
				expect(answered).toEqual(requests.map((request) => request.intentId));
				for (let index = 1; index < events.length; index++) expect(events[index]?.at).toBeGreaterThanOrEqual(events[index - 1]?.at ?? 0);
				await desk.bench.settle();
				expect(desk.drain().filter((event) => event.type === "answer")).toEqual([]);
			}),
		);

		it("answers requests that closing overtakes", async () => {
			const desk = deskOf(await makeBench());
			desk.bench.broker.submit(desk.deal("BUY"), desk.bench.now());
			desk.bench.broker.close();
			desk.bench.broker.submit(desk.deal("BUY"), desk.bench.now());
			expect(desk.drain().filter((event) => event.type === "answer").length).toBe(2);
			await desk.bench.end?.();
		});
	});
}

type ContractDesk = {
	readonly bench: BrokerBench;
	common(): { intentId: number; symbol: string; magic: number; comment: string };
	deal(side: "BUY" | "SELL", more?: Partial<DealRequest>): DealRequest;
	pending(type: PendingRequest["type"], price: Points): PendingRequest;
	/** The stop-loss that an entry of this side carries: a bridge lets none out without one. */
	stopOf(side: "BUY" | "SELL"): Points;
	/** Sends, lets the broker work and takes what it told. */
	send(request: OrderRequest): Promise<BrokerEvent[]>;
	drain(): BrokerEvent[];
};

function deskOf(bench: BrokerBench): ContractDesk {
	let intentId = 0;
	const common = (): { intentId: number; symbol: string; magic: number; comment: string } => ({
		intentId: ++intentId,
		symbol: bench.symbol,
		magic: 7,
		comment: "contract",
	});
	const drain = (): BrokerEvent[] => bench.broker.events.splice(0);
	const stopOf = (side: "BUY" | "SELL"): Points => {
		const { bid, ask } = bench.quote();
		return side === "BUY" ? bid - 3 * bench.farPoints : ask + 3 * bench.farPoints;
	};
	return {
		bench,
		common,
		drain,
		stopOf,
		deal(side, more) {
			const { bid, ask } = bench.quote();
			const price = side === "BUY" ? ask : bid;
			const sl = typeof more?.positionId === "number" ? 0 : stopOf(side);
			const base = { action: "DEAL", side, lots: bench.lots, price, deviationPoints: bench.farPoints, sl, tp: 0 } as const;
			return { ...common(), ...base, filling: bench.filling, positionId: null, ...more };
		},
		pending(type, price) {
			const sl = sideOf(type) === "BUY" ? price - 2 * bench.farPoints : price + 2 * bench.farPoints;
			const base = { action: "PENDING", type, lots: bench.lots, price, stopLimit: 0, sl, tp: 0, filling: "RETURN" } as const;
			return { ...common(), ...base, timeInForce: "GTC", expiresAt: 0 };
		},
		async send(request) {
			drain();
			bench.broker.submit(request, bench.now());
			await bench.settle();
			return drain();
		},
	};
}

function answerIn(events: readonly BrokerEvent[]): Answer {
	const answers = events.flatMap((event) => (event.type === "answer" ? [event.answer] : []));
	expect(answers.length, "one answer").toBe(1);
	const [answer] = answers;
	if (answer === undefined) throw new Error("no answer");
	return answer;
}

function typesOf(events: readonly BrokerEvent[]): string[] {
	return events.map((event) => event.type);
}

import type { BrokerEvent, Deal, OrderRequest } from "../../engine/order.ts";
import type { BrokerMs } from "../../engine/units.ts";
import type { Broker } from "../ports.ts";

/** Requests that wait for the paper account to have the position or order that they are about; more than these are not compared. */
const WAITING_MAX = 100;

/**
 * A broker with the simulator beside it (`--shadow`): the paper account gets the same requests and the same rows, and what it does comes back as
 * `paper` events after the broker's own. It never influences the real way: a request goes to the broker first, nothing of the paper account is ever sent,
 * and a paper account that fails is left out from then on.
 *
 * Tickets differ between the two. What a request is about is found by the intent that opened it; what the paper account does not have (it refused, or its
 * stop fired before) it is not asked for, and what it has on the way is asked for as soon as it is there.
 */
export function withPaperTwin(broker: Broker, paper: Broker): Broker {
	const events: BrokerEvent[] = [];
	const twin = createTwin(paper, (event) => events.push(event));
	/** Runs paper work where nothing of it can reach the broker's way. */
	let works = true;
	const beside = (work: () => void): void => {
		if (!works) return;
		try {
			work();
		} catch {
			works = false;
		}
	};
	/** The broker's events come first, and every one of them passes here, whenever the session looks. */
	const takeOver = (): void => {
		for (let event = broker.events.shift(); event !== undefined; event = broker.events.shift()) {
			const told = event;
			events.push(told);
			beside(() => twin.hear(told));
		}
	};
	return {
		get events() {
			takeOver();
			return events;
		},
		submit(request, at) {
			broker.submit(request, at);
			takeOver();
			beside(() => twin.submit(request, at));
		},
		onTick(at, bid, ask, kind) {
			broker.onTick(at, bid, ask, kind);
			takeOver();
			beside(() => {
				paper.onTick(at, bid, ask, kind);
				twin.drain(at);
			});
		},
		endData(at) {
			broker.endData(at);
			takeOver();
			beside(() => {
				paper.endData(at);
				twin.drain(at);
			});
		},
		kill: (reason) => broker.kill(reason),
		release: (reason) => broker.release(reason),
		nextDueAt: () => Math.min(broker.nextDueAt(), works ? paper.nextDueAt() : Number.POSITIVE_INFINITY),
		close() {
			broker.close();
			beside(() => paper.close());
		},
	};
}

type Twin = {
	/** Learns from an event of the broker which intent opened which position or order. */
	hear(event: BrokerEvent): void;
	submit(request: OrderRequest, at: BrokerMs): void;
	/** Hands on what the paper account has done. */
	drain(at: BrokerMs): void;
};

function createTwin(paper: Broker, tell: (event: BrokerEvent) => void): Twin {
	/** By the broker's position id or order ticket: the intent that opened it. */
	const opened = new Map<number, number>();
	/** By intent: the paper account's position id and order ticket; `positions` the other way. */
	const paperPosition = new Map<number, number>();
	const paperTicket = new Map<number, number>();
	const openedBy = new Map<number, number>();
	const onTheWay = new Set<number>();
	let waiting: { readonly request: OrderRequest; readonly needs: number }[] = [];

	function opens(brokers: number, intentId: number | null): void {
		if (intentId !== null && !opened.has(brokers)) opened.set(brokers, intentId);
	}

	function drain(at: BrokerMs): void {
		for (let event = paper.events.shift(); event !== undefined; event = paper.events.shift()) note(event);
		const now = waiting.filter(({ needs }) => !onTheWay.has(needs));
		if (now.length === 0) return;
		waiting = waiting.filter(({ needs }) => onTheWay.has(needs));
		for (const { request } of now) submit(request, at);
	}

	function note(event: BrokerEvent): void {
		if (event.type === "answer") {
			const { intentId, outcome, positionId, orderTicket } = event.answer;
			onTheWay.delete(intentId);
			if (outcome !== "rejected") {
				if (positionId !== 0 && !openedBy.has(positionId)) bear(intentId, positionId);
				if (outcome === "placed") paperTicket.set(intentId, orderTicket);
			}
			tell({ type: "paper", at: event.at, paper: { kind: "answer", answer: event.answer } });
		} else if (event.type === "deal") {
			const { deal } = event;
			if (deal.entry !== "OUT" && deal.intentId !== null && !openedBy.has(deal.positionId)) bear(deal.intentId, deal.positionId);
			tell({ type: "paper", at: event.at, paper: { kind: "deal", openedBy: openerOf(deal), deal } });
		} else if (event.type === "position") {
			const { intentId, id } = event.position;
			if (intentId !== null && !openedBy.has(id)) bear(intentId, id);
		} else if (event.type === "position-closed") {
			const intentId = openedBy.get(event.positionId);
			if (intentId !== undefined) paperPosition.delete(intentId);
		} else if (event.type === "order") {
			if (event.order.intentId !== null) paperTicket.set(event.order.intentId, event.order.ticket);
		}
	}

	function bear(intentId: number, positionId: number): void {
		openedBy.set(positionId, intentId);
		paperPosition.set(intentId, positionId);
	}

	function openerOf(deal: Deal): number {
		return openedBy.get(deal.positionId) ?? deal.intentId ?? 0;
	}

	function submit(request: OrderRequest, at: BrokerMs): void {
		const translated = translate(request);
		if (translated === "not-there") return;
		if (typeof translated === "object") {
			if (opensSomething(translated)) onTheWay.add(translated.intentId);
			paper.submit(translated, at);
			drain(at);
		} else if (waiting.length < WAITING_MAX) waiting.push({ request, needs: translated });
	}

	/** The request in the paper account's own tickets; the intent that it has to wait for; or that it has no such thing. */
	function translate(request: OrderRequest): OrderRequest | number | "not-there" {
		switch (request.action) {
			case "PENDING":
				return request;
			case "DEAL": {
				if (request.positionId === null) return request;
				const positionId = paperOf(paperPosition, request.positionId);
				return typeof positionId === "object" ? { ...request, positionId: positionId.id } : positionId;
			}
			case "SLTP": {
				const positionId = paperOf(paperPosition, request.positionId);
				return typeof positionId === "object" ? { ...request, positionId: positionId.id } : positionId;
			}
			case "MODIFY":
			case "REMOVE": {
				const ticket = paperOf(paperTicket, request.ticket);
				return typeof ticket === "object" ? { ...request, ticket: ticket.id } : ticket;
			}
			case "CLOSE_BY": {
				const one = paperOf(paperPosition, request.positionId);
				const other = paperOf(paperPosition, request.byPositionId);
				if (typeof one !== "object") return one;
				if (typeof other !== "object") return other;
				return { ...request, positionId: one.id, byPositionId: other.id };
			}
		}
	}

	function paperOf(of: ReadonlyMap<number, number>, brokers: number): { readonly id: number } | number | "not-there" {
		const intentId = opened.get(brokers);
		if (intentId === undefined) return "not-there";
		const id = of.get(intentId);
		if (id !== undefined) return { id };
		return onTheWay.has(intentId) ? intentId : "not-there";
	}

	return {
		hear(event) {
			if (event.type === "position") opens(event.position.id, event.position.intentId);
			else if (event.type === "deal" && event.deal.entry === "IN") opens(event.deal.positionId, event.deal.intentId);
			else if (event.type === "order") opens(event.order.ticket, event.order.intentId);
		},
		submit,
		drain,
	};
}

function opensSomething(request: OrderRequest): boolean {
	return request.action === "PENDING" || (request.action === "DEAL" && request.positionId === null);
}

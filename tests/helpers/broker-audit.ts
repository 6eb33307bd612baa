import type { BrokerEvent, OrderRequest } from "../../src/engine/order.ts";

// What the session may rely on whatever happens on the way: held against every event of a broker.

type Seen = { readonly request: OrderRequest; heard: "nothing" | "unknown" | "final"; lots: number };

export type BrokerAudit = {
	sent(request: OrderRequest): void;
	hear(event: BrokerEvent): void;
	/** Signed lots by position, of the deals that were told. */
	readonly positions: ReadonlyMap<number, number>;
	/** Requests without a final word. */
	open(): number[];
	readonly faults: readonly string[];
	/** Positions as they were told, for agents to act on. */
	readonly shown: ReadonlyMap<number, { readonly lots: number; readonly side: "BUY" | "SELL"; readonly sl: number }>;
	readonly orders: ReadonlySet<number>;
	readonly state: () => { readonly link: string; readonly balance: number };
};

const DUST = 1e-6;

export function createAudit(): BrokerAudit {
	const requests = new Map<number, Seen>();
	const positions = new Map<number, number>();
	const shown = new Map<number, { lots: number; side: "BUY" | "SELL"; sl: number }>();
	const orders = new Set<number>();
	const deals = new Set<number>();
	const faults: string[] = [];
	const now = { at: 0, link: "up", balance: 10_000 };
	const fault = (text: string): void => {
		faults.push(text);
	};
	const answer = (event: Extract<BrokerEvent, { type: "answer" | "resolved" }>): void => {
		const { intentId, outcome, lots } = event.answer;
		const seen = requests.get(intentId);
		if (seen === undefined) {
			fault(`${event.type} of ${intentId}, which was never sent`);
			return;
		}
		const expected = event.type === "answer" ? "nothing" : "unknown";
		if (seen.heard !== expected) fault(`${event.type} of ${intentId} after ${seen.heard}`);
		const isUnknown = outcome === "unknown" || (outcome === "placed" && seen.request.action !== "PENDING");
		seen.heard = isUnknown ? "unknown" : "final";
		if (outcome === "rejected" && (lots !== 0 || seen.lots > 0)) fault(`${intentId} was rejected and has deals`);
	};
	const deal = ({ deal: made }: Extract<BrokerEvent, { type: "deal" }>): void => {
		if (deals.has(made.ticket)) fault(`deal ${made.ticket} was told twice`);
		deals.add(made.ticket);
		const seen = made.intentId === null ? undefined : requests.get(made.intentId);
		if (made.intentId !== null && seen === undefined) fault(`deal ${made.ticket} of intent ${made.intentId}, which was never sent`);
		if (seen?.heard === "nothing") fault(`deal ${made.ticket} before the answer of ${made.intentId}`);
		if (seen !== undefined) {
			seen.lots += made.lots;
			const { request } = seen;
			if ((request.action === "DEAL" || request.action === "PENDING") && seen.lots > request.lots + DUST)
				fault(`intent ${request.intentId} was filled more than once`);
			if (seen.heard === "final" && request.action === "REMOVE") fault(`a deal of a removal: ${made.ticket}`);
		}
		// As the session books it: at once, until the broker's report has the last word.
		now.balance = Number((now.balance + made.profit + made.swap + made.commission).toFixed(2));
		const signed = (positions.get(made.positionId) ?? 0) + (made.side === "BUY" ? made.lots : -made.lots);
		positions.set(made.positionId, Number(signed.toFixed(8)));
	};
	return {
		positions,
		shown,
		orders,
		faults,
		state: () => ({ link: now.link, balance: now.balance }),
		sent: (request) => void requests.set(request.intentId, { request, heard: "nothing", lots: 0 }),
		open: () => [...requests].filter(([, seen]) => seen.heard !== "final").map(([intentId]) => intentId),
		hear(event) {
			if (event.at < now.at) fault(`time fell at ${event.type}`);
			now.at = event.at;
			switch (event.type) {
				case "answer":
				case "resolved":
					answer(event);
					return;
				case "deal":
					deal(event);
					return;
				case "position": {
					const { id, lots, side, sl } = event.position;
					const byDeals = positions.get(id) ?? 0;
					if (Math.abs(byDeals - (side === "BUY" ? lots : -lots)) > DUST) fault(`position ${id} of ${lots} told where the deals say ${byDeals}`);
					shown.set(id, { lots, side, sl });
					return;
				}
				case "position-closed":
					if (Math.abs(positions.get(event.positionId) ?? 1) > DUST)
						fault(`position ${event.positionId} closed where the deals say ${positions.get(event.positionId)}`);
					shown.delete(event.positionId);
					return;
				case "order":
					orders.add(event.order.ticket);
					return;
				case "order-removed":
					if (!orders.delete(event.ticket)) fault(`order ${event.ticket} removed that was never told`);
					return;
				case "account":
					now.balance = event.account.balance;
					return;
				case "link":
					now.link = event.state;
					return;
				case "adopted":
					positions.set(event.adoption.position.id, (event.adoption.position.side === "BUY" ? 1 : -1) * event.adoption.position.lots);
					return;
				case "account-trouble":
					fault(`trouble ${event.control}: ${event.detail}`);
					return;
				case "paper":
					return;
			}
		},
	};
}

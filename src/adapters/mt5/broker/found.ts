import { onLotGrid, orderFrom, positionFrom, sideOfType } from "./convert.ts";
import type { Desk } from "./desk.ts";
import type { FreshSnapshot } from "./take.ts";
import type { FoundOrder, FoundPosition } from "./types.ts";

/** What the first look showed on the account: whatever is not of this agent and symbol is foreign. Everything is noted as having been there before. */
export function noteFound(desk: Desk, seen: FreshSnapshot): { readonly found: FoundPosition[]; readonly foundOrders: FoundOrder[] } {
	for (const deal of seen.deals) desk.knownDeals.add(deal.ticket);
	desk.lastEseq = seen.eseq;
	desk.positions = new Map(seen.positions.map((body) => [body.identifier, body]));
	desk.orders = new Map(seen.orders.map((body) => [body.ticket, body]));
	const found = seen.positions.map((body): FoundPosition => {
		desk.before.add(`position ${body.identifier}`);
		const isOurs = body.magic === desk.magic && body.symbol === desk.brokerSymbol;
		const position = body.symbol === desk.brokerSymbol ? positionFrom(body, desk.grid, null) : null;
		const costs = seen.deals.filter((deal) => deal.position_id === body.identifier).map((deal) => deal.commission + deal.fee);
		return {
			owner: isOurs && position !== null ? "ours" : "foreign",
			cid: body.cid,
			symbol: body.symbol,
			side: sideOfType(body.type) ?? "BUY",
			lots: body.volume,
			position,
			commission: costs.reduce((sum, cost) => sum + cost, 0) || 0,
		};
	});
	const foundOrders = seen.orders.map((body): FoundOrder => {
		desk.before.add(`order ${body.ticket}`);
		const isOurs = body.magic === desk.magic && body.symbol === desk.brokerSymbol;
		return { owner: isOurs ? "ours" : "foreign", cid: body.cid, symbol: body.symbol, order: orderFrom(body, desk.grid, null) };
	});
	return { found, foundOrders };
}

/** Makes a found position this session's own, by the volume that the broker shows; false when it is foreign, gone, or has changed since. */
export function holdFound(desk: Desk, found: FoundPosition): boolean {
	if (found.owner !== "ours" || found.position === null) return false;
	const id = String(found.position.id);
	const body = desk.positions.get(id);
	if (body === undefined || desk.mine.has(id) || body.volume !== found.lots || sideOfType(body.type) !== found.side) return false;
	const signedLots = onLotGrid(found.side === "BUY" ? found.lots : -found.lots);
	desk.mine.set(id, { id, intentId: null, signedLots, wantsStop: body.sl > 0, bareSinceMs: null, told: found.position });
	return true;
}

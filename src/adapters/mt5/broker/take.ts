import type { EventBody, SnapshotBody } from "../wire/messages.ts";
import { readDeal, readOrder, readPosition } from "../wire/trade-schemas.ts";
import { takeDeal } from "./deals.ts";
import type { Desk } from "./desk.ts";

/** A snapshot that is fresh: nothing in it is unknown. */
export type FreshSnapshot = SnapshotBody & { readonly [name in "account" | "positions" | "orders" | "deals"]: NonNullable<SnapshotBody[name]> };

/** The snapshot if everything in it is known and the terminal is connected to the broker, else null: "not known" is not "none". */
export function freshOf(snapshot: SnapshotBody): FreshSnapshot | null {
	const { fresh, account, positions, orders, deals, terminal } = snapshot;
	if (!fresh || account === null || positions === null || orders === null || deals === null) return null;
	if (terminal === null || terminal.link !== "up" || terminal.connected !== true) return null;
	return { ...snapshot, account, positions, orders, deals };
}

/**
 * A fresh look. Its deals are added to those that are known, never taken for all there are (P7); its positions and orders are the picture now, unless
 * something newer was heard already. `askedMs`: when it was asked for (monotonic); for one that nobody asked for, when the line came up or earlier.
 */
export function takeSnapshot(desk: Desk, snapshot: FreshSnapshot, askedMs: number): void {
	for (const deal of snapshot.deals) takeDeal(desk, deal);
	if (snapshot.eseq < desk.lastEseq) return;
	desk.lookedMs = Math.max(desk.lookedMs, askedMs);
	desk.lastEseq = snapshot.eseq;
	desk.positions = new Map(snapshot.positions.map((body) => [body.identifier, body]));
	desk.orders = new Map(snapshot.orders.map((body) => [body.ticket, body]));
}

/** What an event means for the link, besides what it tells of the account; null = nothing. */
export type EventNews = { readonly kind: "restart" | "switched" | "killed"; readonly detail: string } | null;

/** An event of the bridge. Deals count by their ticket, all else by the event's number: repeated and old ones change nothing. */
export function takeEvent(desk: Desk, event: EventBody): EventNews {
	if (event.kind === "deal_added") {
		const deal = readDeal(event.after);
		if (deal === null) desk.mustLook = true;
		else takeDeal(desk, deal);
	}
	if (event.eseq <= desk.lastEseq) return null;
	desk.lastEseq = event.eseq;
	switch (event.kind) {
		case "position_opened":
		case "position_changed":
		case "position_closed":
			takePositionEvent(desk, event);
			return null;
		case "order_added":
		case "order_changed":
		case "order_removed":
			takeOrderEvent(desk, event);
			return null;
		case "worker_restarted":
			return { kind: "restart", detail: "the bridge's connection to the terminal was started again" };
		case "lease_expired":
			return { kind: "restart", detail: "the lease at the bridge ran out" };
		case "kill_latched":
			return killNews(desk, event);
		case "account_switched":
			return { kind: "switched", detail: textOf(event.after, "message") };
		case "account_mode_changed":
		case "balance_op":
			// Read anew before the next report and the next order.
			desk.account.moves++;
			return null;
		default:
			return null;
	}
}

/** A kill drops the fence whomever it is for; it kills this session when it is for all or for this agent. */
function killNews(desk: Desk, event: EventBody): EventNews {
	const scope = textOf(event.after, "scope");
	const detail = `a kill was latched at the bridge: ${textOf(event.after, "reason") || "no reason given"}`;
	return { kind: scope === "all" || scope === desk.magic ? "killed" : "restart", detail };
}

function takePositionEvent(desk: Desk, event: EventBody): void {
	if (event.after === null) {
		const identifier = textOf(event.before, "identifier");
		desk.positions.delete(identifier);
		return;
	}
	const body = readPosition(event.after);
	// Made from deals alone it has not all fields: the deals are told anyway, and the whole position follows.
	if (body !== null) desk.positions.set(body.identifier, body);
	else if (!isFromDeals(event.after)) desk.mustLook = true;
}

function takeOrderEvent(desk: Desk, event: EventBody): void {
	const body = readOrder(event.kind === "order_removed" ? event.before : event.after);
	if (body === null) desk.mustLook = true;
	else if (event.kind === "order_removed") desk.orders.delete(body.ticket);
	else desk.orders.set(body.ticket, body);
}

function isFromDeals(value: unknown): boolean {
	return typeof value === "object" && value !== null && "from_deals" in value;
}

function textOf(value: unknown, name: string): string {
	if (typeof value !== "object" || value === null || !(name in value)) return "";
	const found = (value as Readonly<Record<string, unknown>>)[name];
	return typeof found === "string" ? found : "";
}

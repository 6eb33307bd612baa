import * as z from "zod";
import { plain } from "./json.ts";
import type { DealBody, EventBody, KillResultBody, OrderBody, OrderResultBody, Owner, PositionBody, SnapshotBody } from "./messages.ts";
import { count, digits, finite, flag, id, ifSet, magic, maybe, sentence, text, ticketIfAny, whole, word } from "./scalars.ts";
import { account, terminal } from "./state-schemas.ts";

const owner: z.ZodType<Owner> = z.enum(["ours", "agent", "foreign"]);
const symbol = text(64);

/** A position as in `snapshot` and events. */
export const position: z.ZodType<PositionBody> = z.object({
	ticket: digits,
	identifier: digits,
	time_msc: whole,
	type: whole,
	magic,
	reason: whole,
	volume: finite,
	price_open: finite,
	sl: finite,
	tp: finite,
	swap: finite,
	profit: finite,
	symbol,
	comment: text(128),
	owner,
	cid: maybe(id),
});

/** A working or ended order. */
export const order: z.ZodType<OrderBody> = z.object({
	ticket: digits,
	time_setup_msc: whole,
	time_expiration: whole,
	type: whole,
	type_time: whole,
	state: whole,
	magic,
	position_id: digits,
	volume_initial: finite,
	volume_current: finite,
	price_open: finite,
	price_stoplimit: finite,
	sl: finite,
	tp: finite,
	symbol,
	comment: text(128),
	owner,
	cid: maybe(id),
});

/** A deal. */
export const deal: z.ZodType<DealBody> = z.object({
	ticket: digits,
	order: digits,
	time_msc: whole,
	type: whole,
	entry: whole,
	magic,
	position_id: digits,
	reason: whole,
	volume: finite,
	price: finite,
	commission: finite,
	swap: finite,
	profit: finite,
	fee: finite,
	symbol,
	comment: text(128),
	owner,
	cid: maybe(id),
});

/** Body of `snapshot`. */
export const snapshot: z.ZodType<SnapshotBody> = z.object({
	fresh: flag,
	trouble: maybe(sentence),
	account: maybe(account),
	terminal: maybe(terminal),
	positions: maybe(z.array(position).max(5000)),
	orders: maybe(z.array(order).max(5000)),
	deals: maybe(z.array(deal).max(5000)),
	deals_truncated: flag,
	as_of: z.object({ utc_ms: whole, server_ms: maybe(whole), offset_s: maybe(whole) }),
	eseq: count,
});

/** Body of `order_result`; what the bridge left out is null, a ticket of 0 too. */
export const orderResult: z.ZodType<OrderResultBody> = z.object({
	cid: id,
	state: z.enum(["filled", "partial", "placed", "modified", "removed", "rejected", "expired_ttl", "unknown", "not_executed"]),
	symbol: maybe(symbol),
	name: maybe(symbol),
	sent_ms: maybe(whole),
	code: maybe(word),
	class: maybe(word),
	message: maybe(sentence),
	retryable: ifSet,
	retcode: maybe(whole),
	deal: ticketIfAny,
	order: ticketIfAny,
	position: ticketIfAny,
	volume: maybe(finite),
	price: maybe(finite),
	bid: maybe(finite),
	ask: maybe(finite),
	comment: maybe(sentence),
	attempts: maybe(whole),
	latency_ms: maybe(finite),
	duplicate: ifSet,
	already_done: ifSet,
	pending_confirmation: ifSet,
	needs_human: ifSet,
	late: ifSet,
	by: maybe(word),
});

const free = z.unknown().transform((found) => plain(found ?? null));

/** Body of `event`. */
export const event: z.ZodType<EventBody> = z.object({ eseq: count.min(1), kind: word, at_ms: whole, before: free, after: free, cause_cid: maybe(id) });

/** Body of `kill_result`. */
export const killResult: z.ZodType<KillResultBody> = z.object({
	scope: word,
	mode: word,
	latched: flag,
	items: z
		.array(
			z.object({
				kind: word,
				ticket: maybe(digits),
				symbol: maybe(symbol),
				volume: maybe(finite),
				result: z.enum(["done", "failed", "unknown", "skipped_foreign"]),
				code: maybe(word),
				message: maybe(sentence),
				cid: maybe(id),
			}),
		)
		.max(10_000),
	complete: flag,
	message: maybe(sentence),
});

/** What `after` of a `deal_added` holds; null when it is no whole deal. */
export function readDeal(value: unknown): DealBody | null {
	return deal.safeParse(value).data ?? null;
}

/** What `before` or `after` of a position's event holds; null when it is no whole position (`from_deals`: only deals showed it). */
export function readPosition(value: unknown): PositionBody | null {
	return position.safeParse(value).data ?? null;
}

/** What `before` or `after` of an order's event holds; null when it is no whole order. */
export function readOrder(value: unknown): OrderBody | null {
	return order.safeParse(value).data ?? null;
}

import * as z from "zod";
import { bars, symbolSpec } from "./market-schemas.ts";
import type { BridgeMessages } from "./messages.ts";
import { id, maybe, text, whole, word } from "./scalars.ts";
import { account, liveLock, status, terminal } from "./state-schemas.ts";
import { deal, event, killResult, orderResult, snapshot } from "./trade-schemas.ts";

type Reply<T extends keyof BridgeMessages> = BridgeMessages[T]["reply"];
/** The frame that answers a request, and how its body is read. */
type ReplyRule<T extends keyof BridgeMessages> = { readonly t: string; readonly body: z.ZodType<Reply<T>> };

const nothing = z.object({});

/** On the wire the result lies beside `known`; for us in a field of its own. */
const orderQuery: z.ZodType<Reply<"order_query">> = z
	.object({ known: z.boolean() })
	.loose()
	.transform((found, context) => {
		if (!found.known) return { known: false, result: null };
		const read = orderResult.safeParse(found);
		if (!read.success) context.addIssue({ code: "custom", message: "the result cannot be read" });
		return { known: true, result: read.data ?? null };
	});

const RULES: { readonly [T in keyof BridgeMessages]: ReplyRule<T> } = {
	ping: { t: "pong", body: z.object({ n: maybe(whole), utc_ms: whole }) },
	snapshot: { t: "snapshot", body: snapshot },
	account: { t: "account", body: account },
	terminal: { t: "terminal", body: terminal },
	status: { t: "status", body: status },
	symbol_spec: { t: "symbol_spec", body: symbolSpec },
	bars: { t: "bars", body: bars },
	history: { t: "history", body: z.object({ deals: z.array(deal).max(5000), truncated: z.boolean() }) },
	calc: { t: "calc", body: z.object({ value: maybe(z.number()), currency: maybe(text(16)) }) },
	sub: { t: "sub_ok", body: z.object({ symbols: z.array(z.object({ symbol: text(64), name: text(64) })).max(64) }) },
	unsub: { t: "unsub_ok", body: nothing },
	fence: { t: "fence_ok", body: z.object({ epoch: whole, boot_id: z.union([z.literal(""), id]), in_flight: whole, unresolved: z.array(id).max(10_000) }) },
	lease: { t: "lease_ok", body: z.object({ expires_in_ms: z.number() }) },
	order: { t: "order_result", body: orderResult },
	order_query: { t: "order_query", body: orderQuery },
	kill: { t: "kill_result", body: killResult },
	kill_release: { t: "kill_release_ok", body: nothing },
	live_unlock: { t: "live_lock", body: z.object({ live_lock: liveLock }) },
	replay: { t: "replay", body: z.object({ events: z.array(event).max(1000), next: maybe(whole), eseq: whole }) },
};

/** The type of the frame that answers a request. */
export function replyType(request: keyof BridgeMessages): string {
	return RULES[request].t;
}

/** The checked body of an answer to a request of type `request`; null when it cannot be read. */
export function readReply<T extends keyof BridgeMessages>(request: T, body: object): Reply<T> | null {
	return RULES[request].body.safeParse(body).data ?? null;
}

/** Body of `order_ack`: the order is in the journal of the bridge. */
export const orderAck = z.object({ cid: id, state: word });

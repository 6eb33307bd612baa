import { error as errorBody } from "../wire/handshake-schemas.ts";
import type { BridgeMessages } from "../wire/messages.ts";
import { readReply, replyType } from "../wire/replies.ts";
import type { BridgeReply } from "./client-type.ts";

type Type = keyof BridgeMessages;
type Waiting = { readonly type: Type; readonly settle: (reply: BridgeReply<never>) => void; readonly timer: NodeJS.Timeout };

/** Requests that wait for their answers. */
export type Pending = {
	/** A new one, with its id; `reply` resolves in any case, at the latest after `timeoutMs`. */
	add<T extends Type>(type: T, timeoutMs: number): { readonly id: string; readonly reply: Promise<BridgeReply<BridgeMessages[T]["reply"]>> };
	/** Takes one back: nothing was sent. */
	drop(id: string, why: string): void;
	/**
	 * A frame with `re`: `settled` when it answers a request (readable or not), `other` when it does not, or not yet: then it may be a push.
	 */
	answer(re: string, t: string, body: object): "settled" | "unreadable" | "other";
	/** The connection ended: whatever was asked may have been done or not. */
	loseAll(why: string): void;
};

/** The code of an answer of our own: nothing left this program. */
const NOT_SENT = "NOT_SENT";

/** None yet. */
export function createPending(): Pending {
	const waiting = new Map<string, Waiting>();
	let last = 0;

	function settle(id: string, reply: BridgeReply<never>): void {
		const found = waiting.get(id);
		if (found === undefined) return;
		waiting.delete(id);
		clearTimeout(found.timer);
		found.settle(reply);
	}

	return {
		add(type, timeoutMs) {
			const id = `q${++last}`;
			const reply = new Promise<BridgeReply<never>>((resolve) => {
				const timer = setTimeout(() => settle(id, { kind: "lost", why: `no answer to ${type} within ${timeoutMs / 1000} s` }), timeoutMs);
				waiting.set(id, { type, settle: resolve, timer });
			});
			// Which answer belongs to which request is a fact of the table in wire/replies.ts, by which the body was read.
			return { id, reply: reply as Promise<BridgeReply<never>> };
		},
		drop(id, why) {
			settle(id, { kind: "error", error: { code: NOT_SENT, message: why, retryable: true, details: {} } });
		},
		answer(re, t, body) {
			const found = waiting.get(re);
			if (found === undefined) return "other";
			if (t === "error") {
				const error = errorBody.safeParse(body).data;
				settle(re, error === undefined ? unreadable(found.type) : { kind: "error", error });
				return error === undefined ? "unreadable" : "settled";
			}
			if (t !== replyType(found.type)) return otherType(re, t, found);
			const d = readReply(found.type, body);
			settle(re, d === null ? unreadable(found.type) : { kind: "ok", d: d as never });
			return d === null ? "unreadable" : "settled";
		},
		loseAll(why) {
			for (const id of [...waiting.keys()]) settle(id, { kind: "lost", why });
		},
	};

	/** A frame that names a request and is not its answer: `order_ack`; or the snapshot in place of events that are no longer kept. */
	function otherType(re: string, t: string, found: Waiting): "other" {
		if (found.type === "replay" && t === "snapshot") {
			settle(re, {
				kind: "error",
				error: { code: "GAP", message: "the bridge no longer keeps these events; a snapshot came instead", retryable: false, details: {} },
			});
		}
		return "other";
	}
}

function unreadable(type: Type): BridgeReply<never> {
	return { kind: "lost", why: `the answer to ${type} cannot be read` };
}
